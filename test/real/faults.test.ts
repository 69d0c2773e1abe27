import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { traitsOf } from '../../src/core/profile.ts';
import type { JsonObject, KubeObject, ObjectRef } from '../../src/model/object.ts';
import { isNotFound } from '../../src/model/status.ts';
import { aVm, aVmService, vmOperatorVersions } from '../support/builders.ts';
import { childTool } from '../support/child-tool.ts';
import {
  cutAfterUpstream,
  cutBeforeUpstream,
  deliverLate,
  type FaultProxy,
  faultProxy,
  respond,
  respondAfterUpstream,
} from '../support/fault-proxy.ts';
import { rawClient } from '../support/kubeconfig-requests.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { realAccess, realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { loadObjects } from '../support/real-worlds.ts';
import { endStateOf } from '../support/reconcile-cases.ts';
import { testIo } from '../support/test-io.ts';

// Networks and other writers do to a real kube-apiserver what they do to the sandbox in test/reliability.
const { hubVersion } = traitsOf(await realRelease());
const version = vmOperatorVersions.find((known) => known === hubVersion) ?? 'v1alpha1';
const other = { dryRun: 'none', fieldManager: 'somebody' } as const;
const created = 'service/web created\nendpoints/web created\n';

suite('on a real kube-apiserver', () => {
  let cluster: Cluster;
  let namespace: string;
  let proxy: FaultProxy;
  let cwd: string;
  before(async () => {
    cluster = await openKubeconfig(realKubeconfig());
    cwd = mkdtempSync(join(tmpdir(), 'vmsvc-faults-'));
  });
  after(async () => {
    rmSync(cwd, { recursive: true });
    await cluster.close();
  });
  beforeEach(async () => {
    namespace = `faults-${randomUUID().slice(0, 8)}`;
    const place = { namespace, version };
    const vms = ['web-1', 'web-2'].map((name, index) => aVm(name, { ...place, labels: { app: 'web' }, ip: `10.1.0.${11 + index}` }));
    await loadObjects(cluster, [aVmService('web', place), ...vms], namespace);
    proxy = await faultProxy(await realAccess());
  });
  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
    await unlessGone(cluster.delete(ref('Service'), { dryRun: 'none' }));
  });

  function ref(kind: 'Service' | 'Endpoints' | 'VirtualMachineService'): ObjectRef {
    return { apiVersion: kind === 'VirtualMachineService' ? `vmoperator.vmware.com/${hubVersion}` : 'v1', kind, namespace, name: 'web' };
  }

  async function tool(words = `reconcile web --once -n ${namespace}`) {
    const io = testIo(words.split(' '), { cwd, env: { KUBECONFIG: proxy.kubeconfig, LANG: 'C.UTF-8' } });
    const code = await run(io);
    return { code, out: io.out(), err: io.err() };
  }

  /** A run that nobody disturbs: it must end well, and leave nothing to do. */
  async function settles(): Promise<void> {
    proxy.heal();
    assert.equal((await tool()).code, 0);
    const writes = proxy.transcript.length;
    const last = await tool();
    assert.equal(last.code, 0, last.err);
    const later = proxy.transcript.slice(writes).filter((line) => !line.startsWith('GET ') && !line.includes('accessreviews'));
    assert.deepEqual(later, []);
    assert.deepEqual(
      (await cluster.get(ref('Endpoints'))).metadata.ownerReferences,
      (await cluster.get(ref('Service'))).metadata.ownerReferences,
    );
  }

  /** All three, without what a server gives anew. */
  const endNow = async () =>
    endStateOf(await Promise.all((['VirtualMachineService', 'Service', 'Endpoints'] as const).map((kind) => cluster.get(ref(kind)))));

  const patch = (kind: 'Service' | 'Endpoints' | 'VirtualMachineService', fields: JsonObject) => cluster.patch(ref(kind), fields, other);

  for (const [number, kind, method] of [
    ['R020', 'services', 'POST'],
    ['R022', 'endpoints', 'POST'],
    ['R022', 'services', 'PATCH'],
    ['R022', 'endpoints', 'PATCH'],
  ] as const) {
    for (const [what, fault] of [
      ['the answer is lost', cutAfterUpstream],
      ['a gateway answers 504', respondAfterUpstream(504, 'gateway timeout')],
      ['the server never hears of it', cutBeforeUpstream],
      ['a gateway answers 502 and did nothing', respond(502, 'bad gateway')],
    ] as const) {
      test(`${number} R021 R025 ${method} of ${kind}: ${what}; it is looked up, and the run goes on`, async () => {
        if (method === 'PATCH') {
          assert.equal((await tool()).code, 0);
          await patch('Service', { metadata: { labels: { by: 'hand' } }, spec: { loadBalancerIP: '192.0.2.66' } });
          await patch('Endpoints', { subsets: null });
        }
        proxy.on({ method, path: `/${kind}`, nth: 1 }, fault);
        const { code, err } = await tool();
        assert.equal(code, 0, err);
        await settles();
      });
    }
  }

  test('R024 the first POST arrives after its repeat: there is one Service', async () => {
    const late = deliverLate();
    proxy.on({ method: 'POST', path: '/services', nth: 1 }, late.fault);
    assert.equal((await tool()).code, 0);
    const { uid } = (await cluster.get(ref('Service'))).metadata;
    assert.equal((await late.release()).code, 409);
    assert.equal((await cluster.get(ref('Service'))).metadata.uid, uid);
    await settles();
  });

  async function limit(hard: Readonly<Record<string, string>>, used: Readonly<Record<string, string>>): Promise<void> {
    const client = await rawClient(realKubeconfig());
    const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' }, spec: { hard } };
    await client.send({ method: 'POST', path, body: quota });
    await client.send({
      method: 'PATCH',
      path: `${path}/few/status`,
      contentType: 'application/merge-patch+json',
      body: { status: { hard, used } },
    });
    client.close();
  }

  test('R047 a quota that is used up is told before anything is written', async () => {
    await limit({ services: '0', 'count/endpoints': '5' }, { services: '0', 'count/endpoints': '0' });
    const { code, out, err } = await tool();
    assert.deepEqual([code, out], [3, '']);
    assert.match(
      err,
      /^Error from server \(Forbidden\): services "web" is forbidden: exceeded quota: few, .*\n {2}nothing was changed\n$/m,
    );
    await assert.rejects(cluster.get(ref('Endpoints')), { code: 404 });
  });

  test('R047 a quota with room for one service of two is counted before anything is written', async () => {
    const second = { ...aVmService('zz', { namespace, version }), metadata: { name: 'zz', namespace } };
    await cluster.create(second, other);
    await limit({ 'services.loadbalancers': '1' }, { 'services.loadbalancers': '0' });
    const sentence = `error: no room for ${namespace}/zz once the services before it are done: exceeded quota: few, requested: services.loadbalancers=1, used: services.loadbalancers=1, limited: services.loadbalancers=1\n`;
    const fast = await tool(`reconcile --once --fail-fast -n ${namespace}`);
    assert.deepEqual([fast.code, fast.out, fast.err.includes(sentence)], [3, '', true], fast.err);
    await assert.rejects(cluster.get(ref('Service')), { code: 404 });
    const { code, out, err } = await tool(`reconcile --once -n ${namespace}`);
    assert.deepEqual([code, out.startsWith(created), err.includes(sentence)], [3, true, true], err);
    await assert.rejects(cluster.get({ ...ref('Service'), name: 'zz' }), { code: 404 });
  });

  test('R050 Endpoints that somebody else wrote as we wanted them are left as they are', async () => {
    proxy.before({ method: 'POST', path: '/endpoints', nth: 1 }, async () => {
      proxy.heal();
      const direct = testIo(`reconcile web --once -n ${namespace} --force --reason=test`.split(' '), {
        cwd,
        env: { KUBECONFIG: realKubeconfig() },
      });
      assert.equal(await run(direct), 0, direct.err());
    });
    const { code, out } = await tool();
    assert.deepEqual([code, out.startsWith('service/web created\nendpoints/web unchanged\n')], [0, true], out);
  });

  test('R051 a load balancer that reports its address five times does not count; somebody who keeps writing is named', async () => {
    assert.equal((await tool()).code, 0);
    await patch('Service', { spec: { loadBalancerIP: '192.0.2.66' } });
    let reports = 0;
    proxy.before({ method: 'PATCH', path: '/services/web' }, async () => {
      reports += 1;
      if (reports > 5) return;
      const status = { loadBalancer: { ingress: [{ ip: `192.0.2.${reports}` }] } };
      await cluster.patch(ref('Service'), { status }, { ...other, subresource: 'status' });
    });
    assert.equal((await tool()).code, 0);
    assert.equal(reports, 6);
    proxy.heal();
    await patch('Service', { spec: { loadBalancerIP: '192.0.2.66' } });
    let edits = 0;
    proxy.before({ method: 'PATCH', path: '/services/web' }, () =>
      patch('Service', { spec: { loadBalancerIP: `192.0.2.${100 + ++edits}` } }),
    );
    const { code, err } = await tool();
    assert.deepEqual([code, edits], [3, 2]);
    assert.match(
      err,
      /^error: service\/web was changed by somebody meanwhile \(resourceVersion \d+, expected \d+\)\n {2}nothing was changed$/m,
    );
    await settles();
  });

  test('R053 R054 the VirtualMachineService is deleted, or made anew, in front of the write of its Service', async () => {
    const stored = await cluster.get(ref('VirtualMachineService'));
    proxy.before({ method: 'POST', path: '/services', nth: 1 }, () => cluster.delete(ref('VirtualMachineService'), { dryRun: 'none' }));
    const gone = await tool();
    assert.equal(gone.code, 3);
    assert.match(gone.err, /was deleted meanwhile; service\/web, made for it by this run, is deleted again\n {2}nothing was changed\n$/);
    await assert.rejects(cluster.get(ref('Service')), { code: 404 });

    const { uid: _, resourceVersion: __, creationTimestamp: ___, generation: ____, managedFields: _____, ...metadata } = stored.metadata;
    const again = () => cluster.create({ ...stored, metadata }, other);
    await again();
    proxy.heal();
    proxy.before({ method: 'POST', path: '/services', nth: 1 }, async () => {
      await cluster.delete(ref('VirtualMachineService'), { dryRun: 'none' });
      await again();
    });
    const anew = await tool();
    assert.equal(anew.code, 0, anew.err);
    const { uid } = (await cluster.get(ref('VirtualMachineService'))).metadata;
    assert.deepEqual(
      (await cluster.get(ref('Service'))).metadata.ownerReferences?.map((owner) => owner.uid),
      [uid],
    );
  });

  test('R055 R056 a Service that somebody else made, or took over, meanwhile is left to them', async () => {
    const spec = { ports: [{ port: 1, protocol: 'TCP' }], selector: { app: 'theirs' } };
    const theirs: KubeObject = { ...{ spec }, apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace } };
    proxy.before({ method: 'POST', path: '/services', nth: 1 }, () => cluster.create(theirs, other));
    const unowned = await tool();
    assert.equal(unowned.code, 2);
    assert.match(unowned.err, /exists and nobody owns it: say --adopt to take it over/);
    proxy.heal();
    const gateway = { apiVersion: 'example.com/v1', kind: 'Gateway', name: 'gw', uid: randomUUID(), controller: true };
    proxy.before({ method: 'PATCH', path: '/services/web', nth: 1 }, () => patch('Service', { metadata: { ownerReferences: [gateway] } }));
    const owned = await tool(`reconcile web --once --adopt -n ${namespace}`);
    assert.equal(owned.code, 2);
    assert.match(owned.err, /is already owned by another Gateway controller gw\n/);
    assert.deepEqual(
      (await cluster.get(ref('Service'))).metadata.ownerReferences?.map(({ kind }) => kind),
      ['Gateway'],
    );
  });

  test('R057 R059 what is being deleted and held is waited for and not written', async () => {
    assert.equal((await tool()).code, 0);
    await patch('Service', {
      metadata: { finalizers: ['service.kubernetes.io/load-balancer-cleanup'] },
      spec: { loadBalancerIP: '192.0.2.66' },
    });
    await cluster.delete(ref('Service'), { dryRun: 'none' });
    const child = await tool();
    assert.equal(child.code, 3);
    assert.match(
      child.err,
      /is being deleted since .*, held by service\.kubernetes\.io\/load-balancer-cleanup\n {2}nothing was changed\n$/,
    );
    await patch('Service', { metadata: { finalizers: null } });
    await patch('VirtualMachineService', { metadata: { finalizers: ['example.com/hold'] } });
    await cluster.delete(ref('VirtualMachineService'), { dryRun: 'none' });
    const owner = await tool();
    assert.equal(owner.code, 2);
    assert.match(owner.err, /is being deleted, held by example\.com\/hold: --as-controller runs the deletion path/);
  });

  test('R058 a namespace that ends is refused, and one that ends while we write is explained', async () => {
    const place: ObjectRef = { apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: namespace };
    proxy.before({ method: 'POST', path: '/endpoints', nth: 1 }, () => cluster.delete(place, { dryRun: 'none' }));
    const { code, err } = await tool();
    assert.equal(code, 3);
    assert.match(err, /namespace faults-\w+ is being terminated: nothing new can be made in it\n {2}done {6}service\/web\n/);
    proxy.heal();
    const later = await tool();
    assert.equal(later.code, 2);
    assert.match(later.err, /^error: namespace faults-\w+ is being deleted since/m);
  });

  test('R063 a change that the server never allows is told before anything is written', async () => {
    assert.equal((await tool()).code, 0);
    const annotations = { 'virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy': 'Local' };
    await patch('VirtualMachineService', { metadata: { annotations }, spec: { type: 'ClusterIP' } });
    const stored = () =>
      Promise.all([cluster.get(ref('Service')), cluster.get(ref('Endpoints')), cluster.get(ref('VirtualMachineService'))]);
    const before = await stored();
    const { code, out, err } = await tool();
    assert.deepEqual([code, out], [3, '']);
    assert.match(err, /^The Service "web" is invalid: spec\.externalTrafficPolicy: .*\n {2}nothing was changed$/m);
    assert.deepEqual(await stored(), before);
  });

  test('R064 R065 undoing after the world moved on, and clearing a namesake, change nothing of others', async () => {
    assert.equal((await tool(`reconcile web --once -n ${namespace} --save-before=${namespace}.json`)).code, 0);
    await patch('Endpoints', { metadata: { labels: { mine: 'yes' } } });
    await cluster.delete(ref('Service'), { dryRun: 'none' });
    const spec = { ports: [{ port: 1, protocol: 'TCP' }] };
    await cluster.create({ ...{ spec }, apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace } }, other);
    const { code, err } = await tool(`reconcile --undo=${namespace}.json`);
    assert.equal(code, 3);
    assert.match(err, /^error: another object is called service\/web now$/m);
    assert.equal((await cluster.get(ref('Service'))).metadata.ownerReferences, undefined);
  });

  for (const [number, when] of [
    ['R070', 'before'],
    ['R071', 'after'],
  ] as const) {
    for (const kind of ['services', 'endpoints'] as const) {
      test(`${number} kill -9 ${when} the server hears of the POST of ${kind}: the next run ends it`, async () => {
        const process = childTool(`reconcile web --once -n ${namespace}`, { KUBECONFIG: proxy.kubeconfig });
        proxy.on({ method: 'POST', path: `/${kind}`, nth: 1 }, async ({ forward }) => {
          if (when === 'after') await forward();
          await process.kill();
        });
        assert.equal((await process.ended).signal, 'SIGKILL');
        await settles();
      });
    }
  }

  for (const [method, kind] of [
    ['POST', 'services'],
    ['POST', 'endpoints'],
    ['PATCH', 'services'],
    ['PATCH', 'endpoints'],
  ] as const) {
    test(`R060 two processes at once, and both send their ${method} of ${kind} at the same moment: one end, and nothing lost`, async () => {
      assert.equal((await tool()).code, 0);
      const end = await endNow();
      if (method === 'PATCH') {
        await patch('Service', { spec: { loadBalancerIP: '192.0.2.66' } });
        await patch('Endpoints', { subsets: null });
      } else {
        // A real server takes the Endpoints of that name with it.
        await cluster.delete(ref('Service'), { dryRun: 'none' });
      }
      let arrived = 0;
      const bothAreThere = Promise.withResolvers<void>();
      proxy.on({ method, path: `/${kind}` }, async ({ forward, answer }) => {
        arrived += 1;
        if (arrived === 2) bothAreThere.resolve();
        await bothAreThere.promise;
        answer(await forward());
      });
      const children = ['first', 'second'].map(() => childTool(`reconcile web --once -n ${namespace}`, { KUBECONFIG: proxy.kubeconfig }));
      const said = await Promise.all(
        children.map(async ({ ended }) => {
          const result = await ended;
          // Whoever is overtaken before it gets there must not be waited for.
          bothAreThere.resolve();
          return result;
        }),
      );
      const codes = said.map(({ code }) => code).toSorted();
      assert.ok(codes[0] === 0 && (codes[1] === 0 || codes[1] === 3), JSON.stringify(said));
      for (const { code, err } of said) if (code === 3) assert.match(err, /was changed by kubectl-vmsvc meanwhile/);
      assert.ok(arrived >= 2, `${arrived} requests met`);
      await settles();
      assert.deepEqual(await endNow(), end);
    });
  }

  test('an undisturbed run makes what these disturb', async () => {
    const { code, out } = await tool();
    assert.deepEqual([code, out.startsWith(created)], [0, true]);
    await settles();
  });
});

async function unlessGone(deletion: Promise<void>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
