import { usageError } from '../errors.ts';
import { filesFlag } from '../files-flag.ts';
import type { Flags } from '../spec.ts';

/** @throws CliError where nothing ever changes: in files and in bundles */
export function needsCluster(flags: Flags, what: '--watch' | 'wait', command: string): void {
  const still = filesFlag(flags);
  if (still !== undefined) throw usageError(`${what} needs a cluster in which something happens, and ${still} has none`, command);
}
