import { systemClock } from '../../cluster/clock.ts';
import { loadSnapshot } from '../../cluster/load-snapshot.ts';
import { addressMissing, type Expectation, waitFor } from '../../cluster/reconcile/wait-for.ts';
import { agesAt } from '../../core/diagnosis/times.ts';
import { traceFindings } from '../../core/diagnosis/trace-findings.ts';
import { holesOf } from '../../core/snapshot.ts';
import { traceService } from '../../core/trace.ts';
import { worldOf } from '../../core/world.ts';
import type { KubeObject } from '../../model/object.ts';
import { endpointsOf } from '../../model/service.ts';
import { vmServiceOf } from '../../model/virtual-machine-service.ts';
import { ageOf } from '../../render/age.ts';
import { renderDescribe } from '../../render/describe.ts';
import { sanitize } from '../../render/sanitize.ts';
import type { ExitCode, Io, TextSink } from '../io.ts';
import { withProgress } from '../progress.ts';
import { signalExitCode } from '../reconcile/interruption.ts';
import { providerSentence } from '../report-head.ts';
import type { Flags } from '../spec.ts';
import { styleFor } from '../terminal.ts';
import type { CreateWait } from './create-options.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Waits until a service that was created has what was asked for, then shows its trace on `sink`.
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
  const { source, namespace } = around;
  const { name } = created.metadata;
  const expectation: Expectation =
    wait.for === 'address'
      ? { ref: { apiVersion: 'v1', kind: 'Service', namespace, name }, missing: addressMissing }
      : { ref: { apiVersion: 'v1', kind: 'Endpoints', namespace, name }, missing: readyMissing };
  const waiting = waitFor([expectation], source.cluster, { timeout: wait.timeout, clock: systemClock, signal: io.signal });
  const [found] = await withProgress(`Waiting for ${wait.for}`, flags, io, waiting);
  const interrupted = signalExitCode(io.signal);
  if (interrupted === undefined) sink.write(`\n${await traceText(created, around, flags, io)}`);
  if (found?.missing === undefined) return 0;
  const how = interrupted === undefined ? `timed out after ${wait.timeoutText}` : 'interrupted while';
  io.stderr.write(`${sanitize(`error: ${how} waiting for ${wait.for} on virtualmachineservices/${name}: ${found.missing}`)}\n`);
  return interrupted ?? (found.unseen ? 3 : 1);
}

function readyMissing(object: KubeObject): string | undefined {
  return (endpointsOf(object).subsets ?? []).some(({ addresses = [] }) => addresses.length > 0) ? undefined : 'none is ready';
}

async function traceText(created: KubeObject, { source, world, namespace, version }: Surroundings, flags: Flags, io: Io): Promise<string> {
  const legs = ['vmServices', 'vms', 'services', 'endpoints', 'slices', 'networkSettings'] as const;
  const { snapshot } = await loadSnapshot(source.cluster, { namespace, names: [created.metadata.name], version, legs });
  const now = source.now();
  const then = worldOf(snapshot, world.facts);
  const [vmService = vmServiceOf(created)] = 'items' in snapshot.vmServices ? snapshot.vmServices.items : [];
  const trace = traceService(vmService, then, { now, others: false, compareService: true });
  return renderDescribe(
    {
      trace,
      findings: traceFindings(then, now, agesAt(now))(trace),
      facts: then.facts,
      providerWords: providerSentence(then, namespace),
      events: undefined,
      holes: holesOf(snapshot),
      time: (timestamp) => ageOf(timestamp, now),
      otherVms: false,
    },
    await styleFor(io.stdout, flags, io),
  );
}
