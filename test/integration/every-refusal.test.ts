import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HttpRequest, HttpResponse } from '../../src/apiserver/http/http-message.ts';
import type { JsonObject, KubeObject } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { aSupervisor, forbidden } from '../support/supervisor.ts';

const finalizers = ['vmoperator.vmware.com/virtualmachineservice'];
const kept = aVmService('web', { finalizers });
const vm = aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' });
const wrote = {
  manager: 'manager',
  operation: 'Update',
  apiVersion: vm.apiVersion,
  fieldsType: 'FieldsV1',
  subresource: 'status',
  time: '2026-11-20T11:59:48Z',
  fieldsV1: { 'f:status': { 'f:powerState': {} } },
};
const writtenVm: KubeObject = { ...vm, metadata: { ...vm.metadata, managedFields: [wrote] } };
const cluster = { apiVersion: 'vmware.infrastructure.cluster.x-k8s.io/v1beta1', kind: 'VSphereCluster', name: 'tkc1', uid: 'u' };
const gateway = { ...ownedBy(kept), kind: 'Gateway', apiVersion: 'example.com/v1', name: 'gw', uid: 'gw' };
const endpointsRef = { apiVersion: 'v1', kind: 'Endpoints', namespace: 'prod', name: 'web' };
const workload = {
  'run.tanzu.vmware.com/cluster.name': 'tkc1',
  'run.tanzu.vmware.com/service.name': 'shop',
  'run.tanzu.vmware.com/service.namespace': 'default',
};
const ending: KubeObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'prod', deletionTimestamp: '2026-11-20T11:58:00Z' },
  ...{ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Terminating' } },
};

function answer(body: JsonObject): HttpResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, warnings: [], body: JSON.stringify(body) };
}

const deploymentName = 'vmware-system-vmop-controller-manager';

function withLease({ path }: HttpRequest): HttpResponse | undefined {
  if (path !== '/apis/coordination.k8s.io/v1/namespaces/vmware-system-vmop/leases') return undefined;
  const items = [{ metadata: { name: 'leader' }, spec: { holderIdentity: 'vmop-0_4f5c', renewTime: '2026-11-20T11:59:58.500000Z' } }];
  return answer({ apiVersion: 'coordination.k8s.io/v1', kind: 'LeaseList', metadata: { resourceVersion: '1' }, items });
}

function withDeployment({ path }: HttpRequest): HttpResponse | undefined {
  if (path.endsWith('/leases')) return forbidden('leases is forbidden');
  if (path !== `/apis/apps/v1/namespaces/vmware-system-vmop/deployments/${deploymentName}`) return undefined;
  const metadata = { name: deploymentName, namespace: 'vmware-system-vmop' };
  return answer({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, status: { conditions: [{ type: 'Available', status: 'True' }] } });
}

/** What a run is given besides `reconcile web -n prod --once`. */
const columns = [
  '',
  '--adopt',
  '--force --reason=why',
  '--adopt --force --reason=why',
  '--as-controller',
  '--as-controller --force --reason=why',
] as const;
type Column = (typeof columns)[number];

interface Row {
  readonly what: string;
  readonly world: readonly KubeObject[];
  readonly disturb?: (request: HttpRequest) => HttpResponse | undefined;
  /** What is said, below the header. */
  readonly sentence: string;
  readonly waysOn?: string;
  /** With which of the columns it is done all the same. */
  readonly gives: readonly Column[];
  /** What that says. */
  readonly done?: string;
  /** What stderr says then, below the header. */
  readonly noted?: string;
  /** Who plays the controller fails as the controller does: in its words. */
  readonly asController?: (sentence: string) => string;
}

const forced = columns.filter((column) => column.includes('--force'));
const adopting = columns.filter((column) => column.includes('--adopt') || column.includes('--as-controller'));
const controlling = columns.filter((column) => column.includes('--as-controller'));
const created = 'service/web created\nendpoints/web created\nvirtualmachineservice.vmoperator.vmware.com/web configured\n';

const alive = (sign: string) => ({
  sentence: `VM Operator is working in prod (${sign}); doing its work here would race with it`,
  waysOn:
    '  ask it to look again:      kubectl vmsvc nudge web -n prod\n' +
    '  do it all the same:        --force --reason="…"   (the reason is stored in the report)\n',
  gives: forced,
  done: created,
  noted: `Forced, though VM Operator is working in prod (${sign}): why\n`,
});
const foreign = (kind: string) => ({
  sentence: `${kind} prod/web is already owned by another Gateway controller gw`,
  waysOn:
    '  use another name for the VirtualMachineService: what others control stays theirs, with --force too\n' +
    '  beware: deleting this one deletes what has its name, because VM Operator deletes by name\n',
  gives: [],
});
const unowned = (kind: string) => ({
  sentence: `${kind} prod/web exists and nobody owns it: say --adopt to take it over, as the controller would`,
  gives: adopting,
  done: created.replace(`${kind.toLowerCase()}/web created`, `${kind.toLowerCase()}/web configured`),
});

const rows: readonly Row[] = [
  { what: 'a controller that wrote a moment ago', world: [kept, writtenVm], ...alive('it last wrote 12s ago') },
  {
    what: 'a controller that renewed its lease',
    world: [kept, vm],
    disturb: withLease,
    ...alive('it renewed its lease 1s ago'),
  },
  {
    what: 'a controller whose Deployment is available',
    world: [kept, vm],
    disturb: withDeployment,
    ...alive('its Deployment is available'),
  },
  {
    what: 'S12 a Service that another controller has',
    world: [kept, vm, aService('web', { owners: [gateway] })],
    ...foreign('Service'),
    asController: (sentence) =>
      `failed to reconcile VirtualMachineService: failed to update VirtualMachineService k8s Service: ${sentence.replace('Service prod', 'Object prod')}`,
  },
  { what: 'a Service that nobody owns', world: [kept, vm, aService('web')], ...unowned('Service') },
  { what: 'Endpoints that nobody owns', world: [kept, vm, someEndpoints('web')], ...unowned('Endpoints') },
  {
    what: 'S12 what Cluster API keeps',
    world: [aVmService('web', { owners: [cluster], finalizers }), vm],
    sentence: 'VirtualMachineService prod/web is the control-plane address of workload cluster tkc1: Cluster API keeps it',
    waysOn: '  see what keeps it:         kubectl get vspherecluster,kubeadmcontrolplane,machine -n prod\n',
    gives: [],
  },
  {
    what: 'S12 what cloud-provider-vsphere keeps',
    world: [aVmService('web', { labels: workload, finalizers }), vm],
    sentence:
      'VirtualMachineService prod/web is the load balancer of Service default/shop in workload cluster tkc1: change that Service instead',
    gives: [],
  },
  {
    what: 'R059 a VirtualMachineService that is being deleted',
    world: [aVmService('web', { deletedAt: '2026-11-20T11:00:00Z', finalizers }), vm],
    sentence:
      'VirtualMachineService prod/web is being deleted, held by vmoperator.vmware.com/virtualmachineservice: --as-controller runs the deletion path',
    gives: controlling,
    done: 'virtualmachineservice.vmoperator.vmware.com "web" deleted from prod namespace\n',
  },
  {
    what: 'R058 a namespace that is being deleted',
    world: [ending, kept, vm],
    sentence: 'namespace prod is being deleted since 2026-11-20T11:58:00Z: nothing can be created in it any more',
    waysOn: '  see what holds it:         kubectl get namespace prod -o yaml\n',
    // The namespace waits for the deletion path of what is in it.
    gives: controlling,
    done: 'virtualmachineservice.vmoperator.vmware.com "web" deleted from prod namespace\n',
  },
];

/** Without the two lines on where and as what it works, which are held elsewhere. */
const belowHeader = (err: string): string => err.split('\n').slice(2).join('\n');

for (const { what, world, disturb, sentence, waysOn = '', gives, done = '', noted = '', asController = (text: string) => text } of rows) {
  describe(what, () => {
    for (const column of columns) {
      const command = `reconcile web -n prod --once ${column}`.trim();
      test(`kubectl vmsvc ${command}: ${gives.includes(column) ? 'is done' : 'is refused'}`, async () => {
        const supervisor = await aSupervisor(world);
        if (disturb !== undefined) supervisor.disturb(disturb);
        const before = supervisor.cluster.server.state;
        const { code, out, err } = await supervisor.run(command);
        if (gives.includes(column)) {
          assert.deepEqual({ code, out, err: belowHeader(err) }, { code: 0, out: done, err: noted });
          assert.notEqual(supervisor.cluster.server.state, before);
          return;
        }
        const words = controlling.includes(column) ? asController(sentence) : sentence;
        assert.deepEqual(
          { code, out, err: belowHeader(err) },
          { code: 2, out: '', err: `error: ${words}\n  nothing was changed\n${waysOn}` },
        );
        assert.equal(supervisor.cluster.server.state, before);
        assert.deepEqual(supervisor.writes, []);
      });
    }
  });
}

describe('Endpoints that another controller has', () => {
  const world = [kept, vm, someEndpoints('web', { owners: [gateway] })];

  for (const column of columns.filter((each) => !controlling.includes(each))) {
    test(`stop the Service as well: reconcile web -n prod --once ${column}`, async () => {
      const supervisor = await aSupervisor(world);
      const before = supervisor.cluster.server.state;
      const { code, out, err } = await supervisor.run(`reconcile web -n prod --once ${column}`.trim());
      const { sentence, waysOn } = foreign('Endpoints');
      const said = `error: ${sentence}\n  nothing was changed\n${waysOn}`;
      assert.deepEqual({ code, out, err: belowHeader(err) }, { code: 2, out: '', err: said });
      assert.equal(supervisor.cluster.server.state, before);
    });
  }

  for (const column of controlling) {
    test(`are met after the Service by who plays the controller, as by the controller: ${column}`, async () => {
      const supervisor = await aSupervisor(world);
      const theirs = await supervisor.cluster.get(endpointsRef);
      const { sentence, waysOn } = foreign('Endpoints');
      const { code, out, err } = await supervisor.run(`reconcile web -n prod --once ${column}`);
      assert.deepEqual(
        { code, out, err: belowHeader(err) },
        {
          code: 2,
          out: 'service/web created\n',
          err:
            `error: failed to reconcile VirtualMachineService: failed to update VirtualMachineService Endpoints: ${sentence.replace('Endpoints prod', 'Object prod')}\n` +
            '  done      service/web\n  not done  endpoints/web, virtualmachineservice/web\n' +
            `  run the command again: it starts from what is there now\n${waysOn}`,
        },
      );
      assert.deepEqual(await supervisor.cluster.get(endpointsRef), theirs);
      assert.deepEqual(supervisor.writes, ['POST /api/v1/namespaces/prod/services']);
    });
  }
});
