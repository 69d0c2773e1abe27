import type { JsonObject, KubeObject } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { type VirtualMachine, vmOf } from '../model/virtual-machine.ts';

/**
 * A VM with nothing but what decides about its endpoint, what the reasons for that are told from, and who wrote it when. A run that
 * writes holds ten thousand of them until it ends: hardware, disks, guest customisation and annotations would be most of that.
 */
export function leanVm(object: KubeObject): VirtualMachine {
  const { apiVersion, kind, metadata, spec, status } = vmOf(object);
  const { annotations: _, managedFields, ...identity } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { ...identity, ...(managedFields && { managedFields: managedFields.map(withoutFields) }) },
    ...(spec && { spec: kept(spec, ['readinessProbe', 'powerState']) }),
    ...(status && { status: { ...kept(status, ['vmIp', 'powerState', 'conditions']), ...primaryAddresses(status) } }),
  };
}

function primaryAddresses({ network }: NonNullable<VirtualMachine['status']>): Pick<NonNullable<VirtualMachine['status']>, 'network'> {
  return network ? { network: kept(network, ['primaryIP4', 'primaryIP6']) } : {};
}

/** Which of `spec`, `status` and so on an entry is about stays, which of their fields does not. */
function withoutFields(entry: JsonObject): JsonObject {
  const { fieldsV1 } = entry;
  if (!isMap(fieldsV1)) return entry;
  return { ...entry, fieldsV1: Object.fromEntries(Object.keys(fieldsV1).map((field) => [field, {}])) };
}

/** Those fields of an object that are there. */
function kept<T extends object, Field extends keyof T>(object: T, fields: readonly Field[]): Partial<Pick<T, Field>> {
  const left: Partial<Pick<T, Field>> = {};
  for (const field of fields) if (Object.hasOwn(object, field)) left[field] = object[field];
  return left;
}
