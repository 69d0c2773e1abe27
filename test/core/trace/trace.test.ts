import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { memberAddresses, memberName, memberVm, type StaleBecause } from '../../../src/core/trace/members.ts';
import { traceService } from '../../../src/core/trace/trace.ts';
import type { EndpointSlice } from '../../../src/model/service.ts';
import type { VirtualMachine } from '../../../src/model/virtual-machine.ts';
import { aVm } from '../../support/builders.ts';
import { seenWorld, unavailable } from '../../support/seen-world.ts';
import { svc, webVm } from '../../support/stage.ts';
import { testNow } from '../../support/test-io.ts';

import { endpoints, members, one, service, trace, two, whole } from '../../support/traced.ts';

suite('the path of a service', () => {
  test('where everything is as it should be, each hop says so', () => {
    const found = trace(whole);
    assert.equal(found.status, 'OK');
    assert.deepEqual([found.ready, found.selected], [2, 2]);
    assert.deepEqual(found.vip, { state: 'Assigned', addresses: ['192.0.2.7'] });
    assert.deepEqual(found.service, { state: 'AsComputed', service: service() });
    assert.deepEqual(found.endpoints, {
      state: 'AsComputed',
      endpoints: endpoints({ ready: [one, two] }),
      ready: 2,
      notReady: 0,
      differences: 0,
    });
    assert.deepEqual(members(found), ['vm-1 Ready NoProbe 1.1.1.1', 'vm-2 Ready NoProbe 2.2.2.2']);
    assert.deepEqual([found.nearMisses, found.otherVms], [[], []]);
  });

  test('a Service that is not there, or could not be looked at, is one or the other', () => {
    assert.deepEqual(trace([one]).service, { state: 'Missing' });
    assert.deepEqual(trace([one], { hidden: { services: 'Forbidden' } }).service, {
      state: 'Unknown',
      unavailable: unavailable('services'),
    });
  });

  test('a Service that differs names the fields that the controller would change', () => {
    const changed = service({ ports: [{ name: 'old', port: 1 }], externalTrafficPolicy: 'Local', labels: { shared: 'theirs' } });
    const found = trace([changed], {}, svc({ labels: { shared: 'ours' } }));
    assert.deepEqual(found.service, {
      state: 'Differs',
      service: changed,
      fields: ['metadata.labels', 'spec.externalTrafficPolicy', 'spec.ports'],
      owned: true,
    });
    const unowned = service({ owners: [] });
    assert.deepEqual(trace([unowned]).service, { state: 'Differs', service: unowned, fields: ['metadata.ownerReferences'], owned: false });
  });

  test('a Service that the controller would refuse says why', () => {
    const foreign = service({ owners: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'other', uid: 'd', controller: true }] });
    assert.deepEqual(trace([foreign]).service, {
      state: 'Refused',
      service: foreign,
      refusal: { reason: 'OwnedByAnotherController', message: 'Service prod/svc is already owned by another Deployment controller other' },
    });
    const nameless = trace([service()], { provider: 'namespace' }).service;
    assert.deepEqual(nameless.state === 'Refused' && nameless.refusal.reason, 'ProviderUnknown');
  });

  test('the address is the Service’s, and the VirtualMachineService’s word for it where the Service could not be looked at', () => {
    const published = svc({ ingress: ['192.0.2.9', 'lb.example.com'] });
    assert.deepEqual(trace([service({ ingress: ['192.0.2.7', 'lb.example.com'] })], {}, published).vip, {
      state: 'Assigned',
      addresses: ['192.0.2.7', 'lb.example.com'],
    });
    const hidden = { hidden: { services: 'Forbidden' } } as const;
    assert.deepEqual(trace([], hidden, published).vip, { state: 'Assigned', addresses: ['192.0.2.9', 'lb.example.com'] });
    assert.deepEqual(trace([], hidden).vip, { state: 'Unknown', unavailable: unavailable('services') });
    assert.deepEqual(trace([service({ ingress: [] })], {}, published).vip, { state: 'Pending' });
    assert.deepEqual(trace([], {}, svc({ type: 'ClusterIP' })).vip, { state: 'NotNeeded' });
  });
});

suite('members', () => {
  test('stand with the Endpoints as they are stored', () => {
    const waiting = webVm('vm-3', { ip: '3.3.3.3', ready: false });
    const found = trace([one, two, waiting, service(), endpoints({ ready: [one, waiting] })]);
    const stored = 'items' in found.members ? found.members.items.map((member) => member.kind === 'decided' && member.stored) : [];
    assert.deepEqual(stored, ['AsComputed', 'Missing', 'Differs']);
    assert.equal(found.ready, 1);
    const nowhere = trace([one, service()]);
    assert.deepEqual('items' in nowhere.members && nowhere.members.items.map((member) => member.kind === 'decided' && member.stored), [
      'NoEndpoints',
    ]);
  });

  test('come by name, decided ones first', () => {
    const stale = endpoints({ ready: [webVm('vm-0', { ip: '9.9.9.9' })] });
    assert.deepEqual(members(trace([two, one, service(), stale])), [
      'vm-1 Ready NoProbe 1.1.1.1',
      'vm-2 Ready NoProbe 2.2.2.2',
      'vm-0 Stale VirtualMachineGone 9.9.9.9',
    ]);
  });

  test('that are stale say why their address is still there', () => {
    const staleFor = (now: readonly VirtualMachine[], before: VirtualMachine | string): StaleBecause | undefined => {
      const { members: leg } = trace([...now, service(), endpoints({ ready: [before] })]);
      const found = 'items' in leg ? leg.items.find((member) => member.kind === 'stale') : undefined;
      return found?.kind === 'stale' ? found.because : undefined;
    };
    assert.equal(staleFor([one], one), undefined);
    assert.equal(staleFor([], one), 'VirtualMachineGone');
    assert.equal(staleFor([webVm('vm-1', { ip: '1.1.1.1', uid: 'another' })], one), 'VirtualMachineGone');
    assert.equal(staleFor([aVm('vm-1', { ip: '1.1.1.1', labels: { app: 'db' } })], one), 'NoLongerSelected');
    assert.equal(staleFor([webVm('vm-1', { ip: '1.1.1.9' })], one), 'AddressChanged');
    assert.equal(staleFor([webVm('vm-1')], one), 'NoLongerEligible');
    assert.equal(staleFor([webVm('vm-1', { ip: '1.1.1.1', deletedAt: testNow })], one), 'NoLongerEligible');
    assert.equal(staleFor([one], '1.1.1.1'), 'NotAVirtualMachine');
  });

  test('that are stale with several addresses are one member, with its VM', () => {
    const moved = webVm('vm-1', { ip: '1.1.1.9' });
    const reference = { kind: 'VirtualMachine', namespace: 'prod', name: 'vm-1', uid: moved.metadata.uid ?? '' };
    const subsets = [
      { addresses: [{ ip: '1.1.1.1', targetRef: reference }], notReadyAddresses: [{ ip: '1.1.1.2', targetRef: reference }] },
    ];
    const { members: leg } = trace([moved, service(), endpoints({ subsets })]);
    const stale = 'items' in leg ? leg.items.filter((member) => member.kind === 'stale') : [];
    assert.deepEqual(
      stale.map((member) => [memberName(member), memberVm(member), memberAddresses(member)]),
      [['vm-1', moved, ['1.1.1.1', '1.1.1.2']]],
    );
  });

  test('are the decisions for the Service that would be made, where there is none', () => {
    const six = webVm('vm-6', { ip: 'fd00::6' });
    assert.deepEqual(members(trace([one, six])), ['vm-1 Ready NoProbe 1.1.1.1', 'vm-6 Out NoAddressOfFamily']);
    assert.deepEqual(members(trace([one, six], {}, svc({ type: 'ClusterIP', clusterIp: 'None' }))), [
      'vm-1 Ready NoProbe 1.1.1.1',
      'vm-6 Ready NoProbe fd00::6',
    ]);
    const external = svc({ type: 'ExternalName', externalName: 'db.example.com' });
    assert.deepEqual(members(trace([one], {}, external)), ['vm-1 Out ServiceHasNoFamilies']);
  });

  test('of other labels are near misses or other VMs', () => {
    const near = aVm('near', { labels: { app: 'Web' } });
    const far = aVm('far', { labels: { app: 'db' } });
    const found = trace([one, near, far, service()]);
    assert.deepEqual(found.otherVms, [near, far]);
    assert.deepEqual(found.nearMisses, [
      { vm: near, wanted: { key: 'app', value: 'web' }, label: { key: 'app', value: 'Web' }, how: 'LetterCase', besides: [] },
    ]);
    assert.deepEqual(trace([one, near, service()], {}, svc({ selector: {} })).nearMisses, []);
    const brief = traceService(svc(), seenWorld([one, near]), { now: new Date(testNow), others: false, compareService: true });
    assert.deepEqual([brief.otherVms, brief.nearMisses], [[], []]);
  });
});

suite('slices', () => {
  const slice = (name: string, addresses: readonly string[], ready = true): EndpointSlice => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    metadata: { name, namespace: 'prod', labels: { 'kubernetes.io/service-name': 'svc' } },
    endpoints: [{ addresses, conditions: { ready } }],
  });

  test('mirror the Endpoints, or do not', () => {
    const slices = [slice('right', ['1.1.1.1', '2.2.2.2']), slice('gone', ['9.9.9.9']), slice('unready', ['1.1.1.1'], false)];
    const { slices: leg } = trace([...whole, ...slices]);
    assert.deepEqual('items' in leg && leg.items.map(({ slice, mirrors }) => [slice.metadata.name, mirrors]), [
      ['right', true],
      ['gone', false],
      ['unready', false],
    ]);
  });

  test('are held against no Endpoints that could not be looked at', () => {
    const { slices: leg } = trace([...whole, slice('right', ['1.1.1.1', '2.2.2.2'])], { hidden: { endpoints: 'Forbidden' } });
    assert.deepEqual('items' in leg && leg.items.map(({ slice, mirrors }) => [slice.metadata.name, mirrors]), [['right', undefined]]);
  });

  test('that could not be looked at are not missing', () => {
    assert.deepEqual(trace(whole, { hidden: { slices: 'Forbidden' } }).slices, { unavailable: unavailable('slices') });
  });
});

test('a service read in an older version is traced without the annotation that the conversion left', () => {
  const annotations = { 'vmoperator.vmware.com/conversion': '{}' };
  const found = trace(whole, {}, svc({ annotations }));
  assert.deepEqual([found.service.state, found.vmService.metadata.annotations], ['AsComputed', annotations]);
});
