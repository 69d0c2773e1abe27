import { notStarted, type ReconcileOutcome, untouched } from '../../cluster/reconcile/reconcile-outcome.ts';
import { rehearse } from '../../cluster/reconcile/rehearse.ts';
import { sanitize } from '../../render/sanitize.ts';
import type { Io } from '../io.ts';
import { withProgress } from '../progress.ts';
import type { Flags } from '../spec.ts';
import type { RunLimits } from './reconcile-options.ts';
import { liveContext, type ReconcileRun } from './reconcile-run.ts';

/**
 * The run without the services of which the server would refuse a write: it is asked for all of them before the first one is sent.
 * With `--fail-fast` one such service keeps all others from being begun.
 *
 * Who plays the controller asks nothing beforehand, as the controller does not.
 */
export async function withoutRefusedWrites(
  run: ReconcileRun,
  { concurrency, failFast }: RunLimits,
  flags: Flags,
  signal: AbortSignal,
  io: Io,
): Promise<ReconcileRun> {
  if (run.options.asController || run.vmServices.length === 0) return run;
  const rehearsing = rehearse(run.vmServices, liveContext(run, 'server'), { signal, concurrency });
  const rehearsals = await withProgress('Having the server check every write', flags, io, rehearsing);
  for (const text of new Set(rehearsals.flatMap(({ unchecked }) => unchecked ?? []))) {
    io.stderr.write(`Warning: ${sanitize(`the server cannot check writes before they are done: ${text}`)}\n`);
  }
  const refused = rehearsals.flatMap(({ vmService, error }): readonly ReconcileOutcome[] =>
    error === undefined ? [] : [untouched(vmService, error)],
  );
  if (refused.length === 0) return run;
  const left = rehearsals.flatMap(({ vmService, error }) => (error === undefined ? [vmService] : []));
  return failFast
    ? { ...run, vmServices: [], refused: [...run.refused, ...refused, ...left.map(notStarted)] }
    : { ...run, vmServices: left, refused: [...run.refused, ...refused] };
}
