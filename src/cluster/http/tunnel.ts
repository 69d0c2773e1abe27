import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, connect as netConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Clock } from '../clock.ts';
import { limits } from '../limits.ts';
import { type Dialling, dialling } from './dialling.ts';
import { proxyError } from './network-errors.ts';
import { type ProxyServer, proxyAuthorization } from './proxy.ts';
import { socksTunnel, type Target } from './socks.ts';

/**
 * A connection to `target` through a proxy, ready for TLS.
 * @throws ConnectionError that names the proxy, never its password.
 */
export async function openTunnel(proxy: ProxyServer, target: Target, clock: Clock): Promise<Socket> {
  const { promise, reject } = Promise.withResolvers<never>();
  const opening = proxy.protocol === 'socks5' ? socksTunnel(proxy, target) : httpTunnel(proxy, target);
  const cancel = clock.after(limits.connectTimeout, () => {
    reject(new Error(`no connection within ${limits.connectTimeout / 1000} s`));
    opening.abandon();
  });
  try {
    return await Promise.race([opening.socket, promise]);
  } catch (error) {
    throw proxyError(error, proxy);
  } finally {
    cancel();
  }
}

/** A connection to the proxy itself, for requests that it passes on. */
export function connectToProxy({ protocol, hostname, port }: ProxyServer): Dialling {
  if (protocol !== 'https') return dialling(netConnect(port, hostname), false);
  return dialling(
    tlsConnect({ host: hostname, port, rejectUnauthorized: true, ...(isIP(hostname) === 0 ? { servername: hostname } : {}) }),
    true,
  );
}

function httpTunnel(proxy: ProxyServer, target: Target): Dialling {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const place = `${target.hostname.includes(':') ? `[${target.hostname}]` : target.hostname}:${target.port}`;
  const authorization = proxyAuthorization(proxy);
  const secure = proxy.protocol === 'https';
  const request = (secure ? httpsRequest : httpRequest)({
    host: proxy.hostname,
    port: proxy.port,
    method: 'CONNECT',
    path: place,
    agent: false,
    headers: { host: place, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization.reveal() }) },
    ...(secure ? { rejectUnauthorized: true } : {}),
  });
  request.on('connect', (response, socket) => {
    if (response.statusCode === 200) return resolve(socket);
    socket.destroy();
    reject(
      new Error(
        response.statusCode === 407
          ? 'it asks for a user name and password (407)'
          : `it answered ${response.statusCode} ${response.statusMessage}`,
      ),
    );
  });
  request.on('error', reject);
  request.end();
  return { socket: promise, abandon: () => void request.destroy() };
}
