import { systemClock } from '../../cluster/clock.ts';
import { probeFromHere } from '../../cluster/probe/probe-from-here.ts';
import { mirrorsOf } from '../../core/diagnosis/mirror-rule.ts';
import type { ServiceSubject } from '../../core/diagnosis/subject.ts';
import { type ProbeReport, type ProbeTarget, probeLimits } from '../../core/probe/probe.ts';
import { leftOutNotes, mirrorTargets, namedTarget, probeTargets, swappedPortTargets } from '../../core/probe/targets.ts';
import { shellQuote } from '../../render/shell-quote.ts';
import { CliError } from '../errors.ts';
import type { Interruption } from '../interruption.ts';
import type { Io } from '../io.ts';
import { withProgress } from '../progress.ts';
import type { Source } from '../source.ts';
import type { CommandInput, Flags } from '../spec.ts';
import type { ProbeOptions } from './probe-options.ts';

/** Where the probe happens, and what it may have to clean up. */
export interface ProbePlace {
  readonly input: CommandInput;
  readonly io: Io;
  readonly source: Source;
  readonly interruption: Interruption;
}

/**
 * Tries what the objects of the services name: always from this machine, and from a pod where that was asked for.
 * A place that nothing could be tried from says so in its report.
 * @throws CliError when it was interrupted
 */
export async function probeServices(
  subjects: readonly ServiceSubject[],
  options: ProbeOptions,
  place: ProbePlace,
): Promise<readonly ProbeReport[]> {
  const { input, io } = place;
  const running = Promise.all([fromHere(targetsOf(subjects, options, false), options, place), fromPod(subjects, options, place)]);
  const reports = await withProgress('Probing', input.flags, io, running);
  const leftOut = subjects.flatMap(({ trace }) => leftOutNotes(trace, options));
  return reports.flatMap((report) => (report === undefined ? [] : { ...report, notes: [...report.notes, ...leftOut] }));
}

function targetsOf(
  subjects: readonly ServiceSubject[],
  { mode, maxVms, send, to }: ProbeOptions,
  inCluster: boolean,
): readonly ProbeTarget[] {
  const own = subjects.flatMap(({ trace }) => probeTargets(trace, { mode, maxVms, inCluster, sends: send !== undefined }));
  return to === undefined ? own : [...own, namedTarget(to.host, to.port, mode)];
}

/** The copies in the other cluster, which is where they can be reached. */
function mirrorsIn(context: string | undefined, subjects: readonly ServiceSubject[], { mode, send }: ProbeOptions): readonly ProbeTarget[] {
  if (context === undefined) return [];
  return subjects.flatMap((subject) => {
    const copies = mirrorsOf(subject).flatMap(({ place, service }) =>
      place.context === context && service !== undefined ? [service] : [],
    );
    return mirrorTargets(subject.trace, copies, { mode, sends: send !== undefined });
  });
}

async function fromHere(
  targets: readonly ProbeTarget[],
  { hold, send, expect }: ProbeOptions,
  { io, source, interruption }: ProbePlace,
): Promise<ProbeReport> {
  // A second look is a part of the same probe, and has what is left of its time.
  const signal = AbortSignal.any([interruption.signal, AbortSignal.timeout(probeLimits.total)]);
  const settings = { hold, send, expect, connectTimeout: probeLimits.connect, env: io.env, now: source.now(), signal };
  const first = await probeFromHere(targets, settings, io.attempt);
  const again = swappedPortTargets(first.lines);
  if (again.length === 0) return first;
  const second = await probeFromHere(again, settings, io.attempt);
  return { ...first, lines: [...first.lines, ...second.lines], milliseconds: first.milliseconds + second.milliseconds };
}

async function fromPod(subjects: readonly ServiceSubject[], options: ProbeOptions, place: ProbePlace): Promise<ProbeReport | undefined> {
  const { from, hold, send, expect } = options;
  if (from === 'laptop') return undefined;
  const { input, io, interruption } = place;
  const { probeFromPod } = await import('../../cluster/probe/probe-from-pod.ts');
  const elsewhere = from.context === undefined ? undefined : await openElsewhere(from.context, input.flags, interruption.io);
  try {
    const { cluster, namespace, access } = elsewhere ?? place.source;
    const report = await probeFromPod({
      cluster,
      namespace,
      context: from.context,
      image: from.image,
      targets: [...targetsOf(subjects, options, from.context === undefined), ...mirrorsIn(from.context, subjects, options)],
      hold,
      send,
      expect,
      clock: systemClock,
      signal: interruption.signal,
      now: () => cluster.serverTime() ?? io.now(),
      commandLine: (words) => [...words, ...access].map(shellQuote).join(' '),
      onWriting: interruption.writing,
    });
    const code = interruption.exitCode();
    if (code !== undefined && report.problem !== undefined)
      throw new CliError(report.problem.message, { exitCode: code, hint: report.problem.hint });
    return report;
  } finally {
    await elsewhere?.cluster.close();
  }
}

async function openElsewhere(context: string, flags: Flags, io: Io): Promise<Pick<Source, 'cluster' | 'namespace' | 'access'>> {
  const { contextWords, openContext } = await import('./other-context.ts');
  return { ...(await openContext(flags, context, io)), access: contextWords(flags, context) };
}
