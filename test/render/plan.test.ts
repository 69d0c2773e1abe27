import assert from 'node:assert/strict';
import { test } from 'node:test';
import { computeSubsets, decideEndpoint, endpointRules } from '../../src/core/endpoints.ts';
import { type ReconcilePlan, reconcilePlan } from '../../src/core/reconcile-plan.ts';
import { type Step, unchangedStep } from '../../src/core/step.ts';
import { refOf } from '../../src/model/object.ts';
import type { Endpoints } from '../../src/model/service.ts';
import type { VirtualMachine } from '../../src/model/virtual-machine.ts';
import { renderAddressNote, renderPlanSummary, renderPlans } from '../../src/render/plan.ts';
import { plainStyle } from '../../src/render/style.ts';
import { aService, aVm, aVmService, someEndpoints } from '../support/builders.ts';
import { seenWorld } from '../support/seen-world.ts';

const vmService = aVmService('web');
const service = aService('web');
const options = { dryRun: 'client', namespaces: false, style: plainStyle(true), duration: () => '5m', differencesOnly: false } as const;

/** What becomes of stored Endpoints when these VMs are there now. */
function planFor(vms: readonly VirtualMachine[], stored: Endpoints): ReconcilePlan {
  const world = seenWorld(vms);
  const rules = endpointRules(service, stored, world.facts.traits);
  const decisions = vms.map((vm) => decideEndpoint(vm, rules));
  const after = { ...stored, subsets: computeSubsets(decisions, service) };
  const endpoints: Step = { ref: refOf(stored), operation: 'updated', before: stored, after, writes: [] };
  const steps = [unchangedStep(service), endpoints, unchangedStep(vmService)];
  return reconcilePlan(vmService, { namespace: 'prod', name: 'web', error: null, steps, outcomes: [], warnings: [] }, world);
}

const many = Array.from({ length: 30 }, (_, index) => aVm(`web-${index}`, { labels: { app: 'web' }, ip: `10.0.0.${index + 1}` }));

test('many endpoints that stay as they are get one line together', () => {
  const newcomer = aVm('zoe', { labels: { app: 'web' }, ip: '10.0.1.1' });
  assert.equal(
    renderPlans([planFor([...many, newcomer], someEndpoints('web', { ready: many }))], options),
    `service/web unchanged (dry run)

endpoints/web configured (dry run)
    + zoe   10.0.1.1   ready   has no readiness probe, so it always counts as ready
      and 30 more, as they are

virtualmachineservice.vmoperator.vmware.com/web unchanged (dry run)
`,
  );
});

test('an owner that becomes the controller says so, and not that it no longer is none', () => {
  const whole = {
    apiVersion: 'vmoperator.vmware.com/v1alpha6',
    kind: 'VirtualMachineService',
    name: 'web',
    uid: 'u',
    controller: true,
    blockOwnerDeletion: true,
  };
  const { controller: _, blockOwnerDeletion: __, ...mere } = whole;
  const other = { apiVersion: 'v1', kind: 'ConfigMap', name: 'boss', uid: 'b' };
  const owned = (...owners: readonly (typeof mere)[]) => aService('web', { owners });
  const lines = (before: typeof service, after: typeof service): string => {
    const steps: readonly Step[] = [{ ref: refOf(after), operation: 'updated', before, after, writes: [] }];
    const plan = reconcilePlan(
      vmService,
      { namespace: 'prod', name: 'web', error: null, steps, outcomes: [], warnings: [] },
      seenWorld([]),
    );
    return renderPlans([plan], options);
  };
  assert.equal(
    lines(owned(mere, other), owned(whole, other)),
    `service/web configured (dry run)
  ~ metadata.ownerReferences["VirtualMachineService/web"].blockOwnerDeletion   false -> true
  ~ metadata.ownerReferences["VirtualMachineService/web"].controller           false -> true
`,
  );
  assert.equal(
    lines(owned(whole), owned(mere)),
    `service/web configured (dry run)
  ~ metadata.ownerReferences["VirtualMachineService/web"].blockOwnerDeletion   true -> false
  ~ metadata.ownerReferences["VirtualMachineService/web"].controller           true -> false
`,
  );
  assert.equal(
    lines(owned(other), owned(other, whole)),
    `service/web configured (dry run)
  + metadata.ownerReferences["VirtualMachineService/web"].apiVersion   "vmoperator.vmware.com/v1alpha6"
  + metadata.ownerReferences["VirtualMachineService/web"].uid          "u"
`,
  );
});

test('the summary says what it means for clients, of each service where there are several', () => {
  const plan = planFor(many.slice(0, 1), someEndpoints('web', { ready: many.slice(0, 3) }));
  assert.equal(
    renderPlanSummary([plan], true),
    '1 object would change, 2 would not. Nothing was written.\nEffect: 3 endpoints become 1 ready.\n',
  );
  const emptied = planFor([], someEndpoints('web', { ready: many.slice(0, 1) }));
  assert.equal(
    renderPlanSummary([plan, emptied], false),
    '2 objects would change, 4 would not.\nEffect on prod/web: 3 endpoints become 1 ready.\nEffect on prod/web: 1 endpoint becomes none.\n',
  );
});

test('the address that only a load balancer knows is said to be missing, until it is there', () => {
  const planOf = (step: Step) => {
    const item = { namespace: 'prod', name: 'web', error: null, steps: [step], outcomes: [], warnings: [] };
    return reconcilePlan(vmService, item, seenWorld([]));
  };
  const balanced = aService('web', { type: 'LoadBalancer' });
  const created = planOf({ ref: refOf(balanced), operation: 'created', after: balanced, writes: [] });
  const rest = 'It is copied into the status by the same run if it comes at once, else by the next.\n';
  assert.equal(renderAddressNote([created]), `Not shown: the load balancer's address for service/web. ${rest}`);
  const inside = aService('web', { type: 'ClusterIP' });
  const local = planOf({ ref: refOf(inside), operation: 'created', after: inside, writes: [] });
  assert.equal(renderAddressNote([local, created]), `Not shown: the load balancer's address for prod/web. ${rest}`);
  assert.equal(renderAddressNote([created, created]), `Not shown: the load balancer's address for 2 Services. ${rest}`);
  const known = { ...balanced, status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } };
  const updated = planOf({ ref: refOf(known), operation: 'updated', before: known, after: known, writes: [] });
  assert.deepEqual(
    [local, updated, planOf(unchangedStep(balanced))].map((plan) => renderAddressNote([plan])),
    ['', '', ''],
  );
});

test('services without differences can be left out', () => {
  const steps = [unchangedStep(service), unchangedStep(vmService)];
  const same = reconcilePlan(vmService, { namespace: 'prod', name: 'web', error: null, steps, outcomes: [], warnings: [] }, seenWorld([]));
  assert.equal(renderPlans([same], { ...options, differencesOnly: true }), '');
  assert.equal(
    renderPlans([same], { ...options, namespaces: true }),
    'service/web unchanged (dry run) in prod namespace\nvirtualmachineservice.vmoperator.vmware.com/web unchanged (dry run) in prod namespace\n',
  );
});

test('colours mean what the signs say, and are not needed to read them', () => {
  const style = {
    ...plainStyle(true),
    ok: (text: string) => `<+${text}>`,
    bad: (text: string) => `<-${text}>`,
    warn: (text: string) => `<~${text}>`,
  };
  const [kept, moved, lost] = [aVm('kept', { ip: '10.0.0.1' }), aVm('moved', { ip: '10.0.0.9' }), aVm('lost', { ip: '10.0.0.3' })];
  const plan = planFor(
    [kept, aVm('moved', { labels: { app: 'web' }, ip: '10.0.0.2' }), aVm('new', { labels: { app: 'web' }, ip: '10.0.0.4' })].map((vm) => ({
      ...vm,
      metadata: { ...vm.metadata, labels: { app: 'web' } },
    })),
    someEndpoints('web', { ready: [kept, moved, lost] }),
  );
  const lines = renderPlans([plan], { ...options, style })
    .split('\n')
    .slice(3, 7);
  assert.deepEqual(lines, [
    '      kept    10.0.0.1   ready',
    '    <-- lost    10.0.0.3   gone    there is no such VM any more>',
    "    <~~ moved   10.0.0.2   ready   was 10.0.0.9: the VM's address changed>",
    '    <++ new     10.0.0.4   ready   has no readiness probe, so it always counts as ready>',
  ]);
});
