import { type Json, jsonOf, type KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';

/** The value at a path of fields in an object of a kind that this tool knows little of; undefined where there is none. */
export function valueAt(object: KubeObject, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, field) => (isMap(value) ? value[field] : undefined), jsonOf(object));
}

/** The same where only a text counts. */
export function textAt(object: KubeObject, ...path: readonly string[]): string | undefined {
  const value = valueAt(object, ...path);
  return typeof value === 'string' ? value : undefined;
}

/** The objects of a list at a path; empty where there is none. */
export function listAt(object: KubeObject, ...path: readonly string[]): readonly Json[] {
  const value = valueAt(object, ...path);
  return Array.isArray(value) ? value : [];
}

/** A condition of any object. */
export interface RawCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export function conditionsOf(object: KubeObject): readonly RawCondition[] {
  return listAt(object, 'status', 'conditions').flatMap((entry) => {
    if (!isMap(entry)) return [];
    const text = (field: string) => (typeof entry[field] === 'string' ? entry[field] : '');
    return [{ type: text('type'), status: text('status'), reason: text('reason'), message: text('message') }];
  });
}

/** What `kubectl apply` was last given for an object; undefined where it was never applied, or the annotation cannot be read. */
export function lastApplied({ metadata }: KubeObject): { readonly [field: string]: Json | undefined } | undefined {
  const text = metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'];
  if (text === undefined) return undefined;
  try {
    const value: Json = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
