import type { Flags } from './spec.ts';

/** The flag that lets files play the cluster: nothing happens in them, and nothing is written to them. */
export function filesFlag(flags: Flags): '--offline' | '--bundle' | undefined {
  return flags.on('offline') ? '--offline' : flags.given('bundle') ? '--bundle' : undefined;
}
