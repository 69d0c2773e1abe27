/** What stands in place of a credential. */
const gone = '[left out]';

/**
 * A text without what lets somebody in: keys, tokens and passwords that a message or a value repeats. The words around them stay, so that
 * whoever reads it knows what was there.
 */
export function withoutCredentials(text: string): string {
  if (!mayHoldOne.test(text)) return text;
  return text
    .replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, gone)
    .replace(/\beyJ[\w-]{10,4096}\.[\w-]{10,4096}\.[\w-]*/g, gone)
    .replace(/\b(Bearer|Basic)(\s+)[\w.~+/=-]{8,}/g, `$1$2${gone}`)
    .replace(/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"']{1,1000}@/gi, `$1${gone}@`)
    .replace(
      /((?:passw(?:or)?d|passphrase|token|(?:secret|private|access|api)[_-]?key|client[_-]?secret)["']?\s*=\s*["']?)[^\s"',;&]+/gi,
      `$1${gone}`,
    )
    .replace(
      /((?:passw(?:or)?d|passphrase|token|(?:secret|private|access|api)[_-]?key|client[_-]?secret)["']?:\s*["']?)(?=[^\s"',;&]{0,200}\d)[^\s"',;&]{6,}/gi,
      `$1${gone}`,
    );
}

/** One look at texts that have none, which are nearly all. */
const mayHoldOne = /PRIVATE KEY|\beyJ|Bearer|Basic|:\/\/|passw|passphrase|token|key|secret/i;
