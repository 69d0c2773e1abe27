import type { IncomingHttpHeaders } from 'node:http';
import { type Clock, systemClock } from '../clock.ts';
import { ConnectionError } from '../cluster.ts';
import type { HeldWarnings } from '../held-warnings.ts';
import type { Credentials } from '../kubeconfig/credentials.ts';
import type { ClusterAccess } from '../kubeconfig/kubeconfig.ts';
import type { Secret } from '../kubeconfig/secret.ts';
import { limits } from '../limits.ts';
import { type BodyReader, readBody, wholeBody } from './answer-body.ts';
import { Connections } from './connections.ts';
import { dialOf } from './dial.ts';
import { exchange, type Line, type Outgoing, type Timeouts } from './exchange.ts';
import { ExchangeError } from './exchange-error.ts';
import { impersonationHeaders } from './impersonation-headers.ts';
import { connectionError, isTransient } from './network-errors.ts';
import { type ProxyServer, passesOn, proxyAuthorization, proxyFor } from './proxy.ts';
import { logAnswer, logFailure, logRequest, type RequestLog } from './request-log.ts';
import { UnknownOutcomeError } from './unknown-outcome.ts';
import { isEndpointsDeprecation, warningTexts } from './warning-header.ts';

/** One question to the API server. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query; starts with a slash. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
  /** Nothing is stored by it (a dry run, an access review), so that it may be sent again. Always so for GET. */
  readonly repeatable?: boolean;
  /** Takes the body of a good answer while it comes, which is then empty: another one for each try. What it throws ends the call. */
  readonly reader?: (() => BodyReader) | undefined;
  /**
   * How many milliseconds the server has to begin its answer, for whoever has another way to it: one that comes later, or says that the
   * server's own time was over (504), is not asked for again.
   */
  readonly patience?: number | undefined;
  /** Keeps the answer's warnings back. */
  readonly held?: HeldWarnings | undefined;
}

/** A whole answer, of any code but a redirect. */
export interface Answer {
  readonly code: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An answer whose body comes bit by bit. Whoever does not read it to its end ends the loop over it, which frees the socket. */
export interface StreamedAnswer extends Omit<Answer, 'body'> {
  readonly chunks: AsyncIterable<Buffer>;
  /** The whole body, for a refusal. */
  body(): Promise<Buffer>;
}

export interface TransportOptions {
  /** `kubectl-vmsvc/0.1.0 (linux/amd64)`: audit logs show it. */
  readonly userAgent: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly credentials: Credentials;
  /** A warning of the server, each text once in a run, as it came. */
  readonly onWarning?: (text: string) => void;
  /** A sentence about what is going on: that we wait, or ignore something. */
  readonly onNote?: (sentence: string) => void;
  readonly log?: RequestLog;
  /** Aborted, it ends every request with its reason. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** From 0 to 1, for the jitter between tries. */
  readonly random?: () => number;
}

export interface Transport {
  /**
   * Sends the call, again where that is safe: reads after resets and server errors, anything after 429, once after a 401
   * that new credentials may cure.
   * @throws ConnectionError, and UnknownOutcomeError for a write whose answer was lost
   */
  send(call: ApiCall): Promise<Answer>;
  /**
   * Sends a read whose answer goes on and on, once, and once more after a 401 that new credentials may cure. The answer's code
   * may be any; its chunks end when the server, the signal or a silence of `limits.watchSilence` ends them.
   * @throws ConnectionError; what the chunks throw is one too
   */
  stream(call: ApiCall, signal: AbortSignal): Promise<StreamedAnswer>;
  /** From the newest Date header. */
  serverTime(): Date | undefined;
  /** By which it waits. */
  readonly clock: Clock;
  /** Frees sockets. Safe to call twice. */
  close(): void;
}

/** Every byte to a server goes through here: the connections of a run, HTTP/1.1, nothing followed, nothing parsed. */
export function createTransport(access: ClusterAccess, options: TransportOptions): Transport {
  const { credentials, clock = systemClock, random = Math.random, onNote = ignore, onWarning = ignore, log = silent, signal } = options;
  const proxy = proxyFor(access.server, access.proxyUrl, options.env);
  const toProxy = passesOn(proxy, access.server) ? proxyAuthorization(proxy) : undefined;
  const timeouts = timeoutsOf(access.requestTimeout);
  const warned = new Set<string>();
  const opened: Connections[] = [];
  let connections: Promise<Connections> | undefined;
  let serverTime: Date | undefined;
  let inFlight = 0;
  /** Requests behind which no other may wait: streams, and what the server itself may let wait. */
  let apart = 0;
  let closed = false;
  if (options.env.NODE_TLS_REJECT_UNAUTHORIZED === '0' && access.server.secure) {
    onNote('NODE_TLS_REJECT_UNAUTHORIZED is set and has no effect: the kubeconfig decides whether the server is verified');
  }

  if (!access.server.secure && log.verbosity >= 4) log.write(`${access.server.url} does not speak TLS: no credentials are sent to it`);

  const line = async (): Promise<Line> => {
    if (closed) throw new ConnectionError('the connection to the server was closed');
    connections ??= newConnections();
    return {
      server: passesOn(proxy, access.server) ? throughPlainProxy(access, proxy) : access.server,
      connections: await connections,
      clock,
    };
  };

  const newConnections = async (): Promise<Connections> => {
    const dial = dialOf(access, await credentials.clientCertificate(), proxy, clock);
    const made = new Connections(dial, { most: limits.socketsOfFew, clock, connectTimeout: limits.connectTimeout });
    opened.push(made);
    return made;
  };

  const outgoing = (call: ApiCall, authorization: Secret | undefined, compressed: boolean): Outgoing => {
    return {
      method: call.method,
      path: call.path,
      headers: {
        host: access.server.host,
        'user-agent': options.userAgent,
        accept: call.accept ?? 'application/json',
        ...(compressed ? { 'accept-encoding': 'gzip' } : {}),
        ...(call.body === undefined
          ? {}
          : { 'content-type': call.contentType ?? 'application/json', 'content-length': String(Buffer.byteLength(call.body)) }),
        ...(authorization === undefined ? {} : { authorization: authorization.reveal() }),
        ...impersonationHeaders(access),
        ...(toProxy === undefined ? {} : { 'proxy-authorization': toProxy.reveal() }),
      },
      body: call.body,
    };
  };

  /** One try. */
  const attempt = async (call: ApiCall, remaining: number, authorization: Secret | undefined): Promise<Answer> => {
    const request = outgoing(call, authorization, asksForGzip(access));
    const to = await line();
    if (call.patience === undefined) inFlight += 1;
    else apart += 1;
    to.connections.most = socketsFor(inFlight) + apart;
    const started = clock.now();
    const shown = { method: call.method, url: access.server.url + call.path };
    logRequest(log, request, access.server);
    try {
      const incoming = await exchange(request, to, { ...timeouts, headers: call.patience ?? timeouts.headers, total: remaining }, signal);
      const reader = incoming.code === 200 ? call.reader?.() : undefined;
      const body = reader !== undefined && log.verbosity < 8 ? await readBody(incoming, reader) : await wholeBody(incoming);
      const answer = { code: incoming.code, reason: incoming.reason, headers: incoming.headers, body };
      logAnswer(log, shown, answer, clock.now() - started);
      noticeHeaders(answer.headers, call.held);
      refuseRedirect(answer, access);
      if (reader === undefined || body.length === 0) return answer;
      reader.add(body);
      return { ...answer, body: Buffer.alloc(0) };
    } catch (error) {
      signal?.throwIfAborted();
      logFailure(log, shown, error instanceof Error ? error.message : String(error), clock.now() - started);
      throw error;
    } finally {
      if (call.patience === undefined) inFlight -= 1;
      else apart -= 1;
    }
  };

  const tell = (text: string): void => {
    if (warned.has(text) || isEndpointsDeprecation(text)) return;
    warned.add(text);
    onWarning(text);
  };

  const noticeHeaders = (headers: IncomingHttpHeaders, held: HeldWarnings | undefined): void => {
    const date = Date.parse(headers.date ?? '');
    if (!Number.isNaN(date)) serverTime = new Date(date);
    const { warning } = headers;
    for (const text of warning === undefined ? [] : warningTexts(warning)) {
      if (held === undefined) tell(text);
      else held.add(() => tell(text));
    }
  };

  const send = async (call: ApiCall): Promise<Answer> => {
    const repeatable = call.method === 'GET' || call.repeatable === true;
    const deadline = timeouts.total === 0 ? Number.POSITIVE_INFINITY : clock.now() + timeouts.total;
    let refreshed = false;
    for (let tries = 1; ; tries++) {
      const remaining = deadline === Number.POSITIVE_INFINITY ? 0 : Math.max(1, deadline - clock.now());
      const backoff = limits.retryDelay * 2 ** (tries - 1) * (0.5 + random() / 2);
      const authorization = await credentials.authorization();
      let answer: Answer;
      try {
        answer = await attempt(call, remaining, authorization);
      } catch (error) {
        if (!(error instanceof ExchangeError)) throw error;
        if (!repeatable && error.sent) throw lostWrite(call, error, access);
        if (!isTransient(error) || tries >= limits.tries || clock.now() + backoff >= deadline) throw withLimit(error, access, timeouts);
        await clock.sleep(backoff);
        continue;
      }
      if (answer.code === 401 && !refreshed) {
        refreshed = true;
        if (await credentials.refresh(authorization)) {
          // Another certificate needs other connections; requests that are under way keep the old ones.
          if ((await credentials.clientCertificate()) !== undefined) connections = undefined;
          continue;
        }
      }
      if (call.patience !== undefined && answer.code === 504) return answer;
      const wait = waitBefore(answer, repeatable, backoff);
      if (wait === undefined || tries >= limits.tries || clock.now() + wait >= deadline) return answer;
      if (wait > 1000)
        onNote(
          `the server ${answer.code === 429 || answer.code === 503 ? 'is busy' : 'has failed'} (${answer.code}): trying again in ${Math.ceil(wait / 1000)} s`,
        );
      await clock.sleep(wait);
    }
  };

  /** One try of a stream. It has a socket of its own, so that nothing waits behind it. */
  const open = async (call: ApiCall, authorization: Secret | undefined, ends: AbortSignal): Promise<StreamedAnswer> => {
    const request = outgoing(call, authorization, false);
    const to = await line();
    const started = clock.now();
    const shown = { method: call.method, url: access.server.url + call.path };
    const failed = (error: unknown): unknown => {
      if (ends.aborted) return ends.reason;
      logFailure(log, shown, error instanceof Error ? error.message : String(error), clock.now() - started);
      return error instanceof ExchangeError ? withLimit(error, access, timeouts) : error;
    };
    apart += 1;
    const release = once(() => {
      apart -= 1;
    });
    to.connections.most = socketsFor(inFlight) + apart;
    logRequest(log, request, access.server);
    try {
      const incoming = await exchange(request, to, { ...timeouts, idle: limits.watchSilence, total: 0 }, ends);
      const answer = { code: incoming.code, reason: incoming.reason, headers: incoming.headers, body: Buffer.alloc(0) };
      logAnswer(log, shown, answer, clock.now() - started);
      noticeHeaders(answer.headers, call.held);
      refuseRedirect(answer, access);
      return { ...answer, chunks: translated(incoming.chunks, failed, release), body: () => wholeBody(incoming).finally(release) };
    } catch (error) {
      release();
      throw failed(error);
    }
  };

  const stream = async (call: ApiCall, ends: AbortSignal): Promise<StreamedAnswer> => {
    const either = signal === undefined ? ends : AbortSignal.any([signal, ends]);
    const authorization = await credentials.authorization();
    const answer = await open(call, authorization, either);
    if (answer.code !== 401 || !(await credentials.refresh(authorization))) return answer;
    await answer.body();
    if ((await credentials.clientCertificate()) !== undefined) connections = undefined;
    return open(call, await credentials.authorization(), either);
  };

  return {
    send,
    stream,
    serverTime: () => serverTime,
    clock,
    close: () => {
      closed = true;
      for (const made of opened) made.close();
    },
  };
}

const ignore = (): void => {};
const silent: RequestLog = { verbosity: 0, write: ignore };

function socketsFor(requests: number): number {
  return requests > limits.fewRequests ? limits.mostSockets : limits.socketsOfFew;
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
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

/** A longer `--request-timeout` also gives the server longer to begin its answer; 0 takes away the limit of the whole alone. */
function timeoutsOf(requestTimeout: number | undefined): Timeouts {
  return {
    headers: Math.max(limits.headersTimeout, requestTimeout ?? 0),
    idle: limits.idleTimeout,
    total: requestTimeout ?? limits.requestTimeout,
  };
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

/** How long to wait before the next try; undefined when this answer is final. */
function waitBefore({ code, headers }: Answer, repeatable: boolean, backoff: number): number | undefined {
  if (code !== 429 && !(repeatable && code >= 500 && code !== 501)) return undefined;
  const after = headers['retry-after'];
  return after !== undefined && /^\d+$/.test(after) ? Math.max(Number(after) * 1000, backoff) : backoff;
}

function lostWrite(call: ApiCall, error: ExchangeError, { server }: ClusterAccess): UnknownOutcomeError {
  const { message } = connectionError(error, server);
  return new UnknownOutcomeError(`the answer to ${call.method} ${pathname(call.path)} was lost: ${message}`, { cause: error });
}

function pathname(path: string): string {
  return path.replace(/\?.*$/s, '');
}

/** The limit that struck is named as the user set it, not as what was left of it. */
function withLimit(error: ExchangeError, { server }: ClusterAccess, timeouts: Timeouts): ConnectionError {
  const timeout = error.timeout?.phase === 'total' ? { phase: error.timeout.phase, milliseconds: timeouts.total } : error.timeout;
  return connectionError(new ExchangeError(error.cause, error.sent, timeout), server);
}
