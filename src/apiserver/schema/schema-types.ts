import type { FieldError } from '../../core/field-errors.ts';
import type { Json, JsonObject, KubeObject } from '../../model/object.ts';
import type { StatusCause } from '../../model/status.ts';
import type { ServedResource } from '../request.ts';

export interface PrunedObject {
  readonly object: KubeObject;
  /**
   * Paths that the schema does not know, as kube-apiserver lists them: metadata's first, the others sorted: `spec.colour`,
   * `spec.ports[0].colour`.
   */
  readonly unknownFields: readonly string[];
  /** Set when the metadata has a value of a wrong type: the decoder's text, to be answered with 400. The object is then unchanged. */
  readonly undecodable?: string;
}

/** What the definitions of the custom resources say. All methods are pure; a kind without a schema passes unchanged. */
export interface CustomResourceSchemas {
  /**
   * Drops the fields that the schema of this version does not know, and nulls where none is allowed. Metadata comes back as
   * kube-apiserver writes it: without its own unknown fields and without empty values.
   */
  prune(object: KubeObject, resource: ServedResource, nulls?: 'drop' | 'keep'): PrunedObject;
  /** Fills in the schema's defaults. */
  default(object: KubeObject, resource: ServedResource): KubeObject;
  /**
   * Schema and CEL errors in kube-apiserver's words and order, without metadata's.
   * `existing` is the stored object of an update, in the same version. `metadataErrors` are not repeated in the answer, but
   * some of them keep the schema's rules from being checked, which the answer then says.
   */
  validate(
    object: KubeObject,
    existing: KubeObject | undefined,
    resource: ServedResource,
    metadataErrors?: readonly FieldError[],
  ): readonly FieldError[];
}

/**
 * A patch that could not be applied: 400 for one that makes no sense, 422 for one that does not fit the object, 500 (without a reason) for
 * applied fields of wrong types, as kube-apiserver answers.
 */
export interface PatchError {
  readonly code: 400 | 422 | 500;
  readonly message: string;
}

export type PatchOutcome = { readonly object: JsonObject } | { readonly error: PatchError };

export interface ApplyOptions {
  readonly fieldManager: string;
  /** Takes over the fields of other managers instead of reporting conflicts. */
  readonly force: boolean;
  /** RFC 3339, whole seconds. */
  readonly now: string;
  readonly resource: ServedResource;
  readonly subresource: string | undefined;
}

export type ApplyOutcome =
  | { readonly object: KubeObject }
  /** `message` is the Status's: `Apply failed with 1 conflict: …`. */
  | { readonly conflicts: readonly StatusCause[]; readonly message: string }
  | { readonly error: PatchError };

/** How a patch changes an object. All methods are pure; defaults, allocation and validation follow after them. */
export interface PatchAlgorithms {
  /** RFC 7386. */
  applyMergePatch(existing: JsonObject, patch: Json): PatchOutcome;
  /** RFC 6902. */
  applyJsonPatch(existing: JsonObject, patch: Json): PatchOutcome;
  /** Only for built-in kinds: lists merge by the keys of the kind's schema. */
  applyStrategicMerge(existing: JsonObject, patch: Json, resource: ServedResource): PatchOutcome;
  /** `existing` is undefined where apply creates. The outcome carries `metadata.managedFields`. */
  serverSideApply(existing: KubeObject | undefined, applied: JsonObject, options: ApplyOptions): ApplyOutcome;
  /**
   * The object of a creation, update or patch with its `metadata.managedFields` brought up to date for the manager.
   * Called after defaults and before allocation, as kube-apiserver does, so allocated fields belong to nobody.
   * @param sent with all that the client sent, also where it may not write: a custom resource that does not fit its type anywhere
   * loses its managers.
   */
  recordUpdate(existing: KubeObject | undefined, written: KubeObject, options: Omit<ApplyOptions, 'force'>, sent?: KubeObject): KubeObject;
}
