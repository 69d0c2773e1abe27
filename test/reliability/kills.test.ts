import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWorlds } from '../support/conformance.ts';
import { killAt, killEverywhere, killPointsOf, killTwice, referenceOf, settling } from '../support/kill-harness.ts';
import { reconcileCases, recordedCase } from '../support/reconcile-cases.ts';

for (const how of reconcileCases) {
  test(`R070 R071 killed before or after any request of a reconcile, ${how.name}: everybody gets to the same end`, async () => {
    const reference = await referenceOf(how);
    const points = killPointsOf(reference);
    assert.ok(reference.requests.some(({ writes }) => writes) && points.length === 2 * reference.requests.length);
    for (const point of points) await killAt([point], how, reference);
  });
}

test('R070 R071 the same in worlds that were recorded of the real controller', async () => {
  const sample = readWorlds('E').filter((_, index) => index % 12 === 0);
  const cases = await settling(sample.flatMap((world) => recordedCase(world) ?? []));
  const { worlds, points } = await killEverywhere(cases);
  assert.ok(worlds >= 8 && points >= 100, `${worlds} worlds, ${points} points`);
});

test('R072 killed twice in a row, at any two requests of many', async () => {
  const { points } = await killTwice(reconcileCases, 17);
  assert.ok(points >= 300, String(points));
});

test('the harness notices a world that does not come to the same end', async () => {
  const [how] = reconcileCases;
  assert.ok(how !== undefined);
  const reference = await referenceOf(how);
  const [first, ...rest] = reference.end;
  assert.ok(first !== undefined);
  const other = { ...reference, end: [{ ...first, metadata: {} }, ...rest] };
  await assert.rejects(killAt([{ request: 1, point: 'before' }], how, other), /killed before request 1: the tool again/);
});
