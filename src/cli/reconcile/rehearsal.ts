import { beyondRoom } from '../../cluster/reconcile/quota-room.ts';
import { notStarted, type ReconcileOutcome, untouched } from '../../cluster/reconcile/reconcile-outcome.ts';
import { type Rehearsal, rehearse } from '../../cluster/reconcile/rehearse.ts';
import { useOf } from '../../core/quota.ts';
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
  const beyond = await beyondRoom(
    rehearsals.filter(({ error }) => error === undefined),
    run.source.cluster,
  );
  const errorOf = ({ vmService, error }: Rehearsal) => error ?? beyond.get(vmService);
  const refused = rehearsals.flatMap((rehearsal): readonly ReconcileOutcome[] => {
    const error = errorOf(rehearsal);
    return error === undefined ? [] : [untouched(rehearsal.vmService, error)];
  });
  if (refused.length === 0) return run;
  const left = rehearsals.flatMap((rehearsal) => (errorOf(rehearsal) === undefined ? [rehearsal.vmService] : []));
  return failFast
    ? { ...run, vmServices: [], refused: [...run.refused, ...refused, ...left.map(notStarted)] }
    : { ...run, vmServices: left, refused: [...run.refused, ...refused] };
}

/** What a server dry run said, where the server checked every write by itself: those that do not fit together would not be done. */
export async function withinRoom(outcomes: readonly ReconcileOutcome[], run: ReconcileRun): Promise<readonly ReconcileOutcome[]> {
  if (run.options.asController) return outcomes;
  const planned = outcomes.filter(({ item }) => item.error === null).map(({ vmService, item }) => ({ vmService, use: useOf(item.steps) }));
  const beyond = await beyondRoom(planned, run.source.cluster);
  return outcomes.map((outcome) => {
    const error = beyond.get(outcome.vmService);
    return error === undefined ? outcome : untouched(outcome.vmService, error);
  });
}
