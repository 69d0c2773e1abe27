import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConditionState, serviceReadyState, serviceReadyType, withCondition } from '../../src/core/conditions.ts';
import type { Condition } from '../../src/model/object.ts';
import { aService } from '../support/builders.ts';

/** Status, reason and message that a Service's conditions lead to. */
function readyBy(...conditions: Condition[]): readonly string[] | undefined {
  const state = serviceReadyState({ ...aService('web'), status: { conditions } });
  return state && [state.status, state.reason, state.message];
}

const ready = (status: string, reason = '', message = ''): Condition => ({ type: 'Ready', status, reason, message });

test('without a Ready condition on the Service the state is unknown, and that is normal', () => {
  assert.deepEqual(readyBy(), ['Unknown', 'ServiceReadyNotPresent', 'Underlying Service does not have Ready condition']);
  assert.deepEqual(readyBy({ type: 'ready', status: 'True' })?.[1], 'ServiceReadyNotPresent');
  const bare = serviceReadyState({ ...aService('web'), status: {} });
  assert.deepEqual(bare, {
    type: serviceReadyType,
    status: 'Unknown',
    reason: 'ServiceReadyNotPresent',
    message: 'Underlying Service does not have Ready condition',
  });
});

test('True says nothing of the Service’s reason and message', () => {
  assert.deepEqual(readyBy(ready('True', 'Provisioned', 'all is well')), ['True', 'True', '']);
});

test('False and Unknown say what the Service says, or that it says nothing', () => {
  assert.deepEqual(readyBy(ready('False', 'LoadBalancerError', 'no pool')), ['False', 'LoadBalancerError', 'no pool']);
  assert.deepEqual(readyBy(ready('False')), ['False', 'ServiceNotReady', 'Underlying Service is not ready']);
  assert.deepEqual(readyBy(ready('Unknown', 'Waiting', 'soon')), ['Unknown', 'Waiting', 'soon']);
  assert.deepEqual(readyBy(ready('Unknown')), ['Unknown', 'ServiceReadinessUnknown', 'Underlying Service readiness is unknown']);
  assert.deepEqual(readyBy(ready('')), ['Unknown', 'ServiceReadinessUnknown', 'Underlying Service readiness is unknown']);
});

test('any other status changes nothing, and the first Ready condition counts', () => {
  assert.equal(readyBy(ready('Maybe')), undefined);
  assert.equal(readyBy(ready('Maybe'), ready('True')), undefined);
  assert.deepEqual(readyBy(ready('True'), ready('False')), ['True', 'True', '']);
});

const before = '2026-11-10T12:00:00Z';
const now = '2026-11-20T12:00:00Z';
const state = (type: string, status: string): ConditionState => ({ type, status, reason: status, message: '' });
const stored = (type: string, status: string): Condition => ({ ...state(type, status), lastTransitionTime: before });

test('a condition that did not change keeps its time, and the list its order', () => {
  const conditions = [stored('Z', 'True'), stored('A', 'True')];
  assert.equal(withCondition(conditions, state('A', 'True'), now), conditions);
  const withoutMessage = [{ type: 'A', status: 'True', reason: 'True', lastTransitionTime: before }];
  assert.equal(withCondition(withoutMessage, state('A', 'True'), now), withoutMessage);
});

test('a condition that changed in status, reason or message takes the time, and the list is sorted with Ready first', () => {
  const conditions = [stored('Z', 'True'), stored('Ready', 'True'), stored('A', 'True')];
  assert.deepEqual(withCondition(conditions, state('A', 'False'), now), [
    stored('Ready', 'True'),
    { ...state('A', 'False'), lastTransitionTime: now },
    stored('Z', 'True'),
  ]);
  for (const change of [{ status: 'False' }, { reason: 'Other' }, { message: 'other' }]) {
    const changed = { ...state('A', 'True'), ...change };
    assert.deepEqual(withCondition([stored('A', 'True')], changed, now), [{ ...changed, lastTransitionTime: now }]);
  }
});

test('a new condition finds its place', () => {
  assert.deepEqual(withCondition([stored('Z', 'True')], state('A', 'True'), now), [
    { ...state('A', 'True'), lastTransitionTime: now },
    stored('Z', 'True'),
  ]);
  assert.deepEqual(withCondition([stored('A', 'True')], state('Ready', 'True'), now), [
    { ...state('Ready', 'True'), lastTransitionTime: now },
    stored('A', 'True'),
  ]);
});
