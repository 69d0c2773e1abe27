import { type FieldPath, valueAt } from '../../model/field-path.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import type { Edit } from './edit.ts';

/** What is written at a path of a manifest, which need not be valid. */
export function fieldAt(object: JsonObject, path: FieldPath): Json | undefined {
  return valueAt(object, path);
}

export function textAt(object: JsonObject, path: FieldPath): string | undefined {
  const value = valueAt(object, path);
  return typeof value === 'string' ? value : undefined;
}

export function mapAt(object: JsonObject, path: FieldPath): JsonObject | undefined {
  const value = valueAt(object, path);
  return isMap(value) ? value : undefined;
}

export function listAt(object: JsonObject, path: FieldPath): readonly Json[] | undefined {
  const value = valueAt(object, path);
  return isList(value) ? value : undefined;
}

/** Absent, null and the empty text are the same to Kubernetes. */
export function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '';
}

/** The types that a service may have. */
export const serviceTypes = ['ClusterIP', 'LoadBalancer', 'ExternalName'] as const;

/** The type of the service; undefined where none or another word stands there, which is decided before anything depends on it. */
export function typeOf(object: JsonObject): (typeof serviceTypes)[number] | undefined {
  return serviceTypes.find((type) => type === fieldAt(object, ['spec', 'type']));
}

/** Takes an entry out of its mapping, and the mapping where nothing is left of it. */
export function removedEntry(object: JsonObject, path: FieldPath): Edit {
  const parent = path.slice(0, -1);
  const entries = mapAt(object, parent);
  return { kind: 'remove', path: entries !== undefined && Object.keys(entries).length === 1 ? parent : path };
}

/** Adds an annotation, and the mapping for it where there is none. */
export function addedAnnotation(object: JsonObject, key: string, value: string): Edit {
  const annotations = ['metadata', 'annotations'];
  return mapAt(object, annotations) === undefined
    ? { kind: 'set', path: annotations, value: { [key]: value } }
    : { kind: 'set', path: [...annotations, key], value };
}
