import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { credentialsOf } from '../../../src/cluster/kubeconfig/credentials.ts';
import { anonymous, type ExecEntry, type UserEntry } from '../../../src/cluster/kubeconfig/kubeconfig-entries.ts';
import { Secret } from '../../../src/cluster/kubeconfig/secret.ts';
import { accessTo, faultServer, json, liveFor, status, testClock } from '../fault-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-credentials-'));
after(() => rmSync(folder, { recursive: true }));

const web = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'prod' }, spec: {} };
const ref = { apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'web' };

/** A plugin whose n-th run gives `token-n`, which lives until the given time. */
function countingPlugin(name: string, expires?: string): ExecEntry {
  const command = join(folder, name);
  const until = expires === undefined ? '' : `,"expirationTimestamp":"${expires}"`;
  writeFileSync(
    command,
    `#!/bin/sh
count=$(( $(cat ${command}.count 2>/dev/null || echo 0) + 1 ))
echo $count > ${command}.count
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"token-'$count'"${until}}}'
`,
  );
  chmodSync(command, 0o700);
  return {
    apiVersion: 'client.authentication.k8s.io/v1',
    command,
    args: [],
    env: [],
    installHint: '',
    provideClusterInfo: false,
    interactiveMode: 'Never',
  };
}

function headerOf(user: Partial<UserEntry>, url = 'https://api.example'): Promise<string | undefined> {
  const credentials = credentialsOf(accessTo(url, { user: { ...anonymous, ...user } }), surroundings());
  return credentials.authorization().then((header) => header?.reveal());
}

function surroundings(clock = testClock(), today = () => new Date('2026-11-21T04:00:00Z')) {
  return {
    env: { PATH: process.env['PATH'] },
    cwd: folder,
    isInteractive: () => false,
    onPluginOutput: () => {},
    onNote: () => {},
    clock,
    today,
  };
}

test('a token wins over a plugin, the token file over the token, and without TLS nothing is sent', async () => {
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'from-file\n');
  const token = new Secret('from-config');
  const exec = countingPlugin('precedence');
  assert.equal(await headerOf({ token, tokenFile, exec }), 'Bearer from-file');
  assert.equal(await headerOf({ token, tokenFile: join(folder, 'none'), exec }), 'Bearer from-config');
  assert.equal(await headerOf({ token, exec }), 'Bearer from-config');
  assert.equal(await headerOf({ exec }), 'Bearer token-1');
  assert.equal(await headerOf({ username: 'u', password: new Secret('p:w') }), `Basic ${Buffer.from('u:p:w').toString('base64')}`);
  assert.equal(await headerOf({}), undefined);
  assert.equal(await headerOf({ token, exec }, 'http://api.example'), undefined);
});

test('R014: a token file is trimmed, read again after a minute, and named when it cannot be used', async () => {
  const tokenFile = join(folder, 'rotating');
  writeFileSync(tokenFile, ' first\r\n');
  const clock = testClock();
  const credentials = credentialsOf(accessTo('https://api.example', { user: { ...anonymous, tokenFile } }), surroundings(clock));
  const header = async (): Promise<string | undefined> => (await credentials.authorization())?.reveal();
  assert.equal(await header(), 'Bearer first');
  writeFileSync(tokenFile, 'second');
  assert.equal(await header(), 'Bearer first');
  clock.advance(60_001);
  assert.equal(await header(), 'Bearer second');
  assert.equal(await credentials.refresh(new Secret('Bearer second')), false);
  writeFileSync(tokenFile, 'third');
  assert.equal(await credentials.refresh(new Secret('Bearer second')), true);
  assert.equal(await header(), 'Bearer third');

  writeFileSync(tokenFile, '\n');
  await assert.rejects(headerOf({ tokenFile }), { message: `the token file ${tokenFile} is empty` });
  writeFileSync(tokenFile, 'can\nary');
  await assert.rejects(headerOf({ tokenFile }), {
    message: `the token file ${tokenFile} has blanks or control characters inside: it is not a token`,
  });
  await assert.rejects(headerOf({ tokenFile: folder }), { message: `cannot read the token file ${folder}: it is a folder` });
});

test('R010: a plugin runs once until its credential is about to expire', async () => {
  let today = new Date('2026-11-21T04:00:00Z');
  const exec = countingPlugin('expiring', '2026-11-21T04:10:00Z');
  const credentials = credentialsOf(
    accessTo('https://api.example', { user: { ...anonymous, exec } }),
    surroundings(testClock(), () => today),
  );
  const header = async (): Promise<string | undefined> => (await credentials.authorization())?.reveal();
  assert.deepEqual([await header(), await header()], ['Bearer token-1', 'Bearer token-1']);
  today = new Date('2026-11-21T04:09:51Z');
  assert.equal(await header(), 'Bearer token-2');
});

test('R013: on the n-th request’s 401 the plugin runs once more and the request is repeated', async () => {
  for (const nth of [1, 2, 3]) {
    const exec = countingPlugin(`revoked-${nth}`);
    let refused = false;
    await using server = await faultServer((response, seen, number) => {
      if (number === nth) refused = true;
      return refused && seen.headers.authorization === 'Bearer token-1'
        ? json(response, 401, status(401, 'Unauthorized', 'Unauthorized'))
        : json(response, 200, web);
    });
    await using live = liveFor(server.access({ user: { ...anonymous, exec } }), { env: { PATH: process.env['PATH'] }, cwd: folder });
    for (let index = 0; index < 3; index++) assert.deepEqual(await live.cluster.get(ref), web);
    await live.cluster.create(web, { dryRun: 'none', fieldManager: 'vmsvc' });
    assert.equal(server.seen.length, 5);
    assert.equal(server.seen.at(-1)?.headers.authorization, 'Bearer token-2');
  }
});

test('R013: requests that are refused together refresh the credential once', async () => {
  const exec = countingPlugin('together');
  await using server = await faultServer((response, seen) =>
    seen.headers.authorization === 'Bearer token-1'
      ? json(response, 401, status(401, 'Unauthorized', 'Unauthorized'))
      : json(response, 200, web),
  );
  await using live = liveFor(server.access({ user: { ...anonymous, exec } }), { env: { PATH: process.env['PATH'] }, cwd: folder });
  await Promise.all(Array.from({ length: 8 }, () => live.cluster.get(ref)));
  assert.deepEqual(new Set(server.seen.map(({ headers }) => headers.authorization)), new Set(['Bearer token-1', 'Bearer token-2']));
});
