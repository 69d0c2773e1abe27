import { groupOf, type Json, type JsonObject, type KubeObject } from '../model/object.ts';
import { conditionsOf } from '../model/raw-fields.ts';
import { isMap } from '../model/raw-json.ts';
import { vmOperatorGroup } from '../model/resources.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';
import { owningVmService } from './ownership.ts';
import { deprecatedFinalizer, finalizer } from './profile.ts';

/** What shows that VM Operator's controller runs. Times are milliseconds since 1970, as the server's clock has them. */
export type SignOfLife =
  | { readonly sign: 'Write'; readonly at: number }
  | { readonly sign: 'Lease'; readonly at: number }
  | { readonly sign: 'Deployment' };

/** Where signs are looked for. */
export interface Evidence {
  /** Of the namespace that the question is about, with their managedFields. */
  readonly objects: readonly KubeObject[];
  /** Those of VM Operator's own namespace; empty where they may not be seen. */
  readonly leases: readonly KubeObject[];
  /** Undefined where it may not be seen. */
  readonly deployment: KubeObject | undefined;
}

/** Behind a resync of every release: who wrote longer ago than this may be gone. Milliseconds. */
const recentWrite = 10 * 60_000;
/** A leader renews every few seconds, and another takes over within half a minute. Milliseconds. */
const recentRenewal = 60_000;
/** Until then a controller that is there may not have come to a new object. Milliseconds. */
const newObject = 30_000;

/**
 * The freshest proof that VM Operator's controller runs; undefined without any, which does not prove that it does not.
 * What `ownManager` wrote is no sign: those writes are ours.
 */
export function signOfLife({ objects, leases, deployment }: Evidence, ownManager: string, now: number): SignOfLife | undefined {
  const written = lastWriteOfVmOperator(objects, ownManager);
  if (written !== undefined && now - written <= recentWrite) return { sign: 'Write', at: written };
  const renewed = newest(
    leases.flatMap(({ spec }: KubeObject & { readonly spec?: Json }) => (isMap(spec) && isHeld(spec) ? timeOf(spec['renewTime']) : [])),
  );
  if (renewed !== undefined && now - renewed <= recentRenewal) return { sign: 'Lease', at: renewed };
  return deployment !== undefined && isAvailable(deployment) ? { sign: 'Deployment' } : undefined;
}

/** Whether the controller, where it runs, works on a VirtualMachineService: it put its finalizer on it, or had no time to do so yet. */
export function isControllersWork({ metadata }: VirtualMachineService, now: number): boolean {
  if ((metadata.finalizers ?? []).some((name) => name === finalizer || name === deprecatedFinalizer)) return true;
  const [created] = timeOf(metadata.creationTimestamp);
  return created !== undefined && now - created < newObject;
}

/**
 * When VM Operator last wrote one of the objects, in milliseconds since 1970; undefined where nothing tells, which does not mean
 * that it never did. What `ownManager` wrote does not count.
 */
export function lastWriteOfVmOperator(objects: readonly KubeObject[], ownManager: string): number | undefined {
  return newest(objects.flatMap((object) => writesOfVmOperator(object, ownManager)));
}

/** When VM Operator wrote an object: one time for each of its entries. */
function writesOfVmOperator(object: KubeObject, ownManager: string): readonly number[] {
  const entries = object.metadata.managedFields ?? [];
  return entries
    .filter((entry) => entry['manager'] !== ownManager && isVmOperators(entry, object))
    .flatMap((entry) => timeOf(entry['time']));
}

/**
 * VM Operator's program is called `manager`, as that of nearly every other controller: such an entry counts only where it holds what
 * nobody else writes. Cluster API's `manager`, for one, writes the spec of VMs.
 */
function isVmOperators(entry: JsonObject, object: KubeObject): boolean {
  const { manager, fieldsV1 } = entry;
  if (typeof manager !== 'string' || !isNameOfVmOperator(manager)) return false;
  return manager !== program || (isMap(fieldsV1) && holdsItsOwn(entry, fieldsV1, object));
}

const program = 'manager';

/** Whether VM Operator writes under this name, alone or among others. */
export function isNameOfVmOperator(manager: string): boolean {
  return manager === program || /^(vm-operator|vmoperator|vmware-system-vmop)/.test(manager);
}

function holdsItsOwn(entry: JsonObject, fields: JsonObject, object: KubeObject): boolean {
  const written = isMap(fields['f:metadata']) ? fields['f:metadata'] : {};
  switch (object.kind) {
    case 'VirtualMachineService': {
      const finalizers = isMap(written['f:finalizers']) ? Object.keys(written['f:finalizers']) : [];
      return isStatus(entry, fields) || finalizers.some((key) => key === `v:"${finalizer}"` || key === `v:"${deprecatedFinalizer}"`);
    }
    case 'VirtualMachine':
      return groupOf(object.apiVersion) === vmOperatorGroup && isStatus(entry, fields);
    default:
      return 'f:ownerReferences' in written && owningVmService(object) !== undefined;
  }
}

function isStatus(entry: JsonObject, fields: JsonObject): boolean {
  return entry['subresource'] === 'status' || 'f:status' in fields;
}

/** Who goes gives its lease back: it writes the time once more, and its name no more. */
function isHeld({ holderIdentity }: JsonObject): boolean {
  return typeof holderIdentity === 'string' && holderIdentity !== '';
}

function isAvailable(deployment: KubeObject): boolean {
  return conditionsOf(deployment).some(({ type, status }) => type === 'Available' && status === 'True');
}

function timeOf(text: Json | undefined): readonly number[] {
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? [] : [time];
}

function newest(times: readonly number[]): number | undefined {
  return times.reduce<number | undefined>((latest, time) => (latest === undefined || time > latest ? time : latest), undefined);
}
