import { goQuote } from '../core/go-quote.ts';
import { isList, type Json } from '../model/object.ts';
import { isMap, rawNumber } from '../model/raw-json.ts';

/** A JSON value as Go prints it with `%#v` after decoding: `map[string]interface {}{"name":"web"}`. */
export function goSyntax(value: Json): string {
  if (typeof value === 'string') return goQuote(value);
  if (value === null) return 'interface {}(nil)';
  if (isList(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isMap(value)) return typeof value === 'boolean' ? String(value) : goNumber(value);
  const fields = Object.keys(value).sort();
  return `map[string]interface {}{${fields.map((field) => `${goQuote(field)}:${goSyntax(value[field] ?? null)}`).join(', ')}}`;
}

/** A number as Go prints it with `%v`: integers of 64 bits in full, others with an exponent from a million on. */
export function goNumber(value: Json): string {
  const digits = rawNumber(value);
  if (digits !== undefined && isInt64(digits)) return digits;
  return printNumber(Number(digits ?? value));
}

/** Whether the text of a number is an integer of 64 bits. */
export function isInt64(text: string): boolean {
  return /^-?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

function printNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return BigInt(value).toString();
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
