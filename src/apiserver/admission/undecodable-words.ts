import { type FieldPath, fieldText, valueAt } from '../../model/field-path.ts';
import { isList, type Json, type JsonObject, serverMetadata } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';

export interface UndecodableWords {
  /** Of the value of a wrong type. */
  readonly path: FieldPath;
  readonly message: string;
  readonly fix: string;
}

const wrongType = /^json: cannot unmarshal (\w+)(?: \S+)? into Go struct field \w*\.(?:metadata\.)?([\w.]+) of type (.*)$/;

/** What Go's decoder of metadata says of a value that it cannot read, without the types of Go. */
export function undecodableWords(object: JsonObject, text: string): UndecodableWords {
  const [, found = '', field = '', type = ''] = wrongType.exec(text) ?? [];
  if (field === '') return timeWords(object, text);
  const path = oddPath(object, ['metadata', ...field.split('.')], type);
  const wanted = typeWords(type);
  return { path, message: `${fieldText(path)} must be ${wanted}, not ${foundWords.get(found) ?? found}`, fix: fixOf(field, wanted, found) };
}

function fixOf(field: string, wanted: string, found: string): string {
  if (serverMetadata.includes(field)) return 'remove it: a server writes it';
  if (wanted === 'text') return found === 'number' || found === 'bool' ? 'put it in quotes' : 'write one text in its place';
  if (wanted.startsWith('a list')) return 'write a list, each entry behind a -';
  return field === 'labels' || field === 'annotations' ? 'write {app: web}, for example' : `write ${wanted}`;
}

/** Of a time the decoder repeats the text alone. */
function timeWords(object: JsonObject, text: string): UndecodableWords {
  const quoted = /^parsing time ("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  const metadata = isMap(object['metadata']) ? object['metadata'] : {};
  const name = quoted && ['creationTimestamp', 'deletionTimestamp'].find((field) => JSON.stringify(metadata[field]) === quoted);
  return name
    ? { path: ['metadata', name], message: `metadata.${name}: ${text}`, fix: 'remove it: a server writes it' }
    : { path: ['metadata'], message: text, fix: 'write times as 2006-01-02T15:04:05Z' };
}

/** The decoder names the mapping or the list, or a field of its entries; the first entry that is not of the type is looked for. */
function oddPath(object: JsonObject, path: FieldPath, type: string): FieldPath {
  const [metadata = '', list = '', inner] = path;
  const entries = valueAt(object, [metadata, list]);
  if (isList(entries) && inner !== undefined) {
    const wanted = type === 'bool' ? 'boolean' : 'string';
    const at = entries.findIndex(
      (entry) => isMap(entry) && entry[inner] !== undefined && entry[inner] !== null && typeof entry[inner] !== wanted,
    );
    return at < 0 ? path : [metadata, list, at, inner];
  }
  const value = valueAt(object, path);
  const isOdd = (entry: Json | undefined): boolean => entry !== null && (type === 'string' ? typeof entry !== 'string' : !isMap(entry));
  if (isMap(value) && type === 'string' && (path[1] === 'labels' || path[1] === 'annotations')) {
    const key = Object.keys(value).find((name) => isOdd(value[name]));
    return key === undefined ? path : [...path, key];
  }
  if (!isList(value) || (type === 'string' ? path[1] !== 'finalizers' : !type.startsWith('v1.'))) return path;
  const index = value.findIndex(isOdd);
  return index < 0 ? path : [...path, index];
}

function typeWords(type: string): string {
  if (type === 'string' || type === 'types.UID') return 'text';
  if (type === 'int64') return 'a whole number';
  if (type === 'bool') return 'true or false';
  if (type === '[]string') return 'a list of texts';
  if (type.startsWith('[]')) return 'a list of mappings';
  return type === 'map[string]string' ? 'a mapping of texts' : 'a mapping';
}

const foundWords: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['bool', 'a boolean'],
  ['array', 'a list'],
  ['object', 'a mapping'],
]);
