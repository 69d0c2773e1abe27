import { isUtf8 } from 'node:buffer';

/** Bytes of a file as text, without a byte order mark; or why they are no text that can be read. */
export function decodedText(bytes: Uint8Array): { readonly text: string } | { readonly problem: string; readonly hint?: string } {
  const [first, second] = bytes;
  if (first === 0x1f && second === 0x8b) return { problem: 'it is a gzip file, not text', hint: 'did you mean --bundle?' };
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return { problem: `it is UTF-16 (${first === 0xff ? 'little' : 'big'}-endian), not UTF-8`, hint: 'save it as UTF-8' };
  }
  if (!isUtf8(bytes)) return { problem: `it is not UTF-8 at byte ${invalidByte(bytes)}` };
  return { text: new TextDecoder().decode(bytes) };
}

/** The offset of the first byte that is not UTF-8, by halves. */
function invalidByte(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isUtf8Prefix(bytes.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  return valid;
}

/** Valid so far: a character may be cut at the end. */
function isUtf8Prefix(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
