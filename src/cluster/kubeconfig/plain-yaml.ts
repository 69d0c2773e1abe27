import type { Json } from '../../model/object.ts';
import { plainScalar } from '../files/yaml-scalar.ts';

/**
 * Reads YAML as kubectl and kubectl-vsphere write their kubeconfigs: block mappings and lists of one-line scalars. Undefined
 * for everything else, down to a comment behind a value: then the real reader is asked. It exists because that one
 * takes a third of a short run's start, and where this one answers, both answer the same.
 */
export function readPlainYaml(text: string): Json | undefined {
  // Printable ASCII and line feeds: nothing that could end a line, or a column, in some other way.
  if (/[^\x20-\x7e\n]/.test(text)) return undefined;
  const lines: Line[] = [];
  for (const raw of text.split('\n')) {
    const content = raw.trimEnd();
    if (content === '' || /^ *#/.test(content)) continue;
    const indent = content.search(/[^ ]/);
    lines.push({ indent, content: content.slice(indent) });
  }
  if (lines[0]?.content === '---' && lines[0].indent === 0) lines.shift();
  const [first] = lines;
  if (first === undefined) return undefined;
  const cursor = { lines, at: 0 };
  const value = block(cursor, first.indent);
  return cursor.at === lines.length ? value : undefined;
}

interface Line {
  readonly indent: number;
  readonly content: string;
}

interface Cursor {
  readonly lines: Line[];
  at: number;
}

const deepest = 20;

/** The mapping or list whose lines begin at `indent`. */
function block(cursor: Cursor, indent: number, depth = 0): Json | undefined {
  if (depth > deepest) return undefined;
  return isItem(cursor.lines[cursor.at]) ? list(cursor, indent, depth) : mapping(cursor, indent, depth);
}

function isItem(line: Line | undefined): boolean {
  return line !== undefined && /^-(?: |$)/.test(line.content);
}

function list(cursor: Cursor, indent: number, depth: number): Json[] | undefined {
  const items: Json[] = [];
  for (let line = cursor.lines[cursor.at]; line?.indent === indent && isItem(line); line = cursor.lines[cursor.at]) {
    const rest = line.content.slice(1).trimStart();
    // What follows the dash is the first line of the item, as far to the right as it stands.
    const inner = { indent: indent + line.content.length - rest.length, content: rest };
    const nested = rest === '' || isItem(inner) || keyPattern.test(rest);
    if (rest === '') return undefined;
    if (nested) cursor.lines[cursor.at] = inner;
    else cursor.at++;
    const item = nested ? block(cursor, inner.indent, depth + 1) : endedScalar(cursor, rest, indent);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return isEnd(cursor, indent) ? items : undefined;
}

const keyPattern = /^([A-Za-z][\w./-]*):(?: +(.*))?$/;

function mapping(cursor: Cursor, indent: number, depth: number): Json | undefined {
  const entries = new Map<string, Json>();
  for (let line = cursor.lines[cursor.at]; line?.indent === indent && !isItem(line); line = cursor.lines[cursor.at]) {
    const [, key, rest = ''] = keyPattern.exec(line.content) ?? [];
    // A key like `y` or `null` is not text, and one that is there twice deserves a warning.
    if (key === undefined || entries.has(key) || plainScalar(key) !== key) return undefined;
    cursor.at++;
    const value = rest === '' ? below(cursor, indent, depth) : endedScalar(cursor, rest, indent);
    if (value === undefined) return undefined;
    entries.set(key, value);
  }
  return isEnd(cursor, indent) ? Object.fromEntries(entries) : undefined;
}

/** What stands below a key: something further to the right, a list at its own column, or nothing. */
function below(cursor: Cursor, indent: number, depth: number): Json | undefined {
  const next = cursor.lines[cursor.at];
  if (next === undefined || next.indent < indent || (next.indent === indent && !isItem(next))) return null;
  return block(cursor, next.indent, depth + 1);
}

/** A block ends at the end, or where something stands further to the left. */
function isEnd(cursor: Cursor, indent: number): boolean {
  const next = cursor.lines[cursor.at];
  return next === undefined || next.indent < indent || (next.indent === indent && !isItem(next));
}

/** A scalar on its line; a line further to the right would continue it. */
function endedScalar(cursor: Cursor, text: string, indent: number): Json | undefined {
  const next = cursor.lines[cursor.at];
  return next !== undefined && next.indent > indent ? undefined : scalar(text);
}

function scalar(text: string): Json | undefined {
  if (text === '{}') return {};
  if (text === '[]') return [];
  if (/^"[^"\\]*"$/.test(text) || /^'[^']*'$/.test(text)) return text.slice(1, -1);
  if (!/^(?:[\w./+=~<$^(]|-[^ ])/.test(text) || /:(?: |$)| #/.test(text)) return undefined;
  return text.startsWith('---') || text === '<<' ? undefined : plainScalar(text);
}
