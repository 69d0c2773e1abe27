import { globalOptionsHelp } from '../help.ts';
import type { ExitCode, Io } from '../io.ts';

/** The options that every command takes. */
export async function options(io: Io): Promise<ExitCode> {
  io.stdout.write(globalOptionsHelp(io.stdout.columns ?? 80));
  return 0;
}
