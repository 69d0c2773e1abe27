import type { JsonObject, KubeObject, ObjectRef } from '../model/object.ts';
import type { Resource } from '../model/resources.ts';
import { ApiError } from '../model/status.ts';
import type { OnTrouble } from './gathered-troubles.ts';
import type { HeldWarnings } from './held-warnings.ts';

/** `none` writes; `server` sends `dryRun=All`, so that nothing is stored. */
export type ServerDryRun = 'none' | 'server';

export interface ReadOptions {
  /** Keeps back what the server warns of in its answer; without it that is told at once. */
  readonly held?: HeldWarnings | undefined;
}

export interface ListOptions extends ReadOptions {
  /** Undefined lists all namespaces. */
  readonly namespace: string | undefined;
  /** In the API's syntax: `app=web,tier in (a,b)`. */
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Objects a page; 0 asks for everything at once. Undefined: 500, as kubectl, and of more than that whatever costs the server less. */
  readonly chunkSize?: number;
  /** The caller only reads: managedFields, half of every object, may be left out of the answer. */
  readonly withoutManagedFields?: boolean;
  /** The caller looks at who wrote which part of an object (`f:spec`, `f:status`) when, and not at which of its fields. */
  readonly shallowManagedFields?: boolean;
  /** Each object is changed by this as soon as its page was read, so that a long list takes no more than what is kept of it. */
  readonly keep?: (object: KubeObject) => KubeObject;
}

export interface WatchOptions extends ListOptions {
  /** Aborted, it ends the watch, which then is over like a loop that came to its end. */
  readonly signal: AbortSignal;
  /** Told in a sentence that the connection is lost, and tried again; told undefined when it is there again. */
  readonly onTrouble?: OnTrouble;
}

/** What a watch tells: first everything that is there, and then each change. */
export type WatchEvent =
  | { readonly type: 'Listed'; readonly objects: readonly KubeObject[] }
  | { readonly type: 'Added' | 'Modified' | 'Deleted'; readonly object: KubeObject };

export interface WriteOptions {
  readonly dryRun: ServerDryRun;
  readonly fieldManager: string;
  /** What the server does with fields that it does not know; without it, it drops them and warns. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
}

export interface DeleteOptions {
  readonly dryRun: ServerDryRun;
  readonly uid?: string;
  /** What becomes of the objects that it owns; the server decides without it. `Foreground`: they go first. */
  readonly propagation?: 'Background' | 'Foreground';
}

export interface ApiResource extends Resource {
  readonly version: string;
  readonly verbs: readonly string[];
}

export interface ApiGroup {
  readonly name: string;
  /** Newest first, as the server prefers them. */
  readonly versions: readonly string[];
  readonly preferredVersion: string;
}

/** What the server serves. A group that could not be looked at is in `unavailable`, never silently absent. */
export interface Discovery {
  readonly groups: readonly ApiGroup[];
  readonly resources: readonly ApiResource[];
  readonly unavailable: readonly { readonly group: string; readonly reason: string }[];
}

export interface KubeList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string | undefined;
}

/** What somebody asks about their own rights. */
export interface AccessAttributes {
  readonly namespace?: string | undefined;
  readonly verb: string;
  readonly group: string;
  /** The plural. */
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
}

export interface AccessAnswer {
  readonly allowed: boolean;
  readonly reason: string;
}

/**
 * Where objects come from and go to. Live clusters, the in-memory API server and files behave alike.
 * Every method throws `ApiError` when the server says no and `ConnectionError` when it could not be asked.
 */
export interface Cluster {
  /** @throws ApiError with code 404 when there is no such object. */
  get(ref: ObjectRef, options?: ReadOptions): Promise<KubeObject>;
  /** All pages, of one resourceVersion, or an error: never a partial list. */
  list(resource: Resource, version: string, options: ListOptions): Promise<KubeList>;
  /**
   * A list, and then every change to it, in the order of the server, for as long as somebody wants to hear of them. A connection
   * that ends is taken up where it ended; after one that was away for too long (410) the list is read again and compared, so that
   * no change is missed, though several may have become one. An object that was replaced by a namesake is deleted and added.
   * Where the server lets us list and not watch, the list is read again every few seconds.
   * @throws what `list` throws, from the first list; later only what will not pass by itself
   */
  watch(resource: Resource, version: string, options: WatchOptions): AsyncIterable<WatchEvent>;
  /** The object as stored, with everything that the server filled in. */
  create(object: KubeObject, options: WriteOptions): Promise<KubeObject>;
  /** A JSON merge patch (RFC 7386), of the object itself or of its status. */
  patch(ref: ObjectRef, mergePatch: JsonObject, options: WriteOptions & { readonly subresource?: 'status' }): Promise<KubeObject>;
  /** Without `uid` the delete is by name alone, as the controller's deletion path does it. */
  delete(ref: ObjectRef, options: DeleteOptions): Promise<void>;
  discover(): Promise<Discovery>;
  /** The versions of one API group, with one small request; undefined when the server does not serve it. */
  discoverGroup(group: string): Promise<ApiGroup | undefined>;
  /** Whether the server would let us: a SelfSubjectAccessReview, which everybody may usually ask for. */
  accessReview(attributes: AccessAttributes): Promise<AccessAnswer>;
  /** `1.33`; undefined where the server says something else. Everybody may usually ask. */
  kubernetesVersion(): Promise<string | undefined>;
  /** What a pod with one container has printed so far. @throws ApiError while the container has not started */
  podLog(pod: { readonly namespace: string; readonly name: string }): Promise<string>;
  /** The server's clock, from the newest answer's Date header; undefined before the first answer. */
  serverTime(): Date | undefined;
  /** Frees sockets. Safe to call twice. */
  close(): Promise<void>;
}

/** The server could not be asked, or what it answered was not an answer. The message is a whole sentence for a person. */
export class ConnectionError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'ConnectionError';
    this.hint = options.hint;
  }
}

/** The server refused, or could not be asked: whoever asks for more than it needs goes on without. */
export function isUnanswered(error: unknown): error is ApiError | ConnectionError {
  return error instanceof ApiError || error instanceof ConnectionError;
}
