import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plannedStep, writtenStep } from '../../src/core/planned-step.ts';
import type { Step } from '../../src/core/step.ts';
import { jsonOf, refOf } from '../../src/model/object.ts';
import { aService, aVmService, someEndpoints } from '../support/builders.ts';

const port = { name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 };

function created(spec: object, answer: object): Step {
  const desired = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'prod' }, ...{ spec } };
  const metadata = { ...desired.metadata, uid: 'a', resourceVersion: '7', creationTimestamp: '2026-11-20T12:00:00Z' };
  return { ref: refOf(desired), operation: 'created', after: { ...desired, metadata, ...{ spec: answer } }, writes: [jsonOf(desired)] };
}

test('what a dry run allocated for a new Service is not shown as real', () => {
  const step = created(
    { type: 'NodePort', ports: [port] },
    {
      type: 'NodePort',
      clusterIP: '10.96.0.0',
      clusterIPs: ['10.96.0.0', 'fd00::1'],
      healthCheckNodePort: 31_000,
      ports: [{ ...port, nodePort: 32_769 }],
    },
  );
  assert.deepEqual(plannedStep(step).after, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'prod' },
    spec: { type: 'NodePort', ports: [port] },
  });
});

test('an address that was asked for is real, and so is none', () => {
  const asked = created({ clusterIP: '10.96.0.9', ports: [port] }, { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], ports: [port] });
  assert.deepEqual(plannedStep(asked).after?.['spec'], { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], ports: [port] });
  const headless = created({ clusterIP: 'None', ports: [port] }, { clusterIP: 'None', clusterIPs: ['None'], ports: [port] });
  assert.deepEqual(plannedStep(headless).after?.['spec'], { clusterIP: 'None', clusterIPs: ['None'], ports: [port] });
});

test('what an existing Service has already stays, new node ports do not', () => {
  const before = aService('web', { type: 'NodePort', ports: [{ ...port, nodePort: 30_001 }] });
  const ports = [
    { ...port, nodePort: 30_001 },
    { name: 'https', port: 443, protocol: 'TCP', targetPort: 8443, nodePort: 32_769 },
  ];
  const after = { ...before, spec: { ...before.spec, ports } };
  const planned = plannedStep({ ref: refOf(before), operation: 'updated', before, after, writes: [{ spec: { ports } }] });
  assert.deepEqual(planned.after?.['spec'], {
    ...before.spec,
    ports: [
      { ...port, nodePort: 30_001 },
      { name: 'https', port: 443, protocol: 'TCP', targetPort: 8443 },
    ],
  });
});

test('a VirtualMachineService is what all its writes make of it, since no answer to a dry run knows the others', () => {
  const before = aVmService('web', { labels: { team: 'red' } });
  const writes = [
    { status: { conditions: [] }, metadata: { resourceVersion: '100' } },
    { metadata: { annotations: { a: 'b' }, labels: { team: null } } },
    { status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } } },
  ];
  const { after } = plannedStep({ ref: refOf(before), operation: 'updated', before, after: before, writes });
  assert.deepEqual(after, {
    ...before,
    metadata: { ...before.metadata, annotations: { a: 'b' }, labels: {} },
    status: { conditions: [], loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } },
  });
});

test('of a deleted object there is only a before', () => {
  const before = someEndpoints('web');
  const step: Step = { ref: refOf(before), operation: 'deleted', before, writes: [] };
  assert.deepEqual([plannedStep(step).after, writtenStep(step).after], [undefined, undefined]);
  assert.deepEqual(writtenStep(step).before, before);
});

test('a step that was written keeps what the server gave, but not who manages which field', () => {
  const answer = aService('web');
  const managed = { ...answer, metadata: { ...answer.metadata, managedFields: [{ manager: 'vm-operator' }] } };
  assert.deepEqual(writtenStep({ ref: refOf(answer), operation: 'created', after: managed, writes: [] }).after, answer);
});
