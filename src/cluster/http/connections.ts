import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { AnswerReader, type AnswerSink, hungUp } from './answer-reader.ts';
import type { Dialling } from './dialling.ts';
import { ExchangeError } from './exchange-error.ts';

/** One exchange: it waits for a connection, and has it for itself until its answer has ended. */
export interface Turn extends AnswerSink {
  /** The whole request. */
  readonly request: string;
  /** The request is written now. */
  begin(): void;
  /** There will be no answer, or no more of it. Told at most once. */
  failed(error: unknown): void;
  /** The body is read as fast as it comes, unless this says that enough lies about unread. */
  isFull(): boolean;
}

export interface Held {
  /** Ends the turn with this error, and its connection. */
  cancel(error: Error): void;
  /** Reads on after `isFull`. */
  resume(): void;
}

/** The connections of a run to one server. Exchanges take turns on them, in the order in which they came. */
export class Connections {
  /** How many may be open. */
  most: number;
  readonly #dial: () => Dialling;
  readonly #clock: Clock;
  readonly #connectTimeout: number;
  readonly #waiting: Turn[] = [];
  readonly #dialling = new Set<Dialling>();
  readonly #open = new Set<Connection>();
  readonly #idle: Connection[] = [];
  #closed = false;

  constructor(dial: () => Dialling, options: { readonly most: number; readonly clock: Clock; readonly connectTimeout: number }) {
    this.#dial = dial;
    this.most = options.most;
    this.#clock = options.clock;
    this.#connectTimeout = options.connectTimeout;
  }

  /** Takes the turn as soon as a connection is free. */
  take(turn: Turn): Held {
    const idle = this.#takeIdle();
    if (idle !== undefined) idle.begin(turn);
    else {
      this.#waiting.push(turn);
      this.#connectMore();
    }
    return { cancel: (error) => this.#cancel(turn, error), resume: () => this.#connectionOf(turn)?.resume() };
  }

  /** Closes every connection; exchanges under way fail. */
  close(): void {
    this.#closed = true;
    for (const turn of this.#waiting.splice(0)) turn.failed(hungUp('closed'));
    for (const dialling of this.#dialling) dialling.abandon();
    for (const connection of [...this.#open]) connection.destroy(hungUp('closed'));
  }

  #takeIdle(): Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined || this.#clock.now() < connection.keptUntil) return connection;
      connection.destroy(hungUp('not used for too long'));
    }
  }

  #connectMore(): void {
    while (this.#dialling.size < this.#waiting.length && this.#dialling.size + this.#open.size < this.most) this.#connect();
  }

  #connect(): void {
    const dialling = this.#dial();
    this.#dialling.add(dialling);
    const cancel = this.#clock.after(this.#connectTimeout, () => {
      dialling.abandon();
      failed(new ExchangeError(new Error('connect limit'), false, { phase: 'connect', milliseconds: this.#connectTimeout }));
    });
    const failed = (error: unknown): void => {
      cancel();
      // Whoever waits longest hears of it, the others of the next attempt.
      if (this.#dialling.delete(dialling)) this.#waiting.shift()?.failed(error);
      this.#connectMore();
    };
    dialling.socket.then((socket) => {
      cancel();
      if (!this.#dialling.delete(dialling) || this.#closed) socket.destroy();
      else this.#add(socket);
    }, failed);
  }

  #add(socket: Socket): void {
    const connection = new Connection(
      socket,
      (keptFor) => {
        connection.keptUntil = this.#clock.now() + keptFor;
        this.#serve(connection);
      },
      () => {
        this.#open.delete(connection);
        const at = this.#idle.indexOf(connection);
        if (at >= 0) this.#idle.splice(at, 1);
        if (!this.#closed) this.#connectMore();
      },
    );
    this.#open.add(connection);
    this.#serve(connection);
  }

  #serve(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else connection.begin(next);
  }

  #cancel(turn: Turn, error: Error): void {
    const at = this.#waiting.indexOf(turn);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
      turn.failed(error);
    } else this.#connectionOf(turn)?.destroy(error);
  }

  #connectionOf(turn: Turn): Connection | undefined {
    return [...this.#open].find((connection) => connection.turn === turn);
  }
}

/** A socket, and the exchange that has it. */
class Connection {
  /** When the server may close it unasked, by the clock. */
  keptUntil = Number.POSITIVE_INFINITY;
  turn: Turn | undefined;
  readonly #socket: Socket;
  #reader: AnswerReader | undefined;
  readonly #onFree: (keptFor: number) => void;

  constructor(socket: Socket, onFree: (keptFor: number) => void, onGone: () => void) {
    this.#socket = socket;
    this.#onFree = onFree;
    socket.on('data', (bytes: Buffer) => this.#received(bytes));
    socket.on('end', () => this.#ended());
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => {
      this.destroy(hungUp('socket hang up'));
      onGone();
    });
  }

  begin(turn: Turn): void {
    this.turn = turn;
    const { head, chunk } = { head: turn.head.bind(turn), chunk: turn.chunk.bind(turn) };
    this.#reader = new AnswerReader({ head, chunk, end: (keptFor) => this.#answered(turn, keptFor) });
    // An idle connection does not keep the process; one that is used does.
    this.#socket.ref();
    turn.begin();
    this.#socket.write(turn.request);
  }

  destroy(error: unknown): void {
    const { turn } = this;
    this.turn = undefined;
    this.#socket.destroy();
    turn?.failed(error);
  }

  resume(): void {
    this.#socket.resume();
  }

  #received(bytes: Buffer): void {
    // Whoever speaks unasked, or after the end, is not trusted with another request.
    if (this.turn === undefined) this.#socket.destroy();
    try {
      this.#reader?.push(bytes);
    } catch (error) {
      this.destroy(error);
    }
    if (this.turn?.isFull() === true) this.#socket.pause();
  }

  #ended(): void {
    try {
      if (this.turn !== undefined) this.#reader?.finish();
      this.destroy(undefined);
    } catch (error) {
      this.destroy(error);
    }
  }

  #answered(turn: Turn, keptFor: number): void {
    this.turn = undefined;
    turn.end(keptFor);
    if (keptFor === 0) {
      this.#socket.destroy();
    } else {
      this.#socket.unref();
      this.#onFree(keptFor);
    }
  }
}
