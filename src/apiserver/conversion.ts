import type { Json, JsonObject } from '../model/object.ts';
import { apiVersionOf, vmOperatorGroup } from '../model/resources.ts';
import type { ServerConfig } from './config.ts';
import { eventFromCore, eventToCore } from './event-conversion.ts';
import { isJsonArray, isJsonObject, objectAt, storedObject } from './json.ts';
import type { ResourceEntry } from './resources.ts';
import type { StoredObject } from './store.ts';

/** A stored object as a client of the entry's version sees it. */
export function asVersion(stored: StoredObject, entry: ResourceEntry, config: ServerConfig): StoredObject {
  if (entry.group !== entry.storage.group) return eventFromCore(stored);
  const apiVersion = apiVersionOf(entry, entry.version);
  if (stored.apiVersion === apiVersion) return stored;
  const converted = losesFields(entry) ? downConverted(stored, apiVersion) : storedObject({ ...stored, apiVersion });
  return pruned(converted, entry, config);
}

/** An object in the entry's version as it is stored. */
export function toStorage(object: StoredObject, entry: ResourceEntry, config: ServerConfig): StoredObject {
  if (entry.group !== entry.storage.group) return eventToCore(object);
  const apiVersion = apiVersionOf(entry, entry.storageVersion);
  if (object.apiVersion === apiVersion) return object;
  const converted = losesFields(entry) ? upConverted(object, apiVersion) : storedObject({ ...object, apiVersion });
  return pruned(converted, { ...entry, version: entry.storageVersion }, config);
}

/** The server prunes by the schema of the version that it converted to. */
function pruned(object: StoredObject, entry: ResourceEntry, config: ServerConfig): StoredObject {
  const { schemas } = config;
  return storedObject(schemas.default(schemas.prune(object, entry).object, entry));
}

const preservedIn = 'vmoperator.vmware.com/conversion';

/** VirtualMachineServices: only the newest version has IP families and conditions, until then all versions are the same. */
function losesFields(entry: ResourceEntry): boolean {
  return entry.group === vmOperatorGroup && entry.kind === 'VirtualMachineService' && entry.storageVersion === 'v1alpha6';
}

/**
 * A read through an older version carries the whole object in an annotation, so that writing it back loses nothing.
 * Mirrors VM Operator's ConvertFrom of VirtualMachineServices.
 */
function downConverted(hub: StoredObject, apiVersion: string): StoredObject {
  const { metadata: _metadata, ...rest } = hub;
  const annotations = { ...objectAt(objectAt(hub, 'metadata'), 'annotations'), [preservedIn]: canonicalJson(rest) };
  const spec = objectAt(hub, 'spec');
  const { ipFamilies: _families, ipFamilyPolicy: _policy, ...keptSpec } = spec;
  const { conditions: _conditions, ...keptStatus } = objectAt(hub, 'status');
  return storedObject({
    ...hub,
    apiVersion,
    metadata: { ...objectAt(hub, 'metadata'), annotations },
    spec: keptSpec,
    ...(hub['status'] === undefined ? {} : { status: keptStatus }),
  });
}

/** A write through an older version takes families and the whole status from the annotation, and removes it. */
function upConverted(spoke: StoredObject, apiVersion: string): StoredObject {
  const metadata = objectAt(spoke, 'metadata');
  const { [preservedIn]: carried, ...annotations } = objectAt(metadata, 'annotations');
  const hub = parsed(carried);
  if (hub === undefined) return storedObject({ ...spoke, apiVersion });
  const { annotations: _before, ...otherMetadata } = metadata;
  const { ipFamilies, ipFamilyPolicy } = objectAt(hub, 'spec');
  const spec = {
    ...objectAt(spoke, 'spec'),
    ...(ipFamilies === undefined ? {} : { ipFamilies }),
    ...(ipFamilyPolicy === undefined ? {} : { ipFamilyPolicy }),
  };
  const { status: _sent, ...rest } = spoke;
  return storedObject({
    ...rest,
    apiVersion,
    metadata: { ...otherMetadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec,
    ...(hub['status'] === undefined ? {} : { status: hub['status'] }),
  });
}

/** The object in the annotation; undefined when somebody spoilt it. */
function parsed(annotation: Json | undefined): JsonObject | undefined {
  if (typeof annotation !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(annotation);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** JSON with sorted fields, as Go writes maps. */
function canonicalJson(value: Json): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: Json): Json {
  if (isJsonArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((field) => [field, sorted(value[field] ?? null)]),
  );
}
