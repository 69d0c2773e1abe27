import { type Json, type KubeObject, lastAppliedAnnotation } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';

/** What `kubectl apply` was last given for an object; undefined where it was never applied, or the annotation cannot be read. */
export function lastApplied({ metadata }: KubeObject): { readonly [field: string]: Json | undefined } | undefined {
  const text = metadata.annotations?.[lastAppliedAnnotation];
  if (text === undefined) return undefined;
  try {
    const value: Json = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
