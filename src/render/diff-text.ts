import type { Difference, FieldNames, ItemDifference } from '../core/diff.ts';
import { isList, type Json } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { alignedRows, type Row } from './aligned-rows.ts';
import { compactJson } from './documents.ts';
import { sanitize } from './sanitize.ts';
import type { Style } from './style.ts';

export interface DiffTextOptions {
  /** The number of levels above them, as `alignedRows` counts them. */
  readonly depth: number;
  /** A few words on why something differs, put at the end of its line. */
  readonly noteOf?: (difference: Difference) => string | undefined;
}

/**
 * Differences for people, one a line: `+` comes, `-` goes, `~` changes. Below a list its items, the unchanged ones too, because a port
 * or an address is read beside its neighbours. Each line ends with a line feed; no differences are no text.
 */
export function renderDifferences(differences: readonly Difference[], style: Style, options: DiffTextOptions): string {
  return blocksOf(differences.flatMap((difference) => rowsOf(difference, options)))
    .flatMap((block) => alignedRows(block, style, options.depth + (block[0]?.inner === true ? 1 : 0)))
    .map((line) => `${line}\n`)
    .join('');
}

/** `spec.ports`, `metadata.annotations["example.com/note"]`; `.` for the value itself. */
export function pathText(path: FieldNames): string {
  const text = path.map((name) => (/^[A-Za-z_][\w-]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`)).join('');
  return text === '' ? '.' : sanitize(text.replace(/^\./, ''));
}

/** A line of a difference, or below it of an item of a list. */
interface DifferenceRow extends Row {
  readonly inner: boolean;
}

function rowsOf(difference: Difference, options: DiffTextOptions): readonly DifferenceRow[] {
  const path = pathText(difference.path);
  const note = options.noteOf?.(difference);
  const notes = note === undefined ? [] : [sanitize(note)];
  switch (difference.kind) {
    case 'added':
      return [{ inner: false, mark: 'added', cells: [path, valueText(difference.after), ...notes] }];
    case 'removed':
      return [{ inner: false, mark: 'removed', cells: [path, valueText(difference.before), ...notes] }];
    case 'changed':
      return [
        { inner: false, mark: 'changed', cells: [path, `${valueText(difference.before)} -> ${valueText(difference.after)}`, ...notes] },
      ];
    case 'list':
      return [
        { inner: false, mark: 'changed', cells: [path, ...listNote(difference.items, difference.reordered), ...notes] },
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

function itemRow(item: ItemDifference): DifferenceRow {
  const name = typeof item.name === 'string' ? sanitize(item.name) : valueText(item.name);
  switch (item.kind) {
    case 'unchanged':
      return { inner: true, mark: 'same', cells: [name, ...itemText(item.after, item.name)] };
    case 'added':
      return { inner: true, mark: 'added', cells: [name, ...itemText(item.after, item.name)] };
    case 'removed':
      return { inner: true, mark: 'removed', cells: [name, ...itemText(item.before, item.name)] };
    case 'changed':
      return { inner: true, mark: 'changed', cells: [name, ...itemText(item.after, item.name), changesText(item)] };
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

/** Neighbouring rows of one level, whose columns stand below each other. */
function blocksOf(rows: readonly DifferenceRow[]): readonly (readonly DifferenceRow[])[] {
  const blocks: DifferenceRow[][] = [];
  for (const row of rows) {
    const block = blocks.at(-1);
    if (block !== undefined && block[0]?.inner === row.inner) block.push(row);
    else blocks.push([row]);
  }
  return blocks;
}
