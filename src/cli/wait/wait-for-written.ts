import type { ReconcileOutcome } from '../../cluster/reconcile/reconcile-outcome.ts';
import type { DryRun } from '../../core/reconcile-report.ts';
import type { LegName } from '../../core/snapshot.ts';
import { usageError } from '../errors.ts';
import type { ExitCode, Io } from '../io.ts';
import type { ReconcileOptions } from '../reconcile/reconcile-options.ts';
import type { ReconcileRun } from '../reconcile/reconcile-run.ts';
import type { Scope } from '../scope.ts';
import type { Flags } from '../spec.ts';
import type { WaitFor } from './for-flag.ts';
import { reportOpen } from './report-open.ts';
import { type Timeout, timeoutOfWait } from './timeout.ts';
import { type Wanted, waitRequest } from './wait-until.ts';
import { waitVisibly } from './wait-visibly.ts';
import { timedOut } from './wait-words.ts';

/** What `--wait` waits for, and how long. */
export interface WaitOptions {
  readonly conditions: readonly WaitFor[];
  readonly timeout: Timeout;
}

/** `--wait` and `--timeout`; undefined without the first. @throws CliError for a time that is none, or where nothing is waited for */
export function waitOptions(flags: Flags, options: ReconcileOptions, dryRun: DryRun): WaitOptions | undefined {
  const timeout = timeoutOfWait(flags, 'reconcile');
  const what = flags.text('wait');
  if (what === undefined) return undefined;
  if (dryRun !== 'none') throw usageError('a dry run writes nothing that --wait could wait for', 'reconcile');
  if (options.serviceOnly && what === 'endpoints') {
    throw usageError('--service-only leaves the Endpoints alone, so that nothing has to be waited for: --wait=address', 'reconcile');
  }
  const address: WaitFor = { text: 'address', kind: 'address' };
  const endpoints: WaitFor = { text: 'endpoints', kind: 'stored', child: 'Endpoints', options };
  return {
    conditions: [...(what === 'endpoints' ? [] : [address]), ...(what === 'address' || options.serviceOnly ? [] : [endpoints])],
    timeout,
  };
}

/**
 * Waits as `wait --for` until the services that were reconciled have their address, and the Endpoints that are computed are stored.
 * @returns 0, or 1 after saying what was missing when the time was over, 3 where it could not be looked at
 */
export async function waitForAll(
  outcomes: readonly ReconcileOutcome[],
  run: ReconcileRun,
  { conditions, timeout }: WaitOptions,
  flags: Flags,
  io: Io,
): Promise<ExitCode> {
  // One that was being deleted has neither when the work is done.
  const done = outcomes.filter(({ item, vmService }) => item.error === null && vmService.metadata.deletionTimestamp === undefined);
  const wanted = done.map(({ item }): Wanted => ({ namespace: item.namespace, name: item.name }));
  if (wanted.length === 0) return 0;
  const request = waitRequest(conditions, 'reconcile');
  const scope = scopeOf(wanted, request.legs, run);
  const options = { wanted, conditions, timeout: timeout.milliseconds, onMet: () => {} };
  const waited = await waitVisibly(scope, request, options, flags, io);
  return reportOpen(waited, scope, timedOut(timeout), flags, io);
}

/** Those services alone; where they are of several namespaces, all are watched. */
function scopeOf(wanted: readonly Wanted[], legs: readonly LegName[], { source, namespace, places, targets }: ReconcileRun): Scope {
  const names = namespace === undefined ? [] : wanted.map(({ name }) => name);
  return {
    source,
    namespace,
    places,
    targets,
    asked: [],
    names,
    selector: undefined,
    fieldSelector: undefined,
    request: (of) => ({ namespace, names: of, version: source.version, legs }),
  };
}
