import type { FieldPath } from '../../model/field-path.ts';
import { isList, type Json, type KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { isKubeObject } from '../kube-object.ts';

export interface ObjectProblem {
  readonly path: FieldPath;
  readonly message: string;
  readonly hint: string | undefined;
}

/** A value from a file as an object; or why it is none, and where. What every kind has in common is checked, no more. */
export function objectProblem(
  value: Json | undefined,
): { readonly object: KubeObject; readonly problem?: undefined } | { readonly object?: undefined; readonly problem: ObjectProblem } {
  if (!isMap(value)) return problem([], 'this is not an object: apiVersion, kind and metadata are expected');
  if (isListOfObjects(value)) {
    if (value.items === undefined) return problem([], `${shown(value.kind)} has no items`);
    return problem(
      ['items'],
      isList(value.items) ? 'kubectl does not read a List in a List' : `items of ${shown(value.kind)} must be a list`,
      isList(value.items) ? 'put its items into the outer one' : undefined,
    );
  }
  for (const field of ['apiVersion', 'kind']) {
    if (value[field] === undefined) return problem([], `this is not a Kubernetes object: it has no ${field}`);
    if (typeof value[field] !== 'string' || value[field] === '') return problem([field], `${field} must be text`);
  }
  const metadata = value.metadata;
  if (!isMap(metadata)) return problem(metadata === undefined ? [] : ['metadata'], `${shown(value.kind)} has no metadata`);
  if (metadata.name === undefined && metadata.generateName !== undefined) {
    return problem(['metadata', 'generateName'], `${shown(value.kind)} has generateName only: a name is needed here`);
  }
  for (const field of textFields) {
    const text = metadata[field] ?? undefined;
    if (text !== undefined && typeof text !== 'string') return problem(['metadata', field], `metadata.${field} must be text`, quote);
  }
  if (typeof metadata.name !== 'string' || metadata.name === '') return problem(['metadata'], `${shown(value.kind)} has no metadata.name`);
  return (
    mapsProblem(metadata) ??
    listsProblem(metadata) ??
    (isKubeObject(value) ? { object: value } : problem([], 'this is not a Kubernetes object'))
  );
}

/** A List where an object is expected; those that can be taken apart are no longer there. */
export function isListOfObjects(value: Json | undefined): boolean {
  if (!isMap(value)) return false;
  const { kind, items } = value;
  return kind === 'List' || (typeof kind === 'string' && kind.endsWith('List') && items !== undefined);
}

const quote = 'put it in quotes';
const textFields = ['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp'];

function mapsProblem(metadata: { readonly [field: string]: Json | undefined }) {
  for (const field of ['labels', 'annotations']) {
    const map = metadata[field] ?? undefined;
    if (map === undefined) continue;
    if (!isMap(map)) return problem(['metadata', field], `metadata.${field} must be a mapping`);
    const odd = Object.keys(map).find((key) => typeof map[key] !== 'string');
    if (odd !== undefined) return problem(['metadata', field, odd], `metadata.${field}: the value of "${odd}" must be text`, quote);
  }
  return undefined;
}

function listsProblem(metadata: { readonly [field: string]: Json | undefined }) {
  const { ownerReferences = null, finalizers = null } = metadata;
  if (ownerReferences !== null) {
    if (!Array.isArray(ownerReferences)) return problem(['metadata', 'ownerReferences'], 'metadata.ownerReferences must be a list');
    const odd = ownerReferences.findIndex(
      (owner) => !isMap(owner) || ['apiVersion', 'kind', 'name', 'uid'].some((field) => typeof owner[field] !== 'string'),
    );
    if (odd >= 0) return problem(['metadata', 'ownerReferences', odd], 'an owner reference needs apiVersion, kind, name and uid');
  }
  if (finalizers !== null && !(Array.isArray(finalizers) && finalizers.every((finalizer) => typeof finalizer === 'string'))) {
    return problem(['metadata', 'finalizers'], 'metadata.finalizers must be a list of texts');
  }
  return undefined;
}

function problem(path: FieldPath, message: string, hint?: string): { readonly problem: ObjectProblem } {
  return { problem: { path, message, hint } };
}

function shown(value: Json | undefined): string {
  return typeof value === 'string' ? value : 'the object';
}
