import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { testIo } from '../support/test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-text-'));
after(() => rmSync(folder, { recursive: true }));

const head = 'apiVersion: vmoperator.vmware.com/v1alpha5\nkind: VirtualMachineService\nmetadata: {name: web}\n';
const ports = '  ports: [{name: http, protocol: TCP, port: 80, targetPort: 8080}]\n';

/** What the command says of a text, a line each, without the totals. */
async function said(stdin: string, flags: readonly string[] = []): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const io = testIo(['validate', '-f', '-', '--release=9.1', ...flags], { stdin });
  const code = await run(io);
  assert.equal(io.err(), '');
  return { code, lines: (io.out().split('\n\n')[0] ?? '').split('\n').filter((line) => /^(stdin|--)/.test(line)) };
}

interface TextCase {
  readonly says: string;
  readonly broken: string;
  readonly near: string;
  readonly finds: readonly string[];
}

const cases: readonly TextCase[] = [
  {
    says: 'VMS116: a text that is no YAML',
    broken: `${head}spec:\n  type: ClusterIP\n  selector: {app: web\n${ports}`,
    near: `${head}spec:\n  type: ClusterIP\n  selector: {app: web\n    }\n${ports}`,
    finds: ['stdin:7:3: error VMS116 ManifestUnreadable: Flow map must end with a }'],
  },
  {
    says: 'VMS116: a document that is no object',
    broken: `${head}spec:\n  type: ClusterIP\n  selector: {app: web}\n${ports}---\n- 1\n`,
    near: `${head}spec:\n  type: ClusterIP\n  selector: {app: web}\n${ports}---\n# nothing\n`,
    finds: ['stdin:9:1: error VMS116 ManifestUnreadable: this is not an object: apiVersion, kind and metadata are expected'],
  },
  {
    says: 'VMS116: a comment of another language',
    broken: `// web\n${head}spec:\n  type: ClusterIP\n  selector: {app: web}\n${ports}`,
    near: `# // web\n${head}spec:\n  type: ClusterIP\n  selector: {app: web}\n${ports}`,
    finds: ['stdin:1:1: error VMS116 ManifestUnreadable: // begins no comment here'],
  },
  {
    says: 'VMS117: a key that is there twice in YAML',
    broken: `${head}spec:\n  type: LoadBalancer\n  type: ClusterIP\n  selector: {app: web}\n${ports}`,
    near: `${head}spec:\n  type: ClusterIP\n  # type: LoadBalancer\n  selector: {app: web}\n${ports}`,
    finds: ['stdin:6:3: error VMS117 KeyDuplicated: key "type" is there twice, first on line 5'],
  },
  {
    says: 'VMS117: a key that is there twice in JSON, which the API server refuses as well',
    broken: `{"apiVersion":"vmoperator.vmware.com/v1alpha5","kind":"VirtualMachineService","metadata":{"name":"web"},\n"spec":{"type":"ClusterIP","selector":{"app":"web"},"ports":[\n{"name":"http","protocol":"TCP","port":80,\n"targetPort":80,"port":81}]}}`,
    near: `{"apiVersion":"vmoperator.vmware.com/v1alpha5","kind":"VirtualMachineService","metadata":{"name":"web"},\n"spec":{"type":"ClusterIP","selector":{"app":"app"},"ports":[\n{"name":"port","protocol":"TCP","port":80,\n"targetPort":80}]}}`,
    finds: ['stdin:4:17: error VMS117 KeyDuplicated: key "port" is there twice, first on line 3'],
  },
  {
    says: 'VMS118: a word that is a boolean for kubectl',
    broken: `${head}spec:\n  type: ClusterIP\n  selector: {app: on}\n${ports}`,
    near: `${head}spec:\n  type: ClusterIP\n  selector: {app: "on"}\n${ports}`,
    finds: [
      'stdin:6:19: error VMS115 FieldInvalid: spec.selector.app must be text',
      'stdin:6:19: warning VMS118 BooleanUnquoted: on is the boolean true here',
    ],
  },
];

describe('the text of a manifest', () => {
  for (const { says, broken, near, finds } of cases) {
    test(says, async () => {
      assert.deepEqual(await said(broken), { code: 1, lines: finds });
      assert.deepEqual(await said(near), { code: 0, lines: [] });
    });
  }
});

test('VMS117 names the field, also of an item of a List', async () => {
  const twice = ports.replace('port: 80', 'port: 80, port: 81');
  const text = `apiVersion: v1\nkind: List\nitems:\n- ${`${head}spec:\n  type: ClusterIP\n${twice}`.trimEnd().replaceAll('\n', '\n  ')}\n`;
  const io = testIo(['validate', '-f', '-', '--release=9.1', '-o', 'json'], { stdin: text });
  await run(io);
  const { findings } = JSON.parse(io.out());
  assert.deepEqual(
    findings.map(({ code, field }: { readonly code: string; readonly field: string }) => [code, field]),
    [
      ['VMS109', 'spec.selector'],
      ['VMS117', 'spec.ports[0].port'],
    ],
  );
});

test('an object that is there twice is told, for no command of kubectl takes both', async () => {
  const text = `${head}spec:\n  type: ClusterIP\n  selector: {app: web}\n${ports}`;
  const other = text.replace('{name: web}', '{name: web, namespace: other}');
  const io = testIo(['validate', '-f', '-', '--release=9.1'], { stdin: `${text}---\n${other}---\n${text}` });
  assert.equal(await run(io), 0);
  assert.equal(
    io.err(),
    'warning: VirtualMachineService/web is there twice (stdin:1, stdin:17): kubectl create would fail at the second, kubectl apply would keep the last\n',
  );
});

test('--old finds the stored object, whether it says its namespace or -n does', async () => {
  const written = (name: string, type: string, namespace = ''): string =>
    `${head.replace('{name: web}', `{name: ${name}${namespace}}`)}spec:\n  type: ${type}\n  selector: {app: web}\n${ports}`;
  const [a, b] = [', namespace: a', ', namespace: b'];
  const changed = 'VMS105 spec.type';
  const cases: readonly (readonly [says: string, now: string, before: string, flags: readonly string[], finds: readonly string[]])[] = [
    ['both say it', written('web', 'ClusterIP', a), written('web', 'LoadBalancer', a), [], [changed]],
    ['-n says it', written('web', 'ClusterIP'), written('web', 'LoadBalancer', a), ['-n', 'a'], [changed]],
    ['the stored one does not', written('web', 'ClusterIP', a), written('web', 'LoadBalancer'), [], [changed]],
    ['they say two', written('web', 'ClusterIP', a), written('web', 'LoadBalancer', b), [], []],
    ['-n says another', written('web', 'ClusterIP'), written('web', 'LoadBalancer', b), ['-n', 'a'], []],
  ];
  for (const [says, now, before, flags, finds] of cases) {
    writeFileSync(
      join(folder, 'old.yaml'),
      `${before}---\n${written('other', 'LoadBalancer', b)}---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n`,
    );
    const io = testIo(['validate', '-f', '-', '--release=9.1', '-o', 'json', '--old', 'old.yaml', ...flags], { stdin: now, cwd: folder });
    await run(io);
    const { findings } = JSON.parse(io.out());
    assert.deepEqual(
      findings.map(({ code, field }: { readonly code: string; readonly field: string }) => `${code} ${field}`),
      finds,
      says,
    );
  }
});

test('what cannot be read says what to write instead', async () => {
  const object = '"apiVersion":"vmoperator.vmware.com/v1alpha5","kind":"VirtualMachineService"';
  const cases: readonly (readonly [text: string, lines: readonly string[]])[] = [
    [
      `{${object}, /* mine */\n"metadata":{"name":"web"}}`,
      ['stdin:1:80: error VMS116 ManifestUnreadable: a key in double quotes is expected here', '    fix: JSON has no comments: remove it'],
    ],
    [
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items: []\n',
      ['stdin:6:3: error VMS116 ManifestUnreadable: kubectl does not read a List in a List', '    fix: put its items into the outer one'],
    ],
    [
      'kind: VirtualMachineService\n',
      [
        'stdin:1:1: error VMS116 ManifestUnreadable: this is not a Kubernetes object: it has no apiVersion',
        '    fix: every object needs apiVersion, kind and metadata with a name',
      ],
    ],
  ];
  for (const [stdin, lines] of cases) {
    const io = testIo(['validate', '-f', '-'], { stdin });
    assert.equal(await run(io), 1);
    assert.deepEqual((io.out().split('\n\n')[0] ?? '').split('\n'), lines);
  }
});

test('--allow-empty is for folders without manifests, too, and not for those that are not there', async () => {
  const cwd = mkdtempSync(join(folder, 'empty-'));
  mkdirSync(join(cwd, 'none'));
  const judge = async (...words: readonly string[]) => {
    const io = testIo(['validate', ...words], { cwd, stdin: '# nothing\n' });
    return { code: await run(io), out: io.out(), err: io.err().split('\n')[0] };
  };
  const nothing = 'VirtualMachineServices: no error. Checked as release main (v1alpha6).\n';
  assert.deepEqual(await judge('-f', 'none', '--allow-empty'), { code: 0, out: `0 ${nothing}`, err: '' });
  assert.deepEqual(await judge('-f', '-', '--allow-empty'), {
    code: 0,
    out: `1 file, 0 objects (0 ${nothing.replace(':', '):')}`,
    err: '',
  });
  assert.deepEqual(await judge('-f', 'none'), {
    code: 3,
    out: '',
    err: 'error: none: there is no file in it that ends in .yaml, .yml, .json, .jsonl',
  });
  assert.deepEqual(await judge('-f', '-'), { code: 3, out: '', err: 'error: stdin: there is no object in it' });
  assert.deepEqual(await judge('-f', 'gone', '--allow-empty'), { code: 3, out: '', err: 'error: gone: no such file or directory' });
});

test('a policy that nobody wrote is told of where the families are', async () => {
  const stdin = `${head.replace('v1alpha5', 'v1alpha6')}spec:\n  type: ClusterIP\n  selector: {app: web}\n  ipFamilies: [IPv4, IPv6]\n${ports}`;
  const io = testIo(['validate', '-f', '-', '--capability=supports_workload_ipv6=true'], { stdin });
  assert.equal(await run(io), 1);
  assert.deepEqual(io.out().split('\n').slice(0, 3), [
    "stdin:7:15: error VMS111 IPFamiliesInvalid: the Service would be refused: spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
    '    why: VM Operator says so in its own log only: the VirtualMachineService is accepted, and nothing happens',
    '    fix: set ipFamilyPolicy to PreferDualStack or RequireDualStack, or list one family',
  ]);
});

describe('metadata of a wrong type', () => {
  const remove = 'remove it: a server writes it';
  const list = 'write a list, each entry behind a -';
  const one = 'write one text in its place';
  const map = 'write {app: web}, for example';
  const words: readonly (readonly [metadata: string, said: string, fix: string, value?: string])[] = [
    ['labels: [a]', 'metadata.labels must be a mapping of texts, not a list', map],
    ['labels: {a: b, c: [d]}', 'metadata.labels.c must be text, not a list', one, '[d]'],
    ['annotations: {a: 1}', 'metadata.annotations.a must be text, not a number', 'put it in quotes', '1'],
    ['generateName: {a: b}', 'metadata.generateName must be text, not a mapping', one],
    ['finalizers: a/b', 'metadata.finalizers must be a list of texts, not text', list],
    ['finalizers: [a/b, 5]', 'metadata.finalizers[1] must be text, not a number', 'put it in quotes', '5'],
    ['ownerReferences: {name: a}', 'metadata.ownerReferences must be a list of mappings, not a mapping', list],
    ['ownerReferences: [a]', 'metadata.ownerReferences[0] must be a mapping, not text', 'write a mapping', 'a]'],
    ['generation: 1.5', 'metadata.generation must be a whole number, not a number', remove],
    ['uid: 5', 'metadata.uid must be text, not a number', remove],
    [
      'creationTimestamp: yesterday',
      'metadata.creationTimestamp: parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
      remove,
    ],
  ];
  for (const [metadata, said, fix, value = metadata.slice(metadata.indexOf(': ') + 2)] of words) {
    test(`${metadata} is told in words of a manifest`, async () => {
      const stdin = `${head.replace('{name: web}', `{name: web, ${metadata}}`)}spec:\n  type: ClusterIP\n  selector: {app: web}\n${ports}`;
      const io = testIo(['validate', '-f', '-', '--release=9.1'], { stdin });
      assert.equal(await run(io), 1);
      const column = 'metadata: {name: web, '.length + metadata.lastIndexOf(value) + 1;
      const lines = [`stdin:3:${column}: error VMS115 FieldInvalid: ${said}`, `    fix: ${fix}`];
      assert.deepEqual(io.out().split('\n').slice(0, 2), lines);
    });
  }

  test('an update makes no name of generateName, which may hold anything but / and %, whatever else is wrong', async () => {
    const text = `${head}spec:\n  type: ClusterIP\n  selector: {app: web}\n${ports}`;
    writeFileSync(join(folder, 'before.yaml'), text);
    const said = async (prefix: string, flags: readonly string[]) => {
      const stdin = text.replace('{name: web}', `{name: web, generateName: "${prefix}"}`).replace('targetPort: 80', 'targetPort: http');
      const io = testIo(['validate', '-f', '-', '-o', 'json', ...flags], { stdin, cwd: folder });
      await run(io);
      const { findings }: { readonly findings: readonly { readonly message: string }[] } = JSON.parse(io.out());
      return findings.map(({ message }) => message.replace(/: a lowercase RFC 1123.*/, ''));
    };
    const port = 'spec.ports[0].targetPort must be a whole number';
    const outcomes: Record<string, readonly string[]> = {};
    for (const prefix of ['A b', '..', 'a/b-', 'a%b']) outcomes[prefix] = await said(prefix, ['--old=before.yaml']);
    assert.deepEqual(outcomes, {
      'A b': [port],
      '..': [port],
      'a/b-': [`metadata.generateName: Invalid value: "a/b-": may not contain '/'`, port],
      'a%b': [`metadata.generateName: Invalid value: "a%b": may not contain '%'`, port],
    });
    assert.deepEqual(await said('A b', []), ['metadata.generateName: Invalid value: "A b"', port]);
  });
});

test('what is not in --old is judged as new, and that is said on stderr and in the report', async () => {
  const written = (name: string, namespace = 'a') =>
    `${head.replace('{name: web}', `{name: ${name}, namespace: ${namespace}}`)}spec:\n  type: ClusterIP\n  selector: {app: web}\n${ports}`;
  const names = Array.from({ length: 12 }, (_, index) => `web-${index}`);
  const unseen = 'Selectors were not looked at: there is no VirtualMachine in the input.';
  const cases: readonly (readonly [now: string, before: string, note: string | undefined])[] = [
    [written('web'), written('web'), undefined],
    [`${written('web')}---\n${written('api', 'b')}`, written('web'), 'VirtualMachineService b/api is not in --old, and judged as new'],
    [
      `${names.map((name) => written(name)).join('---\n')}`,
      written('web'),
      `${names
        .slice(0, 10)
        .map((name) => `VirtualMachineService a/${name}`)
        .join(', ')} and 2 more are not in --old, and judged as new`,
    ],
    [
      written('web'),
      written('api'),
      'VirtualMachineService a/web is judged as a change of VirtualMachineService a/api, which is all that --old has: a cluster would keep both',
    ],
  ];
  for (const [now, before, note] of cases) {
    writeFileSync(join(folder, 'stored.yaml'), before);
    const judge = async (...flags: readonly string[]) => {
      const io = testIo(['validate', '-f', '-', '--release=9.1', '--old', 'stored.yaml', ...flags], { stdin: now, cwd: folder });
      return { code: await run(io), out: io.out(), err: io.err() };
    };
    const { code, out, err } = await judge();
    const [, ...notes] = out.trimEnd().split('\n');
    const expected = [...(note === undefined ? [] : [`${note}.`]), unseen];
    assert.deepEqual([code, notes, err], [0, expected, note === undefined ? '' : `note: ${note}\n`]);
    const document = await judge('-o', 'json', '-q');
    assert.deepEqual([JSON.parse(document.out).notes, document.err], [expected, '']);
  }
});

const halves: readonly (readonly [words: string, message: string])[] = [
  ['-f web.yaml --live --old=old.yaml', '--old and --live both say what is stored: give one of the two'],
  ['web --old=old.yaml', '--old judges files as a change: name them with -f'],
  ['--live', '--live lays files over the cluster: name them with -f'],
];
for (const [words, message] of halves) {
  test(`validate ${words} is a usage error`, async () => {
    const io = testIo(['validate', ...words.split(' ')], { cwd: folder });
    assert.deepEqual([await run(io), io.err().split('\n')[0]], [2, `error: ${message}`]);
  });
}

describe('--ignore', () => {
  const sound = `${head}spec:\n  type: ClusterIP\n${ports}`;

  test('what it hits is left out, and it is not mentioned', async () => {
    assert.deepEqual(await said(sound, ['--ignore=VMS109']), { code: 0, lines: [] });
  });

  test('what hits nothing is found itself, which fails where warnings do', async () => {
    const lines = [
      '--ignore=VMS107=api: warning VMS125 SuppressionUnused: it leaves nothing out: nothing of that code was found on an object called api',
    ];
    const flags = ['--ignore=VMS109', '--ignore=VMS107=api'];
    assert.deepEqual(await said(sound, flags), { code: 0, lines });
    assert.deepEqual(await said(sound, [...flags, '--fail-on=warning']), { code: 1, lines });
  });

  test('an annotation that is misspelt is told how it is written', async () => {
    const misspelt = sound.replace('{name: web}', '{name: web, annotations: {vmsvc/ignoreVMS109: on purpose}}');
    const io = testIo(['validate', '-f', '-', '--release=9.1', '--ignore=VMS109'], { stdin: misspelt });
    assert.equal(await run(io), 0);
    assert.deepEqual(io.out().split('\n').slice(0, 2), [
      'stdin:3:37: warning VMS125 SuppressionUnused: metadata.annotations[vmsvc/ignoreVMS109]: there is no such annotation, and so it leaves nothing out',
      '    fix: write vmsvc/ignore-VMS109, or remove it',
    ]);
  });

  test('who leaves out VMS125 hears of none', async () => {
    assert.deepEqual(await said(sound, ['--ignore=VMS109,VMS107,VMS125', '--fail-on=warning']), { code: 0, lines: [] });
  });

  test('of selectors nothing can be found without VMs, so that leaving them out is no mistake', async () => {
    assert.deepEqual(await said(sound, ['--ignore=VMS109,VMS206']), { code: 0, lines: [] });
  });

  test('every format tells of what hits nothing', async () => {
    for (const format of ['json', 'yaml', 'sarif', 'junit', 'tap', 'github']) {
      const io = testIo(['validate', '-f', '-', '--ignore=VMS107', '-o', format], { stdin: sound });
      assert.equal(await run(io), 0);
      assert.match(io.out(), /VMS125/, format);
      assert.match(io.out(), /--ignore=VMS107/, format);
    }
  });
});

test('each of thousands of keys that are there twice is found with its field', async () => {
  const count = 5_000;
  const twice = Array.from({ length: count }, (_, index) => `    k${index}: a\n    k${index}: b\n`).join('');
  const io = testIo(['validate', '-f', '-', '-o', 'json'], {
    stdin: `${head.replace('{name: web}', `\n  name: web\n  annotations:\n${twice}`)}spec:\n  type: ClusterIP\n  selector: {app: web}\n${ports}`,
  });
  assert.equal(await run(io), 1);
  const { findings }: { findings: readonly { code: string; field: string }[] } = JSON.parse(io.out());
  const fields = findings.flatMap(({ code, field }) => (code === 'VMS117' ? [field] : []));
  assert.deepEqual(
    fields,
    Array.from({ length: count }, (_, index) => `metadata.annotations.k${index}`),
  );
});

test('on a narrow terminal a line is cut, so that the caret stays below the very value', async () => {
  const stdin = `${head}spec: {type: ClusterIP, selector: {"日本": "ö"}, ports: [{name: http, port: 99999, protocol: tcp, targetPort: 8080}]}\n`;
  const shown = async (columns: number): Promise<string> => {
    const io = testIo(['validate', '-f', '-', '--release=9.1', '--color=never', '--ignore=VMS119'], {
      stdin,
      tty: { stdout: true },
      columns,
    });
    assert.equal(await run(io), 1);
    return io.out();
  };
  assert.equal(
    (await shown(40)).split('\n\n').slice(0, 2).join('\n\n'),
    `stdin:4:75: error VMS103 PortInvalid: spec.ports[0].port: Invalid value: 99999: must be between 1 and 65535, inclusive
   4 | …tp, port: 99999, protocol: tcp,…
     |            ^^^^^ use a number from 1 to 65535

stdin:4:92: error VMS103 PortInvalid: spec.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"
   4 | …protocol: tcp, targetPort: 8080…
     |            ^^^ write it in capitals: TCP`,
  );
  const [, line = '', caret = ''] = (await shown(200)).split('\n');
  assert.equal(line, `   4 | ${stdin.split('\n')[3]}`);
  assert.match(caret, /^ {5}\| +\^{5} use a number from 1 to 65535$/);
});
