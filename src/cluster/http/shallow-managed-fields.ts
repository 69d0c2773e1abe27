import type { JsonObject, KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';

/**
 * An object whose managedFields say who wrote when, and which of `spec`, `status` and so on, but not which fields of these: of ten
 * thousand VMs that is most of what they take.
 */
export function withShallowManagedFields(object: KubeObject): KubeObject {
  const { managedFields } = object.metadata;
  if (managedFields === undefined) return object;
  return { ...object, metadata: { ...object.metadata, managedFields: managedFields.map(shallow) } };
}

function shallow(entry: JsonObject): JsonObject {
  const { fieldsV1 } = entry;
  if (!isMap(fieldsV1)) return entry;
  return { ...entry, fieldsV1: Object.fromEntries(Object.keys(fieldsV1).map((field) => [field, {}])) };
}
