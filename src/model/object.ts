/** A value as it travels in JSON. Objects from a cluster stay this raw: unknown fields survive, dates stay text. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [field: string]: Json | undefined };

/** A JSON object whose fields nobody has looked at yet. */
export type JsonObject = { readonly [field: string]: Json | undefined };

/** A JSON list; `Array.isArray` does not narrow readonly lists away. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  readonly name: string;
  readonly generateName?: string;
  /** Absent on cluster-scoped objects. */
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  /** RFC 3339, as the server wrote it. */
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly JsonObject[];
}

/** Any Kubernetes object. The kinds we know extend it; the rest travels untouched. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** Names one object. `namespace` is undefined for cluster-scoped kinds. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** metav1.Condition; VirtualMachines of v1alpha1 leave reason and message out and may carry a severity. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly severity?: string;
}

/** In which `kubectl apply` keeps what it was last given. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** Metadata that a server writes, or that belongs to one stored object alone: a manifest needs none of it. */
export const serverMetadata: readonly string[] = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
];

export function refOf(object: KubeObject): ObjectRef {
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}

/** `service/web`: one object, where its API group needs no word. */
export function nameOf({ kind, name }: Pick<ObjectRef, 'kind' | 'name'>): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** The same text for the same object, whichever version of its API it is read in. */
export function refKey({ kind, namespace, name }: Omit<ObjectRef, 'apiVersion'>): string {
  return `${kind}\0${namespace ?? ''}\0${name}`;
}

/** `apps` of `apps/v1`, the empty text of `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** `v1` of both `apps/v1` and `v1`. */
export function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

export function isBeingDeleted(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** The reference with `controller: true`, of which a valid object has at most one. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** `Service/web`, as reports name objects. */
export function kindAndName(ref: { readonly kind: string; readonly name: string }): string {
  return `${ref.kind}/${ref.name}`;
}

/** The object as plain JSON, to compare or send it whole. */
export function jsonOf(object: KubeObject): JsonObject {
  if (!isPlainJson(object)) throw new Error('an object is not a JSON object: this cannot happen');
  return object;
}

/** Objects come from a JSON or YAML parser, or are built by us from such; nothing else can be inside. */
function isPlainJson(object: object): object is JsonObject {
  return !Array.isArray(object);
}
