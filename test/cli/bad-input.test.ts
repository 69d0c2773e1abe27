import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { type Sandbox, startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { testIo } from '../support/test-io.ts';

/** What a command line prints and how it ends; nothing goes to stdout when something is wrong. */
async function said(words: readonly string[], options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {}) {
  const io = testIo(words, options);
  const code = await run(io);
  return { code, out: io.out(), err: io.err() };
}

const seeAll = "See 'kubectl vmsvc -h' for help and examples\n";
const see = (command: string) => `See 'kubectl vmsvc ${command} -h' for help and examples\n`;

describe('a wrong command line is refused with one sentence and exit code 2, before anything is asked', () => {
  const cases: readonly (readonly [words: string, err: string])[] = [
    ['gett', 'error: unknown command "gett" for "kubectl vmsvc"\n\nDid you mean this?\n\tget\n'],
    ['ls', 'error: unknown command "ls" for "kubectl vmsvc"\n\nDid you mean this?\n\tget\n'],
    ['sync', 'error: unknown command "sync" for "kubectl vmsvc"\n\nDid you mean this?\n\treconcile\n'],
    ['frobnicate', `error: unknown command "frobnicate" for "kubectl vmsvc"\nSee 'kubectl vmsvc -h' for help and examples\n`],
    ['get --frob', `error: unknown flag: --frob\n${see('get')}`],
    ['get --outptu=json', `error: unknown flag: --outptu; did you mean --output?\n${see('get')}`],
    ['get -Z', `error: unknown shorthand flag: -Z\n${see('get')}`],
    ['get -o', `error: flag needs a value: --output\n${see('get')}`],
    [
      'describe -o wide',
      `error: unable to match a printer suitable for the output format "wide", allowed formats are: custom-columns,custom-columns-file,dot,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,mermaid,name,yaml\n${see('describe')}`,
    ],
    ['get -w --bundle b.tgz', `error: --watch needs a cluster in which something happens, and --bundle has none\n${see('get')}`],
    [
      'describe web -w --bundle b.tgz',
      `error: --watch needs a cluster in which something happens, and --bundle has none\n${see('describe')}`,
    ],
    ['events -w --bundle b.tgz', `error: --watch needs a cluster in which something happens, and --bundle has none\n${see('events')}`],
    [
      'wait web --for=address --bundle b.tgz',
      `error: wait needs a cluster in which something happens, and --bundle has none\n${see('wait')}`,
    ],
    ['get web -A', `error: a resource cannot be retrieved by name across all namespaces\n${see('get')}`],
    ['get web --field-selector=metadata.name=web', `error: selectors and names cannot be given together\n${see('get')}`],
    ['get web -l a=b', `error: selectors and names cannot be given together\n${see('get')}`],
    ['get ../../secrets', `error: get knows vmservice and vm, not ".."\n${see('get')}`],
    ['get Web', `error: "Web" cannot be a name: names have lower-case letters, digits, '-' and '.'\n${see('get')}`],
    ['get --no-headers=maybe web', `error: --no-headers "maybe": must be true or false\n${see('get')}`],
    ['get --chunk-size=-1', `error: --chunk-size "-1": must be a whole number of at least 0\n${see('get')}`],
    [
      'get --status=Fine',
      `error: --status "Fine": must be one of OK, Degraded, Drift, Pending, NoAddress, NoEndpoints, NoVMs, NoService, Unknown, Deleting\n${see('get')}`,
    ],
    ['vms --state=Fine', `error: --state "Fine": must be one of Ready, NotReady, Out, Stale, NotSelected\n${see('vms')}`],
    [
      'get --request-timeout=soon',
      `error: --request-timeout "soon" is not a time: write 30s, 2m, 1h, or a number of seconds\nSee 'kubectl vmsvc -h' for help and examples\n`,
    ],
    [
      'get --request-timeout=-1s',
      `error: --request-timeout "-1s" is not a time: write 30s, 2m, 1h, or a number of seconds\nSee 'kubectl vmsvc -h' for help and examples\n`,
    ],
    ['get --as-uid=7 --server=https://127.0.0.1:1', `error: --as-uid without --as: say as whom, too\n${seeAll}`],
    [
      'get --as-group=a --as-user-extra=k=v --server=https://127.0.0.1:1',
      `error: --as-group and --as-user-extra without --as: say as whom, too\n${seeAll}`,
    ],
    ['get --as=bob --as-user-extra=k --server=https://127.0.0.1:1', `error: --as-user-extra "k": write KEY=VALUE\n${seeAll}`],
    ['get --server=ftp://x', `error: --server "ftp://x" is not the address of a server: write https://HOST:PORT\n${seeAll}`],
    ['get -s http://', `error: --server "http://" is not the address of a server: write https://HOST:PORT\n${seeAll}`],
    [
      'get --server=https://127.0.0.1:1 --insecure-skip-tls-verify --certificate-authority=ca.crt',
      `error: --certificate-authority and --insecure-skip-tls-verify: a server cannot be both verified and not\n${seeAll}`,
    ],
    ['get -n a/b --server=https://127.0.0.1:1', `error: invalid namespace "a/b": may not contain '/'\n${seeAll}`],
    ['describe web -n .. --server=https://127.0.0.1:1', `error: invalid namespace "..": may not be '..'\n${seeAll}`],
    ['delete web -n %2e --server=https://127.0.0.1:1', `error: invalid namespace "%2e": may not contain '%'\n${seeAll}`],
    ['get --offline', `error: --offline needs files: -f FILE\n${see('get')}`],
  ];
  for (const [words, err] of cases) {
    test(`kubectl vmsvc ${words}`, async () => assert.deepEqual(await said(words.split(' ')), { code: 2, out: '', err }));
  }
});

describe('a line without a command', () => {
  for (const line of ['-n prod', '-v=6', '--', '-- get', '-n prod -- get', '-n prod help', 'help -h', '-n prod -h', '-']) {
    test(`kubectl vmsvc ${line}: the help of all, as kubectl answers it`, async () => {
      assert.deepEqual(await said(line.split(' ')), await said(['--help']));
    });
  }

  for (const line of ['help get', '-n prod help get', 'help -- get', 'help get --help']) {
    test(`kubectl vmsvc ${line}: the help of get`, async () => {
      assert.deepEqual(await said(line.split(' ')), await said(['get', '-h']));
    });
  }

  for (const [line, sentence] of [
    ['-A', 'unknown shorthand flag: -A'],
    ['--frob', 'unknown flag: --frob'],
    ['--contxt=prod', 'unknown flag: --contxt; did you mean --context?'],
    ['help --frob', 'unknown flag: --frob'],
    ['-n', 'flag needs a value: --namespace'],
  ] as const) {
    test(`kubectl vmsvc ${line}: ${sentence}`, async () => {
      assert.deepEqual(await said(line.split(' ')), { code: 2, out: '', err: `error: ${sentence}\n${seeAll}` });
    });
  }
});

test('an empty word is no command, and like none', async () => {
  assert.deepEqual(await said(['']), {
    code: 2,
    out: '',
    err: `error: unknown command "" for "kubectl vmsvc"\nSee 'kubectl vmsvc -h' for help and examples\n`,
  });
});

test('an empty name of a file is not the current folder', async () => {
  for (const words of [
    ['get', '--offline', '-f', ''],
    ['validate', '-f='],
  ]) {
    assert.deepEqual(await said(words), {
      code: 3,
      out: '',
      err: 'error: "": no file is named: -f needs a file, a folder, an address or -\n',
    });
  }
});

test('a template file that is not there', async () => {
  const err = 'error: cannot read the template "/nowhere/t": no such file or directory\n';
  for (const format of ['jsonpath-file', 'custom-columns-file']) {
    const file = join(import.meta.dirname, '../scenarios/a-healthy-service/cluster.yaml');
    assert.deepEqual(await said(['get', '--offline', '-f', file, '-o', `${format}=/nowhere/t`]), { code: 3, out: '', err });
  }
});

describe('files that cannot be read', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'vmsvc-bad-input-'));
    writeFileSync(join(folder, 'broken.yaml'), 'apiVersion: v1\nkind: Service\nmetadata: {name: web\nspec: {}\n');
    writeFileSync(join(folder, 'empty.yaml'), '# nothing\n');
    writeFileSync(join(folder, 'list.yaml'), 'apiVersion: v1\nkind: List\nitems: 5\n');
    writeFileSync(
      join(folder, 'typed-list.yaml'),
      'kind: VirtualMachineServiceList\napiVersion: vmoperator.vmware.com/v1alpha6\nitems: {a: b}\n',
    );
    writeFileSync(join(folder, 'no-items.yaml'), 'apiVersion: v1\nkind: List\n');
    writeFileSync(join(folder, 'nameless.yaml'), 'apiVersion: v1\nkind: Service\n');
    const vmService = (version: string) =>
      `apiVersion: vmoperator.vmware.com/${version}\nkind: VirtualMachineService\nmetadata: {name: web}\n`;
    writeFileSync(join(folder, 'future.yaml'), `---\n${vmService('v1alpha9')}`);
    writeFileSync(
      join(folder, 'context.yaml'),
      `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n---\n${vmService('v1alpha3')}`,
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  const offline = async (file: string) => {
    const { code, out, err } = await said(['get', '--offline', '-f', file], { cwd: folder });
    return { code, out, line: err.split('\n', 1)[0] };
  };

  test('broken YAML names file, line and column', async () => {
    const { code, out, line } = await offline('broken.yaml');
    assert.deepEqual([code, out], [3, '']);
    assert.match(line ?? '', /^error: broken\.yaml:[34]:\d+: ./);
  });

  test('a file that is not there, that is empty, or that holds no object says so', async () => {
    for (const [file, line] of [
      ['nowhere.yaml', 'error: nowhere.yaml: no such file or directory'],
      ['empty.yaml', 'error: empty.yaml: there is no object in it'],
    ] as const) {
      assert.deepEqual(await offline(file), { code: 3, out: '', line });
    }
    assert.equal((await offline('nameless.yaml')).line, 'error: nameless.yaml:1:1: Service has no metadata');
  });

  test('a List whose items are no list is no empty list, and no object', async () => {
    for (const [file, sentence] of [
      ['list.yaml', 'list.yaml:3:1: items of List must be a list'],
      ['typed-list.yaml', 'typed-list.yaml:3:1: items of VirtualMachineServiceList must be a list'],
      ['no-items.yaml', 'no-items.yaml:1:1: List has no items'],
    ] as const) {
      assert.deepEqual(await said(['get', '--offline', '-f', file], { cwd: folder }), { code: 3, out: '', err: `error: ${sentence}\n` });
      const validated = await said(['validate', '-f', file], { cwd: folder });
      const [place, words] = sentence.split(': ');
      assert.deepEqual([validated.code, validated.out.split('\n', 1)[0]], [1, `${place}: error VMS116 ManifestUnreadable: ${words}`]);
    }
  });

  test('a version that no release has is named with those that there are', async () => {
    assert.deepEqual(await offline('future.yaml'), {
      code: 3,
      out: '',
      line: 'error: future.yaml:2:1: this release does not have VirtualMachineService in vmoperator.vmware.com/v1alpha9; it has v1alpha6, v1alpha5, v1alpha4, v1alpha3, v1alpha2, v1alpha1',
    });
  });

  test('other kinds are context and no error', async () => {
    const { code, out, err } = await said(['get', '-o', 'name', '--offline', '-f', 'context.yaml'], { cwd: folder });
    assert.deepEqual([code, out, err], [0, 'virtualmachineservice.vmoperator.vmware.com/web\n', '']);
  });
});

describe('a cluster that cannot be used', () => {
  let folder: string;
  let sandbox: Sandbox;
  const kubeconfig = (name: string) => join(folder, name);
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vmsvc-bad-cluster-'));
    sandbox = await startSandbox({
      profile: 'E',
      objects: [aVmService('web', { namespace: 'team-a' }), aVm('web-1', { namespace: 'team-a' })],
      controllers: [],
      port: 0,
      now: () => new Date(),
      toolVersion: 'test',
    });
    const good = sandboxKubeconfig(sandbox);
    writeFileSync(kubeconfig('good'), good);
    writeFileSync(kubeconfig('expired'), good.replaceAll(sandbox.token, 'expired'));
    writeFileSync(kubeconfig('refused'), good.replaceAll(sandbox.server, 'https://127.0.0.1:1'));
    writeFileSync(kubeconfig('broken'), 'apiVersion: v1\nkind: Config\nclusters: [\n');
  });
  after(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });

  const against = (name: string, words: string) => said(['--kubeconfig', kubeconfig(name), ...words.split(' ')]);

  test('no kubeconfig at all', async () => {
    const { code, out, err } = await said(['get'], { env: { HOME: '/nowhere' } });
    assert.deepEqual([code, out], [3, '']);
    assert.equal(err.split('\n', 1)[0], 'error: no kubeconfig found: looked for /nowhere/.kube/config');
  });

  test('a kubeconfig that is not there, and one that is broken', async () => {
    assert.deepEqual(await said(['get', '--kubeconfig', '/nowhere/config']), {
      code: 3,
      out: '',
      err: 'error: cannot read the kubeconfig /nowhere/config: no such file or directory\n',
    });
    const broken = await against('broken', 'get');
    assert.deepEqual([broken.code, broken.out], [3, '']);
    assert.match(broken.err, /^error: .*broken:\d+:\d+: /);
  });

  test('a context that does not exist', async () => {
    assert.deepEqual(await against('good', 'get --context nowhere'), {
      code: 3,
      out: '',
      err: 'error: context "nowhere" does not exist in the kubeconfig\nits contexts: "sandbox"\n',
    });
  });

  test('a server that refuses the connection', async () => {
    assert.deepEqual(await against('refused', 'get'), {
      code: 3,
      out: '',
      err: 'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n',
    });
  });

  test('an expired token', async () => {
    const { code, out, err } = await against('expired', 'get');
    assert.deepEqual([code, out, err.split('\n', 1)[0]], [3, '', 'error: You must be logged in to the server (Unauthorized)']);
    const debug = await against('expired', 'debug web');
    assert.deepEqual([debug.code, debug.out, debug.err], [3, '', `${err}VMS918 CredentialsExpired: kubectl vmsvc explain VMS918\n`]);
  });

  test('a type that stands alone is a name; where there is none, that is said', async () => {
    const notFound = (name: string) => `Error from server (NotFound): virtualmachineservices.vmoperator.vmware.com "${name}" not found\n`;
    assert.deepEqual(await against('good', 'get vmservice -n team-a'), {
      code: 3,
      out: '',
      err: `${notFound('vmservice')}  "vmservice" was taken for a name: without it, this is about all of the namespace\n`,
    });
    assert.deepEqual(await against('good', 'describe vm -n team-a'), {
      code: 3,
      out: '',
      err: `${notFound('vm')}  "vm" was taken for a name: one VM is vm/NAME, and kubectl get vm lists them\n`,
    });
  });

  test('a name that does not exist, and one that does: both are answered', async () => {
    assert.deepEqual(await against('good', 'get nope web -n team-a -o name'), {
      code: 3,
      out: 'virtualmachineservice.vmoperator.vmware.com/web\n',
      err: 'Error from server (NotFound): virtualmachineservices.vmoperator.vmware.com "nope" not found\n',
    });
    assert.deepEqual(await against('good', 'describe vm/nope -n team-a'), {
      code: 3,
      out: '',
      err: 'Error from server (NotFound): virtualmachines.vmoperator.vmware.com "nope" not found\n',
    });
  });

  test('a word behind -- is a name as any, whatever it begins with', async () => {
    assert.deepEqual(await against('good', 'get -n team-a -o name -- web'), {
      code: 0,
      out: 'virtualmachineservice.vmoperator.vmware.com/web\n',
      err: '',
    });
    assert.deepEqual(await against('good', 'get -n team-a -o name web -- --all'), {
      code: 2,
      out: '',
      err: `error: "--all" cannot be a name: names have lower-case letters, digits, '-' and '.'\nSee 'kubectl vmsvc get -h' for help and examples\n`,
    });
    for (const words of ['delete -n team-a -- nope', 'reconcile -n team-a --once -- nope']) {
      const { code, out, err } = await against('good', words);
      assert.deepEqual([code, out], [3, ''], words);
      assert.match(err, /^Error from server \(NotFound\): .* "nope" not found$/m);
    }
  });

  test('a namespace that does not exist is nothing found, and says why', async () => {
    for (const command of ['get', 'vms', 'describe']) {
      assert.deepEqual(await against('good', `${command} -n nowhere`), {
        code: 0,
        out: '',
        err: 'No resources found in nowhere namespace.\nWarning: the namespace "nowhere" does not exist\n',
      });
    }
  });

  test('a selector that the server cannot read is a mistake of the command line', async () => {
    const see = "See 'kubectl vmsvc get -h' for help and examples\n";
    for (const words of ['get', 'get -w', 'get -w -o name']) {
      const labels = await against('good', `${words} -n team-a -l a(b`);
      assert.deepEqual([labels.code, labels.out], [2, ''], words);
      assert.match(labels.err, /^error: --selector "a\(b": .*\n/);
      assert.deepEqual(await against('good', `${words} -n team-a --field-selector a`), {
        code: 2,
        out: '',
        err: `error: --field-selector "a": invalid selector: 'a'; can't understand 'a'\n${see}`,
      });
    }
  });

  test('nothing that is wrong on the command line changes the cluster', async () => {
    const version = sandbox.api.resourceVersion;
    for (const words of [
      'reconcile web -n team-a',
      'reconcile web -n team-a --once --dry-run=maybe',
      'reconcile web -n team-a --once --release=7',
    ]) {
      assert.equal((await against('good', words)).code, 2);
    }
    assert.equal(sandbox.api.resourceVersion, version);
  });
});
