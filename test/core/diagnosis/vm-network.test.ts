import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkLocalAddresses, reportedAddresses } from '../../../src/core/diagnosis/vm-network.ts';
import { type VirtualMachine, vmOf } from '../../../src/model/virtual-machine.ts';

function reporting(version: string, network: object): VirtualMachine {
  return vmOf({
    apiVersion: `vmoperator.vmware.com/${version}`,
    kind: 'VirtualMachine',
    metadata: { name: 'vm' },
    ...{ status: network },
  });
}

test('link-local addresses are told apart from those that could be used, in the fields of every version', () => {
  const addresses = ['169.254.1.3/16', 'fe80::1/64', '10.1.0.7/24', '127.0.0.1/8'];
  const interfaces = [{ name: 'eth0', ip: { addresses: addresses.map((address) => ({ address })) } }];
  for (const vm of [
    reporting('v1alpha1', { networkInterfaces: [{ ipAddresses: addresses }] }),
    reporting('v1alpha6', { network: { interfaces } }),
  ]) {
    assert.deepEqual(linkLocalAddresses(vm), ['169.254.1.3/16', 'fe80::1/64']);
    assert.deepEqual(reportedAddresses(vm), ['10.1.0.7']);
  }
});
