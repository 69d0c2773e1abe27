import type { WebSurroundings } from '../http/web-request.ts';
import { pemOf } from './client-certificate.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import { KubeconfigError } from './kubeconfig-error.ts';
import { Secret } from './secret.ts';

export interface OidcSurroundings extends WebSurroundings {
  /** A sentence for stderr. */
  readonly onNote: (sentence: string) => void;
}

/**
 * The token of `auth-provider: oidc`, refreshed when it has expired. @kubernetes/client-node decides when that is; the issuer is
 * asked by us, because client-node's own client fails for every issuer (it hands openid-client a text for a URL, an object for a
 * Response, and no secret). The kubeconfig is never written; if the issuer gave another refresh token, a note says what follows.
 *
 * The only place that loads client-node, and of it only what knows about tokens.
 * @throws KubeconfigError
 */
export async function oidcToken(access: ClusterAccess, { onNote, ...surroundings }: OidcSurroundings): Promise<Secret | undefined> {
  const provider = access.user.authProvider;
  if (provider === undefined) return undefined;
  const { OpenIDConnectAuth } = await import('@kubernetes/client-node/dist/oidc_auth.js');
  const user = access.userName ?? '';
  const issuer = provider.config.get('idp-issuer-url') ?? '';
  const authority = pemOf(authorityOf(provider.config), 'idp-certificate-authority', access.userName);
  const options: { headers: Record<string, string> } = { headers: {} };
  const refresh = async (token: string) => {
    const { renewedTokens } = await import('./oidc-issuer.ts');
    const secret = provider.config.get('client-secret');
    const client = {
      issuer: new URL(issuer),
      id: provider.config.get('client-id') ?? '',
      secret: secret === undefined || secret === '' ? undefined : new Secret(secret),
    };
    const { idToken, refreshToken } = await renewedTokens(client, new Secret(token), { ...surroundings, authority });
    if (refreshToken !== undefined && refreshToken !== token) {
      onNote('the OIDC issuer replaced the refresh token, and the kubeconfig keeps the old one: log in again when kubectl asks for it');
    }
    return { id_token: idToken, refresh_token: refreshToken ?? token, expires_at: 0 };
  };
  const isThere = (key: string): boolean => (provider.config.get(key) ?? '') !== '';
  const missing = ['idp-issuer-url', 'client-id', 'refresh-token'].filter((key) => !isThere(key));
  try {
    // client-node renews a token alone, and does not get a first one.
    if (!isThere('id-token') && missing.length === 0)
      return new Secret((await refresh(provider.config.get('refresh-token') ?? '')).id_token);
    const config = Object.fromEntries(provider.config);
    await new OpenIDConnectAuth().applyAuthentication({ name: user, authProvider: { name: provider.name, config } }, options, { refresh });
  } catch (error) {
    surroundings.signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message.replace(/^Unable to connect to the server: /, '') : String(error);
    const what = isThere('id-token') ? `the OIDC token of user "${user}" has expired and` : `user "${user}" has no OIDC token, and`;
    throw new KubeconfigError(`${what} ${issuer} did not ${isThere('id-token') ? 'renew it' : 'give one'}: ${reason}`, {
      hint: 'log in again',
      cause: error,
    });
  }
  const header = options.headers.Authorization;
  if (header === undefined) throw unrenewable(user, isThere('id-token'), missing);
  return new Secret(header.replace(/^Bearer /, ''));
}

/** Names what the kubeconfig lacks. A login writes the tokens; the rest somebody has to know. */
function unrenewable(user: string, hasToken: boolean, missing: readonly string[]): KubeconfigError {
  const what = hasToken ? `the OIDC token of user "${user}" has expired` : `user "${user}" has no OIDC token (id-token)`;
  const lost = missing.filter((key) => key !== 'refresh-token');
  return new KubeconfigError(`${what}, and without ${missing.join(' and ')} in the kubeconfig it cannot be renewed`, {
    hint: lost.length === 0 ? 'log in again' : `add ${lost.join(' and ')} to auth-provider.config of the user, or log in again`,
  });
}

/** Text of base64, or a file; kubectl takes the former when there are both. */
function authorityOf(config: ReadonlyMap<string, string>) {
  const data = config.get('idp-certificate-authority-data');
  const file = config.get('idp-certificate-authority');
  if (data !== undefined && data !== '') return { data: Buffer.from(data, 'base64') };
  return file === undefined || file === '' ? {} : { file };
}
