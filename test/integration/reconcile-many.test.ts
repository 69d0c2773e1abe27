import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject, ObjectRef } from '../../src/model/object.ts';
import type { VirtualMachineService } from '../../src/model/virtual-machine-service.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { aSupervisor, forbidden, isWrite, lostAnswer, type Supervisor } from '../support/supervisor.ts';

const names = ['a', 'b', 'c', 'd', 'e'];
const five = names.flatMap((name) => [
  aVmService(name, { selector: { app: name } }),
  aVm(`${name}-1`, { labels: { app: name }, ip: `10.0.0.${name.charCodeAt(0)}` }),
]);

/** Services of `prod` that have a Service. */
async function made({ cluster }: Supervisor): Promise<readonly string[]> {
  const ref = (name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'Service', namespace: 'prod', name });
  const found = await Promise.all(
    names.map((name) =>
      cluster.get(ref(name)).then(
        () => [name],
        () => [],
      ),
    ),
  );
  return found.flat();
}

describe('reconcile of many services', () => {
  test('--fail-fast begins no other service after one has failed, and says which were not started', async () => {
    const supervisor = await aSupervisor(five);
    supervisor.disturb((request) =>
      isWrite(request) && request.path.endsWith('/services') && String(request.body).includes('"name":"b"')
        ? forbidden('services is forbidden: quota')
        : undefined,
    );
    const { code, out, err } = await supervisor.run('reconcile -n prod --once --fail-fast --concurrency=1');
    assert.equal(code, 3);
    assert.equal(out, 'service/a created\nendpoints/a created\nvirtualmachineservice.vmoperator.vmware.com/a configured\n');
    assert.ok(err.endsWith('error: 3 services were not started\n  not started  c, d, e\n'), err);
    assert.deepEqual(await made(supervisor), ['a']);
  });

  test('without it one that fails does not stop the others', async () => {
    const supervisor = await aSupervisor(five);
    supervisor.disturb((request) =>
      isWrite(request) && request.path.endsWith('/services') && String(request.body).includes('"name":"b"')
        ? forbidden('services is forbidden: quota')
        : undefined,
    );
    const { code } = await supervisor.run('reconcile -n prod --once --concurrency=1');
    assert.deepEqual([code, await made(supervisor)], [3, ['a', 'c', 'd', 'e']]);
  });

  test('services that were not started are items of the report, with that as their error', async () => {
    const supervisor = await aSupervisor(five);
    supervisor.disturb((request) => (isWrite(request) && request.path.endsWith('/services') ? forbidden('no') : undefined));
    const { out } = await supervisor.run('reconcile -n prod --once --fail-fast --concurrency=1 -o json');
    assert.deepEqual(
      JSON.parse(out).items.map((item: { name: string; error: { reason: string } }) => `${item.name} ${item.error.reason}`),
      ['a Forbidden', 'b NotStarted', 'c NotStarted', 'd NotStarted', 'e NotStarted'],
    );
  });

  for (const value of ['0', '65', '-1', 'many', '1.5', '']) {
    test(`--concurrency=${value} is refused before anything is asked`, async () => {
      const supervisor = await aSupervisor(five);
      const { code, err } = await supervisor.run(`reconcile -n prod --once --concurrency=${value}`);
      assert.deepEqual([code, supervisor.requests], [2, []]);
      assert.ok(err.startsWith(`error: --concurrency ${JSON.stringify(value)}: must be a number from 1 to 64\n`), err);
    });
  }

  test('P14 --concurrency changes neither the outcome nor what is said', async () => {
    const said = await Promise.all(
      [1, 2, 64].map(async (many) => (await aSupervisor(five)).run(`reconcile -n prod --once --concurrency=${many}`)),
    );
    assert.deepEqual(said[1], said[0]);
    assert.deepEqual(said[2], said[0]);
  });

  test('R105 one list of each kind, however many services there are', async () => {
    const supervisor = await aSupervisor(five);
    await supervisor.run('diff -A');
    const lists = supervisor.requests.filter((line) => !line.includes('settings') && /^GET \/api(s\/[^/]+)?\/[^/]+\/\w+$/.test(line));
    assert.deepEqual(lists.toSorted(), [
      'GET /api/v1/endpoints',
      'GET /api/v1/services',
      'GET /apis/vmoperator.vmware.com/v1alpha6/virtualmachines',
      'GET /apis/vmoperator.vmware.com/v1alpha6/virtualmachineservices',
    ]);
  });
});

const gone = aVmService('gone');
const owned = (object: KubeObject, ...owners: readonly VirtualMachineService[]): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, ownerReferences: owners.map((owner) => ownedBy(owner)) },
});
const orphans = [owned(aService('gone'), gone), owned(someEndpoints('gone'), gone)];

/** Everything in it but the orphans must survive. */
function aNamespace(): readonly KubeObject[] {
  const web = aVmService('web');
  const elsewhere = aVmService('gone', { namespace: 'other' });
  return [
    ...orphans,
    web,
    owned(aService('web'), web),
    owned(someEndpoints('web'), web),
    aService('plain'),
    elsewhere,
    aService('free', { namespace: 'other' }),
  ];
}

async function left({ cluster }: Supervisor): Promise<readonly string[]> {
  const { services, endpoints } = await import('../../src/model/resources.ts');
  const lists = await Promise.all([services, endpoints].map((kind) => cluster.list(kind, 'v1', { namespace: undefined })));
  return lists.flatMap(({ items }) => items.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toSorted();
}

const others = ['Endpoints prod/web', 'Service other/free', 'Service prod/plain', 'Service prod/web'];
const all = ['Endpoints prod/gone', ...others.slice(0, 2), 'Service prod/gone', ...others.slice(2)];

describe('reconcile --orphans', () => {
  test('lists what its VirtualMachineService left behind, and changes nothing', async () => {
    const supervisor = await aSupervisor(aNamespace());
    const { uid } = gone.metadata;
    assert.deepEqual(await supervisor.run('reconcile --orphans -n prod'), {
      code: 0,
      out: 'endpoints "gone" deleted (dry run) from prod namespace\nservice "gone" deleted (dry run) from prod namespace\n',
      err: `endpoints/gone: its VirtualMachineService gone is gone (uid ${uid})
service/gone: its VirtualMachineService gone is gone (uid ${uid})
nothing was changed: --yes deletes them
`,
    });
    assert.deepEqual([await left(supervisor), supervisor.writes], [all, []]);
  });

  test('with --yes it deletes them by uid, and nothing else', async () => {
    const supervisor = await aSupervisor(aNamespace());
    const { code, out } = await supervisor.run('reconcile --orphans -n prod --yes');
    assert.deepEqual([code, out], [0, 'endpoints "gone" deleted from prod namespace\nservice "gone" deleted from prod namespace\n']);
    assert.deepEqual(await left(supervisor), others);
    assert.deepEqual(await supervisor.run('reconcile --orphans -n prod --yes'), {
      code: 0,
      out: '',
      err: 'No orphans found in prod namespace.\n',
    });
  });

  test('-A looks at all namespaces; -o name and -o json say the same', async () => {
    const supervisor = await aSupervisor(aNamespace());
    assert.equal((await supervisor.run('reconcile --orphans -A -o name')).out, 'endpoints/gone\nservice/gone\n');
    const { kind, dryRun, items } = JSON.parse((await supervisor.run('reconcile --orphans -A -o json')).out);
    assert.deepEqual([kind, dryRun, items.length, items[0].name], ['ReconcileReport', 'client', 1, 'gone']);
    assert.deepEqual(await left(supervisor), all);
  });

  test('a child of an earlier VirtualMachineService of that name is one', async () => {
    const earlier = aVmService('gone', { uid: 'earlier' });
    const supervisor = await aSupervisor([gone, owned(aService('gone'), earlier)]);
    const { out, err } = await supervisor.run('reconcile --orphans -n prod -y');
    assert.equal(out, 'service "gone" deleted from prod namespace\n');
    assert.equal(err, '');
  });

  const somebody = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x', uid: 'x' };
  const ours = ownedBy(gone);
  const alive = aVmService('alive');
  const { controller: _, ...notControlling } = ownedBy(alive);
  const alsoGone = { ...notControlling, name: 'also-gone', uid: 'also-gone' };
  const namesake = { ...ours, apiVersion: 'example.com/v1' };
  for (const [who, owners, isOrphan] of [
    ['one that is gone, of an older version of the API', [{ ...ours, apiVersion: 'vmoperator.vmware.com/v1alpha1' }], true],
    ['two that are gone', [ours, alsoGone], true],
    ['one that is gone and one that is there', [ours, notControlling], false],
    ['one that is gone and a Deployment', [ours, somebody], false],
    ['a Deployment, and one that is gone as its controller', [somebody, ours], false],
    [
      'a Deployment as its controller, and one that is gone',
      [
        { ...somebody, controller: true },
        { ...ours, controller: false },
      ],
      false,
    ],
    ['one that is gone, and that does not control it', [{ ...ours, controller: false }], false],
    ['a kind of that name in another group', [namesake], false],
    ['nobody', [], false],
  ] as const) {
    test(`what is owned by ${who} is ${isOrphan ? 'an' : 'no'} orphan`, async () => {
      const children = [aService('gone', { owners }), someEndpoints('gone', { owners })];
      const supervisor = await aSupervisor([alive, ...children]);
      const { code, out, err } = await supervisor.run('reconcile --orphans -n prod --yes');
      if (isOrphan) {
        assert.deepEqual([code, out], [0, 'endpoints "gone" deleted from prod namespace\nservice "gone" deleted from prod namespace\n']);
        assert.deepEqual(await left(supervisor), []);
      } else {
        assert.deepEqual([code, out, err], [0, '', 'No orphans found in prod namespace.\n']);
        assert.deepEqual([await left(supervisor), supervisor.writes], [['Endpoints prod/gone', 'Service prod/gone'], []]);
      }
    });
  }

  test('P8 when VirtualMachineServices may not be listed nothing is an orphan', async () => {
    const supervisor = await aSupervisor(aNamespace());
    supervisor.disturb((request) => (request.path.endsWith('/virtualmachineservices') ? forbidden('no') : undefined));
    const { code, out } = await supervisor.run('reconcile --orphans -n prod --yes');
    assert.deepEqual([code, out, await left(supervisor)], [3, '', all]);
  });

  test('R065 a namesake made after the look lives', async () => {
    const supervisor = await aSupervisor(aNamespace());
    const ref: ObjectRef = { apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'gone' };
    const write = { dryRun: 'none', fieldManager: 'somebody' } as const;
    const namesake = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'gone', namespace: 'prod' },
      spec: { type: 'ExternalName', externalName: 'x.test' },
    };
    let replaced = false;
    supervisor.disturb((request) => {
      if (!replaced && request.method === 'DELETE' && request.path.endsWith('/services/gone')) {
        replaced = true;
        void supervisor.cluster.delete(ref, { dryRun: 'none' });
        void supervisor.cluster.create(namesake, write);
      }
      return undefined;
    });
    const { code, out } = await supervisor.run('reconcile --orphans -n prod --yes');
    assert.deepEqual([code, out], [3, 'endpoints "gone" deleted from prod namespace\n']);
    assert.deepEqual(
      await left(supervisor),
      all.filter((name) => name !== 'Endpoints prod/gone'),
    );
  });

  test('what was deleted and what was not is named, and what nobody knows of is neither', async () => {
    const refused = await aSupervisor(aNamespace());
    refused.disturb(({ method, path }) =>
      method === 'DELETE' && path.endsWith('/services/gone') ? forbidden('services "gone" is forbidden') : undefined,
    );
    const { code, out, err } = await refused.run('reconcile --orphans -n prod --yes');
    assert.deepEqual(
      [code, out, err],
      [
        3,
        'endpoints "gone" deleted from prod namespace\n',
        'error: services "gone" is forbidden\n  done      endpoints/gone\n  not done  service/gone\n',
      ],
    );
    const lost = await aSupervisor(aNamespace());
    lost.disturb(({ method, path }) => {
      if (method === 'DELETE') return lostAnswer();
      return method === 'GET' && /\/(services|endpoints)\/gone$/.test(path) && lost.writes.length > 0 ? lostAnswer() : undefined;
    });
    const unknown = await lost.run('reconcile --orphans -n prod --yes -o json --request-timeout=2s');
    assert.equal(unknown.code, 3);
    assert.match(unknown.err, /outcome unknown: service\/gone may have been written.*\n {2}unknown {3}endpoints\/gone, service\/gone\n$/s);
    const [item] = JSON.parse(unknown.out).items;
    assert.deepEqual(
      [item.error.reason, item.outcomes.map(({ outcome }: { outcome: string }) => outcome)],
      ['UnknownOutcome', ['Unknown', 'Unknown']],
    );
  });

  test('on a terminal it asks, and no deletes nothing', async () => {
    const supervisor = await aSupervisor(aNamespace());
    const tty = { stdin: true, stdout: true };
    const no = await supervisor.run('reconcile --orphans -n prod', { tty, typed: 'n\r' });
    assert.deepEqual([no.code, await left(supervisor)], [1, all]);
    const yes = await supervisor.run('reconcile --orphans -n prod', { tty, typed: 'y\r' });
    assert.match(yes.out, /Delete these 2\? \[y\/N\]/);
    assert.deepEqual([yes.code, await left(supervisor)], [0, others]);
  });

  test('--dry-run=server has the server check, and deletes nothing', async () => {
    const supervisor = await aSupervisor(aNamespace());
    const { code, out } = await supervisor.run('reconcile --orphans -n prod --dry-run=server');
    assert.equal(code, 0);
    assert.equal(out.includes('service "gone" deleted (server dry run) from prod namespace\n'), true);
    assert.deepEqual(await left(supervisor), all);
  });
});
