import { dirname, isAbsolute, resolve, sep } from 'node:path';
import type { FieldPath } from '../../model/field-path.ts';
import { ConnectionError } from '../cluster.ts';
import type { Position } from '../files/text-document.ts';
import { Secret } from './secret.ts';

/** The kubeconfig, or what it names, cannot be used. The message is a whole sentence; `hint` says what to do. */
export class KubeconfigError extends ConnectionError {
  constructor(message: string, options: { readonly hint?: string; readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'KubeconfigError';
  }
}

/** What a flag says is wrong by itself, whatever the kubeconfig says. */
export class FlagError extends KubeconfigError {}

/** A file's content: as data in the kubeconfig, or by its absolute path. Data counts when both are there. */
export interface DataOrFile {
  readonly data?: Uint8Array;
  readonly file?: string;
}

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

/** A parsed kubeconfig file: its value, and where each field stands. */
export interface KubeconfigText {
  /** As it was named; relative paths inside are relative to its folder. */
  readonly path: string;
  /** Absolute. */
  readonly absolutePath: string;
  readonly value: unknown;
  positionOf(path: FieldPath): Position;
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
  const root = fieldsOf(text, text.value, []);
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

/** Typed access to one mapping of the file; null and absent are the same, as in Go. A field of the wrong type throws. */
interface Fields {
  wrong(name: string, problem: string): KubeconfigError;
  has(name: string): boolean;
  names(): string[];
  value(name: string): unknown;
  text(name: string): string | undefined;
  texts(name: string): string[];
  flag(name: string): boolean;
  /** Absolute; undefined when empty. */
  file(name: string): string | undefined;
  resolved(path: string): string;
  dataOrFile(name: string): DataOrFile;
  child(name: string): Fields;
  items(name: string): Fields[];
}

function fieldsOf(file: KubeconfigText, value: unknown, path: FieldPath): Fields {
  const wrongAt = (place: FieldPath, problem: string): KubeconfigError => {
    const { line, column } = file.positionOf(place);
    return new KubeconfigError(`${file.path}:${line}:${column}: ${place.length === 0 ? 'the kubeconfig' : spelled(place)} ${problem}`);
  };
  if (value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value)))
    throw wrongAt(path, 'must be a mapping');
  const fields = new Map(Object.entries(value ?? {}));
  const wrong = (name: string, problem: string): KubeconfigError => wrongAt([...path, name], problem);
  const list = (name: string): readonly unknown[] => {
    const found: unknown = fields.get(name) ?? [];
    if (!Array.isArray(found)) throw wrong(name, 'must be a list');
    return found;
  };
  const text = (name: string): string | undefined => {
    const found: unknown = fields.get(name) ?? undefined;
    if (found !== undefined && typeof found !== 'string') {
      throw wrong(
        name,
        `must be text, not ${typeof found === 'object' ? 'a list or a mapping' : `the ${typeof found} that stands there: put it in quotes`}`,
      );
    }
    return found;
  };
  const resolved = (name: string): string => (isAbsolute(name) ? name : resolve(dirname(file.absolutePath), name));
  const filePath = (name: string): string | undefined => {
    const found = text(name);
    return found === undefined || found === '' ? undefined : resolved(found);
  };
  return {
    wrong,
    text,
    resolved,
    file: filePath,
    has: (name: string): boolean => (fields.get(name) ?? undefined) !== undefined,
    names: (): string[] => [...fields.keys()],
    value: (name: string): unknown => fields.get(name),
    child: (name: string): Fields => fieldsOf(file, fields.get(name), [...path, name]),
    items: (name: string): Fields[] => list(name).map((item, index) => fieldsOf(file, item, [...path, name, index])),
    texts: (name: string): string[] =>
      list(name).map((item, index) => {
        if (item !== null && typeof item !== 'string') throw wrongAt([...path, name, index], 'must be text: put it in quotes');
        return item ?? '';
      }),
    flag: (name: string): boolean => {
      const found: unknown = fields.get(name) ?? false;
      if (typeof found !== 'boolean') throw wrong(name, 'must be true or false');
      return found;
    },
    dataOrFile: (name: string): DataOrFile => {
      const encoded = text(`${name}-data`) ?? '';
      const path = filePath(name);
      if (!/^[A-Za-z\d+/\s]*={0,2}\s*$/.test(encoded)) throw wrong(`${name}-data`, 'must be base64');
      return {
        ...(encoded === '' ? {} : { data: Buffer.from(encoded, 'base64') }),
        ...(path === undefined ? {} : { file: path }),
      };
    },
  };
}

/** `users[0].user.exec` */
function spelled(path: FieldPath): string {
  return path.map((segment, index) => (typeof segment === 'number' ? `[${segment}]` : index === 0 ? segment : `.${segment}`)).join('');
}
