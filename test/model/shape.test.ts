import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { KubeObject } from '../../src/model/object.ts';
import { endpointSliceOf, endpointsOf, serviceOf } from '../../src/model/service.ts';
import { UnreadableObject } from '../../src/model/shape.ts';
import { vmOf } from '../../src/model/virtual-machine.ts';
import { vmServiceOf } from '../../src/model/virtual-machine-service.ts';
import { aVm, aVmService } from '../support/builders.ts';

const metadata = { name: 'web', namespace: 'prod' };

/** An object as JSON brings it, whatever stands in its fields. */
function object(apiVersion: string, kind: string, fields: object): KubeObject {
  return { apiVersion, kind, metadata, ...fields };
}

suite('objects are read as Go reads them', () => {
  test('those in which nothing is odd are left as they are', () => {
    const vm = aVm('web-1', { ip: '10.0.0.1', ready: true });
    assert.equal(vmOf(vm), vm);
    const web = aVmService('web', { ingress: ['192.0.2.7'] });
    assert.equal(vmServiceOf(web), web);
  });

  test('null is as good as absent, and the empty value in a list', () => {
    const slice = object('discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', endpoints: null, ports: null });
    assert.deepEqual(endpointSliceOf(slice), object('discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4' }));
    const endpoints = object('v1', 'Endpoints', {
      subsets: [null, { addresses: [null], notReadyAddresses: null, ports: [{ name: null }] }],
    });
    assert.deepEqual(
      endpointsOf(endpoints),
      object('v1', 'Endpoints', { subsets: [{}, { addresses: [{ ip: '' }], ports: [{ port: 0 }] }] }),
    );
    const vm = object('vmoperator.vmware.com/v1alpha5', 'VirtualMachine', {
      spec: { readinessProbe: null, className: 'small' },
      status: { conditions: [null], network: { interfaces: [null, { ip: { addresses: [{ address: null }] } }] } },
    });
    assert.deepEqual(
      vmOf(vm),
      object('vmoperator.vmware.com/v1alpha5', 'VirtualMachine', {
        spec: { className: 'small' },
        status: { conditions: [{ type: '', status: '' }], network: { interfaces: [{}, { ip: { addresses: [{}] } }] } },
      }),
    );
  });

  test('what a type promises is there, and what it does not have stays', () => {
    assert.deepEqual(serviceOf(object('v1', 'Service', { spec: null, later: null })), object('v1', 'Service', { spec: {}, later: null }));
    const web = object('vmoperator.vmware.com/v1alpha5', 'VirtualMachineService', {
      spec: { ports: [{ name: 'http' }], selector: { app: null }, later: [null] },
    });
    assert.deepEqual(
      vmServiceOf(web),
      object('vmoperator.vmware.com/v1alpha5', 'VirtualMachineService', {
        spec: { ports: [{ name: 'http', port: 0, targetPort: 0 }], selector: { app: '' }, later: [null] },
      }),
    );
  });

  test('a field of another type is named, and read by nobody', () => {
    const cases: readonly [() => unknown, string][] = [
      [
        () => vmServiceOf(object('g/v1', 'VirtualMachineService', { spec: 'x' })),
        'VirtualMachineService prod/web cannot be read: spec must be a mapping',
      ],
      [
        () => vmServiceOf(object('g/v1', 'VirtualMachineService', { spec: { selector: { matchLabels: { app: 'web' } } } })),
        'VirtualMachineService prod/web cannot be read: spec.selector.matchLabels must be text',
      ],
      [
        () => vmServiceOf(object('g/v1', 'VirtualMachineService', { spec: { ports: [{ port: 80, targetPort: 'http' }] } })),
        'VirtualMachineService prod/web cannot be read: spec.ports[0].targetPort must be a number',
      ],
      [
        () => vmOf(object('g/v1', 'VirtualMachine', { status: { network: { primaryIP4: true } } })),
        'VirtualMachine prod/web cannot be read: status.network.primaryIP4 must be text',
      ],
      [() => endpointsOf(object('v1', 'Endpoints', { subsets: {} })), 'Endpoints prod/web cannot be read: subsets must be a list'],
    ];
    for (const [read, message] of cases) {
      assert.throws(read, (error) => error instanceof UnreadableObject && error.message === message);
    }
  });
});
