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
 * Understands `https://host`, `host:port` and paths behind them as kubectl does; without a scheme it is https when
 * something about TLS was configured, else http. Undefined when it is no address.
 *
 * Mirrors DefaultServerURL in client-go.
 */
export function serverAddress(server: string, wantsTls: boolean): ServerAddress | undefined {
  const written = /^[a-z][a-z\d+.-]*:\/\//i.test(server) ? server : `${wantsTls ? 'https' : 'http'}://${server}`;
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
