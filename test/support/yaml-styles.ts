import { isList, type Json } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';

/**
 * A value as YAML, the way that one of many people might have written it: blocks and braces, quotes and none, comments beside, above and
 * below, blank lines, deep and flat indentation, either line end.
 * @param random from 0 up to 1
 */
export function yamlInSomeStyle(value: Json, random: () => number): string {
  const style: Style = { random, unit: random() < 0.3 ? 4 : 2, flatLists: random() < 0.5, comments: random() < 0.7, count: 0 };
  const body = block(value, 0, style).join('\n');
  const text = `${random() < 0.3 ? '---\n' : ''}${comment(style, 0)}${body}\n${comment(style, 0)}`;
  return random() < 0.2 ? text.replaceAll('\n', '\r\n') : text;
}

interface Style {
  readonly random: () => number;
  readonly unit: number;
  readonly flatLists: boolean;
  readonly comments: boolean;
  /** So that no two comments are the same. */
  count: number;
}

function block(value: Json, indent: number, style: Style): string[] {
  if (isMap(value)) return mapLines(value, indent, style);
  if (isList(value) && value.length > 0) {
    return value.flatMap((item) => {
      const lines = isMap(item) && Object.keys(item).length > 0 && style.random() < 0.8 ? block(item, 2, style) : [flow(item, style)];
      return [...above(style, indent), ...lines.map((line, at) => `${' '.repeat(indent)}${at === 0 ? `- ${line.trimStart()}` : line}`)];
    });
  }
  return [flow(value, style) + beside(style)];
}

function mapLines(map: { readonly [key: string]: Json | undefined }, indent: number, style: Style): string[] {
  const pad = ' '.repeat(indent);
  return Object.entries(map).flatMap(([key, value], index) => {
    if (value === undefined) return [];
    // Nothing may stand above the first key of an item of a list: it is on the line of the dash.
    const before = index === 0 ? [] : above(style, indent);
    const head = `${pad}${scalar(key, style)}:`;
    const isNested = (isMap(value) && Object.keys(value).length > 0) || (isList(value) && value.length > 0);
    if (!isNested || style.random() < 0.2) return [...before, `${head} ${flow(value, style)}${beside(style)}`];
    const inner = isList(value) && style.flatLists ? indent : indent + style.unit;
    return [...before, `${head}${beside(style)}`, ...block(value, inner, style)];
  });
}

function flow(value: Json, style: Style): string {
  if (isMap(value)) {
    const entries = Object.entries(value).flatMap(([key, field]) =>
      field === undefined ? [] : [`${scalar(key, style)}: ${flow(field, style)}`],
    );
    return `{${entries.join(', ')}}`;
  }
  return isList(value) ? `[${value.map((item) => flow(item, style)).join(', ')}]` : scalar(value, style);
}

function scalar(value: Json, { random }: Style): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const isPlain = /^[A-Za-z][\w.]*$/.test(value) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(value);
  const choice = random();
  if (isPlain && choice < 0.7) return value;
  return choice < 0.85 || !/^[\x20-\x7e]*$/.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
}

function above(style: Style, indent: number): string[] {
  const text = comment(style, indent);
  return [...(style.random() < 0.05 ? [''] : []), ...(text === '' ? [] : [text.trimEnd()])];
}

function comment(style: Style, indent: number): string {
  return style.comments && style.random() < 0.15 ? `${' '.repeat(indent)}# note ${++style.count}: a # b\n` : '';
}

function beside(style: Style): string {
  return style.comments && style.random() < 0.2 ? ` # beside ${++style.count}` : '';
}
