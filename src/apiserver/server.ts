import { timestampOf } from '../core/timestamp.ts';
import type { KubeObject } from '../model/object.ts';
import { namespaces } from '../model/resources.ts';
import type { ServerConfig } from './config.ts';
import type { Controller } from './controllers/controller.ts';
import type { ControllerName } from './controllers/controller-name.ts';
import { endpointSliceMirroring } from './controllers/endpointslice-mirroring.ts';
import { garbageCollector } from './controllers/garbage-collector.ts';
import { loadBalancer } from './controllers/load-balancer.ts';
import { namespaceDeletion } from './controllers/namespace-deletion.ts';
import { resourceQuota } from './controllers/resource-quota.ts';
import { History, type Resumption } from './history.ts';
import { type LoadLoss, type LoadTools, loadObjects } from './load.ts';
import { stateBefore } from './past-state.ts';
import type { ApiRequest, ApiResponse, StoreEvent } from './request.ts';
import { handle } from './state.ts';
import { emptyState, findObject, type State } from './store.ts';

/** A request before the server adds its clock and its uids. */
export type IncomingRequest = Omit<ApiRequest, 'now' | 'newUid'>;

export interface ApiServerOptions {
  readonly config: ServerConfig;
  /** None by default. */
  readonly controllers?: readonly ControllerName[];
  readonly now: () => Date;
  /** A fresh random uid. Names that the server invents are drawn from it too. */
  readonly newUid: () => string;
  /** How many events a watch, a later page or an exact list can go back; 1000 by default. */
  readonly historyLimit?: number;
  readonly state?: State;
}

const steps: Readonly<Record<ControllerName, Controller>> = {
  'garbage-collector': garbageCollector,
  'endpointslice-mirroring': endpointSliceMirroring,
  'load-balancer': loadBalancer,
  'resource-quota': resourceQuota,
};

/** Controllers that disagree for ever would be a bug: this many rounds are more than any of ours needs. */
const mostRounds = 1000;

/** The only mutable thing of the in-memory API server: it holds the current state and tells its listeners what changed. */
export class ApiServer {
  readonly config: ServerConfig;
  readonly #options: ApiServerOptions;
  readonly #controllers: readonly Controller[];
  readonly #history: History;
  readonly #listeners = new Set<(events: readonly StoreEvent[]) => void>();
  #state: State;

  /** Without a state, a server with nothing but the namespace `default`. */
  constructor(options: ApiServerOptions) {
    this.config = options.config;
    this.#options = options;
    this.#controllers = [...(options.controllers ?? []).map((name) => steps[name]), namespaceDeletion];
    this.#state = options.state ?? emptyState;
    if (findObject(this.#state, namespaces, '', 'default') === undefined) {
      const metadata = { name: 'default' };
      this.#state = loadObjects(this.#state, [{ apiVersion: 'v1', kind: 'Namespace', metadata }], {
        ...this.#tools(),
        created: this.now,
      }).state;
    }
    this.#history = new History(options.historyLimit ?? 1000, this.#state.resourceVersion);
  }

  /** Answers one request; controllers then run until nothing changes any more. */
  handle(request: IncomingRequest): ApiResponse {
    const response = this.#apply(request);
    this.#runControllers(response.events);
    return response;
  }

  /**
   * Takes objects in as they are written: uid, timestamps, finalizers, status and owners stay.
   * @param created the creationTimestamp of those that have none; undefined: they keep none.
   * @returns the fields that the stored version of an object has no place for.
   * @throws Error with a sentence about an object that the server cannot hold; nothing is loaded then.
   */
  load(objects: Iterable<KubeObject>, { created }: Pick<LoadTools, 'created'> = { created: this.now }): readonly LoadLoss[] {
    const { state, events, losses } = loadObjects(this.#state, objects, { ...this.#tools(), created });
    this.#state = state;
    this.#tell(events);
    this.#runControllers(events);
    return losses;
  }

  /** A server of its own with the same objects: no write here is seen there, or the other way round. */
  fork(controllers: readonly ControllerName[] = this.#options.controllers ?? []): ApiServer {
    return new ApiServer({ ...this.#options, controllers, state: this.#state });
  }

  /** Calls the listener with the events of each write, in order, until the returned function is called. */
  subscribe(listener: (events: readonly StoreEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The events after a resourceVersion, for a watch that starts there. */
  eventsSince(resourceVersion: string): Resumption {
    return this.#history.since(Number(resourceVersion));
  }

  /** Of the newest write. */
  get resourceVersion(): string {
    return String(this.#state.resourceVersion);
  }

  /** The server's clock, RFC 3339 in whole seconds. */
  get now(): string {
    return timestampOf(this.#options.now());
  }

  /** The current state: an immutable value that later writes do not change. */
  get state(): State {
    return this.#state;
  }

  /** Every object, in the storage version. */
  objects(): readonly KubeObject[] {
    return [...this.#state.tables.values()].flatMap((table) => [...table.values()].flatMap((objects) => [...objects.values()]));
  }

  #tools(): { readonly config: ServerConfig; readonly now: string; readonly newUid: () => string } {
    return { config: this.config, now: this.now, newUid: this.#options.newUid };
  }

  #apply(incoming: IncomingRequest): ApiResponse {
    const request: ApiRequest = { ...incoming, now: this.now, newUid: this.#options.newUid };
    const { state, response } = handle(this.#state, request, this.config, (resourceVersion) => this.#stateAt(resourceVersion));
    this.#state = state;
    this.#tell(response.events);
    return response;
  }

  /** What the later pages of a list show, and lists of an exact resourceVersion; undefined when it is forgotten. */
  #stateAt(resourceVersion: number): State | undefined {
    const since = this.#history.since(resourceVersion);
    return 'expired' in since ? undefined : stateBefore(since.events, this.#state, resourceVersion);
  }

  #tell(events: readonly StoreEvent[]): void {
    if (events.length === 0) return;
    this.#history.record(events);
    for (const listener of this.#listeners) listener(events);
  }

  #runControllers(first: readonly StoreEvent[]): void {
    let events = first;
    for (let round = 0; events.length > 0 && round < mostRounds; round += 1) {
      const next: StoreEvent[] = [];
      for (const controller of this.#controllers) {
        for (const request of controller(this.#state, events, this.#tools())) {
          for (const event of this.#apply(request).events) next.push(event);
        }
      }
      events = next;
    }
  }
}
