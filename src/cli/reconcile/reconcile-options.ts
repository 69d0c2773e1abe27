import type { DryRun } from '../../core/reconcile-report.ts';
import { usageError } from '../errors.ts';
import { fieldManagerOf } from '../field-manager.ts';
import { filesFlag } from '../files-flag.ts';
import { refuseEmptyQuery } from '../flags.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { parseTargets } from '../targets.ts';

/** How much of the controller a run plays, and how it writes. */
export interface ReconcileOptions {
  readonly asController: boolean;
  readonly adopt: boolean;
  readonly skipStatus: boolean;
  readonly serviceOnly: boolean;
  readonly fieldManager: string;
}

/** What `diff` and `reconcile` have in common. @throws CliError for words that contradict each other */
export function reconcileOptions({ args, flags }: CommandInput, command: string): ReconcileOptions {
  const [vm] = parseTargets(args, command).vms;
  if (vm !== undefined) {
    throw usageError(`${command} works on VirtualMachineServices: kubectl vmsvc describe vm/${vm} names those of a VM`, command);
  }
  if (flags.on('as-controller') && flags.on('service-only')) {
    throw usageError('--as-controller does all that the controller does: give it without --service-only', command);
  }
  return {
    asController: flags.on('as-controller'),
    adopt: flags.on('adopt'),
    skipStatus: flags.on('skip-status'),
    serviceOnly: flags.on('service-only'),
    fieldManager: fieldManagerOf(flags, command),
  };
}

/**
 * Checks that a command that writes was told what to write, and that it writes once.
 * @returns how far it goes. Files cannot be written to: with them a run is a client dry run.
 * @throws CliError otherwise
 */
export function checkConsent({ args, flags }: CommandInput, command: string): DryRun {
  if (!flags.on('once')) throw usageError('this tool does not loop; say --once', command);
  const files = filesFlag(flags);
  const dryRun = dryRunOf(flags);
  if (files !== undefined && dryRun === 'server') throw usageError(`--dry-run=server needs a server, and ${files} has none`, command);
  if (!namesServices({ args, flags }, command)) {
    throw usageError('say what to reconcile: a NAME, -l SELECTOR, -n NAMESPACE for all of a namespace, or -A for all namespaces', command);
  }
  return files === undefined ? dryRun : 'client';
}

/**
 * Whether a command line says which services to act on, be it all of a namespace. What is empty, of a variable that is not set, says
 * nothing.
 * @throws CliError for an empty query
 */
export function namesServices({ args, flags }: Pick<CommandInput, 'args' | 'flags'>, command: string): boolean {
  refuseEmptyQuery(flags, command);
  const namespace = (flags.text('namespace') ?? '') !== '';
  return (
    args.length > 0 || namespace || flags.on('all-namespaces') || ['selector', 'filename', 'kustomize'].some((name) => flags.given(name))
  );
}

/** How far `--dry-run` lets a command go. */
export function dryRunOf(flags: Flags): DryRun {
  const named = flags.text('dry-run');
  return named === 'client' || named === 'server' ? named : 'none';
}

/** How a run over many services goes about it. */
export interface RunLimits {
  /** Services at the same time. */
  readonly concurrency: number;
  /** No other service is begun after one has failed. */
  readonly failFast: boolean;
}

/** @throws CliError for a number of services that is no use */
export function runLimits(flags: Flags): RunLimits {
  const text = flags.text('concurrency') ?? '16';
  const concurrency = Number(text);
  if (!/^\d{1,3}$/.test(text) || concurrency < 1 || concurrency > 64) {
    throw usageError(`--concurrency ${JSON.stringify(text)}: must be a number from 1 to 64`, 'reconcile');
  }
  return { concurrency, failFast: flags.on('fail-fast') };
}

/** What `reconcile` does besides: each by itself. @throws CliError when two are asked for at once, or a file has no name */
export function otherTask(flags: Flags): 'print' | 'undo' | 'orphans' | undefined {
  const nameless = ['undo', 'save-before', 'junit'].find((name) => flags.text(name) === '' && flags.given(name));
  if (nameless !== undefined) throw usageError(`--${nameless} needs the name of a file, and it is empty`, 'reconcile');
  const asked = (['print', 'undo', 'orphans'] as const).filter((name) => (name === 'undo' ? flags.given(name) : flags.on(name)));
  const [first, second] = asked;
  if (second !== undefined) throw usageError(`--${first} and --${second} are different things: one at a time`, 'reconcile');
  const idle = first === undefined ? undefined : withoutEffect[first].find((name) => flags.given(name));
  if (idle !== undefined) throw usageError(`--${idle} has no effect with --${first}: leave it out`, 'reconcile');
  return first;
}

const ofTheRun = ['wait', 'timeout', 'concurrency', 'fail-fast'];
/** Words that say how to do the controller's work, and would promise something where that is not what is done. */
const withoutEffect: Readonly<Record<'print' | 'undo' | 'orphans', readonly string[]>> = {
  print: ['yes', 'save-before', 'junit', ...ofTheRun],
  undo: ['adopt', 'as-controller', 'skip-status', 'service-only', ...ofTheRun],
  orphans: ['adopt', 'as-controller', 'skip-status', 'service-only', ...ofTheRun],
};
