import type { ExitCode } from './io.ts';

/** The worst of several exit codes. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return codes.toSorted((left, right) => right - left)[0] ?? 0;
}
