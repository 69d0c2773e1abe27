import type { Json, JsonObject, KubeObject } from '../model/object.ts';
import type { Resource } from '../model/resources.ts';

export type Verb = 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export type PatchType = 'merge' | 'json' | 'strategic' | 'apply';

export type ResourceVersionMatch = 'Exact' | 'NotOlderThan';

/** A resource that this server serves, in one version. */
export interface ServedResource extends Resource {
  readonly version: string;
}

export interface RequestOptions {
  /** `dryRun=All` was sent: everything happens but the storing. */
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  /** Server-side apply takes over fields of other managers. */
  readonly force?: boolean;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  /** How near to the resourceVersion a list has to be. */
  readonly resourceVersionMatch?: ResourceVersionMatch;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** One request after its path was understood. Time and uid come in with it: the state machine has neither. */
export interface ApiRequest {
  readonly verb: Verb;
  readonly resource: ServedResource;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  /** Whatever JSON was sent; undefined where nothing was. */
  readonly body?: Json;
  readonly patchType?: PatchType;
  readonly options: RequestOptions;
  /** RFC 3339, whole seconds. */
  readonly now: string;
  /** A fresh uid, drawn once for each object that the request creates. */
  readonly newUid: () => string;
}

export interface ApiResponse {
  /** The HTTP status code. */
  readonly code: number;
  /** An object, a list, or a Status. */
  readonly body: JsonObject;
  /** Texts of `Warning: 299` headers. */
  readonly warnings: readonly string[];
  /** What the request changed in the store, in order: watches and controllers live on these. */
  readonly events: readonly StoreEvent[];
}

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  /** As stored (in the storage version); of a deletion, the last state with the deletion's resourceVersion. */
  readonly object: KubeObject;
  /** What it replaced, for watches with selectors. */
  readonly before?: KubeObject;
}
