import {
  type ClientRequest,
  type Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { ServerAddress } from '../kubeconfig/server-address.ts';
import { limits } from '../limits.ts';

/** One HTTP request as it goes out. */
export interface Outgoing {
  readonly method: string;
  /** With its query, below the server's own path. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | undefined;
}

/** Milliseconds; 0 is no limit. */
export interface Timeouts {
  readonly connect: number;
  readonly headers: number;
  readonly idle: number;
  readonly total: number;
}

export interface Line {
  readonly server: ServerAddress;
  readonly agent: HttpAgent;
  readonly clock: Clock;
}

/** Headers have come; the body comes chunk by chunk, each within the idle limit. */
export interface Incoming {
  readonly code: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly chunks: AsyncIterable<Buffer>;
  /** Gives the connection up. */
  abandon(): void;
}

export type Phase = 'connect' | 'headers' | 'idle' | 'total';

/** No whole answer came. `sent` tells whether the request may have reached the server. */
export class ExchangeError extends Error {
  readonly sent: boolean;
  /** The limit that was reached, if it was one. */
  readonly timeout: { readonly phase: Phase; readonly milliseconds: number } | undefined;

  constructor(cause: unknown, sent: boolean, timeout?: { readonly phase: Phase; readonly milliseconds: number }) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'ExchangeError';
    this.sent = sent;
    this.timeout = timeout;
  }
}

/**
 * Sends one request once and waits for the answer's headers.
 * @throws ExchangeError, also from `chunks`.
 */
export function exchange(outgoing: Outgoing, line: Line, timeouts: Timeouts, signal?: AbortSignal): Promise<Incoming> {
  const { promise, resolve, reject } = Promise.withResolvers<Incoming>();
  const { server, agent, clock } = line;
  const request = (server.secure ? httpsRequest : httpRequest)({
    host: server.hostname,
    port: server.port,
    path: server.path + outgoing.path,
    method: outgoing.method,
    headers: outgoing.headers,
    agent,
    maxHeaderSize: limits.responseHeaderBytes,
  });
  if (signal !== undefined) endWith(request, signal);
  let connected = false;
  let expired: ExchangeError | undefined;
  const watch = watchdog(clock, timeouts, (phase, milliseconds) => {
    expired = new ExchangeError(new Error(`${phase} limit`), connected, { phase, milliseconds });
    request.destroy(expired);
  });
  const failed = (error: unknown): ExchangeError => {
    watch.end();
    // A response that was begun reports a reset instead of what it was destroyed with.
    return expired ?? new ExchangeError(error, connected && !isHandshakeAlert(error));
  };
  whenConnected(
    request,
    server.secure,
    () => watch.enter('connect'),
    () => {
      connected = true;
      watch.enter('headers');
    },
  );
  request.on('error', (error) => reject(failed(error)));
  request.on('response', (response) => {
    watch.enter('idle');
    resolve({
      code: response.statusCode ?? 0,
      reason: response.statusMessage ?? '',
      headers: response.headers,
      chunks: chunksOf(response, watch, failed),
      abandon: () => {
        watch.end();
        response.destroy();
      },
    });
  });
  request.end(outgoing.body);
  return promise;
}

/** As the option `signal` of a request would, which loads and does several times as much. */
function endWith(request: ClientRequest, signal: AbortSignal): void {
  const end = (): void => void request.destroy(new Error('interrupted', { cause: signal.reason }));
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  request.once('close', () => signal.removeEventListener('abort', end));
}

/** Sockets whose handshake is over. A request that waited for a busy one gets it without being told that it is not new. */
const established = new WeakSet<Socket>();

function whenConnected(request: ClientRequest, secure: boolean, connecting: () => void, connected: () => void): void {
  request.on('socket', (socket) => {
    if (request.reusedSocket || established.has(socket)) return connected();
    connecting();
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      established.add(socket);
      connected();
    });
  });
}

async function* chunksOf(response: IncomingMessage, watch: Watchdog, failed: (error: unknown) => ExchangeError): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of response) {
      watch.enter('idle');
      yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    }
  } catch (error) {
    throw failed(error);
  } finally {
    watch.end();
  }
}

interface Watchdog {
  enter(phase: Phase): void;
  end(): void;
}

/** One timer for the phase that is on, one for the whole. */
function watchdog(clock: Clock, timeouts: Timeouts, bark: (phase: Phase, milliseconds: number) => void): Watchdog {
  const start = (phase: Phase): (() => void) | undefined =>
    timeouts[phase] > 0 ? clock.after(timeouts[phase], () => bark(phase, timeouts[phase])) : undefined;
  const cancelTotal = start('total');
  let cancel: (() => void) | undefined;
  return {
    enter(phase) {
      cancel?.();
      cancel = start(phase);
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
