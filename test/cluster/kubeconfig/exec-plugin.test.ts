import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runExecPlugin } from '../../../src/cluster/kubeconfig/exec-plugin.ts';
import { anonymous, type ExecEntry } from '../../../src/cluster/kubeconfig/kubeconfig-entries.ts';
import { KubeconfigError } from '../../../src/cluster/kubeconfig/kubeconfig-error.ts';
import { accessTo, testClock } from '../fault-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-exec-'));
after(() => rmSync(folder, { recursive: true }));
const now = new Date('2026-11-21T04:00:00Z');

let scripts = 0;

/** A plugin that is this shell script. */
function script(text: string): string {
  const path = join(folder, `plugin-${++scripts}`);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o700);
  return path;
}

function run(
  entry: Partial<ExecEntry>,
  options: { readonly interactive?: boolean; readonly onLine?: (line: string) => void; readonly clock?: ReturnType<typeof testClock> } = {},
) {
  const exec: ExecEntry = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'nothing',
    args: [],
    env: [],
    installHint: '',
    provideClusterInfo: false,
    interactiveMode: 'IfAvailable',
    ...entry,
  };
  const access = accessTo('https://api.example:6443', {
    user: { ...anonymous, exec },
    tlsServerName: 'sni',
    certificateAuthority: { data: Buffer.from('PEM') },
    execConfig: { audience: 'x' },
  });
  return runExecPlugin(access, {
    env: { PATH: process.env['PATH'] },
    cwd: folder,
    isInteractive: () => options.interactive ?? false,
    onPluginOutput: (line) => options.onLine?.(line),
    clock: options.clock ?? testClock(),
    today: () => now,
  });
}

function credential(status: object, head: object = {}): string {
  return `echo '${JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status, ...head })}'`;
}

test('a plugin is told what kubectl tells it, and its token is used', async () => {
  const seen = join(folder, 'seen');
  const command = script(
    `printf '%s|%s|%s' "$KUBERNETES_EXEC_INFO" "$EXTRA" "$*" > ${seen}\n${credential({ token: 'from-plugin', expirationTimestamp: '2026-11-21T05:00:00Z' })}`,
  );
  const found = await run({ command, args: ['get', 'it'], env: [{ name: 'EXTRA', value: 'yes' }], provideClusterInfo: true });
  assert.equal(found.token?.reveal(), 'from-plugin');
  assert.deepEqual(found.expires, new Date('2026-11-21T05:00:00Z'));
  const [info = '', extra, args] = readFileSync(seen, 'utf8').split('|');
  assert.deepEqual([extra, args], ['yes', 'get it']);
  assert.deepEqual(JSON.parse(info), {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      cluster: {
        server: 'https://api.example:6443',
        'tls-server-name': 'sni',
        'certificate-authority-data': 'UEVN',
        config: { audience: 'x' },
      },
    },
  });
});

test('R010: whatever is wrong with a plugin is one sentence that does not show what it printed', async () => {
  const cases: [string, string][] = [
    [credential({}), 'its answer has no status'],
    [
      credential({ token: 'canary' }, { apiVersion: 'client.authentication.k8s.io/v1beta1' }),
      'its answer is of version "client.authentication.k8s.io/v1beta1", and "client.authentication.k8s.io/v1" was expected',
    ],
    [credential({ token: 'canary' }, { kind: 'Secret' }), 'its answer is not an ExecCredential'],
    [credential({ clientCertificateData: 'canary' }), 'its answer has a certificate without key, or a key without certificate'],
    [credential({ expirationTimestamp: '2026-11-21T05:00:00Z' }), 'its answer has neither a token nor a certificate'],
    [credential({ token: 'canary', expirationTimestamp: 'soon' }), 'its expirationTimestamp is not a time'],
    [
      credential({ token: 'canary', expirationTimestamp: '2026-11-21T03:59:59Z' }),
      'it gave a credential that expired at 2026-11-21T03:59:59.000Z',
    ],
    ['echo "<html>canary</html>"', 'what it printed is not JSON'],
    ['', 'it printed nothing'],
    ['echo canary; exit 7', 'it ended with exit code 7'],
    ['kill -TERM $$', 'it was ended by SIGTERM'],
    ['yes canary | head -c 10000000', 'it wrote more than 1 MiB'],
  ];
  for (const [text, reason] of cases) {
    const command = script(text);
    const error = await run({ command, installHint: 'install it from somewhere' }).then(
      () => assert.fail(text),
      (failed: unknown) => failed,
    );
    assert.ok(error instanceof KubeconfigError);
    assert.deepEqual([error.message, error.hint], [`the credential plugin ${command} failed: ${reason}`, 'install it from somewhere']);
    assert.doesNotMatch(String(error.cause), /canary/);
  }
  await assert.rejects(run({ command: 'no-such-plugin' }), {
    message: 'the credential plugin no-such-plugin failed: it was not found',
    hint: 'run it by hand, or log in again',
  });
});

test('R011: stdin is closed for a plugin that may not ask', async () => {
  const command = script(`cat > ${join(folder, 'stdin')}\n${credential({ token: 't' })}`);
  assert.equal((await run({ command })).token?.reveal(), 't');
  assert.equal(readFileSync(join(folder, 'stdin'), 'utf8'), '');
});

test('R011: a plugin that does not end is killed with all that it started', async () => {
  const clock = testClock();
  const alive = join(folder, 'alive');
  const command = script(`( while :; do date > ${alive}; sleep 0.05; done ) & echo ready >&2; wait`);
  const ended = run({ command }, { clock, onLine: () => clock.advance(60_000) });
  await assert.rejects(ended, { message: `the credential plugin ${command} failed: it did not end within 60 s` });
  // The child that it left behind would write again within this time.
  let rests = 0;
  for (let tries = 0; tries < 100 && rests < 3; tries++) {
    rmSync(alive, { force: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
    rests = existsSync(alive) ? 0 : rests + 1;
  }
  assert.equal(rests, 3);
});

test('R011: what a plugin writes to stderr comes through line by line', async () => {
  const lines: string[] = [];
  const command = script(`printf 'one\\ntwo\\033[31m\\nthree' >&2\n${credential({ token: 't' })}`);
  await run({ command }, { onLine: (line) => lines.push(line) });
  assert.deepEqual(lines, ['one', 'two\u001b[31m', 'three']);
});

test('R011: a plugin that must ask is not started without a terminal', async () => {
  const command = script(`touch ${join(folder, 'started')}\n${credential({ token: 't' })}`);
  await assert.rejects(run({ command, interactiveMode: 'Always' }), {
    message: `the credential plugin ${command} failed: it needs a terminal to ask for your input, and stdin is none`,
  });
  assert.equal(existsSync(join(folder, 'started')), false);
});
