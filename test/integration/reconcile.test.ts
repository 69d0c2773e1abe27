import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { HttpRequest } from '../../src/apiserver/http/http-message.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import type { KubeObject, ObjectRef } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { aSupervisor, forbidden, isWrite, lostAnswer, type Supervisor } from '../support/supervisor.ts';

const vmService = aVmService('web');
const vms = [
  aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' }),
  aVm('web-2', { labels: { app: 'web' }, ip: '10.1.0.12', ready: false }),
];
const unchanged = 'service/web unchanged\nendpoints/web unchanged\nvirtualmachineservice.vmoperator.vmware.com/web unchanged\n';
const header = 'Context sandbox, namespace prod, user sandbox\nActing as VM Operator main (v1alpha6), load balancer other than NSX\n';

const endpointsRef: ObjectRef = { apiVersion: 'v1', kind: 'Endpoints', namespace: 'prod', name: 'web' };
const other = { dryRun: 'none', fieldManager: 'vm-operator' } as const;

/** A Supervisor on which the controller's work for `web` is done; what was sent for that is forgotten. */
async function reconciled(...extra: readonly KubeObject[]): Promise<Supervisor> {
  const supervisor = await aSupervisor([vmService, ...vms, ...extra]);
  const { code } = await supervisor.run('reconcile web -n prod --once');
  assert.equal(code, 0);
  supervisor.forget();
  return supervisor;
}

async function drifted(...extra: readonly KubeObject[]): Promise<Supervisor> {
  const supervisor = await reconciled(...extra);
  await supervisor.cluster.patch(
    { ...endpointsRef, kind: 'Service' },
    { spec: { ports: [{ name: 'http', port: 81, protocol: 'TCP', targetPort: 8081 }] } },
    other,
  );
  await supervisor.cluster.patch(endpointsRef, { subsets: null }, other);
  return supervisor;
}

test('R001 of two kubeconfigs the first decides the context, and the line before the writes names it', async () => {
  const supervisor = await aSupervisor([vmService, ...vms]);
  const text = sandboxKubeconfig(supervisor.access);
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-contexts-'));
  after(() => rmSync(folder, { recursive: true }));
  for (const name of ['first', 'second']) writeFileSync(join(folder, name), text.replaceAll(' sandbox', ` ${name}`));
  for (const [list, named, written] of [
    ['first:second', 'first', 3],
    ['second:first', 'second', 0],
  ] as const) {
    supervisor.forget();
    const { code, err } = await supervisor.run('reconcile web -n prod --once', { cwd: folder, env: { KUBECONFIG: list } });
    assert.deepEqual(
      [code, err, supervisor.writes.length],
      [0, header.replace('sandbox', named).replace('user sandbox', `user ${named}`), written],
    );
  }
});

const isWriteOf = (kind: string) => (request: HttpRequest) => isWrite(request) && request.path.includes(`/${kind}`);

describe('reconcile --once', () => {
  test('writes what is missing, and a second run sends nothing but reads', async () => {
    const supervisor = await aSupervisor([vmService, ...vms]);
    assert.deepEqual(await supervisor.run('reconcile web -n prod --once'), {
      code: 0,
      out: 'service/web created\nendpoints/web created\nvirtualmachineservice.vmoperator.vmware.com/web configured\n',
      err: header,
    });
    assert.deepEqual(supervisor.writes, [
      'POST /api/v1/namespaces/prod/services',
      'POST /api/v1/namespaces/prod/endpoints',
      'PATCH /apis/vmoperator.vmware.com/v1alpha6/namespaces/prod/virtualmachineservices/web/status',
    ]);
    supervisor.forget();
    assert.deepEqual(await supervisor.run('reconcile web -n prod --once'), { code: 0, out: unchanged, err: header });
    assert.deepEqual(supervisor.writes, []);
  });

  test('without --once it does nothing and says so', async () => {
    const supervisor = await aSupervisor([vmService]);
    assert.deepEqual(await supervisor.run('reconcile web -n prod'), {
      code: 2,
      out: '',
      err: "error: this tool does not loop; say --once\nSee 'kubectl vmsvc reconcile -h' for help and examples\n",
    });
    assert.deepEqual(supervisor.requests, []);
  });

  test('without a word on what to reconcile it names the ways to say it', async () => {
    const supervisor = await aSupervisor([vmService]);
    assert.deepEqual(await supervisor.run('reconcile --once'), {
      code: 2,
      out: '',
      err:
        'error: say what to reconcile: a NAME, -l SELECTOR, -n NAMESPACE for all of a namespace, or -A for all namespaces\n' +
        "See 'kubectl vmsvc reconcile -h' for help and examples\n",
    });
    assert.deepEqual(supervisor.requests, []);
  });

  test('a client dry run shows the plan and sends nothing but reads', async () => {
    const supervisor = await aSupervisor([vmService, ...vms]);
    const { code, out } = await supervisor.run('reconcile web -n prod --once --dry-run');
    assert.equal(code, 0);
    assert.equal(
      out,
      `service/web created (dry run)
  + spec.allocateLoadBalancerNodePorts   false
  + spec.externalTrafficPolicy           "Cluster"
  ~ spec.ports
    + http   80/TCP -> 8080
  + spec.type   "LoadBalancer"

endpoints/web created (dry run)
    + web-1   10.1.0.11   ready       has no readiness probe, so it always counts as ready
    + web-2   10.1.0.12   not ready   readiness probe tcp:8080 fails for 10d
    + ports   8080

virtualmachineservice.vmoperator.vmware.com/web configured (dry run)
  + status.conditions.VirtualMachineServiceServiceReady   "Unknown (ServiceReadyNotPresent): Underlying Service does not have Ready condition"

3 objects would change, 0 would not. Nothing was written.
Effect: 0 endpoints become 1 ready + 1 not ready.
Not shown: the load balancer's address for service/web. It is copied into the status by the same run if it comes at once, else by the next.
Do it:  kubectl vmsvc reconcile web -n prod --once
`,
    );
    assert.deepEqual(supervisor.writes, []);
  });

  test('a server dry run has every write checked, stores nothing and shows no placeholder', async () => {
    const supervisor = await aSupervisor([vmService, ...vms]);
    const { code, out } = await supervisor.run('reconcile web -n prod --once --dry-run=server -o json');
    assert.equal(code, 0);
    const [item] = JSON.parse(out).items;
    assert.deepEqual(
      item.steps.map((step: { object: string; operation: string }) => `${step.operation} ${step.object}`),
      ['created Service/web', 'created Endpoints/web', 'updated VirtualMachineService/web'],
    );
    assert.deepEqual(item.steps[0].after.metadata, {
      name: 'web',
      namespace: 'prod',
      ownerReferences: [ownedBy(vmService)],
    });
    assert.equal('clusterIP' in item.steps[0].after.spec, false);
    assert.deepEqual(supervisor.writes, []);
    assert.deepEqual(supervisor.rehearsals, [
      'POST /api/v1/namespaces/prod/services?dryRun=All',
      'POST /api/v1/namespaces/prod/endpoints?dryRun=All',
      'PATCH /apis/vmoperator.vmware.com/v1alpha6/namespaces/prod/virtualmachineservices/web/status?dryRun=All',
    ]);
    assert.equal((await supervisor.run('diff web -n prod -o name')).out.split('\n').length, 4);
  });

  test('a report has the steps of every service, and names that do not exist are errors of their own', async () => {
    const supervisor = await drifted();
    const { code, out, err } = await supervisor.run('reconcile web nosuch -n prod --once -o json');
    assert.equal(code, 3);
    assert.equal(err, `${header}Error from server (NotFound): virtualmachineservices.vmoperator.vmware.com "nosuch" not found\n`);
    const report = JSON.parse(out);
    assert.deepEqual(
      [report.apiVersion, report.kind, report.dryRun, report.source],
      ['vmsvc/v1', 'ReconcileReport', 'none', { type: 'cluster', context: 'sandbox' }],
    );
    assert.deepEqual(
      report.items.map((item: { name: string; error: unknown; steps: { object: string; operation: string }[] }) => [
        item.name,
        item.error,
        item.steps.map((step) => `${step.operation} ${step.object}`),
      ]),
      [
        ['nosuch', { reason: 'NotFound', message: 'virtualmachineservices.vmoperator.vmware.com "nosuch" not found' }, []],
        ['web', null, ['updated Service/web', 'updated Endpoints/web', 'unchanged VirtualMachineService/web']],
      ],
    );
  });

  test('-o name prints the objects alone', async () => {
    const supervisor = await reconciled();
    const { out } = await supervisor.run('reconcile web -n prod --once -o name');
    assert.equal(out, 'service/web\nendpoints/web\nvirtualmachineservice.vmoperator.vmware.com/web\n');
  });

  test('all namespaces at once: sorted, each line with its namespace, and what fails stops nothing else', async () => {
    const elsewhere = { namespace: 'alpha' };
    const supervisor = await aSupervisor([
      vmService,
      ...vms,
      aVmService('web', elsewhere),
      aVmService('zoo', elsewhere),
      aService('zoo', elsewhere),
      aVm('web-1', { ...elsewhere, labels: { app: 'web' }, ip: '10.2.0.11' }),
    ]);
    const { code, out, err } = await supervisor.run('reconcile -A --once');
    assert.equal(
      out,
      `service/web created in alpha namespace
endpoints/web created in alpha namespace
virtualmachineservice.vmoperator.vmware.com/web configured in alpha namespace
service/web created in prod namespace
endpoints/web created in prod namespace
virtualmachineservice.vmoperator.vmware.com/web configured in prod namespace
`,
    );
    assert.equal(
      err,
      `Context sandbox, all namespaces, user sandbox
Acting as VM Operator main (v1alpha6), load balancer other than NSX
error: Service alpha/zoo exists and nobody owns it: say --adopt to take it over, as the controller would
  service   alpha/zoo
  nothing was changed
`,
    );
    assert.equal(code, 2);
  });

  test('each kind is listed once, however many services there are', async () => {
    const many = Array.from({ length: 40 }, (_, index) => aVmService(`web-${index}`));
    const supervisor = await aSupervisor([...many, ...vms]);
    assert.equal((await supervisor.run('reconcile -n prod --once')).code, 0);
    // A new Service is looked at once more, as its address may be there already; and so is its owner, which may be gone.
    const reads = supervisor.requests.filter((line) => line.startsWith('GET ') && !/services\/web-\d+$/.test(line));
    assert.deepEqual(reads.filter((line) => line.includes('/namespaces/prod/')).toSorted(), [
      'GET /api/v1/namespaces/prod/endpoints',
      'GET /api/v1/namespaces/prod/resourcequotas',
      'GET /api/v1/namespaces/prod/services',
      'GET /apis/netoperator.vmware.com/v1alpha1/namespaces/prod/networksettings/default',
      'GET /apis/vmoperator.vmware.com/v1alpha6/namespaces/prod/virtualmachines',
      'GET /apis/vmoperator.vmware.com/v1alpha6/namespaces/prod/virtualmachineservices',
    ]);
    assert.equal(supervisor.writes.length, 120);
  });

  test('-f names the live objects, in the namespace that the file says', async () => {
    const supervisor = await aSupervisor([vmService, ...vms, aVmService('web', { namespace: 'default' })]);
    const started = supervisor.start('reconcile -f web.yaml --once');
    writeFileSync(join(started.io.cwd, 'web.yaml'), JSON.stringify(aVmService('web')));
    const { code, err } = await started.ended;
    assert.deepEqual([code, err], [0, header]);
    assert.deepEqual(supervisor.writes.slice(0, 2), ['POST /api/v1/namespaces/prod/services', 'POST /api/v1/namespaces/prod/endpoints']);
  });

  test('a command to paste leads to the same server as the same person, and reads the same folders', async () => {
    const supervisor = await drifted();
    // The sandbox knows nobody else: here it takes everybody for its administrator.
    supervisor.disturb(({ headers }) => {
      for (const name of Object.keys(headers)) if (name.startsWith('impersonate-')) Reflect.deleteProperty(headers, name);
      return undefined;
    });
    const started = supervisor.start('diff -f made -R --as jane --as-group admins --as-group devs --as-uid 7 --context sandbox');
    mkdirSync(join(started.io.cwd, 'made', 'web'), { recursive: true });
    writeFileSync(join(started.io.cwd, 'made', 'web', 'web.yaml'), JSON.stringify(aVmService('web')));
    const { code, out, err } = await started.ended;
    assert.deepEqual([code, err], [1, header.replace('user sandbox', 'user jane')]);
    assert.match(
      out,
      /\nDo it: {2}kubectl vmsvc reconcile -f made -R -n prod --context=sandbox --as=jane --as-uid=7 --as-group=admins --as-group=devs --once\n$/,
    );
  });

  test('-f names live objects in several namespaces, each of which is read by itself', async () => {
    const [a, b] = [aVmService('web', { namespace: 'a' }), aVmService('db', { namespace: 'b' })];
    const others = [aVmService('other', { namespace: 'a' }), aVmService('web', { namespace: 'b' }), aVmService('web', { namespace: 'c' })];
    const supervisor = await aSupervisor([a, b, ...others]);
    const typed = [a, b].map((object) => JSON.stringify(object)).join('\n---\n');
    const planned = await supervisor.run('diff -f -', { stdin: typed });
    assert.match(planned.out, /\nDo it: {2}kubectl vmsvc reconcile -f - --once\n$/);
    const { code, out, err } = await supervisor.run('reconcile -f - --once', { stdin: typed });
    assert.deepEqual(
      [code, out.split('\n').filter((line) => line.includes(' created'))],
      [
        0,
        [
          'service/web created in a namespace',
          'endpoints/web created in a namespace',
          'service/db created in b namespace',
          'endpoints/db created in b namespace',
        ],
      ],
    );
    assert.match(err, /^Context sandbox, namespaces a, b, user sandbox\n/);
    assert.ok(supervisor.requests.every((line) => !line.startsWith('GET /apis/vmoperator.vmware.com/v1alpha6/virtualmachine')));
    const missing = await supervisor.run('reconcile -f - --once -o json', { stdin: typed.replace('"name":"db"', '"name":"gone"') });
    assert.deepEqual(
      [missing.code, JSON.parse(missing.out).items.map((item: { namespace: string; name: string }) => `${item.namespace}/${item.name}`)],
      [3, ['a/web', 'b/gone']],
    );
  });

  test('-f names the services of a file, whatever VMs stand beside them', async () => {
    const supervisor = await aSupervisor([vmService, aVmService('other'), ...vms]);
    const typed = [vmService, ...vms].map((object) => JSON.stringify(object)).join('\n---\n');
    const { code, out } = await supervisor.run('reconcile -f - --once -o name', { stdin: typed });
    assert.deepEqual([code, out.includes('other'), out.includes('service/web\n')], [0, false, true]);
    const onlyVms = await supervisor.run('reconcile -f - --once', { stdin: JSON.stringify(vms[0]) });
    assert.deepEqual([onlyVms.code, onlyVms.err], [3, 'error: -: no VirtualMachineService in it\n']);
  });

  test('one service by its name gets the load balancer that the whole namespace gets', async () => {
    const nsx = aService('other', { annotations: { 'ncp/vip': '10.0.0.1' } });
    const supervisor = await aSupervisor([vmService, ...vms, nsx]);
    const { err } = await supervisor.run('reconcile web -n prod --once');
    assert.equal(
      err,
      'Context sandbox, namespace prod, user sandbox\nActing as VM Operator main (v1alpha6), load balancer NSX (seen on its Services)\n',
    );
  });
});

describe('what is refused, with everything left as it was', () => {
  const refusals: readonly (readonly [string, KubeObject[], string])[] = [
    [
      'a Service that nobody owns',
      [vmService, aService('web')],
      'error: Service prod/web exists and nobody owns it: say --adopt to take it over, as the controller would\n  nothing was changed\n',
    ],
    [
      'a Service of another controller',
      [vmService, aService('web', { owners: [{ ...ownedBy(vmService), kind: 'Gateway', apiVersion: 'example.com/v1', name: 'gw' }] })],
      'error: Service prod/web is already owned by another Gateway controller gw\n  nothing was changed\n' +
        '  use another name for the VirtualMachineService: what others control stays theirs, with --force too\n' +
        '  beware: deleting this one deletes what has its name, because VM Operator deletes by name\n',
    ],
    [
      'a VirtualMachineService that is being deleted',
      [aVmService('web', { deletedAt: '2026-11-20T11:00:00Z', finalizers: ['example.com/wait'] })],
      'error: VirtualMachineService prod/web is being deleted, held by example.com/wait: --as-controller runs the deletion path\n  nothing was changed\n',
    ],
    [
      'the control-plane address of a workload cluster',
      [
        aVmService('web', {
          owners: [{ apiVersion: 'vmware.infrastructure.cluster.x-k8s.io/v1beta1', kind: 'VSphereCluster', name: 'tkc1', uid: 'u' }],
        }),
      ],
      'error: VirtualMachineService prod/web is the control-plane address of workload cluster tkc1: Cluster API keeps it\n  nothing was changed\n' +
        '  see what keeps it:         kubectl get vspherecluster,kubeadmcontrolplane,machine -n prod\n',
    ],
  ];
  for (const [name, world, sentence] of refusals) {
    test(name, async () => {
      const supervisor = await aSupervisor(world);
      const before = supervisor.cluster.server.state;
      const { code, err } = await supervisor.run('reconcile web -n prod --once');
      assert.deepEqual([code, err], [2, `${header}${sentence}`]);
      assert.equal(supervisor.cluster.server.state, before);
    });
  }

  test('--adopt takes over what nobody owns', async () => {
    const supervisor = await aSupervisor([vmService, ...vms, aService('web')]);
    const { code, out } = await supervisor.run('reconcile web -n prod --once --adopt --skip-status');
    assert.deepEqual(
      [code, out],
      [0, 'service/web configured\nendpoints/web created\nvirtualmachineservice.vmoperator.vmware.com/web unchanged\n'],
    );
  });

  test('--as-controller runs the deletion path, and says so before it does', async () => {
    const owned = { owners: [ownedBy(vmService)] };
    const deleting = aVmService('web', {
      deletedAt: '2026-11-20T11:00:00Z',
      finalizers: ['vmoperator.vmware.com/virtualmachineservice'],
    });
    const supervisor = await aSupervisor([deleting, aService('web', owned), someEndpoints('web', owned)]);
    assert.deepEqual(await supervisor.run('reconcile web -n prod --once --as-controller'), {
      code: 0,
      out:
        'endpoints "web" deleted from prod namespace\n' +
        'service "web" deleted from prod namespace\n' +
        'virtualmachineservice.vmoperator.vmware.com "web" deleted from prod namespace\n',
      err:
        'Context sandbox, namespace prod, user sandbox\n' +
        'Acting as VM Operator main (v1alpha6), all of its controller (--as-controller), load balancer other than NSX\n',
    });
  });
});

describe('what goes wrong', () => {
  test('VMs that may not be listed: nothing is written, because the Endpoints would be wrong', async () => {
    const supervisor = await drifted();
    supervisor.disturb(({ path }) => (path.endsWith('/virtualmachines') ? forbidden('virtualmachines is forbidden: no') : undefined));
    assert.deepEqual(await supervisor.run('reconcile web -n prod --once'), {
      code: 3,
      out: '',
      err: `Error from server (Forbidden): virtualmachines is forbidden: no
  ask for list on virtualmachines.vmoperator.vmware.com; what you may run: kubectl vmsvc can-i -n prod
nothing was changed
`,
    });
    assert.deepEqual(supervisor.writes, []);
  });

  test('a write that is not permitted: what is done, what is not, and how to go on', async () => {
    const supervisor = await drifted();
    supervisor.disturb((request) =>
      isWriteOf('endpoints')(request)
        ? forbidden('endpoints "web" is forbidden: User "alice" cannot patch resource "endpoints"')
        : undefined,
    );
    assert.deepEqual(await supervisor.run('reconcile web -n prod --once'), {
      code: 3,
      out: 'service/web configured\n',
      err: `${header}Error from server (Forbidden): endpoints "web" is forbidden: User "alice" cannot patch resource "endpoints"
  done      service/web
  not done  endpoints/web, virtualmachineservice/web
  run the command again: it starts from what is there now
`,
    });
  });

  test('a status that may not be written is a warning', async () => {
    const supervisor = await aSupervisor([vmService, ...vms]);
    supervisor.disturb((request) => (isWriteOf('virtualmachineservices')(request) ? forbidden('no') : undefined));
    const { code, out, err } = await supervisor.run('reconcile web -n prod --once');
    assert.deepEqual(
      [code, out, err],
      [
        0,
        'service/web created\nendpoints/web created\nvirtualmachineservice.vmoperator.vmware.com/web unchanged\n',
        `${header}Warning: the status was left as it is: not permitted to patch virtualmachineservices/status in prod\n`,
      ],
    );
  });

  test('R050 Endpoints that somebody else wrote as we wanted them, between our look and our write, are left as they are', async () => {
    const supervisor = await drifted();
    const finished = await reconciled();
    const wanted = await finished.cluster.get(endpointsRef);
    let raced = false;
    supervisor.disturb((request) => {
      if (raced || !isWriteOf('endpoints')(request)) return undefined;
      raced = true;
      assert.ok('subsets' in wanted && Array.isArray(wanted.subsets));
      void supervisor.cluster.patch(endpointsRef, { subsets: wanted.subsets }, other);
      return undefined;
    });
    const { code, out } = await supervisor.run('reconcile web -n prod --once');
    assert.deepEqual(
      [code, out],
      [0, 'service/web configured\nendpoints/web unchanged\nvirtualmachineservice.vmoperator.vmware.com/web unchanged\n'],
    );
  });

  test('R051 an object that somebody else keeps changing is theirs: one more look, then it says who it was', async () => {
    const supervisor = await drifted();
    let times = 0;
    supervisor.disturb((request) => {
      if (isWriteOf('endpoints')(request)) {
        times += 1;
        void supervisor.cluster.patch(endpointsRef, { metadata: { annotations: { times: String(times) } } }, other);
      }
      return undefined;
    });
    const { code, out, err } = await supervisor.run('reconcile web -n prod --once');
    assert.equal(times, 2);
    assert.deepEqual([code, out], [3, 'service/web configured\n']);
    assert.equal(
      err.replace(/resourceVersion \d+, expected \d+/, 'resourceVersion B, expected A'),
      `${header}error: endpoints/web was changed by vm-operator meanwhile (resourceVersion B, expected A)
  done      service/web
  not done  endpoints/web, virtualmachineservice/web
  run the command again: it starts from what is there now
`,
    );
  });

  test('R020 R025 a write whose answer is lost is read back, and counts as done when it is there', async () => {
    const supervisor = await aSupervisor([vmService, ...vms]);
    let lost = false;
    supervisor.disturb((request, pass) => {
      if (lost || !isWriteOf('services')(request)) return undefined;
      lost = true;
      pass();
      return lostAnswer();
    });
    const { code, out } = await supervisor.run('reconcile web -n prod --once');
    assert.deepEqual(
      [code, out],
      [0, 'service/web created\nendpoints/web created\nvirtualmachineservice.vmoperator.vmware.com/web configured\n'],
    );
    assert.equal(supervisor.writes.filter((line) => line === 'POST /api/v1/namespaces/prod/services').length, 1);
  });

  test('R021 R022 a write whose answer is lost and that did not happen is sent once more', async () => {
    const supervisor = await drifted();
    const seen = new Set<string>();
    supervisor.disturb((request) => {
      if (!isWrite(request) || seen.has(request.path)) return undefined;
      seen.add(request.path);
      return lostAnswer();
    });
    const { code, out } = await supervisor.run('reconcile web -n prod --once');
    assert.deepEqual(
      [code, out],
      [0, 'service/web configured\nendpoints/web configured\nvirtualmachineservice.vmoperator.vmware.com/web unchanged\n'],
    );
    assert.equal(supervisor.writes.length, 4);
  });

  test('R023 where nobody can tell whether it was written, it is called unknown', async () => {
    const supervisor = await drifted();
    let lost = false;
    supervisor.disturb((request) => {
      if (isWriteOf('endpoints')(request)) {
        lost = true;
        return lostAnswer();
      }
      return lost && request.path.includes('/endpoints/') ? forbidden('endpoints "web" is forbidden') : undefined;
    });
    const { code, out, err } = await supervisor.run('reconcile web -n prod --once');
    assert.deepEqual([code, out], [3, 'service/web configured\n']);
    assert.equal(
      err,
      `${header}error: outcome unknown: endpoints/web may have been written; run again, it is safe
  done      service/web
  unknown   endpoints/web
  not done  virtualmachineservice/web
  run the command again: it starts from what is there now
`,
    );
  });

  test('R073 Ctrl-C finishes the write under way, begins no other, and says what is done', async () => {
    const supervisor = await drifted();
    const started = supervisor.start('reconcile web -n prod --once');
    supervisor.disturb((request) => {
      if (isWriteOf('services')(request)) started.io.interrupt('SIGINT');
      return undefined;
    });
    assert.deepEqual(await started.ended, {
      code: 130,
      out: 'service/web configured\n',
      err: `${header}interrupted
  done      service/web
  not done  endpoints/web, virtualmachineservice/web
`,
    });
    assert.deepEqual(supervisor.writes, ['PATCH /api/v1/namespaces/prod/services/web']);
  });

  test('R074 SIGTERM while it only reads: nothing was changed, and the exit code is that of the signal', async () => {
    const supervisor = await drifted();
    const started = supervisor.start('reconcile web -n prod --once');
    supervisor.disturb((request) => {
      if (request.path.endsWith('/virtualmachines')) started.io.interrupt('SIGTERM');
      return undefined;
    });
    const { code, out, err } = await started.ended;
    assert.deepEqual([code, out, err.endsWith('interrupted\n  nothing was changed\n')], [143, '', true]);
    assert.deepEqual(supervisor.writes, []);
  });
});

describe('on a terminal', () => {
  const terminal = { tty: { stdin: true, stdout: true, stderr: true }, env: { NO_COLOR: '' } };

  test('the plan is shown and asked for; yes writes', async () => {
    const supervisor = await drifted();
    const { code, out } = await supervisor.run('reconcile web -n prod --once', { ...terminal, typed: 'y\r' });
    assert.equal(code, 0);
    assert.match(out, /Apply 2 changes to prod on context sandbox as sandbox\? \[y\/N\]/);
    assert.ok(out.includes('service/web configured (dry run)\n'));
    assert.ok(
      out.endsWith('service/web configured\nendpoints/web configured\nvirtualmachineservice.vmoperator.vmware.com/web unchanged\n'),
    );
    assert.equal(supervisor.writes.length, 2);
  });

  for (const [how, typed] of [
    ['Enter alone', '\r'],
    ['n', 'n\r'],
    ['the end of the input', ''],
  ] as const) {
    test(`${how} declines: nothing was changed, exit code 1`, async () => {
      const supervisor = await drifted();
      const { code, err } = await supervisor.run('reconcile web -n prod --once', { ...terminal, typed });
      assert.deepEqual([code, err], [1, `${header}nothing was changed\n`]);
      assert.deepEqual(supervisor.writes, []);
    });
  }

  test('with -o json the plan and the question are on stderr, so that stdout is one document', async () => {
    const supervisor = await drifted();
    const { code, out, err } = await supervisor.run('reconcile web -n prod --once -o json', { ...terminal, typed: 'yes\r' });
    assert.deepEqual([code, JSON.parse(out).kind, err.includes('[y/N]')], [0, 'ReconcileReport', true]);
  });

  test('--yes does not ask, and neither does a run with nothing to change', async () => {
    const supervisor = await drifted();
    const { code, out } = await supervisor.run('reconcile web -n prod --once -y', terminal);
    assert.deepEqual(
      [code, out],
      [0, 'service/web configured\nendpoints/web configured\nvirtualmachineservice.vmoperator.vmware.com/web unchanged\n'],
    );
    const second = await supervisor.run('reconcile web -n prod --once', terminal);
    assert.deepEqual([second.code, second.out], [0, unchanged]);
  });

  test('with stdout in a pipe it acts at once', async () => {
    const supervisor = await drifted();
    const { code } = await supervisor.run('reconcile web -n prod --once', { tty: { stdin: true } });
    assert.deepEqual([code, supervisor.writes.length], [0, 2]);
  });
});

describe('diff', () => {
  test('exits with 1 when something differs, 0 when nothing does, and never writes', async () => {
    const supervisor = await drifted();
    assert.equal((await supervisor.run('diff web -n prod')).code, 1);
    assert.equal((await supervisor.run('diff web -n prod --exit-zero')).code, 0);
    assert.deepEqual((await supervisor.run('diff web -n prod -o name')).out, 'service/web\nendpoints/web\n');
    assert.deepEqual(supervisor.writes, []);
    const same = await reconciled();
    assert.deepEqual(await same.run('diff web -n prod'), {
      code: 0,
      out: '0 objects would change, 3 would not. Nothing was written.\n',
      err: header,
    });
  });

  for (const command of ['diff web -n prod', 'get -n prod', 'describe web -n prod']) {
    test(`a signal ends ${command} at once`, async () => {
      const supervisor = await drifted();
      const started = supervisor.start(command);
      supervisor.disturb(() => {
        started.io.interrupt('SIGTERM');
        return undefined;
      });
      assert.deepEqual(await started.ended, { code: 143, out: '', err: 'interrupted\n' });
    });
  }

  test('a name that does not exist is trouble, whatever the others say', async () => {
    const supervisor = await drifted();
    assert.equal((await supervisor.run('diff web nosuch -n prod --exit-zero')).code, 3);
  });

  test('another order alone is called that, and still written once', async () => {
    const supervisor = await reconciled(aVm('web-3', { labels: { app: 'web' }, ip: '10.1.0.9' }));
    const stored = await supervisor.cluster.get(endpointsRef);
    assert.ok('subsets' in stored && Array.isArray(stored.subsets));
    const [subset] = stored.subsets;
    await supervisor.cluster.patch(endpointsRef, { subsets: [{ ...subset, addresses: subset.addresses.toReversed() }] }, other);
    const { code, out } = await supervisor.run('diff web -n prod');
    assert.equal(code, 1);
    assert.equal(
      out,
      `service/web unchanged (dry run)

endpoints/web configured (dry run)
    ~ order only: the same endpoints, in the controller's order

virtualmachineservice.vmoperator.vmware.com/web unchanged (dry run)

1 object would change, 2 would not. Nothing was written.
Do it:  kubectl vmsvc reconcile web -n prod --once
`,
    );
  });

  test('what a cluster says cannot move the cursor', async () => {
    const nasty = aVmService('web', { annotations: { 'example.com/note': '\u001b[2Jgone\u202e' } });
    const supervisor = await aSupervisor([nasty]);
    const { out } = await supervisor.run('diff web -n prod');
    assert.ok(out.includes('+ metadata.annotations["example.com/note"]   "\\u001b[2Jgone\\u202e"\n'), out);
  });
});
