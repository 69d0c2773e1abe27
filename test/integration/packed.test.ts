import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';

// What users get: the tarball of `npm pack`, unpacked where nothing else is.
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'vmsvc-packed-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const packed = unpack();
const plugin = join(packed, 'bin/kubectl-vmsvc');

function unpack(): string {
  // The build ran before the tests; what is in dist/ is what is packed.
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: root, stdio: 'ignore' });
  execFileSync('tar', ['xzf', globSync(join(folder, '*.tgz'))[0] ?? '', '-C', folder]);
  return join(folder, 'package');
}

function run(command: string, args: readonly string[]) {
  const env = { PATH: [dirname(plugin), dirname(process.execPath), process.env.PATH ?? ''].join(delimiter), HOME: folder };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

function preload(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('the package has the command, the bundle, the scripts for shells, the licence and the documents, and no sources', () => {
  assert.deepEqual(readdirSync(packed).sort(), [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin',
    'completions',
    'dist',
    'docs',
    'package.json',
  ]);
  assert.deepEqual(globSync('**/*.ts', { cwd: packed }), []);
});

test('the package runs without anything else installed, and says which version it is', () => {
  const help = run(plugin, ['--help']);
  assert.equal(help.stderr, '');
  assert.equal(help.status, 0);
  assert.match(help.stdout, /^Usage: kubectl vmsvc COMMAND /m);

  const manifest: unknown = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8'));
  const version: unknown = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  const answer = run(plugin, ['version']);
  assert.equal(answer.stderr, '');
  assert.equal(answer.status, 0);
  assert.ok(answer.stdout.includes(String(version)), answer.stdout);
});

test('the command works through a symbolic link, as it lies on PATH', () => {
  const link = join(folder, 'kubectl-vmsvc');
  symlinkSync(plugin, link);
  const { stdout, stderr, status } = run(link, ['--help']);
  assert.deepEqual({ stdout, stderr, status }, run(plugin, ['--help']));
});

test('R117 an older Node is asked for a newer one in one sentence', () => {
  const older = preload(
    'older.cjs',
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });
     Object.defineProperty(process, 'version', { value: 'v20.20.2' });`,
  );
  assert.deepEqual(run(process.execPath, ['--require', older, plugin, 'get']), {
    status: 2,
    stdout: '',
    stderr: 'kubectl-vmsvc needs Node 24 or later; this is v20.20.2\n',
  });
});

test('help loads one file and nothing that talks to a network', () => {
  const witness = preload(
    'witness.cjs',
    `process.on('exit', () => {
       const files = Object.keys(require.cache).map((file) => require('node:path').basename(file));
       const network = process.moduleLoadList.filter((name) => /^NativeModule (https?|http2|tls|dns)$/.test(name));
       require('node:fs').writeSync(2, JSON.stringify({ files, network }));
     });`,
  );
  const { stderr } = run(process.execPath, ['--require', witness, plugin, '--help']);
  assert.deepEqual(JSON.parse(stderr), { files: ['witness.cjs', 'kubectl-vmsvc', 'main.cjs'], network: [] });
});

test('every piece of the bundle is found when a command needs it', () => {
  const world = ['--offline', '-f', join(packed, 'docs/examples/my-lb.yaml'), '-n', 'demo-ns'];
  const login = {
    name: 'oidc',
    config: { 'id-token': 'expired.expired.expired', 'refresh-token': 'r', 'client-id': 'c', 'idp-issuer-url': 'https://127.0.0.1:1' },
  };
  const kubeconfig = preload(
    'kubeconfig',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'u', user: { 'auth-provider': login } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  );
  const answers = {
    'yaml, read and written': run(plugin, ['get', ...world, '-o', 'yaml']).stdout.split('\n', 1)[0],
    'chalk, which colours': run(plugin, ['get', ...world, '--color=always']).stdout.includes('\u001b['),
    'the API server, on which a plan runs': run(plugin, ['diff', ...world]).status,
    'the sandbox, and its data': run(plugin, ['sandbox', '--', 'kubectl-vmsvc']).stderr,
    'client-node, which renews tokens': /did not renew it/.test(run(plugin, ['get', '--kubeconfig', kubeconfig]).stderr),
  };
  assert.deepEqual(answers, {
    'yaml, read and written': 'apiVersion: v1',
    'chalk, which colours': true,
    'the API server, on which a plan runs': 1,
    'the sandbox, and its data': '',
    'client-node, which renews tokens': true,
  });
});

test('compiled code is kept for the next run of a command, for this bundle alone, and grows with what the command needs', () => {
  const kept = join(folder, '.cache/kubectl-vmsvc/get');
  const bundle = /^\/\*[\da-f]{32}/.exec(readFileSync(join(packed, 'dist/main.cjs'), 'latin1'))?.[0] ?? 'none';
  const version = `${bundle} ${process.version} ${process.arch}`;
  const wordsKept = () => readFileSync(kept, 'latin1').split('\n', 1)[0]?.split('\t') ?? [];
  const get = ['get', '--offline', '-f', join(packed, 'docs/examples/my-lb.yaml'), '-n', 'demo-ns'];
  rmSync(kept, { force: true });

  assert.equal(run(plugin, ['get', '--help']).status, 0);
  const ofHelp = wordsKept();
  const first = run(plugin, get);
  assert.deepEqual([first.status, first.stderr], [0, '']);
  const ofBoth = wordsKept();
  assert.equal(ofHelp[0], version);
  assert.deepEqual(ofBoth.slice(0, ofHelp.length), ofHelp);
  assert.ok(ofBoth.length > ofHelp.length);

  const before = readFileSync(kept);
  assert.deepEqual(run(plugin, get), first);
  assert.ok(readFileSync(kept).equals(before), 'nothing new ran, and nothing is written');

  writeFileSync(kept, `/*0 ${process.version} ${process.arch}\t./main.cjs\nof another bundle`);
  assert.deepEqual(run(plugin, get), first);
  assert.equal(wordsKept()[0], version);
  assert.deepEqual(
    readdirSync(dirname(kept)).filter((name) => name.startsWith('get')),
    ['get', 'get.more'],
  );
  const second = /^\/\*[\da-f]{32}/.exec(readFileSync(join(packed, 'dist/more.cjs'), 'latin1'))?.[0] ?? 'none';
  const [versionOfMore, _since, ...pieces] = readFileSync(`${kept}.more`, 'latin1').split('\n', 1)[0]?.split('\t') ?? [];
  assert.equal(versionOfMore, `${second} ${process.version} ${process.arch}`);
  assert.ok(pieces.length > 0 && pieces.every((piece) => piece.startsWith('+')), pieces.join());
});

test('code that is kept for twice as long as when it was written is written again, with what another world made run', () => {
  const kept = join(folder, '.cache/kubectl-vmsvc/describe');
  const describe = (file: string) => run(plugin, ['describe', '--offline', '-f', file, '-n', 'demo-ns']).status;
  const bare = preload(
    'bare.json',
    JSON.stringify({
      apiVersion: 'vmoperator.vmware.com/v1alpha1',
      kind: 'VirtualMachineService',
      metadata: { name: 'bare', namespace: 'demo-ns' },
      spec: { type: 'ClusterIP', ports: [{ name: 'http', port: 80, targetPort: 80, protocol: 'TCP' }], selector: { app: 'bare' } },
    }),
  );
  const full = join(packed, 'docs/examples/my-lb.yaml');
  const hour = 3_600_000;
  /** As if it was known for so long, and last written so long ago. */
  const age = (known: number, written: number) => {
    const [line = '', ...code] = readFileSync(kept, 'latin1').split('\n');
    const [version = '', _since, ...pieces] = line.split('\t');
    writeFileSync(kept, [[version, Date.now() - known, ...pieces].join('\t'), ...code].join('\n'), 'latin1');
    utimesSync(kept, new Date(), new Date(Date.now() - written));
  };
  rmSync(kept, { force: true });
  assert.equal(describe(bare), 0);
  const first = statSync(kept).size;

  age(hour, hour / 2 + 1000);
  assert.equal(describe(bare), 0);
  assert.equal(statSync(kept).mtimeMs > Date.now() - hour / 4, false, 'half of the time, and ten minutes more, did not pass');
  age(hour, hour);
  assert.equal(describe(full), 0);
  assert.ok(statSync(kept).mtimeMs > Date.now() - hour / 4);
  assert.ok(statSync(kept).size > first);
});

test('a word that is no command leaves nothing behind, and a home that cannot be written to does not matter', () => {
  assert.equal(run(plugin, ['tarits']).status, 2);
  assert.equal(existsSync(join(folder, '.cache/kubectl-vmsvc/tarits')), false);
  const env = { PATH: dirname(process.execPath), HOME: plugin };
  const { status, stderr } = spawnSync(plugin, ['--help'], { env, encoding: 'utf8' });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
});

test('a checkout that was not built says how to build it', () => {
  const checkout = join(folder, 'checkout');
  cpSync(join(packed, 'bin'), join(checkout, 'bin'), { recursive: true });
  assert.deepEqual(run(join(checkout, 'bin/kubectl-vmsvc'), ['get']), {
    status: 3,
    stdout: '',
    stderr: 'kubectl-vmsvc is not built: run npm run build\n',
  });
});

test('the same sources give the same bundle in any folder', () => {
  const elsewhere = join(folder, 'elsewhere');
  for (const name of ['package.json', 'tsconfig.json', 'scripts', 'src'])
    cpSync(join(root, name), join(elsewhere, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(elsewhere, 'node_modules'));
  assert.deepEqual(run(process.execPath, [join(elsewhere, 'scripts/build.ts')]), { status: 0, stdout: '', stderr: '' });
  for (const file of globSync('dist/**/*.{cjs,json}', { cwd: elsewhere })) {
    assert.ok(readFileSync(join(elsewhere, file)).equals(readFileSync(join(root, file))), `${file} differs`);
  }
});
