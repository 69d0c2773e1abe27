import type { IncomingHttpHeaders } from 'node:http';
import { type Clock, systemClock } from '../clock.ts';
import { ConnectionError } from '../cluster.ts';
import { serverAddress } from '../kubeconfig/server-address.ts';
import { limits } from '../limits.ts';
import { Connections } from './connections.ts';
import { dialOf } from './dial.ts';
import { exchange, type Incoming } from './exchange.ts';
import { connectionError } from './network-errors.ts';
import { passesOn, proxyAuthorization, proxyFor } from './proxy.ts';

export interface WebRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** In lower case, without `host`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WebSurroundings {
  /** For the proxy. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** PEM; the system's authorities without it. */
  readonly authority?: string | undefined;
}

export interface WebAnswer {
  readonly code: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  /** Undefined when it is larger than the limit. */
  readonly body: Buffer | undefined;
}

/**
 * Asks a server that is no API server, once, over a connection of its own: verified, through the environment's proxy, and with no
 * credentials but those in the request.
 * @throws ConnectionError, KubeconfigError for a proxy that cannot be used
 */
export async function webRequest(
  { method, url, headers, body }: WebRequest,
  within: { readonly milliseconds: number; readonly bytes: number },
  { env, signal, clock = systemClock, authority }: WebSurroundings,
): Promise<WebAnswer> {
  const server = serverAddress(url.origin);
  if (server === undefined) throw new ConnectionError(`${url.host} is not an address`);
  const access = {
    server,
    tlsServerName: undefined,
    insecureSkipTlsVerify: false,
    certificateAuthority: authority === undefined ? {} : { data: Buffer.from(authority) },
    clusterName: undefined,
  };
  const proxy = proxyFor(server, undefined, env);
  const relay = passesOn(proxy, server) ? proxy : undefined;
  const authorization = relay && proxyAuthorization(relay);
  const total = Math.max(1, within.milliseconds);
  const connectTimeout = Math.min(limits.connectTimeout, total);
  const connections = new Connections(dialOf(access, undefined, proxy, clock), { most: 1, clock, connectTimeout });
  try {
    const outgoing = {
      method,
      path: `${url.pathname}${url.search}`,
      headers: {
        host: url.host,
        ...headers,
        ...(authorization === undefined ? {} : { 'proxy-authorization': authorization.reveal() }),
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
      body,
    };
    const line = { server: { ...server, path: relay === undefined ? '' : server.url }, connections, clock };
    const incoming = await exchange(outgoing, line, { headers: total, idle: total, total }, signal);
    return { code: incoming.code, reason: incoming.reason, headers: incoming.headers, body: await limitedBody(incoming, within.bytes) };
  } catch (error) {
    signal?.throwIfAborted();
    throw connectionError(error, server);
  } finally {
    connections.close();
  }
}

async function limitedBody({ chunks }: Incoming, bytes: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > bytes) return undefined;
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
