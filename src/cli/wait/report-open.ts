import { loadSnapshot } from '../../cluster/load-snapshot.ts';
import { willPass } from '../../cluster/watch-changes.ts';
import { holesOf, isSeen, type LegName } from '../../core/snapshot.ts';
import { traceService } from '../../core/trace/trace.ts';
import { sanitize } from '../../render/sanitize.ts';
import { heldLines } from '../deletion-words.ts';
import { signalExitCode } from '../interruption.ts';
import type { ExitCode, Io } from '../io.ts';
import { type LoadedWorld, worldIn } from '../load-world.ts';
import { reportHoles, warnOfMissingNamespace } from '../report-gaps.ts';
import type { Scope } from '../scope.ts';
import type { Flags } from '../spec.ts';
import { styleFor } from '../terminal.ts';
import type { Open, Waited } from './wait-until.ts';
import { openLine, troubleLines } from './wait-words.ts';

/**
 * Says of each object that was waited for in vain what is missing, and below it what of its trace is not good.
 * @param how `timed out after 2m0s waiting for`
 * @returns 1, also where the server was away in the end: the time is over all the same; 3 where it could not be looked at
 */
export async function reportOpen(waited: Waited, scope: Scope, how: string, flags: Flags, io: Io): Promise<ExitCode> {
  const { ended, open, loaded, lost } = waited;
  const interrupted = signalExitCode(io.signal);
  if (ended === 'met') return 0;
  if (interrupted !== undefined) {
    io.stderr.write('interrupted\n');
    return interrupted;
  }
  const everywhere = scope.namespace === undefined;
  if (loaded === undefined) throw new Error('a wait ended before it had looked: this cannot happen');
  if (ended === 'unseen') {
    if (holesOf(loaded.world.snapshot).length > 0) await reportHoles(loaded, io);
    for (const one of open) io.stderr.write(`${openLine(one, 'cannot tell about', everywhere)}\n`);
    return 3;
  }
  const isNow = lost ? undefined : open.some(needsTrace) ? await lookAtAll(open, scope, loaded).catch(unlessItPasses) : loaded;
  const away = isNow === undefined ? ' when the server last answered, and it does not answer now' : '';
  const seen = isNow ?? loaded;
  const explains = isNow !== undefined || legs.every((leg) => isSeen(loaded.world.snapshot[leg]));
  const style = await styleFor(io.stderr, flags, io);
  for (const one of open) {
    const lines = [`${openLine(one, how, everywhere)}${away}`, ...whyOf(one, seen).map(sanitize)];
    const current = explains && needsTrace(one) ? vmServiceIn(seen, one) : undefined;
    const now = scope.source.now();
    const trace = current && traceService(current, seen.world, { now, others: false, compareService: false });
    io.stderr.write(`${[...lines, ...(trace === undefined ? [] : troubleLines(trace, now, style, io.stderr.columns))].join('\n')}\n`);
  }
  if (isNow !== undefined && open.every(({ vmService }) => vmService === undefined))
    await warnOfMissingNamespace(scope.source, scope.namespace, io);
  return 1;
}

/** The server went away: what was seen last is all that can be said. */
export function unlessItPasses(error: unknown): undefined {
  if (!willPass(error)) throw error;
}

/** An object that is being deleted waits for its finalizers, whatever else is waited for. */
function whyOf({ vmService, unmet }: Open, { source, world }: LoadedWorld): readonly string[] {
  if (vmService === undefined) return [];
  const isAboutDeletion = unmet.some(({ condition }) => condition.kind === 'delete');
  return isAboutDeletion || vmService.metadata.deletionTimestamp !== undefined
    ? heldLines(vmService, world.facts.traits, source.now(), source.access)
    : [];
}

function needsTrace({ vmService, unmet }: Open): boolean {
  return vmService !== undefined && unmet.some(({ condition }) => ofTrace.has(condition.kind));
}

const ofTrace: ReadonlySet<string> = new Set(['address', 'endpoints', 'healthy', 'reconciled', 'stored']);

const legs: readonly LegName[] = ['vmServices', 'vms', 'services', 'endpoints'];

/** To judge, less was watched than it takes to explain. */
async function lookAtAll(open: readonly Open[], scope: Scope, { world }: LoadedWorld): Promise<LoadedWorld> {
  const names = scope.namespace === undefined ? [] : open.map(({ name }) => name);
  const { labelSelector: _, ...request } = scope.request(names);
  return worldIn(scope, await loadSnapshot(scope.source.cluster, { ...request, legs }), world.facts);
}

function vmServiceIn({ world }: LoadedWorld, { namespace, name }: Open) {
  const leg = world.snapshot.vmServices;
  return 'items' in leg ? leg.items.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name) : undefined;
}
