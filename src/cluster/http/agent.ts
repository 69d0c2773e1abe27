import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, Socket } from 'node:net';
import { connect, createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import type { Clock } from '../clock.ts';
import { type ClientCertificate, pemOf } from '../kubeconfig/client-certificate.ts';
import type { ClusterAccess } from '../kubeconfig/kubeconfig.ts';
import { KubeconfigError } from '../kubeconfig/kubeconfig-entries.ts';
import { limits } from '../limits.ts';
import type { HttpProxy } from './proxy.ts';
import { openTunnel } from './tunnel.ts';

const addressAttemptTimeout = 1000;

/**
 * The keep-alive agent of a run: verification is always said explicitly, so that no environment variable decides it.
 * @throws KubeconfigError for certificates and keys that cannot be used
 */
export function agentFor(
  access: ClusterAccess,
  certificate: ClientCertificate | undefined,
  proxy: HttpProxy | undefined,
  clock: Clock,
): HttpAgent {
  const pool = {
    keepAlive: true,
    maxSockets: limits.socketsOfFew,
    maxFreeSockets: limits.mostSockets,
    autoSelectFamilyAttemptTimeout: addressAttemptTimeout,
  };
  const { server } = access;
  if (!server.secure) return new HttpAgent(pool);
  const servername = access.tlsServerName ?? (isIP(server.hostname) === 0 ? server.hostname : '');
  const tls = {
    secureContext: secureContext(access, certificate),
    rejectUnauthorized: !access.insecureSkipTlsVerify,
    servername,
    ALPNProtocols: ['http/1.1'],
  };
  const agent = new HttpsAgent({ ...pool, ...tls });
  if (proxy !== undefined) {
    agent.createConnection = (_options, callback) => {
      openTunnel(proxy, targetOf(server), clock).then(
        (socket) => callback?.(null, connect({ ...tls, host: server.hostname, socket })),
        (error: Error) => callback?.(error, new Socket()),
      );
      return undefined;
    };
  }
  return agent;
}

function targetOf({ hostname, port }: ClusterAccess['server']): string {
  return `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
}

function secureContext(access: ClusterAccess, client: ClientCertificate | undefined): SecureContext {
  const authority = pemOf(access.certificateAuthority, 'certificate-authority', access.clusterName);
  try {
    return createSecureContext({
      // kubectl trusts the system's authorities when the kubeconfig names none; without verification none is needed.
      ...(authority !== undefined ? { ca: authority } : access.insecureSkipTlsVerify ? {} : { ca: systemAuthorities() }),
      ...(client === undefined ? {} : { cert: client.certificate, key: client.key.reveal() }),
    });
  } catch (error) {
    throw new KubeconfigError(`user "${access.userName ?? ''}" or cluster "${access.clusterName ?? ''}": ${certificateProblem(error)}`);
  }
}

function systemAuthorities(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

/** Never OpenSSL's own words: they help nobody. The cause is left out, for it may hold the key. */
function certificateProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = `${code} ${error instanceof Error ? error.message : ''}`;
  if (/key.values.mismatch/i.test(text)) return 'client-key does not belong to client-certificate';
  if (/passphrase|bad.password|interrupted.or.cancelled/i.test(text)) return 'client-key is encrypted, which is not supported: decrypt it';
  return 'a certificate or key cannot be read as PEM';
}
