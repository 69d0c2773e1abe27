import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { trafficPolicyAnnotation } from '../../src/core/load-balancer.ts';
import { type ServiceTrace, traceService } from '../../src/core/trace.ts';
import type { StaleBecause } from '../../src/core/trace-members.ts';
import { memberAddresses, memberName, memberReason, memberState, memberVm } from '../../src/core/trace-members.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { type EndpointSlice, type Endpoints, type Service, serviceOf } from '../../src/model/service.ts';
import type { VirtualMachine } from '../../src/model/virtual-machine.ts';
import type { VirtualMachineService } from '../../src/model/virtual-machine-service.ts';
import { aService, aVm, type EndpointsOptions, ownedBy, type ServiceOptions, someEndpoints } from '../support/builders.ts';
import { type SeenWorldOptions, seenWorld, unavailable } from '../support/seen-world.ts';
import { svc, webVm } from '../support/stage.ts';
import { testNow } from '../support/test-io.ts';

const one = webVm('vm-1', { ip: '1.1.1.1' });
const two = webVm('vm-2', { ip: '2.2.2.2' });

function service(options: ServiceOptions = {}, of: VirtualMachineService = svc()): Service {
  return aService('svc', { owners: [ownedBy(of)], ingress: ['192.0.2.7'], ...options });
}

function endpoints(options: EndpointsOptions = {}): Endpoints {
  return someEndpoints('svc', { owners: [ownedBy(svc())], ...options });
}

/** A world in which everything is as it should be. */
const whole: readonly KubeObject[] = [one, two, service(), endpoints({ ready: [one, two] })];

function trace(objects: readonly KubeObject[], options?: SeenWorldOptions, of: VirtualMachineService = svc()): ServiceTrace {
  return traceService(of, seenWorld(objects, options), { now: new Date(testNow), others: true });
}

/** Each member as `name state reason addresses`. */
function members({ members: leg }: ServiceTrace): readonly string[] {
  if ('unavailable' in leg) return [leg.unavailable.because];
  return leg.items.map((member) => [memberName(member), memberState(member), memberReason(member), ...memberAddresses(member)].join(' '));
}

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
      refusal: { reason: 'OwnedByAnotherController', message: 'Object prod/svc is already owned by another Deployment controller other' },
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

suite('Endpoints', () => {
  const stateOf = (...objects: readonly KubeObject[]) => trace(objects).endpoints;

  test('that are missing, or could not be looked at, are one or the other', () => {
    assert.deepEqual(stateOf(one, service()), { state: 'Missing' });
    assert.deepEqual(trace([one, service()], { hidden: { endpoints: 'Forbidden' } }).endpoints, {
      state: 'Unknown',
      unavailable: unavailable('endpoints'),
    });
  });

  test('in another order are right all the same', () => {
    const swapped = endpoints({ ready: [two, one] });
    assert.deepEqual(stateOf(one, two, service(), swapped), {
      state: 'OrderOnly',
      endpoints: swapped,
      ready: 2,
      notReady: 0,
      differences: 0,
    });
  });

  test('whose ports stand in another order are right all the same', () => {
    const ports = ['a', 'b'].map((name) => ({ name, protocol: 'TCP', port: name === 'a' ? 1 : 2, targetPort: 80 }));
    const of = svc({ ports });
    for (const [state, names] of [['OrderOnly', ['b', 'a']] as const, ['AsComputed', ['a', 'b']] as const]) {
      const stored = endpoints({ ready: [one], ports: names.map((name) => ({ name, port: 80, protocol: 'TCP' })) });
      assert.equal(trace([one, service({ ports }), stored], {}, of).endpoints.state, state);
    }
  });

  test('count each VM that stands otherwise than computed once', () => {
    const waiting = webVm('vm-3', { ip: '3.3.3.3', ready: false });
    const stored = endpoints({ ready: [one, waiting], notReady: ['9.9.9.9'] });
    const found = stateOf(one, two, waiting, service(), stored);
    assert.deepEqual(found, { state: 'Differs', endpoints: stored, ready: 2, notReady: 1, differences: 3 });
  });

  test('with other ports, or references in another version, differ', () => {
    const ports = endpoints({ ready: [one], ports: [{ name: 'http', port: 9999, protocol: 'TCP' }] });
    const older = endpoints({ ready: [{ ...one, apiVersion: 'vmoperator.vmware.com/v1alpha5' }] });
    for (const stored of [ports, older]) {
      assert.deepEqual(stateOf(one, service(), stored), { state: 'Differs', endpoints: stored, ready: 1, notReady: 0, differences: 1 });
    }
  });

  test('of a service without a selector are nobody’s to compute', () => {
    const stored = endpoints({ ready: ['9.9.9.9'], notReady: ['8.8.8.8'] });
    const selectorless = svc({ selector: {} });
    const found = trace([service(), stored, one], {}, selectorless);
    assert.deepEqual(found.endpoints, { state: 'LeftAlone', endpoints: stored, ready: 1, notReady: 1 });
    assert.deepEqual([found.ready, found.selected, members(found), found.status], [1, undefined, [], 'OK']);
    assert.deepEqual(trace([service()], {}, selectorless).endpoints, { state: 'LeftAlone', endpoints: undefined, ready: 0, notReady: 0 });
  });

  test('cannot be computed where the VMs could not be looked at', () => {
    const stored = endpoints({ ready: [one] });
    const found = trace([service(), stored], { hidden: { vms: 'Forbidden' } });
    assert.deepEqual(found.endpoints, { state: 'NotComputed', endpoints: stored, ready: 1, notReady: 0, differences: 0 });
    assert.deepEqual([found.status, found.ready, found.selected, members(found)], ['Unknown', undefined, undefined, ['Forbidden']]);
  });

  test('count a dual-stack VM once', () => {
    const dual = webVm('vm-d', { ip: ['1.1.1.1', 'fd00::1'] });
    const reference = {
      apiVersion: dual.apiVersion,
      kind: 'VirtualMachine',
      namespace: 'prod',
      name: 'vm-d',
      uid: dual.metadata.uid ?? '',
    };
    const addresses = ['1.1.1.1', 'fd00::1'].map((ip) => ({ ip, targetRef: reference }));
    const stored = endpoints({ subsets: [{ addresses, ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }] });
    const found = trace([dual, service({ ipFamilies: ['IPv4', 'IPv6'] }), stored]);
    assert.deepEqual([found.endpoints.state, found.ready, found.selected], ['AsComputed', 1, 1]);
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
      { vm: near, wanted: { key: 'app', value: 'web' }, label: { key: 'app', value: 'Web' }, how: 'LetterCase' },
    ]);
    assert.deepEqual(trace([one, near, service()], {}, svc({ selector: {} })).nearMisses, []);
    const brief = traceService(svc(), seenWorld([one, near]), { now: new Date(testNow), others: false });
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

  test('that could not be looked at are not missing', () => {
    assert.deepEqual(trace(whole, { hidden: { slices: 'Forbidden' } }).slices, { unavailable: unavailable('slices') });
  });
});

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

  test('Drift, where Service or Endpoints are not as computed', () => {
    assert.equal(statusOf([one, two, service({ externalTrafficPolicy: 'Local' }), stored]), 'Drift');
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

test('a service read in an older version is traced without the annotation that the conversion left', () => {
  const annotations = { 'vmoperator.vmware.com/conversion': '{}' };
  const found = trace(whole, {}, svc({ annotations }));
  assert.deepEqual([found.service.state, found.vmService.metadata.annotations], ['AsComputed', annotations]);
});
