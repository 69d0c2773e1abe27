import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ManifestProblem } from '../../../src/cluster/files/manifest-values.ts';
import { type Manifests, readManifests } from '../../../src/cluster/files/manifests.ts';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-manifests-'));
after(() => rmSync(folder, { recursive: true }));

let folders = 0;

/** Reads files of a fresh folder. */
function read(
  files: Readonly<Record<string, string | Uint8Array>>,
  sources: readonly string[],
  options: { readonly recursive?: boolean; readonly stdin?: string | Uint8Array } = {},
): Promise<Manifests> {
  const cwd = join(folder, String(folders++));
  mkdirSync(cwd);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  return readManifests(sources, { cwd, recursive: options.recursive ?? false, readStdin: async () => Buffer.from(options.stdin ?? '') });
}

const named = ({ objects }: Manifests): string[] =>
  objects.map(
    ({ file, position, object }) =>
      `${file}:${position.line}:${position.column} ${object.apiVersion} ${object.kind}/${object.metadata.name}`,
  );

function said({ file, position, message, hint }: ManifestProblem): string {
  return `${file}${position === undefined ? '' : `:${position.line}:${position.column}`}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
}

const service = (name: string): string => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n`;
const inJson = (name: string): string => JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name } });

test('YAML, JSON, JSON lines, Lists and several documents become objects with their places', async () => {
  const found = await read(
    {
      'a.yaml': `# head\n${service('a1')}---\n---\n${service('a2')}`,
      'b.json': `\n  ${inJson('b')}`,
      'c.jsonl': `${inJson('c1')}\n${inJson('c2')}\n`,
      'd.yaml': `kind: List\napiVersion: v1\nitems:\n- ${service('d1').replaceAll('\n', '\n  ').trimEnd()}\n- {apiVersion: v1, kind: Service, metadata: {name: d2}}\n---\nnull\n`,
      'e.json':
        '{"kind":"ServiceList","apiVersion":"v1","metadata":{},\n"items":[{"metadata":{"name":"e1"}},\n {"metadata":{"name":"e2"}}]}',
      'f.yaml': '{kind: Service, apiVersion: v1, metadata: {name: f}}',
      'g.json': '{"kind":"PodList","apiVersion":"v1","items":null}',
    },
    ['a.yaml', 'b.json', 'c.jsonl', 'd.yaml', 'e.json', 'f.yaml', 'g.json', '-'],
    { stdin: service('s') },
  );
  assert.deepEqual(found.errors, []);
  assert.deepEqual(named(found), [
    'a.yaml:2:1 v1 Service/a1',
    'a.yaml:8:1 v1 Service/a2',
    'b.json:2:3 v1 Service/b',
    'c.jsonl:1:1 v1 Service/c1',
    'c.jsonl:2:1 v1 Service/c2',
    'd.yaml:4:3 v1 Service/d1',
    'd.yaml:8:3 v1 Service/d2',
    'e.json:2:10 v1 Service/e1',
    'e.json:3:2 v1 Service/e2',
    'f.yaml:1:1 v1 Service/f',
    'stdin:1:1 v1 Service/s',
  ]);
});

test('a field of an object of a List is found in YAML and in JSON', async () => {
  const found = await read(
    {
      'a.yaml':
        'kind: List\nitems:\n- kind: A\n  apiVersion: v1\n  metadata: {name: a}\n  spec:\n    ports:\n    - name: p\n      port: 1\n',
      'b.json':
        '{"kind":"List","items":[\n{"kind":"A","apiVersion":"v1","metadata":{"name":"{[\\""},\n "spec":{"ports":[{"name":"q"},\n  {"port":1, "name":"p"}]}}]}',
    },
    ['a.yaml', 'b.json'],
  );
  const [yaml, json] = found.objects;
  assert.deepEqual(yaml?.positionOf(['spec', 'ports', 0, 'port']), { line: 9, column: 7 });
  assert.deepEqual(yaml?.positionOf(['spec', 'type']), { line: 6, column: 3 });
  assert.deepEqual(json?.positionOf(['spec', 'ports', 1, 'name']), { line: 4, column: 14 });
  assert.deepEqual(json?.positionOf(['spec', 'ports', 7]), { line: 3, column: 10 });
});

test('a folder gives its manifests sorted; those below it with -R', async () => {
  const files = { 'd/b.yml': service('b'), 'd/a.yaml': service('a'), 'd/README.md': 'no', 'd/sub/c.json': inJson('c') };
  assert.deepEqual(named(await read(files, ['d'])), ['d/a.yaml:1:1 v1 Service/a', 'd/b.yml:1:1 v1 Service/b']);
  assert.deepEqual(named(await read(files, ['d'], { recursive: true })), [
    'd/a.yaml:1:1 v1 Service/a',
    'd/b.yml:1:1 v1 Service/b',
    'd/sub/c.json:1:1 v1 Service/c',
  ]);
  const looped = join(folder, 'looped');
  mkdirSync(looped);
  writeFileSync(join(looped, 'a.yaml'), service('a'));
  symlinkSync(looped, join(looped, 'again'));
  const found = await readManifests(['looped'], { cwd: folder, recursive: true, readStdin: async () => Buffer.from('') });
  assert.deepEqual(named(found), ['looped/a.yaml:1:1 v1 Service/a']);
});

test('what a folder holds that is no file is named, and nobody waits for it', async () => {
  const odd = join(folder, 'odd');
  mkdirSync(odd);
  execFileSync('mkfifo', [join(odd, 'a.yaml')]);
  symlinkSync('/dev/zero', join(odd, 'b.yaml'));
  symlinkSync('nowhere', join(odd, 'c.yaml'));
  symlinkSync('.', join(odd, 'd.yaml'));
  writeFileSync(join(odd, 'e\nf.yaml'), service('e'));
  const found = await readManifests(['odd', 'a,b.yaml'], { cwd: folder, readStdin: async () => Buffer.from('') });
  assert.deepEqual(named(found), ['odd/e\nf.yaml:1:1 v1 Service/e']);
  assert.deepEqual(found.errors.map(said), [
    'a,b.yaml: no such file or directory (give each file a -f of its own)',
    'odd/a.yaml: it is a pipe or a device, not a file (to read from it, name it with -f)',
    'odd/b.yaml: it is a pipe or a device, not a file (to read from it, name it with -f)',
    'odd/c.yaml: no such file or directory',
    'odd/d.yaml: it is a folder',
  ]);
});

test('a pipe that is named is waited for without holding up the process', async () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const found = readManifests(['pipe'], { cwd: folder, readStdin: async () => Buffer.from('') });
  const pipe = await openedForWriting(path);
  writeSync(pipe, service('a'));
  await new Promise((resolve) => setImmediate(resolve));
  writeSync(pipe, `---\n${service('b')}`);
  closeSync(pipe);
  assert.deepEqual(named(await found), ['pipe:1:1 v1 Service/a', 'pipe:6:1 v1 Service/b']);
});

/** It opens for whoever does not wait once there is a reader: that one did not stop the clock. */
async function openedForWriting(path: string): Promise<number> {
  for (let turn = 0; ; turn += 1) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (turn === 1000) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

test('a slash behind a file is refused, as kubectl refuses it', async () => {
  const found = await read({ 'a.yaml': service('a'), 'b/c.yaml': service('c') }, ['a.yaml/', 'b/']);
  assert.deepEqual(named(found), ['b/c.yaml:1:1 v1 Service/c']);
  assert.deepEqual(found.errors.map(said), ['a.yaml/: a part of its path is not a folder (only folders may have a / at the end)']);
});

test('what is wrong with one file or document does not hide the others', async () => {
  const found = await read(
    {
      'a.yaml': `a: [\n---\n${service('a')}`,
      'b.json': `${inJson('b')}\n{"kind": }`,
      'c.yaml':
        'kind: Service\nmetadata: {name: c}\n---\n- a list\n---\njust text\n---\napiVersion: v1\nkind: Service\nmetadata:\n  generateName: c-\n',
      'd.yaml': 'apiVersion: v1\nkind: Service\nmetadata:\n  name: d\n  labels:\n    release: 1.5\n',
    },
    ['a.yaml', 'b.json', 'c.yaml', 'd.yaml', 'none.yaml', 'https://example.com/x.yaml'],
  );
  assert.deepEqual(named(found), ['a.yaml:3:1 v1 Service/a', 'b.json:1:1 v1 Service/b']);
  assert.deepEqual(found.errors.map(said), [
    'none.yaml: no such file or directory',
    'a.yaml:2:1: Flow sequence must end with a ] (close it)',
    'b.json:2:10: a value is expected here: text in double quotes, a number, true, false, null, { or [',
    'https://example.com/x.yaml: nothing is downloaded here (download it yourself and pass the file, or pipe it into -f -)',
    'c.yaml:1:1: this is not a Kubernetes object: it has no apiVersion',
    'c.yaml:4:1: this is not an object: apiVersion, kind and metadata are expected',
    'c.yaml:6:1: this is not an object: apiVersion, kind and metadata are expected',
    'c.yaml:11:3: Service has generateName only: a name is needed here',
    'd.yaml:6:5: metadata.labels: the value of "release" must be text (put it in quotes)',
  ]);
});

test('a List that kubectl cannot take apart is said to be one', async () => {
  const found = await read(
    {
      'a.yaml': `kind: List\napiVersion: v1\nitems:\n- kind: List\n  apiVersion: v1\n  items: []\n`,
      'b.json': '{"kind":"PodList","items":{}}',
    },
    ['a.yaml', 'b.json'],
  );
  assert.deepEqual(found.errors.map(said), [
    'a.yaml:6:3: kubectl does not read a List in a List (put its items into the outer one)',
    'b.json:1:19: items of PodList must be a list',
  ]);
});

test('input that gives no object at all is an error', async () => {
  for (const text of ['', '# only a comment\n', '---\n', 'null\n', '{"kind":"List","items":[]}']) {
    const found = await read({}, ['-'], { stdin: text });
    assert.deepEqual(found.errors.map(said), ['stdin: there is no object in it']);
  }
  assert.deepEqual((await read({ 'd/x.txt': '' }, ['d'])).errors.map(said), [
    'd: there is no file in it that ends in .yaml, .yml, .json, .jsonl',
  ]);
});

test('R088: what is no text, or no end, is refused with the reason', async () => {
  const cases: [Uint8Array, string][] = [
    [gzipSync('x'), 'stdin: it is a gzip file, not text (did you mean --bundle?)'],
    [Buffer.from('\ufeffa: 1', 'utf16le'), 'stdin: it is UTF-16 (little-endian), not UTF-8 (save it as UTF-8)'],
    [Buffer.from('name: M\xfcnchen', 'latin1'), 'stdin: it is not UTF-8 at byte 7'],
    [Buffer.concat([Buffer.from('a: 1\n'), Buffer.from([0x89, 0x50, 0x4e, 0x47])]), 'stdin: it is not UTF-8 at byte 5'],
    [Buffer.alloc(32 * 1024 * 1024 + 1, ' '), 'stdin: it is larger than 32 MiB'],
  ];
  for (const [bytes, message] of cases) assert.deepEqual((await read({}, ['-'], { stdin: bytes })).errors.map(said), [message]);
  const zero = await readManifests(['/dev/zero'], { cwd: folder, readStdin: async () => Buffer.from('') });
  assert.deepEqual(zero.errors.map(said), ['/dev/zero: larger than 32 MiB']);
});

test('R082, R089: JSON too deep or cut short is one error', async () => {
  const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  assert.deepEqual((await read({}, ['-'], { stdin: deep })).errors.map(said), ['stdin:1:133: nested more than 128 levels deep']);
  assert.deepEqual((await read({}, ['-'], { stdin: '{"a": {"b": 1\n' })).errors.map(said), ['stdin:1:14: the object is not closed']);
});

test('R091: labels called __proto__ are labels, from YAML and JSON', async () => {
  const found = await read(
    {
      'a.yaml': `${service('a')}  labels: {__proto__: x, constructor: z}\n`,
      'b.json': '{"apiVersion":"v1","kind":"Service","metadata":{"name":"b","labels":{"__proto__":"x","constructor":"z"}}}',
    },
    ['a.yaml', 'b.json'],
  );
  assert.deepEqual(
    found.objects.map(({ object }) => Object.entries(object.metadata.labels ?? {})),
    Array(2).fill([
      ['__proto__', 'x'],
      ['constructor', 'z'],
    ]),
  );
});

test('R083, R084: keys that are there twice and boolean words are warnings', async () => {
  const found = await read({}, ['-'], { stdin: `${service('a')}spec:\n  type: x\n  type: ClusterIP\n  publishNotReadyAddresses: yes\n` });
  assert.deepEqual(found.warnings.map(said), [
    'stdin:7:3: key "type" is there twice, first on line 6 (the last one counts)',
    'stdin:8:29: yes is the boolean true here (write "yes" in quotes if it is meant as text)',
  ]);
  assert.equal(found.objects.length, 1);
});
