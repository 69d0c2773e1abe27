import type { DryRun } from '../../core/reconcile-report.ts';
import { usageError } from '../errors.ts';
import { filesFlag } from '../files-flag.ts';
import { refuseEmptyQuery } from '../flags.ts';
import { manifestFlag } from '../manifest-input.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { parseTargets } from '../targets.ts';
import { aWeek, type Timeout, timeoutOf } from '../wait/timeout.ts';

/** How a deletion goes about it. */
export interface DeleteOptions {
  readonly dryRun: DryRun;
  /** Undefined: it does not wait until the objects are gone. */
  readonly wait: Timeout | undefined;
  readonly propagation: 'Background' | 'Foreground';
}

/** @throws CliError for flags that contradict each other, and for those of kubectl that would promise what does not hold here */
export function deleteOptions(input: CommandInput): DeleteOptions {
  checkObjects(input);
  const { flags } = input;
  const dryRun = flags.text('dry-run');
  return {
    dryRun: dryRun === 'client' || dryRun === 'server' ? dryRun : 'none',
    propagation: propagationOf(flags),
    wait: waitOf(flags),
  };
}

function checkObjects({ args, flags }: CommandInput): void {
  const [vm] = parseTargets(args, 'delete').vms;
  if (vm !== undefined) throw usageError(`delete works on VirtualMachineServices: kubectl delete vm/${vm} deletes a VM`, 'delete');
  const played = filesFlag(flags);
  if (played !== undefined) throw usageError(`delete needs a cluster, and ${played} has none`, 'delete');
  refuseEmptyQuery(flags, 'delete');
  const all = flags.on('all');
  const files = manifestFlag(flags);
  if (files !== undefined && (args.length > 0 || all || flags.on('all-namespaces') || flags.given('selector'))) {
    throw usageError(`${files} names the objects: give it without names, --all, -A and -l`, 'delete');
  }
  if (all && args.length > 0) throw usageError('names and --all cannot be given together', 'delete');
  if (all && flags.given('selector')) throw usageError('-l and --all cannot be given together', 'delete');
  if (args.length === 0 && files === undefined && !all && !flags.given('selector')) {
    throw usageError('say what to delete: a NAME, -f FILE, -k DIR, -l SELECTOR, or --all of the namespace', 'delete');
  }
  if (all && !flags.on('yes') && (flags.text('dry-run') ?? 'none') === 'none') {
    const where = flags.on('all-namespaces') ? 'of all namespaces' : 'of the namespace';
    throw usageError(`--all deletes every VirtualMachineService ${where}: say --yes as well`, 'delete');
  }
}

function propagationOf(flags: Flags): 'Background' | 'Foreground' {
  const grace = flags.text('grace-period') ?? '-1';
  if (grace !== '-1') {
    throw usageError(
      `--grace-period ${JSON.stringify(grace)}: a VirtualMachineService has none; it is gone as soon as its finalizers are`,
      'delete',
    );
  }
  const cascade = flags.text('cascade') ?? 'background';
  if (cascade === 'orphan' || cascade === 'false') {
    throw usageError(
      `--cascade ${JSON.stringify(cascade)}: VM Operator deletes the Service and the Endpoints by name, so they cannot be kept`,
      'delete',
    );
  }
  if (cascade === 'background' || cascade === 'true') return 'Background';
  if (cascade === 'foreground') return 'Foreground';
  throw usageError(`--cascade ${JSON.stringify(cascade)}: must be background or foreground`, 'delete');
}

/** For kubectl 0 means that it decides how long to wait, which is a week at most. */
function waitOf(flags: Flags): Timeout | undefined {
  const timeout = timeoutOf(flags, 'delete');
  if (!flags.on('wait')) return undefined;
  return timeout.milliseconds > 0 ? timeout : aWeek;
}
