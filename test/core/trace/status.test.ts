import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { trafficPolicyAnnotation } from '../../../src/core/load-balancer.ts';
import type { KubeObject } from '../../../src/model/object.ts';
import { type Service, serviceOf } from '../../../src/model/service.ts';
import type { VirtualMachineService } from '../../../src/model/virtual-machine-service.ts';
import { aService, ownedBy } from '../../support/builders.ts';
import type { SeenWorldOptions } from '../../support/seen-world.ts';
import { svc, webVm } from '../../support/stage.ts';
import { testNow } from '../../support/test-io.ts';

import { endpoints, one, service, trace, two, whole } from '../../support/traced.ts';

suite('the status of a service is the first word that holds', () => {
  const statusOf = (objects: readonly KubeObject[], options?: SeenWorldOptions, of?: VirtualMachineService) =>
    trace(objects, options, of).status;
  const waitingSince = (createdAt: string, ...rest: readonly KubeObject[]) => [...rest, service({ ingress: [], createdAt })];
  const stored = endpoints({ ready: [one, two] });

  test('Deleting, before everything else', () => {
    const hidden = { services: 'Forbidden', vms: 'Forbidden' } as const;
    assert.equal(statusOf([], { hidden }, svc({ deletedAt: testNow, finalizers: ['example.com/hold'] })), 'Deleting');
  });

  test('Unknown, where a kind that it needs could not be looked at', () => {
    for (const hidden of [{ services: 'Forbidden' }, { endpoints: 'Failed' }, { vms: 'Forbidden' }] as const) {
      assert.equal(statusOf(whole, { hidden }), 'Unknown');
    }
    for (const hidden of [{ slices: 'Forbidden' }, { events: 'Forbidden' }] as const) assert.equal(statusOf(whole, { hidden }), 'OK');
  });

  test('NoService, NoVMs and NoEndpoints, along the path', () => {
    assert.equal(statusOf([]), 'NoService');
    assert.equal(statusOf([service(), endpoints()]), 'NoVMs');
    assert.equal(statusOf([webVm('vm-1'), service(), endpoints()]), 'NoEndpoints');
    assert.equal(statusOf([one, service()]), 'NoEndpoints');
    assert.equal(statusOf([one, service(), endpoints({ notReady: [one] })]), 'NoEndpoints');
  });

  test('Degraded, where Kubernetes mirrors not all of the ready addresses: 1,000 of a subset', () => {
    const many = Array.from({ length: 1001 }, (_, at) => webVm(`vm-${at}`, { ip: `10.1.${at >> 8}.${at & 255}` }));
    const found = trace([...many, service(), endpoints({ ready: many })]);
    assert.deepEqual([found.status, found.ready, found.selected], ['Degraded', 1000, 1001]);
    const full = many.slice(1);
    const all = trace([...full, service(), endpoints({ ready: full })]);
    assert.deepEqual([all.status, all.ready, all.selected], ['OK', 1000, 1000]);
  });

  test('an ExternalName needs no endpoints', () => {
    const external = svc({ type: 'ExternalName', externalName: 'db.example.com', selector: {}, ports: [] });
    const found: Service = serviceOf({
      ...aService('svc', { owners: [ownedBy(external)] }),
      ...{ spec: { type: 'ExternalName', externalName: 'db.example.com', sessionAffinity: 'None' } },
    });
    assert.equal(statusOf([found], {}, external), 'OK');
  });

  test('Pending for two minutes, NoAddress after that', () => {
    assert.equal(statusOf(waitingSince('2026-11-20T11:58:00Z', one, two, stored)), 'Pending');
    assert.equal(statusOf(waitingSince('2026-11-20T11:57:59Z', one, two, stored)), 'NoAddress');
    assert.equal(statusOf(waitingSince('not a time', one, two, stored)), 'Pending');
  });

  test('Drift, where the Endpoints are not as computed; a Service that differs is not about who receives traffic', () => {
    assert.equal(statusOf([one, two, service({ externalTrafficPolicy: 'Local' }), stored]), 'OK');
    assert.equal(statusOf([one, two, service(), endpoints({ ready: [one] })]), 'Drift');
    assert.equal(statusOf([one, two, service(), endpoints({ ready: [two, one] })]), 'OK');
  });

  test('Degraded, where some VM that is selected is not ready', () => {
    const waiting = webVm('vm-2', { ip: '2.2.2.2', ready: false });
    assert.equal(statusOf([one, waiting, service(), endpoints({ ready: [one], notReady: [waiting] })]), 'Degraded');
    assert.equal(statusOf([one, webVm('vm-2'), service(), endpoints({ ready: [one] })]), 'Degraded');
  });

  test('a service of a workload cluster with policy Local is not degraded: nodes without a pod are never ready', () => {
    const annotations = { [trafficPolicyAnnotation]: 'Local' };
    const cluster = { apiVersion: 'vmware.infrastructure.cluster.x-k8s.io/v1beta1', kind: 'VSphereCluster', name: 'tkc', uid: 'c-1' };
    const waiting = webVm('vm-2', { ip: '2.2.2.2', ready: false });
    const seen = (of: VirtualMachineService) =>
      statusOf(
        [
          one,
          waiting,
          service({ annotations, externalTrafficPolicy: 'Local' }),
          endpoints({ annotations, ready: [one], notReady: [waiting] }),
        ],
        {},
        of,
      );
    assert.equal(seen(svc({ annotations, owners: [cluster] })), 'OK');
    assert.equal(seen(svc({ annotations })), 'Degraded');
    assert.equal(seen(svc({ annotations, owners: [{ ...cluster, kind: 'Gateway' }] })), 'Degraded');
  });
});
