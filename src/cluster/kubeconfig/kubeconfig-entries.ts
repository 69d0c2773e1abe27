import { sep } from 'node:path';
import { type DataOrFile, Fields, type KubeconfigText } from './kubeconfig-fields.ts';
import { Secret } from './secret.ts';

export interface ClusterEntry {
  readonly server?: string;
  readonly tlsServerName?: string;
  readonly insecureSkipTlsVerify: boolean;
  readonly certificateAuthority: DataOrFile;
  readonly proxyUrl?: string;
  readonly disableCompression: boolean;
  /** What the cluster entry has for credential plugins (its extension client.authentication.k8s.io/exec). */
  readonly execConfig?: unknown;
}

export interface ExecEntry {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint: string;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: string;
}

export interface AuthProviderEntry {
  readonly name: string;
  readonly config: ReadonlyMap<string, string>;
}

export interface Impersonation {
  readonly user?: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

export interface UserEntry {
  readonly token?: Secret;
  /** Absolute. */
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: Secret;
  readonly clientCertificate: DataOrFile;
  readonly clientKey: DataOrFile;
  readonly exec?: ExecEntry;
  readonly authProvider?: AuthProviderEntry;
  readonly impersonate: Impersonation;
}

export interface ContextEntry {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

export interface Kubeconfig {
  readonly currentContext?: string;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
}

export const anonymous: UserEntry = {
  clientCertificate: {},
  clientKey: {},
  impersonate: { groups: [], extra: new Map() },
};

/**
 * Looks at every field that we use and resolves relative paths against the folder of this file, as kubectl does.
 * Unknown fields are nobody's business.
 * @throws KubeconfigError for a field of the wrong type or a name that is there twice.
 */
export function readEntries(text: KubeconfigText): Kubeconfig {
  const root = new Fields(text, text.value, []);
  for (const [field, expected] of [
    ['apiVersion', 'v1'],
    ['kind', 'Config'],
  ] as const) {
    const found = root.text(field);
    if (found !== undefined && found !== '' && found !== expected) throw root.wrong(field, `must be "${expected}"`);
  }
  const currentContext = root.text('current-context');
  return {
    ...(currentContext === undefined || currentContext === '' ? {} : { currentContext }),
    clusters: namedEntries(root, 'clusters', 'cluster', (fields) => clusterEntry(fields)),
    users: namedEntries(root, 'users', 'user', (fields) => userEntry(fields)),
    contexts: namedEntries(root, 'contexts', 'context', (fields) => contextEntry(fields)),
  };
}

function namedEntries<Entry>(root: Fields, list: string, field: string, read: (fields: Fields) => Entry): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const item of root.items(list)) {
    const name = item.text('name') ?? '';
    if (entries.has(name)) throw item.wrong('name', `"${name}" is there twice`);
    entries.set(name, read(item.child(field)));
  }
  return entries;
}

function clusterEntry(fields: Fields): ClusterEntry {
  const server = fields.text('server');
  const tlsServerName = fields.text('tls-server-name');
  const proxyUrl = fields.text('proxy-url');
  const extension = fields.items('extensions').find((item) => item.text('name') === 'client.authentication.k8s.io/exec');
  return {
    ...(server === undefined ? {} : { server }),
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    insecureSkipTlsVerify: fields.flag('insecure-skip-tls-verify'),
    certificateAuthority: fields.dataOrFile('certificate-authority'),
    disableCompression: fields.flag('disable-compression'),
    ...(extension === undefined ? {} : { execConfig: extension.value('extension') }),
  };
}

function userEntry(fields: Fields): UserEntry {
  const token = fields.text('token');
  const tokenFile = fields.file('tokenFile');
  const username = fields.text('username');
  const password = fields.text('password');
  const user = fields.text('as');
  const uid = fields.text('as-uid');
  const extra = fields.child('as-user-extra');
  return {
    ...(token === undefined || token === '' ? {} : { token: new Secret(token) }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
    ...(username === undefined || username === '' ? {} : { username }),
    ...(password === undefined || password === '' ? {} : { password: new Secret(password) }),
    clientCertificate: fields.dataOrFile('client-certificate'),
    clientKey: fields.dataOrFile('client-key'),
    ...(fields.has('exec') ? { exec: execEntry(fields.child('exec')) } : {}),
    ...(fields.has('auth-provider') ? { authProvider: authProviderEntry(fields.child('auth-provider')) } : {}),
    impersonate: {
      ...(user === undefined || user === '' ? {} : { user }),
      ...(uid === undefined || uid === '' ? {} : { uid }),
      groups: fields.texts('as-groups'),
      extra: new Map(extra.names().map((name) => [name, extra.texts(name)])),
    },
  };
}

function execEntry(fields: Fields): ExecEntry {
  const command = fields.text('command') ?? '';
  return {
    apiVersion: fields.text('apiVersion') ?? '',
    // A bare name is looked for on PATH; with a separator it is a path like the others.
    command: command.includes(sep) ? fields.resolved(command) : command,
    args: fields.texts('args'),
    env: fields.items('env').map((item) => ({ name: item.text('name') ?? '', value: item.text('value') ?? '' })),
    installHint: fields.text('installHint') ?? '',
    provideClusterInfo: fields.flag('provideClusterInfo'),
    interactiveMode: fields.text('interactiveMode') ?? '',
  };
}

function authProviderEntry(fields: Fields): AuthProviderEntry {
  const config = fields.child('config');
  return { name: fields.text('name') ?? '', config: new Map(config.names().map((name) => [name, config.text(name) ?? ''])) };
}

function contextEntry(fields: Fields): ContextEntry {
  const cluster = fields.text('cluster');
  const user = fields.text('user');
  const namespace = fields.text('namespace');
  return {
    ...(cluster === undefined ? {} : { cluster }),
    ...(user === undefined || user === '' ? {} : { user }),
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
  };
}
