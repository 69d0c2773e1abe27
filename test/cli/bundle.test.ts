import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { run } from '../../src/cli/run.ts';
import { readTar, writeTar } from '../../src/cluster/bundle/tar.ts';
import { detectProfile } from '../../src/core/profile.ts';
import { groupOf, type KubeObject, versionOf } from '../../src/model/object.ts';
import { vmOperatorGroup } from '../../src/model/resources.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { scenarioWorld } from '../support/scenario.ts';
import { aSupervisor, forbidden } from '../support/supervisor.ts';
import { testIo } from '../support/test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-bundle-'));
after(() => rmSync(folder, { recursive: true }));

const scenarios = join(import.meta.dirname, '..', 'scenarios');

const worldOf = (name: string) => scenarioWorld(join(scenarios, name));

function profileOf(objects: readonly KubeObject[]) {
  const versions = objects
    .filter(({ apiVersion }) => groupOf(apiVersion) === vmOperatorGroup)
    .map(({ apiVersion }) => versionOf(apiVersion));
  return detectProfile({ newestVersion: versions.toSorted().at(-1) ?? 'v1alpha6' });
}

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly confidence: string;
}

function findingsOf(out: string): readonly Finding[] {
  return JSON.parse(out).findings;
}

function codes(out: string): readonly string[] {
  return findingsOf(out)
    .map(({ code, severity, confidence }) => `${code} ${severity} ${confidence}`)
    .toSorted();
}

/** A command without a cluster, or anything else of this machine. */
async function alone(...words: readonly string[]) {
  const io = testIo(words, { cwd: folder, env: { LANG: 'C.UTF-8' } });
  const code = await run(io);
  return { code, out: io.out(), err: io.err() };
}

describe('a diagnosis of a bundle says what that of the cluster said', () => {
  for (const name of readdirSync(scenarios)) {
    if (name.endsWith('.ts')) continue;
    test(name.replaceAll('-', ' '), async () => {
      const objects = await worldOf(name);
      const service = objects.find(({ kind, metadata }) => kind === 'VirtualMachineService' && metadata.namespace !== undefined);
      const namespace = service?.metadata.namespace ?? 'prod';
      const supervisor = await aSupervisor(
        objects.filter(({ metadata, kind }) => metadata.namespace !== undefined || ['Namespace', 'Capabilities'].includes(kind)),
        profileOf(objects),
      );
      const live = await supervisor.run(`debug -n ${namespace} -o json`);
      const taken = await supervisor.run(`bundle -n ${namespace} -f ${join(folder, `${name}.tgz`)}`);
      assert.equal(taken.code, 0, taken.err);
      const masked = await supervisor.run(`bundle -n ${namespace} --redact -f ${join(folder, `${name}-masked.tgz`)}`);
      assert.equal(masked.code, 0, masked.err);
      const plain = await alone('debug', '--bundle', `${name}.tgz`, '-o', 'json');
      assert.deepEqual(findingsOf(plain.out), findingsOf(live.out));
      assert.equal(plain.code, live.code);
      const anonymous = await alone('debug', '--bundle', `${name}-masked.tgz`, '-o', 'json');
      assert.deepEqual(codes(anonymous.out), codes(live.out));
      // Real uids say nothing; those of the scenarios are made of names.
      const bytes = gunzipSync(readFileSync(join(folder, `${name}-masked.tgz`)))
        .toString()
        .replace(/"uid":"[^"]*"/g, '');
      assert.deepEqual(
        tellingWords(objects).filter((word) => bytes.includes(word)),
        [],
      );
    });
  }
});

/** Addresses, and names that are no words of Kubernetes. */
function tellingWords(objects: readonly KubeObject[]): readonly string[] {
  const addresses = JSON.stringify(objects).match(/\b(10|192|172)(\.\d{1,3}){3}\b|\bfd[0-9a-f:]{4,}/g) ?? [];
  const names = objects
    .map(({ metadata }) => metadata.name)
    .filter((word) => /^[a-z]+-[a-z0-9-]+$/.test(word) && !/^(kube-|vmware-|supervisor-)/.test(word));
  return [...new Set([...addresses, ...names])];
}

test('what is left out, and what is masked, takes nothing from the findings', async () => {
  const web = aVmService('web', { selector: { 'app.kubernetes.io/name': 'shop' }, ingress: ['10.20.0.15'] });
  const near = aVm('web-1', { labels: { app: 'shop' }, ip: '10.1.0.11' });
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'payroll-data' } }];
  const withVolume = { ...near, spec: { ...near.spec, volumes } } as KubeObject;
  // The one annotation that it has may be a secret, and is one too many.
  const service = aService('web', { owners: [ownedBy(web)], ingress: ['10.20.0.15'], annotations: { 'example.com/token': 'CANARY-1' } });
  const supervisor = await aSupervisor([web, withVolume, service, someEndpoints('web', { owners: [ownedBy(web)] })]);
  const live = await supervisor.run('debug -n prod -o json');
  assert.deepEqual(codes(live.out), ['VMS202 error likely', 'VMS408 info likely']);
  for (const [name, flag] of [
    ['kept', ''],
    ['masked', ' --redact'],
  ] as const) {
    await supervisor.run(`bundle -n prod${flag} -f ${join(folder, `${name}-shop.tgz`)}`);
    const again = await alone('debug', '--bundle', `${name}-shop.tgz`, '-o', 'json');
    assert.deepEqual(codes(again.out), codes(live.out), name);
    const bytes = gunzipSync(readFileSync(join(folder, `${name}-shop.tgz`))).toString();
    assert.doesNotMatch(bytes, /CANARY-1/);
    if (flag !== '') assert.doesNotMatch(bytes, /shop|payroll/);
  }
});

const secret = 'CANARY-7f3a9';
/** As the data of a Secret is written. */
const encoded = Buffer.from(secret).toString('base64');

/** A world in which every place that may hold a secret has one. */
function canaryWorld(): readonly KubeObject[] {
  const vm = aVm('payroll-1', { labels: { app: 'payroll' }, ip: '10.1.0.11' });
  const service = aVmService('payroll', { selector: { app: 'payroll' }, ingress: ['10.20.0.15'] });
  const bootstrap = { cloudInit: { rawCloudConfig: { name: secret, key: secret }, cloudConfig: { runcmd: secret } } };
  const applied = JSON.stringify({
    apiVersion: vm.apiVersion,
    kind: vm.kind,
    metadata: { name: 'payroll-1' },
    spec: { bootstrap, note: secret },
  });
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': applied, 'example.test/user-data': secret };
  return [
    { ...vm, metadata: { ...vm.metadata, annotations }, spec: { ...vm.spec, bootstrap } } as KubeObject,
    service,
    aService('payroll', { owners: [ownedBy(service)], ingress: ['10.20.0.15'] }),
    someEndpoints('payroll', { ready: [vm] }),
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'prod' }, data: { key: encoded } } as KubeObject,
  ];
}

test('no secret gets into a bundle, and what was left out is listed', async () => {
  const supervisor = await aSupervisor(canaryWorld());
  const said = await supervisor.run(`bundle payroll -n prod -f ${join(folder, 'canary.tgz')}`);
  assert.equal(said.code, 0, said.err);
  const text = gunzipSync(readFileSync(join(folder, 'canary.tgz'))).toString('latin1');
  assert.ok(!text.includes(secret) && !text.includes(encoded));
  assert.ok(!supervisor.requests.some((request) => request.includes('/secrets')));
  for (const field of [
    'spec.bootstrap',
    'metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]',
    'example.test/user-data',
  ]) {
    assert.ok(text.includes(field), field);
  }
  assert.equal(statSync(join(folder, 'canary.tgz')).mode & 0o777, 0o600);
});

test('a redacted bundle has no name, address, host or user of the cluster', async () => {
  const supervisor = await aSupervisor(canaryWorld());
  await supervisor.run(`bundle payroll -n prod --redact -f ${join(folder, 'masked.tgz')}`);
  const text = gunzipSync(readFileSync(join(folder, 'masked.tgz'))).toString('latin1');
  for (const word of ['payroll', '10.1.0.11', '10.20.0.15', '"prod"']) assert.ok(!text.includes(word), word);
  const said = await alone('get', '--bundle', 'masked.tgz');
  assert.match(said.out, /^NAME +TYPE.*\n[a-z]{7} +LoadBalancer +10\.96\.\d+\.\d+|10\.\d+/);
});

test('every reading command takes a bundle, and says where its facts come from', async () => {
  const supervisor = await aSupervisor(canaryWorld());
  await supervisor.run(`bundle -n prod -f ${join(folder, 'all.tgz')}`);
  for (const words of [
    ['get'],
    ['vms'],
    ['describe', 'payroll'],
    ['debug', 'payroll'],
    ['validate'],
    ['diff', '--exit-zero'],
    ['reconcile', 'payroll', '--once', '--dry-run=client'],
  ]) {
    const live = await supervisor.run([...words, '-n', 'prod'].join(' '));
    const { code, out, err } = await alone(...words, '--bundle', 'all.tgz');
    assert.equal(code, live.code, `${words.join(' ')}: ${err}`);
    // What it proposes to run next reads the same bundle.
    assert.equal(out.replaceAll(' --bundle all.tgz', ''), live.out, words.join(' '));
    assert.match(err, /^source: bundle all\.tgz, taken 0s ago\n/);
  }
});

test('ages are those of the moment when it was taken', async () => {
  const supervisor = await aSupervisor(canaryWorld());
  await supervisor.run(`bundle -n prod -f ${join(folder, 'old.tgz')}`);
  const io = testIo(['get', '--bundle', 'old.tgz'], { cwd: folder, now: '2026-11-20T16:00:00Z' });
  await run(io);
  assert.match(io.out(), / 10d\n$/);
  assert.equal(io.err(), 'source: bundle old.tgz, taken 4h ago\n');
});

test('a file that is there is never written over', async () => {
  const supervisor = await aSupervisor(canaryWorld());
  writeFileSync(join(folder, 'mine.tgz'), 'mine');
  const said = await supervisor.run(`bundle -n prod -f ${join(folder, 'mine.tgz')}`);
  assert.deepEqual(
    [said.code, said.err],
    [3, `error: cannot write ${join(folder, 'mine.tgz')}: it exists already; name another with --file\n`],
  );
  assert.equal(readFileSync(join(folder, 'mine.tgz'), 'utf8'), 'mine');
});

test('what could not be read stays a fact, and the bundle that lacks it ends with 3', async () => {
  const supervisor = await aSupervisor(canaryWorld());
  supervisor.disturb(({ method, path }) =>
    method === 'GET' && path.endsWith('/virtualmachines') ? forbidden('virtualmachines.vmoperator.vmware.com is forbidden') : undefined,
  );
  const live = await supervisor.run('debug payroll -n prod');
  const taken = await supervisor.run(`bundle payroll -n prod -f ${join(folder, 'half.tgz')}`);
  assert.match(taken.err, /could not look: list virtualmachines: Forbidden/);
  assert.equal(taken.code, 3);
  const { code, out } = await alone('debug', 'payroll', '--bundle', 'half.tgz');
  assert.deepEqual([code, out], [live.code, live.out]);
  assert.equal(code, 3);
});

test('another namespace than that of the bundle is not looked for in it', async () => {
  const supervisor = await aSupervisor(canaryWorld());
  await supervisor.run(`bundle -n prod -f ${join(folder, 'one.tgz')}`);
  const { code, err } = await alone('get', '-n', 'test', '--bundle', 'one.tgz');
  assert.deepEqual([code, err], [3, 'error: bundle one.tgz holds namespace prod, not test\n']);
});

test('what a bundle is not for is refused in a sentence that says why', async () => {
  const supervisor = await aSupervisor([]);
  for (const [words, message, command] of [
    ['bundle -A', '-A: a bundle holds one namespace: make one for each, with -n', 'bundle'],
    ['bundle --all-namespaces', '--all-namespaces: a bundle holds one namespace: make one for each, with -n', 'bundle'],
    ['can-i --bundle b.tgz', '--bundle: rights are those of today, which a server knows and a bundle does not', 'can-i'],
    ['debug --partial', '--partial goes with --bundle', 'debug'],
  ] as const) {
    const { code, err } = await supervisor.run(words);
    assert.deepEqual([code, err], [2, `error: ${message}\nSee 'kubectl vmsvc ${command} -h' for help and examples\n`], words);
  }
  assert.deepEqual(supervisor.requests, []);
});

test('R093 what a bundle of a stranger calls itself, its members and its places comes out escaped, and no member has the name of an object', async () => {
  const evil = '\u001b[31mFORGED\u009b2J\u202e\r\nFORGED';
  const supervisor = await aSupervisor([aVmService('web', { labels: { note: 'x' } })]);
  const file = join(folder, 'hostile.tgz');
  assert.equal((await supervisor.run(`bundle web -n prod -f ${file}`)).code, 0);
  const members = readTar(gunzipSync(readFileSync(file)), { members: 100, name: 200, partial: false });
  assert.deepEqual(
    members.map(({ name }) => name).filter((name) => !/^(index|objects\/[a-z0-9.]+\.[A-Za-z]+)\.json$/.test(name)),
    [],
  );
  const index = JSON.parse(members.find(({ name }) => name === 'index.json')?.content.toString() ?? '');
  const hostile = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string')
      return ['kind', 'apiVersion', 'format', 'takenAt', 'localTime'].includes(key) ? value : `${value}${evil}`;
    if (Array.isArray(value)) return value.map((item) => hostile(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, hostile(item, name)]));
  };
  const archives = [
    [{ name: 'index.json', content: Buffer.from(JSON.stringify(hostile(index))) }],
    [{ name: evil, content: Buffer.from('no JSON') }, ...members],
    [{ name: `../${evil}`, content: Buffer.from('') }, ...members],
    [...members, { name: `objects/core.${evil}.json`, content: Buffer.from('no JSON') }],
  ];
  for (const [at, archive] of archives.entries()) {
    writeFileSync(file, gzipSync(writeTar(archive, new Date(0))));
    for (const command of ['debug', 'debug web', 'get', 'describe web']) {
      const io = testIo([...command.split(' '), '--bundle', file], { cwd: folder, env: { LANG: 'C.UTF-8' } });
      const code = await run(io);
      const text = io.out() + io.err();
      assert.ok([0, 1, 3].includes(code), `${at} ${command}: ${code} ${text}`);
      assert.equal(/[^\P{C}\n]/u.exec(text), null, `${at} ${command}: ${JSON.stringify(text)}`);
      assert.doesNotMatch(text, /^FORGED/m);
    }
  }
});
