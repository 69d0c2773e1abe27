import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../src/cli/run.ts';
import type { AccessAttributes, Cluster } from '../../src/cluster/cluster.ts';
import { readYamlDocuments } from '../../src/cluster/files/yaml-reader.ts';
import { traitsOf } from '../../src/core/profile.ts';
import { isList, type Json, type JsonObject, jsonOf, type KubeObject } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { endpoints, services, virtualMachineServices } from '../../src/model/resources.ts';
import { aVm, aVmService, vmOperatorVersions } from '../support/builders.ts';
import { type RawClient, rawClient } from '../support/kubeconfig-requests.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { loadObjects } from '../support/real-worlds.ts';
import { testIo } from '../support/test-io.ts';

const release = await realRelease();
const { hubVersion } = traitsOf(release);
const version = vmOperatorVersions.find((known) => known === hubVersion) ?? assert.fail(`no builder writes ${hubVersion}`);
const kubeconfig = realKubeconfig();
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const write = { dryRun: 'none', fieldManager: 'test' } as const;

/** The rows of the commands that this Role is about, their cells apart by a bar. What other commands take is theirs to tell. */
function rowsOf(table: string): readonly string[] {
  return table
    .split('\n')
    .filter((line) => /^(diff|nudge|reconcile --once) /.test(line))
    .map((line) => line.replace(/ {2,}/g, ' | '));
}

/** A rule of a Role. */
interface Rule {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** As it is written. */
  readonly json: JsonObject;
}

suite(`a user who has the Role that can-i prints, on a real kube-apiserver with the definitions of ${release}`, () => {
  const namespace = `can-i-${randomUUID().slice(0, 8)}`;
  let admin: Cluster;
  let dev: Cluster;
  let raw: RawClient;
  let rules: readonly Rule[] = [];

  before(async () => {
    admin = await openKubeconfig(kubeconfig);
    dev = await openKubeconfig(kubeconfig, 'dev');
    raw = await rawClient(kubeconfig);
    const objects = [
      aVmService('web', { namespace, version }),
      aVm('web-1', { namespace, version, labels: { app: 'web' }, ip: '10.1.0.11' }),
    ];
    await loadObjects(admin, objects, namespace);
  });
  after(async () => {
    await raw.send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}/services/web` });
    await raw.send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
    raw.close();
    await Promise.all([admin.close(), dev.close()]);
  });

  const command = async (words: string) => {
    const io = testIo([...words.split(' '), '-n', namespace, '--kubeconfig', kubeconfig]);
    const code = await run(io);
    return { code, out: io.out(), err: io.err() };
  };
  const asDev = (words: string) => command(`${words} --context dev`);
  const worldNow = async (): Promise<readonly KubeObject[]> => {
    const kinds = [[virtualMachineServices, version] as const, [services, 'v1'] as const, [endpoints, 'v1'] as const];
    const lists = await Promise.all(kinds.map(([resource, of]) => admin.list(resource, of, { namespace })));
    return lists.flatMap(({ items }) => items);
  };

  /** Lets the user have these rules and no others, and waits until the server knows. */
  const grant = async (granted: readonly Rule[]) => {
    const patch = { rules: granted.map(({ json }) => json) };
    const path = `${rbac}/namespaces/${namespace}/roles/vmsvc-reconcile`;
    assert.equal((await raw.send({ method: 'PATCH', path, body: patch, contentType: 'application/merge-patch+json' })).code, 200);
    await Promise.all(
      rules.map((rule) =>
        until(
          dev,
          namespace,
          rule,
          granted.some((other) => other.resource === rule.resource),
        ),
      ),
    );
  };

  test('without it, can-i says no to everything, and reconcile does not get as far as a write', async () => {
    const { code, out } = await asDev('can-i');
    assert.equal(code, 1);
    assert.deepEqual(rowsOf(out), [
      'diff | no | get virtualmachineservices and endpoints; list virtualmachines; get, list services',
      'nudge | no | get virtualmachineservices and endpoints; list virtualmachines; get, patch services',
      'reconcile --once | no | get, patch virtualmachineservices; list virtualmachines; get, list, create, patch services; get, create, patch endpoints',
    ]);
    assert.doesNotMatch(out, / yes /);
    const before = await worldNow();
    assert.equal((await asDev('reconcile web --once')).code, 3);
    assert.deepEqual(await worldNow(), before);
  });

  test('an administrator applies the Role as it is printed, and binds it', async () => {
    const { code, out, err } = await command('can-i reconcile --as-role');
    assert.deepEqual([code, err], [0, '']);
    const { documents, problems } = readYamlDocuments(out);
    assert.deepEqual([documents.length, problems], [1, []]);
    const role: Json = JSON.parse(JSON.stringify(documents[0]?.value));
    const made = await raw.send({ method: 'POST', path: `${rbac}/namespaces/${namespace}/roles`, body: role });
    assert.equal(made.code, 201, JSON.stringify(made.body));
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'vmsvc-reconcile', namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'vmsvc-reconcile' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'dev' }],
    };
    assert.equal((await raw.send({ method: 'POST', path: `${rbac}/namespaces/${namespace}/rolebindings`, body: binding })).code, 201);
    rules = rulesOf(made.body);
    assert.deepEqual(
      rules.map(({ resource }) => resource),
      ['virtualmachineservices', 'virtualmachines', 'services', 'endpoints', 'resourcequotas', 'virtualmachineservices/status'],
    );
    await grant(rules);
    const allowed = await asDev('can-i');
    assert.deepEqual([allowed.code, allowed.err], [1, '']);
    assert.deepEqual(rowsOf(allowed.out), [
      'diff | yes | <none>',
      'nudge | partly | patch virtualmachines: not where there is no Service yet',
      'reconcile --once | yes | <none>',
    ]);
  });

  test('R048 without any one of its rules nothing is written, and what is missing is named', async () => {
    const optional = ['virtualmachineservices/status', 'resourcequotas'];
    for (const left of rules.filter(({ resource }) => !optional.includes(resource))) {
      await grant(rules.filter((rule) => rule !== left));
      const before = await worldNow();
      for (const words of ['reconcile web --once', 'reconcile web --once --dry-run=server', 'reconcile --once']) {
        const { code, out, err } = await asDev(words);
        assert.deepEqual([code, out], [3, ''], `${words} without ${left.resource}: ${err}`);
        assert.ok(err.includes(left.resource) && err.includes('nothing was changed'), err);
      }
      assert.equal((await asDev('can-i reconcile -q')).code, 1);
      assert.deepEqual(await worldNow(), before);
    }
  });

  test('R048 with one verb less nothing is written either', async () => {
    for (const resource of ['services', 'endpoints'] as const) {
      for (const verb of ['create', 'patch'] as const) {
        await grant(rules.map((rule) => (rule.resource === resource ? withoutVerb(rule, verb) : rule)));
        await untilAnswer(dev, { namespace, group: '', resource, verb }, false);
        const before = await worldNow();
        const { code, out, err } = await asDev('reconcile web --once');
        assert.deepEqual([code, out], [3, ''], err);
        assert.ok(err.includes(`error: not permitted to ${verb} ${resource} in ${namespace}; nothing was changed\n`), err);
        assert.deepEqual(await worldNow(), before);
      }
    }
  });

  test('with all of it reconcile does everything, and the second time nothing', async () => {
    await grant(rules);
    const { code, out, err } = await asDev('reconcile web --once');
    assert.equal(code, 0, err);
    assert.match(
      out,
      /^service\/web created\nendpoints\/web created\nvirtualmachineservice\.vmoperator\.vmware\.com\/web (configured|unchanged)\n$/,
    );
    const made = await worldNow();
    assert.equal(made.length, 3);
    assert.equal((await asDev('reconcile web --once')).code, 0);
    assert.deepEqual(await worldNow(), made);
  });

  test('the Role for undo is enough to put back what a run changed, and without it nothing is changed', async () => {
    await grant(rules);
    const ref = { apiVersion: 'v1', kind: 'Endpoints', namespace, name: 'web' };
    await admin.patch(ref, { subsets: null }, write);
    const drifted = await admin.get(ref);
    const folder = mkdtempSync(join(tmpdir(), 'vmsvc-undo-'));
    after(() => rmSync(folder, { recursive: true }));
    const saved = join(folder, 'before.json');
    assert.equal((await asDev(`reconcile web --once --save-before=${saved}`)).code, 0);
    const undo = async () => {
      const io = testIo(['reconcile', `--undo=${saved}`, '--kubeconfig', kubeconfig, '--context', 'dev']);
      return { code: await run(io), out: io.out(), err: io.err() };
    };

    const printed = await command('can-i undo --as-role -o json');
    const forUndo = rulesOf(JSON.parse(printed.out));
    const done = await worldNow();
    await grant(forUndo.map((rule) => (rule.resource === 'endpoints' ? withoutVerb(rule, 'patch') : rule)));
    await untilAnswer(dev, { namespace, group: '', resource: 'endpoints', verb: 'patch' }, false);
    const refused = await undo();
    assert.deepEqual([refused.code, refused.out], [3, '']);
    assert.ok(refused.err.includes(`error: not permitted to patch endpoints in ${namespace}; nothing was changed\n`), refused.err);
    assert.deepEqual(await worldNow(), done);

    await grant(forUndo);
    await untilAnswer(dev, { namespace, group: '', resource: 'endpoints', verb: 'patch' }, true);
    await untilAnswer(dev, { namespace, group: '', resource: 'endpoints', verb: 'create' }, false);
    const { code, out, err } = await undo();
    assert.deepEqual([code, out], [0, 'endpoints/web configured\n'], err);
    assert.deepEqual(jsonOf(await admin.get(ref))['subsets'], jsonOf(drifted)['subsets']);
    await grant(rules);
    await untilAnswer(dev, { namespace, group: '', resource: 'endpoints', verb: 'create' }, true);
  });

  test('without the right to write the status everything else is done, and a warning names it', async () => {
    await grant(rules.filter(({ resource }) => resource !== 'virtualmachineservices/status'));
    const ref = { apiVersion: 'v1', kind: 'Service', namespace, name: 'web' };
    await admin.patch(ref, { status: { loadBalancer: { ingress: [{ ip: '10.20.0.15' }] } } }, { ...write, subresource: 'status' });
    await admin.patch({ ...ref, kind: 'Endpoints' }, { subsets: null }, write);
    const { code, out, err } = await asDev('reconcile web --once');
    assert.deepEqual(
      [code, out],
      [0, 'service/web unchanged\nendpoints/web configured\nvirtualmachineservice.vmoperator.vmware.com/web unchanged\n'],
      err,
    );
    assert.ok(
      err.includes(`Warning: the status was left as it is: not permitted to patch virtualmachineservices/status in ${namespace}\n`),
      err,
    );
  });
});

function rulesOf({ rules }: JsonObject): readonly Rule[] {
  assert.ok(isList(rules));
  return rules.map((json) => {
    assert.ok(isMap(json));
    const textsAt = (field: string) => (isList(json[field]) ? json[field].map(String) : []);
    return { group: textsAt('apiGroups')[0] ?? '', resource: textsAt('resources')[0] ?? '', verbs: textsAt('verbs'), json };
  });
}

function withoutVerb(rule: Rule, verb: string): Rule {
  const verbs = rule.verbs.filter((other) => other !== verb);
  return { ...rule, verbs, json: { ...rule.json, verbs } };
}

/** The server learns of a changed Role a moment later. */
async function until(dev: Cluster, namespace: string, { group, resource, verbs }: Rule, allowed: boolean): Promise<void> {
  const [plural = '', subresource] = resource.split('/');
  await untilAnswer(
    dev,
    { namespace, group, resource: plural, verb: verbs[0] ?? '', ...(subresource !== undefined && { subresource }) },
    allowed,
  );
}

async function untilAnswer(dev: Cluster, attributes: AccessAttributes, allowed: boolean): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if ((await dev.accessReview(attributes)).allowed === allowed) return;
    await sleep(50);
  }
  assert.fail(`${JSON.stringify(attributes)} did not become ${allowed ? 'allowed' : 'denied'}`);
}
