import type { ClusterAccess } from './kubeconfig.ts';
import { KubeconfigError } from './kubeconfig-entries.ts';
import { Secret } from './secret.ts';

/**
 * The token of `auth-provider: oidc`, refreshed by @kubernetes/client-node when it has expired. The kubeconfig is never
 * written; if the issuer gave another refresh token, a note says what follows from that.
 *
 * The only place that loads client-node, and of it only what reads configurations.
 * @throws KubeconfigError
 */
export async function oidcToken(access: ClusterAccess, onNote: (sentence: string) => void): Promise<Secret | undefined> {
  const provider = access.user.authProvider;
  if (provider === undefined) return undefined;
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  // client-node writes refreshed tokens into this object.
  const config = Object.fromEntries(provider.config);
  const before = config['refresh-token'];
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromOptions({
    clusters: [{ name: 'cluster', server: access.server.url, skipTLSVerify: false }],
    users: [{ name: 'user', authProvider: { name: provider.name, config } }],
    contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
    currentContext: 'context',
  });
  const options: { headers: Record<string, string> } = { headers: {} };
  try {
    await kubeConfig.applyToHTTPSOptions(options);
  } catch (error) {
    const issuer = provider.config.get('idp-issuer-url') ?? '';
    throw new KubeconfigError(`the OIDC token of user "${access.userName ?? ''}" has expired and ${issuer} did not renew it`, {
      hint: 'log in again',
      cause: error,
    });
  }
  const after = config['refresh-token'];
  if (before !== undefined && after !== undefined && after !== before) {
    onNote('the OIDC issuer replaced the refresh token, and the kubeconfig keeps the old one: log in again when kubectl asks for it');
  }
  const header = options.headers.Authorization;
  if (header === undefined)
    throw new KubeconfigError(`the OIDC token of user "${access.userName ?? ''}" has expired and cannot be renewed`, {
      hint: 'log in again',
    });
  return new Secret(header.replace(/^Bearer /, ''));
}
