import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Bundle, packBundle, unpackBundle } from '../../../src/cluster/bundle/bundle-file.ts';
import { readTar, type TarMember, writeTar } from '../../../src/cluster/bundle/tar.ts';
import type { BundleIndex } from '../../../src/core/bundle/bundle-index.ts';
import { aService, aVm } from '../../support/builders.ts';

const index: BundleIndex = {
  apiVersion: 'vmsvc/v1',
  kind: 'Bundle',
  format: 1,
  toolVersion: '0.1.0',
  takenAt: '2026-11-20T12:00:00.000Z',
  localTime: '2026-11-20T12:00:00.000Z',
  context: 'supervisor-a',
  namespace: 'prod',
  names: [],
  redacted: false,
  omitted: [],
  lastApplied: {},
  reads: [],
  reviews: [],
  rehearsals: [],
  kubernetesVersion: null,
  discovery: { groups: [], resources: [], unavailable: [], absent: [], failed: undefined },
};

const when = new Date(index.takenAt);
const file = (name: string, value: unknown): TarMember => ({
  name,
  content: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});
const indexFile = file('index.json', index);
const packed = (...members: readonly TarMember[]) => gzipSync(writeTar(members, when));

/** One sentence about what is wrong with an archive. */
async function refused(bytes: Uint8Array): Promise<string> {
  try {
    await unpackBundle(bytes);
  } catch (error) {
    if (error instanceof Error && error.name === 'ArchiveError') return error.message;
    throw error;
  }
  return 'read';
}

/** The same archive with some bytes of the first header changed, and a checksum that fits. */
function tampered(members: readonly TarMember[], change: (head: Buffer) => void): Buffer {
  const archive = writeTar(members, when);
  const head = archive.subarray(0, 512);
  change(head);
  head.write('        ', 148, 8, 'ascii');
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'ascii');
  return gzipSync(archive);
}

test('a bundle comes out as it went in, to the last digit, and twice the same', async () => {
  const big = JSON.rawJSON('12345678901234567890');
  const bundle: Bundle = { index, objects: [{ ...aVm('web-1'), unknown: { number: big, text: '__proto__' } } as never, aService('web')] };
  const bytes = packBundle(bundle);
  assert.deepEqual(packBundle(bundle), bytes);
  const read = await unpackBundle(bytes);
  assert.equal(JSON.stringify(read.objects.toSorted((a, b) => (a.kind < b.kind ? 1 : -1))), JSON.stringify(bundle.objects));
  assert.equal(JSON.stringify(read.index), JSON.stringify(index));
});

test('what is no bundle is said to be none', async () => {
  assert.equal(await refused(Buffer.from('hello')), 'it is not gzipped: a bundle is what kubectl vmsvc bundle writes');
  assert.equal(await refused(new Uint8Array()), 'it is not gzipped: a bundle is what kubectl vmsvc bundle writes');
  assert.equal(await refused(gzipSync('hello')), 'it is cut short');
  assert.equal(await refused(packed(file('readme.txt', 'x'))), 'it has no index.json: no bundle of kubectl vmsvc');
  assert.equal(await refused(packed(file('index.json', '{'))), 'index.json is no JSON');
  assert.equal(await refused(packed(file('index.json', '[]'))), 'index.json is no JSON object');
  assert.equal(await refused(packed(file('index.json', { kind: 'Pod' }))), 'index.json is no index of a bundle');
  assert.equal(await refused(packed(file('index.json', { ...index, reads: 'all' }))), 'index.json does not hold what an index holds');
  assert.equal(await refused(packed(file('index.json', { ...index, format: 2 }))), 'it was made by a newer version: update kubectl-vmsvc');
});

test('R098 a member that leads out of the archive is refused by name', async () => {
  for (const name of ['../x', '/x', 'C:\\x', 'a/../../x', './x', 'a//x', 'a\\..\\x', '.']) {
    const message = await refused(packed(indexFile, file(name, 'x')));
    assert.match(message, /^member ".*" (has an absolute path|leads out of the archive|has a name with characters)/, name);
  }
});

test('R099 anything but a regular file is refused', async () => {
  for (const [type, what] of [
    ['1', 'a hard link'],
    ['2', 'a symbolic link'],
    ['3', 'a device'],
    ['5', 'a folder'],
    ['6', 'a named pipe'],
    ['L', 'a GNU long name'],
    ['x', 'a pax header'],
    ['S', 'a sparse file'],
  ] as const) {
    const bytes = tampered([indexFile], (head) => head.write(type, 156, 1, 'ascii'));
    assert.equal(await refused(bytes), `member "index.json" is ${what}, not a regular file`);
  }
});

test('R100 a bomb is stopped while it unpacks, and truncated or damaged archives are named so', async () => {
  const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024));
  assert.match(await refused(bomb), /^it unpacks to more than 200 times its size$/);
  const whole = packed(indexFile, file('objects/core.Service.json', { items: [] }));
  assert.equal(await refused(whole.subarray(0, whole.length - 40)), 'it is cut short');
  const damaged = Buffer.from(whole);
  damaged.fill(0, 20, 60);
  assert.match(await refused(damaged), /^it is (damaged: it cannot be unpacked|cut short)$/);
  const archive = writeTar([indexFile], when);
  archive[0] = 0x41;
  assert.equal(await refused(gzipSync(archive)), 'a checksum is wrong: it is damaged, or no tar archive');
  assert.equal(
    await refused(gzipSync(Buffer.concat([writeTar([indexFile], when), Buffer.from('more')]))),
    'something follows the end of the archive',
  );
});

test('R100 of a bundle that is cut short what is whole is read when somebody asks for that, and the rest was not looked at', async () => {
  const read = (resource: string, kind: string) =>
    ({ verb: 'list', group: '', version: 'v1', resource, kind, namespace: 'prod', answer: { read: 1 } }) as const;
  const reads = [read('services', 'Service'), read('endpoints', 'Endpoints')];
  const archive = writeTar(
    [
      file('index.json', { ...index, reads }),
      file('objects/core.Service.json', { items: [aService('web')] }),
      file('objects/core.Endpoints.json', { items: [{ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'web' } }] }),
    ],
    when,
  );
  const cut = gzipSync(archive.subarray(0, archive.length - 1024 - 512));
  assert.equal(await refused(cut), 'it is cut short in member "objects/core.Endpoints.json"');
  const bundle = await unpackBundle(cut, { partial: true });
  assert.deepEqual(
    bundle.objects.map(({ kind }) => kind),
    ['Service'],
  );
  assert.deepEqual(
    bundle.index.reads.map(({ answer }) => answer),
    [{ read: 1 }, { failed: 'the bundle is cut short before its endpoints' }],
  );
  const whole = gzipSync(archive);
  const half = whole.subarray(0, whole.length - 8);
  assert.equal(await refused(half), 'it is cut short');
  assert.equal((await unpackBundle(half, { partial: true })).objects.length, 2);
  await assert.rejects(unpackBundle(whole.subarray(0, 60), { partial: true }), { message: 'nothing of it is whole' });
});

test('R101 two members of one name are refused, Secrets of strangers are not read, kinds go by content', async () => {
  assert.equal(await refused(packed(indexFile, indexFile)), 'there are two members called "index.json"');
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: {} };
  const { objects } = await unpackBundle(
    packed(indexFile, file('objects/core.Service.json', { kind: 'List', items: [secret, aVm('web-1')] })),
  );
  assert.deepEqual(
    objects.map(({ kind }) => kind),
    ['VirtualMachine'],
  );
  assert.equal(
    await refused(packed(indexFile, file('objects/core.Service.json', { items: [{ kind: 1 }] }))),
    'objects/core.Service.json holds something that is no object',
  );
});

test('the number of members is limited, exactly', () => {
  const members = [file('a', ''), file('b', '')];
  assert.equal(readTar(writeTar(members, when), { members: 2, name: 10, partial: false }).length, 2);
  assert.throws(() => readTar(writeTar(members, when), { members: 1, name: 10, partial: false }), {
    message: 'it has more than 1 members',
  });
});

test('a bundle without a member that its index says was read is refused: what was in it is not none', async () => {
  const read = { verb: 'list', group: '', version: 'v1', resource: 'services', kind: 'Service', namespace: 'prod', answer: { read: 1 } };
  const without = packed(file('index.json', { ...index, reads: [read] }));
  assert.equal(await refused(without), 'it has no objects/core.Service.json, which its index.json says was read');
});

test('a member without items is refused: what was in it is not none', async () => {
  for (const content of [{}, { items: {} }])
    assert.equal(await refused(packed(indexFile, file('objects/core.Service.json', content))), 'objects/core.Service.json is no List');
});
