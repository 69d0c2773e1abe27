/** A bundle cannot be read: one sentence about the file. */
export class ArchiveError extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'ArchiveError';
  }
}
