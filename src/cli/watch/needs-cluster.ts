import { usageError } from '../errors.ts';
import type { Flags } from '../spec.ts';

/** @throws CliError where nothing ever changes: in files and in bundles */
export function needsCluster(flags: Flags, what: '--watch' | 'wait', command: string): void {
  const still = flags.on('offline') ? 'offline' : flags.given('bundle') ? 'bundle' : undefined;
  if (still !== undefined) throw usageError(`${what} needs a cluster in which something happens, and --${still} has none`, command);
}
