import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { Condition, KubeObject } from '../../src/model/object.ts';
import { ApiError } from '../../src/model/status.ts';
import { aService, ownedBy, type ServiceOptions, someEndpoints } from '../support/builders.ts';
import { allUnchanged, type Stage, type StageOptions, stage, svc, webVm } from '../support/stage.ts';

const before = '2026-11-10T12:00:00Z';
const now = '2026-11-20T12:00:00Z';
const type = 'VirtualMachineServiceServiceReady';

async function reconciled(objects: readonly KubeObject[], options?: StageOptions): Promise<Stage> {
  const world = stage(objects, options);
  assert.equal((await world.reconcile()).error, null);
  return world;
}

/** Our Service, as it should be, with what a load balancer published. */
function published(options: ServiceOptions = {}, conditions?: readonly Condition[]): KubeObject {
  const service = aService('svc', { owners: [ownedBy(svc())], ...options });
  return conditions === undefined ? service : { ...service, ...{ status: { ...service.status, conditions } } };
}

const ready = (status: string, reason: string, message: string): Condition => ({
  type: 'Ready',
  status,
  reason,
  message,
  lastTransitionTime: before,
});

/** Status, reason and message of our condition for a Service with these conditions. */
async function conditionBy(...conditions: readonly Condition[]) {
  const world = await reconciled([svc(), published({}, conditions)]);
  const [condition, second] = (await world.vmService())?.status?.conditions ?? [];
  assert.deepEqual([condition?.type, condition?.lastTransitionTime, second], [type, now, undefined]);
  return [condition?.status, condition?.reason, condition?.message];
}

test('scenario 116: the addresses and host names of the load balancer reach the status, in their order', async () => {
  const world = await reconciled([svc(), published({ ingress: ['192.0.2.1', 'lb.example.com'] })]);
  assert.deepEqual((await world.vmService())?.status?.loadBalancer, { ingress: [{ ip: '192.0.2.1' }, { hostname: 'lb.example.com' }] });
});

test('scenario 117: where the load balancer has no address, the status has none', async () => {
  const world = await reconciled([svc(), published()]);
  assert.equal((await world.vmService())?.status?.loadBalancer, undefined);
  const cleared = await reconciled([svc({ ingress: ['192.0.2.1'] }), published()]);
  assert.deepEqual((await cleared.vmService())?.status?.loadBalancer, {});
});

test('scenario 118: an address in the status of another type is cleared on main, and kept before', async () => {
  const wrong = { type: 'ClusterIP', ingress: ['192.0.2.1'] };
  const main = await reconciled([svc(wrong)]);
  assert.deepEqual((await main.vmService())?.status?.loadBalancer, {});
  const nine = await reconciled([svc({ ...wrong, version: 'v1alpha5' })], { profile: 'D' });
  assert.deepEqual((await nine.vmService())?.status, { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } });
});

test('scenario 119: a Service without conditions leaves readiness unknown', async () => {
  assert.deepEqual(await conditionBy(), ['Unknown', 'ServiceReadyNotPresent', 'Underlying Service does not have Ready condition']);
});

test('scenario 120: a ready Service is ready, without its reason and message', async () => {
  assert.deepEqual(await conditionBy(ready('True', 'Provisioned', 'all is well')), ['True', 'True', '']);
});

test('scenario 121: a Service that is not ready says why, or that it does not say', async () => {
  assert.deepEqual(await conditionBy(ready('False', 'LoadBalancerError', 'no pool')), ['False', 'LoadBalancerError', 'no pool']);
  assert.deepEqual(await conditionBy(ready('False', '', '')), ['False', 'ServiceNotReady', 'Underlying Service is not ready']);
});

test('scenario 122: a Service whose readiness is unknown says why, or that it does not say', async () => {
  assert.deepEqual(await conditionBy(ready('Unknown', 'Waiting', 'soon')), ['Unknown', 'Waiting', 'soon']);
  const unsaid = ['Unknown', 'ServiceReadinessUnknown', 'Underlying Service readiness is unknown'];
  assert.deepEqual(await conditionBy(ready('Unknown', '', '')), unsaid);
});

test('scenario 123: a condition that does not change keeps its time, and nothing is written', async () => {
  const world = await reconciled([svc()]);
  assert.deepEqual((await world.reconcile({ now: '2026-11-21T12:00:00Z' })).steps, allUnchanged);
  assert.equal((await world.vmService())?.status?.conditions?.[0]?.lastTransitionTime, now);
});

test('scenario 124: where the Service cannot be written, address and condition stay as they were', async () => {
  const condition = { type, status: 'True', reason: 'True', message: '', lastTransitionTime: before };
  const owners = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'other', uid: 'd-1', controller: true }];
  const world = stage([svc({ ingress: ['192.0.2.1'], conditions: [condition] }), aService('svc', { owners })]);
  assert.equal((await world.reconcile()).reason, 'OwnedByAnotherController');
  assert.deepEqual((await world.vmService())?.status, { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] }, conditions: [condition] });
});

test('scenario 125: a change of the Endpoints alone is not an update of the Service', async () => {
  const owners = [ownedBy(svc())];
  const world = stage([svc(), published(), someEndpoints('svc', { owners, ready: ['192.0.2.9'] }), webVm('vm-1', { ip: '1.1.1.1' })]);
  const { steps } = await world.reconcile();
  assert.deepEqual(steps, ['Service/svc unchanged', 'Endpoints/svc updated', 'VirtualMachineService/svc updated']);
});

test('conditions of others stay, and are sorted when ours is added', async () => {
  const foreign = (name: string) => ({ type: name, status: 'True', reason: 'Since', message: '', lastTransitionTime: before });
  const world = await reconciled([svc({ conditions: [foreign('Zeta'), foreign('Alpha'), foreign('Ready')] })]);
  assert.deepEqual(
    (await world.vmService())?.status?.conditions?.map((condition) => [condition.type, condition.lastTransitionTime]),
    [
      ['Ready', before],
      ['Alpha', before],
      [type, now],
      ['Zeta', before],
    ],
  );
});

test('releases before main publish the address, and nothing else', async () => {
  const version = 'v1alpha5';
  const world = await reconciled([svc({ version }), published({ ingress: ['192.0.2.1'] })], { profile: 'D' });
  assert.deepEqual((await world.vmService())?.status, { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } });
});

test('releases before main write no condition', async () => {
  const world = await reconciled([svc({ version: 'v1alpha5' })], { profile: 'D' });
  assert.equal((await world.vmService())?.status, undefined);
});

test('a status that may not be written is a warning for a guest, and an error for the controller, who adds the finalizer all the same', async () => {
  const through = refusingStatus;
  const guest = stage([svc()], { role: 'guest', through });
  const outcome = await guest.reconcile();
  assert.deepEqual(
    [outcome.error, outcome.warnings],
    [null, ['the status was left as it is: not permitted to patch virtualmachineservices/status in prod']],
  );
  const controller = stage([svc()], { through });
  const refused = await controller.reconcile();
  assert.deepEqual([refused.error, refused.warnings, refused.steps.at(-1)], ['not today', [], 'VirtualMachineService/svc updated']);
  assert.deepEqual((await controller.vmService())?.metadata.finalizers, ['vmoperator.vmware.com/virtualmachineservice']);
});

test('a status that is to be left alone is not written', async () => {
  const world = stage([svc()], { skipStatus: true });
  await world.reconcile();
  assert.equal((await world.vmService())?.status, undefined);
});

function refusingStatus(cluster: Cluster): Cluster {
  return {
    ...cluster,
    async patch(ref, mergePatch, options) {
      if (options.subresource !== 'status') return cluster.patch(ref, mergePatch, options);
      throw new ApiError({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', message: 'not today', code: 403 });
    },
  };
}
