import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atOnce } from '../src/cluster/reconcile/at-once.ts';
import { sandboxKubeconfig } from '../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { type KubeObject, refOf } from '../src/model/object.ts';
import { services } from '../src/model/resources.ts';
import { openKubeconfig } from '../test/support/live-cluster.ts';
import { startRealApiServer } from '../test/support/real-api-server.ts';
import { loadObjects } from '../test/support/real-worlds.ts';
import { aWorld } from '../test/support/world.ts';
import { type Bench, ended, median, type Row, row, serving } from './bench-measure.ts';
import { rawListScript } from './bench-raw.ts';

const runs = 3;
const reconcileAll = ['reconcile', '-A', '--once', '--yes', '-q'] as const;
const list = 'one LIST of 10,000 VMs';
/** What the budget for memory is given in. */
const megabyte = 1_000_000;

/** The times of a run that writes everything, of the next, which finds nothing to do, and of one with a tenth of the objects. */
interface Times {
  readonly lists: number[];
  readonly first: number[];
  readonly second: number[];
  readonly few: number[];
  /** The highest resident set size of a process, in bytes. */
  readonly memory: number[];
}

/**
 * Rows B5 to B7: a world of which nothing was reconciled, 1,000 services with ten VMs each. What is compared is one raw LIST of all
 * VMs from the same server: machines differ in both alike. The sandbox lists faster than it takes writes, so that what a real
 * server allows for B5 (3.3) and B6 (1.5) says nothing here.
 */
export async function manyRows(bench: Bench): Promise<readonly Row[]> {
  const times: Times = { lists: [], first: [], second: [], few: [], memory: [] };
  for (let run = 0; run < runs; run += 1) {
    await withSandboxOf(100, bench, () => twice(bench, times));
    await withSandboxOf(10, bench, () => void times.few.push(bench.done(reconcileAll)));
  }
  return rowsOf('', times, undefined);
}

/**
 * The same on a real kube-apiserver that is started for it, which takes some minutes to load. A tenth of the world is loaded and
 * measured first.
 */
export async function realManyRows(assets: string, bench: Bench): Promise<readonly Row[]> {
  const from = process.hrtime.bigint();
  const server = await startRealApiServer(assets, 'D');
  const ready = row('real etcd and kube-apiserver serve', [Number(process.hrtime.bigint() - from) / 1e6], '0.35 s', 350, undefined);
  try {
    writeFileSync(bench.kubeconfig, readableKubeconfig(server.kubeconfig));
    const [firstNamespace = [], ...others] = worldOf(100);
    const times: Times = { lists: [], first: [], second: [], few: [], memory: [] };
    await load([firstNamespace], server.kubeconfig);
    for (let run = 0; run < runs; run += 1) {
      times.few.push(bench.done(reconcileAll));
      await forgetServices(server.kubeconfig);
    }
    await load(others, server.kubeconfig);
    for (let run = 0; run < runs; run += 1) {
      twice(bench, times);
      await forgetServices(server.kubeconfig);
    }
    return [ready, ...rowsOf('real: ', times, { first: 3.3, second: 1.5 })];
  } finally {
    rmSync(bench.kubeconfig, { force: true });
    await server.stop();
  }
}

/** A run that writes and one that does not, each beside a LIST. */
function twice(bench: Bench, { lists, first, second, memory }: Times): void {
  for (const times of [first, second]) {
    lists.push(bench.doneRaw(rawListScript));
    times.push(bench.done(reconcileAll));
    memory.push(bench.peakMemory());
  }
}

function rowsOf(where: string, times: Times, budgets: { readonly first: number; readonly second: number } | undefined): readonly Row[] {
  const { lists, first, second, few, memory } = times;
  return [
    row(`${where}B5 reconcile -A, 1,000 services`, first, list, median(lists), budgets?.first),
    row(
      `${where}B5 its peak memory (MB)`,
      memory.map((bytes) => bytes / megabyte),
      '200 MB',
      200,
      1,
    ),
    row(`${where}B6 reconcile -A again`, second, list, median(lists), budgets?.second),
    row(`${where}B7 ten times the objects`, first, 'reconcile -A, 100 services', median(few), 11),
  ];
}

/** Ten namespaces with so many services each, every one with ten VMs. */
function worldOf(services: number): readonly (readonly KubeObject[])[] {
  const world = aWorld({ seed: 1, namespaces: 10, services, vms: 10, version: 'v1alpha5' });
  return [...Map.groupBy(world, ({ metadata }) => metadata.namespace).values()];
}

/** A sandbox with such a world. */
export async function withSandboxOf(perNamespace: number, { plugin, env, kubeconfig, folder }: Bench, act: () => void): Promise<void> {
  const file = join(folder, 'many.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: worldOf(perNamespace).flat() }));
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

/** One namespace after the other: a server answers 429 to whoever asks too much at once. */
async function load(world: readonly (readonly KubeObject[])[], kubeconfig: string): Promise<void> {
  const cluster = await openKubeconfig(kubeconfig);
  try {
    for (const objects of world) await loadObjects(cluster, objects, objects[0]?.metadata.namespace ?? '');
  } finally {
    await cluster.close();
  }
}

/** Deletes every Service of the world, which takes its Endpoints along: as if nothing had been reconciled. */
async function forgetServices(kubeconfig: string): Promise<void> {
  const cluster = await openKubeconfig(kubeconfig);
  try {
    const { items } = await cluster.list(services, 'v1', { namespace: undefined });
    const made = items.filter(({ metadata }) => metadata.namespace?.startsWith('ns-'));
    await atOnce(made, 16, (service) => cluster.delete(refOf(service), { dryRun: 'none' }));
  } finally {
    await cluster.close();
  }
}

/** With its certificate in it, as the raw client reads it. */
function readableKubeconfig(path: string): string {
  const { clusters, users } = JSON.parse(readFileSync(path, 'utf8'));
  const [{ cluster }] = clusters;
  const [{ user }] = users;
  const authority = readFileSync(cluster['certificate-authority'], 'utf8');
  return sandboxKubeconfig({ server: cluster.server, authority, token: user.token });
}
