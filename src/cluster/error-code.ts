/** The code of an error of the operating system or of Node, as `ENOENT`; the empty text where there is none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
