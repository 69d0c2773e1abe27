import { aborted } from '../../cluster/aborted.ts';
import { systemClock } from '../../cluster/clock.ts';
import { gatheredTroubles, type OnTrouble } from '../../cluster/gathered-troubles.ts';
import { limits } from '../../cluster/limits.ts';
import { willPass } from '../../cluster/watch-changes.ts';
import { watchSnapshot } from '../../cluster/watch-snapshot.ts';
import { type ChangedFindings, changedFindings, firstFindings, isAnyChanged } from '../../core/diagnosis/changed-findings.ts';
import type { DiagnosisReport } from '../../core/diagnosis/report.ts';
import type { Unavailable } from '../../core/snapshot.ts';
import { unavailableSentence } from '../../render/unavailable-sentence.ts';
import { usageError } from '../errors.ts';
import type { ExitCode, Io } from '../io.ts';
import { type LoadedWorld, loadWorld } from '../load-world.ts';
import type { Scope, WorldRequest } from '../scope.ts';
import type { CommandInput } from '../spec.ts';
import { troubleNotes } from '../watch/trouble-notes.ts';

/** Changes come in bundles: one cause changes several objects. Milliseconds. */
const settle = 500;
/** Some findings come by waiting alone, without any change. Milliseconds. */
const lookAgain = 30_000;

/** @throws CliError for what cannot be watched */
export function checkWatch({ flags }: CommandInput): void {
  if (!flags.on('watch')) return;
  const other = ['offline', 'bundle', 'probe', 'write-bundle'].find((name) => flags.given(name));
  if (other === undefined) return;
  const why = other === 'offline' || other === 'bundle' ? 'nothing changes there' : 'it is done once';
  throw usageError(`--watch and --${other} cannot be given together: ${why}`, 'debug');
}

export interface DiagnosisWatch<T extends { readonly report: DiagnosisReport }> {
  readonly diagnose: (loaded: LoadedWorld) => Promise<T>;
  /** Why there is no answer; undefined where there is one. */
  readonly hidden: (loaded: LoadedWorld) => Unavailable | undefined;
  /** Told once. Anything but 0: there is nothing to watch. */
  readonly first: (found: T, loaded: LoadedWorld) => Promise<ExitCode>;
  /** Told whenever findings appeared or cleared, or can no longer be seen. */
  readonly changed: (found: T, loaded: LoadedWorld, changes: ChangedFindings) => Promise<unknown>;
  readonly signal: AbortSignal;
}

/**
 * Diagnoses again after every change, and every half minute, until the signal comes. A server that goes away is told of on stderr, once,
 * and looked at again when it is back.
 */
export async function watchDiagnosis<T extends { readonly report: DiagnosisReport }>(
  scope: Scope,
  input: CommandInput,
  io: Io,
  request: WorldRequest,
  watched: DiagnosisWatch<T>,
): Promise<ExitCode> {
  const { first, changed, signal } = watched;
  const ends = new AbortController();
  const either = AbortSignal.any([signal, ends.signal]);
  const troubles = countedTroubles(io);
  const look = async (): Promise<Look<T>> => {
    const loaded = await loadWorld(scope, input.flags, io, request);
    return { loaded, found: await watched.diagnose(loaded) };
  };
  const changes = watchSnapshot(scope.source.cluster, scope.request([]), { signal: either, settle, onTrouble: troubles.of() });
  const onTrouble = troubles.of();
  try {
    // What is there already is the first thing that a watch tells.
    await changes.next();
    let next = changes.next();
    const begun = signal.aborted ? undefined : await look().catch(unlessAborted(signal));
    if (begun === undefined) return 0;
    const code = await first(begun.found, begun.loaded);
    if (code !== 0) return code;
    let before = firstFindings(begun.found.report);
    while (!signal.aborted) {
      if ((await changeOrTime(next, either)) === 'changed') next = changes.next();
      const looked = await patiently(look, { hidden: watched.hidden, losses: troubles.count, onTrouble, signal, either });
      if (looked === undefined) break;
      const { known, ...since } = changedFindings(before, looked.found.report);
      if (isAnyChanged(since)) await changed(looked.found, looked.loaded, since);
      before = known;
    }
    return 0;
  } finally {
    ends.abort();
    await changes.return(undefined);
  }
}

interface Look<T> {
  readonly loaded: LoadedWorld;
  readonly found: T;
}

/** The troubles of one server, as they are told, and how often it went away. */
function countedTroubles(io: Io): { readonly of: () => OnTrouble; readonly count: () => number } {
  const note = troubleNotes(io);
  let losses = 0;
  const of = gatheredTroubles((sentence) => {
    if (sentence !== undefined) losses += 1;
    note(sentence);
  });
  return { of, count: () => losses };
}

interface Patience extends Pick<DiagnosisWatch<{ readonly report: DiagnosisReport }>, 'hidden'> {
  readonly losses: () => number;
  readonly onTrouble: OnTrouble;
  readonly signal: AbortSignal;
  /** Ends the pauses as well. */
  readonly either: AbortSignal;
}

/**
 * Looks until there is something to tell. While the server goes, half of what is read may be missing: that is looked at again, and told to
 * nobody. A right that was taken away mends nothing: until it is back no finding has cleared.
 * @returns undefined when the signal came
 */
async function patiently<T>(
  look: () => Promise<Look<T>>,
  { hidden, losses, onTrouble, signal, either }: Patience,
): Promise<Look<T> | undefined> {
  let denied = false;
  while (!signal.aborted) {
    const lossesBefore = losses();
    let pause: number = limits.watchFirstPause;
    try {
      const looked = await look();
      const hole = hidden(looked.loaded);
      if (hole === undefined) {
        onTrouble(undefined);
        if (losses() === lossesBefore) return looked;
      } else {
        if (!denied) onTrouble(`${unavailableSentence(hole)}; trying again`);
        denied = true;
        pause = limits.pollPause;
      }
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!willPass(error)) throw error;
      onTrouble(`${error instanceof Error ? error.message : String(error)}; trying again`);
    }
    await systemClock.sleep(pause, either);
  }
  return undefined;
}

/** What a signal ended is no failure. */
function unlessAborted(signal: AbortSignal): (error: unknown) => undefined {
  return (error) => {
    if (!signal.aborted) throw error;
  };
}

/** Waits for the next change, for the time at which it is looked again anyway, or for the end. */
async function changeOrTime(next: Promise<unknown>, signal: AbortSignal): Promise<'changed' | 'later' | 'over'> {
  const { promise: later, resolve } = Promise.withResolvers<'later'>();
  const letGo = systemClock.after(lookAgain, () => resolve('later'));
  try {
    return await Promise.race([next.then(() => 'changed' as const), later, aborted(signal).then(() => 'over' as const)]);
  } finally {
    letGo();
  }
}
