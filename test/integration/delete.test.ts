import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HttpRequest } from '../../src/apiserver/http/http-message.ts';
import type { KubeObject, ObjectRef } from '../../src/model/object.ts';
import { isNotFound } from '../../src/model/status.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { aSupervisor, forbidden, lostAnswer, type Said, type Supervisor } from '../support/supervisor.ts';
import { untilSaid } from '../support/until.ts';

const finalizer = 'vmoperator.vmware.com/virtualmachineservice';
const write = { dryRun: 'none', fieldManager: 'other' } as const;
const see = "See 'kubectl vmsvc delete -h' for help and examples\n";
const header = 'Context sandbox, namespace prod, user sandbox\n';
const deleted = (name: string, how = '', namespace = 'prod') =>
  `virtualmachineservice.vmoperator.vmware.com "${name}" deleted from ${namespace} namespace${how}\n`;

const web = aVmService('web', { finalizers: [finalizer], ingress: ['10.20.0.15'] });
const owned = { owners: [ownedBy(web)] };
const vm = aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' });
const service = aService('web', { ...owned, ingress: ['10.20.0.15'] });
const endpoints = someEndpoints('web', { ...owned, ready: [vm] });
const world = [web, vm, service, endpoints];
const preview = [
  '  VirtualMachineService/web',
  '  Service/web and Endpoints/web   by name',
  '  VIP 10.20.0.15                  a new service may get another address',
  '  1 VM receives traffic through it now',
  'used by',
  '  mirrors in other clusters   cannot be seen from here, and would keep pointing at it',
  '',
].join('\n');

const refTo = (kind: string, name: string, namespace = 'prod'): ObjectRef => ({
  apiVersion: kind === 'VirtualMachineService' ? 'vmoperator.vmware.com/v1alpha6' : 'v1',
  kind,
  namespace,
  name,
});

const isDelete = ({ method }: HttpRequest): boolean => method === 'DELETE';

/** VM Operator, who takes its finalizer off as soon as the deletion is there. */
function withOperator(supervisor: Supervisor): void {
  supervisor.disturb((request, pass) => {
    if (!isDelete(request) || request.query.includes('dryRun')) return undefined;
    const answered = pass();
    const name = request.path.split('/').at(-1) ?? '';
    void supervisor.cluster.patch(refTo('VirtualMachineService', name), { metadata: { finalizers: null } }, write).catch(() => {});
    return answered;
  });
}

async function exists(supervisor: Supervisor, kind: string, name = 'web'): Promise<boolean> {
  try {
    return (await supervisor.cluster.get(refTo(kind, name))).metadata.deletionTimestamp === undefined;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

describe('delete', () => {
  test('in a pipe shows what goes, deletes that very object, and waits until it is gone', async () => {
    const supervisor = await aSupervisor(world);
    withOperator(supervisor);
    assert.deepEqual(await supervisor.run('delete web -n prod'), {
      code: 0,
      out: deleted('web'),
      err: `${header}This deletes\n${preview}`,
    });
    assert.deepEqual(supervisor.writes, ['DELETE /apis/vmoperator.vmware.com/v1alpha6/namespaces/prod/virtualmachineservices/web']);
    assert.equal(await exists(supervisor, 'VirtualMachineService'), false);
  });

  test('a dry run deletes nothing; on the client it does not even ask for it', async () => {
    const supervisor = await aSupervisor(world);
    const said = (how: string): Said => ({ code: 0, out: deleted('web', how), err: `${header}This would delete\n${preview}` });
    assert.deepEqual(await supervisor.run('delete web -n prod --dry-run'), said(' (dry run)'));
    assert.deepEqual(supervisor.writes, []);
    assert.deepEqual(await supervisor.run('delete web -n prod --dry-run=server'), said(' (server dry run)'));
    assert.equal(supervisor.writes.length, 1);
    assert.equal(await exists(supervisor, 'VirtualMachineService'), true);
  });

  test('shows the slices that go with the Endpoints, and who in this cluster points at its address', async () => {
    const slice = (name: string, manager: string): KubeObject =>
      ({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name,
          namespace: 'prod',
          labels: { 'kubernetes.io/service-name': 'web', 'endpointslice.kubernetes.io/managed-by': manager },
        },
        addressType: 'IPv4',
        endpoints: [],
        ports: [],
      }) as KubeObject;
    const pointing = (name: string, ip: string): KubeObject =>
      ({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace: 'shop' }, subsets: [{ addresses: [{ ip }] }] }) as KubeObject;
    const supervisor = await aSupervisor([
      ...world,
      slice('web-x7k2p', 'endpointslicemirroring-controller.k8s.io'),
      slice('web-mine', 'somebody'),
      pointing('web-copy', '10.20.0.15'),
      pointing('other', '10.20.0.16'),
    ]);
    const shown = (slices: string, users: readonly string[]): Said => ({
      code: 0,
      out: deleted('web', ' (dry run)'),
      err: [
        `${header}This would delete`,
        '  VirtualMachineService/web',
        '  Service/web and Endpoints/web   by name',
        `  ${slices}`,
        '  VIP 10.20.0.15                  a new service may get another address',
        '  1 VM receives traffic through it now',
        'used by',
        ...users,
        '',
      ].join('\n'),
    });
    assert.deepEqual(
      await supervisor.run('delete web -n prod --dry-run'),
      shown('EndpointSlice/web-x7k2p         mirrored from the Endpoints by Kubernetes', [
        '  mirror shop/web-copy        would keep pointing at 10.20.0.15',
        '  mirrors in other clusters   cannot be seen from here, and would keep pointing at it',
      ]),
    );
    supervisor.disturb(({ path }) =>
      path.endsWith('/endpointslices') || path === '/api/v1/endpoints' ? forbidden('not for User "alice"') : undefined,
    );
    assert.deepEqual(
      await supervisor.run('delete web -n prod --dry-run'),
      shown(
        'EndpointSlices                  mirrored from the Endpoints by Kubernetes, if there are any: not permitted to list endpointslices in prod',
        ['  mirrors in other namespaces and clusters   cannot be seen from here, and would keep pointing at it'],
      ),
    );
  });

  test('on a terminal it asks, and no is the default', async () => {
    const supervisor = await aSupervisor(world);
    const tty = { tty: { stdin: true, stdout: true } };
    const no = await supervisor.run('delete web -n prod', { ...tty, typed: '\r' });
    assert.deepEqual([no.code, no.err], [1, `${header}This deletes\n${preview}nothing was changed\n`]);
    assert.match(no.out, /^Delete web in prod on context sandbox as sandbox\? \[y\/N\]/);
    assert.deepEqual(supervisor.writes, []);
    withOperator(supervisor);
    const yes = await supervisor.run('delete web -n prod', { ...tty, typed: 'y\r' });
    assert.equal(yes.code, 0);
    assert.ok(yes.out.endsWith(deleted('web')));
  });

  test('R066 what would take somebody else’s Service with it is refused, with --yes too', async () => {
    const foreign = aService('web', {
      owners: [{ apiVersion: 'apps.example.com/v1', kind: 'WebApp', name: 'shop', uid: 'a9', controller: true }],
    });
    const supervisor = await aSupervisor([web, foreign]);
    const refused = {
      code: 2,
      out: '',
      err: [
        `${header}error: deleting VirtualMachineService prod/web would delete Service/web of WebApp/shop with it, because VM Operator deletes by name (VMS403)`,
        '  make the service anew under another name, move its clients there,',
        '  and leave this one until WebApp/shop can do without Service/web',
        'nothing was changed',
        '',
      ].join('\n'),
    };
    assert.deepEqual(await supervisor.run('delete web -n prod'), refused);
    assert.deepEqual(await supervisor.run('delete web -n prod --yes'), refused);
    assert.deepEqual(supervisor.writes, []);
  });

  test('what a workload cluster keeps is refused, and the others are deleted all the same', async () => {
    const cluster = { apiVersion: 'vmware.infrastructure.cluster.x-k8s.io/v1beta1', kind: 'VSphereCluster', name: 'tkc1', uid: 'c1' };
    const endpoint = aVmService('tkc1', { owners: [cluster] });
    const supervisor = await aSupervisor([endpoint, aVmService('old')]);
    assert.deepEqual(await supervisor.run('delete --all --yes -n prod'), {
      code: 2,
      out: deleted('old'),
      err: [
        `${header}error: VirtualMachineService prod/tkc1 is the control-plane address of workload cluster tkc1: Cluster API keeps it`,
        'This deletes',
        '  VirtualMachineService/old',
        '  nothing else: it has no Service and no Endpoints',
        '',
      ].join('\n'),
    });
    assert.equal(await exists(supervisor, 'VirtualMachineService', 'tkc1'), true);
  });

  test('a Service that nobody owns stays, with its addresses, where no finalizer has VM Operator delete by name', async () => {
    const bare = aVmService('web');
    const ofOthers = aService('web', { ingress: ['10.20.0.15'], clusterIP: '10.96.0.9' });
    const supervisor = await aSupervisor([bare, ofOthers, someEndpoints('web', { ready: [vm] }), vm]);
    assert.deepEqual(await supervisor.run('delete web -n prod'), {
      code: 0,
      out: deleted('web'),
      err: [`${header}This deletes`, '  VirtualMachineService/web', '  Service/web and Endpoints/web   stay: nobody owns them', ''].join(
        '\n',
      ),
    });
    assert.equal(await exists(supervisor, 'Service'), true);
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => aVmService(name));
    const { err } = await (await aSupervisor([bare, ofOthers, ...many])).run('delete --all --dry-run=client -n prod');
    assert.ok(err.endsWith('  VirtualMachineService/web   no Service of its own\n'), err);
  });

  test('a Service that nobody owns goes by its name: in a pipe that takes --yes', async () => {
    const supervisor = await aSupervisor([web, aService('web')]);
    const said = await supervisor.run('delete web -n prod');
    assert.deepEqual([said.code, said.out], [2, '']);
    assert.ok(
      said.err.endsWith('error: nobody owns Service/web, and it would be deleted too, by its name: say --yes\n  nothing was changed\n'),
      said.err,
    );
    assert.match(said.err, /Service\/web +by name, though nobody owns it/);
    assert.deepEqual(supervisor.writes, []);
    withOperator(supervisor);
    assert.equal((await supervisor.run('delete web -n prod --yes')).code, 0);
  });

  test('without a finalizer of VM Operator only what it owns goes', async () => {
    const plain = aVmService('web');
    const supervisor = await aSupervisor([plain, aService('web'), someEndpoints('web', { owners: [ownedBy(plain)] })]);
    const said = await supervisor.run('delete web -n prod');
    assert.deepEqual(said, {
      code: 0,
      out: deleted('web'),
      err: `${header}This deletes\n  VirtualMachineService/web\n  Endpoints/web   which it owns\n  Service/web     stays: nobody owns it\n`,
    });
  });

  test('where the children may not be looked at, nobody knows what would go, and nothing does', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(({ path }) =>
      path.includes('/services') ? forbidden('services "web" is forbidden: User "alice" cannot get') : undefined,
    );
    assert.deepEqual(await supervisor.run('delete web -n prod --yes'), {
      code: 3,
      out: '',
      err: [
        `${header}error: cannot tell what deleting VirtualMachineService prod/web takes with it: not permitted to get services in prod`,
        '  what you may run: kubectl vmsvc can-i delete -n prod',
        'nothing was changed',
        '',
      ].join('\n'),
    });
    assert.deepEqual(supervisor.writes, []);
  });

  test('R065 a namesake that came meanwhile lives', async () => {
    const supervisor = await aSupervisor([aVmService('web')]);
    supervisor.disturb((request) => {
      if (!isDelete(request)) return undefined;
      supervisor.disturb(() => undefined);
      void supervisor.cluster.delete(refTo('VirtualMachineService', 'web'), { dryRun: 'none' });
      const { resourceVersion: _, uid: __, ...metadata } = web.metadata;
      void supervisor.cluster.create({ ...web, metadata } as KubeObject, write);
      return undefined;
    });
    const said = await supervisor.run('delete web -n prod');
    assert.deepEqual(
      [said.code, said.out, said.err.split('\n').slice(-3)],
      [
        3,
        '',
        [
          'error: VirtualMachineService prod/web is another object by now: it was replaced meanwhile',
          '  nothing was deleted; run again to delete the new one',
          '',
        ],
      ],
    );
    assert.equal(await exists(supervisor, 'VirtualMachineService'), true);
  });

  test('an answer that was lost is looked up', async () => {
    const supervisor = await aSupervisor([aVmService('web')]);
    supervisor.disturb((request, pass) => {
      if (!isDelete(request)) return undefined;
      pass();
      return lostAnswer();
    });
    const said = await supervisor.run('delete web -n prod');
    assert.deepEqual([said.code, said.out], [0, deleted('web')]);
  });

  test('VMS112 a finalizer that stays is explained: whose it is, and what to do', async () => {
    const supervisor = await aSupervisor([
      aVmService('web', {
        finalizers: [finalizer, 'service.kubernetes.io/load-balancer-cleanup', 'example.com/mine', 'foregroundDeletion'],
      }),
    ]);
    const said = await supervisor.run('delete web -n prod --timeout=100ms');
    assert.deepEqual(
      [said.code, said.out, said.err.split('\n').slice(4)],
      [
        1,
        deleted('web'),
        [
          'error: timed out after 100ms waiting for delete on virtualmachineservices/web: is being deleted',
          '  VirtualMachineService/web is being deleted for 0s, held by',
          `    ${finalizer}  of VM Operator, which deletes the Service and the Endpoints first: is it running? (VMS112)`,
          '      do its work from here, with the rights to delete them:  kubectl vmsvc reconcile web -n prod --once --as-controller',
          '    service.kubernetes.io/load-balancer-cleanup  of the load balancer, which gives the address back; that can take minutes',
          '      if it does not end, ask the platform owner: taken off by hand, the address stays in use (VMS407)',
          '    example.com/mine  of a controller that this tool does not know: ask whoever runs it',
          '',
        ],
      ],
    );
    assert.equal((await supervisor.run('delete web -n prod --wait=false')).code, 0);
  });

  test('without a Service nothing is said about a controller that did not create it', async () => {
    const supervisor = await aSupervisor([aVmService('web', { finalizers: [finalizer], deletedAt: '2026-11-20T11:00:00Z' })]);
    const { out } = await supervisor.run('describe web -n prod');
    assert.match(out, /Service {4}web +does not exist: it is gone already, or never was there$/m);
  });

  test('VMS112 on a release that knows only the older finalizer, the newer one is not said to go by what that release does', async () => {
    const older = 'virtualmachineservice.vmoperator.vmware.com';
    const supervisor = await aSupervisor([aVmService('web', { version: 'v1alpha1', finalizers: [older, finalizer] })], 'A');
    const held = (await supervisor.run('delete web -n prod --timeout=100ms')).err.split('\n').slice(-6);
    assert.deepEqual(held, [
      '  VirtualMachineService/web is being deleted for 0s, held by',
      `    ${older}  of VM Operator, which deletes the Service and the Endpoints first: is it running? (VMS112)`,
      '      do its work from here, with the rights to delete them:  kubectl vmsvc reconcile web -n prod --once --as-controller',
      `    ${finalizer}  of a newer VM Operator: the release that runs here does not know it, and leaves it`,
      '      VM Operator takes it off when it is that new again: ask the platform owner (VMS112)',
      '',
    ]);
    assert.equal((await supervisor.run('reconcile web -n prod --once --as-controller --yes')).code, 0);
    const [left] = supervisor.cluster.server.objects().filter(({ kind }) => kind === 'VirtualMachineService');
    assert.deepEqual(left?.metadata.finalizers, [finalizer]);
  });

  test('VMS407 a Service that outlives it is named, with who holds it', async () => {
    const plain = aVmService('web');
    const held = aService('web', {
      owners: [ownedBy(plain)],
      finalizers: ['service.kubernetes.io/load-balancer-cleanup'],
      deletedAt: '2026-11-20T11:59:00Z',
    });
    const supervisor = await aSupervisor([plain, held]);
    const said = await supervisor.run('delete web -n prod');
    assert.deepEqual([said.code, said.out], [0, deleted('web')]);
    assert.ok(
      said.err.endsWith(
        [
          '  Service/web is being deleted for 60s, held by',
          '    service.kubernetes.io/load-balancer-cleanup  of the load balancer, which gives the address back; that can take minutes',
          '      if it does not end, ask the platform owner: taken off by hand, the address stays in use (VMS407)',
          '',
        ].join('\n'),
      ),
      said.err,
    );
  });

  test('Ctrl-C while it waits says that the deletion goes on, and who holds it', async () => {
    const supervisor = await aSupervisor([web]);
    const { io, ended } = supervisor.start('delete web -n prod');
    await untilSaid(io, 'deleted');
    await supervisor.watched();
    io.interrupt('SIGINT');
    const said = await ended;
    assert.equal(said.code, 130);
    assert.ok(said.err.endsWith('interrupted\n'), said.err);
    assert.match(said.err, /VirtualMachineService\/web is being deleted for 0s, held by/);
  });

  test('Ctrl-C after ten seconds does not tell anew what was told then', async (t) => {
    const supervisor = await aSupervisor([web]);
    t.mock.timers.enable({ apis: ['setInterval'] });
    const { io, ended } = supervisor.start('delete web -n prod');
    const held = /VirtualMachineService\/web is being deleted for 0s, held by/g;
    while (!held.test(io.err())) {
      t.mock.timers.tick(10_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    io.interrupt('SIGINT');
    const said = await ended;
    assert.equal(said.code, 130);
    assert.equal(said.err.match(held)?.length, 1, said.err);
    assert.ok(said.err.endsWith('kubectl vmsvc reconcile web -n prod --once --as-controller\ninterrupted\n'), said.err);
  });

  test('names that do not exist are errors, unless --ignore-not-found; the others are deleted', async () => {
    const supervisor = await aSupervisor([aVmService('web'), aVmService('api')]);
    const nope = 'Error from server (NotFound): virtualmachineservices.vmoperator.vmware.com "nope" not found\n';
    const said = await supervisor.run('delete nope web -n prod -o name');
    assert.deepEqual([said.code, said.out], [3, 'virtualmachineservice.vmoperator.vmware.com/web\n']);
    assert.ok(said.err.startsWith(`${header}${nope}`));
    assert.deepEqual(await supervisor.run('delete nope -n prod --ignore-not-found'), { code: 0, out: '', err: header });
    assert.deepEqual(await supervisor.run('delete -l app=none -n prod'), {
      code: 0,
      out: '',
      err: `${header}No resources found in prod namespace.\nWarning: the namespace "prod" does not exist\n`.replace(/Warning.*\n/, ''),
    });
  });

  test('many are deleted, each with one line of what goes', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `svc-${String(index).padStart(2, '0')}`);
    const supervisor = await aSupervisor(names.map((name) => aVmService(name, { labels: { old: 'yes' } })));
    const { code, out, err } = await supervisor.run('delete -n prod -l old=yes');
    assert.deepEqual([code, out], [0, names.map((name) => deleted(name)).join('')]);
    assert.deepEqual(err.split('\n').slice(0, 4), [
      header.trimEnd(),
      'This deletes',
      '  VirtualMachineService/svc-00   no Service',
      '  VirtualMachineService/svc-01   no Service',
    ]);
    assert.deepEqual(err.split('\n').slice(-3), ['  VirtualMachineService/svc-18   no Service', '  and 6 more', '']);
  });

  test('of many it is counted how their children go, and those that stay are not said to go', async () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => aVmService(name, { finalizers: name < 'd' ? [finalizer] : [] }));
    const children = many.flatMap((one) => {
      const { name } = one.metadata;
      const owners = name === 'f' ? [] : [ownedBy(one)];
      return [aService(name, { owners }), ...(name === 'a' || name === 'd' ? [someEndpoints(name, { owners })] : [])];
    });
    const supervisor = await aSupervisor([...many, ...children]);
    const { code, err } = await supervisor.run('delete -n prod --all --yes --dry-run');
    assert.equal(code, 0, err);
    assert.deepEqual(err.split('\n').slice(-3), [
      '  and 3 Services and 1 Endpoints   by name, and the EndpointSlices mirrored from them',
      '  and 2 Services and 1 Endpoints   which they own, and the EndpointSlices mirrored from them',
      '',
    ]);
  });
});

describe('a deletion that makes no sense is refused in one sentence', () => {
  const cases: readonly (readonly [words: string, err: string])[] = [
    ['', 'say what to delete: a NAME, -f FILE, -k DIR, -l SELECTOR, or --all of the namespace'],
    ['--all', '--all deletes every VirtualMachineService of the namespace: say --yes as well'],
    ['--all -A', '--all deletes every VirtualMachineService of all namespaces: say --yes as well'],
    ['--all web --yes', 'names and --all cannot be given together'],
    ['--all -l a=b --yes', '-l and --all cannot be given together'],
    ['web -l a=b', 'selectors and names cannot be given together'],
    ['web -A', 'a resource cannot be retrieved by name across all namespaces'],
    ['web -f web.yaml', '-f names the objects: give it without names, --all, -A and -l'],
    ['vm/web-1', 'delete works on VirtualMachineServices: kubectl delete vm/web-1 deletes a VM'],
    ['web --offline -f web.yaml', 'delete needs a cluster, and --offline has none'],
    ['web --dry-run=maybe', '--dry-run "maybe": must be one of none, client, server'],
    ['web --wait=perhaps', '--wait "perhaps": must be true or false'],
    ['web --timeout=soon', '--timeout "soon": must be a time such as 30s, 5m or 1h30m'],
    ['web --cascade=orphan', '--cascade "orphan": VM Operator deletes the Service and the Endpoints by name, so they cannot be kept'],
    ['web --cascade=sideways', '--cascade "sideways": must be background or foreground'],
    ['web --grace-period=0', '--grace-period "0": a VirtualMachineService has none; it is gone as soon as its finalizers are'],
    // A script's variable that is not set.
    ['-l=', '-l "": must be a label query, as in app=web; an empty one would find every VirtualMachineService'],
    ['web --force', '--force: nothing can be skipped: a VirtualMachineService is gone as soon as its finalizers are'],
    ['web --now', '--now: a VirtualMachineService has no grace period; it is gone as soon as its finalizers are'],
    ['web -i', '-i: on a terminal it asks by itself'],
    ['web --interactive', '--interactive: on a terminal it asks by itself'],
    ['--field-selector=metadata.name=web', '--field-selector: names, -l or --all say what to delete'],
    ['--raw=/', '--raw: kubectl delete --raw deletes by a path of the API'],
    ['web -o yaml', 'unable to match a printer suitable for the output format "yaml", allowed formats are: name'],
  ];
  for (const [words, err] of cases) {
    test(`delete ${words}`, async () => {
      const supervisor = await aSupervisor([]);
      assert.deepEqual(await supervisor.run(`delete ${words}`.trim()), { code: 2, out: '', err: `error: ${err}\n${see}` });
      assert.deepEqual(supervisor.requests, []);
    });
  }
});
