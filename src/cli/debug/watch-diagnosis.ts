import { systemClock } from '../../cluster/clock.ts';
import { gatheredTroubles } from '../../cluster/gathered-troubles.ts';
import { limits } from '../../cluster/limits.ts';
import { willPass } from '../../cluster/watch-changes.ts';
import { watchSnapshot } from '../../cluster/watch-snapshot.ts';
import {
  type ChangedFindings,
  changedFindings,
  firstFindings,
  isAnyChanged,
  type KnownFindings,
} from '../../core/diagnosis/changed-findings.ts';
import type { DiagnosisReport } from '../../core/diagnosis/report.ts';
import type { Unavailable } from '../../core/snapshot.ts';
import { unavailableSentence } from '../../render/messages.ts';
import { usageError } from '../errors.ts';
import type { ExitCode, Io } from '../io.ts';
import { type LoadedWorld, loadWorld, type Scope, type WorldRequest } from '../load-world.ts';
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
  { diagnose, hidden, first, changed, signal }: DiagnosisWatch<T>,
): Promise<ExitCode> {
  const ends = new AbortController();
  const either = AbortSignal.any([signal, ends.signal]);
  const note = troubleNotes(io);
  let losses = 0;
  const troubleOf = gatheredTroubles((sentence) => {
    if (sentence !== undefined) losses += 1;
    note(sentence);
  });
  const onTrouble = troubleOf();
  const changes = watchSnapshot(scope.source.cluster, scope.request([]), { signal: either, settle, onTrouble: troubleOf() });
  const lookOnce = async () => {
    const loaded = await loadWorld(scope, input.flags, io, request);
    return { loaded, found: await diagnose(loaded) };
  };
  /**
   * While the server goes, half of what is read may be missing: that is looked at again, and told to nobody. A right that was taken
   * away mends nothing: until it is back no finding has cleared.
   */
  const look = async () => {
    let denied = false;
    while (!signal.aborted) {
      const lossesBefore = losses;
      try {
        const looked = await lookOnce();
        const hole = before === undefined ? undefined : hidden(looked.loaded);
        if (hole !== undefined) {
          if (!denied) onTrouble(`${unavailableSentence(hole)}; trying again`);
          denied = true;
          await systemClock.sleep(limits.pollPause, either);
          continue;
        }
        onTrouble(undefined);
        if (losses === lossesBefore || before === undefined) return looked;
      } catch (error) {
        if (signal.aborted) return undefined;
        if (before === undefined || !willPass(error)) throw error;
        onTrouble(`${error instanceof Error ? error.message : String(error)}; trying again`);
      }
      await systemClock.sleep(limits.watchFirstPause, either);
    }
    return undefined;
  };
  let before: KnownFindings | undefined;
  try {
    let next = changes.next();
    // What is there already is the first thing that a watch tells.
    await next;
    next = changes.next();
    while (!signal.aborted) {
      const looked = await look();
      if (looked === undefined) break;
      const { loaded, found } = looked;
      if (before === undefined) {
        const code = await first(found, loaded);
        if (code !== 0) return code;
        before = firstFindings(found.report);
      } else {
        const { known, ...since } = changedFindings(before, found.report);
        if (isAnyChanged(since)) await changed(found, loaded, since);
        before = known;
      }
      let letGo = () => {};
      const later = new Promise<string>((resolve) => {
        letGo = systemClock.after(lookAgain, () => resolve('later'));
      });
      const why = await Promise.race([next.then(() => 'changed'), later, over(either)]);
      letGo();
      if (why === 'changed') {
        next = changes.next();
      }
    }
    return 0;
  } finally {
    ends.abort();
    await changes.return(undefined);
  }
}

function over(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('over');
    else signal.addEventListener('abort', () => resolve('over'), { once: true });
  });
}
