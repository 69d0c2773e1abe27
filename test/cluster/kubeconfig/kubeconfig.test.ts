import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readFileLimited } from '../../../src/cluster/files/read-file.ts';
import { type ClusterAccess, type KubeconfigFlags, loadClusterAccess } from '../../../src/cluster/kubeconfig/kubeconfig.ts';
import { KubeconfigError } from '../../../src/cluster/kubeconfig/kubeconfig-error.ts';

type Files = Readonly<Record<string, string>>;

/** Loads from files of a made-up file system whose working folder is /home/u. */
function load(
  files: Files,
  flags: KubeconfigFlags = {},
  env: Readonly<Record<string, string>> = { HOME: '/home/u' },
): Promise<ClusterAccess> {
  return loadClusterAccess(flags, {
    env,
    cwd: '/home/u',
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(`ENOENT ${path}`), { code: 'ENOENT' });
      return Buffer.from(text);
    },
  });
}

async function failure(promise: Promise<unknown>): Promise<[string, string | undefined]> {
  const error = await promise.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof KubeconfigError, String(error));
  return [error.message, error.hint];
}

const a = `
current-context: one
contexts:
- {name: one, context: {cluster: c1, user: u1, namespace: team}}
clusters:
- name: c1
  cluster: {server: 'https://a.example:6443', certificate-authority: ca.pem}
users:
- {name: u1, user: {token: a-token}}
`;
const b = `
current-context: two
contexts:
- {name: two, context: {cluster: c2, user: u2}}
- {name: one, context: {cluster: c2, user: u2}}
- {name: lost, context: {cluster: nowhere, user: nobody}}
clusters:
- {name: c1, cluster: {server: 'https://b.example', tls-server-name: b}}
- name: c2
  cluster: {server: 'https://b.example/k8s/c-1/?x=1', certificate-authority: pki/ca.pem}
users:
- {name: u1, user: {username: b-user, password: b-password}}
- name: u2
  user:
    client-certificate: me.crt
    client-key: /abs/me.key
    tokenFile: ../token
    exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./plugin}
`;

test('R001: the first file of the list decides the current context', async () => {
  const files = { '/home/u/a': a, '/home/u/b': b };
  assert.equal((await load(files, {}, { KUBECONFIG: 'a:b' })).contextName, 'one');
  assert.equal((await load(files, {}, { KUBECONFIG: 'b:a' })).contextName, 'two');
});

test('R002: of equal names the first entry counts, whole', async () => {
  const files = { '/home/u/a': a, '/home/u/sub/b': b };
  const access = await load(files, {}, { KUBECONFIG: 'a:sub/b' });
  assert.equal(access.server.url, 'https://a.example:6443');
  assert.equal(access.tlsServerName, undefined);
  assert.equal(access.namespace, 'team');
  assert.equal(access.user.token?.reveal(), 'a-token');
  assert.equal(access.user.username, undefined);
});

test('R003: missing files of a list are skipped; when all are missing, or the one that was named is, it is said', async () => {
  const files = { '/home/u/a': a };
  assert.equal((await load(files, {}, { KUBECONFIG: 'none:a:a::' })).contextName, 'one');
  assert.deepEqual(await failure(load(files, {}, { KUBECONFIG: 'none:nil' })), [
    'no kubeconfig found: looked for none, nil',
    'log in to a Supervisor with: kubectl vsphere login --server=ADDRESS --vsphere-username=USER',
  ]);
  assert.deepEqual(await failure(load(files, { kubeconfig: 'none' }, { KUBECONFIG: 'a' })), [
    'cannot read the kubeconfig none: no such file or directory',
    undefined,
  ]);
});

test('R004: an empty file is an empty kubeconfig; BOM, CRLF and JSON are read', async () => {
  assert.deepEqual(await failure(load({ '/home/u/.kube/config': '# nothing\n' })), [
    'the kubeconfig is empty (/home/u/.kube/config)',
    'log in to a Supervisor with: kubectl vsphere login --server=ADDRESS --vsphere-username=USER',
  ]);
  const variants = [
    `\ufeff${a}`,
    a.replaceAll('\n', '\r\n'),
    JSON.stringify({
      'current-context': 'one',
      contexts: [{ name: 'one', context: { cluster: 'c1', user: 'u1', namespace: 'team' } }],
      clusters: [{ name: 'c1', cluster: { server: 'https://a.example:6443', 'certificate-authority': 'ca.pem' } }],
      users: [{ name: 'u1', user: { token: 'a-token' } }],
    }),
  ];
  const expected = await load({ '/home/u/.kube/config': a });
  for (const variant of variants) assert.deepEqual(await load({ '/home/u/.kube/config': variant }), expected);
});

test('R004: a file of 4 MB is read, and a larger one is refused with its size', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-kubeconfig-'));
  after(() => rmSync(folder, { recursive: true }));
  const limit = 4 * 1024 * 1024;
  const loadSized = (size: number): Promise<ClusterAccess> => {
    writeFileSync(join(folder, 'config'), a.padEnd(size, '#'));
    return loadClusterAccess({ kubeconfig: 'config' }, { env: {}, cwd: folder, readFile: readFileLimited });
  };
  assert.equal((await loadSized(limit)).contextName, 'one');
  assert.deepEqual(await failure(loadSized(limit + 1)), ['cannot read the kubeconfig config: larger than 4 MiB (4.1 MiB)', undefined]);
  assert.deepEqual(await failure(loadSized(5_000_000)), ['cannot read the kubeconfig config: larger than 4 MiB (4.8 MiB)', undefined]);
});

test('R005: relative paths count from the folder of the file that holds them, each file for itself', async () => {
  const access = await load({ '/home/u/a': a, '/home/u/sub/b': b }, { context: 'two' }, { KUBECONFIG: 'a:sub/b' });
  assert.deepEqual(access.certificateAuthority, { file: '/home/u/sub/pki/ca.pem' });
  assert.deepEqual(access.user.clientCertificate, { file: '/home/u/sub/me.crt' });
  assert.deepEqual(access.user.clientKey, { file: '/abs/me.key' });
  assert.equal(access.user.tokenFile, '/home/u/token');
  assert.equal(access.user.exec?.command, '/home/u/sub/plugin');
  assert.deepEqual((await load({ '/home/u/a': a }, { kubeconfig: 'a' })).certificateAuthority, { file: '/home/u/ca.pem' });
});

test('R006: without any kubeconfig one sentence says where it was looked for', async () => {
  assert.equal((await failure(load({})))[0], 'no kubeconfig found: looked for /home/u/.kube/config');
  assert.equal((await failure(load({}, {}, {})))[0], 'no kubeconfig found: neither KUBECONFIG nor HOME is set');
});

test('R006: a pod’s service account is used only where the address and the token are both there', async () => {
  const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  const files = { [`${folder}/token`]: 'pod-token', [`${folder}/namespace`]: 'pods\n' };
  const access = await load(files, { as: 'bob' }, env);
  assert.equal(access.server.url, 'https://[fd00::1]');
  assert.equal(access.namespace, 'pods');
  assert.equal(access.user.tokenFile, `${folder}/token`);
  assert.equal(access.impersonate.user, 'bob');
  assert.deepEqual(access.certificateAuthority, { file: `${folder}/ca.crt` });
  assert.match((await failure(load(files, {}, {})))[0], /^no kubeconfig found/);
  assert.match((await failure(load({}, {}, env)))[0], /^no kubeconfig found/);
  // With a kubeconfig it is that one's cluster; only a namespace that it leaves open comes from the pod, as kubectl has it.
  const both = await load({ ...files, '/k': b }, { context: 'two', kubeconfig: '/k' }, env);
  assert.deepEqual([both.server.host, both.namespace], ['b.example', 'pods']);
});

test('R007: what is wrong with a file is said with its place', async () => {
  const cases: [string, string][] = [
    ['clusters: {}\n', '1:1: clusters must be a list'],
    [
      'clusters:\n- name: c\n  cluster: {server: 5}\n',
      '3:13: clusters[0].cluster.server must be text, not the number that stands there: put it in quotes',
    ],
    [
      'users:\n- name: u\n  user: {password: y}\n',
      '3:10: users[0].user.password must be text, not the boolean that stands there: put it in quotes',
    ],
    ['users:\n- {name: c, user: {}}\n- {name: c, user: {}}\n', '3:4: users[1].name "c" is there twice'],
    ['kind: Pod\n', '1:1: kind must be "Config"'],
    ['users:\n- {name: u, user: {client-key-data: "###"}}\n', '2:20: users[0].user.client-key-data must be base64'],
    ['- a\n', '1:1: the kubeconfig must be a mapping'],
    [
      '{"clusters": [\n {"cluster": {"server": 5}}]}',
      '2:15: clusters[0].cluster.server must be text, not the number that stands there: put it in quotes',
    ],
    ['a: [1\n', '2:1: the kubeconfig cannot be read: Flow sequence must end with a ]'],
    ['a: &a [*a]\n', '1:8: the kubeconfig cannot be read: alias *a refers to itself'],
  ];
  for (const [text, message] of cases) {
    assert.equal((await failure(load({ '/home/u/.kube/config': text })))[0], `/home/u/.kube/config:${message}`);
  }
});

test('R007: a key that is there twice is a warning, and the last one counts', async () => {
  const access = await load({ '/home/u/.kube/config': `${a}current-context: one\n` });
  assert.deepEqual(access.warnings, [
    '/home/u/.kube/config:10:1: key "current-context" is there twice, first on line 2: the last one counts',
  ]);
});

test('R093: names of a kubeconfig forge no line of a hint', async () => {
  const files = { '/home/u/.kube/config': b.replace('name: two', 'name: "two\\nFORGED\\e[31m"') };
  assert.deepEqual(await failure(load(files, { context: 'gone' })), [
    'context "gone" does not exist in the kubeconfig',
    'its contexts: "lost", "one", "two\\nFORGED\\u001b[31m"',
  ]);
});

test('R008: a context, cluster or user that does not exist is named, with those that do', async () => {
  const files = { '/home/u/.kube/config': b };
  const hint = 'its contexts: "lost", "one", "two"';
  assert.deepEqual(await failure(load(files, { context: 'gone' })), ['context "gone" does not exist in the kubeconfig', hint]);
  assert.deepEqual(await failure(load(files, { context: 'lost' })), [
    'cluster "nowhere" does not exist in the kubeconfig (context "lost")',
    hint,
  ]);
  assert.deepEqual(await failure(load(files, { user: 'gone' })), [
    'user "gone" does not exist in the kubeconfig (context "two")',
    'its users: "u1", "u2"',
  ]);
  assert.deepEqual(await failure(load(files, { cluster: 'gone' })), [
    'cluster "gone" does not exist in the kubeconfig (context "two")',
    'its clusters: "c1", "c2"',
  ]);
  assert.deepEqual(await failure(load({ '/home/u/.kube/config': b.replace('current-context: two', '') })), [
    'the kubeconfig has no current context (/home/u/.kube/config)',
    `choose one with --context; ${hint}`,
  ]);
});

test('a kubeconfig without contexts, and a context without a cluster, are said to be that', async () => {
  const withoutContexts = a.replace(/current-context.*(?=clusters)/s, '');
  assert.deepEqual(await failure(load({ '/home/u/.kube/config': withoutContexts })), [
    'the kubeconfig has no contexts (/home/u/.kube/config)',
    'log in to a Supervisor with: kubectl vsphere login --server=ADDRESS --vsphere-username=USER',
  ]);
  const withoutCluster = a.replace('cluster: c1, ', '');
  assert.deepEqual(await failure(load({ '/home/u/.kube/config': withoutCluster })), ['context "one" names no cluster', undefined]);
});

test('flags replace what the kubeconfig says, with kubectl’s exceptions', async () => {
  const files = { '/home/u/.kube/config': a.replace('ca.pem}', 'ca.pem, tls-server-name: sni}') };
  const plain = await load(files);
  assert.equal(plain.tlsServerName, 'sni');
  const other = await load(files, {
    server: 'other.example:8443',
    namespace: 'n',
    token: 't',
    disableCompression: true,
    requestTimeout: '1m30s',
  });
  assert.deepEqual(
    [other.server.url, other.tlsServerName, other.namespace, other.user.token?.reveal(), other.disableCompression, other.requestTimeout],
    ['http://other.example:8443', undefined, 'n', 't', true, 90_000],
  );
  const trusting = await load(files, { insecureSkipTlsVerify: true });
  assert.deepEqual([trusting.insecureSkipTlsVerify, trusting.certificateAuthority], [true, {}]);
  const own = await load(files, { certificateAuthority: 'x.pem', clientCertificate: 'c.pem', clientKey: 'k.pem' });
  assert.deepEqual(
    [own.certificateAuthority, own.user.clientCertificate, own.user.clientKey],
    [{ file: '/home/u/x.pem' }, { file: '/home/u/c.pem' }, { file: '/home/u/k.pem' }],
  );
  const someone = await load(files, { as: 'bob', asGroup: ['g1', 'g2'], asUid: '7', asUserExtra: ['k=1', 'k=2', 'l=a=b'] });
  assert.deepEqual(someone.impersonate, {
    user: 'bob',
    uid: '7',
    groups: ['g1', 'g2'],
    extra: new Map([
      ['k', ['1', '2']],
      ['l', ['a=b']],
    ]),
  });
  assert.deepEqual(
    (await failure(load(files, { requestTimeout: 'soon' })))[0],
    '--request-timeout "soon" is not a time: write 30s, 2m, 1h, or a number of seconds',
  );
});

test('an address without a scheme is http, as to kubectl, also where a kubeconfig says whom to trust', async () => {
  const files = { '/home/u/.kube/config': a };
  for (const flags of [
    { server: 'localhost:8001' },
    { server: 'localhost:8001', insecureSkipTlsVerify: true },
    { server: 'localhost:8001', certificateAuthority: 'x.pem' },
    { server: 'localhost:8001', clientCertificate: 'c.pem', clientKey: 'k.pem' },
  ]) {
    assert.equal((await load(files, flags)).server.url, 'http://localhost:8001');
  }
});

test('with --server alone no kubeconfig is needed, and nobody is logged in', async () => {
  const access = await load({}, { server: 'localhost:8001' });
  assert.deepEqual(
    [access.server.url, access.contextName, access.userName, access.namespace, access.user.token],
    ['http://localhost:8001', undefined, undefined, 'default', undefined],
  );
});

test('R009: a context without a user is anonymous, and its authority still counts', async () => {
  const access = await load({ '/home/u/.kube/config': a.replace('user: u1, ', '') });
  assert.deepEqual(
    [access.userName, access.user.token, access.certificateAuthority],
    [undefined, undefined, { file: '/home/u/.kube/ca.pem' }],
  );
});

test('R017 R017b: settings that contradict each other, and providers that kubectl removed, are named and nothing is started', async () => {
  const withUser = (user: string): Files => ({ '/home/u/.kube/config': a.replace('{token: a-token}', user) });
  const withCluster = (cluster: string): Files => ({ '/home/u/.kube/config': a.replace('certificate-authority: ca.pem', cluster) });
  const cases: [Files, string][] = [
    [
      withCluster('certificate-authority: ca.pem, insecure-skip-tls-verify: true'),
      'cluster "c1": certificate-authority and insecure-skip-tls-verify are both set: a server cannot be both verified and not',
    ],
    [
      withCluster('certificate-authority: ca.pem, certificate-authority-data: QUJD'),
      'cluster "c1": certificate-authority and certificate-authority-data are both set',
    ],
    [withCluster('proxy-url: "gopher://x"'), 'cluster "c1": proxy-url must start with http://, https:// or socks5://'],
    [withUser('{token: t, username: u}'), 'user "u1": a token and a user name with password are both set: only one is allowed'],
    [withUser('{client-certificate: c}'), 'user "u1": client-certificate is set without client-key'],
    [withUser('{as-groups: [g]}'), 'user "u1": a uid, groups or extra fields cannot be impersonated without a user (as, --as)'],
    [
      withUser('{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: c}}'),
      'user "u1": exec.apiVersion must be client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1, not "client.authentication.k8s.io/v1alpha1"',
    ],
    [
      withUser('{exec: {apiVersion: client.authentication.k8s.io/v1, command: c}}'),
      'user "u1": exec.interactiveMode must be Never, IfAvailable or Always, not ""',
    ],
    [
      withUser('{auth-provider: {name: azure, config: {cmd-path: "; touch x"}}}'),
      'user "u1": auth-provider azure was removed from kubectl, and is not run here either',
    ],
    [withUser('{auth-provider: {name: gcp}}'), 'user "u1": auth-provider gcp was removed from kubectl, and is not run here either'],
    [withUser('{auth-provider: {name: other}}'), 'user "u1": auth-provider "other" does not exist'],
  ];
  for (const [files, message] of cases) assert.equal((await failure(load(files)))[0], message);
});

test('a kubeconfig’s secrets do not show when it is printed', async () => {
  const { inspect } = await import('node:util');
  const access = await load({
    '/home/u/.kube/config': a.replace('a-token', 'canary').replace('user: {token', 'user: {password: canary, token'),
  }).catch((error: unknown) => error);
  const fine = await load({ '/home/u/.kube/config': a.replace('a-token', 'canary') });
  assert.doesNotMatch(inspect([access, fine], { depth: 9 }) + JSON.stringify([access, fine]) + String(fine.user.token), /canary/);
});
