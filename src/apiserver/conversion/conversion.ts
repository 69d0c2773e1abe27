import { apiVersionOf, vmOperatorGroup } from '../../model/resources.ts';
import type { ServerConfig } from '../config.ts';
import { storedObject } from '../json.ts';
import type { ResourceEntry } from '../resources.ts';
import type { StoredObject } from '../store.ts';
import { eventFromCore, eventToCore } from './event-conversion.ts';
import { vmFromHub, vmToHub } from './vm-conversion.ts';
import { vmServiceFromHub, vmServiceToHub } from './vm-service-conversion.ts';

/** A stored object as a client of the entry's version sees it. */
export function asVersion(stored: StoredObject, entry: ResourceEntry, config: ServerConfig): StoredObject {
  if (entry.group !== entry.storage.group) return eventFromCore(stored);
  const apiVersion = apiVersionOf(entry, entry.version);
  if (stored.apiVersion === apiVersion) return stored;
  return pruned(fromHub(stored, apiVersion, entry), entry, config);
}

/** An object in the entry's version as it is stored. */
export function toStorage(object: StoredObject, entry: ResourceEntry, config: ServerConfig): StoredObject {
  if (entry.group !== entry.storage.group) return eventToCore(object);
  const apiVersion = apiVersionOf(entry, entry.storageVersion);
  if (object.apiVersion === apiVersion) return object;
  return pruned(toHub(object, apiVersion, entry, config), { ...entry, version: entry.storageVersion }, config);
}

function fromHub(stored: StoredObject, apiVersion: string, entry: ResourceEntry): StoredObject {
  if (isVirtualMachine(entry)) return vmFromHub(stored, apiVersion);
  return hasConverter(entry) ? vmServiceFromHub(stored, apiVersion) : storedObject({ ...stored, apiVersion });
}

function toHub(object: StoredObject, apiVersion: string, entry: ResourceEntry, config: ServerConfig): StoredObject {
  if (isVirtualMachine(entry)) {
    return vmToHub(object, apiVersion, (hub) => pruned(vmFromHub(hub, object.apiVersion), entry, config));
  }
  return hasConverter(entry) ? vmServiceToHub(object, apiVersion) : storedObject({ ...object, apiVersion });
}

/** The server prunes by the schema of the version that it converted to. */
function pruned(object: StoredObject, entry: ResourceEntry, config: ServerConfig): StoredObject {
  const { schemas } = config;
  return storedObject(schemas.default(schemas.prune(object, entry).object, entry));
}

function isVirtualMachine(entry: ResourceEntry): boolean {
  return entry.group === vmOperatorGroup && entry.kind === 'VirtualMachine';
}

/** VirtualMachineServices: only the newest version has IP families and conditions, until then all versions are the same. */
function hasConverter(entry: ResourceEntry): boolean {
  return entry.group === vmOperatorGroup && entry.kind === 'VirtualMachineService' && entry.storageVersion === 'v1alpha6';
}
