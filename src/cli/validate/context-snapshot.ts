import { objectProblem } from '../../cluster/files/object-problem.ts';
import type { Leg, Snapshot, Unavailable } from '../../core/snapshot.ts';
import { generatedName } from '../../core/webhook/names.ts';
import { networkSettingsOf } from '../../model/network-settings.ts';
import { groupOf, type JsonObject, type KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import {
  endpointSlices,
  endpoints,
  events,
  networkSettings,
  type Resource,
  services,
  virtualMachineServices,
  virtualMachines,
} from '../../model/resources.ts';
import { endpointsOf, serviceOf } from '../../model/service.ts';
import { UnreadableObject } from '../../model/shape.ts';
import { vmOf } from '../../model/virtual-machine.ts';
import { type VirtualMachineService, vmServiceOf } from '../../model/virtual-machine-service.ts';
import { metadataText } from './metadata-text.ts';

/**
 * What files hold, as a snapshot. A kind of which there is nothing was not looked at: files seldom hold everything, and what is not
 * there is unknown.
 */
export function contextSnapshot(context: readonly KubeObject[], written: readonly JsonObject[], namespace: string): Snapshot {
  const leg = <T>(resource: Resource, of: (object: KubeObject) => T): Leg<T> => {
    const items = context.filter(({ apiVersion, kind }) => kind === resource.kind && groupOf(apiVersion) === resource.group);
    return items.length === 0 ? { unavailable: notAsked(resource) } : readLeg(resource, () => items.map(of));
  };
  let vmServices: Leg<VirtualMachineService> | undefined;
  return {
    namespace: undefined,
    // Where there are no VMs, nobody asks who else selects them.
    get vmServices() {
      vmServices ??= { items: written.flatMap((object) => soundService(object, namespace) ?? []) };
      return vmServices;
    },
    vms: leg(virtualMachines, vmOf),
    services: leg(services, serviceOf),
    endpoints: leg(endpoints, endpointsOf),
    slices: { unavailable: notAsked(endpointSlices) },
    events: { unavailable: notAsked(events) },
    networkSettings: leg(networkSettings, networkSettingsOf),
  };
}

/** A kind of which one object cannot be read was not seen: what the others say would not be the whole. */
export function readLeg<T>(resource: Resource, read: () => readonly T[]): Leg<T> {
  try {
    return { items: read() };
  } catch (error) {
    if (!(error instanceof UnreadableObject)) throw error;
    return { unavailable: { ...notAsked(resource), because: 'Failed', message: error.message } };
  }
}

function notAsked({ plural, group }: Resource): Unavailable {
  return { verb: 'list', resource: plural, group, namespace: undefined, because: 'NotAsked', message: '' };
}

/**
 * A service whose selector and ports can be looked at; undefined for one that is too broken for that. Of one that says the beginning of its
 * name alone, with letters in place of those that the server draws.
 */
export function soundService(unnamed: JsonObject, namespace: string): VirtualMachineService | undefined {
  const prefix = metadataText(unnamed, 'name') === undefined ? metadataText(unnamed, 'generateName') : undefined;
  const written: JsonObject =
    prefix === undefined || !isMap(unnamed['metadata'])
      ? unnamed
      : { ...unnamed, metadata: { ...unnamed['metadata'], name: generatedName(prefix) } };
  const { object } = objectProblem(written);
  if (object === undefined || object.kind !== virtualMachineServices.kind) return undefined;
  const spec = written['spec'] ?? {};
  if (!isMap(spec)) return undefined;
  const placed = { ...written, ...object, spec, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? namespace } };
  try {
    return vmServiceOf(placed);
  } catch (error) {
    if (error instanceof UnreadableObject) return undefined;
    throw error;
  }
}
