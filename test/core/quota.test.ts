import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beyondQuotas, quotaCounts, useOf } from '../../src/core/quota.ts';
import type { Step } from '../../src/core/step.ts';
import { refOf } from '../../src/model/object.ts';
import type { Service } from '../../src/model/service.ts';
import { aService, someEndpoints } from '../support/builders.ts';

const made = (after: Service): Step => ({ ref: refOf(after), operation: 'created', after, writes: [] });
const became = (before: Service, after: Service): Step => ({ ref: refOf(after), operation: 'updated', before, after, writes: [] });
const ports = [80, 443].map((port) => ({ name: `p${port}`, port, protocol: 'TCP' }));
const taken = (...steps: readonly Step[]) => Object.fromEntries([...useOf(steps)].filter(([, amount]) => amount !== 0));

test('a Service counts as one, as what it is, and by the node ports that it gets', () => {
  const one = { services: 1, 'count/services': 1 };
  assert.deepEqual(taken(made(aService('a', { type: 'ClusterIP', ports }))), one);
  assert.deepEqual(taken(made(aService('a', { type: 'NodePort', ports }))), { ...one, 'services.nodeports': 2 });
  const balanced = { ...one, 'services.loadbalancers': 1 };
  assert.deepEqual(taken(made(aService('a', { ports }))), balanced);
  assert.deepEqual(taken(made(aService('a', { ports, allocateLoadBalancerNodePorts: true }))), { ...balanced, 'services.nodeports': 2 });
  const asked = ports.map((port, index) => ({ ...port, ...(index === 0 && { nodePort: 30080 }) }));
  assert.deepEqual(taken(made(aService('a', { ports: asked }))), { ...balanced, 'services.nodeports': 1 });
});

test('what changes counts by what it takes more, and what stays as it is not at all', () => {
  const internal = aService('a', { type: 'ClusterIP' });
  assert.deepEqual(taken(became(internal, aService('a'))), { 'services.loadbalancers': 1 });
  assert.deepEqual(taken(became(aService('a'), internal)), { 'services.loadbalancers': -1 });
  const endpoints = someEndpoints('a');
  assert.deepEqual(taken({ ref: refOf(endpoints), operation: 'created', after: endpoints, writes: [] }), { 'count/endpoints': 1 });
  assert.deepEqual(taken({ ref: refOf(endpoints), operation: 'unchanged', before: endpoints, after: endpoints, writes: [] }), {});
});

test('one after the other takes its part of what is left; one that does not fit takes nothing', () => {
  const few = quotaCounts({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few', namespace: 'prod' },
    ...{
      status: {
        hard: { services: '10', 'services.nodeports': '3', 'requests.cpu': '500m' },
        used: { services: '9', 'services.nodeports': '0' },
      },
    },
  });
  const wide = new Map([['services.nodeports', 2]]);
  const narrow = new Map([['services.nodeports', 1]]);
  assert.deepEqual(beyondQuotas([wide, wide, narrow, narrow], [few]), [
    undefined,
    'exceeded quota: few, requested: services.nodeports=2, used: services.nodeports=2, limited: services.nodeports=3',
    undefined,
    'exceeded quota: few, requested: services.nodeports=1, used: services.nodeports=3, limited: services.nodeports=3',
  ]);
  assert.deepEqual(beyondQuotas([new Map([['services', 1]]), new Map([['services', 1]])], []), [undefined, undefined]);
});
