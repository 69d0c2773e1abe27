import type { KubeObject } from '../model/object.ts';
import type { ServerConfig } from './config.ts';
import type { ApiRequest, ApiResponse, StoreEvent } from './request.ts';
import { emptyState, type State } from './store.ts';

export type ControllerName = 'garbage-collector' | 'endpointslice-mirroring' | 'load-balancer';

/** A request before the server adds its clock and its uids. */
export type IncomingRequest = Omit<ApiRequest, 'now' | 'newUid'>;

export interface ApiServerOptions {
  readonly config: ServerConfig;
  /** What runs besides the storage. None by default. */
  readonly controllers?: readonly ControllerName[];
  readonly now: () => Date;
  /** A fresh random uid. Names that the server invents are drawn from it too. */
  readonly newUid: () => string;
  /** How many events a watch can go back; 1000 by default. */
  readonly historyLimit?: number;
  readonly state?: State;
}

/** What a watch that resumes gets: the events after its resourceVersion, or the news that they are forgotten (410). */
export type Resumption = { readonly events: readonly StoreEvent[] } | { readonly expired: true };

/** The only mutable thing of the in-memory API server: it holds the current state and tells its listeners what changed. */
export class ApiServer {
  readonly config: ServerConfig;
  #state: State;

  constructor(options: ApiServerOptions) {
    this.config = options.config;
    this.#state = options.state ?? emptyState;
  }

  /** Answers one request; controllers then run until nothing changes any more. */
  handle(_request: IncomingRequest): ApiResponse {
    throw new Error('not yet');
  }

  /** Takes objects in as they are written: uid, timestamps, finalizers, status and owners stay. */
  load(_objects: Iterable<KubeObject>): void {
    throw new Error('not yet');
  }

  /** A server of its own with the same objects: no write here is seen there, or the other way round. */
  fork(): ApiServer {
    throw new Error('not yet');
  }

  /** Calls the listener with the events of each write, in order, until the returned function is called. */
  subscribe(_listener: (events: readonly StoreEvent[]) => void): () => void {
    throw new Error('not yet');
  }

  /** The events after a resourceVersion, for a watch that starts there. */
  eventsSince(_resourceVersion: string): Resumption {
    throw new Error('not yet');
  }

  /** Of the newest write. */
  get resourceVersion(): string {
    return String(this.#state.resourceVersion);
  }

  /** The server's clock, RFC 3339 in whole seconds. */
  get now(): string {
    throw new Error('not yet');
  }

  /** Every object, in the storage version. */
  objects(): readonly KubeObject[] {
    throw new Error('not yet');
  }
}
