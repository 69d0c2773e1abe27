import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { atOnce } from '../src/cluster/reconcile/at-once.ts';
import { sandboxKubeconfig } from '../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { type KubeObject, refOf } from '../src/model/object.ts';
import { services } from '../src/model/resources.ts';
import { openKubeconfig } from '../test/support/live-cluster.ts';
import { startRealApiServer } from '../test/support/real-api-server.ts';
import { loadObjects } from '../test/support/real-worlds.ts';
import { type Bench, median, type Row, row } from './bench-measure.ts';
import { rawListScript } from './bench-raw.ts';
import { readRows, wantsReadRows } from './bench-read-many.ts';
import { benchWorld, withSandboxOf } from './bench-world.ts';

const runs = 3;
const reconcileAll = ['reconcile', '-A', '--once', '--yes', '-q'] as const;
const list = 'one LIST of 10,000 VMs';
const real = 'real: ';
const names = ['B5 reconcile -A, 1,000 services', 'B5 its peak memory (MB)', 'B6 reconcile -A again', 'B7 ten times the objects'] as const;
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
  if (!wantsReconcileRows('', bench)) return [];
  const times: Times = { lists: [], first: [], second: [], few: [], memory: [] };
  for (let run = 0; run < runs; run += 1) {
    await withSandboxOf(100, bench, () => twice(bench, times));
    await withSandboxOf(10, bench, () => void times.few.push(bench.done(reconcileAll)));
  }
  return rowsOf('', times, undefined, bench);
}

/**
 * The same on a real kube-apiserver that is started for it, which takes some minutes to load. A tenth of the world is loaded and
 * measured first.
 */
export async function realManyRows(assets: string, bench: Bench): Promise<readonly Row[]> {
  const [reconciles, reads] = [wantsReconcileRows(real, bench), wantsReadRows(real, bench)];
  if (!reconciles && !reads) return [];
  const from = process.hrtime.bigint();
  const server = await startRealApiServer(assets, 'D');
  const ready = row('real etcd and kube-apiserver serve', [Number(process.hrtime.bigint() - from) / 1e6], '0.35 s', 350, undefined);
  try {
    writeFileSync(bench.kubeconfig, readableKubeconfig(server.kubeconfig));
    const [firstNamespace = [], ...others] = benchWorld(100);
    const times: Times = { lists: [], first: [], second: [], few: [], memory: [] };
    await load([firstNamespace], server.kubeconfig);
    for (let run = 0; reconciles && run < runs; run += 1) {
      times.few.push(bench.done(reconcileAll));
      await forgetServices(server.kubeconfig);
    }
    await load(others, server.kubeconfig);
    for (let run = 0; reconciles && run < runs; run += 1) {
      await forgetServices(server.kubeconfig);
      twice(bench, times);
    }
    if (reads) bench.done(reconcileAll);
    const readTimes = reads ? readRows(real, bench) : [];
    return [ready, ...readTimes, ...(reconciles ? rowsOf(real, times, { first: 3.3, second: 1.5 }, bench) : [])];
  } finally {
    rmSync(bench.kubeconfig, { force: true });
    await server.stop();
  }
}

/** A run that writes and one that does not, each beside a LIST. */
function twice(bench: Bench, { lists, first, second, memory }: Times): void {
  for (const times of [first, second]) {
    lists.push(bench.doneRaw(rawListScript));
    const { milliseconds, peakMemory } = bench.doneWithin(reconcileAll);
    times.push(milliseconds);
    memory.push(peakMemory);
  }
}

function wantsReconcileRows(where: string, bench: Bench): boolean {
  return names.some((name) => bench.wants(where + name));
}

function rowsOf(
  where: string,
  times: Times,
  budgets: { readonly first: number; readonly second: number } | undefined,
  bench: Bench,
): readonly Row[] {
  const { lists, first, second, few, memory } = times;
  const [firstName, memoryName, secondName, growthName] = names;
  const megabytes = memory.map((bytes) => bytes / megabyte);
  return [
    row(where + firstName, first, list, median(lists), budgets?.first),
    row(where + memoryName, megabytes, '200 MB', 200, 1),
    row(where + secondName, second, list, median(lists), budgets?.second),
    row(where + growthName, first, 'reconcile -A, 100 services', median(few), 11),
  ].filter(({ what }) => bench.wants(what));
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
