import { isList, type Json } from '../model/object.ts';
import { isMap, rawNumber } from '../model/raw-json.ts';

/** What Go's JSON decoder makes of a value: integers that fit 64 bits are `int64`, other numbers `float64`. */
export type GoKind = 'nil' | 'bool' | 'int64' | 'float64' | 'string' | 'map[string]interface {}' | '[]interface {}';

export function goKind(value: Json): GoKind {
  if (value === null) return 'nil';
  if (isList(value)) return '[]interface {}';
  if (isMap(value)) return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  return integerOf(value) === undefined ? 'float64' : 'int64';
}

/** The value of an `int64`, undefined for every other value. */
export function integerOf(value: Json): bigint | undefined {
  const text = rawNumber(value) ?? (typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : '');
  if (!/^-?\d+$/.test(text)) return undefined;
  const integer = BigInt(text);
  return BigInt.asIntN(64, integer) === integer ? integer : undefined;
}

/** A `float64`; NaN for what is no number. */
export function floatOf(value: Json): number {
  return Number(rawNumber(value) ?? (typeof value === 'number' ? value : Number.NaN));
}

/** As Go prints a decoded value: `map[k:v]`, `[a b]`, `<nil>`. Keys are sorted. */
export function goText(value: Json): string {
  if (value === null) return '<nil>';
  if (isList(value)) return `[${value.map(goText).join(' ')}]`;
  if (isMap(value))
    return `map[${Object.keys(value)
      .sort()
      .flatMap((key) => fieldText(key, value[key]))
      .join(' ')}]`;
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  return integerOf(value)?.toString() ?? goFloat(floatOf(value));
}

function fieldText(key: string, value: Json | undefined): readonly string[] {
  return value === undefined ? [] : [`${key}:${goText(value)}`];
}

/** The shortest text, with an exponent of at least two digits below 1e-4 and from 1e6 on. */
function goFloat(value: number): string {
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
