import type { KubeObject } from '../model/object.ts';

/**
 * A value from outside as an object, untouched but for one thing: items of built-in lists carry no apiVersion and kind,
 * and get those of their list. Undefined when it has no metadata with a name.
 */
export function kubeObjectOf(value: unknown, type: { readonly apiVersion: string; readonly kind: string }): KubeObject | undefined {
  if (isKubeObject(value)) return value;
  if (typeof value !== 'object' || value === null || 'kind' in value || 'apiVersion' in value) return undefined;
  const typed = { apiVersion: type.apiVersion, kind: type.kind, ...value };
  return isKubeObject(typed) ? typed : undefined;
}

/** Whether apiVersion, kind and metadata.name are there; labels, annotations and the rest are the server's word. */
export function isKubeObject(value: unknown): value is KubeObject {
  if (typeof value !== 'object' || value === null) return false;
  if (!('apiVersion' in value && 'kind' in value && 'metadata' in value)) return false;
  const { apiVersion, kind, metadata } = value;
  return (
    typeof apiVersion === 'string' &&
    typeof kind === 'string' &&
    typeof metadata === 'object' &&
    metadata !== null &&
    'name' in metadata &&
    typeof metadata.name === 'string'
  );
}
