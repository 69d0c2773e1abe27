import { ConnectionError } from '../cluster.ts';
import { errorCode } from '../error-code.ts';
import type { ServerAddress } from '../kubeconfig/server-address.ts';
import { ExchangeError, type Phase } from './exchange-error.ts';

/** The server is not the one that was meant, or cannot prove it: trying again is of no use. */
export class CertificateError extends ConnectionError {}

/** What failed on the way to the server, in kubectl's words where it has any. */
export function connectionError(error: unknown, server: ServerAddress): ConnectionError {
  const cause = error instanceof ExchangeError ? error.cause : error;
  if (cause instanceof ConnectionError) return cause;
  if (error instanceof ExchangeError && error.timeout !== undefined) {
    const { phase, milliseconds } = error.timeout;
    return new ConnectionError(`Unable to connect to the server: ${timeoutReasons[phase](server.host, seconds(milliseconds))}`, {
      cause: error,
      ...(phase === 'total' || phase === 'headers' ? { hint: 'allow more time with --request-timeout' } : {}),
    });
  }
  const code = errorCode(cause);
  if (code === 'ECONNREFUSED') {
    return new ConnectionError(`The connection to the server ${server.host} was refused - did you specify the right host or port?`, {
      cause,
    });
  }
  const certificate = certificateReason(code, cause);
  if (certificate !== undefined)
    return new CertificateError(`Unable to connect to the server: ${certificate.reason}`, { cause, hint: certificate.hint });
  const reason = networkReasons.get(code)?.(server) ?? `${server.host}: ${messageOf(cause)}`;
  return new ConnectionError(`Unable to connect to the server: ${reason}`, { cause });
}

/** What failed on the way to the server's proxy, or was said there. */
export function proxyError(error: unknown, proxy: Place): ConnectionError {
  const code = errorCode(error);
  const it = { hostname: proxy.hostname, host: 'it' };
  const reason = code === 'ECONNREFUSED' ? 'it refused the connection' : (networkReasons.get(code)?.(it) ?? messageOf(error));
  return new ConnectionError(`Unable to connect to the server: proxy ${proxy.host}: ${reason}`, { cause: error });
}

type Place = Pick<ServerAddress, 'host' | 'hostname'>;

/** Lost on the way, and worth another try when nothing can have happened: a reset, an early end. */
export function isTransient(error: unknown): boolean {
  const cause = error instanceof ExchangeError ? error.cause : error;
  return ['ECONNRESET', 'EPIPE', 'ECONNABORTED'].includes(errorCode(cause));
}

/** The server had not begun its answer when the time for that was over. */
export function isWithoutAnswer(error: unknown): boolean {
  return error instanceof ConnectionError && error.cause instanceof ExchangeError && error.cause.timeout?.phase === 'headers';
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] || 'the connection failed';
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}

const timeoutReasons: Readonly<Record<Phase, (host: string, limit: string) => string>> = {
  connect: (host, limit) => `no connection to ${host} within ${limit}`,
  headers: (host, limit) => `${host} did not answer within ${limit}`,
  idle: (host, limit) => `${host} sent nothing more for ${limit}`,
  total: (host, limit) => `the request to ${host} took longer than ${limit}`,
};

const networkReasons = new Map<string, (place: Place) => string>([
  ['ENOTFOUND', ({ hostname }) => `no such host ${hostname}`],
  ['EAI_AGAIN', ({ hostname }) => `the name ${hostname} could not be looked up`],
  ['ETIMEDOUT', ({ host }) => `no connection to ${host}: timed out`],
  ['EHOSTUNREACH', ({ host }) => `no route to ${host}`],
  ['ENETUNREACH', ({ host }) => `the network of ${host} is unreachable`],
  ['ECONNRESET', ({ host }) => `${host} closed the connection`],
  ['EPIPE', ({ host }) => `${host} closed the connection`],
  ['EMFILE', () => 'too many open files'],
  ['NOT_HTTP', ({ host }) => `${host} does not speak HTTP`],
  ['HPE_HEADER_OVERFLOW', ({ host }) => `the headers of the answer of ${host} are too big`],
  ['ERR_SSL_WRONG_VERSION_NUMBER', ({ host }) => `${host} does not speak TLS: is the server's address http:// instead of https://?`],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', ({ host }) => `${host} does not speak TLS: is the server's address http:// instead of https://?`],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', ({ host }) => `${host} speaks no version of TLS that is safe (1.2 or later)`],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', ({ host }) => `${host} speaks no version of TLS that is safe (1.2 or later)`],
]);

const renew = 'log in again to renew the certificate authority in the kubeconfig, or name it with --certificate-authority';

/** Never with the advice to skip verification. */
function certificateReason(code: string, error: unknown): { readonly reason: string; readonly hint: string } | undefined {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return { reason: "the server's certificate has expired", hint: "renew it on the server, or correct this machine's clock" };
    case 'CERT_NOT_YET_VALID':
      return { reason: "the server's certificate is not valid yet", hint: "is this machine's clock right?" };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        reason: `the server's certificate is for another name: ${alternativeNames(error)}`,
        hint: 'use one of its names as the server, or name the expected one with --tls-server-name',
      };
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'CERT_SIGNATURE_FAILURE':
    case 'CERT_UNTRUSTED':
    case 'INVALID_CA':
      return { reason: "the server's certificate is signed by an unknown authority", hint: renew };
    case 'CERT_REVOKED':
    case 'CERT_REJECTED':
    case 'INVALID_PURPOSE':
      return { reason: `the server's certificate is refused: ${messageOf(error)}`, hint: renew };
    default:
      return /^ERR_SSL_.*ALERT.*(?:CERTIFICATE|UNKNOWN_CA)/.test(code)
        ? { reason: 'the server refuses our client certificate', hint: 'log in again' }
        : undefined;
  }
}

/** `DNS:a.example, IP Address:10.0.0.1`, or the common name, as Node gives them. */
function alternativeNames(error: unknown): string {
  return (error instanceof Error ? /.*(?:altnames|list): (.*)$/.exec(error.message)?.[1] : undefined) ?? messageOf(error);
}
