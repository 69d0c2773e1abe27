import type { Json } from '../../model/object.ts';
import { exactNumber } from '../json.ts';

const constants = new Map<string, Json>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);

/**
 * What an unquoted YAML scalar means to kubectl, which reads YAML 1.1 less its dates and base-60 numbers:
 * `yes` is true, `0777` and `0o777` are 511, `1_000` is 1000, `1:30` and `2026-01-01` are text.
 * Integers of any length keep their digits. Infinities and NaN are undefined: JSON has none.
 *
 * Mirrors `resolve` in go-yaml v2, the reader of sigs.k8s.io/yaml.
 */
export function plainScalar(text: string): Json | undefined {
  const constant = constants.get(text);
  if (constant !== undefined) return constant;
  if (infinityKey(text) !== undefined) return undefined;
  if (!/^[-+.\d]/.test(text)) return text;
  const digits = text.replaceAll('_', '');
  return integer(digits) ?? (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(digits) ? float(digits, text) : text);
}

/** The name of a key that is an infinity or no number, which JSON has among texts alone. */
export function infinityKey(text: string): string | undefined {
  return /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/.test(text) ? text.replace('+', '').toLowerCase() : undefined;
}

/** True for the words that people mean as text: `y`, `no`, `on` … but not `true` and `false`. */
export function isBooleanWord(text: string): boolean {
  return typeof constants.get(text) === 'boolean' && !/^(?:true|false)$/i.test(text);
}

/** Whether it is a number without a point or an exponent, which alone the tag `!!int` takes. */
export function isInteger(text: string): boolean {
  return integer(text.replaceAll('_', '')) !== undefined;
}

/**
 * What a text in double quotes means where the escape `\'` stands in it, which the `yaml` package does not know and leaves as it is.
 * @param value as the package has it
 * @param written as it stands in the text
 */
export function withApostrophes(value: string, written: string): string {
  if (!written.includes("\\'")) return value;
  const escapes = [...written.matchAll(/\\(x5[cC]|u005[cC]|U0000005[cC]|.)/gs)].map(([, sign = '']) => sign);
  // Those that put a backslash into the value, in their order.
  const signs = escapes.filter((sign) => sign === "'" || sign === '\\' || sign.length > 1);
  let next = 0;
  return value.replaceAll('\\', (backslash) => (signs[next++] === "'" ? '' : backslash));
}

function integer(text: string): Json | undefined {
  const match = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const magnitude =
    hex !== undefined
      ? BigInt(`0x${hex}`)
      : binary !== undefined
        ? BigInt(`0b${binary}`)
        : octal !== undefined
          ? BigInt(`0o${octal}`)
          : BigInt(decimal ?? '0');
  return exactNumber((sign === '-' ? -magnitude : magnitude).toString());
}

/** Too big for a double is text, as go-yaml has it. */
function float(digits: string, text: string): Json {
  const value = Number(digits);
  return Number.isFinite(value) ? value + 0 : text;
}
