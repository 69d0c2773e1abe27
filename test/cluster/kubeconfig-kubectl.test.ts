import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { readFileLimited } from '../../src/cluster/files/read-file.ts';
import { type ClusterAccess, type KubeconfigFlags, loadClusterAccess } from '../../src/cluster/kubeconfig/kubeconfig.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'vmsvc-kubeconfig-'));
after(() => rmSync(folder, { recursive: true }));

const files = new Map([
  [
    'a',
    `current-context: one
contexts:
- {name: one, context: {cluster: c1, user: u1, namespace: team}}
clusters:
- {name: c1, cluster: {server: 'https://a.example:6443', certificate-authority: ca.pem, disable-compression: true}}
users:
- {name: u1, user: {token: a-token, tokenFile: tokens/a}}
`,
  ],
  [
    'sub/b',
    `apiVersion: v1
kind: Config
current-context: two
contexts:
- {name: two, context: {cluster: c2, user: u2}}
- {name: one, context: {cluster: c2, user: u2}}
- {name: nobody, context: {cluster: c2}}
clusters:
- {name: c1, cluster: {server: 'https://b.example', tls-server-name: b}}
- {name: c2, cluster: {server: 'https://b.example/prefix', insecure-skip-tls-verify: true, proxy-url: 'http://proxy:3128'}}
users:
- {name: u1, user: {username: b, password: pw}}
- name: u2
  user:
    as: me
    as-uid: "7"
    as-groups: [g1, g2]
    as-user-extra: {Odd/Key: [v1, v2]}
    client-certificate: me.crt
    client-key-data: QUJD
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: ./plugin
      args: [get, token]
      env: [{name: A, value: b}]
`,
  ],
  [
    'json',
    '{"current-context":"j","contexts":[{"name":"j","context":{"cluster":"c","namespace":"jn"}}],"clusters":[{"name":"c","cluster":{"server":"https://j"}}]}',
  ],
  [
    'crlf',
    "\ufeffcurrent-context: w\r\ncontexts:\r\n- name: w\r\n  context: {cluster: c}\r\nclusters:\r\n- name: c\r\n  cluster: {server: 'https://w'}\r\n",
  ],
  [
    'twice',
    "current-context: x\ncurrent-context: t\ncontexts:\n- name: t\n  context: {cluster: c}\nclusters:\n- name: c\n  cluster: {server: 'https://t'}\n",
  ],
  [
    'anchors',
    "current-context: t\nx: &s {server: 'https://anchor'}\ncontexts:\n- name: t\n  context: {cluster: c}\nclusters:\n- name: c\n  cluster: {<<: *s, tls-server-name: sni}\n",
  ],
  ['empty', ''],
]);

for (const [name, text] of files) {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}
mkdirSync(join(folder, 'linked'));
symlinkSync(join(folder, 'sub/b'), join(folder, 'linked/b'));

interface Case {
  readonly list?: string;
  readonly flags?: KubeconfigFlags;
}

const cases: readonly Case[] = [
  { list: 'a' },
  { list: 'a:sub/b' },
  { list: 'sub/b:a' },
  { list: 'a:sub/b', flags: { context: 'two' } },
  { list: 'sub/b:a', flags: { context: 'one' } },
  { list: 'none:empty:sub/b:a:a:' },
  { list: 'sub/b', flags: { context: 'nobody' } },
  { list: 'a', flags: { kubeconfig: 'sub/b' } },
  { list: 'linked/b' },
  { flags: { kubeconfig: 'linked/b' } },
  { list: 'json' },
  { list: 'crlf' },
  { list: 'twice' },
  { list: 'anchors' },
  { list: 'a:json', flags: { context: 'j' } },
];

test('R001 R002 R003 R004 R005 R008: the same files and flags give the cluster, namespace and user that kubectl sees', async () => {
  const seen = await Promise.all(cases.map(async (each) => [await ours(each), await kubectls(each)] as const));
  for (const [mine, theirs] of seen) assert.deepEqual(mine, theirs);
  assert.equal(seen.length, cases.length);
});

test('R007: what kubectl cannot read, we cannot read either', async () => {
  const broken = [
    'clusters:\n- name: c\n  cluster: {server: 5}\n',
    'clusters: {}\n',
    'a: [1\n',
    'users:\n- {name: c}\n- {name: c}\n',
    'kind: Pod\napiVersion: v2\n',
    'users:\n- name: u\n  user: {password: y}\n',
  ];
  for (const [index, text] of broken.entries()) {
    const file = join(folder, `broken-${index}`);
    writeFileSync(file, text);
    await assert.rejects(ours({ flags: { kubeconfig: file } }), { name: 'KubeconfigError' });
    await assert.rejects(run('kubectl', ['config', 'view', `--kubeconfig=${file}`]), /error loading config file/);
  }
});

const environment = { PATH: process.env['PATH'], HOME: folder };

async function ours({ list, flags = {} }: Case): Promise<object> {
  const access = await loadClusterAccess(flags, {
    env: { ...environment, ...(list === undefined ? {} : { KUBECONFIG: list }) },
    cwd: folder,
    readFile: readFileLimited,
  });
  return factsOf(access);
}

function factsOf(access: ClusterAccess): object {
  const { user, impersonate, certificateAuthority } = access;
  return {
    context: access.contextName,
    cluster: access.clusterName,
    user: access.userName,
    namespace: access.namespace,
    server: access.server.url,
    authority: certificateAuthority.file,
    sni: access.tlsServerName,
    skip: access.insecureSkipTlsVerify,
    proxy: access.proxyUrl,
    uncompressed: access.disableCompression,
    token: user.token?.reveal(),
    tokenFile: user.tokenFile,
    username: user.username,
    password: user.password?.reveal(),
    certificate: user.clientCertificate.file,
    key: user.clientKey.data === undefined ? undefined : Buffer.from(user.clientKey.data).toString(),
    command: user.exec?.command,
    args: user.exec?.args,
    env: user.exec?.env,
    as: impersonate.user,
    uid: impersonate.uid,
    groups: impersonate.groups,
    extra: Object.fromEntries(impersonate.extra),
  };
}

interface View {
  readonly 'current-context': string;
  readonly contexts: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string; readonly namespace?: string };
  }[];
  readonly clusters: readonly { readonly name: string; readonly cluster: Readonly<Record<string, string | boolean>> }[];
  readonly users: readonly { readonly name: string; readonly user: UserView }[] | null;
}

interface UserView {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly 'client-certificate'?: string;
  readonly 'client-key-data'?: string;
  readonly exec?: { readonly command: string; readonly args: readonly string[] | null; readonly env: readonly object[] | null };
  readonly as?: string;
  readonly 'as-uid'?: string;
  readonly 'as-groups'?: readonly string[];
  readonly 'as-user-extra'?: object;
}

/** `kubectl config view` shows paths relative to the working folder again. */
async function kubectls({ list, flags = {} }: Case): Promise<object> {
  const args = ['config', 'view', '--minify', '--raw', '-o', 'json'];
  if (flags.context !== undefined) args.push(`--context=${flags.context}`);
  if (flags.kubeconfig !== undefined) args.push(`--kubeconfig=${flags.kubeconfig}`);
  const { stdout } = await run('kubectl', args, {
    cwd: folder,
    env: { ...environment, ...(list === undefined ? {} : { KUBECONFIG: list }) },
  });
  const view: View = JSON.parse(stdout);
  const { context } = view.contexts[0] ?? assert.fail(stdout);
  const { cluster } = view.clusters[0] ?? assert.fail(stdout);
  const user = view.users?.[0]?.user ?? {};
  const origin = dirname(resolve(folder, flags.kubeconfig ?? originOf(list ?? '', context.user)));
  const path = (text: string | boolean | undefined) => (typeof text === 'string' ? resolve(folder, text) : undefined);
  return {
    context: view['current-context'],
    cluster: context.cluster,
    user: context.user === '' ? undefined : context.user,
    namespace: context.namespace ?? 'default',
    server: cluster['server'],
    authority: path(cluster['certificate-authority']),
    sni: cluster['tls-server-name'],
    skip: cluster['insecure-skip-tls-verify'] ?? false,
    proxy: cluster['proxy-url'],
    uncompressed: cluster['disable-compression'] ?? false,
    token: user.token,
    tokenFile: user.tokenFile === undefined ? undefined : resolve(origin, user.tokenFile),
    username: user.username,
    password: user.password,
    certificate: user['client-certificate'] === undefined ? undefined : resolve(origin, user['client-certificate']),
    key: user['client-key-data'] === undefined ? undefined : Buffer.from(user['client-key-data'], 'base64').toString(),
    command: user.exec === undefined ? undefined : resolve(origin, user.exec.command),
    args: user.exec?.args ?? undefined,
    env: user.exec?.env ?? undefined,
    as: user.as,
    uid: user['as-uid'],
    groups: user['as-groups'] ?? [],
    extra: user['as-user-extra'] ?? {},
  };
}

/** Which file of the list the user entry came from: the first that has it. */
function originOf(list: string, user: string): string {
  return list.split(':').find((name) => files.get(name.replace('linked/', 'sub/'))?.includes(`name: ${user}`)) ?? '';
}
