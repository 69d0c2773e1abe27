import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRealApiServer } from '../test/support/real-api-server.ts';
import { aWorld } from '../test/support/world.ts';

/**
 * What starting costs, as ratios to kubectl in the same run: the two alternate, so whatever else the machine does hits both.
 * Milliseconds are of this machine; nothing is asserted. `--json` prints the rows for machines.
 */
const runs = 21;
/** What it is compared with: KUBECTL names another one than that on PATH. */
const kubectl = process.env.KUBECTL ?? 'kubectl';
const root = resolve(import.meta.dirname, '..');
const plugin = join(root, 'bin/kubectl-vmsvc');
const folder = mkdtempSync(join(tmpdir(), 'vmsvc-bench-'));
const kubeconfig = join(folder, 'kubeconfig');
const env = { ...process.env, KUBECONFIG: kubeconfig, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}` };

/** A command that is measured, as words. */
type Command = readonly string[];

interface Pair {
  readonly what: string;
  readonly command: Command;
  /** What it is compared with. */
  readonly base: Command;
  /** The highest ratio that is right; undefined for rows that only inform. */
  readonly budget?: number;
  /** The exit code that a run must have. 0 by default. */
  readonly exitCode?: number;
}

interface Row {
  readonly what: string;
  readonly runs: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly base: string;
  readonly baseMedian: number;
  readonly ratio: number;
  readonly budget: number | undefined;
  readonly met: boolean | undefined;
}

const help = [kubectl, '--help'];
const start: readonly Pair[] = [
  { what: 'floor: node -e 0', command: [process.execPath, '-e', '0'], base: help },
  { what: 'B1 --help', command: [plugin, '--help'], base: help, budget: 1 },
  { what: 'B1 version', command: [plugin, 'version'], base: help, budget: 1 },
  { what: 'B1 explain CODE', command: [plugin, 'explain', 'VMS301'], base: help, budget: 1 },
  { what: 'B1 a usage error', command: [plugin, 'get', '--no-such-flag'], base: help, budget: 1, exitCode: 2 },
];

const one = [kubectl, 'get', 'vmservice', 'web-0', '-n', 'ns-0'];
const rawRequests = join(folder, 'raw-requests.cjs');
const rawList = join(folder, 'raw-list.cjs');
const read: readonly Pair[] = [
  { what: 'floor: the requests of get', command: [process.execPath, rawRequests], base: one },
  { what: 'B2 get NAME', command: [plugin, 'get', 'web-0', '-n', 'ns-0'], base: one, budget: 1.4 },
  { what: 'B2 describe NAME', command: [plugin, 'describe', 'web-0', '-n', 'ns-0'], base: one, budget: 1.4 },
];

/** Bare Node as a client: `ask` gives the JSON of a path. */
const rawClientScript = `
const kubeconfig = require('fs').readFileSync(process.env.KUBECONFIG, 'utf8');
const field = (name) => new RegExp(name + ': "?([^"\\\\s]+)').exec(kubeconfig)[1];
const { Agent, get } = require('https');
const agent = new Agent({ keepAlive: true, ca: Buffer.from(field('certificate-authority-data'), 'base64').toString() });
const { hostname, port } = new URL(field('server'));
const ask = (path) => new Promise((resolve, reject) => {
  get({ hostname, port, path, agent, headers: { authorization: 'Bearer ' + field('token') } }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (piece) => { text += piece; }).on('end', () => resolve(response.statusCode === 200 ? JSON.parse(text) : {}));
  }).on('error', reject);
});
`;

/** What `get NAME` asks, from bare Node: nobody can be faster with this runtime. */
const rawRequestsScript = `${rawClientScript}
const group = '/apis/vmoperator.vmware.com';
const place = '/namespaces/ns-0/';
ask(group)
  .then(({ preferredVersion: { groupVersion } }) => Promise.all([
    ask('/apis/' + groupVersion + place + 'virtualmachineservices/web-0'),
    ask('/apis/' + groupVersion + place + 'virtualmachines?limit=500'),
    ask('/api/v1' + place + 'services/web-0'),
    ask('/api/v1' + place + 'endpoints/web-0'),
    ask('/apis/netoperator.vmware.com/v1alpha1' + place + 'networksettings/default'),
  ]))
  .then((answers) => process.stdout.write(answers.map(({ kind }) => kind).join(' ') + '\\n', () => process.exit(0)));
`;

/** Every VM of all namespaces, 500 a page. */
const rawListScript = `${rawClientScript}
const path = '/apis/vmoperator.vmware.com/v1alpha5/virtualmachines?limit=500';
const page = (token) => ask(path + (token ? '&continue=' + encodeURIComponent(token) : '')).then((list) => {
  const next = list.metadata.continue;
  return next ? page(next) : list.kind;
});
page('').then((kind) => process.stdout.write(kind + '\\n', () => process.exit(0)));
`;

await bench().finally(() => rmSync(folder, { recursive: true, force: true }));

async function bench(): Promise<void> {
  if (spawnSync(kubectl, ['version', '--client'], { stdio: 'ignore' }).status !== 0) {
    console.error(`bench: there is no ${kubectl} on PATH, and every row is a ratio to it`);
    process.exitCode = 3;
    return;
  }
  const rows = start.map(measure);
  const [sandboxReady, sandbox] = await startSandbox();
  try {
    // One VirtualMachineService, its Service, its Endpoints and five VMs: eight objects.
    const reconciled = once([plugin, 'reconcile', 'web-0', '-n', 'ns-0', '--once', '--yes']);
    if (reconciled.exitCode !== 0) throw new Error(`the sandbox could not be reconciled: ${reconciled.stderr}`);
    writeFileSync(rawRequests, rawRequestsScript);
    rows.push(...read.map(measure));
  } finally {
    await ended(sandbox);
  }
  rows.push(sandboxReady, ...(await manyRows()));
  const real = await realReady();
  if (real !== undefined) rows.push(real);
  console.log(process.argv.includes('--json') ? JSON.stringify(rows, undefined, 2) : table(rows));
}

/**
 * Rows B5 to B7: a world of which nothing was reconciled, 1,000 services with ten VMs each. What is compared is one raw LIST of all
 * VMs from the same server: machines differ in both alike. The sandbox lists faster than it takes writes, so that what a real
 * server allows for B5 (3.3) and B6 (1.5) says nothing here.
 */
async function manyRows(): Promise<readonly Row[]> {
  const lists: number[] = [];
  const [first, second, few]: [number[], number[], number[]] = [[], [], []];
  for (let run = 0; run < 3; run += 1) {
    await withWorldOf(100, () => {
      for (const times of [first, second]) {
        lists.push(done([process.execPath, rawList]));
        times.push(done([plugin, 'reconcile', '-A', '--once', '--yes', '-q']));
      }
    });
    await withWorldOf(10, () => void few.push(done([plugin, 'reconcile', '-A', '--once', '--yes', '-q'])));
  }
  const list = 'one LIST of 10,000 VMs';
  return [
    row('B5 reconcile -A, 1,000 services', first, list, median(lists), undefined),
    row('B6 reconcile -A again', second, list, median(lists), undefined),
    row('B7 ten times the objects', first, 'reconcile -A, 100 services', median(few), 11),
  ];
}

/** A sandbox of ten namespaces with so many services each, every one with ten VMs. */
async function withWorldOf(services: number, act: () => void): Promise<void> {
  const world = aWorld({ seed: 1, namespaces: 10, services, vms: 10, version: 'v1alpha5' });
  const file = join(folder, 'many.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: world }));
  writeFileSync(rawList, rawListScript);
  rmSync(kubeconfig, { force: true });
  const args = ['sandbox', '--release', '9.1', '--load', file, '--controllers=none', '--write-kubeconfig', kubeconfig];
  const child = spawn(plugin, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    await serving(child);
    act();
  } finally {
    await ended(child);
  }
}

/** The milliseconds of a command that must succeed. */
function done(command: Command): number {
  const { milliseconds, exitCode, stderr } = once(command);
  if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${exitCode}: ${stderr}`);
  return milliseconds;
}

/** A B A B …: each run of the command has a run of its base beside it. */
function measure({ what, command, base, budget, exitCode = 0 }: Pair): Row {
  const [times, baseTimes]: [number[], number[]] = [[], []];
  once(command);
  once(base);
  for (let run = 0; run < runs; run += 1) {
    const measured = once(command);
    if (measured.exitCode !== exitCode) throw new Error(`${command.join(' ')} ended with ${measured.exitCode}: ${measured.stderr}`);
    times.push(measured.milliseconds);
    baseTimes.push(once(base).milliseconds);
  }
  return row(what, times, base.join(' '), median(baseTimes), budget);
}

function row(what: string, times: readonly number[], base: string, baseMedian: number, budget: number | undefined): Row {
  const ratio = median(times) / baseMedian;
  const met = budget === undefined ? undefined : ratio <= budget;
  const [min, max] = [Math.min(...times), Math.max(...times)];
  return { what, runs: times.length, median: median(times), min, max, base, baseMedian, ratio, budget, met };
}

function once([program = '', ...args]: Command) {
  const from = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  const milliseconds = Number(process.hrtime.bigint() - from) / 1e6;
  if (error !== undefined) throw error;
  return { milliseconds, exitCode: status, stderr };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Row B10 and the running sandbox: from the start of the process to the first answer, in seconds against the budget of 0.35 s. */
async function startSandbox(): Promise<[Row, ChildProcess]> {
  const world = aWorld({ seed: 1, namespaces: 1, services: 1, vms: 5, version: 'v1alpha5' });
  const file = join(folder, 'world.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: world }));
  const times: number[] = [];
  for (;;) {
    rmSync(kubeconfig, { force: true });
    const from = process.hrtime.bigint();
    const args = ['sandbox', '--release', '9.1', '--load', file, '--write-kubeconfig', kubeconfig];
    const child = spawn(plugin, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    await serving(child);
    times.push(Number(process.hrtime.bigint() - from) / 1e6);
    if (times.length === 5) return [row('B10 sandbox serves', times, '0.35 s', 350, 1), child];
    await ended(child);
  }
}

async function serving(child: ChildProcess): Promise<void> {
  let said = '';
  let up = false;
  const listen = (text: Buffer) => {
    said += text;
    up ||= /^Serving /m.test(said);
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  for (let waited = 0; !up; waited += 1) {
    if (child.exitCode !== null || waited > 20_000) throw new Error(`the sandbox does not serve: ${said}`);
    await sleep(1);
  }
}

async function realReady(): Promise<Row | undefined> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets === undefined) return undefined;
  const from = process.hrtime.bigint();
  const server = await startRealApiServer(assets, 'D');
  const milliseconds = Number(process.hrtime.bigint() - from) / 1e6;
  await server.stop();
  return row('real etcd and kube-apiserver serve', [milliseconds], '0.35 s', 350, undefined);
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

function table(rows: readonly Row[]): string {
  const ms = (value: number) => value.toFixed(1);
  const cells = rows.map((row) => [
    row.what,
    ms(row.median),
    `${ms(row.min)}–${ms(row.max)}`,
    String(row.runs),
    row.base,
    ms(row.baseMedian),
    row.ratio.toFixed(2),
    row.budget?.toFixed(2) ?? '<none>',
    row.met === undefined ? '<none>' : row.met ? 'yes' : 'NO',
  ]);
  const all = [['WHAT', 'MEDIAN MS', 'MIN–MAX', 'RUNS', 'AGAINST', 'MEDIAN MS', 'RATIO', 'BUDGET', 'MET'], ...cells];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  return all
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 3))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}
