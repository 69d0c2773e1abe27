import type { JsonObject } from '../../model/object.ts';
import { mapAt } from '../../model/raw-fields.ts';

/** The annotation that lets everything past the webhook, whatever its value. */
export const skipValidationAnnotation = 'vmoperator.vmware.com.protected/skip-validation';

/** Updates of objects that are being deleted are admitted, and so is everything with the annotation. */
export function isExempt(object: JsonObject, old: JsonObject = object): boolean {
  return typeof mapAt(old, 'metadata')['deletionTimestamp'] === 'string' || hasSkipAnnotation(object);
}

export function hasSkipAnnotation(object: JsonObject): boolean {
  return Object.hasOwn(mapAt(mapAt(object, 'metadata'), 'annotations'), skipValidationAnnotation);
}
