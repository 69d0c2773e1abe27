import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionError } from '../../src/cluster/cluster.ts';
import { UnknownOutcomeError } from '../../src/cluster/http/unknown-outcome.ts';
import { memoryCluster } from '../../src/cluster/memory.ts';
import type { JsonObject } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { ApiError } from '../../src/model/status.ts';
import { assertGolden } from '../support/golden.ts';
import { intercept, type SentRequest } from '../support/intercept.ts';
import { type Reference, referenceOf, settles } from '../support/kill-harness.ts';
import { endState, type ReconcileCase, reconcileCases, runTool } from '../support/reconcile-cases.ts';

const writesOf = ({ requests }: Reference) => requests.filter(({ writes }) => writes);

test('P2 what each reconcile writes, to the letter', async () => {
  const cases = reconcileCases.filter(({ name }) => name !== 'many VMs');
  const texts = await Promise.all(
    cases.map(async (how) => {
      const lines = writesOf(await referenceOf(how)).map(({ verb, object, body }) => `${verb} ${object}\n  ${JSON.stringify(body)}`);
      return [how.name, ...lines, ''].join('\n');
    }),
  );
  assertGolden(new URL('writes.txt', import.meta.url), texts.join('\n'));
});

test('P2 every patch names the version that it was computed from, every deletion a uid, every child its owner', async () => {
  for (const how of reconcileCases) {
    for (const { verb, object, body, fieldManager } of writesOf(await referenceOf(how))) {
      const metadata = isMap(body?.['metadata']) ? body['metadata'] : {};
      if (verb === 'patch') assert.equal(typeof metadata['resourceVersion'], 'string', `${how.name}: ${object}`);
      if (verb === 'create') assert.ok(Array.isArray(metadata['ownerReferences']), `${how.name}: ${object}`);
      if (verb === 'delete') assert.equal(typeof body?.['uid'], 'string', `${how.name}: ${object}`);
      else assert.equal(fieldManager, 'kubectl-vmsvc');
    }
  }
});

/** Ways in which a write does not happen, or in which nobody knows. */
const failures = {
  Forbidden: () => new ApiError({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 403, reason: 'Forbidden', message: 'no' }),
  Invalid: () => new ApiError({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 422, reason: 'Invalid', message: 'wrong' }),
  InternalError: () =>
    new ApiError({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      code: 500,
      reason: 'InternalError',
      message: 'failed calling webhook "default.validating.virtualmachineservice": no endpoints available',
    }),
  ConnectionError: () => new ConnectionError('the connection was refused'),
  UnknownOutcome: () => new UnknownOutcomeError('the answer was lost'),
} as const;
type FailureName = keyof typeof failures;

for (const how of reconcileCases) {
  test(`P3 R045 R046 any write of a reconcile fails in any way, ${how.name}: what is said is what is there, and the next run ends it`, async () => {
    const reference = await referenceOf(how);
    for (const write of writesOf(reference)) {
      for (const name of ['Forbidden', 'Invalid', 'InternalError', 'ConnectionError', 'UnknownOutcome'] as const) {
        await failAt(write, name, how, reference);
      }
    }
  });
}

async function failAt(write: SentRequest, name: FailureName, how: ReconcileCase, reference: Reference): Promise<void> {
  const where = `${how.name}, ${write.verb} ${write.object} fails with ${name}`;
  const world = reference.world.fork();
  const before = endState(world);
  let failed = 0;
  const items = await runTool(
    intercept(memoryCluster(world), (request, send) => {
      const isTheOne = request.verb === write.verb && request.object === write.object;
      const keeps = name === 'UnknownOutcome' && failed > 0 && request.kind === write.kind;
      // Of the three patches of a VirtualMachineService two have one path: the first that is sent fails.
      if (!(isTheOne && (failed === 0 || name === 'UnknownOutcome')) && !keeps) return send();
      failed += 1;
      return Promise.reject(failures[name]());
    }),
    how,
  );
  const [item] = items;
  assert.ok(item !== undefined && failed > 0, where);
  const after = endState(world);
  const isExcused = how.role === 'guest' && name === 'Forbidden' && write.object.endsWith('/status');
  if (isExcused) {
    assert.deepEqual([item.error, item.warnings.length], [null, 1], where);
  } else {
    assert.deepEqual([item.error?.reason, item.error?.exitCode], [name, 3], where);
  }
  for (const { ref, outcome } of item.outcomes) {
    const [was, is, end] = [before, after, reference.end].map((state) => find(state, ref.kind));
    const which = `${where}: ${ref.kind} ${outcome}`;
    if (ref.kind !== 'VirtualMachineService') assert.deepEqual(is, outcome === 'Done' ? end : was, which);
    else if (outcome === 'Done' && !isExcused) assert.deepEqual(is, end, which);
    if (ref.kind === write.kind && !isExcused) assert.equal(outcome, name === 'UnknownOutcome' ? 'Unknown' : 'NotDone', which);
  }
  const again = await runTool(memoryCluster(world), how);
  assert.deepEqual(
    again.map(({ error }) => error),
    again.map(() => null),
    where,
  );
  assert.deepEqual(endState(world), reference.end, where);
  await settles(world, how, reference.end, where);
}

function find(state: readonly JsonObject[], kind: string): JsonObject | undefined {
  return state.find((object) => object['kind'] === kind);
}

test('P5 after a reconcile the next one sends nothing but reads, in every case', async () => {
  for (const how of reconcileCases) {
    const reference = await referenceOf(how);
    const world = reference.world.fork();
    await runTool(memoryCluster(world), how);
    const requests: SentRequest[] = [];
    await runTool(
      intercept(memoryCluster(world), (request, send) => {
        requests.push(request);
        return send();
      }),
      how,
    );
    assert.deepEqual([requests.length > 0, requests.filter(({ writes }) => writes)], [true, []], how.name);
  }
});
