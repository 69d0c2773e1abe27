import type { Clock } from '../clock.ts';
import { ConnectionError } from '../cluster.ts';
import type { ClusterAccess } from '../kubeconfig/kubeconfig.ts';
import type { Secret } from '../kubeconfig/secret.ts';
import { limits } from '../limits.ts';
import { readBody, wholeBody } from './answer-body.ts';
import type { AnswerNotices } from './answer-notices.ts';
import type { Answer, ApiCall, StreamedAnswer } from './api-call.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { exchange, type Line, type Outgoing, type Timeouts } from './exchange.ts';
import { type ProxyServer, passesOn, proxyAuthorization } from './proxy.ts';
import { requestHeaders } from './request-headers.ts';
import { logAnswer, logFailure, logRequest, type RequestLog } from './request-log.ts';

/** Between whom the requests go, and who takes part in each. */
export interface RequestParts {
  readonly access: ClusterAccess;
  readonly proxy: ProxyServer | undefined;
  readonly pool: ConnectionPool;
  readonly notices: AnswerNotices;
  readonly userAgent: string;
  readonly timeouts: Timeouts;
  readonly log: RequestLog;
  readonly clock: Clock;
  /** Aborted, it ends every request with its reason. */
  readonly signal: AbortSignal | undefined;
}

/** Requests to one server, each of which is sent once: whether it is sent again is for others to say. */
export class ServerRequests {
  readonly #parts: RequestParts;
  readonly #server: Line['server'];
  readonly #toProxy: Secret | undefined;

  constructor(parts: RequestParts) {
    const { access, proxy } = parts;
    const isRead = passesOn(proxy, access.server);
    this.#parts = parts;
    this.#server = isRead ? throughPlainProxy(access, proxy) : access.server;
    this.#toProxy = isRead ? proxyAuthorization(proxy) : undefined;
  }

  /**
   * @param remaining milliseconds until the answer has to be there; 0 is no limit
   * @throws ExchangeError, ConnectionError for a redirect, and the signal's reason
   */
  async whole(call: ApiCall, remaining: number, authorization: Secret | undefined): Promise<Answer> {
    const { access, pool, log, clock, timeouts, signal } = this.#parts;
    const request = this.#outgoing(call, authorization, asksForGzip(access));
    const seat = await pool.seat(call.patience !== undefined);
    const limited = { ...timeouts, headers: call.patience ?? timeouts.headers, total: remaining };
    const started = clock.now();
    logRequest(log, request, access.server);
    try {
      const incoming = await exchange(request, this.#line(seat.connections), limited, signal);
      const reader = incoming.code === 200 ? call.reader?.() : undefined;
      const body = reader !== undefined && log.verbosity < 8 ? await readBody(incoming, reader) : await wholeBody(incoming);
      const answer = { code: incoming.code, reason: incoming.reason, headers: incoming.headers, body };
      this.#arrived(call, answer, started);
      if (reader === undefined || body.length === 0) return answer;
      reader.add(body);
      return { ...answer, body: Buffer.alloc(0) };
    } catch (error) {
      signal?.throwIfAborted();
      this.#failed(call, error, started);
      throw error;
    } finally {
      seat.leave();
    }
  }

  /**
   * A stream has a socket of its own, so that nothing waits behind it.
   * @param inWords for what ends it or its chunks
   * @throws what `inWords` makes of it, and the reason of `ends`
   */
  async streamed(
    call: ApiCall,
    authorization: Secret | undefined,
    ends: AbortSignal,
    inWords: (error: unknown) => unknown,
  ): Promise<StreamedAnswer> {
    const { access, pool, log, clock, timeouts } = this.#parts;
    const request = this.#outgoing(call, authorization, false);
    const seat = await pool.seat(true);
    const started = clock.now();
    const failed = (error: unknown): unknown => {
      if (ends.aborted) return ends.reason;
      this.#failed(call, error, started);
      return inWords(error);
    };
    logRequest(log, request, access.server);
    try {
      const limited = { ...timeouts, idle: limits.watchSilence, total: 0 };
      const incoming = await exchange(request, this.#line(seat.connections), limited, ends);
      const answer = { code: incoming.code, reason: incoming.reason, headers: incoming.headers, body: Buffer.alloc(0) };
      this.#arrived(call, answer, started);
      return { ...answer, chunks: translated(incoming.chunks, failed, seat.leave), body: () => wholeBody(incoming).finally(seat.leave) };
    } catch (error) {
      seat.leave();
      throw failed(error);
    }
  }

  #outgoing(call: ApiCall, authorization: Secret | undefined, compressed: boolean): Outgoing {
    const { access, userAgent } = this.#parts;
    const headers = requestHeaders(call, access, { userAgent, authorization, proxyAuthorization: this.#toProxy }, compressed);
    return { method: call.method, path: call.path, headers, body: call.body };
  }

  #line(connections: Line['connections']): Line {
    return { server: this.#server, connections, clock: this.#parts.clock };
  }

  /** @throws ConnectionError for a redirect */
  #arrived(call: ApiCall, answer: Answer, started: number): void {
    const { access, log, clock, notices } = this.#parts;
    logAnswer(log, this.#shown(call), answer, clock.now() - started);
    notices.notice(answer.headers, call.held);
    refuseRedirect(answer, access);
  }

  #failed(call: ApiCall, error: unknown, started: number): void {
    const { log, clock } = this.#parts;
    logFailure(log, this.#shown(call), error instanceof Error ? error.message : String(error), clock.now() - started);
  }

  #shown({ method, path }: ApiCall): { readonly method: string; readonly url: string } {
    return { method, url: this.#parts.access.server.url + path };
  }
}

/** The chunks, with their failure in our words, and an end that is noticed however they end. */
async function* translated(chunks: AsyncIterable<Buffer>, failed: (error: unknown) => unknown, onEnd: () => void): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    throw failed(error);
  } finally {
    onEnd();
  }
}

function asksForGzip({ disableCompression, server }: ClusterAccess): boolean {
  return !disableCompression && server.hostname !== 'localhost' && server.hostname !== '::1' && !/^127\./.test(server.hostname);
}

/** Absolute paths to the proxy itself. */
function throughPlainProxy({ server }: ClusterAccess, proxy: ProxyServer): Line['server'] {
  return {
    ...server,
    secure: proxy.protocol === 'https',
    hostname: proxy.hostname,
    port: proxy.port,
    path: server.url,
    host: `${server.host} (proxy ${proxy.host})`,
  };
}

function refuseRedirect({ code, headers }: Answer, { server }: ClusterAccess): void {
  if (code < 300 || code >= 400) return;
  const target = URL.canParse(headers.location ?? '', server.url) ? new URL(headers.location ?? '', server.url).host : 'another place';
  throw new ConnectionError(`${server.host} redirects to ${target}: a login page or a proxy, not a Kubernetes API`, {
    hint: "check the server's address in the kubeconfig",
  });
}
