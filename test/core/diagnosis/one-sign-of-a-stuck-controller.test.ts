import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { KubeObject } from '../../../src/model/object.ts';
import { endpoints, findingsOf, healthyBut, one, service, slice, svc, two, web } from '../../support/diagnosed.ts';

const drained = web('web-2', { ip: '10.0.0.2', labels: { app: 'other' } });

/** The same with the time at which somebody wrote its labels. */
function writtenAt(time: string, vm: KubeObject): KubeObject {
  const managedFields = [{ manager: 'kubectl-label', operation: 'Update', time, fieldsV1: { 'f:metadata': {} } }];
  return { ...vm, metadata: { ...vm.metadata, managedFields } } as KubeObject;
}

function told(world: readonly KubeObject[], profile: 'D' | 'E'): readonly string[] {
  return findingsOf(world, { profile })
    .filter(({ severity }) => severity !== 'info')
    .map(({ severity, code, confidence, follows }) => `${severity} ${code} ${confidence} also ${follows.join(',')}`);
}

suite('One sign that VM Operator does not react', () => {
  test('is folded under what shows it', () => {
    const moved = healthyBut(web('web-2', { ip: '10.0.0.77' }));
    assert.deepEqual(told(moved, 'D'), ['error VMS503 certain also VMS915']);
    const empty = healthyBut(endpoints()).filter(({ kind }) => kind !== 'EndpointSlice');
    assert.deepEqual(told(empty, 'D'), ['error VMS501 certain also VMS614,VMS915']);
  });

  test('is folded under Endpoints that lack one of several, and under a deletion that hangs', () => {
    const lacking = healthyBut(endpoints({ ready: [one] }), slice(['10.0.0.1']));
    assert.deepEqual(told(lacking, 'D'), ['warning VMS501 certain also VMS915']);
    const going = svc({ deletedAt: '2026-11-20T11:15:00Z' });
    assert.deepEqual(told(healthyBut(going), 'D'), ['error VMS112 certain also VMS915']);
  });

  test('is none behind a Service of another controller, with which it does not get to the Endpoints', () => {
    const owners = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'other', uid: 'd', controller: true }];
    const taken = healthyBut(service({ owners }), endpoints()).filter(({ kind }) => kind !== 'EndpointSlice');
    assert.deepEqual(
      told(taken, 'D').map((line) => line.slice(0, 12)),
      ['error VMS403'],
    );
  });

  test('is none where nobody knows when the VM lost its label: releases before main take up to half an hour', () => {
    const world = healthyBut(drained, endpoints({ ready: [one, two] }), slice(['10.0.0.1', '10.0.0.2']));
    assert.deepEqual(told(world, 'D'), ['warning VMS502 certain also ']);
    const long = healthyBut(writtenAt('2026-11-20T10:00:00Z', drained), endpoints({ ready: [one, two] }), slice(['10.0.0.1', '10.0.0.2']));
    assert.deepEqual(told(long, 'D'), ['error VMS502 certain also VMS915']);
  });
});
