/** How many columns of a terminal the text takes: letters of East Asian scripts and emoji take two, combining marks none. */
export function displayWidth(text: string): number {
  return ordinary.test(text) ? text.length : scriptWidth(text);
}

/** How many rows of a terminal the text takes: a letter of two columns is not cut in two at the end of a row. */
export function rowsOf(text: string, columns: number): number {
  if (ordinary.test(text)) return Math.max(1, Math.ceil(text.length / columns));
  let rows = 1;
  let used = 0;
  for (const character of text) {
    const width = displayWidth(character);
    if (used + width > columns) {
      rows += 1;
      used = 0;
    }
    used += width;
  }
  return rows;
}

/** As much of the beginning as fits into a number of columns. */
export function cutTo(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += displayWidth(character);
    if (used > columns) break;
    kept += character;
  }
  return kept;
}

/** Padded with blanks on the right to a number of columns; longer text stays whole. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/** Latin letters, punctuation, and the lines and marks that we draw ourselves: each takes one column. */
const ordinary = /^[\x20-\u02ff\u2010-\u2027\u2500-\u25ef\u2713\u2717]*$/;

/** The expressions are made when they are needed: to understand them takes V8 a millisecond. */
function scriptWidth(text: string): number {
  const zero = /^\p{M}/u;
  const double =
    /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
  let width = 0;
  for (const character of text) width += zero.test(character) ? 0 : double.test(character) ? 2 : 1;
  return width;
}
