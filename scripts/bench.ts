import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { aWorld } from '../test/support/world.ts';
import { manyRows, realManyRows } from './bench-many.ts';
import { benchIn, type Command, ended, median, once, type Row, row, serving, table } from './bench-measure.ts';
import { rawRequestsScript } from './bench-raw.ts';
import { readManyRows } from './bench-read-many.ts';
import { validateRows } from './bench-validate.ts';

/**
 * What starting costs, as ratios to kubectl in the same run: the two alternate, so whatever else the machine does hits both.
 * Milliseconds are of this machine; nothing is asserted. `--json` prints the rows for machines; `--only=TEXT` measures the rows that
 * have it in their name, as B4 or real.
 */
const runs = 21;
/** What it is compared with: KUBECTL names another one than that on PATH. */
const kubectl = process.env.KUBECTL ?? 'kubectl';
const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length) ?? '';
const wants = (what: string): boolean => what.includes(only);
const root = resolve(import.meta.dirname, '..');
const plugin = join(root, 'bin/kubectl-vmsvc');
const folder = mkdtempSync(join(tmpdir(), 'vmsvc-bench-'));
const kubeconfig = join(folder, 'kubeconfig');
const env = { ...process.env, KUBECONFIG: kubeconfig, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}` };

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

const sandboxServes = 'B10 sandbox serves';
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
const read: readonly Pair[] = [
  { what: 'floor: the requests of get', command: [process.execPath, rawRequests], base: one },
  { what: 'B2 get NAME', command: [plugin, 'get', 'web-0', '-n', 'ns-0'], base: one, budget: 1.4 },
  { what: 'B2 describe NAME', command: [plugin, 'describe', 'web-0', '-n', 'ns-0'], base: one, budget: 1.4 },
];

await bench().finally(() => rmSync(folder, { recursive: true, force: true }));

async function bench(): Promise<void> {
  if (spawnSync(kubectl, ['version', '--client'], { stdio: 'ignore' }).status !== 0) {
    console.error(`bench: there is no ${kubectl} on PATH, and every row is a ratio to it`);
    process.exitCode = 3;
    return;
  }
  const rows = start.filter(({ what }) => wants(what)).map(measure);
  if (wants(sandboxServes) || read.some(({ what }) => wants(what))) rows.push(...(await nearbyRows()));
  const surroundings = benchIn(folder, { plugin, kubectl, kubeconfig, env, wants });
  rows.push(...(await readManyRows(surroundings)), ...(await manyRows(surroundings)), ...validateRows(surroundings));
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets === undefined) console.error('bench: no rows of a real kube-apiserver, because KUBEBUILDER_ASSETS is not set');
  else rows.push(...(await realManyRows(assets, surroundings)));
  console.log(process.argv.includes('--json') ? JSON.stringify(rows, undefined, 2) : table(rows));
}

/** What asks a sandbox with few objects, and how soon that serves. */
async function nearbyRows(): Promise<readonly Row[]> {
  const [sandboxReady, sandbox] = await startSandbox();
  try {
    // One VirtualMachineService, its Service, its Endpoints and five VMs: eight objects.
    const reconciled = once([plugin, 'reconcile', 'web-0', '-n', 'ns-0', '--once', '--yes'], env);
    if (reconciled.exitCode !== 0) throw new Error(`the sandbox could not be reconciled: ${reconciled.stderr}`);
    writeFileSync(rawRequests, rawRequestsScript);
    return [...read.filter(({ what }) => wants(what)).map(measure), sandboxReady];
  } finally {
    await ended(sandbox);
  }
}

/** A B A B …: each run of the command has a run of its base beside it. */
function measure({ what, command, base, budget, exitCode = 0 }: Pair): Row {
  const [times, baseTimes]: [number[], number[]] = [[], []];
  once(command, env);
  once(base, env);
  for (let run = 0; run < runs; run += 1) {
    const measured = once(command, env);
    if (measured.exitCode !== exitCode) throw new Error(`${command.join(' ')} ended with ${measured.exitCode}: ${measured.stderr}`);
    times.push(measured.milliseconds);
    baseTimes.push(once(base, env).milliseconds);
  }
  return row(what, times, base.join(' '), median(baseTimes), budget);
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
    if (times.length === 5) return [row(sandboxServes, times, '0.35 s', 350, 1), child];
    await ended(child);
  }
}
