import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HttpResponse } from '../../src/apiserver/http/http-message.ts';
import type { JsonObject, KubeObject } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { aSupervisor, forbidden, type Supervisor } from '../support/supervisor.ts';

const finalizers = ['vmoperator.vmware.com/virtualmachineservice'];
const kept = aVmService('web', { finalizers });
const header = 'Context sandbox, namespace prod, user sandbox\nActing as VM Operator main (v1alpha6), load balancer other than NSX\n';
const nudgeLine = '  ask it to look again:      kubectl vmsvc nudge web -n prod\n';
const forceLine = '  do it all the same:        --force --reason="…"   (the reason is stored in the report)\n';
const alive = (sign: string): string =>
  `error: VM Operator is working in prod (${sign}); doing its work here would race with it\n  nothing was changed\n${nudgeLine}${forceLine}`;

/** A VM that VM Operator wrote twelve seconds before the test's clock. */
const written = wroteAt(aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' }), '2026-11-20T11:59:48Z');

function wroteAt<T extends KubeObject>(object: T, time: string): T {
  const entry = {
    manager: 'manager',
    operation: 'Update',
    apiVersion: object.apiVersion,
    fieldsType: 'FieldsV1',
    subresource: 'status',
    time,
  };
  return { ...object, metadata: { ...object.metadata, managedFields: [{ ...entry, fieldsV1: { 'f:status': { 'f:powerState': {} } } }] } };
}

/** Asserts what a refusal says, and that it wrote nothing: the world afterwards is the world before. */
async function refused(supervisor: Supervisor, command: string, err: string, code = 2): Promise<void> {
  const before = supervisor.cluster.server.state;
  assert.deepEqual(await supervisor.run(command), { code, out: '', err: `${header}${err}` });
  assert.equal(supervisor.cluster.server.state, before);
}

function answer(body: JsonObject): HttpResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, warnings: [], body: JSON.stringify(body) };
}

describe('a controller that is alive', () => {
  test('is left alone where it wrote a moment ago', async () => {
    await refused(await aSupervisor([kept, written]), 'reconcile web -n prod --once', alive('it last wrote 12s ago'));
  });

  test('is left alone with --as-controller, --adopt and --yes too', async () => {
    const supervisor = await aSupervisor([kept, written]);
    const as = header.replace('(v1alpha6)', '(v1alpha6), all of its controller (--as-controller)');
    const before = supervisor.cluster.server.state;
    assert.deepEqual(await supervisor.run('reconcile web -n prod --once --as-controller --adopt --yes'), {
      code: 2,
      out: '',
      err: `${as}${alive('it last wrote 12s ago')}`,
    });
    assert.equal(supervisor.cluster.server.state, before);
  });

  test('is refused in the report, with the exit code that it has without', async () => {
    const supervisor = await aSupervisor([kept, written]);
    const { code, out } = await supervisor.run('reconcile web -n prod --once -o json');
    assert.deepEqual(
      [code, JSON.parse(out).items],
      [
        2,
        [
          {
            namespace: 'prod',
            name: 'web',
            error: {
              reason: 'ControllerAlive',
              message: 'VM Operator is working in prod (it last wrote 12s ago); doing its work here would race with it',
            },
            steps: [],
            outcomes: [],
          },
        ],
      ],
    );
  });

  test('is one sentence for all services of a namespace, and the others are done', async () => {
    const elsewhere = aVmService('db', { namespace: 'test', finalizers });
    const supervisor = await aSupervisor([kept, aVmService('api', { finalizers }), written, elsewhere]);
    assert.deepEqual(await supervisor.run('reconcile -A --once --yes'), {
      code: 2,
      out:
        'service/db created in test namespace\nendpoints/db created in test namespace\n' +
        'virtualmachineservice.vmoperator.vmware.com/db configured in test namespace\n',
      err:
        header.replace('namespace prod', 'all namespaces') +
        'error: VM Operator is working in prod (it last wrote 12s ago); doing its work here would race with it\n' +
        '  services  prod/api, prod/web\n  nothing was changed\n' +
        `${nudgeLine.replace('web', 'api web')}${forceLine}`,
    });
  });

  test('gives way to --force, and the reason is said and stored', async () => {
    const supervisor = await aSupervisor([kept, written]);
    const { code, out, err } = await supervisor.run('reconcile web -n prod --once --force --reason=INC-4711 -o json');
    assert.equal(code, 0);
    assert.equal(err, `${header}Forced, though VM Operator is working in prod (it last wrote 12s ago): INC-4711\n`);
    const report = JSON.parse(out);
    assert.deepEqual(
      [report.force, report.items[0].steps.map((step: { operation: string }) => step.operation)],
      [{ reason: 'INC-4711' }, ['created', 'created', 'updated']],
    );
  });

  test('is gone when it has not written for long', async () => {
    const supervisor = await aSupervisor([kept, wroteAt(written, '2026-11-20T11:49:59Z')]);
    assert.equal((await supervisor.run('reconcile web -n prod --once')).code, 0);
  });

  test('does not work on a service on which it never put its finalizer', async () => {
    const supervisor = await aSupervisor([aVmService('web'), written]);
    assert.equal((await supervisor.run('reconcile web -n prod --once')).code, 0);
  });

  test('is not seen in what this tool wrote itself, with --as-controller too', async () => {
    const supervisor = await aSupervisor([aVmService('web')]);
    for (const _ of ['first', 'second']) {
      assert.equal((await supervisor.run('reconcile web -n prod --once --as-controller --field-manager=vm-operator')).code, 0);
    }
  });

  test('shows in its lease, where that may be read', async () => {
    const supervisor = await aSupervisor([kept]);
    supervisor.disturb(({ path }) =>
      path === '/apis/coordination.k8s.io/v1/namespaces/vmware-system-vmop/leases'
        ? answer({
            apiVersion: 'coordination.k8s.io/v1',
            kind: 'LeaseList',
            metadata: { resourceVersion: '1' },
            items: [{ metadata: { name: 'leader' }, spec: { renewTime: '2026-11-20T11:59:58.500000Z' } }],
          })
        : undefined,
    );
    await refused(supervisor, 'reconcile web -n prod --once', alive('it renewed its lease 1s ago'));
  });

  test('shows in its Deployment, where that may be read and the lease may not', async () => {
    const supervisor = await aSupervisor([kept]);
    supervisor.disturb(({ path }) => {
      if (path.endsWith('/leases')) return forbidden('leases is forbidden');
      if (path !== '/apis/apps/v1/namespaces/vmware-system-vmop/deployments/vmware-system-vmop-controller-manager') return undefined;
      const metadata = { name: 'vmware-system-vmop-controller-manager', namespace: 'vmware-system-vmop' };
      return answer({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        status: { conditions: [{ type: 'Available', status: 'True' }] },
      });
    });
    await refused(supervisor, 'reconcile web -n prod --once', alive('its Deployment is available'));
  });

  test('is not looked for in its own namespace where the objects show it', async () => {
    const supervisor = await aSupervisor([kept, written]);
    await supervisor.run('reconcile web -n prod --once');
    assert.deepEqual(
      supervisor.requests.filter((line) => line.includes('vmware-system-vmop')),
      [],
    );
  });

  test('is no hindrance to a user who may look at nothing of it', async () => {
    const supervisor = await aSupervisor([kept]);
    supervisor.disturb(({ path }) =>
      path.includes('vmware-system-vmop') || path === '/api/v1/namespaces/prod' ? forbidden('that is forbidden') : undefined,
    );
    assert.equal((await supervisor.run('reconcile web -n prod --once')).code, 0);
  });

  const noted = `VM Operator is working in prod (it last wrote 12s ago): reconcile leaves the work to it\n${nudgeLine}`;

  test('is noted by diff, which shows its plan all the same', async () => {
    const supervisor = await aSupervisor([kept, written]);
    const { code, out, err } = await supervisor.run('diff web -n prod -o name');
    assert.deepEqual(
      { code, out, err },
      { code: 1, out: 'service/web\nendpoints/web\nvirtualmachineservice.vmoperator.vmware.com/web\n', err: header + noted },
    );
    assert.equal((await supervisor.run('diff web -n prod -o name --quiet')).err, '');
  });

  for (const kind of ['client', 'server']) {
    test(`is noted by a ${kind} dry run`, async () => {
      const supervisor = await aSupervisor([kept, written]);
      const { code, err } = await supervisor.run(`reconcile web -n prod --once --dry-run=${kind}`);
      assert.deepEqual([code, err], [0, header + noted]);
    });
  }
});

describe('--force', () => {
  test('stands in the command that a dry run proposes, with its reason quoted for a shell', async () => {
    const supervisor = await aSupervisor([kept, written]);
    const { code, out } = await supervisor.run("reconcile web -n prod --once --dry-run --force --reason=it's-an-outage");
    assert.deepEqual(
      [code, out.trimEnd().split('\n').at(-1)],
      [0, "Do it:  kubectl vmsvc reconcile web -n prod --force --reason 'it'\\''s-an-outage' --once"],
    );
  });

  const wrong: readonly (readonly [string, string])[] = [
    ['reconcile web -n prod --once --force', '--force needs --reason=TEXT: it is stored in the report'],
    ['reconcile web -n prod --once --force --reason=', '--force needs --reason=TEXT: it is stored in the report'],
    ['reconcile web -n prod --once --reason=because', '--reason says why --force was needed: give both'],
  ];
  for (const [command, sentence] of wrong) {
    test(`kubectl vmsvc ${command} is refused before anything is asked`, async () => {
      const supervisor = await aSupervisor([kept]);
      assert.deepEqual(await supervisor.run(command), {
        code: 2,
        out: '',
        err: `error: ${sentence}\nSee 'kubectl vmsvc reconcile -h' for help and examples\n`,
      });
      assert.deepEqual(supervisor.requests, []);
    });
  }

  const cluster = { apiVersion: 'vmware.infrastructure.cluster.x-k8s.io/v1beta1', kind: 'VSphereCluster', name: 'tkc1', uid: 'u' };
  const gateway = { ...ownedBy(kept), kind: 'Gateway', apiVersion: 'example.com/v1', name: 'gw' };
  const foreign =
    'error: Object prod/web is already owned by another Gateway controller gw\n  nothing was changed\n' +
    '  use another name for the VirtualMachineService: what others control stays theirs, with --force too\n' +
    '  beware: deleting this one deletes what has its name, because VM Operator deletes by name\n';
  const stays: readonly (readonly [what: string, world: readonly KubeObject[], err: string])[] = [
    [
      'the control-plane address of a workload cluster',
      [aVmService('web', { owners: [cluster], finalizers })],
      'error: VirtualMachineService prod/web is the control-plane address of workload cluster tkc1: Cluster API keeps it\n' +
        '  nothing was changed\n  see what keeps it:         kubectl get vspherecluster,kubeadmcontrolplane,machine -n prod\n',
    ],
    [
      'the load balancer of a Service in a workload cluster',
      [
        aVmService('web', {
          labels: {
            'run.tanzu.vmware.com/cluster.name': 'tkc1',
            'run.tanzu.vmware.com/service.name': 'shop',
            'run.tanzu.vmware.com/service.namespace': 'default',
          },
        }),
      ],
      'error: VirtualMachineService prod/web is the load balancer of Service default/shop in workload cluster tkc1: change that Service instead\n' +
        '  nothing was changed\n',
    ],
    ['a Service of another controller', [aVmService('web'), aService('web', { owners: [gateway] })], foreign],
    [
      'Endpoints of another controller, which stop the Service too',
      [aVmService('web'), someEndpoints('web', { owners: [gateway] })],
      foreign,
    ],
    [
      'Endpoints that nobody owns, which stop the Service too',
      [aVmService('web'), someEndpoints('web')],
      'error: Endpoints prod/web exists and nobody owns it: say --adopt to take it over, as the controller would\n  nothing was changed\n',
    ],
    [
      'a Service that nobody owns',
      [aVmService('web'), aService('web')],
      'error: Service prod/web exists and nobody owns it: say --adopt to take it over, as the controller would\n  nothing was changed\n',
    ],
    [
      'a VirtualMachineService that is being deleted',
      [aVmService('web', { deletedAt: '2026-11-20T11:00:00Z', finalizers })],
      'error: VirtualMachineService prod/web is being deleted, held by vmoperator.vmware.com/virtualmachineservice: --as-controller runs the deletion path\n' +
        '  nothing was changed\n',
    ],
  ];
  for (const [what, world, err] of stays) {
    test(`S12: it does not override ${what}`, async () => {
      await refused(await aSupervisor(world), 'reconcile web -n prod --once --force --reason=why', err);
    });
  }

  test('Endpoints of others are nothing to a service without a selector, which has none', async () => {
    const supervisor = await aSupervisor([aVmService('web', { selector: {} }), someEndpoints('web', { owners: [gateway] })]);
    assert.equal((await supervisor.run('reconcile web -n prod --once')).code, 0);
  });

  test('neither does --as-controller override the workload cluster', async () => {
    const supervisor = await aSupervisor([aVmService('web', { owners: [cluster], finalizers })]);
    const before = supervisor.cluster.server.state;
    assert.equal((await supervisor.run('reconcile web -n prod --once --as-controller --force --reason=why')).code, 2);
    assert.equal(supervisor.cluster.server.state, before);
  });
});

describe('R058: a namespace that is being deleted', () => {
  const ending: KubeObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'prod', deletionTimestamp: '2026-11-20T11:58:00Z' },
    ...{ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Terminating' } },
  };
  const held = aVmService('web', { finalizers: ['example.com/wait'] });
  const said =
    'error: namespace prod is being deleted since 2026-11-20T11:58:00Z: nothing can be created in it any more\n' +
    '  nothing was changed\n  see what holds it:         kubectl get namespace prod -o yaml\n';

  test('is refused before anything is written, with --force too', async () => {
    const supervisor = await aSupervisor([ending, held]);
    await refused(supervisor, 'reconcile web -n prod --once', said);
    await refused(supervisor, 'reconcile web -n prod --once --force --reason=why', said);
  });

  test('lets --as-controller run the deletion path, without which it would never end', async () => {
    const supervisor = await aSupervisor([ending, kept]);
    const { code, out } = await supervisor.run('reconcile web -n prod --once --as-controller');
    assert.deepEqual([code, out], [0, 'virtualmachineservice.vmoperator.vmware.com "web" deleted from prod namespace\n']);
  });

  test('does not keep the services of other namespaces from being done', async () => {
    const supervisor = await aSupervisor([ending, held, aVmService('web', { namespace: 'test' })]);
    const { code, out, err } = await supervisor.run('reconcile -A --once --skip-status');
    assert.deepEqual(
      { code, out, err },
      {
        code: 2,
        out:
          'service/web created in test namespace\nendpoints/web created in test namespace\n' +
          'virtualmachineservice.vmoperator.vmware.com/web unchanged in test namespace\n',
        err: header.replace('namespace prod', 'all namespaces') + said.replace('  nothing', '  service   prod/web\n  nothing'),
      },
    );
  });
});
