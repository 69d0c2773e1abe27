import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planTotals } from '../../src/core/plan-totals.ts';
import type { Operation, ReconcileItem } from '../../src/core/step.ts';

const item = (
  namespace: string,
  operations: readonly Operation[],
  failed = false,
): Pick<ReconcileItem, 'namespace' | 'steps' | 'error'> => ({
  namespace,
  error: failed ? { reason: 'UnownedChild', message: 'x', exitCode: 2 } : null,
  steps: operations.map((operation) => ({ ref: { apiVersion: 'v1', kind: 'Service', namespace, name: 'web' }, operation, writes: [] })),
});

test('each namespace has its totals, in the order of the names', () => {
  const items = [item('b', ['created', 'created', 'unchanged']), item('a', ['updated']), item('b', ['deleted'], true)];
  assert.deepEqual(planTotals(items), [
    { namespace: 'a', created: 0, updated: 1, deleted: 0, unchanged: 0, failed: 0 },
    { namespace: 'b', created: 2, updated: 0, deleted: 1, unchanged: 1, failed: 1 },
  ]);
});
