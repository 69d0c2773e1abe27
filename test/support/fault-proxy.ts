import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueSandboxCertificate } from '../../src/cluster/sandbox/sandbox-certificate.ts';
import { type SandboxAccess, sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';

/** A request as it arrived, before anything was done with it. */
export interface ProxiedRequest {
  /** Counted from 1, in the order of arrival. */
  readonly number: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body: string;
}

/** Which requests a rule is about: all fields that are given must fit. */
export interface Match {
  readonly method?: string;
  /** Is part of the path. */
  readonly path?: string;
  /** The n-th of the requests that fit the rest, counted from 1. Every one without it. */
  readonly nth?: number;
  /** This request of all and every later one. */
  readonly from?: number;
  /** What is only tried, with `dryRun=All`. A rule about writes is about those that are stored without it. */
  readonly rehearsal?: boolean;
}

/** What is done with a request instead of passing it on. */
export type Fault = (exchange: FaultyExchange) => Promise<void>;

export interface FaultyExchange {
  readonly request: ProxiedRequest;
  /** Asks the server behind; nothing is answered by that. */
  forward(): Promise<Answer>;
  answer(answer: Answer): void;
  /** Has the server's answer pass as it comes, as watches need it, for as long as nothing happens to it. */
  passOn(): Promise<PassedOn>;
  /** The connection to the client, which is waiting. */
  readonly socket: Socket;
}

/** An answer that has begun and not ended. */
export interface PassedOn {
  /** The connection to the client is reset, after this has been sent. */
  reset(last?: string): Promise<void>;
  /** The answer ends as it should, with this in the end. */
  end(last: string): Promise<void>;
}

export interface Answer {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An HTTPS proxy in front of an API server that does to chosen requests what networks do to any. Nothing in it is random. */
export interface FaultProxy extends AsyncDisposable {
  readonly access: SandboxAccess;
  /** A file that leads to it. */
  readonly kubeconfig: string;
  /** `PATCH /api/v1/namespaces/prod/services/web -> 200`, in the order in which they ended; `cut` where no answer was given. */
  readonly transcript: readonly string[];
  /** The first rule that fits decides. */
  on(match: Match, fault: Fault): void;
  /** Runs before the request is passed on: somebody else gets in between. */
  before(match: Match, act: () => unknown): void;
  /** Forgets all rules. */
  heal(): void;
}

/** The connection ends before the server hears of the request. */
export const cutBeforeUpstream: Fault = async ({ socket }) => void socket.destroy();

/** The server does what it was asked to, and nobody hears its answer. */
export const cutAfterUpstream: Fault = async ({ forward, socket }) => {
  await forward();
  socket.destroy();
};

/** No byte ever comes; `onSilence` says that the client is waiting now. */
export function blackHole(onSilence: () => void): Fault {
  return async () => onSilence();
}

/** The server does it, and then no byte ever comes. */
export function silentAfterUpstream(onSilence: () => void): Fault {
  return async ({ forward }) => {
    await forward();
    onSilence();
  };
}

/** The server never hears of it; somebody in between answers. */
export function respond(code: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Fault {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  return async ({ answer }) => answer({ code, headers: { 'content-type': type, ...headers }, body: Buffer.from(text) });
}

/** The server does it, and somebody in between answers something else. */
export function respondAfterUpstream(code: number, body: unknown): Fault {
  return async (exchange) => {
    await exchange.forward();
    await respond(code, body)(exchange);
  };
}

/** A Status of an API server. */
export function failure(code: number, reason: string, message: string, details: object = {}): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message, details };
}

/** The first `bytes` of the answer's body: as all of it, or ended by the loss of the connection. */
export function truncate(bytes: number, how: 'as all of it' | 'and the connection breaks'): Fault {
  return async ({ forward, answer, socket }) => {
    const { code, headers, body } = await forward();
    if (how === 'as all of it') return answer({ code, headers, body: body.subarray(0, bytes) });
    const head = `HTTP/1.1 ${code} OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
    socket.write(Buffer.concat([Buffer.from(head), body.subarray(0, bytes)]), () => socket.destroy());
  };
}

/** The client is cut off at once; the server hears of the request only when `release` is called. */
export function deliverLate(): { readonly fault: Fault; release(): Promise<Answer> } {
  let late: (() => Promise<Answer>) | undefined;
  return {
    fault: async ({ forward, socket }) => {
      late = forward;
      socket.destroy();
    },
    async release() {
      if (late === undefined) throw new Error('there is nothing to release: no request came');
      return late();
    },
  };
}

/** All watches that are open, and what networks and servers do to them in the middle. */
export interface OpenWatches {
  /** For a rule about watches. */
  readonly fault: Fault;
  /** How many there are. */
  count(): number;
  /** Their connections are reset; with `torn`, in the middle of an event. */
  reset(how?: 'torn'): Promise<void>;
  /** The server says that it no longer knows from where to go on. */
  expire(): Promise<void>;
}

export function openWatches(): OpenWatches {
  const open = new Set<PassedOn>();
  const each = async (act: (watch: PassedOn) => Promise<void>): Promise<void> => {
    const all = [...open];
    open.clear();
    await Promise.all(all.map(act));
  };
  const expired = { type: 'ERROR', object: failure(410, 'Expired', 'too old resource version: 1 (9)') };
  return {
    fault: async ({ passOn }) => void open.add(await passOn()),
    count: () => open.size,
    reset: (how) => each((watch) => watch.reset(how === 'torn' ? '{"type":"MODIFIED","object":{"kind":"Virt' : undefined)),
    expire: () => each((watch) => watch.end(`${JSON.stringify(expired)}\n`)),
  };
}

/** Starts one. It passes on whatever no rule is about. */
export async function faultProxy(upstream: SandboxAccess): Promise<FaultProxy> {
  const certificate = issueSandboxCertificate(new Date());
  const agent = new Agent({ keepAlive: true, maxSockets: 32, ca: upstream.authority });
  const rules: { readonly match: Match; fits: number; readonly fault: Fault; readonly before: boolean }[] = [];
  const transcript: string[] = [];
  let arrived = 0;

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = { number: ++arrived, method: incoming.method ?? '', path: incoming.url ?? '', body: await textOf(incoming) };
    let ended = false;
    const end = (how: string): void => {
      if (!ended) transcript.push(`${request.method} ${decodeURIComponent(request.path.split('?')[0] ?? '')} -> ${how}`);
      ended = true;
    };
    response.on('close', () => end('cut'));
    const exchange: FaultyExchange = {
      request,
      socket: incoming.socket,
      forward: () => forward(upstream, agent, request, incoming.headers),
      answer: ({ code, headers, body }) => {
        end(String(code));
        const { 'transfer-encoding': _, connection: __, ...rest } = headers;
        response.writeHead(code, { ...rest, 'content-length': String(body.length) }).end(body);
      },
      passOn: async () => {
        const behind = await ask(upstream, agent, request, incoming.headers);
        const { 'transfer-encoding': _, connection: __, ...rest } = behind.headers;
        response.writeHead(behind.statusCode ?? 0, rest).flushHeaders();
        response.on('close', () => behind.destroy());
        behind.on('error', () => incoming.socket.destroy()).pipe(response);
        const write = (last: string) => new Promise<void>((resolve) => response.write(last, () => resolve()));
        return {
          reset: async (last) => {
            behind.unpipe(response);
            if (last !== undefined) await write(last);
            incoming.socket.destroy();
          },
          end: async (last) => {
            behind.unpipe(response);
            await write(last);
            response.end();
          },
        };
      },
    };
    for (const rule of rules) {
      if (!matches(rule.match, request)) continue;
      rule.fits += 1;
      if (rule.match.nth !== undefined && rule.match.nth !== rule.fits) continue;
      await rule.fault(exchange);
      if (!rule.before) return;
    }
    exchange.answer(await exchange.forward());
  };

  const server = createServer({ cert: certificate.certificate, key: certificate.key }, (incoming, response) => {
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const access = { server: `https://127.0.0.1:${port}`, authority: certificate.authority, token: upstream.token };
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-proxy-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, sandboxKubeconfig(access));
  return {
    access,
    kubeconfig,
    transcript,
    on: (match, fault) => void rules.push({ match, fits: 0, fault, before: false }),
    before: (match, act) => void rules.push({ match, fits: 0, fault: async () => void (await act()), before: true }),
    heal: () => void rules.splice(0),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      agent.destroy();
      rmSync(folder, { recursive: true });
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function matches({ method, path, from = 1, rehearsal = false }: Match, request: ProxiedRequest): boolean {
  const isOfThatSort = request.method === 'GET' || method === undefined || request.path.includes('dryRun=All') === rehearsal;
  return (
    isOfThatSort &&
    request.number >= from &&
    (method === undefined || method === request.method) &&
    (path === undefined || request.path.includes(path))
  );
}

async function forward(upstream: SandboxAccess, agent: Agent, request: ProxiedRequest, headers: IncomingHttpHeaders): Promise<Answer> {
  const response = await ask(upstream, agent, request, headers);
  return { code: response.statusCode ?? 0, headers: response.headers, body: await bytesOf(response) };
}

/** The server's answer as soon as it begins. */
function ask(
  upstream: SandboxAccess,
  agent: Agent,
  { method, path, body }: ProxiedRequest,
  headers: IncomingHttpHeaders,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = httpsRequest(
    `${upstream.server}${path}`,
    { method, agent, headers: { ...headers, host: new URL(upstream.server).host, 'accept-encoding': 'identity' } },
    resolve,
  );
  request.on('error', reject);
  request.end(body);
  return promise;
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  return (await bytesOf(incoming)).toString();
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
