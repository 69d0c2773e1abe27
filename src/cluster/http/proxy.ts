import { KubeconfigError } from '../kubeconfig/kubeconfig-error.ts';
import { Secret } from '../kubeconfig/secret.ts';
import type { ServerAddress } from '../kubeconfig/server-address.ts';
import { isOutsideProxy } from './no-proxy.ts';

export interface ProxyServer {
  /** `socks5` as Go has it: names of servers are looked up by the proxy, as `socks5h` says it elsewhere. */
  readonly protocol: 'http' | 'https' | 'socks5';
  readonly hostname: string;
  readonly port: number;
  readonly login: { readonly username: string; readonly password: Secret } | undefined;
  /** `HOST:PORT`, without the password. */
  readonly host: string;
}

/**
 * The proxy on the way to a server: the cluster's own `proxy-url`, else HTTPS_PROXY or HTTP_PROXY less NO_PROXY. ALL_PROXY means
 * nothing to kubectl.
 * @throws KubeconfigError for a proxy that we cannot speak to.
 */
export function proxyFor(
  server: ServerAddress,
  configured: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): ProxyServer | undefined {
  const url = configured ?? proxyOfEnvironment(server, env);
  if (url === undefined) return undefined;
  const written = /^[a-z\d]+:\/\//i.test(url) ? url : `http://${url}`;
  const source = configured === undefined ? 'the environment' : 'the kubeconfig';
  if (!URL.canParse(written)) throw new KubeconfigError(`the proxy of ${source} is not an address`);
  const { protocol: scheme, hostname, port, username, password } = new URL(written);
  const protocol = protocols.get(scheme);
  if (protocol === undefined) {
    throw new KubeconfigError(
      `the proxy of ${source} speaks ${scheme.slice(0, -1)}, which is not supported: only http, https and socks5 proxies are`,
    );
  }
  if (hostname === '') throw new KubeconfigError(`the proxy of ${source} is not an address`);
  const portNumber = port === '' ? defaultPorts[protocol] : Number(port);
  const name = decodeURIComponent(username);
  const secret = decodeURIComponent(password);
  return {
    protocol,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: portNumber,
    login: name === '' && secret === '' ? undefined : { username: name, password: new Secret(secret) },
    host: `${hostname}:${portNumber}`,
  };
}

/** What is asked over plain http is asked of the proxy itself, by the whole address; for anything else it opens a tunnel. */
export function passesOn(proxy: ProxyServer | undefined, server: ServerAddress): proxy is ProxyServer {
  return proxy !== undefined && proxy.protocol !== 'socks5' && !server.secure;
}

/** The value of Proxy-Authorization. */
export function proxyAuthorization({ login }: ProxyServer): Secret | undefined {
  return login && new Secret(`Basic ${Buffer.from(`${login.username}:${login.password.reveal()}`).toString('base64')}`);
}

const protocols = new Map<string, ProxyServer['protocol']>([
  ['http:', 'http'],
  ['https:', 'https'],
  ['socks5:', 'socks5'],
  ['socks5h:', 'socks5'],
]);

const defaultPorts = { http: 80, https: 443, socks5: 1080 } as const;

function proxyOfEnvironment(server: ServerAddress, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const url = server.secure ? env.HTTPS_PROXY || env.https_proxy : env.HTTP_PROXY || env.http_proxy;
  if (url === undefined || url === '') return undefined;
  return isOutsideProxy(server.hostname, server.port, env.NO_PROXY || env.no_proxy || '') ? undefined : url;
}
