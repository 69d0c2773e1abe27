import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { detectProfile } from '../../src/core/profile.ts';
import { groupOf, type KubeObject, lastAppliedAnnotation, versionOf } from '../../src/model/object.ts';
import { vmOperatorGroup } from '../../src/model/resources.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { scenarioWorld } from '../support/scenario.ts';
import { aSupervisor, forbidden, type Supervisor } from '../support/supervisor.ts';
import { testIo } from '../support/test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-bundle-as-cluster-'));
after(() => rmSync(folder, { recursive: true }));

const scenarios = join(import.meta.dirname, '..', 'scenarios');

/** Of every reading command, what it looks at most of, for people and for machines. */
const commands: readonly string[] = [
  'get',
  'get -o wide',
  'get -o json',
  'vms --all',
  'vms --near-misses -o json',
  'describe --all-vms',
  'describe -o yaml',
  'debug --all',
  'debug -o json',
  'debug -o sarif',
  'events',
  'validate -o json',
  'diff',
  'diff --as-controller -o json',
];

async function alone(words: string) {
  const io = testIo(words.split(' '), { cwd: folder, env: { LANG: 'C.UTF-8' } });
  const code = await run(io);
  return { code, out: io.out(), err: io.err() };
}

/** Without what says where facts come from, and leads commands there, which is what differs; the last apply is not in a bundle as a whole. */
function saidOf({ code, out, err }: { readonly code: number; readonly out: string; readonly err: string }) {
  const facts = out
    .replace(/^.*last-applied-configuration.*\n/gm, '')
    .replace(/ --bundle [\w-]+\.tgz/g, '')
    .replace(/"type": "bundle",\s*"file": "[^"]*"/g, '"type": "cluster"')
    .replace(/,\s*"takenAt": "[^"]*"/g, '')
    .replace(/type: bundle\n\s*file: .*/g, 'type: cluster')
    .replace(/^ *takenAt: .*\n/gm, '')
    .replace(/^Do it: .*\n/gm, '')
    .replace(/,$/gm, '')
    .trimEnd();
  const notes = err
    .replace(/ --bundle [\w-]+\.tgz/g, '')
    .replace(/^source: bundle .*\n/, '')
    .replace(/^(Context|Files) .*\n/gm, '');
  return { code, facts, notes };
}

/** Runs commands of a cluster and of a bundle of it, and compares all that they print. */
async function compare(supervisor: Supervisor, namespace: string, name: string, asked = commands): Promise<void> {
  for (const command of asked) {
    const live = await supervisor.run(`${command} -n ${namespace}`);
    const again = await alone(`${command} --bundle ${name}.tgz`);
    assert.deepEqual(saidOf(again), saidOf(live), command);
  }
}

function profileOf(objects: readonly KubeObject[]) {
  const versions = objects
    .filter(({ apiVersion }) => groupOf(apiVersion) === vmOperatorGroup)
    .map(({ apiVersion }) => versionOf(apiVersion));
  return detectProfile({ newestVersion: versions.toSorted().at(-1) ?? 'v1alpha6' });
}

describe('what commands say of a bundle is what they said of the cluster', () => {
  for (const name of readdirSync(scenarios)) {
    if (name.endsWith('.ts')) continue;
    test(name.replaceAll('-', ' '), async () => {
      const objects = await scenarioWorld(join(scenarios, name));
      const service = objects.find(({ kind, metadata }) => kind === 'VirtualMachineService' && metadata.namespace !== undefined);
      const namespace = service?.metadata.namespace ?? 'prod';
      const supervisor = await aSupervisor(
        objects.filter(({ metadata, kind }) => metadata.namespace !== undefined || ['Namespace', 'Capabilities'].includes(kind)),
        profileOf(objects),
      );
      const taken = await supervisor.run(`bundle -n ${namespace} -f ${join(folder, `${name}.tgz`)}`);
      assert.equal(taken.code, 0, taken.err);
      await compare(supervisor, namespace, name);
    });
  }
});

/** A service with two VMs, one of which was drained a minute ago, as managedFields alone tell. */
function drained(): readonly KubeObject[] {
  const web = aVmService('web', { selector: { app: 'web' }, ingress: ['10.20.0.15'] });
  const vms = [aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' }), aVm('web-2', { labels: { app: 'drained' }, ip: '10.1.0.12' })];
  const time = '2026-11-20T11:59:00Z';
  const managedFields = [
    { manager: 'kubectl-label', operation: 'Update', time, fieldsV1: { 'f:metadata': { 'f:labels': { 'f:app': {} } } } },
  ];
  return [
    web,
    ...vms.map((vm, at) => (at === 1 ? ({ ...vm, metadata: { ...vm.metadata, managedFields } } as KubeObject) : vm)),
    aService('web', { owners: [ownedBy(web)], ingress: ['10.20.0.15'] }),
    someEndpoints('web', { owners: [ownedBy(web)], ready: vms }),
  ];
}

describe('what could not be read is as unknown from the bundle', () => {
  for (const denied of [
    ['virtualmachineservices'],
    ['virtualmachines'],
    ['services'],
    ['endpoints'],
    ['endpointslices', 'events'],
    ['networksettings', 'capabilities', 'resourcequotas', 'networkpolicies'],
    ['virtualmachines', 'services', 'endpoints', 'endpointslices', 'events'],
  ]) {
    test(denied.join(', '), async () => {
      const supervisor = await aSupervisor(drained());
      supervisor.disturb(({ method, path }) =>
        method === 'GET' && denied.some((plural) => path.split('/').includes(plural))
          ? forbidden(`${denied.find((plural) => path.split('/').includes(plural))} is forbidden: User "viewer" cannot list it`)
          : undefined,
      );
      const name = `without-${denied.join('-')}`;
      const taken = await supervisor.run(`bundle -n prod -f ${join(folder, `${name}.tgz`)}`);
      const essential = ['virtualmachineservices', 'virtualmachines', 'services', 'endpoints'];
      assert.equal(taken.code, denied.some((plural) => essential.includes(plural)) ? 3 : 0, taken.err);
      await compare(supervisor, 'prod', name);
    });
  }
});

async function storyOfDrained(name: string): Promise<Supervisor> {
  const objects = await scenarioWorld(join(scenarios, `story-03-a-drained-vm-${name}`));
  return aSupervisor(objects, profileOf(objects));
}

test('a service that its VM left a moment ago is no controller that does not react, whichever command looks', async () => {
  const supervisor = await storyOfDrained('still-gets-traffic');
  for (const command of ['debug web', 'describe web', 'get web -o wide']) {
    const { out } = await supervisor.run(`${command} -n team-a`);
    assert.deepEqual([...new Set(out.match(/VMS(502|915)/g))], ['VMS502'], command);
  }
});

test('a service that its VM left long ago is not healthy for who waits for it', async () => {
  const supervisor = await storyOfDrained('after-the-resync');
  const { code, err } = await supervisor.run('wait web --for=healthy --timeout=0 -n team-a');
  assert.equal(code, 1);
  assert.match(err, /VMS502/);
});

test('all namespaces are not in a bundle of one', async () => {
  const supervisor = await aSupervisor(drained());
  await supervisor.run(`bundle -n prod -f ${join(folder, 'one.tgz')}`);
  for (const command of ['get', 'vms', 'describe', 'debug', 'events', 'validate', 'diff']) {
    const { code, out, err } = await alone(`${command} -A --bundle one.tgz`);
    assert.deepEqual([code, out, err], [3, '', 'error: bundle one.tgz holds namespace prod alone: leave out -A\n'], command);
  }
});

test('a bundle is not written to: what would be done in its cluster is said', async () => {
  const supervisor = await aSupervisor(drained());
  await supervisor.run(`bundle -n prod -f ${join(folder, 'still.tgz')}`);
  const live = await supervisor.run('reconcile web --once --dry-run -n prod');
  const again = await alone('reconcile web --once --bundle still.tgz');
  assert.deepEqual(saidOf(again), saidOf(live));
  assert.match(again.out, /^endpoints\/web configured \(dry run\)$/m);
});

test('what deleted services left behind is not deleted from a bundle either', async () => {
  const orphan = aService('left', { owners: [ownedBy(aVmService('gone'))] });
  const supervisor = await aSupervisor([orphan]);
  await supervisor.run(`bundle -n prod -f ${join(folder, 'orphan.tgz')}`);
  const { code, out, err } = await alone('reconcile --orphans --yes --bundle orphan.tgz');
  assert.equal(code, 0, err);
  assert.equal(out, 'service "left" deleted (dry run) from prod namespace\n');
});

test('what was not passed on of what was applied, a plan for a bundle says as a comparison does', async () => {
  const web = aVmService('web', { selector: { app: 'web' }, annotations: { [lastAppliedAnnotation]: '{"spec":{"type":"ClusterIP"}}' } });
  const supervisor = await aSupervisor([web, aService('web', { owners: [ownedBy(web)] })]);
  await supervisor.run(`bundle -n prod -f ${join(folder, 'applied.tgz')}`);
  const plan = await alone('reconcile web --once --dry-run --bundle applied.tgz');
  const comparison = await alone('diff web --bundle applied.tgz');
  assert.match(plan.out, /^ {2}\+ metadata\.annotations\["kubectl\.kubernetes\.io\/last-applied-configuration"\] /m);
  assert.equal(plan.out, comparison.out);
});

test('a bundle that was cut short is read in the same way by the command to go on with', async () => {
  const supervisor = await aSupervisor(drained());
  await supervisor.run(`bundle -n prod -f ${join(folder, 'short.tgz')}`);
  const { out } = await alone('debug --bundle short.tgz --partial');
  assert.match(out, / Start with: kubectl vmsvc debug web -n prod --bundle short\.tgz --partial\n$/);
});
