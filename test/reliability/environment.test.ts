import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../src/cli/run.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { aSupervisor } from '../support/supervisor.ts';
import { type TestIoOptions, testIo, testNow } from '../support/test-io.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'vmsvc-environment-'));
after(() => rmSync(folder, { recursive: true }));

const world = [aVmService('web', { createdAt: '2026-11-19T12:00:00Z' }), aVm('web-1', { labels: { app: 'web' }, ip: '10.0.0.1' })];
writeFileSync(join(folder, 'world.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: world }));
const describeFile = 'describe web -n prod --offline -f world.json';

/** A command in this process, with its terminal and its environment as they are said to be. */
async function says(command: string, options: TestIoOptions = {}) {
  const io = testIo(command.split(' '), { cwd: folder, env: { LANG: 'C.UTF-8', ...options.env }, ...options });
  const code = await run(io);
  return { code, out: io.out(), err: io.err() };
}

/** The built command as a process, with an environment of its own; `before` is what its shell does first. */
function asProcess(command: string, env: Readonly<Record<string, string>> = {}, before = ':', bin = join(root, 'bin/kubectl-vmsvc')) {
  const words = `${before}; exec "$NODE" "$BIN" ${command}`;
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', words], {
    cwd: folder,
    env: { NODE: process.execPath, BIN: bin, LANG: 'C.UTF-8', ...env },
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  return { code: status, out: stdout, err: stderr };
}

for (const [how, tty] of [
  ['without any terminal', {}],
  ['with a terminal to read from, and a pipe to write to', { stdin: true, stderr: true }],
  ['with a terminal to write to, and a pipe to read from', { stdout: true, stderr: true }],
] as const) {
  test(`R111 ${how} nobody is asked: what is missing is named`, async () => {
    const missing = await says('create web --type=LoadBalancer', { tty });
    assert.deepEqual([missing.code, missing.out], [2, '']);
    assert.match(missing.err, /^error: --port, --selector or --from: these are missing\n/);
    const wanted = await says('create -i', { tty });
    assert.deepEqual([wanted.code, wanted.out], [2, '']);
    assert.match(wanted.err, /^error: -i asks questions, and there is no terminal to ask them on\n/);
  });
}

test('R111 a closed stdin is an empty one', () => {
  const { code, err } = asProcess('validate -f - <&-');
  assert.deepEqual([code, err.split('\n')[0]], [3, 'error: stdin: there is no object in it']);
});

test('R112 a dumb terminal is asked in one line, and nothing moves its cursor', async () => {
  for (const [typed, code, left] of [
    ['n\n', 1, 1],
    ['', 1, 1],
    ['y\n', 0, 0],
  ] as const) {
    const supervisor = await aSupervisor(world);
    const tty = { stdin: true, stdout: true, stderr: true };
    const said = await supervisor.run('delete web -n prod --wait=false', { tty, typed, columns: 20, env: { TERM: 'dumb' } });
    assert.equal(said.code, code);
    assert.match(said.out, /^Delete web in prod .*\? \[y\/N\] /m);
    assert.equal(said.out.includes('\u001b') || said.err.includes('\u001b'), false);
    assert.equal(supervisor.writes.length, 1 - left);
  }
  const lists = await says('create -i', { tty: { stdin: true, stdout: true, stderr: true }, env: { TERM: 'dumb' } });
  assert.equal(lists.code, 2);
  assert.match(lists.err, /^error: -i shows lists to choose from, which a terminal with TERM=dumb cannot\n/);
});

test('R112 in a narrow terminal no name is cut, and NO_COLOR or CI change nothing but the colour', async () => {
  const tty = { stdout: true, stderr: true };
  const wide = await says(describeFile, { tty, env: { NO_COLOR: '1' }, columns: 200 });
  for (const columns of [1, 20, 40]) {
    const { code, out } = await says(describeFile, { tty, env: { NO_COLOR: '1', CI: 'true' }, columns });
    assert.equal(code, 0);
    assert.deepEqual(out.split(/\s+/), wide.out.split(/\s+/));
    assert.equal(out.includes('\u001b'), false);
  }
  const help = await says('get --help', { tty, columns: 1 });
  assert.deepEqual([help.code, help.out], [0, (await says('get --help', { tty, columns: 40 })).out]);
});

test('R113 ages are counted by the clock of the server, and debug says how wrong the one here is', async () => {
  const supervisor = await aSupervisor(world);
  const right = await supervisor.run('get web -n prod', { now: testNow });
  for (const [now, skew] of [
    ['2026-11-20T13:00:00Z', '60m ahead of'],
    ['2026-11-20T11:00:00Z', '60m behind'],
    ['2027-11-20T12:00:00Z', '365d ahead of'],
    ['2025-11-20T12:00:00Z', '365d behind'],
  ] as const) {
    assert.deepEqual(await supervisor.run('get web -n prod', { now }), right);
    const { out } = await supervisor.run('debug web -n prod', { now });
    assert.match(out, new RegExp(`This machine's clock is ${skew} the server's`));
  }
});

test('R113 a clock that jumps back does not keep wait waiting', async (context) => {
  const supervisor = await aSupervisor(world);
  const actual = Date.now;
  const started = actual();
  context.mock.method(Date, 'now', () => 2 * started - actual() - 3_600_000);
  const { code, err } = await supervisor.run('wait web -n prod --for=address --timeout=1s');
  assert.equal(code, 1);
  assert.match(err, /^error: timed out after 1s waiting for address/m);
});

test('R114 no locale and no time zone changes a byte; without UTF-8 only the marks are others', async () => {
  const usual = await says(describeFile);
  for (const env of [{ LC_ALL: 'tr_TR.UTF-8' }, { LC_ALL: 'ja_JP.utf8' }, { TZ: 'Mars/Phobos' }, { TZ: 'Pacific/Kiritimati' }]) {
    assert.deepEqual(await says(describeFile, { env: { LANG: 'C.UTF-8', ...env } }), usual);
  }
  for (const env of [{ LANG: 'C' }, { LC_ALL: 'POSIX' }, { LANG: 'de_DE.ISO-8859-1' }]) {
    const { out } = await says(describeFile, { env });
    assert.match(out, /^[\n\x20-\x7e]*$/);
    assert.match(out, /^ {2}x VIP +<pending> +x? ?no address without a Service$/m);
  }
});

test('R114 a process in Turkish and on an island in the far east says what one at home does', () => {
  const usual = asProcess(describeFile);
  const elsewhere = asProcess(describeFile, { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', TZ: 'Pacific/Kiritimati' });
  assert.equal(usual.code, 0);
  assert.deepEqual(elsewhere, usual);
});

test('R114 nothing in the sources goes by the locale', () => {
  const byLocale = /\.(toLocale\w+|localeCompare)\(|\bIntl\./;
  const found = globSync('src/**/*.ts', { cwd: root }).filter((file) => byLocale.test(readFileSync(join(root, file), 'utf8')));
  assert.deepEqual(found, []);
});

for (const [how, env] of [
  ['without a home', {}],
  ['with a home that is a file', { HOME: join(folder, 'world.json') }],
  ['with a home that does not exist', { HOME: join(folder, 'nobody') }],
  ['with a home in which nothing can be made', { HOME: '/proc', TMPDIR: join(folder, 'nowhere') }],
  ['with a cache that is no path', { XDG_CACHE_HOME: 'relative' }],
] as const) {
  test(`R115 ${how} it works, and makes nothing`, () => {
    const { code, out, err } = asProcess(describeFile, env);
    assert.deepEqual([code, err, out.split('\n')[0]], [0, '', 'Name:          web']);
    assert.deepEqual([existsSync(join(folder, 'nobody')), existsSync(join(folder, 'relative'))], [false, false]);
  });
}

test('R115 what others could have written is not run', () => {
  const cache = join(folder, 'shared');
  mkdirSync(join(cache, 'kubectl-vmsvc'), { recursive: true });
  const open = asProcess(describeFile, { XDG_CACHE_HOME: cache }, 'chmod 777 "$XDG_CACHE_HOME/kubectl-vmsvc"');
  assert.equal(open.code, 0);
  assert.deepEqual(
    globSync('**', { cwd: join(cache, 'kubectl-vmsvc') }).filter((name) => name !== '.'),
    [],
  );
});

test('R115 in a folder that was deleted, whole paths work, and others are not found', () => {
  const deleted = 'mkdir gone && cd gone && rmdir ../gone';
  const whole = asProcess(describeFile.replace('world.json', join(folder, 'world.json')), {}, deleted);
  assert.deepEqual([whole.code, whole.err], [0, '']);
  const file = asProcess(describeFile, {}, deleted);
  assert.deepEqual([file.code, file.err], [3, 'error: world.json: no such file or directory\n']);
  const kubeconfig = asProcess('get --kubeconfig=mine', {}, deleted);
  assert.deepEqual([kubeconfig.code, kubeconfig.err], [3, 'error: cannot read the kubeconfig mine: no such file or directory\n']);
});

test('R117 it runs from a folder whose name has blanks and letters of any script', () => {
  const place = join(folder, 'ein Pfad', 'ünï ☃');
  for (const part of ['bin', 'dist']) cpSync(join(root, part), join(place, part), { recursive: true });
  const { code, out } = asProcess(describeFile, {}, ':', join(place, 'bin/kubectl-vmsvc'));
  assert.deepEqual([code, out.split('\n')[0]], [0, 'Name:          web']);
});

test('R118 with 32 file descriptors, and with 64 MB of memory, it works', () => {
  const files = asProcess(describeFile, {}, 'ulimit -n 32');
  assert.deepEqual([files.code, files.err], [0, '']);
  const memory = asProcess(describeFile, { NODE_OPTIONS: '--max-old-space-size=64' });
  assert.deepEqual([memory.code, memory.out], [0, files.out]);
});

const openFiles = '/proc/self/fd';
const unseen = existsSync(openFiles) ? false : 'this system does not tell which files are open';

test('R118 two hundred requests leave nothing open', { skip: unseen }, async () => {
  const services = Array.from({ length: 30 }, (_, index) => aVmService(`s${index}`, { selector: { app: 'web' } }));
  const supervisor = await aSupervisor([...services, ...world]);
  await supervisor.run('get -n prod');
  const before = readdirSync(openFiles).length;
  supervisor.forget();
  assert.equal((await supervisor.run('reconcile -n prod --once --yes')).code, 0);
  assert.ok(supervisor.requests.length > 200, `${supervisor.requests.length} requests`);
  // The server's ends of the connections take a moment to close.
  for (let attempt = 0; attempt < 100 && readdirSync(openFiles).length > before; attempt += 1) await sleep(20);
  assert.ok(readdirSync(openFiles).length <= before);
});

test('R130 who reads slowly gets all of a large output', () => {
  const services = Array.from({ length: 500 }, (_, index) => aVmService(`s${index}`, { selector: { 'a b': 'x' } }));
  writeFileSync(join(folder, 'many.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: services }));
  const whole = asProcess('validate -f many.json');
  // More than a pipe holds.
  assert.ok(whole.code === 1 && whole.out.length > 128 * 1024);
  assert.equal(asProcess('validate -f many.json | (sleep 1; cat)').out, whole.out);
});
