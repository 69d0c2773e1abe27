import assert from 'node:assert/strict';
import type { ApiServer } from '../../src/apiserver/server.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { memoryCluster } from '../../src/cluster/memory.ts';
import { traitsOf } from '../../src/core/profile.ts';
import type { JsonObject, KubeObject } from '../../src/model/object.ts';
import { intercept, type SentRequest } from './intercept.ts';
import { endState, type ReconcileCase, runModel, runTool, serverOf } from './reconcile-cases.ts';

/** Where a run ends: with its k-th request, counted from 1, unsent or just carried out. */
export interface KillPoint {
  readonly request: number;
  readonly point: 'before' | 'after';
}

/** What a run that nobody disturbs does and leaves. */
export interface Reference {
  readonly requests: readonly SentRequest[];
  readonly end: readonly JsonObject[];
  /** What the controller alone makes of the same world. */
  readonly controllerEnd: readonly JsonObject[];
  readonly world: ApiServer;
}

/** The process is dead: nothing after it happens. */
class Killed extends Error {
  constructor() {
    super('killed');
    this.name = 'Killed';
  }
}

/** How many kills there were, and in how many worlds; all of them converged. */
export interface KillFigures {
  readonly worlds: number;
  readonly points: number;
}

/** Every kill point of every case. @throws AssertionError where one does not converge */
export async function killEverywhere(cases: Iterable<ReconcileCase>): Promise<KillFigures> {
  const figures = { worlds: 0, points: 0 };
  for (const how of cases) {
    const reference = await referenceOf(how);
    const points = killPointsOf(reference);
    for (const point of points) await killAt([point], how, reference);
    figures.worlds += 1;
    figures.points += points.length;
  }
  return figures;
}

/** Two kills in a row: every pair of points, or with a stride every so-many-th. @throws AssertionError where one does not converge */
export async function killTwice(cases: Iterable<ReconcileCase>, stride: number): Promise<KillFigures> {
  const figures = { worlds: 0, points: 0 };
  for (const how of cases) {
    const reference = await referenceOf(how);
    const points = killPointsOf(reference);
    const pairs = points.flatMap((first) => points.map((second) => [first, second]));
    for (const pair of pairs.filter((_, index) => index % stride === 0)) {
      await killAt(pair, how, reference);
      figures.points += 1;
    }
    figures.worlds += 1;
  }
  return figures;
}

/** The cases in which an undisturbed run ends well and a second one has nothing to do: recorded worlds hold traps where it is not so. */
export async function settling(cases: readonly ReconcileCase[]): Promise<readonly ReconcileCase[]> {
  const kept: ReconcileCase[] = [];
  for (const how of cases) if ((await settledReference(how)) !== undefined) kept.push(how);
  return kept;
}

/** Undefined for a case that is not of those. */
export async function settledReference(how: ReconcileCase): Promise<Reference | undefined> {
  try {
    return await referenceOf(how);
  } catch (error) {
    if (error instanceof assert.AssertionError) return undefined;
    throw error;
  }
}

/** @throws AssertionError where even an undisturbed run has no end that a second one keeps */
export async function referenceOf(how: ReconcileCase): Promise<Reference> {
  const world = serverOf(how);
  const own = world.fork();
  const requests: SentRequest[] = [];
  const items = await runTool(recordingRequests(memoryCluster(own), requests), how);
  assert.deepEqual(
    items.map(({ error }) => error),
    items.map(() => null),
    `${how.name}: an undisturbed run`,
  );
  const end = endState(own);
  await settles(own, how, end, 'an undisturbed run');
  const controlled = world.fork();
  await controllerSettles(controlled, how);
  return { requests, end, controllerEnd: endState(controlled), world };
}

/** Every point at which a run of the case can be killed. */
export function killPointsOf({ requests }: Reference): readonly KillPoint[] {
  return requests.flatMap(({ number }) => (['before', 'after'] as const).map((point) => ({ request: number, point })));
}

/**
 * Kills the tool at each of the points, one run after the other in the same world, and holds what is left to its promises: the
 * tool again repairs it, the controller alone repairs it, and a deletion leaves nothing behind.
 * @throws AssertionError naming the case and the points
 */
export async function killAt(points: readonly KillPoint[], how: ReconcileCase, reference: Reference): Promise<void> {
  const world = reference.world.fork();
  for (const point of points) await killedRun(memoryCluster(world), how, point);
  const where = `${how.name}, killed ${points.map(({ point, request }) => `${point} request ${request}`).join(' and ')}`;
  assert.deepEqual(childrenOfNobody(world, reference.world, how), [], `${where}: a child without an owner`);
  assert.deepEqual(othersOf(world), othersOf(reference.world), `${where}: something else changed`);

  const repaired = world.fork();
  const items = await runTool(memoryCluster(repaired), how);
  assert.ok(
    items.every(({ error }) => error === null),
    `${where}: the tool again fails: ${JSON.stringify(items.map(({ error }) => error))}`,
  );
  assert.deepEqual(endState(repaired), reference.end, `${where}: the tool again`);
  await settles(repaired, how, reference.end, where);

  const controlled = world.fork();
  await controllerSettles(controlled, how);
  assert.deepEqual(endState(controlled), reference.controllerEnd, `${where}: the controller alone`);

  const deleted = world.fork(['garbage-collector']);
  await deleteAll(deleted, how);
  await controllerSettles(deleted, how);
  await startCollector(deleted, how);
  assert.deepEqual(ownedLeft(deleted, how), [], `${where}: left after the deletion`);
}

/** Runs the tool, and kills it at a point. */
export async function killedRun(cluster: Cluster, how: ReconcileCase, { request: fatal, point }: KillPoint): Promise<void> {
  let dead = false;
  const dying = intercept(cluster, async ({ number }, send) => {
    if (dead || (number === fatal && point === 'before')) {
      dead = true;
      throw new Killed();
    }
    const answer = await send();
    if (number < fatal) return answer;
    dead = true;
    throw new Killed();
  });
  try {
    await runTool(dying, how);
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}

/** The same cluster, whose requests are noted, each before it is sent. */
export function recordingRequests(cluster: Cluster, requests: SentRequest[], first: () => Promise<void> = async () => {}): Cluster {
  return intercept(cluster, async (request, send) => {
    requests.push(request);
    await first();
    return send();
  });
}

/** One more run sends no write and leaves everything as it is. */
export async function settles(server: ApiServer, how: ReconcileCase, end: readonly JsonObject[], where: string): Promise<void> {
  const requests: SentRequest[] = [];
  const items = await runTool(recordingRequests(memoryCluster(server), requests), how);
  assert.deepEqual(
    [
      items.map(({ error }) => error?.message ?? null),
      requests.filter(({ writes }) => writes).map(({ verb, object }) => `${verb} ${object}`),
    ],
    [items.map(() => null), []],
    `${where}: one more run`,
  );
  assert.deepEqual(endState(server), end, `${where}: one more run`);
}

/** Its own writes wake the controller again, until there is nothing left to write. */
export async function controllerSettles(server: ApiServer, how: ReconcileCase): Promise<void> {
  for (let runs = 0; runs < 5; runs++) {
    const { resourceVersion } = server;
    await runModel(memoryCluster(server), how);
    if (server.resourceVersion === resourceVersion) return;
  }
  assert.fail(`${how.name}: the controller never comes to rest`);
}

/** Children that nobody owns, and that were not there in the first place. */
function childrenOfNobody(world: ApiServer, before: ApiServer, { namespace }: ReconcileCase): readonly string[] {
  const known = new Set(before.objects().map(({ metadata }) => metadata.uid));
  return world
    .objects()
    .filter(({ kind, metadata }) => (kind === 'Service' || kind === 'Endpoints') && metadata.namespace === namespace)
    .filter(({ metadata }) => !known.has(metadata.uid) && (metadata.ownerReferences ?? []).length === 0)
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

function othersOf(world: ApiServer): readonly KubeObject[] {
  return world.objects().filter(({ kind }) => !['VirtualMachineService', 'Service', 'Endpoints'].includes(kind));
}

async function deleteAll(world: ApiServer, { profile, namespace }: ReconcileCase): Promise<void> {
  const cluster = memoryCluster(world);
  const apiVersion = `vmoperator.vmware.com/${traitsOf(profile).hubVersion}`;
  for (const { kind, metadata } of world.objects()) {
    if (kind !== 'VirtualMachineService' || metadata.namespace !== namespace || metadata.deletionTimestamp !== undefined) continue;
    await cluster.delete({ apiVersion, kind, namespace, name: metadata.name }, { dryRun: 'none' });
  }
}

/** A garbage collector that starts looks at every object, not only at those that change. */
async function startCollector(world: ApiServer, { namespace }: ReconcileCase): Promise<void> {
  for (const kind of ['Service', 'Endpoints']) {
    const names = world
      .objects()
      .flatMap((object) => (object.kind === kind && object.metadata.namespace === namespace ? [object.metadata.name] : []));
    for (const name of names) {
      // One look may take several objects away.
      if (!world.objects().some((object) => object.kind === kind && object.metadata.name === name)) continue;
      const patch = { metadata: { annotations: { looked: 'at' } } };
      await memoryCluster(world).patch({ apiVersion: 'v1', kind, namespace, name }, patch, { dryRun: 'none', fieldManager: 'gc' });
    }
  }
}

/**
 * What a VirtualMachineService still owns alone though it is gone. One that somebody else's finalizer holds keeps its children
 * where the controller's was not there yet.
 */
function ownedLeft(world: ApiServer, { namespace }: ReconcileCase): readonly string[] {
  const there = new Set(world.objects().map(({ metadata }) => metadata.uid));
  return world
    .objects()
    .filter(({ metadata }) => metadata.namespace === namespace && (metadata.ownerReferences ?? []).length > 0)
    .filter(({ metadata }) => metadata.ownerReferences?.every(({ kind, uid }) => kind === 'VirtualMachineService' && !there.has(uid)))
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}
