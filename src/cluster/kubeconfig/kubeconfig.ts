import { resolve } from 'node:path';
import { inCluster } from './in-cluster.ts';
import {
  anonymous,
  type ClusterEntry,
  type ContextEntry,
  type Impersonation,
  type Kubeconfig,
  type UserEntry,
} from './kubeconfig-entries.ts';
import { FlagError, KubeconfigError } from './kubeconfig-error.ts';
import type { DataOrFile } from './kubeconfig-fields.ts';
import { type KubeconfigSource, type LoadedKubeconfig, loadKubeconfig } from './kubeconfig-files.ts';
import { checkEntries } from './kubeconfig-rules.ts';
import { parseRequestTimeout } from './request-timeout.ts';
import { Secret } from './secret.ts';
import { type ServerAddress, serverAddress } from './server-address.ts';

/** The global flags that say which cluster, and as whom. Undefined means not given. */
export interface KubeconfigFlags {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly namespace?: string | undefined;
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly clientCertificate?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly certificateAuthority?: string | undefined;
  readonly tlsServerName?: string | undefined;
  readonly insecureSkipTlsVerify?: boolean | undefined;
  readonly as?: string | undefined;
  readonly asGroup?: readonly string[] | undefined;
  readonly asUid?: string | undefined;
  /** `KEY=VALUE` each; a key may come several times. */
  readonly asUserExtra?: readonly string[] | undefined;
  /** `30s`, `2m`, `0`; a bare number means seconds. */
  readonly requestTimeout?: string | undefined;
  readonly disableCompression?: boolean | undefined;
}

/** Everything that a connection needs to know: which server, how to trust it, who we are, where we work. */
export interface ClusterAccess {
  readonly contextName: string | undefined;
  readonly clusterName: string | undefined;
  /** The name of the kubeconfig's user entry; undefined for nobody in particular. */
  readonly userName: string | undefined;
  readonly namespace: string;
  /** Those of all contexts of its cluster, of whichever user. */
  readonly contextNamespaces: readonly string[];
  readonly server: ServerAddress;
  readonly tlsServerName: string | undefined;
  readonly insecureSkipTlsVerify: boolean;
  readonly certificateAuthority: DataOrFile;
  readonly proxyUrl: string | undefined;
  readonly disableCompression: boolean;
  readonly user: UserEntry;
  readonly impersonate: Impersonation;
  /** What a credential plugin that asks for the cluster is told besides. */
  readonly execConfig: unknown;
  /** Milliseconds for one request; 0 for no limit; undefined for the default. */
  readonly requestTimeout: number | undefined;
  /** Sentences for stderr: a key that is there twice, a list of which no file exists. */
  readonly warnings: readonly string[];
}

/**
 * The cluster, namespace and user that kubectl would use with the same flags, environment and files.
 *
 * Mirrors DeferredLoadingClientConfig of client-go, with two differences: a context that names a cluster or a user which
 * is not there is an error (kubectl turns to localhost, or asks for a password), and so is having no kubeconfig at all.
 * @throws KubeconfigError
 */
export async function loadClusterAccess(flags: KubeconfigFlags, source: KubeconfigSource): Promise<ClusterAccess> {
  return clusterAccess(await loadKubeconfig(flags.kubeconfig, source), flags, source);
}

/** The same over files that have been read; reads at most the in-cluster namespace. */
function clusterAccess(loaded: LoadedKubeconfig, flags: KubeconfigFlags, source: KubeconfigSource): ClusterAccess {
  const { config } = loaded;
  const contextName = given(flags.context) ?? config.currentContext;
  const context = contextOf(config, contextName);
  const pod = inCluster(source);
  if (context === undefined && given(flags.server) === undefined && given(flags.cluster) === undefined) {
    if (pod !== undefined) {
      const bare = withoutKubeconfig(flags, loaded);
      checkFlags(flags, bare.impersonate);
      return { ...bare, ...pod, namespace: given(flags.namespace) ?? pod.namespace };
    }
    throw noContext(loaded, flags.kubeconfig);
  }
  const clusterName = given(flags.cluster) ?? context?.cluster;
  const userName = given(flags.user) ?? context?.user;
  const cluster = overriddenCluster(clusterOf(config, clusterName, contextName, given(flags.cluster) !== undefined), flags, source);
  const user = overriddenUser(userOf(config, userName, contextName, given(flags.user) !== undefined), flags, source);
  checkFlags(flags, user.impersonate);
  checkEntries({ cluster, clusterName, user, userName });
  return {
    ...withoutKubeconfig(flags, loaded),
    contextName,
    clusterName,
    userName,
    namespace: given(flags.namespace) ?? context?.namespace ?? pod?.namespace ?? 'default',
    contextNamespaces: [...config.contexts.values()].flatMap(({ cluster: of, namespace }) =>
      of === clusterName && namespace !== undefined ? [namespace] : [],
    ),
    server: serverOf(cluster, { name: clusterName, contextName, byFlag: given(flags.server) }),
    tlsServerName: given(cluster.tlsServerName),
    insecureSkipTlsVerify: cluster.insecureSkipTlsVerify,
    certificateAuthority: cluster.certificateAuthority,
    proxyUrl: given(cluster.proxyUrl),
    disableCompression: flags.disableCompression ?? cluster.disableCompression,
    user,
    impersonate: user.impersonate,
    execConfig: cluster.execConfig,
  };
}

/** What the flags alone say. */
function withoutKubeconfig(flags: KubeconfigFlags, loaded: LoadedKubeconfig) {
  const requestTimeout = given(flags.requestTimeout);
  const milliseconds = requestTimeout === undefined ? undefined : parseRequestTimeout(requestTimeout);
  if (requestTimeout !== undefined && milliseconds === undefined) {
    throw new KubeconfigError(`--request-timeout "${requestTimeout}" is not a time: write 30s, 2m, 1h, or a number of seconds`);
  }
  const { impersonate } = overriddenUser(anonymous, flags, { cwd: '/' });
  return {
    contextName: undefined,
    clusterName: undefined,
    contextNamespaces: [],
    userName: undefined,
    tlsServerName: undefined,
    insecureSkipTlsVerify: false,
    proxyUrl: undefined,
    disableCompression: flags.disableCompression ?? false,
    impersonate,
    execConfig: undefined,
    requestTimeout: milliseconds,
    warnings: loaded.warnings,
  };
}

function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function contextOf(config: Kubeconfig, name: string | undefined): ContextEntry | undefined {
  if (name === undefined) return undefined;
  const found = config.contexts.get(name);
  if (found === undefined) throw new KubeconfigError(`context "${name}" does not exist in the kubeconfig`, { hint: contextsHint(config) });
  return found;
}

function clusterOf(config: Kubeconfig, name: string | undefined, contextName: string | undefined, byFlag: boolean): ClusterEntry {
  const found = name === undefined ? undefined : config.clusters.get(name);
  if (found !== undefined) return found;
  if (name === undefined || name === '') return noCluster;
  throw new KubeconfigError(missing('cluster', name, contextName), {
    hint: byFlag ? namesHint('clusters', config.clusters) : contextsHint(config),
  });
}

const noCluster: ClusterEntry = { insecureSkipTlsVerify: false, certificateAuthority: {}, disableCompression: false };

function userOf(config: Kubeconfig, name: string | undefined, contextName: string | undefined, byFlag: boolean): UserEntry {
  if (name === undefined) return anonymous;
  const found = config.users.get(name);
  if (found !== undefined) return found;
  throw new KubeconfigError(missing('user', name, contextName), { hint: byFlag ? namesHint('users', config.users) : contextsHint(config) });
}

function missing(kind: string, name: string, contextName: string | undefined): string {
  return `${kind} "${name}" does not exist in the kubeconfig${contextName === undefined ? '' : ` (context "${contextName}")`}`;
}

function contextsHint({ contexts }: Kubeconfig): string {
  return contexts.size === 0 ? 'it has no contexts: log in with kubectl vsphere login' : namesHint('contexts', contexts);
}

function namesHint(kind: 'contexts' | 'clusters' | 'users', entries: ReadonlyMap<string, unknown>): string {
  const names = [...entries.keys()].sort();
  const shown = names.slice(0, 10).map((name) => JSON.stringify(name));
  if (names.length > shown.length) shown.push(`and ${names.length - shown.length} more`);
  return names.length === 0 ? `it has no ${kind}` : `its ${kind}: ${shown.join(', ')}`;
}

function noContext({ config, files, places }: LoadedKubeconfig, explicit: string | undefined): KubeconfigError {
  const login = 'log in to a Supervisor with: kubectl vsphere login --server=ADDRESS --vsphere-username=USER';
  if (config.contexts.size > 0) {
    return new KubeconfigError(`the kubeconfig has no current context (${files.join(', ')})`, {
      hint: `choose one with --context; ${contextsHint(config)}`,
    });
  }
  if (files.length > 0) {
    const what = config.clusters.size + config.users.size > 0 ? 'has no contexts' : 'is empty';
    return new KubeconfigError(`the kubeconfig ${what} (${files.join(', ')})`, { hint: login });
  }
  const looked = places.length === 0 ? 'neither KUBECONFIG nor HOME is set' : `looked for ${places.join(', ')}`;
  return new KubeconfigError(`no kubeconfig found: ${looked}`, { hint: explicit === undefined ? login : `--kubeconfig ${explicit}` });
}

/** Flags over the cluster entry, with kubectl's exceptions: trust settings replace each other, a new server drops the old SNI name. */
function overriddenCluster(entry: ClusterEntry, flags: KubeconfigFlags, { cwd, env }: KubeconfigSource): ClusterEntry {
  const server = given(flags.server) ?? entry.server ?? env.KUBERNETES_MASTER;
  const ownTrust = given(flags.certificateAuthority) !== undefined || flags.insecureSkipTlsVerify === true;
  const tlsServerName = given(flags.tlsServerName) ?? (given(flags.server) === undefined ? entry.tlsServerName : undefined);
  const { tlsServerName: _, ...rest } = entry;
  return {
    ...rest,
    ...(server === undefined ? {} : { server }),
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(ownTrust
      ? { insecureSkipTlsVerify: flags.insecureSkipTlsVerify === true, certificateAuthority: fileOf(flags.certificateAuthority, cwd) }
      : {}),
  };
}

function overriddenUser(entry: UserEntry, flags: KubeconfigFlags, { cwd }: { readonly cwd: string }): UserEntry {
  const { token, tokenFile, ...rest } = entry;
  const flagToken = given(flags.token);
  const username = given(flags.username);
  const password = given(flags.password);
  const user = given(flags.as);
  const uid = given(flags.asUid);
  return {
    ...rest,
    ...(flagToken !== undefined
      ? { token: new Secret(flagToken) }
      : { ...(token === undefined ? {} : { token }), ...(tokenFile === undefined ? {} : { tokenFile }) }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: new Secret(password) }),
    ...(given(flags.clientCertificate) === undefined ? {} : { clientCertificate: fileOf(flags.clientCertificate, cwd) }),
    ...(given(flags.clientKey) === undefined ? {} : { clientKey: fileOf(flags.clientKey, cwd) }),
    impersonate: {
      ...entry.impersonate,
      ...(user === undefined ? {} : { user }),
      ...(uid === undefined ? {} : { uid }),
      ...(flags.asGroup === undefined || flags.asGroup.length === 0 ? {} : { groups: flags.asGroup }),
      ...(flags.asUserExtra === undefined || flags.asUserExtra.length === 0 ? {} : { extra: extraOf(flags.asUserExtra) }),
    },
  };
}

function extraOf(pairs: readonly string[]): Map<string, string[]> {
  const extra = new Map<string, string[]>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals <= 0) throw new FlagError(`--as-user-extra "${pair}": write KEY=VALUE`);
    const key = pair.slice(0, equals);
    extra.set(key, [...(extra.get(key) ?? []), pair.slice(equals + 1)]);
  }
  return extra;
}

function fileOf(path: string | undefined, cwd: string): DataOrFile {
  return path === undefined || path === '' ? {} : { file: resolve(cwd, path) };
}

function serverOf(
  cluster: ClusterEntry,
  { name = '', contextName, byFlag }: { readonly [each in 'name' | 'contextName' | 'byFlag']: string | undefined },
): ServerAddress {
  const server = given(cluster.server);
  if (server === undefined)
    throw new KubeconfigError(name === '' ? `context "${contextName}" names no cluster` : `cluster "${name}" has no server`);
  const address = serverAddress(server);
  if (address !== undefined) return address;
  if (byFlag !== undefined) throw new FlagError(`--server "${byFlag}" is not the address of a server: write https://HOST:PORT`);
  throw new KubeconfigError(`cluster "${name}": server "${server}" is not the address of a server`);
}

/** @throws FlagError for what only the flags are to blame for; checkEntries refuses the same of a kubeconfig */
function checkFlags(
  { asUid, asGroup = [], asUserExtra = [], insecureSkipTlsVerify, certificateAuthority }: KubeconfigFlags,
  as: Impersonation,
): void {
  const who = [
    ...(given(asUid) === undefined ? [] : ['--as-uid']),
    ...(asGroup.length === 0 ? [] : ['--as-group']),
    ...(asUserExtra.length === 0 ? [] : ['--as-user-extra']),
  ];
  if (who.length > 0 && as.user === undefined) throw new FlagError(`${who.join(' and ')} without --as: say as whom, too`);
  if (insecureSkipTlsVerify === true && given(certificateAuthority) !== undefined) {
    throw new FlagError('--certificate-authority and --insecure-skip-tls-verify: a server cannot be both verified and not');
  }
}
