import type { Json, JsonObject, KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import type { EndpointDecision } from '../endpoints.ts';
import type { ServiceTrace } from '../trace/trace.ts';
import type { Times } from './times.ts';

/** The controller acts on events, within seconds; before this, a difference is one that it has not come to. Seconds. */
const settling = 60;

/**
 * Whether nothing that the controller computes from has changed for a while: only then is a difference a fault. What nobody knows the
 * time of counts as old.
 */
export function isSettled(trace: ServiceTrace, decisions: readonly EndpointDecision[], times: Times): boolean {
  const age = times.age(newestChange(trace, decisions));
  return age === undefined || age >= settling;
}

/** When a service, its Service, or one of its VMs last changed in a way that the controller reacts to. */
function newestChange(trace: ServiceTrace, decisions: readonly EndpointDecision[]): string | undefined {
  const { vmService } = trace;
  const service = 'service' in trace.service ? [trace.service.service.metadata.creationTimestamp] : [];
  const vms = decisions.flatMap(({ vm }) => [
    vm.metadata.creationTimestamp,
    vm.metadata.deletionTimestamp,
    ...(vm.status?.conditions ?? []).filter(({ type }) => watched.includes(type)).map(({ lastTransitionTime }) => lastTransitionTime),
    ...writtenBy(vm, (entry) => touches(entry, 'f:metadata')).map(({ time }) => time),
  ]);
  const own = [vmService.metadata.creationTimestamp, ...writtenBy(vmService, (entry) => touches(entry, 'f:spec')).map(({ time }) => time)];
  return newest([...own, ...service, ...vms]);
}

/** Conditions that come with a change of readiness or address. */
const watched = ['Ready', 'VirtualMachineGuestNetworkConfigSynced', 'VirtualMachineTools', 'VirtualMachinePowerStateSynced'];

export interface WrittenPart {
  readonly manager: string;
  readonly time: string;
  readonly fields: JsonObject | undefined;
  readonly subresource: string | undefined;
}

/** Who wrote which part of an object when, as far as the server keeps it. */
export function writtenBy({ metadata }: KubeObject, wanted: (part: WrittenPart) => boolean): readonly WrittenPart[] {
  return (metadata.managedFields ?? []).flatMap((entry) => {
    const part = partOf(entry);
    return part !== undefined && wanted(part) ? [part] : [];
  });
}

function partOf({ manager, time, fieldsV1, subresource }: JsonObject): WrittenPart | undefined {
  if (typeof manager !== 'string' || typeof time !== 'string') return undefined;
  return { manager, time, fields: isMap(fieldsV1) ? fieldsV1 : undefined, subresource: textOf(subresource) };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Whether an entry holds a part of the object; one that says nothing of its fields may hold any. */
export function touches({ fields, subresource }: WrittenPart, part: 'f:metadata' | 'f:spec' | 'f:subsets'): boolean {
  if (subresource !== undefined && subresource !== '') return false;
  return fields === undefined || part in fields;
}

/** The latest of some times; undefined without any that can be read. */
export function newest(times: readonly (string | undefined)[]): string | undefined {
  let [latest, at]: [string | undefined, number] = [undefined, Number.NEGATIVE_INFINITY];
  for (const time of times) {
    const then = time === undefined ? Number.NaN : Date.parse(time);
    if (then > at) [latest, at] = [time, then];
  }
  return latest;
}
