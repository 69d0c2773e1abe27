import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy } from '../support/builders.ts';
import { aSupervisor, forbidden } from '../support/supervisor.ts';
import type { TestIo } from '../support/test-io.ts';
import { untilSaid } from '../support/until.ts';

const see = "See 'kubectl vmsvc events -h' for help and examples\n";
const web = aVmService('web');
const condition = {
  type: 'VirtualMachineTools',
  status: 'False',
  reason: 'VirtualMachineToolsNotRunning',
  message: '',
  lastTransitionTime: '2026-11-20T11:30:00Z',
};
const labelled = {
  manager: 'kubectl-label',
  operation: 'Update',
  apiVersion: 'vmoperator.vmware.com/v1alpha6',
  time: '2026-11-20T11:56:00Z',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:metadata': { 'f:labels': { 'f:app': {} } } },
};
const plainVm = aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11', conditions: [condition] });
const vm = { ...plainVm, metadata: { ...plainVm.metadata, managedFields: [labelled] } };

function event(name: string, about: { readonly kind: string; readonly name: string }, fields: object): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: 'prod' },
    involvedObject: { ...about, namespace: 'prod' },
    ...fields,
  } as KubeObject;
}

const world = [
  web,
  vm,
  aService('web', { owners: [ownedBy(web)] }),
  event(
    'e1',
    { kind: 'VirtualMachineService', name: 'web' },
    {
      type: 'Normal',
      reason: 'CreateK8sServiceSuccess',
      message: 'CreateK8sService success',
      firstTimestamp: '2026-11-17T08:00:00Z',
      lastTimestamp: '2026-11-20T11:00:00Z',
      count: 3,
    },
  ),
  event(
    'e2',
    { kind: 'VirtualMachine', name: 'web-1' },
    {
      type: 'Warning',
      reason: 'NotReady',
      message: 'dial tcp 10.1.0.11:8080: connection refused\x1b[31m',
      firstTimestamp: '2026-11-20T11:48:00Z',
      lastTimestamp: '2026-11-20T11:48:00Z',
      count: 1,
    },
  ),
  event(
    'e3',
    { kind: 'VirtualMachine', name: 'db-1' },
    { type: 'Normal', reason: 'Ready', message: 'not related', lastTimestamp: '2026-11-20T11:48:00Z' },
  ),
];

const header = 'LAST SEEN            TYPE        REASON                    OBJECT                      MESSAGE';
const rows = {
  created: '60m (x3 over 3d4h)   Normal      CreateK8sServiceSuccess   VirtualMachineService/web   CreateK8sService success',
  tools: '30m                  Condition   VirtualMachineTools       VirtualMachine/web-1        now False: VirtualMachineToolsNotRunning',
  refused:
    '12m                  Warning     NotReady                  VirtualMachine/web-1        dial tcp 10.1.0.11:8080: connection refused^[[31m',
  label: '4m                   Change      labels                    VirtualMachine/web-1        labels app by kubectl-label',
};
const text = (lines: readonly string[]) => `${lines.join('\n')}\n`;

describe('events', () => {
  test('are one timeline over the service and all behind it: events, conditions, and who wrote what', async () => {
    const supervisor = await aSupervisor(world);
    const whole = text([header, rows.created, rows.tools, rows.refused, rows.label]);
    assert.deepEqual(await supervisor.run('events web -n prod'), { code: 0, out: whole, err: '' });
    assert.deepEqual(await supervisor.run('events -n prod'), { code: 0, out: whole, err: '' });
  });

  test('are chosen by type, by object and by time', async () => {
    const supervisor = await aSupervisor(world);
    const out = async (flags: string) =>
      (await supervisor.run(`events web -n prod --no-headers ${flags}`)).out.split('\n').map((line) => line.split(/ {3,}/)[2]);
    assert.deepEqual(await out('--types=warning,Change'), ['NotReady', 'labels', undefined]);
    assert.deepEqual(await out('--for=vmservice/web'), ['CreateK8sServiceSuccess', undefined]);
    assert.deepEqual(await out('--for=vm/web-1 --types=Condition'), ['VirtualMachineTools', undefined]);
    assert.deepEqual(await out('--since=15m'), ['NotReady', 'labels', undefined]);
  });

  test('have times instead of ages, and a document behind them', async () => {
    const supervisor = await aSupervisor(world);
    const absolute = await supervisor.run('events web -n prod --types=Change --absolute-time --no-headers');
    assert.equal(absolute.out, '2026-11-20T11:56:00Z   Change   labels   VirtualMachine/web-1   labels app by kubectl-label\n');
    const { kind, apiVersion, items } = JSON.parse((await supervisor.run('events web -n prod -o json --types=Change')).out);
    assert.deepEqual([kind, apiVersion], ['EventList', 'vmsvc/v1']);
    assert.deepEqual(items, [
      {
        namespace: 'prod',
        object: 'VirtualMachine/web-1',
        type: 'Change',
        reason: 'labels',
        message: 'labels app by kubectl-label',
        firstSeen: '2026-11-20T11:56:00Z',
        lastSeen: '2026-11-20T11:56:00Z',
        count: 1,
      },
    ]);
  });

  test('across namespaces have the namespace first', async () => {
    const supervisor = await aSupervisor(world);
    const said = await supervisor.run('events -A --types=Warning --no-headers');
    assert.equal(said.out, 'prod   12m   Warning   NotReady   VirtualMachine/web-1   dial tcp 10.1.0.11:8080: connection refused^[[31m\n');
  });

  test('that may not be listed are a hole, and what the objects tell themselves is shown all the same', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(({ path }) => (path.endsWith('/events') ? forbidden('events is forbidden: User "alice" cannot list') : undefined));
    const said = await supervisor.run('events web -n prod --no-headers');
    assert.deepEqual([said.code, said.out.split('\n').length], [3, 3]);
    assert.equal(
      said.err,
      'Error from server (Forbidden): events is forbidden: User "alice" cannot list\n  ask for list on events; what you may run: kubectl vmsvc can-i -n prod\n',
    );
  });

  test('are missed aloud where there are none, and where there is no such service', async () => {
    const supervisor = await aSupervisor([aVmService('quiet')]);
    assert.deepEqual(await supervisor.run('events quiet -n prod'), { code: 0, out: '', err: 'No events found in prod namespace.\n' });
    assert.deepEqual(await supervisor.run('events -n prdo'), {
      code: 0,
      out: '',
      err: 'No events found in prdo namespace.\nWarning: the namespace "prdo" does not exist\n',
    });
    assert.deepEqual(await supervisor.run('events nope -n prod'), {
      code: 3,
      out: '',
      err: 'Error from server (NotFound): virtualmachineservices.vmoperator.vmware.com "nope" not found\n',
    });
  });

  test('of files are the same, and nobody is asked', async () => {
    const supervisor = await aSupervisor(world);
    const folder = mkdtempSync(join(tmpdir(), 'vmsvc-events-'));
    after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'world.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: world }));
    const live = await supervisor.run('events web -n prod --absolute-time');
    supervisor.forget();
    const said = await supervisor.run('events web -n prod --absolute-time --offline -f world.json', { cwd: folder });
    assert.deepEqual([said, supervisor.requests], [live, []]);
  });

  test('are appended as they come with --watch', async () => {
    const supervisor = await aSupervisor(world);
    const { io, ended } = supervisor.start('events web -n prod -w --types=Normal');
    await untilSaid(io, 'CreateK8sServiceSuccess');
    await supervisor.cluster.create(
      event(
        'e9',
        { kind: 'Service', name: 'web' },
        { type: 'Normal', reason: 'Synced', message: 'VIP allocated', lastTimestamp: '2026-11-20T12:00:00Z' },
      ),
      { dryRun: 'none', fieldManager: 'ncp' },
    );
    await untilSaid(io, 'VIP allocated');
    io.interrupt('SIGINT');
    const said = await ended;
    assert.deepEqual([said.code, said.err, said.out.trimEnd().split('\n').length], [130, '', 3]);
  });
});

describe('events --watch of a service that is deleted', () => {
  const ref = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService', namespace: 'prod', name: 'web' };
  const goes = async (words: string, message: string) => {
    const there = aVmService('web', { labels: { app: 'web' } });
    const supervisor = await aSupervisor([{ ...there, metadata: { ...there.metadata, managedFields: [labelled] } }]);
    const { io, ended } = supervisor.start(`events ${words} -n prod -w`);
    await untilSaid(io, 'by kubectl-label');
    await supervisor.cluster.delete(ref, { dryRun: 'none' });
    await untilSaid(io, message);
    return { supervisor, io, ended };
  };

  test('says that it is gone, and goes on: it may come again', async () => {
    const { supervisor, io, ended } = await goes('web', 'is gone');
    const write = { dryRun: 'none', fieldManager: 'kubectl-create' } as const;
    const { apiVersion, kind, namespace, name } = ref;
    const { spec } = aVmService('web');
    await supervisor.cluster.create({ apiVersion, kind, metadata: { namespace, name }, spec } as KubeObject, write);
    await untilSaid(io, 'by kubectl-create');
    io.interrupt('SIGINT');
    const said = await ended;
    assert.deepEqual([said.code, said.err], [130, '']);
    const rows = said.out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/).slice(1).join('  '));
    assert.deepEqual(rows.slice(0, 3), [
      'TYPE  REASON  OBJECT  MESSAGE',
      'Change  labels  VirtualMachineService/web  labels app by kubectl-label',
      'Change  deleted  VirtualMachineService/web  is gone',
    ]);
  });

  test('does not say more than it knows of one that was chosen by its labels', async () => {
    const { io, ended } = await goes('-l app=web', 'is gone, or its labels do not match any more');
    io.interrupt('SIGINT');
    assert.equal((await ended).code, 130);
  });
});

describe('events --watch of what stands behind a service', () => {
  const write = { dryRun: 'none', fieldManager: 'kubectl-label' } as const;
  const refTo = (kind: string, name: string) => {
    const apiVersion = kind.startsWith('VirtualMachine') ? 'vmoperator.vmware.com/v1alpha6' : 'v1';
    return { apiVersion, kind, namespace: 'prod', name };
  };
  const rowsOf = (io: TestIo) =>
    io
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/).slice(1).join('  '));

  /** Follows `web`, with two VMs behind it, through some changes, until a part of the output is there. */
  async function after(
    change: (cluster: Cluster, said: (part: string) => Promise<void>) => Promise<unknown>,
    part: string,
  ): Promise<readonly string[]> {
    const vms = ['web-1', 'web-2'].map((name, at) => {
      const plain = aVm(name, { labels: { app: 'web' }, ip: `10.1.0.${at}` });
      return { ...plain, metadata: { ...plain.metadata, managedFields: [labelled] } };
    });
    const supervisor = await aSupervisor([web, ...vms, aService('web', { owners: [ownedBy(web)] })]);
    const { io, ended } = supervisor.start('events web -n prod -w');
    const said = (wanted: string) => untilSaid(io, wanted);
    await said('VirtualMachine/web-2');
    const before = rowsOf(io).length;
    await change(supervisor.cluster, said);
    await said(part);
    io.interrupt('SIGINT');
    assert.equal((await ended).code, 130);
    return rowsOf(io).slice(before);
  }

  test('a VM that is deleted', async () => {
    const rows = await after((cluster) => cluster.delete(refTo('VirtualMachine', 'web-1'), { dryRun: 'none' }), 'is gone');
    assert.deepEqual(rows, ['Change  deleted  VirtualMachine/web-1  is gone']);
  });

  test('a VM that is relabelled leaves with just that change, and is followed on', async () => {
    const relabel = async (cluster: Cluster, said: (part: string) => Promise<void>) => {
      await cluster.patch(refTo('VirtualMachine', 'web-2'), { metadata: { labels: { app: 'drained' } } }, write);
      await said('0s          Change   labels   VirtualMachine/web-2');
      await cluster.delete(refTo('VirtualMachine', 'web-2'), { dryRun: 'none' });
    };
    const [change = '', ...rest] = await after(relabel, 'is gone');
    assert.match(change, /^Change {2}labels {2}VirtualMachine\/web-2 {2}labels app.* by kubectl-label$/);
    assert.deepEqual(rest, ['Change  deleted  VirtualMachine/web-2  is gone']);
  });

  test('the Service goes after its VirtualMachineService', async () => {
    const remove = async (cluster: Cluster, said: (part: string) => Promise<void>) => {
      await cluster.delete(refTo('VirtualMachineService', 'web'), { dryRun: 'none' });
      await said('VirtualMachineService/web   is gone');
      await cluster.delete(refTo('Service', 'web'), { dryRun: 'none' });
    };
    const rows = await after(remove, '   Service/web');
    assert.deepEqual(rows, ['Change  deleted  VirtualMachineService/web  is gone', 'Change  deleted  Service/web  is gone']);
  });
});

describe('events that make no sense are refused in one sentence', () => {
  for (const [words, err] of [
    ['web --types=Loud', '--types "Loud": must be one of Normal, Warning, Condition, Change'],
    ['web --for=web-1', '--for "web-1": must be TYPE/NAME, such as vm/web-1'],
    ['web --for=pod/web-1', '--for "pod/web-1": the type must be vmservice, vm, service, endpoints or endpointslice'],
    ['web --since=yesterday', '--since "yesterday": must be a time such as 30m, 2h or 48h'],
    ['web -w -o json', '--watch has no -o: it prints a line for each event'],
    ['web -w --offline -f world.yaml', '--watch needs a cluster in which something happens, and --offline has none'],
    ['web -o name', 'unable to match a printer suitable for the output format "name", allowed formats are: json,yaml'],
  ] as const) {
    test(`events ${words}`, async () => {
      const supervisor = await aSupervisor([]);
      assert.deepEqual(await supervisor.run(`events ${words}`), { code: 2, out: '', err: `error: ${err}\n${see}` });
    });
  }
});
