import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { nodeEnvironment } from '../support/child-tool.ts';
import { testIo } from '../support/test-io.ts';

// The command as a process: its exit codes, its signals, and what it leaves behind.
const main = resolve(import.meta.dirname, '../../src/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'vmsvc-sandbox-test-'));
const temporary = join(folder, 'tmp');
mkdirSync(temporary);
after(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(
  join(folder, 'world.yaml'),
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: prod, uid: kept, finalizers: [x.y/z]}\n',
);

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** Runs `kubectl vmsvc sandbox` in its folder; `said` sees all of stdout each time that more of it comes. */
function sandbox(
  args: readonly string[],
  said: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = { ...nodeEnvironment(), HOME: folder, TMPDIR: temporary };
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'sandbox', ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (piece: Buffer) => {
      stdout += piece.toString();
      said(stdout, (signal) => child.kill(signal));
    });
    child.stderr.on('data', (piece: Buffer) => {
      stderr += piece.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ stdout, stderr, code }));
  });
}

/** The same in this process, for what ends before anything runs. */
async function refused(args: readonly string[]): Promise<Ended> {
  const io = testIo(['sandbox', ...args], { cwd: folder, env: { PATH: process.env.PATH ?? '' } });
  const code = await run(io);
  return { stdout: io.out(), stderr: io.err(), code };
}

const leftBehind = () => readdirSync(temporary);

/** Runs a script of Node's behind `--`. */
const script = (text: string) => ['--', process.execPath, '-e', text];

test('a command gets a kubeconfig that only its user can read, and its exit code is passed on', async () => {
  const { stdout, stderr, code } = await sandbox([
    '--load',
    'world.yaml',
    ...script(`const { statSync, readFileSync } = require('fs'); const { dirname } = require('path'); const file = process.env.KUBECONFIG;
      console.log((statSync(file).mode & 0o777).toString(8), (statSync(dirname(file)).mode & 0o777).toString(8), /token: [0-9a-f]{64}/.test(readFileSync(file)), dirname(process.env.KUBECACHEDIR) === dirname(file)); process.exit(42)`),
  ]);
  assert.deepEqual({ stdout, stderr, code }, { stdout: '600 700 true true\n', stderr: '', code: 42 });
  assert.deepEqual(leftBehind(), []);
});

test('a command that a signal ended counts as 128 and the signal', async () => {
  assert.deepEqual(await sandbox(script(`process.kill(process.pid, 'SIGKILL')`)), { stdout: '', stderr: '', code: 137 });
});

test('a signal reaches the command, which may end as it likes', async () => {
  const waiting = script(
    `process.on('SIGTERM', () => { console.log('asked to go'); process.exit(9); }); console.log('ready'); setInterval(() => {}, 1000)`,
  );
  const ended = await sandbox(waiting, (stdout, kill) => stdout === 'ready\n' && kill('SIGTERM'));
  assert.deepEqual(ended, { stdout: 'ready\nasked to go\n', stderr: '', code: 9 });
  assert.deepEqual(leftBehind(), []);
});

test('without a command it serves until Ctrl-C, says how to get there, and takes the kubeconfig away', async () => {
  let mode = 0;
  const path = join(folder, 'sandbox.kubeconfig');
  const { stdout, stderr, code } = await sandbox(['--load=world.yaml', '--write-kubeconfig', 'sandbox.kubeconfig'], (text, kill) => {
    if (text.split('\n').length < 3) return;
    mode = statSync(path).mode & 0o777;
    kill('SIGINT');
  });
  assert.deepEqual({ stderr, code }, { stderr: '', code: 0 });
  assert.match(
    stdout,
    /^Serving 1 object on 127\.0\.0\.1:\d+ until Ctrl-C\n {2}export KUBECONFIG=\.\/sandbox\.kubeconfig {10}kubectl get vm,vmservice,svc,endpoints\n$/,
  );
  assert.equal(mode, 0o600);
  assert.equal(existsSync(path), false);
  assert.deepEqual(leftBehind(), []);
});

test('a terminated sandbox says so with its exit code', async () => {
  const { code } = await sandbox([], (text, kill) => text.split('\n').length > 2 && kill('SIGTERM'));
  assert.equal(code, 143);
  assert.deepEqual(leftBehind(), []);
});

test('a kubeconfig needs a folder to lie in', async () => {
  for (const [name, why] of [
    ['nowhere/mine', 'its folder does not exist\nmake the folder, or name a file in another one'],
    ['file/mine', 'a part of its path is not a folder'],
  ] as const) {
    writeFileSync(join(folder, 'file'), '');
    const stderr = `error: cannot write the kubeconfig ${name}: ${why}\n`;
    assert.deepEqual(await sandbox(['--write-kubeconfig', name, ...script('')]), { stdout: '', stderr, code: 3 });
  }
  assert.deepEqual(leftBehind(), []);
});

test('R125 a file or a link that is there already is neither followed nor overwritten', async () => {
  const file = join(folder, 'mine');
  const link = join(folder, 'link');
  writeFileSync(file, 'mine');
  symlinkSync(file, link);
  for (const name of ['mine', 'link']) {
    assert.deepEqual(await sandbox(['--write-kubeconfig', name, ...script('')]), {
      stdout: '',
      stderr: `error: cannot write the kubeconfig ${name}: it exists already\nname another file, or remove this one: nothing is overwritten\n`,
      code: 3,
    });
  }
  assert.equal(readFileSync(file, 'utf8'), 'mine');
  assert.equal(lstatSync(link).isSymbolicLink(), true);
  assert.deepEqual(leftBehind(), []);
});

test('R125 a kubeconfig that somebody replaced meanwhile is left alone', async () => {
  const { code } = await sandbox(['--write-kubeconfig=replaced', ...script(`require('fs').writeFileSync('replaced', 'theirs')`)]);
  assert.equal(code, 0);
  assert.equal(readFileSync(join(folder, 'replaced'), 'utf8'), 'theirs');
});

test('command lines that make no sense are refused with the reason', async () => {
  const help = "See 'kubectl vmsvc sandbox -h' for help and examples\n";
  const refusals: [string[], string][] = [
    [['--release', '7'], `error: --release "7": must be one of 8.0.1, 8.0.2, 8.0.3, 9.0, 9.1, main, A, B, C, D, E\n${help}`],
    [
      ['--controllers', 'x'],
      `error: --controllers "x": must be none, or some of garbage-collector, endpointslice-mirroring, load-balancer, resource-quota\n${help}`,
    ],
    [['--controllers=none,load-balancer'], `error: --controllers none: nothing else can be named beside it\n${help}`],
    [['--port', '65536'], `error: --port 65536: must be at most 65535\n${help}`],
    [['kubectl', 'get'], `error: unexpected argument "kubectl": a command to run stands behind --\n${help}`],
    [['--'], `error: there is no command behind --\n${help}`],
  ];
  for (const [args, stderr] of refusals) assert.deepEqual(await refused(args), { stdout: '', stderr, code: 2 });
});

test('a command that is not there, and files that cannot be loaded, are named with their place', async () => {
  assert.deepEqual(await refused(['--', 'no-such-command']), {
    stdout: '',
    stderr: 'error: cannot run "no-such-command": there is no such command\n',
    code: 3,
  });
  writeFileSync(
    join(folder, 'lines.jsonl'),
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}\n{"apiVersion":"foo/v1","kind":"Bar","metadata":{"name":"b"}}\n',
  );
  assert.deepEqual(await refused(['--load', 'lines.jsonl', ...script('')]), {
    stdout: '',
    stderr: 'error: lines.jsonl:2:1: cannot load Bar b: this server does not know Bar of foo/v1\n',
    code: 3,
  });
  writeFileSync(join(folder, 'broken.yaml'), 'a: b\n c: d\n');
  const broken = await refused(['--load', 'broken.yaml', ...script('')]);
  assert.deepEqual(
    [broken.stdout, broken.code, broken.stderr.split('\n')[0]],
    ['', 3, 'error: broken.yaml:1:4: Nested mappings are not allowed in compact mappings'],
  );
});

test('what --offline -f takes of networks and policies is left out and named, and the rest is served', async () => {
  const policies = ['a', 'b'].map((name) => `apiVersion: crd.nsx.vmware.com/v1alpha1\nkind: SecurityPolicy\nmetadata: {name: ${name}}\n`);
  const gateway = 'apiVersion: networking.x-k8s.io/v1alpha1pre1\nkind: Gateway\nmetadata: {name: gw}\n';
  const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept}\n';
  writeFileSync(join(folder, 'around.yaml'), [...policies, gateway, map].join('---\n'));
  const { code, stderr } = await refused(['--load', 'around.yaml', ...script('')]);
  assert.deepEqual(
    [code, stderr],
    [
      0,
      'Warning: SecurityPolicy of crd.nsx.vmware.com/v1alpha1: a, b are left out, as the sandbox has no such kind; --offline -f looks at it\n' +
        'Warning: Gateway of networking.x-k8s.io/v1alpha1pre1: gw is left out, as the sandbox has no such kind; --offline -f looks at it\n',
    ],
  );
});

test('R128 a seed that would have the server call somebody is refused: it calls nobody', async () => {
  const clientConfig = { url: 'https://127.0.0.1:1/' };
  const webhook = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'evil' },
    webhooks: [{ name: 'a.example.test', clientConfig, admissionReviewVersions: ['v1'], sideEffects: 'None' }],
  };
  writeFileSync(join(folder, 'webhook.json'), JSON.stringify(webhook));
  assert.deepEqual(await refused(['--load', 'webhook.json', ...script('')]), {
    stdout: '',
    stderr:
      'error: webhook.json:1:1: cannot load ValidatingWebhookConfiguration evil: this server does not know ValidatingWebhookConfiguration of admissionregistration.k8s.io/v1\n',
    code: 3,
  });
});

test('R129 a port that is taken is an error with a way out', async () => {
  let other: Promise<Ended> | undefined;
  await sandbox([], (text, kill) => {
    const port = /127\.0\.0\.1:(\d+)/.exec(text)?.[1];
    if (port === undefined || other !== undefined) return;
    other = sandbox(['--port', port, ...script('')]);
    void other.finally(() => kill('SIGINT'));
  });
  const ended = await other;
  assert.match(ended?.stderr ?? '', /^error: port \d+ of 127\.0\.0\.1 is taken\nleave --port out to take any free one\n$/);
  assert.equal(ended?.code, 3);
});
