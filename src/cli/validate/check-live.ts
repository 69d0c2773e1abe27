import type { ProviderSource } from '../../core/load-balancer.ts';
import { isSeen } from '../../core/snapshot.ts';
import { inOrder } from '../../core/validation/validation-report.ts';
import { jsonOf } from '../../model/object.ts';
import { sortedServices } from '../asked-services.ts';
import type { LoadedWorld } from '../load-world.ts';
import { profileFor } from '../release-facts.ts';
import type { Flags } from '../spec.ts';
import { clusterContext } from './cluster-context.ts';
import { judged, judgeOf } from './judge.ts';
import type { Verdicts } from './verdicts.ts';

/** Judges VirtualMachineServices of a cluster as if they were sent anew, beside what their controller made of them. */
export async function checkLive({ world, source, targets, namespace }: LoadedWorld, flags: Flags, now: Date): Promise<Verdicts> {
  const { snapshot, facts } = world;
  const context = await clusterContext(source.cluster, snapshot, flags);
  const all = sortedServices(world);
  const asked = targets.vmServices.length === 0 ? all : all.filter(({ metadata }) => targets.vmServices.includes(metadata.name));
  const objects = asked.map(jsonOf);
  const judge = await judgeOf({
    profile: profileFor(facts.version, flags),
    world,
    objects: context.objects,
    providerOf: (name) => seenProvider(world.providerSource(name)),
    kubernetesMinor: context.kubernetesMinor,
    namespace,
    place: namespace ?? '',
    now,
    live: true,
    access: source.access,
    services: objects,
  });
  const verdicts = objects.map((object) =>
    judged(object, judge.ofStored(object), judge, namespace, (finding) => ({ finding, source: undefined })),
  );
  return {
    report: {
      files: 0,
      objects: objects.length,
      services: asked.map(({ metadata }) => ({ name: metadata.name, namespace: metadata.namespace, location: undefined })),
      release: facts.release,
      version: facts.version,
      findings: inOrder(verdicts.flatMap(({ findings }) => findings)),
      suppressed: verdicts.flatMap(({ suppressed }) => suppressed),
    },
    facts,
    vmsSeen: isSeen(snapshot.vms),
  };
}

/** What could not be looked at proves nothing. */
export function seenProvider(source: ProviderSource): ProviderSource {
  return source.from === 'nowhere' ? { from: 'setting', provider: 'none' } : source;
}
