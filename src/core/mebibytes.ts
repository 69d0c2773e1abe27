export const mebibyte = 1024 * 1024;

/** `32 MiB`, `1.6 MiB`: rounded up, so that what is more than a limit never reads as the limit itself. */
export function inMebibytes(bytes: number): string {
  return `${Math.ceil((bytes / mebibyte) * 10) / 10} MiB`;
}
