import { loadSnapshot, type SnapshotRequest } from '../../cluster/load-snapshot.ts';
import { itemsOf, type LegName } from '../../core/snapshot.ts';
import { traceService } from '../../core/trace/trace.ts';
import { worldOf } from '../../core/world.ts';
import type { KubeObject } from '../../model/object.ts';
import { vmServiceOf } from '../../model/virtual-machine-service.ts';
import { ageOf } from '../../render/age.ts';
import { renderTrace } from '../../render/trace.ts';
import { signalExitCode } from '../interruption.ts';
import type { ExitCode, Io, TextSink } from '../io.ts';
import type { Scope } from '../scope.ts';
import type { Flags } from '../spec.ts';
import { parseTargets } from '../targets.ts';
import { styleFor } from '../terminal.ts';
import type { WaitFor } from '../wait/for-flag.ts';
import { reportOpen, unlessItPasses } from '../wait/report-open.ts';
import { waitRequest } from '../wait/wait-until.ts';
import { waitVisibly } from '../wait/wait-visibly.ts';
import { timedOut } from '../wait/wait-words.ts';
import type { CreateWait } from './create-options.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Waits as `wait --for` until a service that was created has what was asked for, then shows its trace on `sink`.
 * @returns 0, or 1 after saying what was missing when the time was over, 3 where it could not be looked at
 */
export async function waitForCreated(
  created: KubeObject,
  around: Surroundings,
  wait: CreateWait,
  flags: Flags,
  io: Io,
  sink: TextSink,
): Promise<ExitCode> {
  const { namespace } = around;
  const { name, uid } = created.metadata;
  const condition: WaitFor =
    wait.for === 'address' ? { text: 'address', kind: 'address' } : { text: 'endpoints', kind: 'endpoints', least: 1 };
  const request = waitRequest([condition], 'create');
  const scope = scopeOf(name, around, request.legs);
  const options = {
    wanted: [{ namespace, name }],
    conditions: [condition],
    timeout: wait.timeout.milliseconds,
    uids: new Map([[`${namespace}/${name}`, uid]]),
    onMet: () => {},
  };
  const waited = await waitVisibly(scope, request, options, flags, io);
  if (signalExitCode(io.signal) === undefined && !waited.lost) {
    const trace = await traceText(created, around, flags, io, sink).catch(unlessItPasses);
    if (trace !== undefined) sink.write(`\nTrace:\n${trace}\n`);
  }
  return reportOpen(waited, scope, timedOut(wait.timeout), flags, io);
}

/** The one service, for those who watch many. */
function scopeOf(name: string, { source, namespace, version }: Surroundings, legs: readonly LegName[]): Scope {
  const targets = parseTargets([name], 'create');
  const names = [name];
  const request = (wanted: readonly string[]): SnapshotRequest => ({ namespace, names: wanted, version, legs });
  const places = new Map([[namespace, names]]);
  return {
    source,
    namespace,
    places,
    targets,
    asked: [{ namespace, name }],
    names,
    selector: undefined,
    fieldSelector: undefined,
    request,
  };
}

async function traceText(
  created: KubeObject,
  { source, world, namespace, version }: Surroundings,
  flags: Flags,
  io: Io,
  sink: TextSink,
): Promise<string> {
  const legs = ['vmServices', 'vms', 'services', 'endpoints', 'slices', 'networkSettings'] as const;
  const { snapshot } = await loadSnapshot(source.cluster, { namespace, names: [created.metadata.name], version, legs });
  const now = source.now();
  const [vmService = vmServiceOf(created)] = itemsOf(snapshot.vmServices);
  const trace = traceService(vmService, worldOf(snapshot, world.facts), { now, others: false, compareService: true });
  return renderTrace(trace, await styleFor(sink, flags, io), (timestamp) => ageOf(timestamp, now), sink.columns);
}
