import type { Json, JsonObject } from '../../src/model/object.ts';

/** A number from 0 to 1. */
type Random = () => number;

/** Values of every type, and such as break parsers, rules and renderers. */
const odd: readonly Json[] = [
  null,
  true,
  0,
  -1,
  80.5,
  Number.MAX_VALUE,
  9_007_199_254_740_994,
  65536,
  '',
  ' ',
  'None',
  'web',
  '80',
  '10.0.0.0/8',
  'fd00::1',
  '\u001b[31m',
  '\u202e',
  'x'.repeat(300),
  [],
  [null],
  {},
  { a: { b: 1 } },
  ['IPv4', 'IPv4'],
  { __proto__: 'x', constructor: 1, toString: null },
];

const keys = [
  'type',
  'ports',
  'selector',
  'clusterIp',
  'clusterIP',
  'ipFamilies',
  'metadata',
  'name',
  'a.b/c',
  '',
  '__proto__',
  'constructor',
  '0',
  'items',
  'kind',
];

/** The value with something in it replaced, removed, added, renamed or doubled. */
export function mutated(value: Json, random: Random, depth = 0): Json {
  if (random() < 0.15 || depth > 6) return pick(odd, random);
  if (Array.isArray(value)) {
    const list = [...value];
    const at = Math.floor(random() * list.length);
    if (list.length > 0 && random() < 0.7) list[at] = mutated(list[at] ?? null, random, depth + 1);
    else if (random() < 0.5) list.push(list[at] ?? pick(odd, random));
    else list.splice(at, 1);
    return list;
  }
  if (typeof value === 'object' && value !== null) {
    const entries: [string, Json | undefined][] = Object.entries(value);
    const at = Math.floor(random() * entries.length);
    const [key, inner] = entries[at] ?? ['', null];
    const dice = random();
    if (dice < 0.65) entries[at] = [key, mutated(inner ?? null, random, depth + 1)];
    else if (dice < 0.75) entries.splice(at, 1);
    else if (dice < 0.85) entries.push([pick(keys, random), pick(odd, random)]);
    else entries[at] = [pick(keys, random), inner];
    return Object.fromEntries(entries) satisfies JsonObject;
  }
  return pick(odd, random);
}

/** What a server may send where something else is expected: Go writes an empty list as null, and an older definition may have held anything. */
const oddValues: readonly Json[] = [null, null, [], [null], {}, '', 0, true, 'x'];

/**
 * The value with one field in it, wherever it is, replaced by one of these or removed, and where that was; what an object is known by stays.
 */
export function withOddField(value: Json, random: Random): { readonly value: Json; readonly said: string } {
  const path = pick([[], ...pathsIn(value)], random);
  const to = random() < 0.15 ? undefined : pick(oddValues, random);
  if (path.length === 0) return { value, said: 'nothing' };
  return { value: withValueAt(value, path, to), said: `${path.join('.')}=${JSON.stringify(to)}` };
}

type Path = readonly (string | number)[];

const identity = /^(apiVersion|kind|metadata|metadata\.(name|namespace))$/;

function pathsIn(value: Json | undefined, at: Path = []): readonly Path[] {
  const inner: readonly (readonly [string | number, Json | undefined])[] = Array.isArray(value)
    ? value.map((item: Json, index) => [index, item] as const)
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
      : [];
  return inner.flatMap(([part, found]) => {
    const path = [...at, part];
    const own = identity.test(path.join('.').replace(/^items\.\d+\./, '')) ? [] : [path];
    return path.join('.') === 'metadata.name' ? [] : [...own, ...pathsIn(found, path)];
  });
}

function withValueAt(value: Json, [part, ...rest]: Path, to: Json | undefined): Json {
  if (Array.isArray(value)) {
    return value.flatMap((item: Json, index): readonly Json[] => {
      if (index !== part) return [item];
      return rest.length > 0 ? [withValueAt(item, rest, to)] : to === undefined ? [] : [to];
    });
  }
  if (typeof value !== 'object' || value === null || part === undefined) return value;
  const entries = Object.entries(value).flatMap(([name, found]): [string, Json | undefined][] => {
    if (name !== part) return [[name, found]];
    return rest.length > 0 ? [[name, withValueAt(found ?? null, rest, to)]] : to === undefined ? [] : [[name, to]];
  });
  return Object.fromEntries(entries);
}

const pieces = [
  '\t',
  '\r\n',
  '\r',
  '---\n',
  '...\n',
  '&a ',
  '*a',
  '*b',
  '<<: *a\n',
  '!!binary x',
  '!!js/function x',
  '"',
  "'",
  '|\n',
  '>-\n ',
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  '? ',
  '# ',
  '\u0000',
  '\ufeff',
  '\u0085',
  '\u2028',
  'yes',
  '0o17',
  '1_000',
  '.nan',
  '[[[[[[[[[[',
  'a: '.repeat(200),
  '- '.repeat(200),
];

/** The text with letters taken out, doubled or swapped, and pieces of YAML put in anywhere. */
export function garbled(text: string, random: Random): string {
  let result = text;
  const times = 1 + Math.floor(random() * 4);
  for (let time = 0; time < times; time += 1) {
    const at = Math.floor(random() * (result.length + 1));
    const length = Math.floor(random() * 12);
    const dice = random();
    if (dice < 0.5) result = result.slice(0, at) + pick(pieces, random) + result.slice(at);
    else if (dice < 0.75) result = result.slice(0, at) + result.slice(at + length);
    else result = result.slice(0, at) + result.slice(at, at + length) + result.slice(at);
  }
  return result;
}

function pick<T>(list: readonly T[], random: Random): T {
  const found = list[Math.floor(random() * list.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}
