import type { ClusterEntry, ExecEntry, UserEntry } from './kubeconfig-entries.ts';
import { KubeconfigError } from './kubeconfig-error.ts';
import type { DataOrFile } from './kubeconfig-fields.ts';

/**
 * The combinations that kubectl refuses, each named.
 *
 * Mirrors validateAuthInfo and validateClusterInfo in client-go, and TLSConfigFor.
 * @throws KubeconfigError
 */
export function checkEntries(entries: {
  readonly cluster: ClusterEntry;
  readonly clusterName: string | undefined;
  readonly user: UserEntry;
  readonly userName: string | undefined;
}): void {
  const problem = clusterProblem(entries.cluster);
  if (problem !== undefined) throw new KubeconfigError(`cluster "${entries.clusterName ?? ''}": ${problem}`);
  const { user } = entries;
  const found = credentialProblem(user) ?? certificateProblem(user) ?? (user.exec === undefined ? undefined : execProblem(user.exec, user));
  if (found !== undefined) throw new KubeconfigError(`user "${entries.userName ?? ''}": ${found}`);
  const removed = user.authProvider === undefined ? undefined : removedProvider(user.authProvider.name);
  if (removed !== undefined)
    throw new KubeconfigError(`user "${entries.userName ?? ''}": ${removed}`, { hint: 'use a credential plugin (exec) instead' });
}

function clusterProblem({ certificateAuthority, insecureSkipTlsVerify, proxyUrl }: ClusterEntry): string | undefined {
  if (isTwice(certificateAuthority)) return 'certificate-authority and certificate-authority-data are both set';
  if (insecureSkipTlsVerify && isSet(certificateAuthority)) {
    return 'certificate-authority and insecure-skip-tls-verify are both set: a server cannot be both verified and not';
  }
  if (
    proxyUrl !== undefined &&
    proxyUrl !== '' &&
    !/^(?:https?|socks5h?):$/.test(URL.canParse(proxyUrl) ? new URL(proxyUrl).protocol : '')
  ) {
    return 'proxy-url must start with http://, https:// or socks5://';
  }
  return undefined;
}

function credentialProblem({ token, username, password, impersonate }: UserEntry): string | undefined {
  if (token !== undefined && (username !== undefined || password !== undefined)) {
    return 'a token and a user name with password are both set: only one is allowed';
  }
  const { user, uid, groups, extra } = impersonate;
  if (user === undefined && (uid !== undefined || groups.length > 0 || extra.size > 0)) {
    return 'a uid, groups or extra fields cannot be impersonated without a user (as, --as)';
  }
  return undefined;
}

function certificateProblem({ clientCertificate, clientKey }: UserEntry): string | undefined {
  if (!isSet(clientCertificate)) return undefined;
  if (isTwice(clientCertificate)) return 'client-certificate and client-certificate-data are both set';
  if (isTwice(clientKey)) return 'client-key and client-key-data are both set';
  return isSet(clientKey) ? undefined : 'client-certificate is set without client-key';
}

const execVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

function execProblem(exec: ExecEntry, user: UserEntry): string | undefined {
  if (user.authProvider !== undefined) return 'exec and auth-provider are both set: only one is allowed';
  if (exec.command === '') return 'exec.command is empty';
  if (!execVersions.includes(exec.apiVersion)) return `exec.apiVersion must be ${execVersions.join(' or ')}, not "${exec.apiVersion}"`;
  if (exec.env.some(({ name }) => name === '')) return 'exec.env has an entry without a name';
  const modes = exec.apiVersion.endsWith('/v1') ? ['Never', 'IfAvailable', 'Always'] : ['', 'Never', 'IfAvailable', 'Always'];
  return modes.includes(exec.interactiveMode)
    ? undefined
    : `exec.interactiveMode must be Never, IfAvailable or Always, not "${exec.interactiveMode}"`;
}

function removedProvider(name: string): string | undefined {
  if (name === 'oidc') return undefined;
  if (name === 'azure' || name === 'gcp') return `auth-provider ${name} was removed from kubectl, and is not run here either`;
  return `auth-provider "${name}" does not exist`;
}

function isSet({ data, file }: DataOrFile): boolean {
  return data !== undefined || file !== undefined;
}

function isTwice({ data, file }: DataOrFile): boolean {
  return data !== undefined && file !== undefined;
}
