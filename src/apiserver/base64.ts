/**
 * The bytes of a base64 text, written anew without line breaks and with zeros where bits are left over; or where the text is none.
 * Mirrors Go's decoder: line breaks are skipped, and a text that ends too early is wrong where its last four letters begin.
 */
export function canonicalBase64(text: string): { readonly text: string } | { readonly corruptAt: number } {
  const corruptAt = corruptPlace(text);
  return corruptAt === undefined ? { text: btoa(atob(text.replace(/[\r\n]/g, ''))) } : { corruptAt };
}

function corruptPlace(text: string): number | undefined {
  let at = 0;
  let letters = 0;
  while (at < text.length) {
    const letter = text[at] ?? '';
    at += 1;
    if (isLineBreak(letter)) continue;
    if (letter === '=') return corruptPadding(text, at, letters % 4);
    if (!/[A-Za-z0-9+/]/.test(letter)) return at - 1;
    letters += 1;
  }
  const rest = letters % 4;
  return rest === 0 ? undefined : at - rest;
}

/** @param at behind the first sign of padding, before which there are `letters` of the last four. */
function corruptPadding(text: string, at: number, letters: number): number | undefined {
  if (letters < 2) return at - 1;
  let end = at;
  if (letters === 2) {
    end = afterLineBreaks(text, end);
    if (end === text.length) return text.length;
    if (text[end] !== '=') return end - 1;
    end += 1;
  }
  end = afterLineBreaks(text, end);
  return end < text.length ? end : undefined;
}

function afterLineBreaks(text: string, from: number): number {
  let at = from;
  while (isLineBreak(text[at] ?? '')) at += 1;
  return at;
}

function isLineBreak(letter: string): boolean {
  return letter === '\n' || letter === '\r';
}
