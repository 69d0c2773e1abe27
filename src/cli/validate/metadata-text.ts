import type { JsonObject } from '../../model/object.ts';
import { isMap, ownField } from '../../model/raw-json.ts';

/** A text in the metadata of an object that may be broken; undefined when there is none. */
export function metadataText(object: JsonObject, field: string): string | undefined {
  const metadata = isMap(object['metadata']) ? object['metadata'] : {};
  const value = ownField(metadata, field);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
