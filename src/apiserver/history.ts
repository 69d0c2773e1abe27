import type { StoreEvent } from './request.ts';

/** What a watch that resumes gets: the events after its resourceVersion, or the news that they are forgotten (410). */
export type Resumption =
  | { readonly events: readonly StoreEvent[] }
  /** The oldest resourceVersion after which everything is remembered. */
  | { readonly expired: number };

/** The newest events of a server, as many as its limit allows. */
export class History {
  readonly #limit: number;
  #events: StoreEvent[] = [];
  /** Nothing up to this resourceVersion is remembered. */
  #forgotten: number;

  constructor(limit: number, resourceVersion: number) {
    this.#limit = limit;
    this.#forgotten = resourceVersion;
  }

  record(events: readonly StoreEvent[]): void {
    // Not spread into push: a bulk load is more than a call can take as arguments.
    for (const event of events) this.#events.push(event);
    // Only now and then, so that recording stays cheap.
    if (this.#events.length <= 2 * this.#limit) return;
    const dropped = this.#events.splice(0, this.#events.length - this.#limit);
    this.#forgotten = resourceVersionOf(dropped.at(-1)) ?? this.#forgotten;
  }

  /** The events after a resourceVersion, oldest first. */
  since(resourceVersion: number): Resumption {
    if (resourceVersion < this.#forgotten) return { expired: this.#forgotten };
    const at = this.#events.findIndex((event) => (resourceVersionOf(event) ?? 0) > resourceVersion);
    return { events: at < 0 ? [] : this.#events.slice(at) };
  }
}

function resourceVersionOf(event: StoreEvent | undefined): number | undefined {
  return event === undefined ? undefined : Number(event.object.metadata.resourceVersion);
}
