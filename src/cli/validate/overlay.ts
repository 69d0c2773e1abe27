import { isSeen, type Leg, type Snapshot } from '../../core/snapshot.ts';
import { groupOf, type JsonObject, type KubeObject } from '../../model/object.ts';
import { endpoints, type Resource, services, virtualMachineServices, virtualMachines } from '../../model/resources.ts';
import { endpointsOf, serviceOf } from '../../model/service.ts';
import { vmOf } from '../../model/virtual-machine.ts';
import { vmServiceOf } from '../../model/virtual-machine-service.ts';
import { readLeg, soundService } from './context-snapshot.ts';

/** A cluster as it would be with the objects of files applied: what they say replaces what was there, the rest stays. */
export function overlaid(snapshot: Snapshot, written: readonly JsonObject[], context: readonly KubeObject[], place: string): Snapshot {
  const sound = written.flatMap((object) => soundService(object, place) ?? []);
  return {
    ...snapshot,
    vmServices: laid(snapshot.vmServices, sound, virtualMachineServices, vmServiceOf),
    vms: laid(snapshot.vms, context, virtualMachines, vmOf),
    services: laid(snapshot.services, context, services, serviceOf),
    endpoints: laid(snapshot.endpoints, context, endpoints, endpointsOf),
  };
}

/** What could not be looked at stays so: a file does not make a whole list of it. */
function laid<T extends KubeObject>(
  leg: Leg<T>,
  written: readonly KubeObject[],
  resource: Resource,
  of: (object: KubeObject) => T,
): Leg<T> {
  if (!isSeen(leg)) return leg;
  const own = written.filter(({ apiVersion, kind }) => kind === resource.kind && groupOf(apiVersion) === resource.group);
  if (own.length === 0) return leg;
  const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
  const byKey = new Map(leg.items.map((item) => [keyOf(item), item]));
  return readLeg(resource, () => {
    for (const object of own) {
      const stored = byKey.get(keyOf(object));
      byKey.set(keyOf(object), of(stored === undefined ? object : applied(object, stored)));
    }
    return [...byKey.values()];
  });
}

/** The file's words, with what the server and others have put there. */
function applied(object: KubeObject, stored: KubeObject): KubeObject {
  const { labels, annotations } = object.metadata;
  // Specs of VMs differ between versions; labels, which decide who is selected, do not.
  const isComparable = object.apiVersion === stored.apiVersion || object.kind === virtualMachineServices.kind;
  return {
    ...stored,
    ...(isComparable && 'spec' in object && { spec: object.spec }),
    metadata: {
      ...stored.metadata,
      labels: { ...stored.metadata.labels, ...labels },
      annotations: { ...stored.metadata.annotations, ...annotations },
    },
  };
}
