import assert from 'node:assert/strict';
import { test } from 'node:test';
import { primaryAddresses, readyCondition } from '../../src/model/virtual-machine.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints, uidOf, vmOperatorVersions } from './builders.ts';

test('a built VM has the same facts in every version, wherever that version keeps them', () => {
  for (const version of vmOperatorVersions) {
    const vm = aVm('web-1', { version, ip: '10.0.0.7', ready: false });
    assert.equal(vm.apiVersion, `vmoperator.vmware.com/${version}`);
    assert.deepEqual(primaryAddresses(vm), { ip4: '10.0.0.7', ip6: undefined });
    assert.equal(readyCondition(vm)?.status, 'False');
    assert.equal(vm.status?.powerState, version === 'v1alpha1' ? 'poweredOn' : 'PoweredOn');
  }
});

test('built objects cannot be written to', () => {
  const vmService = aVmService('web', { ports: [80, [443, 8443]] });
  assert.deepEqual(vmService.spec.ports, [
    { name: 'http', protocol: 'TCP', port: 80, targetPort: 80 },
    { name: 'port-443', protocol: 'TCP', port: 443, targetPort: 8443 },
  ]);
  assert.throws(() => Object.assign(vmService.spec, { type: 'ClusterIP' }), TypeError);
});

test('built Endpoints publish VMs with a reference, and bare addresses without', () => {
  const vm = aVm('web-1', { ip: '10.0.0.7' });
  assert.deepEqual(someEndpoints('web', { ready: [vm], notReady: ['10.0.0.9'] }).subsets, [
    {
      addresses: [
        {
          ip: '10.0.0.7',
          targetRef: {
            apiVersion: 'vmoperator.vmware.com/v1alpha6',
            kind: 'VirtualMachine',
            namespace: 'prod',
            name: 'web-1',
            uid: uidOf('VirtualMachine', 'prod', 'web-1'),
          },
        },
      ],
      notReadyAddresses: [{ ip: '10.0.0.9' }],
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    },
  ]);
  assert.equal(someEndpoints('web').subsets, undefined);
});

test('a built Service names its owner and its VIP when it is given them', () => {
  const vmService = aVmService('web');
  const service = aService('web', { owners: [ownedBy(vmService)], ingress: ['10.20.0.15'] });
  assert.equal(service.metadata.ownerReferences?.[0]?.uid, vmService.metadata.uid);
  assert.deepEqual(service.status, { loadBalancer: { ingress: [{ ip: '10.20.0.15' }] } });
  assert.match(service.metadata.uid ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
});
