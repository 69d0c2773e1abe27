import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type ControllersObjects,
  hasAnswered,
  type NudgePlace,
  nudgedAt,
  nudgeKey,
  nudgeMark,
  objectChanges,
  planNudge,
} from '../../src/core/nudge.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';

const vmService = aVmService('web');
const owned = { owners: [ownedBy(vmService)] };
const service = aService('web', owned);
const [vm, another] = [aVm('web-1', { ip: '10.1.0.11' }), aVm('web-2', { ip: '10.1.0.12' })];
const mark = '20261120T115700Z';

/** `annotations of Service/web`: where a plan goes, and what it cleans up. */
function said(...args: Parameters<typeof planNudge>): readonly [where: string, leftOver: readonly string[]] {
  const plan = planNudge(...args);
  const words = ({ ref, field }: NudgePlace) => `${field} of ${ref.kind}/${ref.name}`;
  return ['place' in plan ? words(plan.place) : plan.problem, plan.leftOver.map(words)];
}

describe('where a nudge goes', () => {
  const plans: readonly (readonly [what: string, args: Parameters<typeof planNudge>, where: string, leftOver?: readonly string[]])[] = [
    ['the Service that it owns', [vmService, service, [vm]], 'annotations of Service/web'],
    [
      'the Service of which it is an owner among others',
      [vmService, aService('web', { owners: [{ ...ownedBy(vmService), controller: false }] }), []],
      'annotations of Service/web',
    ],
    ['a VM where the Service is nobody’s', [vmService, aService('web'), [vm]], 'labels of VirtualMachine/web-1'],
    [
      'a VM where the Service is owned by a kind of the same name',
      [vmService, aService('web', { owners: [{ ...ownedBy(vmService), apiVersion: 'example.com/v1' }] }), [vm]],
      'labels of VirtualMachine/web-1',
    ],
    ['the first VM by name', [vmService, undefined, [another, vm]], 'labels of VirtualMachine/web-1'],
    [
      'the VM that has a mark already',
      [vmService, undefined, [vm, aVm('web-2', { labels: { [nudgeKey]: mark } })]],
      'labels of VirtualMachine/web-2',
    ],
    [
      'no VM that is being deleted',
      [vmService, undefined, [aVm('web-0', { deletedAt: '2026-11-20T11:00:00Z', finalizers: ['a/b'] }), vm]],
      'labels of VirtualMachine/web-1',
    ],
    [
      'no machine of a workload cluster',
      [vmService, undefined, [aVm('web-0', { labels: { 'cluster.x-k8s.io/cluster-name': 'tkc1' } }), vm]],
      'labels of VirtualMachine/web-1',
    ],
    [
      'no VM for an empty selector, because VMs wake nobody then',
      [aVmService('web', { selector: {} }), undefined, [vm]],
      'nothing to nudge for VirtualMachineService prod/web: there is no Service, and its selector selects no VM',
    ],
    [
      'nowhere, where the Service is another’s and no VM is selected',
      [vmService, aService('web'), []],
      'nothing to nudge for VirtualMachineService prod/web: the Service is not owned by it, and its selector selects no VM',
    ],
    [
      'the Service, cleaning up a VM',
      [vmService, service, [vm, aVm('web-2', { labels: { [nudgeKey]: mark } })]],
      'annotations of Service/web',
      ['labels of VirtualMachine/web-2'],
    ],
    [
      'a VM, cleaning up a Service that is nobody’s',
      [vmService, aService('web', { annotations: { [nudgeKey]: mark } }), [vm]],
      'labels of VirtualMachine/web-1',
      ['annotations of Service/web'],
    ],
  ];
  for (const [what, args, where, leftOver = []] of plans) {
    test(what, () => assert.deepEqual(said(...args), [where, leftOver]));
  }
});

describe('marks', () => {
  test('say when a nudge began, in letters that a label may hold', () => {
    const text = nudgeMark(new Date('2026-11-20T12:00:00.987Z'));
    assert.deepEqual([text, nudgedAt(text)], ['20261120T120000Z', Date.parse('2026-11-20T12:00:00Z')]);
  });
  for (const text of ['', 'yes', '2026-11-20T12:00:00Z', '20261399T120000Z']) {
    test(`${JSON.stringify(text)} says nothing`, () => assert.equal(nudgedAt(text), undefined));
  }
});

describe('answers', () => {
  const before: ControllersObjects = { vmService, service, endpoints: someEndpoints('web', { ...owned, ready: [vm] }) };
  const place = (changes: Partial<NudgePlace>): NudgePlace => {
    const ref = { apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'web' };
    return { ref, field: 'annotations', mark: undefined, comesBack: true, ...changes };
  };
  const marked = { ...before, endpoints: someEndpoints('web', { ...owned, ready: [vm], annotations: { [nudgeKey]: mark } }) };
  const changed = { ...before, endpoints: someEndpoints('web', owned) };

  test('the mark on the Endpoints is one', () => assert.equal(hasAnswered(place({}), mark, before, marked), true));
  test('the mark of another nudge is none', () => assert.equal(hasAnswered(place({}), 'mine', before, marked), false));
  test('a change is none where the mark must come back', () => assert.equal(hasAnswered(place({}), mark, before, changed), false));
  test('a change is one where it cannot', () => assert.equal(hasAnswered(place({ comesBack: false }), mark, before, changed), true));
  test('the mark alone is none there', () => assert.equal(hasAnswered(place({ comesBack: false }), mark, before, marked), false));
});

describe('what changed', () => {
  const endpoints = someEndpoints('web', { ...owned, ready: [vm] });
  const before: ControllersObjects = { vmService, service, endpoints };
  const changes: readonly (readonly [what: string, now: Partial<ControllersObjects>, said: readonly string[]])[] = [
    ['nothing', {}, []],
    [
      'only what the server keeps',
      { service: { ...service, metadata: { ...service.metadata, resourceVersion: '99', managedFields: [{}] } } },
      [],
    ],
    ['the load balancer’s address on the Service', { service: aService('web', { ...owned, ingress: ['10.20.0.15'] }) }, []],
    ['a member more', { endpoints: someEndpoints('web', { ...owned, ready: [vm, another] }) }, ['endpoints/web changed (web-2 added)']],
    ['a member less', { endpoints: someEndpoints('web', owned) }, ['endpoints/web changed (web-1 removed)']],
    [
      'another member',
      { endpoints: someEndpoints('web', { ...owned, ready: [another] }) },
      ['endpoints/web changed (web-1 removed, web-2 added)'],
    ],
    [
      'its readiness',
      { endpoints: someEndpoints('web', { ...owned, notReady: [vm] }) },
      ['endpoints/web changed (web-1 now 10.1.0.11 not ready)'],
    ],
    [
      'its address',
      { endpoints: someEndpoints('web', { ...owned, ready: [aVm('web-1', { ip: '10.1.0.99' })] }) },
      ['endpoints/web changed (web-1 now 10.1.0.99)'],
    ],
    [
      'the ports of the Endpoints alone',
      { endpoints: someEndpoints('web', { ...owned, ready: [vm], ports: [{ name: 'http', port: 8443, protocol: 'TCP' }] }) },
      ['endpoints/web changed (subsets)'],
    ],
    [
      'fields of the Service',
      { service: aService('web', { ...owned, labels: { a: 'b' }, ports: [] }) },
      ['service/web changed (metadata.labels, spec.ports)'],
    ],
    [
      'the address of the VirtualMachineService',
      { vmService: aVmService('web', { ingress: ['10.20.0.15'] }) },
      ['virtualmachineservice/web changed (status.loadBalancer)'],
    ],
    ['a Service that is gone', { service: undefined }, ['service/web deleted']],
  ];
  for (const [what, now, said] of changes) test(what, () => assert.deepEqual(objectChanges(before, { ...before, ...now }), said));

  test('everything that is new', () => {
    assert.deepEqual(objectChanges({ vmService, service: undefined, endpoints: undefined }, before), [
      'service/web created',
      'endpoints/web created',
    ]);
  });
});
