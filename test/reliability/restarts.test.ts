import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject, ObjectRef } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { type RestartableWay, restartableWay } from '../support/restartable-way.ts';
import { aSupervisor, failureAnswer, type Said, type Supervisor } from '../support/supervisor.ts';
import type { TestIo, TestIoOptions } from '../support/test-io.ts';
import { untilSaid } from '../support/until.ts';

const write = { dryRun: 'none', fieldManager: 'other' } as const;
const web = aVmService('web');
const owned = { owners: [ownedBy(web)] };
const first = aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' });
const second = aVm('web-2', { labels: { app: 'web' }, ip: '10.1.0.12' });
const pending = aService('web', { ...owned, type: 'LoadBalancer', clusterIP: '10.96.4.17' });
const world = [web, first, second, pending, someEndpoints('web', { ...owned, ready: [first, second] })];

const ref = (kind: string, name: string): ObjectRef => ({
  apiVersion: kind === 'Service' ? 'v1' : 'vmoperator.vmware.com/v1alpha6',
  kind,
  namespace: 'prod',
  name,
});

const giveAddress = ({ cluster }: Supervisor) =>
  cluster.patch(
    ref('Service', 'web'),
    { status: { loadBalancer: { ingress: [{ ip: '10.20.0.15', ipMode: 'VIP' }] } } },
    { ...write, subresource: 'status' },
  );

const create = ({ cluster }: Supervisor, name: string) => {
  const { resourceVersion: _, uid: __, creationTimestamp: ___, ...metadata } = web.metadata;
  return cluster.create({ ...web, metadata: { ...metadata, name } } as KubeObject, write);
};

const remove = ({ cluster }: Supervisor, name: string) => cluster.delete(ref('VirtualMachineService', name), { dryRun: 'none' });

/** A command that watches, and a server that can be restarted under it. */
interface Watching {
  readonly supervisor: Supervisor;
  readonly io: TestIo;
  /** Waits until the command has said this, on either stream. */
  until(text: string): Promise<void>;
  /**
   * The server goes away; once the command has noticed, things happen, and it comes back, having forgotten all versions of old:
   * whoever resumes a watch is told so, once for each kind.
   */
  restart(meanwhile: () => Promise<unknown>): Promise<void>;
}

async function watching(
  command: string,
  objects: readonly KubeObject[],
  happen: (watching: Watching) => Promise<unknown>,
  options: TestIoOptions = {},
): Promise<Said & { readonly way: RestartableWay }> {
  const supervisor = await aSupervisor(objects);
  const way = await restartableWay(supervisor.access);
  const { io, ended } = supervisor.start(command, { ...options, env: { KUBECONFIG: way.kubeconfig, NO_COLOR: '1', ...options.env } });
  const until = (text: string) => untilSaid(io, text);
  const restart = async (meanwhile: () => Promise<unknown>): Promise<void> => {
    await way.down();
    await until('trying again');
    await meanwhile();
    const told = new Set<string>();
    supervisor.disturb(({ path, query }) => {
      if (!query.includes('watch=true') || told.has(path)) return undefined;
      told.add(path);
      return failureAnswer(410, 'Expired', 'too old resource version: 1 (9)');
    });
    await way.up();
  };
  await supervisor.watched();
  await happen({ supervisor, io, until, restart });
  if (!command.startsWith('wait')) io.interrupt('SIGINT');
  return { ...(await ended), way };
}

const lost = ({ host }: RestartableWay) =>
  `The connection to the server ${host} was refused - did you specify the right host or port?; trying again\n`;
const back = 'the server is back\n';

describe('a server that restarts', () => {
  test('under a wait: it is told once, and what happens afterwards is seen', async () => {
    const { way, ...said } = await watching('wait web -n prod --for=address --for=endpoints=2 --timeout=60s', world, async (during) => {
      await during.restart(async () => {});
      await during.until(back);
      await giveAddress(during.supervisor);
    });
    assert.deepEqual(said, { code: 0, out: 'virtualmachineservice.vmoperator.vmware.com/web condition met\n', err: lost(way) + back });
  });

  test('under a wait: what happened meanwhile is seen', async () => {
    const { way, ...said } = await watching('wait web -n prod --for=address --timeout=60s', world, ({ supervisor, restart }) =>
      restart(() => giveAddress(supervisor)),
    );
    assert.deepEqual([said.code, said.out], [0, 'virtualmachineservice.vmoperator.vmware.com/web condition met\n']);
    assert.ok([lost(way), lost(way) + back].includes(said.err), said.err);
  });

  test('under a wait for a deletion: an object that was made anew meanwhile is another one', async () => {
    const { way, ...said } = await watching('wait web -n prod --for=delete --timeout=60s', [web], ({ supervisor, restart }) =>
      restart(async () => {
        await remove(supervisor, 'web');
        await create(supervisor, 'web');
      }),
    );
    assert.deepEqual([said.code, said.out], [0, 'virtualmachineservice.vmoperator.vmware.com/web condition met\n']);
    assert.ok([lost(way), lost(way) + back].includes(said.err), said.err);
  });

  for (const [condition, missing] of [
    ['address', ['no address yet when the server last answered, and it does not answer now']],
    ['endpoints=3', ['2 of 3 when the server last answered, and it does not answer now', '  VIP  <pending>  no address for 10d']],
  ] as const) {
    test(`and does not come back within the timeout of wait --for=${condition}: the time is over, and it says since when nobody knows`, async () => {
      const supervisor = await aSupervisor(world);
      const way = await restartableWay(supervisor.access);
      const command = `wait web -n prod --for=${condition} --timeout=2s`;
      const { ended } = supervisor.start(command, { env: { KUBECONFIG: way.kubeconfig } });
      await supervisor.watched();
      await way.down();
      const first = `error: timed out after 2s waiting for ${condition} on virtualmachineservices/web: ${missing.join('\n')}`;
      assert.deepEqual(await ended, { code: 1, out: '', err: `${lost(way)}${first}\n` });
    });
  }

  test('and does not come back within the time of create --wait: what was created is told, and that the time is over', async () => {
    const supervisor = await aSupervisor([aVm('other')]);
    const way = await restartableWay(supervisor.access);
    const command = 'create web -n prod --type=LoadBalancer --port=80 --selector=app=web --wait --timeout=2s';
    const { io, ended } = supervisor.start(command, { env: { KUBECONFIG: way.kubeconfig } });
    await untilSaid(io, 'created');
    await supervisor.watched();
    await way.down();
    assert.deepEqual(await ended, {
      code: 1,
      out: 'virtualmachineservice.vmoperator.vmware.com/web created\n',
      err: [
        'Context sandbox, namespace prod, user sandbox\n',
        'Selects no VM now  (VMS201)',
        lost(way).trimEnd(),
        'error: timed out after 2s waiting for address on virtualmachineservices/web: no Service yet when the server last answered, and it does not answer now',
        '',
      ].join('\n'),
    });
  });

  for (const [command, said] of [
    ['wait web -n prod --for=address --timeout=60s', 'interrupted\n'],
    ['get -n prod -w', ''],
    ['debug web -n prod -w', ''],
  ] as const) {
    test(`Ctrl-C while it is away ends ${command} with 130`, async () => {
      const supervisor = await aSupervisor(world);
      const way = await restartableWay(supervisor.access);
      const { io, ended } = supervisor.start(command, { env: { KUBECONFIG: way.kubeconfig } });
      await supervisor.watched();
      await way.down();
      await untilSaid(io, 'trying again');
      io.interrupt('SIGINT');
      const { code, err } = await ended;
      assert.deepEqual([code, err], [130, lost(way) + said]);
    });
  }

  test('under get -w in a pipe: nothing is missed, nothing is said twice', async () => {
    const { way, ...said } = await watching('get -n prod -w --no-headers', [web, aVmService('api')], async (during) => {
      await during.until('web');
      await during.restart(async () => {
        await remove(during.supervisor, 'api');
        await create(during.supervisor, 'new');
      });
      await during.until(back);
      await during.until('new');
      await create(during.supervisor, 'late');
      await during.until('late');
    });
    const row = (name: string, status: string, age: string) =>
      `${name.padEnd(4)}   LoadBalancer   <none>   <pending>   80/TCP   0/0   ${status.padEnd(9)}   ${age}\n`;
    assert.deepEqual(said, {
      code: 130,
      out: [
        'api   LoadBalancer   <none>   <pending>   80/TCP   0/0   NoService   10d\n',
        'web   LoadBalancer   <none>   <pending>   80/TCP   0/0   NoService   10d\n',
        'api   LoadBalancer   <none>   <pending>   80/TCP   0/0   Deleted     10d\n',
        'new   LoadBalancer   <none>   <pending>   80/TCP   0/0   NoService   0s\n',
        row('late', 'NoService', '0s'),
      ].join(''),
      err: lost(way) + back,
    });
  });

  test('under get -w -o name: each object comes once', async () => {
    const { way, ...said } = await watching('get -n prod -w -o name', [web], async (during) => {
      await during.until('web');
      await during.restart(() => create(during.supervisor, 'new'));
      await during.until('new');
      await during.until(back);
    });
    const name = (of: string) => `virtualmachineservice.vmoperator.vmware.com/${of}\n`;
    assert.deepEqual(said, { code: 130, out: name('web') + name('new'), err: lost(way) + back });
  });

  test('under describe -w in a pipe: the lines that changed come once', async () => {
    const { way, ...said } = await watching('describe web -n prod -w', world, async (during) => {
      await during.until('Events:');
      await during.restart(() => giveAddress(during.supervisor));
      await during.until(back);
      await during.until('+   ● VIP        10.20.0.15');
    });
    assert.deepEqual([said.code, said.err], [130, lost(way) + back]);
    assert.equal(said.out.split('2026-11-20T12:00:00Z').length, 2, 'one block of changes');
  });

  test('under events -w: an event that was told is not told again', async () => {
    const event = (name: string): KubeObject =>
      ({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace: 'prod' },
        involvedObject: { kind: 'Service', name: 'web', namespace: 'prod' },
        type: 'Normal',
        reason: name,
        message: 'x',
        lastTimestamp: '2026-11-20T12:00:00Z',
      }) as KubeObject;
    const { way, ...said } = await watching(
      'events web -n prod -w --types=Normal --no-headers',
      [...world, event('one')],
      async (during) => {
        await during.until('one');
        await during.restart(() => during.supervisor.cluster.create(event('two'), write));
        await during.until(back);
        await during.until('two');
      },
    );
    assert.deepEqual(said, {
      code: 130,
      out: '0s    Normal   one   Service/web   x\n0s    Normal   two   Service/web   x\n',
      err: lost(way) + back,
    });
  });

  test('under debug -w: it is told once, and the changes of the findings come once', async () => {
    const healthy = world.filter(({ kind }) => kind !== 'Service').concat(aService('web', { ...owned, ingress: ['10.20.0.15'] }));
    const { way, ...said } = await watching('debug web -n prod -w', healthy, async (during) => {
      await during.until('2 of 2 VMs ready');
      await during.supervisor.watched();
      await during.restart(() =>
        during.supervisor.cluster.patch(ref('VirtualMachine', 'web-2'), { metadata: { labels: { app: 'drained' } } }, write),
      );
      await during.until(back);
      await during.until('appeared');
      await during.supervisor.cluster.patch(ref('VirtualMachine', 'web-2'), { metadata: { labels: { app: 'web' } } }, write);
      await during.until('cleared');
    });
    assert.deepEqual([said.code, said.err], [130, lost(way) + back]);
    const marks = said.out.split('\n').flatMap((line) => /(appeared|cleared) .* (VMS\d+) /.exec(line)?.slice(1).join(' ') ?? []);
    assert.deepEqual(marks, ['appeared VMS502', 'cleared VMS502'], said.out);
  });
});
