import type { ClusterAccess } from '../kubeconfig/kubeconfig.ts';
import type { Secret } from '../kubeconfig/secret.ts';
import type { ApiCall } from './api-call.ts';
import type { Outgoing } from './exchange.ts';
import { impersonationHeaders } from './impersonation-headers.ts';

/** Who asks. */
export interface Caller {
  /** `kubectl-vmsvc/0.1.0 (linux/amd64)`: audit logs show it. */
  readonly userAgent: string;
  readonly authorization: Secret | undefined;
  /** For a proxy that reads the request. */
  readonly proxyAuthorization: Secret | undefined;
}

export function requestHeaders(call: ApiCall, access: ClusterAccess, caller: Caller, compressed: boolean): Outgoing['headers'] {
  const { authorization, proxyAuthorization, userAgent } = caller;
  return {
    host: access.server.host,
    'user-agent': userAgent,
    accept: call.accept ?? 'application/json',
    ...(compressed ? { 'accept-encoding': 'gzip' } : {}),
    ...(call.body === undefined
      ? {}
      : { 'content-type': call.contentType ?? 'application/json', 'content-length': String(Buffer.byteLength(call.body)) }),
    ...(authorization === undefined ? {} : { authorization: authorization.reveal() }),
    ...impersonationHeaders(access),
    ...(proxyAuthorization === undefined ? {} : { 'proxy-authorization': proxyAuthorization.reveal() }),
  };
}
