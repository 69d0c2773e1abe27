import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trafficPolicyAnnotation } from '../../src/core/load-balancer.ts';
import { type Service, serviceOf } from '../../src/model/service.ts';
import { aService, ownedBy, someEndpoints } from '../support/builders.ts';
import { allUnchanged, dualStack, listed, stage, svc, webVm } from '../support/stage.ts';

const refused = 'failed to reconcile VirtualMachineService: failed to update VirtualMachineService k8s Service: Service "svc" is invalid: ';

/** A Service with exactly this spec. */
function serviceWith(spec: Service['spec']): Service {
  return serviceOf({ ...aService('svc'), ...{ spec } });
}

test('a traffic policy that an adopted LoadBalancer already has is wiped once, and refused from the next reconcile on', async () => {
  const found = aService('svc', { externalTrafficPolicy: 'Local', healthCheckNodePort: 30100 });
  const world = stage([svc({ type: 'ClusterIP', annotations: { [trafficPolicyAnnotation]: 'Local' } }), found]);
  assert.equal((await world.reconcile()).error, null);
  const spec = (await world.service())?.spec;
  assert.deepEqual([spec?.type, spec?.externalTrafficPolicy, spec?.healthCheckNodePort], ['ClusterIP', undefined, undefined]);
  const message = `${refused}spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services`;
  assert.equal((await world.reconcile()).error, message);
  assert.deepEqual((await world.service())?.spec, spec);
});

test('two families without a dual policy are refused', async () => {
  const dual = { workloadIPv6: true, serviceCidrs: dualStack };
  const world = stage([svc({ ipFamilies: ['IPv4'] })], dual);
  assert.equal((await world.reconcile()).error, null);
  await world.edit('VirtualMachineService', { spec: { ipFamilies: ['IPv4', 'IPv6'] } });
  assert.equal(
    (await world.reconcile()).error,
    `${refused}spec.ipFamilyPolicy: Invalid value: "SingleStack": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified`,
  );
  assert.deepEqual((await world.service())?.spec.ipFamilies, ['IPv4']);
});

test('two families shrunk to one without policy SingleStack are refused', async () => {
  const world = stage([svc({ ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' })], {
    workloadIPv6: true,
    serviceCidrs: dualStack,
  });
  assert.equal((await world.reconcile()).error, null);
  await world.edit('VirtualMachineService', { spec: { ipFamilies: ['IPv4'] } });
  assert.equal(
    (await world.reconcile()).error,
    `${refused}spec.ipFamilyPolicy: Invalid value: "PreferDualStack": must be 'SingleStack' to release the secondary IP family`,
  );
});

test('a LoadBalancer cannot adopt a headless Service', async () => {
  const found = serviceWith({
    type: 'ClusterIP',
    clusterIP: 'None',
    clusterIPs: ['None'],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    sessionAffinity: 'None',
  });
  const world = stage([svc(), found]);
  assert.equal(
    (await world.reconcile()).error,
    `${refused}spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for LoadBalancer services`,
  );
});

test('an adopted ExternalName Service gets a cluster IP', async () => {
  const world = stage([
    svc(),
    serviceWith({ type: 'ExternalName', externalName: 'db.example.com', sessionAffinity: 'None' }),
    webVm('vm-1', { ip: '1.1.1.1' }),
  ]);
  assert.equal((await world.reconcile()).error, null);
  const spec = (await world.service())?.spec;
  assert.deepEqual([spec?.type, spec?.externalName, spec?.ipFamilies], ['LoadBalancer', undefined, ['IPv4']]);
  assert.match(spec?.clusterIP ?? '', /^10\.96\.\d+\.\d+$/);
  assert.deepEqual(listed(await world.endpoints()), { ready: ['1.1.1.1'], notReady: [] });
});

test('a cluster IP that was left empty is never written back to the VirtualMachineService', async () => {
  const world = stage([svc()]);
  await world.reconcile();
  assert.deepEqual((await world.vmService())?.spec, svc().spec);
});

test('scenario 149: an upgrade of the operator rewrites owners and targets once', async () => {
  const vm = webVm('vm-1', { ip: '1.1.1.1' });
  const older = 'vmoperator.vmware.com/v1alpha5';
  const owners = [{ ...ownedBy(svc()), apiVersion: older }];
  const world = stage([svc(), vm, aService('svc', { owners }), someEndpoints('svc', { owners, ready: [{ ...vm, apiVersion: older }] })]);
  assert.deepEqual((await world.reconcile()).steps.slice(0, 2), ['Service/svc updated', 'Endpoints/svc updated']);
  assert.deepEqual((await world.service())?.metadata.ownerReferences, [ownedBy(svc())]);
  assert.equal((await world.endpoints())?.subsets?.[0]?.addresses?.[0]?.targetRef?.apiVersion, svc().apiVersion);
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
});

test('scenario 148: read through an older version, the annotation of the conversion reaches no child and stays where it is', async () => {
  const annotations = { 'vmoperator.vmware.com/conversion': '{"spec":{}}', note: 'a' };
  const world = stage([svc({ version: 'v1alpha5', annotations })], { profile: 'D' });
  await world.reconcile();
  for (const child of [await world.service(), await world.endpoints()]) assert.deepEqual(child?.metadata.annotations, { note: 'a' });
  assert.deepEqual((await world.vmService())?.metadata.annotations, annotations);
});

test('between a field that is empty and one that is absent no release writes anything', async () => {
  const empty = { loadBalancerIP: '', externalName: '', loadBalancerSourceRanges: [], clusterIp: '', labels: {}, annotations: {} };
  const world = stage([svc(empty), webVm('vm-1', { ip: '1.1.1.1' })]);
  await world.reconcile();
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
  await world.edit('VirtualMachineService', { spec: { loadBalancerIP: null, externalName: null, loadBalancerSourceRanges: null } });
  assert.deepEqual((await world.reconcile()).steps, allUnchanged);
});
