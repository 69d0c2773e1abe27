import { isIP, connect as netConnect, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type SecureContextOptions,
  connect as tlsConnect,
} from 'node:tls';
import type { Clock } from '../clock.ts';
import { type ClientCertificate, pemOf } from '../kubeconfig/client-certificate.ts';
import type { ClusterAccess } from '../kubeconfig/kubeconfig.ts';
import { KubeconfigError } from '../kubeconfig/kubeconfig-error.ts';
import { type Dialling, dialling } from './dialling.ts';
import { type ProxyServer, passesOn } from './proxy.ts';

const addressAttemptTimeout = 1000;

/** What matters of a cluster to whoever connects to it. */
export type DialAccess = Pick<ClusterAccess, 'server' | 'tlsServerName' | 'insecureSkipTlsVerify' | 'certificateAuthority' | 'clusterName'>;

/**
 * How to connect to a cluster's server: verification is always said explicitly, so that no environment variable decides it.
 * @throws KubeconfigError for certificates and keys that cannot be used
 */
export function dialOf(
  access: DialAccess,
  certificate: ClientCertificate | undefined,
  proxy: ProxyServer | undefined,
  clock: Clock,
): () => Dialling {
  const { server } = access;
  const tls: ConnectionOptions | undefined = server.secure
    ? {
        secureContext: secureContext(access, certificate),
        rejectUnauthorized: !access.insecureSkipTlsVerify,
        servername: access.tlsServerName ?? (isIP(server.hostname) === 0 ? server.hostname : ''),
        host: server.hostname,
        ALPNProtocols: ['http/1.1'],
      }
    : undefined;
  // What the server gave for shorter handshakes, for the next connection of this run.
  let session: Buffer | undefined;
  const secured = (over: ConnectionOptions): Socket => {
    const socket = tlsConnect({ ...tls, ...over, ...(session === undefined ? {} : { session }) });
    socket.on('session', (given) => {
      session = given;
    });
    return socket;
  };
  if (proxy !== undefined) return () => throughProxy(access, proxy, clock, (socket) => (tls === undefined ? socket : secured({ socket })));
  const place = { port: server.port, autoSelectFamilyAttemptTimeout: addressAttemptTimeout };
  return () => dialling(tls === undefined ? netConnect({ ...place, host: server.hostname }) : secured(place), tls !== undefined);
}

/** Requests over plain http go to a proxy that understands them; everything else through a tunnel. */
function throughProxy(access: DialAccess, proxy: ProxyServer, clock: Clock, secured: (tunnel: Socket) => Socket): Dialling {
  let current: Dialling | undefined;
  let abandoned = false;
  const follow = (next: Dialling): Promise<Socket> => {
    current = next;
    if (abandoned) next.abandon();
    return next.socket;
  };
  const connect = async (): Promise<Socket> => {
    const { openTunnel, connectToProxy } = await import('./tunnel.ts');
    if (passesOn(proxy, access.server)) return follow(connectToProxy(proxy));
    const tunnel = await openTunnel(proxy, access.server, clock);
    const socket = secured(tunnel);
    return socket === tunnel ? tunnel : follow(dialling(socket, true));
  };
  return {
    socket: connect(),
    abandon() {
      abandoned = true;
      current?.abandon();
    },
  };
}

function secureContext(access: DialAccess, client: ClientCertificate | undefined): SecureContext {
  const authority = pemOf(access.certificateAuthority, 'certificate-authority', access.clusterName);
  // kubectl trusts the system's authorities when the kubeconfig names none; without verification none is needed.
  const trust = authority !== undefined ? { ca: authority } : access.insecureSkipTlsVerify ? {} : { ca: systemAuthorities() };
  try {
    return createSecureContext({ ...trust, ...(client === undefined ? {} : { cert: client.certificate, key: client.key.reveal() }) });
  } catch {
    // Never OpenSSL's own words: they help nobody. The cause is left out, for it may hold the key.
    throw new KubeconfigError(
      (client === undefined ? undefined : certificateProblem(client)) ??
        `the certificate-authority of cluster "${access.clusterName ?? ''}" cannot be read`,
    );
  }
}

function systemAuthorities(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

/** What is wrong with one of the two, or with both together. */
function certificateProblem({ certificate, key, places }: ClientCertificate): string | undefined {
  if (failureOf({ cert: certificate }) !== undefined) return `${places.certificate} cannot be read as PEM`;
  const failure = failureOf({ key: key.reveal() });
  if (failure === undefined) {
    return failureOf({ cert: certificate, key: key.reveal() }) && `${places.key} does not belong to ${places.certificate}`;
  }
  return /passphrase|bad.(?:password|decrypt)|interrupted.or.cancelled/i.test(failure)
    ? `${places.key} is encrypted, which is not supported: decrypt it`
    : `${places.key} cannot be read as PEM`;
}

function failureOf(options: SecureContextOptions): string | undefined {
  try {
    createSecureContext(options);
    return undefined;
  } catch (error) {
    return `${error instanceof Error && 'code' in error ? String(error.code) : ''} ${error instanceof Error ? error.message : ''}`;
  }
}
