import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type KubeObject, type ObjectRef, refOf } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { aSupervisor, forbidden, type Said, type Supervisor } from '../support/supervisor.ts';

const write = { dryRun: 'none', fieldManager: 'other' } as const;
const see = "See 'kubectl vmsvc wait -h' for help and examples\n";
const met = (name: string): Said => ({ code: 0, out: `virtualmachineservice.vmoperator.vmware.com/${name} condition met\n`, err: '' });

const web = aVmService('web', { finalizers: ['vmoperator.vmware.com/virtualmachineservice'] });
const owned = { owners: [ownedBy(web)] };
const first = aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' });
const second = aVm('web-2', { labels: { app: 'web' }, ip: '10.1.0.12', ready: false, readyMessage: 'connection refused' });
const pending = aService('web', { ...owned, type: 'LoadBalancer', clusterIP: '10.96.4.17' });
const stored = someEndpoints('web', { ...owned, ready: [first], notReady: [second] });
const world = [web, first, second, pending, stored];

const ref = (kind: string, name: string): ObjectRef => ({
  apiVersion: kind === 'Service' ? 'v1' : 'vmoperator.vmware.com/v1alpha6',
  kind,
  namespace: 'prod',
  name,
});

const giveAddress = (supervisor: Supervisor) =>
  supervisor.cluster.patch(
    ref('Service', 'web'),
    { status: { loadBalancer: { ingress: [{ ip: '10.20.0.15', ipMode: 'VIP' }] } } },
    { ...write, subresource: 'status' },
  );

/** Waits, and once the watches are open lets something happen. */
async function meanwhile(supervisor: Supervisor, command: string, happen: () => Promise<unknown>): Promise<Said> {
  supervisor.forget();
  const { ended } = supervisor.start(command);
  await supervisor.watched();
  await happen();
  return ended;
}

/** Something that a `--for` waits for, and what has to happen; before it `web` is reconciled, and its Endpoints are taken away. */
const arrivals: readonly (readonly [condition: string, happen: (supervisor: Supervisor, endpoints: KubeObject) => Promise<unknown>])[] = [
  ['address', giveAddress],
  ['endpoints', ({ cluster }, endpoints) => cluster.create(endpoints, write)],
  ['endpoints=1', ({ cluster }, endpoints) => cluster.create(endpoints, write)],
  ['endpoints=all', ({ cluster }, endpoints) => cluster.create(endpoints, write)],
  ['reconciled', ({ cluster }, endpoints) => cluster.create(endpoints, write)],
  ['healthy', ({ cluster }, endpoints) => cluster.create(endpoints, write)],
  ['create', ({ cluster }) => cluster.create(jsonObject(aVmService('new')), write)],
  ['delete', ({ cluster }) => cluster.patch(ref('VirtualMachineService', 'web'), { metadata: { finalizers: null } }, write)],
  [
    'jsonpath={.metadata.labels.a}=b',
    ({ cluster }) => cluster.patch(ref('VirtualMachineService', 'web'), { metadata: { labels: { a: 'b' } } }, write),
  ],
  [
    'condition=Done',
    ({ cluster }) => {
      const condition = { type: 'Done', status: 'True', reason: 'True', message: '', lastTransitionTime: '2026-11-10T12:00:00Z' };
      const status = { conditions: [condition] };
      return cluster.patch(ref('VirtualMachineService', 'web'), { status }, { ...write, subresource: 'status' });
    },
  ],
];

/** As somebody would write it: what the server gives to an object is left out. */
function jsonObject({
  metadata: { uid: _, resourceVersion: __, creationTimestamp: ___, managedFields: ____, ...metadata },
  ...object
}: KubeObject) {
  return { ...object, metadata };
}

describe('every --for is told of changes, and never asks again', () => {
  for (const [condition, happen] of arrivals) {
    test(`--for=${condition}`, async () => {
      const supervisor = await aSupervisor([web, first]);
      assert.equal((await supervisor.run('reconcile web -n prod --once --yes')).code, 0);
      const stored = await supervisor.cluster.get({ ...ref('Service', 'web'), kind: 'Endpoints' });
      await supervisor.cluster.delete(refOf(stored), { dryRun: 'none' });
      if (condition === 'delete') await supervisor.cluster.delete(ref('VirtualMachineService', 'web'), { dryRun: 'none' });
      const asked: string[] = [];
      supervisor.disturb(({ method, path, query }) => {
        const collection = path.split('/').at(-1) ?? '';
        // The load balancer of a namespace is one object, which is read once.
        if (path.includes('/namespaces/prod/') && !path.includes('/networksettings/'))
          asked.push(`${/\bwatch=(1|true)\b/.test(query) ? 'WATCH' : method} ${collection}`);
        return undefined;
      });
      supervisor.forget();
      const name = condition === 'create' ? 'new' : 'web';
      const { ended } = supervisor.start(`wait ${name} -n prod --for=${condition} --timeout=60s`);
      await supervisor.watched();
      const before = [...asked];
      await happen(supervisor, jsonObject(stored));
      assert.deepEqual(await ended, met(name));
      assert.deepEqual(asked, before, 'nothing was asked after the change');
      const watched = asked.filter((line) => line.startsWith('WATCH ')).toSorted();
      assert.ok(watched.includes('WATCH virtualmachineservices'), 'it was watched');
      assert.deepEqual(watched, [...new Set(watched)], 'each once');
      const listed = asked.filter((line) => line.startsWith('GET ')).map((line) => line.replace('GET', 'WATCH'));
      assert.deepEqual(listed.toSorted(), watched, 'one list for each watch');
    });
  }
});

const port = (name: string, number: number) => ({ name, protocol: 'TCP', port: number, targetPort: number }) as const;

describe('wait', () => {
  test('is over at once where everything holds, and says so in the words of kubectl', async () => {
    const supervisor = await aSupervisor(world);
    assert.deepEqual(await supervisor.run('wait web -n prod --for=endpoints --for=endpoints=1 --for=create'), met('web'));
    assert.deepEqual(await supervisor.run('wait web -n prod --for=endpoints -o name'), {
      ...met('web'),
      out: 'virtualmachineservice.vmoperator.vmware.com/web\n',
    });
    assert.deepEqual(await supervisor.run('wait web -n prod --for=create -o jsonpath={.spec.type}'), {
      ...met('web'),
      out: 'LoadBalancer',
    });
  });

  test('sees an address arrive, by watching', async () => {
    const supervisor = await aSupervisor(world);
    const said = await meanwhile(supervisor, 'wait web -n prod --for=address', () => giveAddress(supervisor));
    assert.deepEqual(said, met('web'));
    const lists = supervisor.requests.filter((line) => line.endsWith('/services'));
    assert.equal(lists.length, 2, 'one list and one watch');
  });

  test('waits for an object that does not exist yet; with --must-exist that is an error, and the others are waited for', async () => {
    const supervisor = await aSupervisor(world);
    const { resourceVersion: _, uid: __, creationTimestamp: ___, ...metadata } = { ...web.metadata, name: 'new' };
    const created = await meanwhile(supervisor, 'wait new -n prod --for=create', () =>
      supervisor.cluster.create({ ...web, metadata } as KubeObject, write),
    );
    assert.deepEqual(created, met('new'));
    assert.deepEqual(await supervisor.run('wait web nope -n prod --for=create --must-exist'), {
      ...met('web'),
      code: 3,
      err: 'Error from server (NotFound): virtualmachineservices.vmoperator.vmware.com "nope" not found\n',
    });
  });

  test('all conditions have to hold at the same time', async () => {
    const supervisor = await aSupervisor(world);
    const said = await meanwhile(supervisor, 'wait web -n prod --for=address --for=endpoints=2 --timeout=5s', async () => {
      await giveAddress(supervisor);
      await supervisor.cluster.patch(ref('VirtualMachine', 'web-2'), { spec: { readinessProbe: null } }, write);
      await supervisor.cluster.patch(
        { ...ref('Service', 'web'), kind: 'Endpoints' },
        { subsets: [...(someEndpoints('web', { ready: [first, second] }).subsets ?? [])] as never },
        write,
      );
    });
    assert.deepEqual(said, met('web'));
  });

  test('says when the time is over what was missing, and what of the trace is not good', async () => {
    const supervisor = await aSupervisor(world);
    assert.deepEqual(await supervisor.run('wait web -n prod --for=address --for=endpoints=all --timeout=100ms'), {
      code: 1,
      out: '',
      err: [
        'error: timed out after 100ms waiting for address and endpoints=all on virtualmachineservices/web: no address yet; 1 of 2',
        '  VIP    <pending>  no address for 10d',
        '  web-2  NOT READY  readiness probe tcp:8080 fails for 10d: connection refused',
        '',
      ].join('\n'),
    });
  });

  test('sees an address in the status of the service itself, where Services may not be read', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(({ path }) => (path.includes('/services') ? forbidden('services is forbidden') : undefined));
    assert.deepEqual(await supervisor.run('wait web -n prod --for=address --timeout=100ms'), {
      code: 1,
      out: '',
      err: [
        'error: timed out after 100ms waiting for address on virtualmachineservices/web: no address in its status yet, and its Service could not be looked at',
        '  VIP      <unknown>  not permitted to get services in prod',
        '  Service  web        not permitted to get services in prod',
        '  web-2    NOT READY  readiness probe tcp:8080 fails for 10d: connection refused',
        '',
      ].join('\n'),
    });
    supervisor.forget();
    const status = { loadBalancer: { ingress: [{ ip: '10.20.0.15' }] } };
    const given = await meanwhile(supervisor, 'wait web -n prod --for=address', () =>
      supervisor.cluster.patch(ref('VirtualMachineService', 'web'), { status }, { ...write, subresource: 'status' }),
    );
    assert.deepEqual(given, met('web'));
  });

  test('says when the time is over that there is no such namespace, if that is so', async () => {
    const supervisor = await aSupervisor(world);
    const missing = 'error: timed out after 50ms waiting for address on virtualmachineservices/web: does not exist\n';
    assert.deepEqual(await supervisor.run('wait web -n prdo --for=address --timeout=50ms'), {
      code: 1,
      out: '',
      err: `${missing}Warning: the namespace "prdo" does not exist\n`,
    });
    const nope = await supervisor.run('wait nope -n prod --for=address --timeout=50ms');
    assert.equal(nope.err, missing.replace('/web', '/nope'));
  });

  test('prints columns of its own, with a header line or without', async () => {
    const supervisor = await aSupervisor([aVmService('web', { ingress: ['10.20.0.15'] })]);
    for (const [flags, out] of [
      ['', 'NAME\nweb\n'],
      [' --no-headers', 'web\n'],
    ] as const) {
      const said = await supervisor.run(`wait web --for=create -n prod -o custom-columns=NAME:.metadata.name${flags}`);
      assert.deepEqual([said.code, said.out, said.err], [0, out, '']);
    }
  });

  test('looks once with --timeout=0', async () => {
    const supervisor = await aSupervisor(world);
    assert.deepEqual(await supervisor.run('wait web nope -n prod --for=endpoints=2 --for=reconciled --timeout=0'), {
      code: 1,
      out: '',
      err: [
        'error: not yet: endpoints=2 and reconciled on virtualmachineservices/web: 1 of 2; VirtualMachineService/web would be updated',
        '  VIP    <pending>  no address for 10d',
        '  web-2  NOT READY  readiness probe tcp:8080 fails for 10d: connection refused',
        'error: not yet: endpoints=2 and reconciled on virtualmachineservices/nope: does not exist',
        '',
      ].join('\n'),
    });
  });

  test('reconciled is what diff says, and healthy what debug calls no error', async () => {
    const supervisor = await aSupervisor([aVmService('web'), first]);
    const before = await supervisor.run('wait web -n prod --for=healthy --for=reconciled --timeout=0');
    assert.equal(before.code, 1);
    assert.match(
      before.err,
      /^error: not yet: healthy and reconciled on virtualmachineservices\/web: [^;]+; Service\/web would be created/,
    );
    assert.equal((await supervisor.run('diff web -n prod')).code, 1);
    assert.equal((await supervisor.run('reconcile web -n prod --once --yes')).code, 0);
    assert.equal((await supervisor.run('diff web -n prod')).code, 0);
    assert.deepEqual(await supervisor.run('wait web -n prod --for=reconciled --timeout=0'), met('web'));
  });

  test('a deletion is over when the object is gone, or another one has its name; a finalizer is explained', async () => {
    const supervisor = await aSupervisor(world);
    assert.deepEqual(await supervisor.run('wait nope -n prod --for=delete'), met('nope'));
    await supervisor.cluster.delete(ref('VirtualMachineService', 'web'), { dryRun: 'none' });
    assert.deepEqual(await supervisor.run('wait web -n prod --for=delete --timeout=50ms'), {
      code: 1,
      out: '',
      err: [
        'error: timed out after 50ms waiting for delete on virtualmachineservices/web: is being deleted',
        '  VirtualMachineService/web is being deleted for 0s, held by',
        '    vmoperator.vmware.com/virtualmachineservice  of VM Operator, which deletes the Service and the Endpoints first: is it running? (VMS112)',
        '      do its work from here, with the rights to delete them:  kubectl vmsvc reconcile web -n prod --once --as-controller',
        '',
      ].join('\n'),
    });
    const gone = await meanwhile(supervisor, 'wait web -n prod --for=delete', async () => {
      await supervisor.cluster.patch(ref('VirtualMachineService', 'web'), { metadata: { finalizers: null } }, write);
      const { resourceVersion: _, uid: __, finalizers: ___, ...metadata } = web.metadata;
      await supervisor.cluster.create({ ...web, metadata } as KubeObject, write);
    });
    assert.deepEqual(gone, met('web'));
  });

  test('a field of the object: there, or with a value, as kubectl wait', async () => {
    const supervisor = await aSupervisor(world);
    assert.deepEqual(await supervisor.run('wait web -n prod --for=jsonpath={.spec.type}=LoadBalancer'), met('web'));
    assert.deepEqual(await supervisor.run('wait web -n prod --for=jsonpath=spec.ports'), met('web'));
    assert.deepEqual(await supervisor.run('wait web -n prod --for=jsonpath={.spec.ports[?(@.name=="http")].port}=80'), met('web'));
    assert.deepEqual(await supervisor.run('wait web -n prod --for=jsonpath={.spec.type}=ClusterIP --timeout=0'), {
      code: 1,
      out: '',
      err: 'error: not yet: jsonpath={.spec.type}=ClusterIP on virtualmachineservices/web: {.spec.type} is "LoadBalancer"\n',
    });
    assert.deepEqual(await supervisor.run('wait web -n prod --for=jsonpath={.status.x} --timeout=0'), {
      code: 1,
      out: '',
      err: 'error: not yet: jsonpath={.status.x} on virtualmachineservices/web: {.status.x} is not there\n',
    });
    assert.deepEqual(await supervisor.run('wait web -n prod --for=jsonpath={.spec}=x'), {
      code: 2,
      out: '',
      err: `error: --for "jsonpath={.spec}=x": the path leads to a map or a list, which cannot be compared\n${see}`,
    });
    for (const condition of ['jsonpath={.spec..name}', 'jsonpath={.spec..name}=http']) {
      const two = await aSupervisor([aVmService('web', { ports: [port('http', 80), port('https', 443)] })]);
      assert.deepEqual(await two.run(`wait web -n prod --for=${condition}`), {
        code: 2,
        out: '',
        err: `error: --for "${condition}": the path matches 2 values\n${see}`,
      });
    }
  });

  test('a condition of the object, in any letter case', async () => {
    const condition = { type: 'Ready', status: 'False', reason: 'NoAddress', message: 'wait', lastTransitionTime: '2026-11-10T12:00:00Z' };
    const supervisor = await aSupervisor([aVmService('web', { conditions: [condition] })]);
    assert.deepEqual(await supervisor.run('wait web -n prod --for=condition=ready=false'), met('web'));
    assert.deepEqual(await supervisor.run('wait web -n prod --for=condition=Ready --timeout=0'), {
      code: 1,
      out: '',
      err: 'error: not yet: condition=Ready on virtualmachineservices/web: Ready is False (NoAddress: wait)\n',
    });
  });

  test('what may not be looked at ends the wait at once: nobody would ever know', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(({ path }) =>
      path.endsWith('/virtualmachines')
        ? forbidden('virtualmachines.vmoperator.vmware.com is forbidden: User "alice" cannot list')
        : undefined,
    );
    assert.deepEqual(await supervisor.run('wait web -n prod --for=endpoints'), {
      code: 3,
      out: '',
      err: [
        'Error from server (Forbidden): virtualmachines.vmoperator.vmware.com is forbidden: User "alice" cannot list',
        '  ask for list on virtualmachines.vmoperator.vmware.com; what you may run: kubectl vmsvc can-i -n prod',
        'error: cannot tell about endpoints on virtualmachineservices/web: its VMs could not be looked at',
        '',
      ].join('\n'),
    });
    assert.deepEqual(await supervisor.run('wait web -n prod --for=create'), met('web'));
  });

  test('Ctrl-C ends it with 130', async () => {
    const supervisor = await aSupervisor(world);
    const { io, ended } = supervisor.start('wait web -n prod --for=address');
    await supervisor.watched();
    io.interrupt('SIGINT');
    assert.deepEqual(await ended, { code: 130, out: '', err: 'interrupted\n' });
  });

  test('those that a label chooses are the ones that have it now, in one namespace or in all', async () => {
    const labelled = aVmService('api', { labels: { tier: 'front' } });
    const supervisor = await aSupervisor([...world, labelled, aVmService('far', { namespace: 'team-b', labels: { tier: 'front' } })]);
    assert.deepEqual(await supervisor.run('wait -n prod -l tier=front --for=create'), met('api'));
    const both = [met('api').out, met('far').out].join('');
    assert.deepEqual(await supervisor.run('wait -A -l tier=front --for=create'), { code: 0, out: both, err: '' });
    assert.deepEqual(await supervisor.run('wait -n prod -l tier=none --for=create'), {
      code: 3,
      out: '',
      err: 'error: no matching resources found\n',
    });
    assert.deepEqual(await supervisor.run('wait -n prod -l tier=none --for=delete'), { code: 0, out: '', err: '' });
  });

  test('a terminal shows in one line what is missing, and takes it away', async () => {
    const supervisor = await aSupervisor(world);
    const { io, ended } = supervisor.start('wait web -n prod --for=address --timeout=1500ms', { tty: { stderr: true } });
    await ended;
    const shown = '\r\x1b[Kweb: no address yet (1s)';
    assert.ok(io.err().startsWith(`${shown}\r\x1b[K`), io.err());
  });
});

describe('a wait that makes no sense is refused in one sentence', () => {
  const forms = 'address, endpoints[=N|all], reconciled, healthy, create, delete, jsonpath={.a.b}[=VALUE], condition=TYPE[=STATUS]';
  const endpoints = 'the number of endpoints must be a whole number of at least 1, or all';
  const path = "must look like jsonpath='{.status.a}'=VALUE or jsonpath='{.status.a}'";
  const cases: readonly (readonly [words: string, err: string])[] = [
    ['web', `say what to wait for: --for=address, --for=endpoints=2, …; one of ${forms}`],
    ['web --for=adress', `--for "adress": must be one of ${forms}`],
    ['web --for=', `--for "": must be one of ${forms}`],
    ['web --for=address=10.0.0.1', '--for "address=10.0.0.1": address takes no value'],
    ['web --for=endpoints=0', `--for "endpoints=0": ${endpoints}`],
    ['web --for=endpoints=some', `--for "endpoints=some": ${endpoints}`],
    ['web --for=condition', '--for "condition": condition needs a TYPE, as in condition=Ready or condition=Ready=False'],
    ['web --for=jsonpath=', `--for "jsonpath=": ${path}`],
    ['web --for=jsonpath={.a}=b=c', `--for "jsonpath={.a}=b=c": ${path}`],
    ['web --for=jsonpath={.a}=', `--for "jsonpath={.a}=": there is no value behind the equal sign, as in jsonpath='{.status.a}'=VALUE`],
    [
      'web --for=jsonpath={.a',
      `--for "jsonpath={.a": unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    ],
    ['web --for=delete --for=address', '--for=delete and --for=address can never hold together'],
    ['web --for=address --timeout=soon', '--timeout "soon": must be a time such as 30s, 5m or 1h30m'],
    ['--for=address -l=', '-l "": must be a label query, as in app=web; an empty one would find every VirtualMachineService'],
    ['--for=address', 'say what to wait for: a NAME, -f FILE, -k DIR, -l SELECTOR, or --all of the namespace'],
    ['web --all --for=address', 'names and --all cannot be given together'],
    ['web -l a=b --for=address', 'selectors and names cannot be given together'],
    ['web -f web.yaml --for=address', '-f names the objects: give it without names, --all, -A and -l'],
    ['vm/web-1 --for=address', 'wait works on VirtualMachineServices: kubectl wait vm/web-1 waits for a VM'],
    ['web --offline -f web.yaml --for=address', 'wait needs a cluster in which something happens, and --offline has none'],
    [
      'web --for=address -o wide',
      'unable to match a printer suitable for the output format "wide", allowed formats are: custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,yaml',
    ],
  ];
  for (const [words, err] of cases)
    test(`wait ${words}`, async () => {
      const supervisor = await aSupervisor([]);
      assert.deepEqual(await supervisor.run(`wait ${words}`), { code: 2, out: '', err: `error: ${err}\n${see}` });
      assert.deepEqual(supervisor.requests, []);
    });
});
