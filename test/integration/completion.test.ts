import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Sandbox, startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { kubectlReleases } from '../support/kubectl-releases.ts';

// TAB as users have it: the shells and kubectl themselves ask the installed programs, which ask the sandbox.
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'vmsvc-completion-test-'));
const kubeconfig = join(folder, 'kubeconfig');
const environment = {
  PATH: [join(root, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
  HOME: folder,
  KUBECONFIG: kubeconfig,
  TERM: 'dumb',
  // What is tested is what is found: a busy machine may take its time.
  KUBECTL_VMSVC_COMPLETION_TIMEOUT: '30000',
};

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({
    profile: 'E',
    objects: [
      aVmService('web', { namespace: 'prod', labels: { tier: 'front' } }),
      aVmService('web-admin', { namespace: 'prod', labels: { tier: 'back' } }),
      aVmService('db', { namespace: 'prod' }),
      aVm('web-1', { namespace: 'prod', labels: { app: 'web' } }),
      aVm('web-2', { namespace: 'prod', labels: { app: 'web' } }),
      aVmService('elsewhere', { namespace: 'test' }),
    ],
    controllers: [],
    port: 0,
    now: () => new Date(),
    toolVersion: 'test',
  });
  writeFileSync(kubeconfig, sandboxKubeconfig(sandbox));
});
after(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = environment): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { env, cwd: folder, encoding: 'utf8', timeout: 120_000 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ stdout, stderr, code: typeof error?.code === 'number' ? error.code : 0 });
    });
    child.stdin?.end();
  });
}

/** Lines without the last line break. */
const lines = (text: string) => text.replace(/\n$/, '').split('\n');

const answers: readonly (readonly [words: readonly string[], lines: readonly string[]])[] = [
  [
    ['describe', '-n', 'prod', ''],
    ['db', 'web', 'web-admin', 'vm/', ':4'],
  ],
  [
    ['describe', '-n', 'prod', 'web'],
    ['web', 'web-admin', ':4'],
  ],
  [
    ['describe', '--namespace=test', ''],
    ['elsewhere', 'vm/', ':4'],
  ],
  [
    ['describe', '-n', 'prod', 'vm/'],
    ['vm/web-1', 'vm/web-2', ':4'],
  ],
  [
    ['describe', '-n', 'prod', 'v'],
    ['vm/', ':6'],
  ],
  [
    ['get', '-n', ''],
    ['default', 'prod', 'test', ':4'],
  ],
  [
    ['get', '--context', ''],
    ['sandbox', ':4'],
  ],
  [
    ['get', '-n', 'prod', '-l', ''],
    ['tier=', ':6'],
  ],
  [
    ['get', '-n', 'prod', '-l', 'tier='],
    ['tier=back', 'tier=front', ':4'],
  ],
  [
    ['get', '--output=y'],
    ['yaml', ':4'],
  ],
  [['get', '-f', ''], [':0']],
  [
    ['events', '-n', 'prod', '--for=vm/w'],
    ['vm/web-1', 'vm/web-2', ':4'],
  ],
  [
    ['events', '-n', 'prod', '--for', 'v'],
    ['vmservice/', 'vm/', ':6'],
  ],
  [
    ['create', 'new', '-n', 'prod', '--from=vm/web-1,'],
    ['vm/web-1,vm/web-2', ':4'],
  ],
  [
    ['create', 'new', '-n', 'prod', '--selector', 'app='],
    ['app=web', ':4'],
  ],
  // As PowerShell has to write an empty word, which some of its versions pass on with the quotes.
  [
    ['describe', '-n', 'prod', '""'],
    ['db', 'web', 'web-admin', 'vm/', ':4'],
  ],
  [
    ['debug', '-o', 'sarif=kube'],
    ['sarif=kubeconfig', ':4'],
  ],
  [['wait', '-n', 'prod', '--for=address,'], [':4']],
  [
    ['delete', '-n', 'prod', '-l', 'tier=f'],
    ['tier=front', ':4'],
  ],
  [
    ['wait', '-n', 'prod', '--for=endpoints='],
    ['endpoints=all', ':4'],
  ],
  [['descr'], ['describe\tone object with its trace; vm/NAME traces backwards', ':4']],
];

describe('kubectl vmsvc <TAB>', () => {
  const releases = kubectlReleases().filter(({ minor }) => Number(minor.slice(2)) >= 26);
  const judges = [...new Set([releases[0], releases.at(-1)])].filter((release) => release !== undefined);
  const skip = judges.length === 0 ? 'there is no kubectl of 1.26 or later' : false;
  console.log(
    skip ? `SKIPPED: completion through kubectl: ${skip}` : `completion through kubectl ${judges.map(({ minor }) => minor).join(', ')}`,
  );

  test('kubectl asks kubectl_complete-vmsvc, and passes its candidates on', { skip }, async () => {
    for (const { program, minor } of judges) {
      for (const [words, wanted] of answers) {
        const { stdout, code } = await run(program, ['__complete', 'vmsvc', ...words]);
        assert.deepEqual({ lines: lines(stdout), code }, { lines: wanted, code: 0 }, `kubectl ${minor} vmsvc ${words.join(' ')}`);
      }
    }
  });
});

test('kubectl_complete-vmsvc is kubectl-vmsvc __complete', async () => {
  for (const [words, wanted] of answers) {
    const direct = await run('kubectl_complete-vmsvc', words);
    assert.deepEqual(direct, { stdout: `${wanted.join('\n')}\n`, stderr: '', code: 0 }, words.join(' '));
    assert.deepEqual(await run('kubectl-vmsvc', ['__complete', ...words]), direct, words.join(' '));
  }
});

/** Says it where the output of tests is read, not only in their count. */
function absent(shell: string): string | false {
  if (spawnSync(shell, ['-c', 'exit 0'], { stdio: 'ignore' }).status === 0) return false;
  console.log(`SKIPPED: completion in ${shell}: it is not on PATH`);
  return `${shell} is not on PATH`;
}

const script = (name: string) => join(root, 'completions', name);

describe('in bash', { skip: absent('bash') }, () => {
  /** Runs the function that bash itself would run, with bash's own idea of the words: it splits at = and : too. */
  async function tab(line: string, words: readonly string[]): Promise<readonly string[]> {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const text = `source '${script('kubectl-vmsvc.bash')}'
      COMP_LINE='${line}' COMP_POINT=${line.length} COMP_WORDS=(${quoted}) COMP_CWORD=${words.length - 1}
      "$(complete -p kubectl-vmsvc | sed 's/.*-F \\([^ ]*\\).*/\\1/')"
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr, code } = await run('bash', ['--norc', '-c', text]);
    assert.deepEqual({ stderr, code }, { stderr: '', code: 0 });
    return lines(stdout);
  }

  test('commands, names, and what bash takes apart at = come whole', async () => {
    const cases: readonly (readonly [line: string, words: readonly string[], wanted: readonly string[]])[] = [
      ['kubectl-vmsvc desc', ['kubectl-vmsvc', 'desc'], ['describe']],
      ['kubectl-vmsvc describe -n prod ', ['kubectl-vmsvc', 'describe', '-n', 'prod', ''], ['db', 'web', 'web-admin', 'vm/']],
      [
        'kubectl-vmsvc describe  --namespace=prod we',
        ['kubectl-vmsvc', 'describe', '--namespace', '=', 'prod', 'we'],
        ['web', 'web-admin'],
      ],
      ['kubectl-vmsvc get --output=y', ['kubectl-vmsvc', 'get', '--output', '=', 'y'], ['yaml']],
      ['kubectl-vmsvc version --output=', ['kubectl-vmsvc', 'version', '--output', '='], ['json', 'yaml']],
      ['kubectl-vmsvc get -n prod -l tier=', ['kubectl-vmsvc', 'get', '-n', 'prod', '-l', 'tier', '='], ['back', 'front']],
      ['kubectl-vmsvc get -n prod -l tier=f', ['kubectl-vmsvc', 'get', '-n', 'prod', '-l', 'tier', '=', 'f'], ['front']],
      ['kubectl-vmsvc get -n prod -l tier= d', ['kubectl-vmsvc', 'get', '-n', 'prod', '-l', 'tier', '=', 'd'], ['db']],
      ['kubectl-vmsvc get --kubeconfig=kube', ['kubectl-vmsvc', 'get', '--kubeconfig', '=', 'kube'], ['kubeconfig']],
      ['kubectl-vmsvc get -f kube', ['kubectl-vmsvc', 'get', '-f', 'kube'], ['kubeconfig']],
      ['kubectl-vmsvc debug -o sarif=kubec', ['kubectl-vmsvc', 'debug', '-o', 'sarif', '=', 'kubec'], ['kubeconfig']],
      ['kubectl-vmsvc debug --output=sarif=kubec', ['kubectl-vmsvc', 'debug', '--output', '=', 'sarif', '=', 'kubec'], ['kubeconfig']],
      ['kubectl-vmsvc events --types Normal,W', ['kubectl-vmsvc', 'events', '--types', 'Normal,W'], ['Normal,Warning']],
      [
        String.raw`kubectl-vmsvc events --types Normal\,W`,
        ['kubectl-vmsvc', 'events', '--types', String.raw`Normal\,W`],
        ['Normal,Warning'],
      ],
      ['kubectl-vmsvc get -n "prod" -l "tier=f', ['kubectl-vmsvc', 'get', '-n', '"prod"', '-l', '"tier=f'], ['tier=front']],
      [
        'kubectl-vmsvc get -n prod --selector="tier=f',
        ['kubectl-vmsvc', 'get', '-n', 'prod', '--selector', '=', '"tier=f'],
        ['tier=front'],
      ],
      [
        'kubectl-vmsvc get -n prod --selector="tier="',
        ['kubectl-vmsvc', 'get', '-n', 'prod', '--selector', '=', `"tier="`],
        ['tier=back', 'tier=front'],
      ],
      [
        'kubectl-vmsvc get -n prod "--selector=tier=f',
        ['kubectl-vmsvc', 'get', '-n', 'prod', '"--selector=tier=f'],
        ['--selector=tier=front'],
      ],
      ['kubectl-vmsvc wait --for=address,', ['kubectl-vmsvc', 'wait', '--for', '=', 'address,'], ['']],
      ['kubectl-vmsvc describe no-such', ['kubectl-vmsvc', 'describe', 'no-such'], ['']],
    ];
    for (const [line, words, wanted] of cases) assert.deepEqual(await tab(line, words), wanted, line);
  });

  test('a name with a blank is written as one word', async () => {
    const odd = join(folder, 'odd');
    writeFileSync(odd, 'apiVersion: v1\nkind: Config\ncontexts: [{name: "a b$(date)", context: {}}]\n');
    const line = `kubectl-vmsvc get --kubeconfig ${odd} --context `;
    assert.deepEqual(await tab(line, line.split(' ')), ['a\\ b\\$\\(date\\)']);
  });
});

test('in fish', { skip: absent('fish') }, async () => {
  const cases: readonly (readonly [line: string, wanted: readonly string[]])[] = [
    ['kubectl-vmsvc desc', ['describe\tone object with its trace; vm/NAME traces backwards']],
    ['kubectl-vmsvc describe -n prod ', ['db', 'vm/', 'web', 'web-admin']],
    ['kubectl-vmsvc describe -n prod vm/', ['vm/web-1', 'vm/web-2']],
    ['kubectl-vmsvc version --output=', ['--output=json', '--output=yaml']],
    ['kubectl-vmsvc get -n prod -l tier=', ['tier=back', 'tier=front']],
    ['kubectl-vmsvc get -f kube', ['kubeconfig']],
    ['kubectl-vmsvc debug -o sarif=kubec', ['sarif=kubeconfig']],
    ['kubectl-vmsvc debug --output=sarif=kubec', ['--output=sarif=kubeconfig']],
    ['kubectl-vmsvc events --types Normal,W', ['Normal,Warning']],
    ['kubectl-vmsvc events --types=Normal,W', ['--types=Normal,Warning']],
    ['kubectl-vmsvc get -n prod vmservice/web-', ['vmservice/web-admin']],
    ['kubectl-vmsvc get --kubeconfig=kube', ['--kubeconfig=kubeconfig']],
    ['kubectl-vmsvc get -n "prod" -l "tier=f', ['tier=front']],
    ['kubectl-vmsvc get -n prod --selector="tier=f', ['--selector=tier=front']],
    [String.raw`kubectl-vmsvc get -n prod web\-`, ['web-admin']],
  ];
  for (const [line, wanted] of cases) {
    const { stdout, stderr } = await run('fish', ['--no-config', '-c', `source '${script('kubectl-vmsvc.fish')}'; complete -C '${line}'`]);
    assert.deepEqual({ lines: lines(stdout).sort(), stderr }, { lines: wanted, stderr: '' }, line);
  }
});

test('in zsh, at a terminal', { skip: absent('zsh') }, async () => {
  // A second zsh in a pseudo-terminal is typed into; after each TAB the line is printed instead of run.
  const cases: readonly (readonly [typed: string, line: string])[] = [
    ['kubectl-vmsvc desc', 'kubectl-vmsvc describe '],
    ['kubectl-vmsvc describe -n prod d', 'kubectl-vmsvc describe -n prod db '],
    ['kubectl-vmsvc describe -n prod v', 'kubectl-vmsvc describe -n prod vm/'],
    ['kubectl-vmsvc describe -n prod vm/w', 'kubectl-vmsvc describe -n prod vm/web-'],
    ['kubectl-vmsvc get --output=y', 'kubectl-vmsvc get --output=yaml '],
    ['kubectl-vmsvc get -n prod -l tier=f', 'kubectl-vmsvc get -n prod -l tier=front '],
    ['kubectl-vmsvc get -f kubec', 'kubectl-vmsvc get -f kubeconfig '],
    ['kubectl-vmsvc debug -o sarif=kubec', 'kubectl-vmsvc debug -o sarif=kubeconfig '],
    ['kubectl-vmsvc debug --output=sarif=kubec', 'kubectl-vmsvc debug --output=sarif=kubeconfig '],
    ['kubectl-vmsvc events --types Normal,W', 'kubectl-vmsvc events --types Normal,Warning '],
    ['kubectl-vmsvc events --types=Normal,W', 'kubectl-vmsvc events --types=Normal,Warning '],
    ['kubectl-vmsvc get -n prod vmservice/web-', 'kubectl-vmsvc get -n prod vmservice/web-admin '],
    ['kubectl-vmsvc get --kubeconfig=kubec', 'kubectl-vmsvc get --kubeconfig=kubeconfig '],
  ];
  const inner = join(folder, 'inner.zsh');
  writeFileSync(
    inner,
    `PS1=
unsetopt beep prompt_sp
autoload -Uz compinit
compinit -u -D
source '${script('_kubectl-vmsvc')}'
show() { print -r -- "<<$BUFFER>> shown"; BUFFER=; }
zle -N show
bindkey '^X' show
print ready
`,
  );
  const driver = join(folder, 'driver.zsh');
  writeFileSync(
    driver,
    `zmodload zsh/zpty
until_said() {
  local piece all
  while [[ $all != *"$1"* ]] && zpty -r z piece; do all+=$piece; done
  print -r -- "\${\${all##*<<}%%>>*}"
}
zpty z zsh -f -i
zpty -w z "source '${inner}'"
until_said ready >/dev/null
${cases.map(([typed]) => `zpty -w -n z $'${typed}\\t\\x18'; until_said '>> shown'`).join('\n')}
zpty -d z
`,
  );
  const { stdout, stderr } = await run('zsh', ['-f', driver]);
  assert.deepEqual({ lines: lines(stdout), stderr }, { lines: cases.map(([, line]) => line), stderr: '' });
});

describe('what is asked of the cluster', () => {
  let server: Server | undefined;
  after(() => server?.close());

  /** A kubeconfig for a server that answers as told, and the requests that it has got. */
  async function serving(answer: (path: string) => unknown) {
    const asked: string[] = [];
    server?.close();
    const started = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.accept}`);
      const body = answer(request.url ?? '');
      if (body === 'nothing') return;
      response.writeHead(body === undefined ? 403 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 403, reason: 'Forbidden' }));
    });
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = started.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const file = join(folder, `kubeconfig-${port}`);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'a',
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a', namespace: 'prod' } }],
      clusters: [{ name: 'a', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'a', user: {} }],
    };
    writeFileSync(file, JSON.stringify(config));
    return { asked, env: { ...environment, KUBECONFIG: file } };
  }

  const group = {
    kind: 'APIGroup',
    apiVersion: 'v1',
    name: 'vmoperator.vmware.com',
    versions: [{ groupVersion: 'vmoperator.vmware.com/v1alpha5', version: 'v1alpha5' }],
    preferredVersion: { groupVersion: 'vmoperator.vmware.com/v1alpha5', version: 'v1alpha5' },
  };
  const names = (...cells: readonly string[]) => ({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    columnDefinitions: [{ name: 'Power-State' }, { name: 'Name' }],
    rows: cells.map((name) => ({ cells: ['on', name], object: null })),
  });
  const labels = (...items: readonly Readonly<Record<string, string>>[]) => ({
    kind: 'PartialObjectMetadataList',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { continue: 'more' },
    items: items.map((of, index) => ({ metadata: { name: `vm-${index}`, labels: of } })),
  });
  const metadata = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
  const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';
  const collection = '/apis/vmoperator.vmware.com/v1alpha5/namespaces/prod/virtualmachines';
  const serve = (answer: unknown) => serving((path) => (path === '/apis/vmoperator.vmware.com' ? group : answer));

  test('names alone, all at once and from the memory of the server', async () => {
    const { asked, env } = await serve(names('a-1', 'web-1', 'web-2', 'x-1'));
    const { stdout } = await run('kubectl_complete-vmsvc', ['describe', 'vm/web'], env);
    assert.deepEqual(lines(stdout), ['vm/web-1', 'vm/web-2', ':4']);
    assert.deepEqual(asked, [
      'GET /apis/vmoperator.vmware.com application/json',
      `GET ${collection}?resourceVersion=0&includeObject=None ${table},${metadata}`,
    ]);
  });

  test('a server that makes no tables answers with metadata', async () => {
    const { env } = await serve(labels({}, {}));
    assert.deepEqual(lines((await run('kubectl_complete-vmsvc', ['describe', 'vm/'], env)).stdout), ['vm/vm-0', 'vm/vm-1', ':4']);
  });

  test('of labels the metadata of the first objects, and values from those that have the label', async () => {
    const { asked, env } = await serve(labels({ app: 'web', tier: 'front' }, { app: 'db' }));
    const create = ['create', 'x', '--selector'];
    assert.deepEqual(lines((await run('kubectl_complete-vmsvc', [...create, ''], env)).stdout), ['app=', 'tier=', ':6']);
    assert.deepEqual(lines((await run('kubectl_complete-vmsvc', [...create, 'app='], env)).stdout), ['app=db', 'app=web', ':4']);
    assert.deepEqual(
      asked.filter((line) => line.includes('?')),
      [`GET ${collection}?limit=500 ${metadata}`, `GET ${collection}?limit=500&labelSelector=app ${metadata}`],
    );
  });

  test('a refusal is asked for once, and nothing is said of it', async () => {
    const { asked, env } = await serving(() => undefined);
    assert.deepEqual(await run('kubectl_complete-vmsvc', ['describe', ''], env), { stdout: ':4\n', stderr: '', code: 0 });
    assert.deepEqual(asked, ['GET /apis/vmoperator.vmware.com application/json']);
  });

  test('what no shell should see is left out', async () => {
    const { env } = await serve(names('$(date)', 'a\nb', 'a b', 'web'));
    assert.deepEqual(lines((await run('kubectl_complete-vmsvc', ['describe', 'vm/'], env)).stdout), ['vm/web', ':4']);
  });

  test('a server that does not answer is given up in silence', async () => {
    const { KUBECTL_VMSVC_COMPLETION_TIMEOUT: _, ...impatient } = environment;
    const mute = await serving(() => 'nothing');
    assert.deepEqual(await run('kubectl_complete-vmsvc', ['describe', ''], { ...impatient, KUBECONFIG: mute.env.KUBECONFIG }), {
      stdout: ':4\n',
      stderr: '',
      code: 0,
    });
  });
});

test('a credential plugin asks nobody, and does not outlive the answer', async () => {
  const plugin = (mode: string, command: string) => {
    const file = join(folder, `plugin-${mode}`);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', command], interactiveMode: mode };
    const config = sandboxKubeconfig(sandbox).replace(
      /^( *)token: .*$/m,
      (_line, indent: string) => `${indent}exec: ${JSON.stringify(exec)}`,
    );
    assert.match(config, /exec: /);
    writeFileSync(file, config);
    return { ...environment, KUBECONFIG: file, KUBECTL_VMSVC_COMPLETION_TIMEOUT: '4000' };
  };
  const silence = { stdout: ':4\n', stderr: '', code: 0 };
  const asks = plugin('Always', 'touch ran');
  assert.deepEqual(await run('kubectl_complete-vmsvc', ['describe', ''], asks), silence);
  assert.equal(existsSync(join(folder, 'ran')), false);

  const hangs = plugin('IfAvailable', 'echo $$ > plugin.pid; echo please log in >&2; sleep 60');
  assert.deepEqual(await run('kubectl_complete-vmsvc', ['describe', ''], hangs), silence);
  const pid = Number(readFileSync(join(folder, 'plugin.pid'), 'utf8'));
  // Ended it is at once; that it is gone takes the system a moment.
  for (let tries = 0; isAlive(pid) && tries < 500; tries++) await sleep(10);
  assert.equal(isAlive(pid), false);
});

/** A process that ended and that nobody asked for its exit code is none. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

test('words that are known load nothing that talks to a network', async () => {
  const witness = join(folder, 'witness.cjs');
  writeFileSync(
    witness,
    `process.on('exit', () => {
       const network = process.moduleLoadList.filter((name) => /^NativeModule (https?|http2|tls|dns)$/.test(name));
       require('node:fs').writeSync(2, JSON.stringify(network));
     });`,
  );
  for (const words of [['get', '--st'], [''], ['get', '-o', 'j'], ['get', '-f', '']]) {
    const { stderr } = await run(process.execPath, ['--require', witness, join(root, 'bin/kubectl_complete-vmsvc'), ...words]);
    assert.equal(stderr, '[]', words.join(' '));
  }
  const { stderr } = await run(process.execPath, ['--require', witness, join(root, 'bin/kubectl_complete-vmsvc'), 'describe', '']);
  assert.match(stderr, /"NativeModule tls"/);
});
