import { type Clock, systemClock } from '../clock.ts';
import type { Credentials } from '../kubeconfig/credentials.ts';
import type { ClusterAccess } from '../kubeconfig/kubeconfig.ts';
import type { Secret } from '../kubeconfig/secret.ts';
import { limits } from '../limits.ts';
import { AnswerNotices } from './answer-notices.ts';
import type { Answer, ApiCall, StreamedAnswer } from './api-call.ts';
import { ConnectionPool } from './connection-pool.ts';
import { dialOf } from './dial.ts';
import type { Timeouts } from './exchange.ts';
import { ExchangeError } from './exchange-error.ts';
import { connectionError, isTransient } from './network-errors.ts';
import { proxyFor } from './proxy.ts';
import type { RequestLog } from './request-log.ts';
import { ServerRequests } from './server-requests.ts';
import { UnknownOutcomeError } from './unknown-outcome.ts';

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
  const { onNote, log } = options;
  if (options.env.NODE_TLS_REJECT_UNAUTHORIZED === '0' && access.server.secure) {
    onNote?.('NODE_TLS_REJECT_UNAUTHORIZED is set and has no effect: the kubeconfig decides whether the server is verified');
  }
  if (!access.server.secure && log !== undefined && log.verbosity >= 4) {
    log.write(`${access.server.url} does not speak TLS: no credentials are sent to it`);
  }
  return new ServerTransport(access, options);
}

/** Sends requests with the credentials of the moment, and again where that is safe. */
class ServerTransport implements Transport {
  readonly clock: Clock;
  readonly #access: ClusterAccess;
  readonly #options: TransportOptions;
  readonly #timeouts: Timeouts;
  readonly #pool: ConnectionPool;
  readonly #notices: AnswerNotices;
  readonly #requests: ServerRequests;

  constructor(access: ClusterAccess, options: TransportOptions) {
    const { credentials, clock = systemClock, onWarning = ignore, log = silent, signal, userAgent } = options;
    const proxy = proxyFor(access.server, access.proxyUrl, options.env);
    const [timeouts, notices] = [timeoutsOf(access.requestTimeout), new AnswerNotices(onWarning)];
    const pool = new ConnectionPool(async () => dialOf(access, await credentials.clientCertificate(), proxy, clock), clock);
    this.clock = clock;
    this.#access = access;
    this.#options = options;
    this.#timeouts = timeouts;
    this.#pool = pool;
    this.#notices = notices;
    this.#requests = new ServerRequests({ access, proxy, pool, notices, userAgent, timeouts, log, clock, signal });
  }

  async send(call: ApiCall): Promise<Answer> {
    const { clock } = this;
    const { credentials, random = Math.random } = this.#options;
    const repeatable = call.method === 'GET' || call.repeatable === true;
    const { total } = this.#timeouts;
    const deadline = total === 0 ? Number.POSITIVE_INFINITY : clock.now() + total;
    let refreshed = false;
    for (let tries = 1; ; tries++) {
      const remaining = deadline === Number.POSITIVE_INFINITY ? 0 : Math.max(1, deadline - clock.now());
      const backoff = limits.retryDelay * 2 ** (tries - 1) * (0.5 + random() / 2);
      const authorization = await credentials.authorization();
      let answer: Answer;
      try {
        answer = await this.#requests.whole(call, remaining, authorization);
      } catch (error) {
        if (!(error instanceof ExchangeError)) throw error;
        if (!repeatable && error.sent) throw lostWrite(call, error, this.#access);
        if (!isTransient(error) || tries >= limits.tries || clock.now() + backoff >= deadline) throw this.#inWords(error);
        await clock.sleep(backoff);
        continue;
      }
      if (answer.code === 401 && !refreshed) {
        refreshed = true;
        if (await this.#refreshed(authorization)) continue;
      }
      if (call.patience !== undefined && answer.code === 504) return answer;
      const wait = waitBefore(answer, repeatable, backoff);
      if (wait === undefined || tries >= limits.tries || clock.now() + wait >= deadline) return answer;
      this.#noteWait(answer, wait);
      await clock.sleep(wait);
    }
  }

  async stream(call: ApiCall, ends: AbortSignal): Promise<StreamedAnswer> {
    const { credentials, signal } = this.#options;
    const either = signal === undefined ? ends : AbortSignal.any([signal, ends]);
    const inWords = (error: unknown) => this.#inWords(error);
    const authorization = await credentials.authorization();
    const answer = await this.#requests.streamed(call, authorization, either, inWords);
    if (answer.code !== 401 || !(await this.#refreshed(authorization))) return answer;
    await answer.body();
    return this.#requests.streamed(call, await credentials.authorization(), either, inWords);
  }

  serverTime(): Date | undefined {
    return this.#notices.serverTime;
  }

  close(): void {
    this.#pool.close();
  }

  /** Whether there are other credentials now than those that were refused. Another certificate needs other connections. */
  async #refreshed(refused: Secret | undefined): Promise<boolean> {
    const { credentials } = this.#options;
    if (!(await credentials.refresh(refused))) return false;
    if ((await credentials.clientCertificate()) !== undefined) this.#pool.renew();
    return true;
  }

  /** The limit that struck is named as the user set it, not as what was left of it. */
  #inWords(error: unknown): unknown {
    if (!(error instanceof ExchangeError)) return error;
    const { timeout } = error;
    const named = timeout?.phase === 'total' ? { phase: timeout.phase, milliseconds: this.#timeouts.total } : timeout;
    return connectionError(new ExchangeError(error.cause, error.sent, named), this.#access.server);
  }

  #noteWait({ code }: Answer, wait: number): void {
    if (wait <= 1000) return;
    const trouble = code === 429 || code === 503 ? 'is busy' : 'has failed';
    this.#options.onNote?.(`the server ${trouble} (${code}): trying again in ${Math.ceil(wait / 1000)} s`);
  }
}

const ignore = (): void => {};
const silent: RequestLog = { verbosity: 0, write: ignore };

/** A longer `--request-timeout` also gives the server longer to begin its answer; 0 takes away the limit of the whole alone. */
function timeoutsOf(requestTimeout: number | undefined): Timeouts {
  return {
    headers: Math.max(limits.headersTimeout, requestTimeout ?? 0),
    idle: limits.idleTimeout,
    total: requestTimeout ?? limits.requestTimeout,
  };
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
