import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finalizer } from '../../src/core/profile.ts';
import { ownedBy } from '../support/builders.ts';
import { allCreated, allUnchanged, dualStack, listed, singleStack, stage, svc, webVm } from '../support/stage.ts';

test('scenario 1: a new VirtualMachineService gets the finalizer', async () => {
  const world = stage([svc()]);
  await world.reconcile();
  assert.deepEqual((await world.vmService())?.metadata.finalizers, [finalizer]);
});

test('scenario 2: the new Service has exactly one owner, which controls it', async () => {
  const world = stage([svc()]);
  assert.deepEqual((await world.reconcile()).steps, allCreated);
  assert.deepEqual((await world.service())?.metadata.ownerReferences, [
    {
      apiVersion: 'vmoperator.vmware.com/v1alpha6',
      kind: 'VirtualMachineService',
      name: 'svc',
      uid: svc().metadata.uid,
      controller: true,
      blockOwnerDeletion: true,
    },
  ]);
});

test('scenario 3: the Service carries address, source ranges, cluster IP and external name, and allocates no node ports', async () => {
  const fields = { loadBalancerIP: '1.1.1.42', loadBalancerSourceRanges: ['10.0.0.0/8', '192.0.2.0/24'], externalName: 'x.example.com' };
  const world = stage([svc({ ...fields, clusterIp: '10.96.0.43' })]);
  assert.equal((await world.reconcile()).error, null);
  const spec = (await world.service())?.spec;
  assert.deepEqual(
    {
      type: spec?.type,
      clusterIP: spec?.clusterIP,
      allocateLoadBalancerNodePorts: spec?.allocateLoadBalancerNodePorts,
      loadBalancerIP: spec?.loadBalancerIP,
      loadBalancerSourceRanges: spec?.loadBalancerSourceRanges,
      externalName: spec?.externalName,
    },
    { type: 'LoadBalancer', clusterIP: '10.96.0.43', allocateLoadBalancerNodePorts: false, ...fields },
  );
});

test('scenario 4: ports keep their order, with number targets and without node ports', async () => {
  const ports = [
    { name: 'port1', protocol: 'TCP', port: 42, targetPort: 142 },
    { name: 'port2', protocol: 'UDP', port: 1042, targetPort: 1142 },
  ];
  const world = stage([svc({ ports })]);
  await world.reconcile();
  assert.deepEqual((await world.service())?.spec.ports, ports);
});

test('scenario 5: a ClusterIP Service has neither an allocation switch nor a traffic policy', async () => {
  const world = stage([svc({ type: 'ClusterIP' })]);
  await world.reconcile();
  const spec = (await world.service())?.spec;
  assert.deepEqual([spec?.type, spec?.allocateLoadBalancerNodePorts, spec?.externalTrafficPolicy], ['ClusterIP', undefined, undefined]);
});

test('scenario 6: a LoadBalancer without the annotation has traffic policy Cluster', async () => {
  const world = stage([svc()]);
  await world.reconcile();
  assert.equal((await world.service())?.spec.externalTrafficPolicy, 'Cluster');
});

test('scenario 7: an ExternalName has its name copied, and no Endpoints', async () => {
  const world = stage([svc({ type: 'ExternalName', externalName: 'db.example.com', selector: {}, ports: [] })]);
  assert.deepEqual((await world.reconcile()).steps, ['Service/svc created', 'VirtualMachineService/svc updated']);
  assert.deepEqual((await world.service())?.spec, { type: 'ExternalName', externalName: 'db.example.com', sessionAffinity: 'None' });
  assert.equal(await world.endpoints(), undefined);
});

test('scenario 8: a headless Service has no selector, and both families even on a single-stack cluster', async () => {
  const world = stage([svc({ type: 'ClusterIP', clusterIp: 'None' })]);
  await world.reconcile();
  assert.deepEqual((await world.service())?.spec, {
    type: 'ClusterIP',
    clusterIP: 'None',
    clusterIPs: ['None'],
    ipFamilies: ['IPv4', 'IPv6'],
    ipFamilyPolicy: 'RequireDualStack',
    internalTrafficPolicy: 'Cluster',
    sessionAffinity: 'None',
    ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
  });
});

test('scenario 9: annotations and labels reach the Service and the Endpoints', async () => {
  const world = stage([svc({ annotations: { a: '1' }, labels: { b: '2' } })]);
  await world.reconcile();
  for (const child of [await world.service(), await world.endpoints()]) {
    assert.deepEqual([child?.metadata.annotations, child?.metadata.labels], [{ a: '1' }, { b: '2' }]);
  }
});

test('scenario 10: the annotation of kubectl apply reaches the Service and the Endpoints', async () => {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"kind":"VirtualMachineService"}\n' };
  const world = stage([svc({ annotations })]);
  await world.reconcile();
  assert.deepEqual((await world.service())?.metadata.annotations, annotations);
  assert.deepEqual((await world.endpoints())?.metadata.annotations, annotations);
});

test('scenario 11: the Service has no selector', async () => {
  const world = stage([svc(), webVm('vm-1', { ip: '1.1.1.1' })]);
  await world.reconcile();
  assert.deepEqual((await world.service())?.spec, {
    type: 'LoadBalancer',
    clusterIP: (await world.service())?.spec.clusterIP,
    clusterIPs: (await world.service())?.spec.clusterIPs,
    allocateLoadBalancerNodePorts: false,
    externalTrafficPolicy: 'Cluster',
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    sessionAffinity: 'None',
    ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
  });
});

test('scenario 12: a single port without a name has none in the Service and in the Endpoints', async () => {
  const world = stage([svc({ ports: [{ name: '', protocol: 'TCP', port: 80, targetPort: 8080 }] }), webVm('vm-1', { ip: '1.1.1.1' })]);
  await world.reconcile();
  assert.deepEqual((await world.service())?.spec.ports, [{ protocol: 'TCP', port: 80, targetPort: 8080 }]);
  assert.deepEqual((await world.endpoints())?.subsets?.[0]?.ports, [{ port: 8080, protocol: 'TCP' }]);
});

test('scenario 13: where the Service is refused, the finalizer is there, and nothing else', async () => {
  const world = stage([svc({ clusterIp: '172.16.0.1' }), webVm('vm-1', { ip: '1.1.1.1' })]);
  const { error, steps } = await world.reconcile();
  assert.equal(
    error,
    'failed to reconcile VirtualMachineService: failed to update VirtualMachineService k8s Service: Service "svc" is invalid: spec.clusterIPs: Invalid value: []string{"172.16.0.1"}: failed to allocate IP 172.16.0.1: the provided network does not match the current range',
  );
  assert.deepEqual(steps, ['VirtualMachineService/svc updated']);
  const vmService = await world.vmService();
  assert.deepEqual([vmService?.metadata.finalizers, vmService?.status], [[finalizer], undefined]);
  assert.deepEqual([await world.service(), await world.endpoints()], [undefined, undefined]);
});

test('scenario 14: RequireDualStack on a single-stack cluster never makes a Service', async () => {
  const world = stage([svc({ ipFamilyPolicy: 'RequireDualStack' })], { workloadIPv6: true, serviceCidrs: singleStack });
  for (const _ of ['first', 'second']) {
    assert.match((await world.reconcile()).error ?? '', /"RequireDualStack": this cluster is not configured for dual-stack services$/);
    assert.equal(await world.service(), undefined);
  }
});

test('scenario 15: PreferDualStack without families makes a Service of the family that is there', async () => {
  const world = stage([svc({ ipFamilyPolicy: 'PreferDualStack' }), webVm('vm-1', { ip: ['1.1.1.1', 'fd00::1'] })], {
    workloadIPv6: true,
    serviceCidrs: singleStack,
  });
  assert.deepEqual((await world.reconcile()).steps, allCreated);
  assert.deepEqual((await world.service())?.spec.ipFamilies, ['IPv4']);
  assert.deepEqual(listed(await world.endpoints()), { ready: ['1.1.1.1'], notReady: [] });
});

test('on a dual-stack cluster the same VirtualMachineService publishes both addresses', async () => {
  const objects = [svc({ ipFamilyPolicy: 'PreferDualStack' }), webVm('vm-1', { ip: ['1.1.1.1', 'fd00::1'] })];
  const world = stage(objects, { workloadIPv6: true, serviceCidrs: dualStack });
  assert.deepEqual((await world.reconcile()).steps, allCreated);
  assert.deepEqual(listed(await world.endpoints()), { ready: ['1.1.1.1', 'fd00::1'], notReady: [] });
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
});

test('the Endpoints have the same owner as the Service', async () => {
  const world = stage([svc()]);
  await world.reconcile();
  assert.deepEqual((await world.endpoints())?.metadata.ownerReferences, [ownedBy(svc())]);
});
