import { usageError } from '../errors.ts';
import type { Flags } from '../spec.ts';

/** The minor version in `--kubernetes-version`; undefined without it. @throws CliError for what is no version */
export function minorOf(flags: Flags): number | undefined {
  const said = flags.text('kubernetes-version');
  if (said === undefined) return undefined;
  const minor = /^v?1\.(\d{1,3})(?:[.+-].*)?$/.exec(said)?.[1];
  if (minor === undefined) throw usageError(`--kubernetes-version ${JSON.stringify(said)}: must be a version such as 1.32`, 'validate');
  return Number(minor);
}
