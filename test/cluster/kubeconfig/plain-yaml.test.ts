import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readYamlDocuments } from '../../../src/cluster/files/yaml-reader.ts';
import { readPlainYaml } from '../../../src/cluster/kubeconfig/plain-yaml.ts';

const kubeconfig = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: QUJDRA==
    server: https://10.0.0.1:6443
  name: 10.0.0.1
contexts:
- context:
    cluster: 10.0.0.1
    namespace: "prod"
    user: wcp:10.0.0.1:administrator@vsphere.local
  name: prod
current-context: prod
kind: Config
preferences: {}
users:
- name: wcp:10.0.0.1:administrator@vsphere.local
  user:
    exec:
      args:
      - get
      - --token
      command: kubectl-login
      env: null
      interactiveMode: IfAvailable
      provideClusterInfo: false
    token: 'abc'
`;

test('a kubeconfig as kubectl writes it is read without the YAML package', () => {
  assert.deepEqual(readPlainYaml(kubeconfig), readYamlDocuments(kubeconfig).documents[0]?.value);
  assert.notEqual(readPlainYaml(kubeconfig), undefined);
});

test('what it does not know for certain it leaves alone', () => {
  const texts = [
    '',
    '# x',
    'a: 1 # one',
    'a: &x 1',
    'a: *x',
    'a: |\n  x',
    'a: "x\\n"',
    "a: 'it''s'",
    'a: b\n  c',
    'a: 1\na: 2',
    'y: 1',
    'a:\tb',
    'a: ü',
    'a: b\r\n',
    '? a',
    '[a]',
    'a: [1]',
    '- a\n--- b\n',
    'a: b: c',
    'a: .inf',
    '"a": 1',
    '...',
  ];
  for (const text of texts) assert.equal(readPlainYaml(text), undefined, text);
});

test('where it answers, the YAML package answers the same and has nothing to say', () => {
  const word = fc.constantFrom(
    'a',
    'b',
    'name',
    'user',
    'y',
    'null',
    '1',
    '0x1f',
    '1_000',
    '1:30',
    'a:b',
    'a: b',
    'a #b',
    '-',
    '- ',
    '- a',
    '-- a',
    '--x',
    '{}',
    '[]',
    '"q"',
    "'s'",
    '"',
    '~',
    'x y',
    '<<',
    '=',
    '...',
    '---',
    '- - a',
    '-1',
    '.5',
    'yes',
    '$(x)',
    '^a',
    '+',
    'https://h:1/p?q=1&r#s',
    '%a',
    '@a',
    '!a',
    '&a',
    '*a',
    '|',
    '>',
    '?',
    '? a',
    ',',
    'a,',
    ']',
    '#',
    ':',
    'a:',
  );
  const line = fc
    .tuple(
      fc.constantFrom(0, 0, 0, 1, 2, 2, 3, 4, 4, 6),
      fc.constantFrom('', '', '', '- ', '-', '-   ', '- - '),
      fc.constantFrom('', 'a: ', 'b: ', 'c: ', 'name: ', 'a:', 'b:', 'c:  ', 'no: '),
      fc.oneof(fc.constant(''), word),
      fc.constantFrom('', '', ' '),
    )
    .map(([indent, dash, key, value, end]) => ' '.repeat(indent) + dash + key + value + end);
  let answered = 0;
  fc.assert(
    fc.property(fc.array(line, { maxLength: 7 }), (lines) => {
      const text = lines.join('\n');
      const plain = readPlainYaml(text);
      if (plain === undefined) return;
      answered++;
      const { documents, problems } = readYamlDocuments(text);
      assert.deepEqual(
        problems.filter(({ code }) => code !== 'BooleanWord'),
        [],
        text,
      );
      assert.deepEqual([plain], documents.length === 0 ? [null] : documents.map(({ value }) => value), text);
    }),
    { numRuns: 20_000 },
  );
  assert.ok(answered > 200, String(answered));
});
