import { aroundOf } from '../../core/diagnosis/around.ts';
import { probeIndex } from '../../core/diagnosis/probe-index.ts';
import { type Around, type ServiceSubject, serviceSubject, withAround } from '../../core/diagnosis/subject.ts';
import { agesAt, type Times, timesAt } from '../../core/diagnosis/times.ts';
import { anywhereIndex } from '../../core/diagnosis/vms-anywhere.ts';
import type { ProbeReport } from '../../core/probe/probe.ts';
import { workloadClusterOf } from '../../core/workload-cluster.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { sortedServices } from '../asked-services.ts';
import type { Io } from '../io.ts';
import type { LoadedWorld } from '../load-world.ts';
import { askedByRules } from '../scope.ts';
import type { CommandInput } from '../spec.ts';
import { factsAround } from './places.ts';
import { rehearseWrites } from './rehearse.ts';
import { vmsElsewhere } from './vms-elsewhere.ts';

/** What `debug` reads of a namespace. */
export const debugRequest = {
  legs: ['vmServices', 'vms', 'services', 'endpoints', 'slices', 'networkSettings', 'events'],
  ...askedByRules,
  surroundings: true,
  whole: true,
} as const;

/** Everything that rules are asked about, and what stands around it. */
export interface LookedAround {
  readonly subjects: readonly ServiceSubject[];
  readonly around: Around;
}

/**
 * Asks all that a diagnosis needs besides the objects: rights, rehearsals of writes, VMs and copies elsewhere, and connections where
 * `probe` tries some. `ages`: for people, who want to know how long ago; documents have times.
 */
export async function lookAround(
  loaded: LoadedWorld,
  input: CommandInput,
  io: Io,
  { ages, probe }: { readonly ages: boolean; readonly probe?: (subjects: readonly ServiceSubject[]) => Promise<readonly ProbeReport[]> },
): Promise<LookedAround> {
  const { world, source } = loaded;
  const now = source.now();
  const times: Times = ages ? agesAt(now) : timesAt(now);
  const before = aroundOf(world, { now, times, ...loaded.surroundings, ...(await factsAround(loaded, input, io)) });
  const subjects = askedServices(loaded).map((vmService) => serviceSubject(vmService, before));
  // Whoever interrupts a probe, which takes its time, still learns what the server said.
  const [proofs, elsewhere] = await Promise.all([rehearseWrites(subjects, source), vmsElsewhere(subjects, source, input.flags)]);
  const probes = (await probe?.(subjects)) ?? [];
  const around = {
    ...before,
    probes,
    connections: probeIndex(probes),
    proofs,
    ...(elsewhere && { selectedAnywhere: anywhereIndex(world, elsewhere) }),
  };
  return { around, subjects: subjects.map((subject) => withAround(subject, around)) };
}

/** Those that were named; without a name all but those of workload clusters, which their controllers keep. */
function askedServices({ world, targets }: LoadedWorld): readonly VirtualMachineService[] {
  const all = sortedServices(world);
  if (targets.vmServices.length + targets.vms.length > 0) return all.filter(({ metadata }) => targets.vmServices.includes(metadata.name));
  return all.filter((vmService) => workloadClusterOf(vmService) === undefined);
}
