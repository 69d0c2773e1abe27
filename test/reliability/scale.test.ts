import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import type { Json, KubeObject } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { slice } from '../support/diagnosed.ts';
import { svc } from '../support/stage.ts';
import { aSupervisor } from '../support/supervisor.ts';
import { testIo } from '../support/test-io.ts';
import { endpoints, service } from '../support/traced.ts';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-scale-'));
after(() => rmSync(folder, { recursive: true }));

/** What a command says of a world in a file. */
async function says(objects: readonly (KubeObject | Json)[], command: string) {
  writeFileSync(join(folder, 'world.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  const io = testIo([...command.split(' '), '--offline', '-f', 'world.json'], { cwd: folder, env: { LANG: 'C.UTF-8' } });
  const code = await run(io);
  return { code, out: io.out(), err: io.err() };
}

function many<Item>(count: number, make: (index: number) => Item): readonly Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const addressOf = (index: number) => `10.${20 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;

test('R103 labels and annotations over the limits, and a thousand owners, are findings, and what is shown of them stays readable', async () => {
  const owners = many(1000, (index) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: `o${index}`, uid: `uid-${index}` }));
  const web = aVmService('web', {
    labels: { ['k'.repeat(300)]: 'v'.repeat(500) },
    annotations: { note: 'a'.repeat(262_145 - 'note'.length) },
    owners,
  });
  const judged = await says([web], 'validate');
  assert.equal(judged.code, 1);
  assert.match(judged.out, /VMS124 MetadataInvalid: metadata\.labels: .*name part must be no more than 63/);
  assert.match(judged.out, /VMS124 MetadataInvalid: metadata\.annotations: Too long: may not be more than 262144 bytes/);

  const described = await says([web], 'describe web -n prod');
  assert.equal(described.code, 0);
  assert.match(described.out, /^Annotations: {3}note: a{140}\.\.\.$/m);
  assert.match((await says([web], 'get -n prod -o wide')).out, /^web {4}LoadBalancer/m);
});

test('R106 -A over five hundred namespaces asks for each kind once', async () => {
  const worlds = many(500, (index) => `ns-${index}`).flatMap((namespace) => [
    aVmService('web', { namespace }),
    aVm('web-1', { namespace, labels: { app: 'web' }, ip: '10.0.0.1' }),
  ]);
  const supervisor = await aSupervisor(worlds);
  const { code, out } = await supervisor.run('get -A');
  assert.equal(code, 0);
  assert.equal(out.split('\n').length, 502);
  const lists = supervisor.requests.filter((line) => /\/(virtualmachine\w+|services|endpoints)$/.test(line)).map((line) => line.slice(4));
  assert.deepEqual(
    [...new Set(lists)].sort(),
    [
      ...['/api/v1/endpoints', '/api/v1/services'],
      ...['virtualmachines', 'virtualmachineservices'].map((kind) => `/apis/vmoperator.vmware.com/v1alpha6/${kind}`),
    ].sort(),
  );
  // 500 objects are a page: what has no more pages is asked for no second time.
  assert.equal(lists.length, 4);
});

test('R107 Endpoints that etcd would not store are refused before the Service is written', async () => {
  const namespace = 'n'.repeat(63);
  const vms = many(4200, (index) => aVm(`${'v'.repeat(240)}-${index}`, { namespace, labels: { app: 'web' }, ip: addressOf(index + 1) }));
  const supervisor = await aSupervisor([aVmService('web', { namespace }), ...vms]);
  const { code, out, err } = await supervisor.run(`reconcile web -n ${namespace} --once`);
  assert.deepEqual([code, out], [3, '']);
  assert.match(err, /endpoints\/web would take 1\.\d MiB in etcd, which stores 1\.5 MiB of one object at most: split the service/);
  assert.match(err, /nothing was changed/);
  assert.deepEqual(supervisor.writes, []);
});

test('R108 addresses that are more than Kubernetes mirrors are told apart from those that a slice should have', async () => {
  const vms = many(1002, (index) => aVm(`web-${index}`, { labels: { app: 'web' }, ip: addressOf(index + 1) }));
  const inTextOrder = vms.map((_, index) => addressOf(index + 1)).sort();
  const [lagging = '', ...mirrored] = inTextOrder.slice(0, 1000);
  const leftOut = inTextOrder.slice(1000);
  const world = [svc(), ...vms, service(), endpoints({ ready: vms }), slice(mirrored)];

  const { out } = await says(world, 'describe svc -n prod');
  assert.match(out, new RegExp(`Slice +<none> +! no slice has ${lagging.replaceAll('.', '\\.')}$`, 'm'));
  assert.match(out, new RegExp(`Slice +<none> +! not mirrored: ${leftOut.join(', ')}; of a subset, Kubernetes mirrors 1000$`, 'm'));
  assert.equal(out.split('\n').filter((line) => line.endsWith('; not mirrored')).length, 2);

  const { out: found } = await says(world, 'debug svc -n prod');
  assert.match(found, /^WARNING {2}VMS507 TooManyAddresses .*\n +Endpoints svc have 1002 addresses: only 1000 of them are mirrored$/m);
});

test('R109 a VM behind hundreds of services: each service says so once', async () => {
  const services = many(300, (index) => aVmService(`s${index}`, { selector: { app: 'web' } }));
  const world = [...services, aVm('web-1', { labels: { app: 'web' }, ip: '10.0.0.1' })];
  const { out } = await says(world, 'debug -n prod --rules=VMS206 -o json');
  const found: Json = JSON.parse(out);
  assert.ok(isMap(found) && Array.isArray(found['findings']));
  assert.equal(found['findings'].length, 300);
  const { out: text } = await says(world, 'debug s7 -n prod --rules=VMS206');
  assert.match(text, /^ {7}299 other services select the same VMs for the same ports$/m);

  const { out: described } = await says(world, 'describe vm/web-1 -n prod');
  assert.equal(described.split('\n').filter((line) => line.startsWith('  ! s')).length, 300);
});

test('R109 a hundred ports and annotations of 250 KB are cut for people and whole in documents', async () => {
  const ports = many(100, (index) => ({ name: `p${index}`, protocol: 'TCP', port: 1000 + index, targetPort: 2000 + index }));
  const web = aVmService('web', { ports, annotations: { note: 'a'.repeat(250_000) } });
  const world = [web, aVm('web-1', { labels: { app: 'web' }, ip: '10.0.0.1' })];
  const { out: described } = await says(world, 'describe web -n prod');
  assert.equal(described.split('\n').filter((line) => line.startsWith('Port:')).length, 100);
  assert.ok(described.split('\n').every((line) => line.length < 200));
  const { out: behind } = await says(world, 'describe vm/web-1 -n prod');
  assert.match(behind, /<pending>:1000,1001,1002,1003,1004,1005,1006,1007 \+ 92 more\.\.\. READY/);
  const { out: object } = await says(world, 'get web -n prod -o jsonpath={.metadata.annotations.note}');
  assert.equal(object.length, 250_000);
});

test('R110 thousands of events come in pages, in the order of their time, whatever the locale', async () => {
  const web = aVmService('web');
  const events = many(1200, (index) => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `web.${index}`, namespace: 'prod' },
    involvedObject: { kind: 'VirtualMachineService', name: index % 2 === 0 ? 'web' : 'other', namespace: 'prod' },
    reason: 'Because',
    message: `number ${index}`,
    type: 'Normal',
    // Every second comes twice, and the order in the list is not that of time.
    lastTimestamp: new Date(Date.parse('2026-11-20T10:00:00Z') + ((index * 7919) % 600) * 1000).toISOString().replace('.000', ''),
  }));
  const supervisor = await aSupervisor([web, ...events]);
  const questions: string[] = [];
  supervisor.disturb(({ path, query }) => {
    if (path.endsWith('/events')) questions.push(query);
    return undefined;
  });
  const told = await Promise.all(
    ['C.UTF-8', 'tr_TR.UTF-8'].map((locale) => supervisor.run('events web -n prod --types=Normal -o json', { env: { LC_ALL: locale } })),
  );
  const [{ code, out } = { code: 70, out: '' }, other] = told;
  assert.deepEqual([code, other?.out], [0, out]);
  const times = [...out.matchAll(/"lastSeen": "([^"]+)"/g)].map(([, time]) => time ?? '');
  assert.equal(times.length, 600);
  assert.deepEqual(times, times.toSorted());
  // The first page tells how many there are; the rest may come from the server's memory, at once.
  assert.ok(questions.length > 2 && questions.every((query) => /(^|&)(limit=500|resourceVersionMatch=NotOlderThan)\b/.test(query)));
});
