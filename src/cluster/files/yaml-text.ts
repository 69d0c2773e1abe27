import { isList, type Json } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { plainScalar } from './yaml-scalar.ts';

type Quote = '"' | "'" | undefined;

/** A scalar as YAML that kubectl reads as this value, in the quotes that are asked for; undefined for lists and mappings. */
export function scalarText(value: Json, quote?: Quote): string | undefined {
  if (typeof value === 'string') return quotedText(value, quote);
  return isList(value) || isMap(value) ? undefined : JSON.stringify(value);
}

export function keyText(key: string, quote?: Quote): string {
  return quotedText(key, quote);
}

/** `key: value`, and for lists and mappings the lines below it. */
export function blockEntry(key: string, value: Json, indent: string, eol: string): string {
  const scalar = scalarText(value);
  if (scalar !== undefined) return `${keyText(key)}: ${scalar}`;
  const inner = `${indent}  `;
  if (isMap(value)) {
    const entries = Object.entries(value).flatMap(([name, field]) => (field === undefined ? [] : [blockEntry(name, field, inner, eol)]));
    if (entries.length > 0) return [`${keyText(key)}:`, ...entries.map((entry) => `${inner}${entry}`)].join(eol);
  }
  return `${keyText(key)}: ${flowText(value, false)}`;
}

/** On one line: `{app: web}`, or as JSON. */
export function flowText(value: Json, json: boolean): string {
  if (isList(value)) return `[${value.map((item) => flowText(item, json)).join(', ')}]`;
  if (!isMap(value)) return scalarText(value, json ? '"' : undefined) ?? 'null';
  const entries = Object.entries(value).flatMap(([key, field]) =>
    field === undefined ? [] : [`${keyText(key, json ? '"' : undefined)}: ${flowText(field, json)}`],
  );
  return `{${entries.join(', ')}}`;
}

function quotedText(text: string, quote: Quote): string {
  if (quote === "'" && /^[\x20-\x7e]*$/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return quote === undefined && isPlain(text) ? text : JSON.stringify(text);
}

/** Text that means itself without quotes, wherever it stands. */
function isPlain(text: string): boolean {
  return /^\w(?:[\w./:-]*\w)?$/.test(text) && plainScalar(text) === text;
}
