import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../src/cli/run.ts';
import { traitsOf } from '../../src/core/profile.ts';
import { virtualMachineServices, virtualMachines } from '../../src/model/resources.ts';
import { aVm, aVmService, vmOperatorVersions } from '../support/builders.ts';
import { rawClient } from '../support/kubeconfig-requests.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { realCluster, realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { loadObjects } from '../support/real-worlds.ts';
import { testIo } from '../support/test-io.ts';

const release = await realRelease();
const { hubVersion } = traitsOf(release);
const version = vmOperatorVersions.find((known) => known === hubVersion) ?? assert.fail(`no builder writes ${hubVersion}`);

/** A namespace with a service and a VM behind it, and another VM. */
async function aPlace(t: TestContext) {
  const place = await realCluster(`validate-${randomUUID().slice(0, 8)}`);
  t.after(() => place.close());
  const { namespace, cluster } = place;
  const web = aVmService('web', { namespace, version, selector: { app: 'web' } });
  const vms = ['web', 'api'].map((app, index) => aVm(`${app}-1`, { namespace, version, labels: { app }, ip: `10.1.0.1${index}` }));
  await loadObjects(cluster, [web, ...vms], namespace);
  return {
    namespace,
    stored: async () => (await cluster.list(virtualMachineServices, version, { namespace })).items,
    async validate(changes: object, flags: readonly string[] = []) {
      const { apiVersion, kind } = web;
      const stdin = JSON.stringify({ apiVersion, kind, metadata: { name: 'web' }, spec: { ...web.spec, ...changes } });
      const io = testIo(['validate', '-f', '-', '--live', '-n', namespace, '--kubeconfig', realKubeconfig(), '-o', 'json', ...flags], {
        stdin,
      });
      const code = await run(io);
      const { changes: said, findings } = JSON.parse(io.out());
      return { code, change: said[0], codes: findings.map((finding: { code: string }) => finding.code), err: io.err() };
    },
  };
}

test('a real server takes what is sound, and what it refuses is foreseen', async (t) => {
  const { validate, stored } = await aPlace(t);
  const before = await stored();
  const sound = await validate({ selector: { app: 'api' } });
  assert.deepEqual([sound.change.operation, sound.change.server], ['configured', { outcome: 'accepted' }]);
  assert.deepEqual(
    [sound.change.members.joins, sound.change.members.leaves].map((list) => list.map(({ vm }: { vm: string }) => vm)),
    [['api-1'], ['web-1']],
  );
  assert.ok(!sound.codes.includes('VMS126'), sound.err);

  const untyped = await validate({ type: undefined });
  assert.deepEqual([untyped.code, untyped.change.operation, untyped.change.server.outcome], [1, 'refused', 'refused']);
  assert.match(untyped.change.server.message, /spec\.type: Required value/);
  assert.ok(untyped.codes.includes('VMS101') && !untyped.codes.includes('VMS126'), untyped.codes.join());

  const unknown = await validate({ sessionAffinity: 'None' });
  assert.deepEqual([unknown.code, unknown.change.server.outcome], [1, 'refused']);
  assert.match(unknown.change.server.message, /unknown field "spec\.sessionAffinity"/);
  assert.ok(unknown.codes.includes('VMS102') && !unknown.codes.includes('VMS126'), unknown.codes.join());
  assert.deepEqual(await stored(), before);
});

test('whoever may only read is told what would change, and that the server was not asked', async (t) => {
  const { validate, namespace } = await aPlace(t);
  const asDev = ['--context', 'dev'];
  const blind = await validate({ selector: { app: 'api' } }, asDev);
  assert.deepEqual([blind.code, blind.change.operation, blind.change.members ?? null], [3, 'unknown', null]);
  assert.deepEqual(blind.change.server, { outcome: 'notTried', why: 'what is stored could not be looked at' });

  const raw = await rawClient(realKubeconfig());
  const dev = await openKubeconfig(realKubeconfig(), 'dev');
  t.after(async () => {
    raw.close();
    await dev.close();
  });
  const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const metadata = { name: 'reader', namespace };
  const rules = [
    {
      apiGroups: ['vmoperator.vmware.com', ''],
      resources: ['virtualmachineservices', 'virtualmachines', 'services', 'endpoints'],
      verbs: ['get', 'list'],
    },
  ];
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'dev' }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' };
  for (const [plural, body] of Object.entries({ roles: { metadata, rules }, rolebindings: { metadata, subjects, roleRef } })) {
    assert.equal((await raw.send({ method: 'POST', path: `${roles}/${plural}`, body })).code, 201);
  }
  const attributes = { verb: 'list', group: virtualMachines.group, resource: virtualMachines.plural, namespace };
  while (!(await dev.accessReview(attributes)).allowed) await sleep(50);

  const seen = await validate({ selector: { app: 'api' } }, asDev);
  assert.equal(seen.change.operation, 'configured');
  assert.deepEqual(seen.change.server, { outcome: 'notTried', why: `you may not patch virtualmachineservices in ${namespace}` });
  assert.deepEqual(
    seen.change.members.joins.map(({ vm }: { vm: string }) => vm),
    ['api-1'],
  );
});
