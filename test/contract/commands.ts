import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { SandboxAccess } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { type Profile, traitsOf } from '../../src/core/profile.ts';
import type { Json, KubeObject, ObjectRef } from '../../src/model/object.ts';
import { services } from '../../src/model/resources.ts';
import { isNotFound } from '../../src/model/status.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints, vmOperatorVersions } from '../support/builders.ts';
import { runController } from '../support/controller-model.ts';
import { faultProxy } from '../support/fault-proxy.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { loadObjects } from '../support/real-worlds.ts';
import { testIo } from '../support/test-io.ts';
import { untilSaid } from '../support/until.ts';

const answer = ({ code, out }: { readonly code: number; readonly out: string }) => [code, out];

/** A server that may be written to, on which no controllers run. */
export interface Server {
  readonly release: Profile;
  readonly kubeconfig: string;
  /** For whoever stands in front of it. */
  readonly access: SandboxAccess;
  close(): Promise<void>;
}

const write = { dryRun: 'none', fieldManager: 'other' } as const;

/**
 * What `delete`, `wait`, `events` and the commands that watch say, and what becomes of the objects, on any server. Without a garbage
 * collector what is owned stays; VM Operator deletes by name, and here a model of it does.
 */
export function commandContract(about: string, open: () => Promise<Server>): void {
  suite(`delete, wait, events and watching: ${about}`, () => {
    let server: Server;
    let cluster: Cluster;
    before(async () => {
      server = await open();
      cluster = await openKubeconfig(server.kubeconfig);
    });
    after(async () => {
      await cluster.close();
      await server.close();
    });

    /** A namespace with a service of two VMs, which has no address yet; all of it is as VM Operator and the load balancer leave it. */
    async function aWorld(use: (world: World) => Promise<void>, extra: readonly KubeObject[] = []): Promise<void> {
      const namespace = `commands-${randomUUID().slice(0, 8)}`;
      const { hubVersion, finalizer } = traitsOf(server.release);
      const version = vmOperatorVersions.find((known) => known === hubVersion) ?? 'v1alpha1';
      const place = { namespace, version };
      const web = aVmService('web', { ...place, finalizers: [finalizer] });
      const vms = ['web-1', 'web-2'].map((name, at) => aVm(name, { ...place, labels: { app: 'web' }, ip: `10.1.0.1${at}` }));
      const owned = { namespace, owners: [ownedBy(web)] };
      const moved = extra.map((object): KubeObject => ({ ...object, metadata: { ...object.metadata, namespace } }));
      const children = [aService('web', { ...owned, type: 'LoadBalancer' }), someEndpoints('web', { ...owned, ready: vms })];
      const replaced = new Set(moved.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
      const objects = [web, ...vms, ...children].filter(({ kind, metadata }) => !replaced.has(`${kind}/${metadata.name}`));
      await loadObjects(cluster, [...objects, ...moved], namespace);
      const ref = (kind: string, name = 'web'): ObjectRef => ({
        apiVersion: kind.startsWith('Virtual') ? `vmoperator.vmware.com/${version}` : 'v1',
        kind,
        namespace,
        name,
      });
      const start = (words: string, kubeconfig = server.kubeconfig) => {
        const io = testIo([...words.split(' '), '-n', namespace], {
          env: { KUBECONFIG: kubeconfig, LANG: 'C.UTF-8' },
          now: new Date().toISOString(),
          // What is missing is shown there: then it was looked.
          tty: { stderr: true },
        });
        return {
          io,
          until: (text: string) => untilSaid(io, text),
          ended: run(io).then((code) => ({ code, out: io.out(), err: io.err() })),
        };
      };
      try {
        await use({
          namespace,
          ref,
          start,
          said: async (words, kubeconfig) => start(words, kubeconfig).ended,
          exists: async (kind, name) => {
            try {
              await cluster.get(ref(kind, name));
              return true;
            } catch (error) {
              if (isNotFound(error)) return false;
              throw error;
            }
          },
          giveAddress: () =>
            cluster.patch(
              ref('Service'),
              { status: { loadBalancer: { ingress: [{ ip: '10.20.0.15' }] } } },
              { ...write, subresource: 'status' },
            ),
          control: () =>
            runController(cluster, namespace, 'web', {
              release: server.release,
              workloadIPv6: false,
              provider: async () => 'none',
              now: `${new Date().toISOString().slice(0, 19)}Z`,
            }),
          again: async () => {
            const { resourceVersion: _, uid: __, creationTimestamp: ___, finalizers: ____, ...metadata } = web.metadata;
            await cluster.create({ ...web, metadata } as KubeObject, write);
          },
        });
      } finally {
        // Whoever holds an address or a node port would have it for ever.
        for (const { metadata } of (await cluster.list(services, 'v1', { namespace })).items)
          await cluster.delete(ref('Service', metadata.name), { dryRun: 'none' });
        await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: namespace }, { dryRun: 'none' });
      }
    }

    test('wait is over at once for what holds, and says of what does not what is missing', () =>
      aWorld(async ({ said }) => {
        const met = { code: 0, out: 'virtualmachineservice.vmoperator.vmware.com/web condition met\n', err: '' };
        assert.deepEqual(await said('wait web --for=endpoints=all --for=create --for=jsonpath={.spec.type}=LoadBalancer --timeout=0'), met);
        const { code, out, err } = await said('wait web nope --for=address --timeout=0');
        assert.deepEqual([code, out], [1, '']);
        assert.deepEqual(
          err.split('\n').filter((line) => !line.startsWith('  ')),
          [
            'error: not yet: address on virtualmachineservices/web: no address yet',
            'error: not yet: address on virtualmachineservices/nope: does not exist',
            '',
          ],
        );
      }));

    test('wait sees an address, an object and a deletion come, and a namesake is another object', () =>
      aWorld(async ({ start, giveAddress, ref, again }) => {
        const met = [0, 'virtualmachineservice.vmoperator.vmware.com/web condition met\n'];
        const address = start('wait web --for=address --timeout=60s');
        await address.until('no address yet');
        await giveAddress();
        assert.deepEqual(answer(await address.ended), met);
        const gone = start('wait web --for=delete --timeout=60s');
        await gone.until('nobody has deleted it');
        await cluster.delete(ref('VirtualMachineService'), { dryRun: 'none' });
        await cluster.patch(ref('VirtualMachineService'), { metadata: { finalizers: null } }, write);
        await again();
        assert.deepEqual(answer(await gone.ended), met);
      }));

    test('get -w appends what changes, and what is gone', () =>
      aWorld(async ({ start, ref }) => {
        const { io, until, ended } = start(
          'get -w --output-watch-events -o custom-columns=T:.type,N:.object.metadata.name,S:.object.metadata.labels.seen',
        );
        await until('ADDED');
        await cluster.patch(ref('VirtualMachineService'), { metadata: { labels: { seen: 'yes' }, finalizers: null } }, write);
        await until('yes');
        await cluster.delete(ref('VirtualMachineService'), { dryRun: 'none' });
        await until('DELETED');
        io.interrupt('SIGINT');
        const said = await ended;
        assert.deepEqual([said.code, said.err], [130, '']);
        const told = said.out.split('\n').map((line) => line.split(/ {2,}/));
        assert.deepEqual(told, [['T', 'N', 'S'], ['ADDED', 'web', '<none>'], ['MODIFIED', 'web', 'yes'], ['DELETED', 'web', 'yes'], ['']]);
      }));

    test('get -w shows an address in its table, and describe -w the lines that changed', () =>
      aWorld(async ({ start, giveAddress }) => {
        const get = start('get web -w --no-headers');
        await get.until('<pending>');
        const describe = start('describe web -w');
        await describe.until('Events:');
        await giveAddress();
        await get.until('10.20.0.15');
        await describe.until('+   ● VIP        10.20.0.15');
        for (const { io } of [get, describe]) io.interrupt('SIGINT');
        assert.deepEqual([(await get.ended).code, (await describe.ended).code], [130, 130]);
        assert.deepEqual(
          get.io
            .out()
            .trimEnd()
            .split('\n')
            .map((line) => line.split(/ {3,}/)[3]),
          ['<pending>', '10.20.0.15'],
        );
      }));

    test('events are in the order of time, series are told with their count, and new ones follow with -w', () =>
      aWorld(async ({ namespace, said, start, ref }) => {
        const uid = (await cluster.get(ref('VirtualMachineService'))).metadata.uid ?? '';
        const event = (name: string, fields: Record<string, Json>): KubeObject => ({
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name, namespace },
          ...{
            involvedObject: {
              apiVersion: ref('VirtualMachineService').apiVersion,
              kind: 'VirtualMachineService',
              name: 'web',
              namespace,
              uid,
            },
            type: 'Normal',
            reason: name,
            message: name,
            ...fields,
          },
        });
        const series = { count: 7, lastObservedTime: '2026-01-01T12:00:00.000000Z' };
        const reporter = { reportingComponent: 'test', reportingInstance: 'test', action: 'Try' };
        await cluster.create(
          event('later', { lastTimestamp: '2026-01-02T12:00:00Z', firstTimestamp: '2026-01-02T12:00:00Z', count: 1 }),
          write,
        );
        await cluster.create(event('series', { eventTime: '2026-01-01T00:00:00.000000Z', series, ...reporter }), write);
        const rows = async () =>
          (await said('events web --types=Normal --absolute-time --no-headers')).out
            .split('\n')
            .map((line) => line.split(/ {3,}/).slice(0, 3));
        assert.deepEqual(await rows(), [
          ['2026-01-01T12:00:00Z (x7 over 2026-01-01T00:00:00Z)', 'Normal', 'series'],
          ['2026-01-02T12:00:00Z', 'Normal', 'later'],
          [''],
        ]);
        const { io, until, ended } = start('events web --types=Normal --no-headers -w');
        await until('later');
        await cluster.create(event('new', { lastTimestamp: '2026-01-03T12:00:00Z', message: 'red \x1b[31m' }), write);
        await until('red ^[[31m');
        io.interrupt('SIGINT');
        const { code, out } = await ended;
        assert.deepEqual([code, out.trimEnd().split('\n').length], [130, 3]);
      }));

    test('delete tries without deleting, then deletes, says who holds it, and is over when VM Operator let it go', () =>
      aWorld(async ({ said, start, exists, control, giveAddress }) => {
        await giveAddress();
        assert.equal((await said('delete web --dry-run=server')).code, 0);
        assert.equal(await exists('VirtualMachineService'), true);
        const held = await said('delete web --timeout=1s');
        assert.equal(held.code, 1);
        assert.match(held.err, /\n {2}Service\/web and Endpoints\/web +by name\n/);
        assert.match(held.err, /\n {2}VIP 10\.20\.0\.15 +a new service may get another address\n/);
        assert.match(
          held.err,
          /\n {4}(vmoperator\.vmware\.com\/virtualmachineservice|virtualmachineservice\.vmoperator\.vmware\.com) {2}of VM Operator/,
        );
        const wait = start('wait web --for=delete --timeout=60s');
        await wait.until('is being deleted');
        assert.equal(await control(), null);
        assert.equal((await wait.ended).code, 0);
        assert.deepEqual(
          [await exists('VirtualMachineService'), await exists('Service'), await exists('Endpoints')],
          [false, false, false],
        );
      }));

    test('R065 a namesake that came between the look and the deletion lives', () =>
      aWorld(async ({ said, ref, exists, again }) => {
        await cluster.patch(ref('VirtualMachineService'), { metadata: { finalizers: null } }, write);
        await using proxy = await faultProxy(server.access);
        proxy.before({ method: 'DELETE', path: '/virtualmachineservices/web' }, async () => {
          await cluster.delete(ref('VirtualMachineService'), { dryRun: 'none' });
          await again();
        });
        const { code, out, err } = await said('delete web', proxy.kubeconfig);
        assert.deepEqual([code, out, await exists('VirtualMachineService')], [3, '', true], err);
        assert.match(
          err,
          /is another object by now: it was replaced meanwhile\n {2}nothing was deleted; run again to delete the new one\n$/,
        );
      }));

    test('R066 what would take a Service of somebody else with it is refused', () => {
      const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop', uid: 'd-1', controller: true };
      return aWorld(
        async ({ said, exists }) => {
          const { code, err } = await said('delete web --yes');
          assert.equal(code, 2);
          assert.match(err, /would delete Service\/web of Deployment\/shop with it/);
          assert.deepEqual([await exists('VirtualMachineService'), await exists('Service')], [true, true]);
        },
        [aService('web', { owners: [owner] })],
      );
    });
  });
}

interface World {
  readonly namespace: string;
  ref(kind: string, name?: string): ObjectRef;
  /** Runs a command line in a pipe; it watches, or is awaited. */
  start(
    words: string,
    kubeconfig?: string,
  ): {
    readonly io: ReturnType<typeof testIo>;
    until(text: string): Promise<void>;
    readonly ended: Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  };
  said(words: string, kubeconfig?: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  exists(kind: string, name?: string): Promise<boolean>;
  giveAddress(): Promise<unknown>;
  /** One round of VM Operator. */
  control(): Promise<unknown>;
  /** The service once more, under the same name and without a finalizer. */
  again(): Promise<void>;
}
