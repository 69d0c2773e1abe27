import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpRequest } from '../../src/apiserver/http/http-message.ts';
import { type JsonObject, jsonOf, type KubeObject, type ObjectRef } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { endpointsOf } from '../../src/model/service.ts';
import { vmServiceOf } from '../../src/model/virtual-machine-service.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { endState } from '../support/reconcile-cases.ts';
import { aSupervisor, isWrite, type Supervisor } from '../support/supervisor.ts';

const command = 'reconcile web -n prod --once';
const vmService = aVmService('web');
const vms = [aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' }), aVm('web-2', { labels: { app: 'web' }, ip: '10.1.0.12' })];
const owners = [ownedBy(vmService)];
const driftedChildren = [aService('web', { owners, loadBalancerIP: '192.0.2.66' }), someEndpoints('web', { owners, ready: ['10.9.9.9'] })];
const drifted = [vmService, ...vms, ...driftedChildren];
const other = { dryRun: 'none', fieldManager: 'somebody' } as const;
const tail = '  run the command again: it starts from what is there now\n';

const ref = (kind: 'Service' | 'Endpoints' | 'VirtualMachineService'): ObjectRef => ({
  apiVersion: kind === 'VirtualMachineService' ? vmService.apiVersion : 'v1',
  kind,
  namespace: 'prod',
  name: 'web',
});

const writesTo = (plural: string) => (request: HttpRequest) => isWrite(request) && request.path.includes(`/${plural}`);

/** Somebody gets in between, in front of the first request that fits (or of the first so many). */
function inFrontOf(supervisor: Supervisor, fits: (request: HttpRequest) => boolean, act: (time: number) => void, times = 1): void {
  let happened = 0;
  supervisor.disturb((request) => {
    if (happened < times && fits(request)) act(++happened);
    return undefined;
  });
}

function patchBy(supervisor: Supervisor, kind: 'Service' | 'Endpoints' | 'VirtualMachineService', patch: JsonObject): void {
  void supervisor.cluster.patch(ref(kind), patch, other);
}

/** A Supervisor on which somebody changed what the tool had written, so that it knows who wrote what. */
async function changedByHand(): Promise<Supervisor> {
  const supervisor = await aSupervisor([vmService, ...vms]);
  assert.equal((await supervisor.run(command)).code, 0);
  patchBy(supervisor, 'Service', { spec: { loadBalancerIP: '192.0.2.66' } });
  patchBy(supervisor, 'Endpoints', { subsets: null });
  supervisor.forget();
  return supervisor;
}

/** What was said after the header, with versions that differ from run to run left out. */
function saidBy({ err }: { readonly err: string }): string {
  return err
    .split('\n')
    .slice(2)
    .join('\n')
    .replace(/resourceVersion \d+, expected \d+/, 'resourceVersion B, expected A');
}

/** What the tool could have changed of an object. */
function fieldsOf(object: KubeObject): JsonObject {
  const { status: _, metadata, ...body } = jsonOf(object);
  const { labels = null, annotations = null, ownerReferences = null, uid = null } = isMap(metadata) ? metadata : {};
  return { ...body, labels, annotations, ownerReferences, uid };
}

/** That of the Service, the Endpoints and the VirtualMachineService. */
async function fieldsOfOurs({ cluster }: Supervisor): Promise<readonly JsonObject[]> {
  const kinds = ['Service', 'Endpoints', 'VirtualMachineService'] as const;
  return (await Promise.all(kinds.map((kind) => cluster.get(ref(kind))))).map(fieldsOf);
}

async function leftAsTheyWere(supervisor: Supervisor, before: readonly JsonObject[]): Promise<void> {
  assert.deepEqual(await fieldsOfOurs(supervisor), before);
}

async function undisturbed(objects: readonly KubeObject[]) {
  const supervisor = await aSupervisor(objects);
  assert.equal((await supervisor.run(command)).code, 0);
  return endState(supervisor.cluster.server);
}

const allDone = 'service/web configured\nendpoints/web configured\nvirtualmachineservice.vmoperator.vmware.com/web configured\n';

test('R051 a load balancer that reports its address five times while we write does not count', async () => {
  const supervisor = await aSupervisor(drifted);
  const report = (time: number) =>
    void supervisor.cluster.patch(
      ref('Service'),
      { status: { loadBalancer: { ingress: [{ ip: `192.0.2.${time}` }] } } },
      { ...other, subresource: 'status' },
    );
  inFrontOf(supervisor, writesTo('services'), report, 5);
  const { code, out } = await supervisor.run(command);
  assert.deepEqual([code, out], [0, allDone]);
  const { status } = vmServiceOf(await supervisor.cluster.get(ref('VirtualMachineService')));
  assert.deepEqual(status?.loadBalancer, { ingress: [{ ip: '192.0.2.5' }] });
});

test('R051 six times do: it stops, names who wrote, and changed nothing', async () => {
  const supervisor = await changedByHand();
  const theirs = await fieldsOfOurs(supervisor);
  const report = (time: number) =>
    void supervisor.cluster.patch(
      ref('Service'),
      { status: { loadBalancer: { ingress: [{ ip: `192.0.2.${time}` }] } } },
      { ...other, subresource: 'status' },
    );
  inFrontOf(supervisor, writesTo('services'), report, 6);
  const said = await supervisor.run(command);
  assert.deepEqual(
    [said.code, said.out, saidBy(said)],
    [3, '', 'error: service/web was changed by somebody meanwhile (resourceVersion B, expected A)\n  nothing was changed\n'],
  );
  await leftAsTheyWere(supervisor, theirs);
});

test('R051 a field of ours that is changed under our hands counts, even where the write would be the same', async () => {
  const supervisor = await changedByHand();
  const [service, ...others] = await fieldsOfOurs(supervisor);
  inFrontOf(supervisor, writesTo('services'), (time) => patchBy(supervisor, 'Service', { spec: { loadBalancerIP: `192.0.2.${time}` } }), 2);
  const said = await supervisor.run(command);
  assert.deepEqual(
    [said.code, said.out, saidBy(said)],
    [3, '', 'error: service/web was changed by somebody meanwhile (resourceVersion B, expected A)\n  nothing was changed\n'],
  );
  const spec = service?.['spec'];
  assert.ok(isMap(spec));
  await leftAsTheyWere(supervisor, [{ ...service, spec: { ...spec, loadBalancerIP: '192.0.2.2' } }, ...others]);
});

test('R052 the controller defaults the Service and writes the Endpoints between our two writes: ours follow from what is there then', async () => {
  const supervisor = await aSupervisor(drifted);
  inFrontOf(supervisor, writesTo('endpoints'), () => {
    patchBy(supervisor, 'Service', { metadata: { labels: { by: 'controller' } } });
    patchBy(supervisor, 'Endpoints', { metadata: { labels: { by: 'hand' } } });
  });
  assert.equal((await supervisor.run(command)).code, 0);
  const endpoints = await supervisor.cluster.get(ref('Endpoints'));
  assert.deepEqual(endpoints.metadata.labels, { by: 'controller' });
});

test('R052 a VM that appears before the Endpoints are computed anew is in them', async () => {
  const supervisor = await aSupervisor(drifted);
  inFrontOf(supervisor, writesTo('endpoints'), () => {
    supervisor.cluster.server.load([aVm('web-3', { labels: { app: 'web' }, ip: '10.1.0.13' })]);
    patchBy(supervisor, 'Endpoints', { subsets: null });
  });
  assert.equal((await supervisor.run(command)).code, 0);
  const withThree = await undisturbed([...drifted, aVm('web-3', { labels: { app: 'web' }, ip: '10.1.0.13' })]);
  assert.deepEqual(endState(supervisor.cluster.server), withThree);
});

test('R053 the VirtualMachineService is deleted before its Service is made: that Service, and no other, is deleted again', async () => {
  const supervisor = await aSupervisor([vmService, ...vms]);
  inFrontOf(supervisor, writesTo('services'), () => void supervisor.cluster.delete(ref('VirtualMachineService'), { dryRun: 'none' }));
  const said = await supervisor.run(command);
  assert.deepEqual(
    [said.code, said.out, saidBy(said)],
    [
      3,
      '',
      'error: VirtualMachineService prod/web was deleted meanwhile; service/web, made for it by this run, is deleted again\n  nothing was changed\n',
    ],
  );
  assert.deepEqual(endState(supervisor.cluster.server), []);
  assert.deepEqual(supervisor.writes, ['POST /api/v1/namespaces/prod/services', 'DELETE /api/v1/namespaces/prod/services/web']);
});

test('R053 a namesake that took the place of the Service by then lives on', async () => {
  const supervisor = await aSupervisor([vmService, ...vms]);
  inFrontOf(supervisor, writesTo('services'), () => void supervisor.cluster.delete(ref('VirtualMachineService'), { dryRun: 'none' }));
  const before = supervisor.cluster.server;
  let replaced = false;
  const deleteOwner = () => void supervisor.cluster.delete(ref('VirtualMachineService'), { dryRun: 'none' });
  supervisor.disturb((request) => {
    if (isWrite(request) && request.method === 'POST' && request.path.endsWith('/services')) deleteOwner();
    if (request.method === 'DELETE' && !replaced) {
      replaced = true;
      void supervisor.cluster.delete(ref('Service'), { dryRun: 'none' });
      before.load([aService('web', { uid: 'somebody-elses' })]);
    }
    return undefined;
  });
  const said = await supervisor.run(command);
  assert.deepEqual([said.code, said.out], [3, '']);
  assert.equal((await supervisor.cluster.get(ref('Service'))).metadata.uid, 'somebody-elses');
});

test('R053 a VirtualMachineService that begins to be deleted meanwhile is left to its controller', async () => {
  const held = aVmService('web', { finalizers: ['example.com/hold'] });
  const supervisor = await aSupervisor([held, ...vms]);
  inFrontOf(supervisor, writesTo('services'), () => void supervisor.cluster.delete(ref('VirtualMachineService'), { dryRun: 'none' }));
  const said = await supervisor.run(command);
  assert.deepEqual(
    [said.code, saidBy(said)],
    [
      3,
      'error: VirtualMachineService prod/web is being deleted meanwhile; service/web, made for it by this run, is deleted again\n  nothing was changed\n',
    ],
  );
  await assert.rejects(supervisor.cluster.get(ref('Service')), { code: 404 });
});

for (const [what, objects] of [
  ['a new Service', [vmService, ...vms]],
  ['a Service that was there', drifted],
] as const) {
  test(`R054 the VirtualMachineService is deleted and made anew before ${what} is written: its children get the new uid`, async () => {
    const anew = aVmService('web', { uid: 'the-new-one' });
    const supervisor = await aSupervisor(objects);
    inFrontOf(supervisor, writesTo('services'), () => {
      void supervisor.cluster.delete(ref('VirtualMachineService'), { dryRun: 'none' });
      supervisor.cluster.server.load([anew]);
      if (objects === drifted) patchBy(supervisor, 'Service', { metadata: { ownerReferences: [{ ...ownedBy(anew) }] } });
    });
    assert.equal((await supervisor.run(command)).code, 0);
    for (const kind of ['Service', 'Endpoints'] as const) {
      assert.deepEqual((await supervisor.cluster.get(ref(kind))).metadata.ownerReferences, [ownedBy(anew)]);
    }
  });
}

test('R055 the Service is deleted and made anew by somebody, with a selector and without an owner: it is not taken over', async () => {
  const supervisor = await aSupervisor(drifted);
  const theirs = { ...aService('web', { uid: 'theirs' }), spec: { ...aService('web').spec, selector: { app: 'theirs' } } };
  const owner = await supervisor.cluster.get(ref('VirtualMachineService'));
  inFrontOf(supervisor, writesTo('services'), () => {
    void supervisor.cluster.delete(ref('Service'), { dryRun: 'none' });
    supervisor.cluster.server.load([theirs]);
  });
  const said = await supervisor.run(command);
  assert.deepEqual(
    [said.code, said.out, saidBy(said)],
    [
      2,
      '',
      'error: Service prod/web exists and nobody owns it: say --adopt to take it over, as the controller would\n  nothing was changed\n',
    ],
  );
  assert.deepEqual(fieldsOf(await supervisor.cluster.get(ref('Service'))), fieldsOf(theirs));
  // The server deletes the Endpoints together with the Service that they are of.
  await assert.rejects(supervisor.cluster.get(ref('Endpoints')), { code: 404 });
  assert.deepEqual(await supervisor.cluster.get(ref('VirtualMachineService')), owner);
});

test('R056 a child gets another controller as its owner between our look and our write: the refusal names it', async () => {
  const gateway = { apiVersion: 'example.com/v1', kind: 'Gateway', name: 'gw', uid: 'g', controller: true };
  for (const [kind, plural] of [
    ['Service', 'services'],
    ['Endpoints', 'endpoints'],
  ] as const) {
    const supervisor = await aSupervisor(drifted);
    let theirs: KubeObject | undefined;
    inFrontOf(supervisor, writesTo(plural), () => {
      patchBy(supervisor, kind, { metadata: { ownerReferences: [gateway] } });
      theirs = supervisor.cluster.server.objects().find((object) => object.kind === kind);
    });
    const said = await supervisor.run(command);
    const done =
      kind === 'Service'
        ? '  nothing was changed\n'
        : `  done      service/web\n  not done  endpoints/web, virtualmachineservice/web\n${tail}`;
    assert.equal(said.code, 2);
    assert.ok(saidBy(said).startsWith(`error: ${kind} prod/web is already owned by another Gateway controller gw\n${done}`), said.err);
    assert.deepEqual(theirs?.metadata.ownerReferences, [gateway]);
    assert.deepEqual(await supervisor.cluster.get(ref(kind)), theirs);
  }
});

test('R057 a Service that is being deleted, held by the finalizer of a load balancer, is waited for and not written', async () => {
  const finalizers = ['service.kubernetes.io/load-balancer-cleanup'];
  const going = aService('web', { owners, finalizers, deletedAt: '2026-11-20T11:00:00Z', loadBalancerIP: '192.0.2.66' });
  const supervisor = await aSupervisor([vmService, ...vms, going]);
  const before = supervisor.cluster.server.state;
  const said = await supervisor.run(command);
  assert.deepEqual(
    [said.code, said.out, saidBy(said)],
    [
      3,
      '',
      'error: Service prod/web is being deleted since 2026-11-20T11:00:00Z, held by service.kubernetes.io/load-balancer-cleanup\n  nothing was changed\n',
    ],
  );
  assert.equal(supervisor.cluster.server.state, before);
});

test('R058 a namespace that ends while we write is explained', async () => {
  const supervisor = await aSupervisor([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod', finalizers: ['example.com/hold'] } },
    ...drifted,
  ]);
  void supervisor.cluster.delete(ref('Endpoints'), { dryRun: 'none' });
  const namespaceRef = { apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: 'prod' };
  let ended = false;
  supervisor.disturb((request, pass) => {
    if (ended || !writesTo('endpoints')(request)) return undefined;
    ended = true;
    void supervisor.cluster.delete(namespaceRef, { dryRun: 'none' });
    return pass();
  });
  const said = await supervisor.run(command);
  assert.equal(said.code, 3);
  assert.match(
    saidBy(said),
    /^error: .*namespace prod is being terminated: nothing new can be made in it\n {2}done {6}service\/web\n {2}not done {2}endpoints\/web, virtualmachineservice\/web\n/,
  );
  await assert.rejects(supervisor.cluster.get(ref('Endpoints')), { code: 404 });
});

test('R063 a change that the server never allows is told as it told it; nothing is put back', async () => {
  const families = aVmService('web', { ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' });
  const supervisor = await aSupervisor([families, ...vms, aService('web', { owners: [ownedBy(families)] })]);
  const before = supervisor.cluster.server.state;
  const said = await supervisor.run(`${command} --capability supports_workload_ipv6=true`);
  assert.equal(said.code, 3);
  assert.match(saidBy(said), /^The Service "web" is invalid:/);
  assert.equal(supervisor.cluster.server.state, before);
});

test('R069 Endpoints that are equal as a set but in another order are written once, in the controller’s order', async () => {
  const reference = await undisturbed([vmService, ...vms]);
  const supervisor = await aSupervisor([vmService, ...vms]);
  assert.equal((await supervisor.run(command)).code, 0);
  const [subset] = endpointsOf(await supervisor.cluster.get(ref('Endpoints'))).subsets ?? [];
  const reversed = { ...subset, addresses: subset?.addresses?.toReversed() ?? [] };
  const { subsets } = jsonOf({ ...someEndpoints('web'), ...{ subsets: [reversed] } });
  patchBy(supervisor, 'Endpoints', { subsets });
  supervisor.forget();
  assert.match((await supervisor.run(`diff web -n prod`)).out, /order/);
  assert.equal((await supervisor.run(command)).code, 0);
  assert.deepEqual(supervisor.writes, ['PATCH /api/v1/namespaces/prod/endpoints/web']);
  assert.deepEqual(endState(supervisor.cluster.server), reference);
  supervisor.forget();
  assert.equal((await supervisor.run(command)).code, 0);
  assert.deepEqual(supervisor.writes, []);
});

test('an object that is done before a conflict is named as done', async () => {
  const supervisor = await changedByHand();
  inFrontOf(
    supervisor,
    writesTo('endpoints'),
    (time) => patchBy(supervisor, 'Endpoints', { metadata: { labels: { time: `${time}` } } }),
    2,
  );
  const said = await supervisor.run(`${command} -o json`);
  assert.equal(
    saidBy(said),
    `error: endpoints/web was changed by somebody meanwhile (resourceVersion B, expected A)
  done      service/web
  not done  endpoints/web, virtualmachineservice/web
${tail}`,
  );
  const [item] = JSON.parse(said.out).items;
  assert.deepEqual(
    [item.error.reason, item.outcomes],
    [
      'Conflict',
      [
        { object: 'Service/web', outcome: 'Done' },
        { object: 'Endpoints/web', outcome: 'NotDone' },
        { object: 'VirtualMachineService/web', outcome: 'NotDone' },
      ],
    ],
  );
});
