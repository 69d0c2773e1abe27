/**
 * The texts of `Warning` headers: `299 - "text"`, several separated by commas, quotes and backslashes escaped (RFC 7234).
 * Malformed rest is left out.
 */
export function warningTexts(header: string): string[] {
  return [...header.matchAll(/(?:^|,)\s*299\s+\S+\s+"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => (text ?? '').replace(/\\(.)/g, '$1'));
}

/** VirtualMachineServices are built on Endpoints; that they are deprecated is nothing that a user can act on. */
export function isEndpointsDeprecation(text: string): boolean {
  return /^v1 Endpoints is deprecated\b/.test(text);
}
