import type { Clock } from '../clock.ts';
import { ConnectionError } from '../cluster.ts';
import { limits } from '../limits.ts';
import { Connections } from './connections.ts';
import type { Dialling } from './dialling.ts';

/** The place of one request among the connections. */
export interface Seat {
  readonly connections: Connections;
  /** The request is over. Safe to call twice. */
  leave(): void;
}

/** The connections of a run: so many as its requests are worth, and new ones where another certificate needs them. */
export class ConnectionPool {
  readonly #dial: () => Promise<() => Dialling>;
  readonly #clock: Clock;
  readonly #opened: Connections[] = [];
  #current: Promise<Connections> | undefined;
  #waiting = 0;
  #apart = 0;
  #closed = false;

  /** @param dial prepares what connects, with the certificate of the moment */
  constructor(dial: () => Promise<() => Dialling>, clock: Clock) {
    this.#dial = dial;
    this.#clock = clock;
  }

  /**
   * @param apart no other request may wait behind this one: a stream, or what the server itself may let wait
   * @throws ConnectionError once it is closed
   */
  async seat(apart: boolean): Promise<Seat> {
    if (this.#closed) throw new ConnectionError('the connection to the server was closed');
    this.#current ??= this.#open();
    const connections = await this.#current;
    this.#count(apart, 1);
    connections.most = socketsFor(this.#waiting) + this.#apart;
    let left = false;
    return {
      connections,
      leave: () => {
        if (!left) this.#count(apart, -1);
        left = true;
      },
    };
  }

  /** The next request gets other connections; those that are under way keep the old ones. */
  renew(): void {
    this.#current = undefined;
  }

  /** Exchanges under way fail. */
  close(): void {
    this.#closed = true;
    for (const connections of this.#opened) connections.close();
  }

  async #open(): Promise<Connections> {
    const options = { most: limits.socketsOfFew, clock: this.#clock, connectTimeout: limits.connectTimeout };
    const connections = new Connections(await this.#dial(), options);
    this.#opened.push(connections);
    return connections;
  }

  #count(apart: boolean, by: 1 | -1): void {
    if (apart) this.#apart += by;
    else this.#waiting += by;
  }
}

function socketsFor(requests: number): number {
  return requests > limits.fewRequests ? limits.mostSockets : limits.socketsOfFew;
}
