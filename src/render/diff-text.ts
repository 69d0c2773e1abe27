import type { Difference, FieldNames, ItemDifference } from '../core/diff.ts';
import { isList, type Json } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { displayWidth } from './display-width.ts';
import { compactJson } from './documents.ts';
import { sanitize } from './sanitize.ts';
import type { Style } from './style.ts';

export interface DiffTextOptions {
  /** Blanks before every line. */
  readonly indent: number;
  /** A few words on why something differs, put at the end of its line. */
  readonly noteOf?: (difference: Difference) => string | undefined;
}

/**
 * Differences for people, one a line: `+` comes, `-` goes, `~` changes. Below a list its items, the unchanged ones too, because a port
 * or an address is read beside its neighbours. Each line ends with a line feed; no differences are no text.
 */
export function renderDifferences(differences: readonly Difference[], style: Style, options: DiffTextOptions): string {
  return alignedRows(differences.flatMap((difference) => rowsOf(difference, options)))
    .map(({ sign, text }) => `${' '.repeat(options.indent)}${painted(sign, text, style)}\n`)
    .join('');
}

/** `spec.ports`, `metadata.annotations["example.com/note"]`; `.` for the value itself. */
export function pathText(path: FieldNames): string {
  const text = path.map((name) => (/^[A-Za-z_][\w-]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)).join('');
  return text === '' ? '.' : sanitize(text.replace(/^\./, ''));
}

type Sign = '+' | '-' | '~' | ' ';

/** A line before its columns are aligned; rows of one depth under one list share their columns. */
interface Row {
  readonly depth: number;
  readonly sign: Sign;
  readonly cells: readonly string[];
}

function rowsOf(difference: Difference, options: DiffTextOptions): readonly Row[] {
  const path = pathText(difference.path);
  const note = options.noteOf?.(difference);
  const notes = note === undefined ? [] : [sanitize(note)];
  switch (difference.kind) {
    case 'added':
      return [{ depth: 0, sign: '+', cells: [path, valueText(difference.after), ...notes] }];
    case 'removed':
      return [{ depth: 0, sign: '-', cells: [path, valueText(difference.before), ...notes] }];
    case 'changed':
      return [{ depth: 0, sign: '~', cells: [path, `${valueText(difference.before)} -> ${valueText(difference.after)}`, ...notes] }];
    case 'list':
      return [
        { depth: 0, sign: '~', cells: [path, ...listNote(difference.items, difference.reordered), ...notes] },
        ...difference.items.map(itemRow),
      ];
    default:
      return difference satisfies never;
  }
}

function listNote(items: readonly ItemDifference[], reordered: boolean): readonly string[] {
  if (!reordered) return [];
  return [items.every((item) => item.kind === 'unchanged') ? 'order only' : 'also in another order'];
}

function itemRow(item: ItemDifference): Row {
  const name = typeof item.name === 'string' ? sanitize(item.name) : valueText(item.name);
  switch (item.kind) {
    case 'unchanged':
      return { depth: 1, sign: ' ', cells: [name, ...itemText(item.after, item.name)] };
    case 'added':
      return { depth: 1, sign: '+', cells: [name, ...itemText(item.after, item.name)] };
    case 'removed':
      return { depth: 1, sign: '-', cells: [name, ...itemText(item.before, item.name)] };
    case 'changed':
      return { depth: 1, sign: '~', cells: [name, ...itemText(item.after, item.name), changesText(item)] };
    default:
      return item satisfies never;
  }
}

/** `was 81/TCP -> 8081` where the summary shows the change, else the fields that changed. */
function changesText(item: ItemDifference & { readonly kind: 'changed' }): string {
  const before = itemText(item.before, item.name).join('');
  return before === itemText(item.after, item.name).join('') ? item.differences.map(inlineText).join(', ') : `was ${before}`;
}

function inlineText(difference: Difference): string {
  const path = pathText(difference.path);
  switch (difference.kind) {
    case 'added':
      return `${path} ${valueText(difference.after)} is new`;
    case 'removed':
      return `${path} ${valueText(difference.before)} is gone`;
    case 'changed':
      return `${path} ${valueText(difference.before)} -> ${valueText(difference.after)}`;
    case 'list':
      return `${path} differs`;
    default:
      return difference satisfies never;
  }
}

/** A port as `80/TCP -> 8080`, another map as JSON without its name; a plain value is its own name and needs no more. */
function itemText(item: Json, name: Json): readonly string[] {
  if (!isMap(item)) return [];
  const { port, protocol, targetPort } = item;
  if (port !== undefined)
    return [
      sanitize(`${plainText(port)}/${plainText(protocol ?? 'TCP')}${targetPort === undefined ? '' : ` -> ${plainText(targetPort)}`}`),
    ];
  const rest = Object.fromEntries(Object.entries(item).filter(([, value]) => value !== name));
  return Object.keys(rest).length === 0 ? [] : [valueText(rest)];
}

function plainText(value: Json): string {
  return typeof value === 'string' ? value : compactJson(value);
}

function valueText(value: Json): string {
  return isList(value) || isMap(value) ? sanitize(compactJson(value)) : sanitize(JSON.stringify(value));
}

/** The columns of neighbouring rows of one depth stand below each other, three blanks apart. */
function alignedRows(rows: readonly Row[]): readonly { readonly sign: Sign; readonly text: string }[] {
  const blocks: Row[][] = [];
  for (const row of rows) {
    const block = blocks.at(-1);
    if (block !== undefined && block[0]?.depth === row.depth) block.push(row);
    else blocks.push([row]);
  }
  return blocks.flatMap((block) => {
    const widths = (block[0]?.cells ?? []).map((_, at) => columnWidth(block, at));
    return block.map(({ depth, sign, cells }) => ({ sign, text: `${'  '.repeat(depth)}${sign} ${alignedCells(cells, widths)}` }));
  });
}

function columnWidth(block: readonly Row[], at: number): number {
  return Math.max(0, ...block.map(({ cells }) => (at < cells.length - 1 ? displayWidth(cells[at] ?? '') : 0)));
}

function alignedCells(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, at) => (at === cells.length - 1 ? cell : `${cell}${' '.repeat(Math.max(0, (widths[at] ?? 0) - displayWidth(cell)) + 3)}`))
    .join('');
}

function painted(sign: Sign, text: string, style: Style): string {
  switch (sign) {
    case '+':
      return style.ok(text);
    case '-':
      return style.bad(text);
    case '~':
      return style.warn(text);
    case ' ':
      return text;
    default:
      return sign satisfies never;
  }
}
