import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { type Profile, traitsOf } from '../../src/core/profile.ts';
import { type JsonObject, jsonOf } from '../../src/model/object.ts';
import { aVm, vmOperatorVersions } from '../support/builders.ts';
import { rawClient } from '../support/kubeconfig-requests.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { loadObjects } from '../support/real-worlds.ts';
import { testIo } from '../support/test-io.ts';
import { assertOneObject, kubectl } from '../support/three-ways.ts';

/** A namespace of a real kube-apiserver with VMs. */
interface Place {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly cluster: Cluster;
  readonly profile: Profile;
  readonly home: string;
  /** In the place's namespace, or another. */
  command(words: string, namespace?: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
}

async function aPlace(t: TestContext): Promise<Place> {
  const kubeconfig = realKubeconfig();
  const namespace = `create-${randomUUID().slice(0, 8)}`;
  const cluster = await openKubeconfig(kubeconfig);
  const profile = await realRelease();
  const newest = traitsOf(profile).hubVersion;
  const version = vmOperatorVersions.find((known) => known === newest) ?? 'v1alpha1';
  const home = mkdtempSync(join(tmpdir(), 'vmsvc-create-'));
  t.after(async () => {
    await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: namespace }, { dryRun: 'none' });
    await cluster.close();
    rmSync(home, { recursive: true });
  });
  const front = { app: 'web', tier: 'front' };
  const vm = (name: string, labels: Readonly<Record<string, string>>) => aVm(name, { namespace, version, labels });
  await loadObjects(cluster, [vm('web-1', front), vm('web-2', front), vm('db-1', { tier: 'front' })], namespace);
  return {
    kubeconfig,
    namespace,
    cluster,
    profile,
    home,
    async command(words, where = namespace) {
      const io = testIo([...words.split(' '), '-n', where], { env: { KUBECONFIG: kubeconfig, LANG: 'C.UTF-8' } });
      const code = await run(io);
      return { code, out: io.out(), err: io.err() };
    },
  };
}

const labelsOf = async ({ cluster, profile, namespace }: Place, name: string) => {
  const apiVersion = `vmoperator.vmware.com/${traitsOf(profile).hubVersion}`;
  return (await cluster.get({ apiVersion, kind: 'VirtualMachine', namespace, name })).metadata.labels;
};

test('kubectl create vmservice, kubectl vmsvc create and kubectl vmsvc expose make the same object', async (t) => {
  const place = await aPlace(t);
  await assertOneObject(place.cluster, place);
});

test('a cluster IP is asked for only if the ranges of the server have it, and no Service does', async (t) => {
  const place = await aPlace(t);
  const asking = (clusterIp: string) =>
    place.command(`create web --type=ClusterIP --port=80 --selector=app=web --cluster-ip=${clusterIp} --dry-run=server`);
  const refused = (clusterIp: string, why: string) => ({
    code: 2,
    out: '',
    err: `error: the VirtualMachineService "web" would be refused: the Service would be refused: spec.clusterIPs: Invalid value: []string{"${clusterIp}"}: failed to allocate IP ${clusterIp}: ${why} (VMS409 ClusterIPUnavailable)\n  nothing was changed\n`,
  });
  assert.deepEqual(await asking('172.30.0.7'), refused('172.30.0.7', 'the provided network does not match the current range'));
  assert.deepEqual(await asking('10.96.0.1'), refused('10.96.0.1', 'provided IP is already allocated'));
  assert.equal((await asking('10.96.200.7')).out, 'virtualmachineservice.vmoperator.vmware.com/web created (server dry run)\n');
});

test('a server dry run stores nothing, and what is refused is told in the words of the server', async (t) => {
  const place = await aPlace(t);
  const words = 'create web --type=ClusterIP --port=80 --selector=app=web';
  const made = 'virtualmachineservice.vmoperator.vmware.com/web';
  assert.deepEqual((await place.command(`${words} --dry-run=server`)).out, `${made} created (server dry run)\n`);
  assert.equal((await place.command(`${words} --dry-run=server -o name`)).out, `${made}\n`);
  assert.equal((await place.command(words)).out, `${made} created\n`);
  const { code, err } = await place.command(words);
  assert.equal(code, 3);
  assert.match(err, /\nError from server \(AlreadyExists\): virtualmachineservices\.vmoperator\.vmware\.com "web" already exists\n/);
});

test('--label-vm labels VMs and selects them; where the service is refused they are untouched', async (t) => {
  const place = await aPlace(t);
  const words = '--type=ClusterIP --port=80 --from=vm/web-1,vm/db-1 --label-vm=vmsvc=new';
  const first = await place.command(`create new ${words}`);
  assert.equal(first.code, 0, first.err);
  assert.deepEqual(await labelsOf(place, 'db-1'), { tier: 'front', vmsvc: 'new' });
  const again = await place.command('create new --type=ClusterIP --port=80 --from=vm/web-2 --label-vm=other=x');
  assert.equal(again.code, 3);
  assert.deepEqual(await labelsOf(place, 'web-2'), { app: 'web', tier: 'front' });
});

test('kubectl apply goes on from --save-config, and takes what --dry-run and convert print', async (t) => {
  const place = await aPlace(t);
  const words = 'create web --type=LoadBalancer --port=80 --selector=app=web';
  assert.equal((await place.command(`${words} --save-config`)).code, 0);
  const yaml = (await place.command(`${words} --port=443 --dry-run=client -o yaml`)).out;
  const applied = await kubectl(['apply', '-f', '-'], place.kubeconfig, place.home, yaml);
  assert.deepEqual([applied.code, applied.err], [0, ''], 'there is no warning about a missing annotation');

  const service =
    'apiVersion: v1\nkind: Service\nmetadata: {name: old}\nspec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}\n';
  const io = testIo(['convert', '-f', '-', '-q', '-n', place.namespace], { stdin: service, env: { KUBECONFIG: place.kubeconfig } });
  assert.equal(await run(io), 0);
  assert.equal((await kubectl(['apply', '-f', '-'], place.kubeconfig, place.home, io.out())).code, 0);

  const apiVersion = `vmoperator.vmware.com/${traitsOf(place.profile).hubVersion}`;
  const stored = await place.cluster.get({ apiVersion, kind: 'VirtualMachineService', namespace: place.namespace, name: 'old' });
  const back = testIo(['convert', '-f', '-', '--to=service', '-q'], {
    stdin: JSON.stringify(jsonOf({ ...stored, metadata: { ...stored.metadata, name: 'alone' } })),
    env: { KUBECONFIG: place.kubeconfig },
  });
  assert.equal(await run(back), 0, back.err());
  const alone = await kubectl(['apply', '-f', '-'], place.kubeconfig, place.home, back.out());
  assert.equal(alone.out, 'service/alone created\nendpoints/alone created\n', alone.err);
});

test('a namespace that is not there, one that ends, and a quota refuse it in the words of the server; no VM keeps a label', async (t) => {
  const place = await aPlace(t);
  const { namespace } = place;
  const raw = await rawClient(place.kubeconfig);
  t.after(() => raw.close());
  const home = `/api/v1/namespaces/${namespace}`;
  const sent = async (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: JsonObject) => {
    const { code, body: answer } = await raw.send({
      method,
      path,
      ...(body !== undefined && { body }),
      ...(method === 'PATCH' && { contentType: 'application/merge-patch+json' }),
    });
    assert.ok(code < 300, JSON.stringify(answer));
  };
  const words = 'create web --type=ClusterIP --port=80 --from=vm/web-1 --label-vm=vmsvc=web';
  const unchanged = { app: 'web', tier: 'front' };

  const nowhere = `nowhere-${randomUUID().slice(0, 8)}`;
  const missing = await place.command('create web --type=ClusterIP --port=80 --selector=app=web', nowhere);
  assert.deepEqual([missing.code, missing.out], [3, '']);
  assert.ok(
    missing.err.endsWith(`\nError from server (NotFound): namespaces "${nowhere}" not found\n  nothing was changed\n`),
    missing.err,
  );

  const hard = { 'count/virtualmachineservices.vmoperator.vmware.com': '0' };
  await sent('POST', `${home}/resourcequotas`, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' }, spec: { hard } });
  // Its controller may not run here, and the server goes by what that would write.
  await sent('PATCH', `${home}/resourcequotas/none/status`, { status: { hard, used: hard } });
  const full = await place.command(words);
  assert.deepEqual([full.code, full.out, await labelsOf(place, 'web-1')], [3, '', unchanged]);
  assert.ok(
    full.err.endsWith(
      '\nError from server (Forbidden): virtualmachineservices.vmoperator.vmware.com "web" is forbidden: exceeded quota: none, ' +
        'requested: count/virtualmachineservices.vmoperator.vmware.com=1, used: count/virtualmachineservices.vmoperator.vmware.com=0, ' +
        'limited: count/virtualmachineservices.vmoperator.vmware.com=0\n  nothing was changed\n',
    ),
    full.err,
  );
  await sent('DELETE', `${home}/resourcequotas/none`);

  const held = { name: 'held', finalizers: ['example.com/held'] };
  await sent('POST', `${home}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: held });
  await sent('DELETE', home);
  const ending = await place.command('create web --type=ClusterIP --port=80 --selector=app=web');
  assert.deepEqual([ending.code, ending.out], [3, '']);
  assert.ok(
    ending.err.endsWith(
      `\nError from server (Forbidden): virtualmachineservices.vmoperator.vmware.com "web" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated\n  nothing was changed\n`,
    ),
    ending.err,
  );
  await sent('PATCH', `${home}/configmaps/held`, { metadata: { finalizers: null } });
});

test('every --validate is a word that the server knows', async (t) => {
  const place = await aPlace(t);
  for (const level of ['strict', 'warn', 'ignore', 'true', 'false']) {
    const said = await place.command(`create web-${level} --type=ClusterIP --port=80 --selector=app=web --validate=${level}`);
    assert.deepEqual([said.code, said.out], [0, `virtualmachineservice.vmoperator.vmware.com/web-${level} created\n`], said.err);
  }
});
