import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aService, ownedBy } from '../support/builders.ts';
import { allCreated, allUnchanged, dualStack, listed, type Stage, type StageOptions, stage, svc, webVm } from '../support/stage.ts';

const serviceUpdated = ['Service/svc updated', 'Endpoints/svc unchanged', 'VirtualMachineService/svc unchanged'];
const bothUpdated = ['Service/svc updated', 'Endpoints/svc updated', 'VirtualMachineService/svc unchanged'];

/** A world that was reconciled once. */
async function reconciled(...given: Parameters<typeof stage>): Promise<Stage> {
  const world = stage(...given);
  assert.deepEqual((await world.reconcile()).error, null);
  return world;
}

const one = webVm('vm-1', { ip: '1.1.1.1' });
const tcp = (name: string, port: number, nodePort?: number) => ({
  name,
  protocol: 'TCP',
  port,
  targetPort: port + 8000,
  ...(nodePort !== undefined && { nodePort }),
});

test('scenario 16: a second reconcile changes nothing', async () => {
  const world = await reconciled([svc({ labels: { a: '1' }, annotations: { b: '2' } }), one]);
  const before = [await world.vmService(), await world.service(), await world.endpoints()];
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
  assert.deepEqual([await world.vmService(), await world.service(), await world.endpoints()], before);
});

test('scenario 17: external name, address and source ranges follow the VirtualMachineService', async () => {
  const world = await reconciled([svc()]);
  const change = { externalName: 'new.example.com', loadBalancerIP: '1.1.1.43', loadBalancerSourceRanges: ['10.1.0.0/16'] };
  await world.edit('VirtualMachineService', { spec: change });
  assert.deepEqual((await world.reconcile()).steps, serviceUpdated);
  const spec = (await world.service())?.spec;
  assert.deepEqual(
    { externalName: spec?.externalName, loadBalancerIP: spec?.loadBalancerIP, loadBalancerSourceRanges: spec?.loadBalancerSourceRanges },
    change,
  );
});

test('scenario 18: an emptied list of source ranges empties the Service’s', async () => {
  const world = await reconciled([svc({ loadBalancerSourceRanges: ['10.1.0.0/16'] })]);
  await world.edit('VirtualMachineService', { spec: { loadBalancerSourceRanges: [] } });
  assert.deepEqual((await world.reconcile()).steps, serviceUpdated);
  assert.equal((await world.service())?.spec.loadBalancerSourceRanges, undefined);
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
});

test('scenario 19: changed and new annotations and labels reach the Service', async () => {
  const world = await reconciled([svc({ annotations: { a: '1' }, labels: { b: '2' } })]);
  await world.edit('VirtualMachineService', { metadata: { annotations: { a: '9', c: '3' }, labels: { b: '8', d: '4' } } });
  assert.deepEqual((await world.reconcile()).steps, bothUpdated);
  const { annotations, labels } = (await world.service())?.metadata ?? {};
  assert.deepEqual(
    [annotations, labels],
    [
      { a: '9', c: '3' },
      { b: '8', d: '4' },
    ],
  );
});

test('scenario 20: foreign annotations and labels on the Service stay, and cause no update of it', async () => {
  const world = await reconciled([svc({ labels: { b: '2' } })]);
  await world.edit('Service', { metadata: { annotations: { 'netop-a': 'x' }, labels: { 'netop-b': 'y' } } });
  assert.deepEqual((await world.reconcile()).steps[0], 'Service/svc unchanged');
  const { annotations, labels } = (await world.service())?.metadata ?? {};
  assert.deepEqual([annotations, labels], [{ 'netop-a': 'x' }, { b: '2', 'netop-b': 'y' }]);
});

test('scenario 21: a key that somebody changed on the Service gets the VirtualMachineService’s value back', async () => {
  const world = await reconciled([svc({ labels: { b: '2' } })]);
  await world.edit('Service', { metadata: { labels: { b: 'other' } } });
  assert.deepEqual((await world.reconcile()).steps, serviceUpdated);
  assert.deepEqual((await world.service())?.metadata.labels, { b: '2' });
});

test('scenario 22: a key removed from the VirtualMachineService stays on the Service and on the Endpoints', async () => {
  const world = await reconciled([svc({ annotations: { a: '1' } })]);
  await world.edit('VirtualMachineService', { metadata: { annotations: { a: null } } });
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
  assert.deepEqual((await world.service())?.metadata.annotations, { a: '1' });
  assert.deepEqual((await world.endpoints())?.metadata.annotations, { a: '1' });
});

test('scenario 23: a node port that was set on the Service is preserved', async () => {
  const world = await reconciled([svc({ ports: [tcp('port1', 42)] })]);
  await world.edit('Service', { spec: { ports: [tcp('port1', 42, 31000)] } });
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
  assert.deepEqual((await world.service())?.spec.ports, [tcp('port1', 42, 31000)]);
});

test('scenario 24: renaming a port drops its node port, and renames it in the Endpoints', async () => {
  const world = await reconciled([svc({ ports: [tcp('port1', 42)] }), one]);
  await world.edit('Service', { spec: { ports: [tcp('port1', 42, 31000)] } });
  await world.edit('VirtualMachineService', { spec: { ports: [tcp('p1', 42)] } });
  assert.deepEqual((await world.reconcile()).steps, bothUpdated);
  assert.deepEqual((await world.service())?.spec.ports, [tcp('p1', 42)]);
  assert.deepEqual((await world.endpoints())?.subsets?.[0]?.ports, [{ name: 'p1', port: 8042, protocol: 'TCP' }]);
});

test('scenario 25: another target port keeps the node port, and changes the Endpoints', async () => {
  const world = await reconciled([svc({ ports: [tcp('port1', 42)] }), one]);
  await world.edit('Service', { spec: { ports: [tcp('port1', 42, 31000)] } });
  await world.edit('VirtualMachineService', { spec: { ports: [{ ...tcp('port1', 42), targetPort: 9000 }] } });
  assert.deepEqual((await world.reconcile()).steps, bothUpdated);
  assert.deepEqual((await world.service())?.spec.ports, [{ ...tcp('port1', 42, 31000), targetPort: 9000 }]);
  assert.deepEqual((await world.endpoints())?.subsets?.[0]?.ports, [{ name: 'port1', port: 9000, protocol: 'TCP' }]);
});

test('scenario 26: node ports move with the names of their ports', async () => {
  const world = await reconciled([svc({ ports: [tcp('a', 1), tcp('b', 2)] })]);
  await world.edit('Service', { spec: { ports: [tcp('a', 1, 30001), tcp('b', 2, 30002)] } });
  await world.edit('VirtualMachineService', { spec: { ports: [tcp('b', 1), tcp('a', 2)] } });
  assert.deepEqual((await world.reconcile()).steps, serviceUpdated);
  assert.deepEqual((await world.service())?.spec.ports, [tcp('b', 1, 30002), tcp('a', 2, 30001)]);
});

test('scenario 27: an application protocol set by hand is removed', async () => {
  const world = await reconciled([svc({ ports: [tcp('a', 1)] })]);
  await world.edit('Service', { spec: { ports: [{ ...tcp('a', 1), appProtocol: 'http' }] } });
  assert.deepEqual((await world.reconcile()).steps, serviceUpdated);
  assert.deepEqual((await world.service())?.spec.ports, [tcp('a', 1)]);
});

test('scenario 28: a session affinity set by hand stays', async () => {
  const world = await reconciled([svc()]);
  await world.edit('Service', { spec: { sessionAffinity: 'ClientIP' } });
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
  assert.equal((await world.service())?.spec.sessionAffinity, 'ClientIP');
});

test('scenario 29: a type set by hand is set back', async () => {
  const world = await reconciled([svc()]);
  await world.edit('Service', { spec: { type: 'NodePort', allocateLoadBalancerNodePorts: null } });
  assert.deepEqual((await world.reconcile()).steps, serviceUpdated);
  const spec = (await world.service())?.spec;
  assert.deepEqual([spec?.type, spec?.allocateLoadBalancerNodePorts], ['LoadBalancer', false]);
});

test('scenario 30: a selector added by hand stays', async () => {
  const world = await reconciled([svc()]);
  await world.edit('Service', { spec: { selector: { app: 'pods' } } });
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
  assert.deepEqual((await world.service())?.spec.selector, { app: 'pods' });
});

test('scenario 31: the cluster IP of an existing Service is never changed', async () => {
  const world = stage([svc({ clusterIp: '10.96.0.77' }), aService('svc', { owners: [ownedBy(svc())] })]);
  assert.deepEqual((await world.reconcile()).steps, [
    'Service/svc unchanged',
    'Endpoints/svc created',
    'VirtualMachineService/svc updated',
  ]);
  assert.equal((await world.service())?.spec.clusterIP, '10.96.0.15');
});

test('scenario 32: a deleted Service comes back under another uid, with a cluster IP of its own', async () => {
  const world = await reconciled([svc()]);
  const before = await world.service();
  await world.remove('Service');
  await world.create({
    ...aService('squatter', { clusterIP: before?.spec.clusterIP ?? '' }),
    metadata: { name: 'squatter', namespace: 'prod' },
  });
  const { steps } = await world.reconcile();
  assert.deepEqual(steps, allCreated.with(2, 'VirtualMachineService/svc unchanged'));
  const after = await world.service();
  assert.notEqual(after?.metadata.uid, before?.metadata.uid);
  assert.notEqual(after?.spec.clusterIP, before?.spec.clusterIP);
  assert.match(after?.spec.clusterIP ?? '', /^10\.96\.\d+\.\d+$/);
});

const dual = { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' } as const;
const ipv6 = { workloadIPv6: true, serviceCidrs: dualStack };

test('scenario 33: families and policy reach the Service where the capability is on, and nowhere else', async () => {
  const familiesOf = async (options: StageOptions) => {
    const service = await (await reconciled([svc(dual)], options)).service();
    return [service?.spec.ipFamilies, service?.spec.ipFamilyPolicy];
  };
  assert.deepEqual(await familiesOf(ipv6), [['IPv4', 'IPv6'], 'PreferDualStack']);
  assert.deepEqual(await familiesOf({ serviceCidrs: dualStack }), [['IPv4'], 'SingleStack']);
});

test('scenario 34: an ExternalName has no families and no policy, even where it names some', async () => {
  const world = await reconciled([svc(dual)], ipv6);
  const externalName = svc({
    ...dual,
    type: 'ExternalName',
    externalName: 'db.example.com',
    finalizers: ['vmoperator.vmware.com/virtualmachineservice'],
  });
  const other = stage([externalName, ...[await world.service()].filter((service) => service !== undefined)], { ...ipv6, unstorable: true });
  assert.equal((await other.reconcile()).error, null);
  const spec = (await other.service())?.spec;
  assert.deepEqual([spec?.type, spec?.ipFamilies, spec?.ipFamilyPolicy], ['ExternalName', undefined, undefined]);
});

test('scenario 35: a capability that goes off later leaves both families to the Service and the Endpoints', async () => {
  const world = await reconciled([svc(dual), webVm('vm-1', { ip: ['1.1.1.1', 'fd00::1'] })], ipv6);
  assert.deepEqual((await world.reconcile({ workloadIPv6: false })).steps, allUnchanged);
  assert.deepEqual((await world.service())?.spec.ipFamilies, ['IPv4', 'IPv6']);
  assert.deepEqual(listed(await world.endpoints()), { ready: ['1.1.1.1', 'fd00::1'], notReady: [] });
});

test('scenario 36: a policy that the VirtualMachineService drops stays on the Service', async () => {
  const world = await reconciled([svc(dual)], ipv6);
  await world.edit('VirtualMachineService', { spec: { ipFamilyPolicy: null } });
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
  assert.equal((await world.service())?.spec.ipFamilyPolicy, 'PreferDualStack');
});

const cannotShrink = (policy: string) =>
  `failed to reconcile VirtualMachineService: failed to update VirtualMachineService k8s Service: Service "svc" is invalid: spec.ipFamilyPolicy: Invalid value: "${policy}": must be 'SingleStack' to release the secondary IP family`;

test('scenario 37: a dual policy with one family fails from the second reconcile on, and the Endpoints stop following', async () => {
  const world = await reconciled([svc({ ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' }), one], ipv6);
  assert.deepEqual((await world.service())?.spec.ipFamilies, ['IPv4', 'IPv6']);
  await world.add([webVm('vm-2', { ip: '1.1.1.2' })]);
  const { error, steps } = await world.reconcile();
  assert.equal(error, cannotShrink('PreferDualStack'));
  assert.deepEqual(steps, []);
  assert.deepEqual(listed(await world.endpoints()), { ready: ['1.1.1.1'], notReady: [] });
});

test('scenario 38: a headless Service with one family and no policy fails in the same way', async () => {
  const world = await reconciled([svc({ type: 'ClusterIP', clusterIp: 'None', ipFamilies: ['IPv4'] })], { workloadIPv6: true });
  assert.deepEqual((await world.service())?.spec.ipFamilies, ['IPv4', 'IPv6']);
  assert.equal((await world.reconcile()).error, cannotShrink('RequireDualStack'));
});

test('scenario 39: a headless Service with one family and policy SingleStack is stable', async () => {
  const objects = [svc({ type: 'ClusterIP', clusterIp: 'None', ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' })];
  const world = await reconciled(objects, { workloadIPv6: true });
  assert.deepEqual((await world.service())?.spec.ipFamilies, ['IPv4']);
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
});

test('scenario 40: two families shrink to one together with policy SingleStack, and the second address is free again', async () => {
  const world = await reconciled([svc(dual)], ipv6);
  const [first, second = ''] = (await world.service())?.spec.clusterIPs ?? [];
  await world.edit('VirtualMachineService', { spec: { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' } });
  assert.deepEqual((await world.reconcile()).steps, serviceUpdated);
  const spec = (await world.service())?.spec;
  assert.deepEqual([spec?.ipFamilies, spec?.ipFamilyPolicy, spec?.clusterIPs], [['IPv4'], 'SingleStack', [first]]);
  const heir = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'heir', namespace: 'prod' },
    spec: { clusterIP: second, ports: [{ port: 1 }] },
  };
  await world.create(heir);
  assert.deepEqual((await world.service('heir'))?.spec.clusterIPs, [second]);
});
