import { isList } from '../../model/object.ts';
import { endpointSlices } from '../../model/resources.ts';
import { storedObject } from '../json.ts';
import type { ResourceEntry } from '../resources.ts';
import type { StoredObject } from '../store.ts';

/** An EndpointSlice as it is stored: an empty list is none. Who wrote it is known by what was written. Other kinds are as they are. */
export function storedSlice(object: StoredObject, entry: ResourceEntry): StoredObject {
  if (entry.storage !== endpointSlices) return object;
  const empty = ['endpoints', 'ports'].filter((field) => isList(object[field]) && object[field].length === 0);
  return empty.length === 0 ? object : storedObject({ ...object, ...Object.fromEntries(empty.map((field) => [field, null])) });
}
