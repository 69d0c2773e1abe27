import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { ObjectSerializer } from '@kubernetes/client-node/dist/gen/models/ObjectSerializer.js';
import packageJson from '@kubernetes/client-node/package.json' with { type: 'json' };

// Why this program has its own kubeconfig reader, credentials and transport: each test shows one thing that client-node does
// otherwise than kubectl. When one of them fails after an update, client-node has learned it, and ours may go.

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-facts-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** What client-node makes of a KUBECONFIG list. */
function fromDefault(list: readonly string[]): KubeConfig {
  const before = process.env['KUBECONFIG'];
  process.env['KUBECONFIG'] = list.join(':');
  try {
    const config = new KubeConfig();
    config.loadFromDefault();
    return config;
  } finally {
    if (before === undefined) delete process.env['KUBECONFIG'];
    else process.env['KUBECONFIG'] = before;
  }
}

async function applied(
  cluster: object,
  user: object,
): Promise<{ headers?: Record<string, string>; rejectUnauthorized?: boolean; agent?: Agent }> {
  const config = new KubeConfig();
  config.loadFromString(
    JSON.stringify({
      'current-context': 'x',
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://api.example', ...cluster } }],
      users: [{ name: 'u', user }],
    }),
  );
  const options = {};
  await config.applyToHTTPSOptions(options);
  return options;
}

test('the facts are those of the version that is installed', () => {
  assert.equal(packageJson.version, '2.0.1');
});

test('G1: of a list of files the last current-context wins', () => {
  const a = file('g1-a', 'current-context: first\ncontexts: []\nclusters: []\nusers: []\n');
  const b = file('g1-b', 'current-context: last\ncontexts: []\nclusters: []\nusers: []\n');
  assert.equal(fromDefault([a, b]).getCurrentContext(), 'last');
});

test('G2: one name in two files is an error', () => {
  const text = "contexts: []\nclusters: [{name: c, cluster: {server: 'https://x'}}]\nusers: []\n";
  assert.throws(() => fromDefault([file('g2-a', text), file('g2-b', text)]), /Duplicate cluster: c/);
});

test('G3, G4: a missing file and an empty one are errors', () => {
  assert.throws(() => fromDefault([join(folder, 'none')]), /ENOENT/);
  assert.throws(() => fromDefault([file('g4', '')]));
});

test('G6, G7: tokenFile and all of impersonation but the user are dropped', async () => {
  const tokenFile = file('g6', 'secret');
  const { headers } = await applied({}, { tokenFile, as: 'bob', 'as-groups': ['g'], 'as-uid': '7', 'as-user-extra': { k: ['v'] } });
  assert.deepEqual(headers, { 'Impersonate-User': 'bob' });
});

test('G8: an http server is refused', async () => {
  await assert.rejects(applied({ server: 'http://localhost:8001' }, {}), /HTTP protocol is not allowed/);
});

test('G9: without a user the cluster’s authority and name are ignored', async () => {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: 'https://x', caData: Buffer.from('CA').toString('base64'), skipTLSVerify: true, tlsServerName: 'sni' }],
    contexts: [{ name: 'x', cluster: 'c', user: '' }],
    users: [],
    currentContext: 'x',
  });
  const options: { ca?: unknown; servername?: unknown; rejectUnauthorized?: unknown } = {};
  await config.applyToHTTPSOptions(options);
  assert.deepEqual([options.ca, options.servername, options.rejectUnauthorized], [undefined, undefined, undefined]);
});

test('G10: with an authority and skip both set, skip wins', async () => {
  const options = await applied({ 'certificate-authority-data': 'Q0E=', 'insecure-skip-tls-verify': true }, {});
  assert.equal(options.rejectUnauthorized, false);
});

test('G13: a key that is there twice is an error', () => {
  assert.throws(() => new KubeConfig().loadFromString('current-context: a\ncurrent-context: b\n'), /duplicated mapping key/);
});

test('G21: a plugin’s answer without a status is a TypeError', async () => {
  const answer = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"}`;
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'echo', args: [answer] };
  await assert.rejects(applied({}, { exec }), TypeError);
});

test('G28: a static token overwrites the plugin’s, which has run for nothing', async () => {
  const ran = join(folder, 'g28');
  const answer = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-plugin"}}`;
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', `touch ${ran}; echo '${answer}'`] };
  const { headers } = await applied({}, { token: 'static', exec });
  assert.deepEqual(headers, { Authorization: 'Bearer static' });
  assert.equal(existsSync(ran), true);
});

test('G49, G60, G61: typed models drop unknown fields, make dates of times, and make an empty object of anything', () => {
  const service = ObjectSerializer.deserialize(
    { metadata: { name: 'x', creationTimestamp: '2026-11-21T04:00:00Z' }, odd: 1 },
    'V1Service',
    '',
  );
  assert.equal(JSON.stringify(service).includes('odd'), false);
  assert.ok(service.metadata.creationTimestamp instanceof Date);
  const list = ObjectSerializer.deserialize('<html>log in</html>', 'V1ServiceList', '');
  assert.equal(list.items, undefined);
});
