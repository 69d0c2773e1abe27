/** An API server's address, taken apart. */
export interface ServerAddress {
  /** Whether TLS is spoken. Without it no credentials are sent. */
  readonly secure: boolean;
  /** Without the brackets of IPv6. */
  readonly hostname: string;
  readonly port: number;
  /** What stands before `/api`: empty, or `/k8s/clusters/c-1` without a final slash. */
  readonly path: string;
  /** `host:port` as messages name it. */
  readonly host: string;
  /** `https://host:port/path`, to be shown. */
  readonly url: string;
}

/**
 * Understands `https://host`, `host:port` and paths behind them as kubectl does. Without a scheme it is http, whatever a kubeconfig
 * says of certificates: kubectl reads those only when it knows that it speaks TLS. Undefined when it is no address.
 */
export function serverAddress(server: string): ServerAddress | undefined {
  const written = /^[a-z][a-z\d+.-]*:\/\//i.test(server) ? server : `http://${server}`;
  if (!URL.canParse(written)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(written);
  if ((protocol !== 'https:' && protocol !== 'http:') || hostname === '') return undefined;
  const secure = protocol === 'https:';
  const path = pathname.replace(/\/+$/, '');
  const host = port === '' ? hostname : `${hostname}:${port}`;
  return {
    secure,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    path,
    host,
    url: `${protocol}//${host}${path}`,
  };
}
