import { isBeingDeleted, type JsonObject, jsonOf, type KubeObject, type ObjectRef, refOf } from '../model/object.ts';
import type { EndpointAddress, Endpoints, Service } from '../model/service.ts';
import { compareText } from '../model/text-order.ts';
import type { VirtualMachine } from '../model/virtual-machine.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';
import { isReferenceTo } from './ownership.ts';
import { createMergePatch, patchedFields } from './patch.ts';
import { isEmptySelector } from './selector.ts';
import { isClusterMachine } from './workload-cluster.ts';

/** The key of the mark that wakes the controller. It is there for the moment between question and answer only. */
export const nudgeKey = 'kubectl-vmsvc/nudge';

/** An object that VM Operator watches on behalf of a VirtualMachineService, and where the mark goes. */
export interface NudgePlace {
  readonly ref: ObjectRef;
  readonly field: 'annotations' | 'labels';
  /** The mark that is there already: another nudge is at it, or ended without cleaning up. */
  readonly mark: string | undefined;
  /** The controller copies a Service's annotations to the Endpoints, where it writes any: the mark comes back as its answer. */
  readonly comesBack: boolean;
}

/** Where to nudge, and which other marks are left over. */
export type NudgePlan =
  | { readonly place: NudgePlace; readonly leftOver: readonly NudgePlace[] }
  | { readonly problem: string; readonly leftOver: readonly NudgePlace[] };

/**
 * A change of the child Service wakes the controller, because the Service is owned by the VirtualMachineService. Where there is
 * none, a label of a VM does that the selector selects; those of workload clusters are never touched.
 */
export function planNudge(vmService: VirtualMachineService, service: Service | undefined, selected: readonly VirtualMachine[]): NudgePlan {
  const selects = !isEmptySelector(vmService.spec.selector);
  const onService = service && { ...placeOn(service, 'annotations'), comesBack: selects };
  const vms = !selects ? [] : selected.filter((vm) => !isBeingDeleted(vm) && !isClusterMachine(vm));
  const onVms = vms.toSorted((left, right) => compareText(left.metadata.name, right.metadata.name)).map((vm) => placeOn(vm, 'labels'));
  const marked = [...(onService === undefined ? [] : [onService]), ...onVms].filter(({ mark }) => mark !== undefined);
  const owned = service !== undefined && isOwnedBy(service, vmService);
  const place = owned ? onService : (onVms.find(({ mark }) => mark !== undefined) ?? onVms[0]);
  const leftOver = marked.filter((other) => other !== place);
  if (place !== undefined) return { place, leftOver };
  const { namespace, name } = vmService.metadata;
  const missing = service === undefined ? 'there is no Service' : 'the Service is not owned by it';
  return {
    problem: `nothing to nudge for VirtualMachineService ${namespace}/${name}: ${missing}, and its selector selects no VM`,
    leftOver,
  };
}

/** The mark of a nudge: when it began, as text that may stand in a label. */
export function nudgeMark(now: Date): string {
  return now.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** When the nudge of a mark began, in milliseconds since 1970; undefined where it does not say. */
export function nudgedAt(mark: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(mark) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** The mark on an object; undefined without one. */
export function markOf(object: KubeObject, field: NudgePlace['field']): string | undefined {
  return object.metadata[field]?.[nudgeKey];
}

/** What VM Operator writes for one VirtualMachineService. */
export interface ControllersObjects {
  readonly vmService: VirtualMachineService | undefined;
  readonly service: Service | undefined;
  readonly endpoints: Endpoints | undefined;
}

/** Whether the controller looked: its answer is the mark that comes back. Where none can, only a change shows it. */
export function hasAnswered(place: NudgePlace, mark: string, before: ControllersObjects, now: ControllersObjects): boolean {
  if (place.comesBack) return now.endpoints !== undefined && markOf(now.endpoints, 'annotations') === mark;
  return objectChanges(before, now).length > 0;
}

/** What became of the controller's objects, an object a line, without the mark: `endpoints/web changed (web-2 removed)`. */
export function objectChanges(before: ControllersObjects, now: ControllersObjects): readonly string[] {
  return [
    ...change('service', before.service, now.service, (old, current) => changedFields(withoutStatus(old), withoutStatus(current))),
    ...change('endpoints', before.endpoints, now.endpoints, endpointsWords),
    ...change('virtualmachineservice', before.vmService, now.vmService, changedFields),
  ];
}

function placeOn(object: Service | VirtualMachine, field: NudgePlace['field']): NudgePlace {
  return { ref: refOf(object), field, mark: markOf(object, field), comesBack: false };
}

/** The controller is woken by every owner reference to one of its kind, whether or not it is the controlling one. */
function isOwnedBy(service: Service, vmService: VirtualMachineService): boolean {
  return (service.metadata.ownerReferences ?? []).some((reference) => isReferenceTo(reference, vmService));
}

function change<T extends KubeObject>(
  kind: string,
  before: T | undefined,
  now: T | undefined,
  words: (before: T, now: T) => readonly string[],
): readonly string[] {
  const name = (before ?? now)?.metadata.name;
  if (before === undefined || now === undefined) {
    if (before === now) return [];
    return [`${kind}/${name} ${now === undefined ? 'deleted' : 'created'}`];
  }
  const said = words(before, now);
  return said.length === 0 ? [] : [`${kind}/${name} changed (${said.join(', ')})`];
}

function changedFields(before: KubeObject, now: KubeObject): readonly string[] {
  return patchedFields(createMergePatch(withoutMark(before), withoutMark(now)) ?? {});
}

/** Who is in and who is out first; where they are the same, the fields that differ. */
function endpointsWords(before: Endpoints, now: Endpoints): readonly string[] {
  const [old, current] = [membersOf(before), membersOf(now)];
  const members = [
    ...[...old.keys()].filter((name) => !current.has(name)).map((name) => `${name} removed`),
    ...[...current].flatMap(([name, state]) => {
      const was = old.get(name);
      if (was === undefined) return [`${name} added`];
      return was === state ? [] : [`${name} now ${state}`];
    }),
  ];
  return members.length > 0 ? members : changedFields(before, now);
}

/** By name, or address where there is none: `10.1.0.11`, `10.1.0.11 not ready`. */
function membersOf({ subsets = [] }: Endpoints): ReadonlyMap<string, string> {
  const states = new Map<string, string>();
  const add = ({ ip, targetRef }: EndpointAddress, suffix: string): void => {
    const name = targetRef?.name ?? ip;
    states.set(name, [...(states.has(name) ? [states.get(name)] : []), `${ip}${suffix}`].join(' and '));
  };
  for (const { addresses = [], notReadyAddresses = [] } of subsets) {
    for (const address of addresses) add(address, '');
    for (const address of notReadyAddresses) add(address, ' not ready');
  }
  return states;
}

/** A Service's status is the load balancer's. */
function withoutStatus({ status: _, ...service }: Service): KubeObject {
  return service;
}

function withoutMark(object: KubeObject): JsonObject {
  const { resourceVersion: _, generation: __, managedFields: ___, annotations, ...metadata } = object.metadata;
  const { [nudgeKey]: ____, ...others } = annotations ?? {};
  return jsonOf({ ...object, metadata: { ...metadata, ...(Object.keys(others).length > 0 && { annotations: others }) } });
}
