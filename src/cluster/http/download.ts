import { type Clock, systemClock } from '../clock.ts';
import { ConnectionError } from '../cluster.ts';
import type { FileProblem } from '../files/manifest-files.ts';
import { KubeconfigError } from '../kubeconfig/kubeconfig-entries.ts';
import { serverAddress } from '../kubeconfig/server-address.ts';
import { limits } from '../limits.ts';
import { Connections } from './connections.ts';
import { dialOf } from './dial.ts';
import { exchange, type Incoming } from './exchange.ts';
import { connectionError } from './network-errors.ts';
import { passesOn, proxyAuthorization, proxyFor } from './proxy.ts';

export interface DownloadSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** PEM; the system's authorities without it. */
  readonly authority?: Buffer;
}

/**
 * A file from the web: nobody is logged in to anything, the server is verified by the system's authorities, and redirects are
 * followed, but not from https to http. What goes wrong is a sentence about the file.
 */
export async function download(url: URL, surroundings: DownloadSurroundings): Promise<Uint8Array | FileProblem> {
  const clock = surroundings.clock ?? systemClock;
  const deadline = clock.now() + limits.downloadTimeout;
  let at = url;
  try {
    for (let redirects = 0; redirects <= limits.redirects; redirects += 1) {
      const answer = await patiently(() => fetched(at, deadline - clock.now(), surroundings), clock, deadline);
      if (answer.code < 300 || answer.code > 399) return contentOf(answer);
      const { location } = answer;
      if (location === undefined || !URL.canParse(location, at.href))
        return { problem: `it is elsewhere (${answer.code}), and nobody says where` };
      const next = new URL(location, at);
      if (next.protocol !== 'https:' && next.protocol !== 'http:')
        return { problem: `it redirects to ${next.protocol}//, which is not fetched` };
      if (next.protocol === 'http:' && at.protocol === 'https:') return { problem: `it redirects from https to http, to ${next.host}` };
      at = next;
    }
    return { problem: `it redirects more than ${limits.redirects} times` };
  } catch (error) {
    surroundings.signal.throwIfAborted();
    if (error instanceof ConnectionError || error instanceof KubeconfigError) {
      return { problem: `cannot be downloaded: ${error.message.replace(/^Unable to connect to the server: /, '')}` };
    }
    throw error;
  }
}

/** A server that has trouble is asked three times, as kubectl does. */
async function patiently(ask: () => Promise<Fetched>, clock: Clock, deadline: number): Promise<Fetched> {
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (answer.code < 500 || tries === 3 || clock.now() + retryDelay >= deadline) return answer;
    await clock.sleep(retryDelay);
  }
}

const retryDelay = 1000;

interface Fetched {
  readonly code: number;
  readonly reason: string;
  readonly location: string | undefined;
  readonly mediaType: string;
  /** Undefined when it is too large. */
  readonly body: Buffer | undefined;
}

function contentOf({ code, reason, mediaType, body }: Fetched): Uint8Array | FileProblem {
  if (code !== 200) return { problem: `cannot be downloaded: the server answers ${`${code} ${reason}`.trim()}` };
  if (mediaType === 'text/html' || mediaType === 'application/xhtml+xml') {
    return { problem: 'it is a web page (text/html) and no manifest', hint: 'on a site that shows code, take the address of the raw file' };
  }
  return body ?? { problem: `it is larger than ${limits.manifestFileBytes / 1024 / 1024} MiB` };
}

async function fetched(url: URL, remaining: number, surroundings: DownloadSurroundings): Promise<Fetched> {
  const { env, userAgent, signal, clock = systemClock, authority } = surroundings;
  const server = serverAddress(url.origin, true);
  if (server === undefined) throw new ConnectionError(`${url.host} is not an address`);
  const access = {
    server,
    tlsServerName: undefined,
    insecureSkipTlsVerify: false,
    certificateAuthority: authority === undefined ? {} : { data: authority },
    clusterName: undefined,
    userName: undefined,
  };
  const proxy = proxyFor(server, undefined, env);
  const connections = new Connections(dialOf(access, undefined, proxy, clock), {
    most: 1,
    clock,
    connectTimeout: Math.min(limits.connectTimeout, Math.max(1, remaining)),
  });
  const total = Math.max(1, remaining);
  try {
    const path = `${url.pathname}${url.search}`;
    const relay = passesOn(proxy, server) ? proxy : undefined;
    const authorization = relay && proxyAuthorization(relay);
    const headers = {
      host: url.host,
      'user-agent': userAgent,
      accept: 'application/yaml, application/json, text/plain, */*',
      ...(authorization === undefined ? {} : { 'proxy-authorization': authorization.reveal() }),
    };
    const line = { server: { ...server, path: relay === undefined ? '' : server.url }, connections, clock };
    const incoming = await exchange(
      { method: 'GET', path, headers, body: undefined },
      line,
      { headers: total, idle: total, total },
      signal,
    );
    return {
      code: incoming.code,
      reason: incoming.reason,
      location: incoming.headers.location,
      mediaType: (incoming.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
      body: await limitedBody(incoming),
    };
  } catch (error) {
    throw connectionError(error, server);
  } finally {
    connections.close();
  }
}

async function limitedBody({ chunks }: Incoming): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limits.manifestFileBytes) return undefined;
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
