import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { FindingCode } from '../../../src/core/finding-codes.ts';
import { surroundingNames } from '../../../src/core/surroundings.ts';
import type { KubeObject } from '../../../src/model/object.ts';
import { aVm } from '../../support/builders.ts';
import {
  brief,
  type DiagnosedOptions,
  endpoints,
  findingsOf,
  healthy,
  healthyBut,
  passedOf,
  service,
  skippedOf,
  svc,
  two,
  web,
  without,
} from '../../support/diagnosed.ts';

/** Something is wrong, nothing that could be read says why, and this could not be read. */
interface Hidden {
  readonly what: string;
  readonly world: readonly KubeObject[];
  readonly options: DiagnosedOptions;
  readonly finds: FindingCode;
  /** The rules that might have found the reason there. */
  readonly skipped: readonly string[];
  /** The same world where the reason is known, or there is nothing to explain. */
  readonly unless: string;
  readonly near: readonly KubeObject[];
  readonly nearOptions?: DiagnosedOptions;
}

const pending = svc({ ingress: [] });
const waits = healthyBut(pending, service({ ingress: [] }));
const saysWhy = healthyBut(pending, service({ ingress: [], annotations: { 'ncp/error.loadbalancer': 'SOME_ERROR' } }));
const bare = aVm('web-1', { labels: { app: 'web' } });
const lacksAddress = healthyBut(bare, endpoints({ ready: [two] }), ...sliceOfTwo());
const waitsForService = without(healthyBut(pending), 'Service', 'Endpoints', 'EndpointSlice');
const annotated = svc({ annotations: { 'netoperator.vmware.com/network-name': 'net-1' } });
const madeByAnother = aVm('db-1', {
  labels: { app: 'db' },
  owners: [{ apiVersion: 'vmoperator.vmware.com/v1alpha5', kind: 'VirtualMachineReplicaSet', name: 'db', uid: 'u' }],
});
const going = healthyBut(svc({ deletedAt: '2026-11-20T11:00:00Z' }));

const cases: readonly Hidden[] = [
  {
    what: 'events, where a load balancer gives no address and the Service does not say why',
    world: waits,
    options: { hidden: { events: 'Forbidden' } },
    finds: 'VMS602',
    skipped: ['VMS603 events'],
    unless: 'the Service says why',
    near: saysWhy,
  },
  {
    what: 'Gateways and NetworkInfos, likewise',
    world: waits,
    options: { hiddenAround: ['gateways', 'networkInfos'] },
    finds: 'VMS602',
    skipped: ['VMS603 gateways networkinfos'],
    unless: 'there is an address',
    near: healthy,
  },
  {
    what: 'pools of addresses, likewise',
    world: waits,
    options: { hiddenAround: ['ipAddressAllocations', 'ipPools'] },
    finds: 'VMS602',
    skipped: ['VMS604 ipaddressallocations ippools'],
    unless: 'the Service says why',
    near: saysWhy,
  },
  {
    what: "the network's own interfaces, where a VM has no address and does not say why",
    world: lacksAddress,
    options: { hiddenAround: ['networkInterfaces', 'virtualNetworkInterfaces', 'subnetPorts'] },
    finds: 'VMS303',
    skipped: ['VMS302 networkinterfaces virtualnetworkinterfaces subnetports'],
    unless: 'its guest tools do not run',
    near: healthyBut(
      aVm('web-1', {
        labels: { app: 'web' },
        conditions: [{ type: 'VirtualMachineTools', status: 'False', reason: 'VirtualMachineToolsNotRunning' }],
      }),
      endpoints({ ready: [two] }),
      ...sliceOfTwo(),
    ),
  },
  {
    what: 'quotas, where there is no Service and nobody may rehearse it',
    world: waitsForService,
    options: { hiddenAround: ['quotas'] },
    finds: 'VMS402',
    skipped: ['VMS606 resourcequotas'],
    unless: 'the server accepts the same Service as a rehearsal',
    near: waitsForService,
    nearOptions: { proofs: { createService: { outcome: 'accepted' } } },
  },
  {
    what: 'the settings of the network, where there is no Service and they decide',
    world: waitsForService,
    options: { hidden: { networkSettings: 'Forbidden' }, perNamespaceProvider: true },
    finds: 'VMS402',
    skipped: ['VMS402 networksettings'],
    unless: 'the release does not ask them',
    near: waitsForService,
    nearOptions: { perNamespaceProvider: false },
  },
  {
    what: 'what makes the VMs, where none of them has the labels',
    world: [svc(), madeByAnother, service(), endpoints()],
    options: { hiddenAround: ['replicaSets'] },
    finds: 'VMS201',
    skipped: ['VMS204 virtualmachinereplicasets'],
    unless: 'nothing makes them',
    near: [svc(), aVm('db-1', { labels: { app: 'db' } }), service(), endpoints()],
  },
  {
    what: 'the namespace, where a deletion does not end',
    world: going,
    options: { hiddenAround: ['namespaces'] },
    finds: 'VMS112',
    skipped: ['VMS917 namespaces'],
    unless: 'nothing is being deleted',
    near: healthy,
  },
  {
    what: 'networks, where an annotation names one',
    world: healthyBut(annotated),
    options: { hiddenAround: ['networks'] },
    finds: 'VMS313',
    skipped: ['VMS616 networks'],
    unless: 'no annotation does',
    near: healthy,
  },
  {
    what: 'security policies, which may let nobody in',
    world: healthy,
    options: { hiddenAround: ['securityPolicies', 'oldSecurityPolicies'] },
    finds: 'VMS313',
    skipped: ['VMS707 securitypolicies securitypolicies'],
    unless: 'no VM gets anything',
    near: healthyBut(svc({ selector: { app: 'other' } })),
  },
];

function sliceOfTwo(): readonly KubeObject[] {
  return healthy.filter(({ kind }) => kind === 'EndpointSlice').map((slice) => ({ ...slice, endpoints: [{ addresses: ['10.0.0.2'] }] }));
}

suite('the reason may hide', () => {
  for (const { what, world, options, finds, skipped, unless, near, nearOptions } of cases) {
    test(`in ${what}`, () => {
      assert.deepEqual(skippedOf(world, options), skipped);
      const codes = findingsOf(world, options).map(({ code }) => code);
      assert.ok(codes.includes(finds), `${finds} is not among ${codes.join(' ')}`);
      assert.ok(codes.includes('VMS910'));
      const [code = ''] = skipped.map((text) => text.slice(0, 6));
      assert.ok(!passedOf(world, options).some((passed) => passed === code));
    });
    test(`not in ${what}: ${unless}`, () => assert.deepEqual(skippedOf(near, { ...options, ...nearOptions }), []));
  }

  test('and a load balancer that nobody could listen to is not called silent', () => {
    const said = (options: DiagnosedOptions) =>
      findingsOf(traced, options).flatMap(({ code, message }) => (code === 'VMS602' ? [message] : []));
    const traced = healthyBut(pending, service({ ingress: [], annotations: { 'ncp/vip_pool': 'p' } }));
    assert.deepEqual(said({}), ['The load balancer gives this Service no address, and says nothing']);
    assert.deepEqual(said({ hidden: { events: 'Forbidden' } }), ['The load balancer gives this Service no address']);
  });

  test('in VMs of which the server knows nothing: that is not to have none', () => {
    const codes = (because: 'Forbidden' | 'NotServed') => findingsOf(healthy, { hidden: { vms: because } }).map(({ code }) => code);
    assert.deepEqual(codes('NotServed'), codes('Forbidden'));
    assert.ok(codes('NotServed').includes('VMS910'));
  });

  test('nowhere where nothing is wrong, whatever could not be looked at besides', () => {
    const hidden = { events: 'Forbidden', networkSettings: 'Forbidden' } as const;
    // A policy may keep clients out, and nothing else would show it.
    const hiddenAround = surroundingNames.filter((name) => name !== 'securityPolicies' && name !== 'oldSecurityPolicies');
    assert.deepEqual(skippedOf(healthy, { hidden, hiddenAround }), []);
  });
});

suite('of a service that is being deleted', () => {
  test('one cause is told, and nothing that mends what nobody keeps up', () => {
    // Its slices have gone, a VM is off, another has no address: all the same to a service that goes.
    const world = without(
      [...going.filter(({ kind }) => kind !== 'VirtualMachine'), web('web-1', { ip: '10.0.0.1', power: 'off' }), bare],
      'EndpointSlice',
    );
    assert.deepEqual(findingsOf(world).map(brief), ['error VMS112 certain VirtualMachineService/svc']);
  });

  test('it is still said whose it is, who has its name, and what holds its Service', () => {
    const kept = svc({ deletedAt: '2026-11-20T11:59:50Z', labels: { 'argocd.argoproj.io/instance': 'shop' } });
    const terminating = { ...service(), metadata: { ...service().metadata, deletionTimestamp: '2026-11-20T11:00:00Z' } };
    assert.deepEqual(findingsOf(healthyBut(kept, terminating)).map(brief), [
      'info VMS906 likely VirtualMachineService/svc',
      'error VMS407 certain Service/svc',
      'info VMS112 certain VirtualMachineService/svc',
    ]);
  });
});
