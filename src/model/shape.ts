import { type FieldPath, fieldText } from './field-path.ts';
import { isList, type Json, type JsonObject, jsonOf, type KubeObject } from './object.ts';
import { isMap, rawNumber } from './raw-json.ts';
import { ApiError } from './status.ts';

/**
 * What a type of this folder holds, as a value: the compiler sees to it that the two say the same. `texts` is a map of texts, as labels
 * are; `map` is one that nobody looks into.
 */
export type ShapeOf<T> = [T] extends [string]
  ? 'text'
  : [T] extends [number]
    ? 'number'
    : [T] extends [boolean]
      ? 'flag'
      : [T] extends [number | string]
        ? 'numberOrText'
        : T extends readonly (infer Item)[]
          ? { readonly listOf: ShapeOf<Item> }
          : string extends keyof T
            ? T extends Readonly<Record<string, string>>
              ? 'texts'
              : T extends Readonly<Record<string, number | string>>
                ? { readonly mapOf: 'numberOrText' }
                : 'map'
            : { readonly fields: { readonly [Name in keyof T]-?: FieldShape<T, Name> } };

/** A field that the type promises is there, even where nobody wrote it. */
type FieldShape<T, Name extends keyof T> = undefined extends T[Name]
  ? ShapeOf<NonNullable<T[Name]>>
  : { readonly always: ShapeOf<NonNullable<T[Name]>> };

/** Any of them. */
export type Shape =
  | 'text'
  | 'number'
  | 'flag'
  | 'numberOrText'
  | 'texts'
  | 'map'
  | { readonly listOf: Shape }
  /** Of which the keys are anything, and the values all the same. */
  | { readonly mapOf: Shape }
  | { readonly fields: { readonly [name: string]: FieldOfShape } };

type FieldOfShape = Shape | { readonly always: Shape };

/**
 * An object is there, and a field of it is of another type than its kind has. It may have been stored under an older definition, or
 * been written into a file by hand. Servers refuse in this way what they cannot decode, so whoever handles refusals handles this.
 */
export class UnreadableObject extends ApiError {
  /** Of the field, as far as it is known. */
  readonly path: FieldPath;

  constructor(message: string, path: FieldPath) {
    super({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 500, reason: 'InternalError', message });
    this.name = 'UnreadableObject';
    this.path = path;
  }
}

/**
 * The object as Go reads it: null is as good as absent, in a list it is the empty value, and what the type promises is there. Fields that
 * the type does not have stay as they are. An object in which nothing is odd, as nearly all are, is given back itself.
 * @throws UnreadableObject
 */
export function asDeclared(object: KubeObject, shape: Shape): KubeObject {
  if (checkOf(shape)(jsonOf(object))) return object;
  const declared = new Reader(object).read(jsonOf(object), shape);
  if (!isObject(declared)) throw new Error('an object was read as something else: this cannot happen');
  return declared;
}

type Check = (value: Json) => boolean;

const checks = new Map<Shape, Check>();

/** Whether nothing is odd in a value, so that it need not be read field by field. Made once for each shape. */
function checkOf(shape: Shape): Check {
  const known = checks.get(shape);
  if (known !== undefined) return known;
  const check = newCheck(shape);
  checks.set(shape, check);
  return check;
}

function newCheck(shape: Shape): Check {
  if (shape === 'texts') {
    return (value) => {
      if (!isMap(value)) return false;
      for (const key in value) if (typeof value[key] !== 'string') return false;
      return true;
    };
  }
  if (typeof shape === 'string') return isOfType[shape];
  if ('listOf' in shape) {
    const check = newCheck(shape.listOf);
    return (value) => isList(value) && value.every(check);
  }
  if ('mapOf' in shape) {
    const check = newCheck(shape.mapOf);
    return (value) => isMap(value) && Object.values(value).every((each) => each !== undefined && check(each));
  }
  const fields = Object.entries(shape.fields).map(([name, field]) => {
    const isPromised = typeof field !== 'string' && 'always' in field;
    return { name, isPromised, check: newCheck(isPromised ? field.always : field) };
  });
  return (value) => {
    if (!isMap(value)) return false;
    for (const { name, isPromised, check } of fields) {
      const found = value[name];
      if (found === undefined ? isPromised : !check(found)) return false;
    }
    return true;
  };
}

/** Reads an object in which something is odd. */
class Reader {
  readonly #object: KubeObject;
  /** Where it is reading. */
  readonly #path: (string | number)[] = [];

  constructor(object: KubeObject) {
    this.#object = object;
  }

  read(value: Json | undefined, shape: Shape): Json {
    if (typeof shape === 'string') {
      if (value === undefined || value === null) return empty[shape];
      if (!isOfType[shape](value)) throw this.#unreadable(words[shape]);
      return shape === 'texts' && isMap(value) ? this.#each(value, 'text') : value;
    }
    if ('listOf' in shape) {
      const list = value ?? [];
      if (!isList(list)) throw this.#unreadable('a list');
      return list.map((item, index) => this.#at(index, item, shape.listOf));
    }
    const map = value ?? {};
    if (!isMap(map)) throw this.#unreadable('a mapping');
    if ('mapOf' in shape) return this.#each(map, shape.mapOf);
    return this.#fields(map, shape.fields);
  }

  #at(part: string | number, value: Json | undefined, shape: Shape): Json {
    this.#path.push(part);
    const found = this.read(value, shape);
    this.#path.pop();
    return found;
  }

  #fields(map: JsonObject, fields: Readonly<Record<string, FieldOfShape>>): JsonObject {
    const declared: Record<string, Json | undefined> = { ...map };
    for (const [name, field] of Object.entries(fields)) {
      const found = Object.hasOwn(map, name) ? map[name] : undefined;
      if (typeof field !== 'string' && 'always' in field) declared[name] = this.#at(name, found, field.always);
      else if (found === null) delete declared[name];
      else if (found !== undefined) declared[name] = this.#at(name, found, field);
    }
    return declared;
  }

  #each(map: JsonObject, shape: Shape): JsonObject {
    return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, this.#at(key, value, shape)]));
  }

  #unreadable(expected: string): UnreadableObject {
    const { kind, metadata } = this.#object;
    const name = typeof metadata.namespace === 'string' ? `${metadata.namespace}/${metadata.name}` : metadata.name;
    return new UnreadableObject(`${kind} ${name} cannot be read: ${fieldText(this.#path)} must be ${expected}`, [...this.#path]);
  }
}

const isOfType: Readonly<Record<Extract<Shape, string>, (value: Json) => boolean>> = {
  text: (value) => typeof value === 'string',
  number: isNumber,
  flag: (value) => typeof value === 'boolean',
  numberOrText: (value) => typeof value === 'string' || isNumber(value),
  texts: isMap,
  map: isMap,
};

const words: Readonly<Record<Extract<Shape, string>, string>> = {
  text: 'text',
  number: 'a number',
  flag: 'true or false',
  numberOrText: 'a number or text',
  texts: 'a mapping',
  map: 'a mapping',
};

/** What Go makes of null. */
const empty: Readonly<Record<Extract<Shape, string>, Json>> = { text: '', number: 0, flag: false, numberOrText: 0, texts: {}, map: {} };

function isNumber(value: Json): boolean {
  return typeof value === 'number' || rawNumber(value) !== undefined;
}

function isObject(value: Json): value is Json & KubeObject {
  return isMap(value) && isMap(value.metadata);
}
