import { Document, Pair, Scalar, type ScalarTag, YAMLMap, YAMLSeq } from 'yaml';
import { isList, type Json, type JsonObject } from '../model/object.ts';
import { isMap, rawNumber } from '../model/raw-json.ts';
import type { FieldOrder } from './documents.ts';
import { escapeQuoted, isSuspicious } from './sanitize.ts';
import { compareYamlKeys } from './yaml-key-order.ts';

/**
 * `-o yaml` in kubectl's form: lists not indented below their key, several lines as a block, and quotes around every text that
 * a reader of YAML 1.1 or 1.2 would take for something else (`yes`, `1e3`, `0o7`, `1:30`, dates). Unlike kubectl it never folds
 * long lines, so that a value can be found by searching for it.
 * Import this file dynamically: it loads the yaml package.
 */
export function renderYaml(value: Json, order: FieldOrder): string {
  const document = new Document<Scalar | YAMLMap | YAMLSeq>(undefined, { customTags: (tags) => [exactNumber, ...tags] });
  document.contents = nodeOf(value, order);
  const text = document.toString({ indentSeq: false, lineWidth: 0, doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY });
  // A line of a block that holds nothing keeps its indentation otherwise.
  return escapeQuoted(text.replace(/^ +$/gm, ''), yamlEscape);
}

/** Numbers that a double cannot hold are written digit by digit. */
const exactNumber: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => rawNumber(value) !== undefined,
  resolve: Number,
  stringify: ({ value }) => rawNumber(value) ?? '',
};

function nodeOf(value: Json, order: FieldOrder): Scalar | YAMLMap | YAMLSeq {
  if (typeof value === 'string') return textNode(value, true);
  if (isList(value)) return listNode(value, order);
  return isMap(value) ? mapNode(value, order) : new Scalar(value);
}

function listNode(items: readonly Json[], order: FieldOrder): YAMLSeq {
  const list = new YAMLSeq();
  list.flow = items.length === 0;
  list.items = items.map((item) => nodeOf(item, order));
  return list;
}

function mapNode(fields: JsonObject, order: FieldOrder): YAMLMap {
  const map = new YAMLMap();
  const keys = order === 'sorted' ? Object.keys(fields).sort(compareYamlKeys) : Object.keys(fields);
  for (const key of keys) {
    const value = fields[key];
    if (value !== undefined) map.items.push(new Pair(textNode(key, false), nodeOf(value, order)));
  }
  map.flow = map.items.length === 0;
  return map;
}

function textNode(text: string, mayBeBlock: boolean): Scalar<string> {
  const node = new Scalar(text.isWellFormed() ? text : text.toWellFormed());
  node.type = styleOf(text, mayBeBlock);
  return node;
}

/** The style that kubectl's writer chooses for a text. */
function styleOf(text: string, mayBeBlock: boolean): Scalar.Type {
  if (isSuspicious(text) || isAmbiguous(text)) return 'QUOTE_DOUBLE';
  if (text.includes('\n')) return mayBeBlock && !/[ \t]\n|[ \t]$/.test(text) ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE';
  return needsQuotes.test(text) ? 'QUOTE_SINGLE' : 'PLAIN';
}

/** Not a text to some reader of YAML 1.1 or 1.2: empty, a word with a meaning, a number of any notation, a date. */
function isAmbiguous(text: string): boolean {
  return (
    /^(|~|<<|=|y|n|yes|no|on|off|true|false|null)$/i.test(text) ||
    /^[-+]?(0b[01_]+|0o[0-7_]+|0x[\da-f_]+|\.(inf|nan))$/i.test(text) ||
    /^[-+]?(\.[\d_.]*|\d[\d_]*(\.[\d_]*)?)(e[-+]?\d+)?$/i.test(text) ||
    /^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/.test(text) ||
    /^\d{4}-\d\d?-\d\d?([Tt \t].*)?$/.test(text)
  );
}

const needsQuotes = /^[ ,[\]{}#&*!|>'"%@`]|^[-?:]( |$)|: | #|:$| $|^(---|\.\.\.)/;

function yamlEscape(code: number): string {
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
