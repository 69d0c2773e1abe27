import { KubeconfigError } from '../kubeconfig/kubeconfig-entries.ts';
import { Secret } from '../kubeconfig/secret.ts';
import type { ServerAddress } from '../kubeconfig/server-address.ts';
import { isOutsideProxy } from './no-proxy.ts';

export interface HttpProxy {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** The value of Proxy-Authorization. */
  readonly authorization: Secret | undefined;
  /** `HOST:PORT`, without the password. */
  readonly host: string;
}

/**
 * The proxy on the way to a server: the cluster's own `proxy-url`, else HTTPS_PROXY or HTTP_PROXY less NO_PROXY.
 * @throws KubeconfigError for a proxy that we cannot speak to.
 */
export function proxyFor(
  server: ServerAddress,
  configured: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): HttpProxy | undefined {
  const url = configured ?? proxyOfEnvironment(server, env);
  if (url === undefined) return undefined;
  const written = /^[a-z\d]+:\/\//i.test(url) ? url : `http://${url}`;
  const source = configured === undefined ? 'the environment' : 'the kubeconfig';
  if (!URL.canParse(written)) throw new KubeconfigError(`the proxy of ${source} is not an address`);
  const { protocol, hostname, port, username, password } = new URL(written);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new KubeconfigError(
      `the proxy of ${source} speaks ${protocol.slice(0, -1)}, which is not supported: only http and https proxies are`,
    );
  }
  const secure = protocol === 'https:';
  const portNumber = port === '' ? (secure ? 443 : 80) : Number(port);
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    secure,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: portNumber,
    authorization: credentials === ':' ? undefined : new Secret(`Basic ${Buffer.from(credentials).toString('base64')}`),
    host: `${hostname}:${portNumber}`,
  };
}

function proxyOfEnvironment(server: ServerAddress, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const url = server.secure ? env.HTTPS_PROXY || env.https_proxy : env.HTTP_PROXY || env.http_proxy;
  if (url === undefined || url === '') return undefined;
  return isOutsideProxy(server.hostname, server.port, env.NO_PROXY || env.no_proxy || '') ? undefined : url;
}
