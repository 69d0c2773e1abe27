/**
 * Text from a cluster or a file as one line that is safe to show: whatever could move the cursor, reorder, hide or
 * imitate text becomes a visible escape (`^[` for ESC and `\r` as kubectl writes them, `\n`, `\t`, else `\u009b`, `\u{e0041}`).
 * For cells, names, values: everywhere but where line ends are meant.
 */
export function sanitize(text: string): string {
  return harmless.test(text) ? text : text.replace(suspicious(), visible);
}

/** The same for texts of several lines: line feeds stay. */
export function sanitizeLines(text: string): string {
  return harmlessLines.test(text) ? text : text.replace(suspicious(), (found) => (found === '\n' ? found : visible(found)));
}

/** The same for what somebody else laid out, with tabs as well: a file, or what a template made. */
export function sanitizeLayout(text: string): string {
  return text.split('\t').map(sanitizeLines).join('\t');
}

/** Whether `sanitizeLines` would change the text. */
export function isSuspicious(text: string): boolean {
  return !harmlessLines.test(text) && sanitizeLines(text) !== text;
}

/**
 * Text inside double quotes of JSON or YAML, with the same characters in the escapes of that language, so that what is read
 * back is the same value. Line feeds stay: they are the writer's.
 */
export function escapeQuoted(text: string, escapeOf: (code: number) => string): string {
  if (harmlessLines.test(text)) return text;
  return text.replace(suspicious(), (found) => (found === '\n' ? found : escapeOf(found.codePointAt(0) ?? 0)));
}

const harmless = /^[\x20-\x7e]*$/;
const harmlessLines = /^[\x20-\x7e\n]*$/;

/**
 * Controls (C0, DEL, C1), format characters (bidi, zero width, tags, byte order mark), lone surrogates, line and paragraph
 * separators, all that a terminal may show as nothing, and what follows the fourth combining mark in a row: no script needs
 * more, and a flood of them covers the neighbouring lines.
 *
 * Made when it is needed: to understand it takes V8 a millisecond, and most runs show nothing but ASCII.
 */
function suspicious(): RegExp {
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?<=\p{M}{4})\p{M}/gu;
}

const named = new Map([
  ['\x1b', '^['],
  ['\r', '\\r'],
  ['\n', '\\n'],
  ['\t', '\\t'],
]);

function visible(character: string): string {
  const known = named.get(character);
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
