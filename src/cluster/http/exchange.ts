import { mebibyte } from '../../core/mebibytes.ts';
import type { Clock } from '../clock.ts';
import type { ServerAddress } from '../kubeconfig/server-address.ts';
import type { AnswerHead } from './answer-reader.ts';
import type { Connections, Held, Turn } from './connections.ts';
import { ExchangeError, type Phase } from './exchange-error.ts';

/** One HTTP request as it goes out. */
export interface Outgoing {
  readonly method: string;
  /** With its query, below the server's own path. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | undefined;
}

/** Milliseconds; 0 is no limit. How long connecting may take, `Connections` knows. */
export type Timeouts = Readonly<Record<Exclude<Phase, 'connect'>, number>>;

export interface Line {
  readonly server: ServerAddress;
  readonly connections: Connections;
  readonly clock: Clock;
}

/** Headers have come; the body comes chunk by chunk, each within the idle limit. */
export interface Incoming extends AnswerHead {
  readonly chunks: AsyncIterable<Buffer>;
  /** Gives the connection up. */
  abandon(): void;
}

/**
 * Sends one request once and waits for the answer's headers.
 * @throws ExchangeError, also from `chunks`.
 */
export function exchange(outgoing: Outgoing, line: Line, timeouts: Timeouts, signal?: AbortSignal): Promise<Incoming> {
  const { promise, resolve, reject } = Promise.withResolvers<Incoming>();
  let begun = false;
  let over = false;
  const body = new Body(() => held.resume());
  const watch = watchdog(line.clock, timeouts, (phase, milliseconds) => {
    held.cancel(new ExchangeError(new Error(`${phase} limit`), begun, { phase, milliseconds }));
  });
  const cancel = (error: Error): void => {
    if (!over) held.cancel(error);
  };
  const close = (): void => {
    over = true;
    watch.end();
    signal?.removeEventListener('abort', interrupt);
  };
  const interrupt = (): void => cancel(new Error('interrupted', { cause: signal?.reason }));
  const turn: Turn = {
    request: requestText(outgoing, line.server),
    begin() {
      begun = true;
      watch.enter('headers');
    },
    head(head) {
      watch.enter('idle');
      resolve({ ...head, chunks: body, abandon: () => cancel(new Error('abandoned')) });
    },
    chunk(bytes) {
      watch.enter('idle');
      body.add(bytes);
    },
    end() {
      close();
      body.end(undefined);
    },
    failed(error) {
      close();
      const failure = error instanceof ExchangeError ? error : new ExchangeError(error, begun && !isHandshakeAlert(error));
      reject(failure);
      body.end(failure);
    },
    isFull: () => body.isFull,
  };
  body.onLeft = () => cancel(new Error('abandoned'));
  const held: Held = line.connections.take(turn);
  if (signal?.aborted === true) interrupt();
  else signal?.addEventListener('abort', interrupt, { once: true });
  return promise;
}

/**
 * The request as it goes over the wire, in UTF-8 as kubectl writes it.
 * @throws Error for what would end a line, and so begin another header or request
 */
function requestText({ method, path, headers, body }: Outgoing, server: ServerAddress): string {
  const target = server.path + path;
  if (/[^\x21-\x7e]/.test(target)) throw new Error(`the path of a request holds what a path cannot: ${JSON.stringify(path)}`);
  let text = `${method} ${target} HTTP/1.1\r\n`;
  for (const name in headers) {
    for (const value of [headers[name] ?? []].flat()) {
      // The value may be a secret.
      if (/[^\t\x20-\x7e\u0080-\uffff]/.test(value)) throw new Error(`the header ${name} would hold a control character`);
      text += `${name}: ${value}\r\n`;
    }
  }
  return `${text}\r\n${body ?? ''}`;
}

/** Chunks that came and were not read yet. */
class Body implements AsyncIterable<Buffer> {
  /** Somebody ended the loop over it before its end. */
  onLeft: () => void = () => {};
  readonly #resume: () => void;
  readonly #chunks: Buffer[] = [];
  #unread = 0;
  #ended: { readonly error: ExchangeError | undefined } | undefined;
  #wake: (() => void) | undefined;

  constructor(resume: () => void) {
    this.#resume = resume;
  }

  get isFull(): boolean {
    return this.#unread > unreadBytes;
  }

  add(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#unread += bytes.length;
    this.#wake?.();
  }

  end(error: ExchangeError | undefined): void {
    this.#ended ??= { error };
    this.#wake?.();
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    return {
      next: async () => {
        for (;;) {
          const chunk = this.#chunks.shift();
          if (chunk !== undefined) return { value: this.#taken(chunk), done: false };
          if (this.#ended?.error !== undefined) throw this.#ended.error;
          if (this.#ended !== undefined) return { value: undefined, done: true };
          await new Promise<void>((wake) => {
            this.#wake = wake;
          });
        }
      },
      return: async () => {
        this.onLeft();
        return { value: undefined, done: true };
      },
    };
  }

  #taken(chunk: Buffer): Buffer {
    const wasFull = this.isFull;
    this.#unread -= chunk.length;
    if (wasFull && !this.isFull) this.#resume();
    return chunk;
  }
}

/** More than this of an answer is not read from the network before somebody has read what came. */
const unreadBytes = 4 * mebibyte;

interface Watchdog {
  enter(phase: keyof Timeouts): void;
  end(): void;
}

/**
 * One timer for the phase that is on, one for the whole. Entering a phase again, as every chunk of a body does, begins its time anew:
 * that is only noted, and the timer, when it rings too early, is set for what is left.
 */
function watchdog(clock: Clock, timeouts: Timeouts, bark: (phase: keyof Timeouts, milliseconds: number) => void): Watchdog {
  const start = (phase: keyof Timeouts, action: () => void, left = timeouts[phase]): (() => void) | undefined =>
    timeouts[phase] > 0 ? clock.after(left, action) : undefined;
  const cancelTotal = start('total', () => bark('total', timeouts.total));
  let current: keyof Timeouts | undefined;
  let entered = 0;
  let cancel: (() => void) | undefined;
  const ring = (phase: keyof Timeouts): void => {
    const left = entered + timeouts[phase] - clock.now();
    if (left <= 0) bark(phase, timeouts[phase]);
    else cancel = start(phase, () => ring(phase), left);
  };
  return {
    enter(phase) {
      entered = clock.now();
      if (phase === current) return;
      current = phase;
      cancel?.();
      cancel = start(phase, () => ring(phase));
    },
    end() {
      cancel?.();
      cancelTotal?.();
    },
  };
}

/** With TLS 1.3 a server refuses our certificate after we sent the request, but before it looked at it. */
function isHandshakeAlert(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^ERR_SSL_.*ALERT/.test(error.code);
}
