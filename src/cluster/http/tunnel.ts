import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { ConnectionError } from '../cluster.ts';
import { limits } from '../limits.ts';
import type { HttpProxy } from './proxy.ts';

/**
 * A connection to `target` (`host:port`) through a proxy, ready for TLS.
 * @throws ConnectionError that names the proxy, never its password.
 */
export function openTunnel(proxy: HttpProxy, target: string, clock: Clock): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const request = (proxy.secure ? httpsRequest : httpRequest)({
    host: proxy.hostname,
    port: proxy.port,
    method: 'CONNECT',
    path: target,
    agent: false,
    headers: { host: target, ...(proxy.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization.reveal() }) },
    ...(proxy.secure ? { rejectUnauthorized: true } : {}),
  });
  const fail = (reason: string, cause?: unknown): void =>
    reject(new ConnectionError(`Unable to connect to the server: proxy ${proxy.host}: ${reason}`, { cause }));
  const cancel = clock.after(limits.connectTimeout, () => {
    fail(`no connection within ${limits.connectTimeout / 1000} s`);
    request.destroy();
  });
  request.on('connect', (response, socket) => {
    cancel();
    if (response.statusCode === 200) resolve(socket);
    else {
      socket.destroy();
      fail(
        response.statusCode === 407
          ? 'it asks for a user name and password (407)'
          : `it answered ${response.statusCode} ${response.statusMessage}`,
      );
    }
  });
  request.on('error', (error) => {
    cancel();
    fail(error.message || 'the connection failed', error);
  });
  request.end();
  return promise;
}
