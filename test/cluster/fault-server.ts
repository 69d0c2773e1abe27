import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../src/cluster/clock.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { ClusterAccess } from '../../src/cluster/kubeconfig/kubeconfig.ts';
import { anonymous } from '../../src/cluster/kubeconfig/kubeconfig-entries.ts';
import { Secret } from '../../src/cluster/kubeconfig/secret.ts';
import { serverAddress } from '../../src/cluster/kubeconfig/server-address.ts';
import { type LiveOptions, liveCluster } from '../../src/cluster/live.ts';
import { issueSandboxCertificate } from '../../src/cluster/sandbox/sandbox-certificate.ts';

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers the n-th request, counted from 1. */
export type Handler = (response: ServerResponse, seen: Seen, number: number) => void;

export interface FaultServer extends AsyncDisposable {
  readonly seen: readonly Seen[];
  readonly url: string;
  readonly authority: string;
  /** How many connections were opened. */
  connections(): number;
  access(overrides?: Partial<ClusterAccess>): ClusterAccess;
}

const certificate = issueSandboxCertificate(new Date());

/** An API server that does whatever a test wants, over TLS with a certificate of its own authority. */
export async function faultServer(
  handler: Handler,
  options: { readonly secure?: boolean; readonly address?: '127.0.0.1' | '::1' } = {},
): Promise<FaultServer> {
  const seen: Seen[] = [];
  let connections = 0;
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const entry = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    seen.push(entry);
    handler(response, entry, seen.length);
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    listener(request, response).catch(() => response.destroy());
  };
  const server =
    options.secure === false
      ? createHttpServer(onRequest)
      : createServer({ cert: certificate.certificate, key: certificate.key }, onRequest);
  server.on(options.secure === false ? 'connection' : 'secureConnection', () => connections++);
  server.on('clientError', (_error, socket) => socket.destroy());
  const { address = '127.0.0.1' } = options;
  const port = await new Promise<number>((resolve) => server.listen(0, address, () => resolve(portOf(server.address()))));
  const url = `${options.secure === false ? 'http' : 'https'}://${address === '::1' ? '[::1]' : address}:${port}`;
  return {
    seen,
    url,
    authority: certificate.authority,
    connections: () => connections,
    access: (overrides = {}) => accessTo(url, { certificateAuthority: { data: Buffer.from(certificate.authority) }, ...overrides }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** What a kubeconfig with one token would give. */
export function accessTo(url: string, overrides: Partial<ClusterAccess> = {}): ClusterAccess {
  const server = serverAddress(url);
  if (server === undefined) throw new Error(`${url} is no address`);
  return {
    contextName: 'test',
    clusterName: 'test',
    userName: 'tester',
    namespace: 'default',
    contextNamespaces: [],
    server,
    tlsServerName: undefined,
    insecureSkipTlsVerify: false,
    certificateAuthority: {},
    proxyUrl: undefined,
    disableCompression: false,
    user: { ...anonymous, token: new Secret('sesame') },
    impersonate: anonymous.impersonate,
    execConfig: undefined,
    requestTimeout: undefined,
    warnings: [],
    ...overrides,
  };
}

/** What a run heard besides its answers. */
export interface Heard {
  readonly notes: string[];
  readonly warnings: string[];
  readonly log: string[];
  readonly plugin: string[];
}

export interface TestLive extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly heard: Heard;
  readonly clock: TestClock;
}

/** A live cluster whose time stands still but for the sleeps, which take no time and are written down. */
export function liveFor(access: ClusterAccess, options: Partial<LiveOptions> & { readonly verbosity?: number } = {}): TestLive {
  const heard: Heard = { notes: [], warnings: [], log: [], plugin: [] };
  const clock = testClock();
  const { verbosity = 0, ...rest } = options;
  const cluster = liveCluster(access, {
    env: {},
    cwd: '/',
    userAgent: 'kubectl-vmsvc/test (linux/amd64)',
    isInteractive: () => false,
    onPluginOutput: (line) => heard.plugin.push(line),
    onNote: (sentence) => heard.notes.push(sentence),
    onWarning: (text) => heard.warnings.push(text),
    log: { verbosity, write: (line) => heard.log.push(line) },
    clock,
    random: () => 0.5,
    ...rest,
  });
  return { cluster, heard, clock, [Symbol.asyncDispose]: () => cluster.close() };
}

export interface TestClock extends Clock {
  readonly slept: readonly number[];
  /** Lets time pass: runs what became due. */
  advance(milliseconds: number): void;
}

export function testClock(): TestClock {
  let now = 0;
  const slept: number[] = [];
  const timers = new Set<{ readonly due: number; readonly action: () => void }>();
  const advance = (milliseconds: number): void => {
    now += milliseconds;
    for (const timer of [...timers].sort((a, b) => a.due - b.due)) {
      if (timer.due <= now && timers.delete(timer)) timer.action();
    }
  };
  return {
    now: () => now,
    after(milliseconds, action) {
      const timer = { due: now + milliseconds, action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async sleep(milliseconds) {
      slept.push(milliseconds);
      advance(milliseconds);
    },
    slept,
    advance,
  };
}

export function json(response: ServerResponse, code: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function status(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message };
}
