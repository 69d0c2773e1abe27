import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mendText } from '../../../src/cluster/files/mend-text.ts';
import type { Edit } from '../../../src/core/repair/edit.ts';

/** Makes the edits once, each as a repair of its own. */
async function mended(text: string, edits: readonly Edit[]) {
  let isFirst = true;
  const {
    text: after,
    made,
    refused,
  } = await mendText(text, () => {
    const repairs = isFirst ? edits.map((edit) => ({ edits: [edit] })) : [];
    isFirst = false;
    return repairs;
  });
  return { text: after, made: made.length, refused: refused.flatMap((repair) => repair.edits) };
}

const type: Edit = { kind: 'set', path: ['spec', 'type'], value: 'ClusterIP', first: true };
const port = (field: string) => ['spec', 'ports', 0, field];
const cases: readonly (readonly [what: string, edits: readonly Edit[], before: string, after: string])[] = [
  [
    'a field is added before the others, and behind them, where comments stay where they were',
    [type, { kind: 'set', path: ['spec', 'clusterIp'], value: 'None' }],
    '# head\nspec: # about spec\n  # about selector\n  selector: {app: web} # s\n  # tail\n---\nkind: Other\n',
    '# head\nspec: # about spec\n  # about selector\n  type: ClusterIP\n  selector: {app: web} # s\n  clusterIp: None\n  # tail\n---\nkind: Other\n',
  ],
  [
    'an item of a list gets fields on both sides of its first',
    [
      { kind: 'set', path: port('name'), value: 'tcp-80', first: true },
      { kind: 'set', path: port('targetPort'), value: 80 },
    ],
    'spec:\n  ports:\n    - port: 80 # web\n',
    'spec:\n  ports:\n    - name: tcp-80\n      port: 80 # web\n      targetPort: 80\n',
  ],
  [
    'a mapping in braces stays in braces',
    [
      { kind: 'set', path: port('name'), value: 'tcp-80', first: true },
      { kind: 'set', path: port('targetPort'), value: 80 },
      { kind: 'remove', path: port('nodePort') },
    ],
    'spec: {ports: [{port: 80, nodePort: 3, protocol: TCP}]} # all\n',
    'spec: {ports: [{name: tcp-80, port: 80, protocol: TCP, targetPort: 80}]} # all\n',
  ],
  [
    'a value keeps its quotes',
    [
      { kind: 'set', path: ['a'], value: 'TCP' },
      { kind: 'set', path: ['b'], value: 'TCP' },
      { kind: 'set', path: ['c'], value: 'TCP' },
      { kind: 'set', path: ['d'], value: 80 },
    ],
    'a: tcp  # x\nb: "tcp"\nc: \'tcp\'\nd: "80"\n',
    'a: TCP  # x\nb: "TCP"\nc: \'TCP\'\nd: 80\n',
  ],
  [
    'text that would be read as something else gets quotes',
    ['yes', '1.10', 'null', '0x1', 'a: b', '- a', '#', '', ' ', '1e3', 'é', '{}', '2001:db8::'].map(
      (value, index): Edit => ({ kind: 'set', path: ['v', index], value }),
    ),
    `v:\n${'- x\n'.repeat(13)}`,
    'v:\n- "yes"\n- "1.10"\n- "null"\n- "0x1"\n- "a: b"\n- "- a"\n- "#"\n- ""\n- " "\n- "1e3"\n- "é"\n- "{}"\n- "2001:db8::"\n',
  ],
  [
    'a key with nothing behind it gets its value',
    [{ kind: 'set', path: ['spec', 'type'], value: 'ClusterIP' }],
    'spec:\n  type: # which\n',
    'spec:\n  type: ClusterIP # which\n',
  ],
  [
    'a mapping is added below its key, and into an empty one',
    [
      { kind: 'set', path: ['metadata', 'annotations'], value: { 'a/b': 'Local', c: '1' } },
      { kind: 'set', path: ['spec', 'selector', 'app'], value: 'web' },
    ],
    'metadata:\n  name: web\nspec:\n  selector: {}\n',
    'metadata:\n  name: web\n  annotations:\n    a/b: Local\n    c: "1"\nspec:\n  selector: {app: web}\n',
  ],
  [
    'a mapping fills a key that has none',
    [{ kind: 'set', path: ['metadata', 'annotations'], value: { a: 'b' } }],
    'metadata:\n  annotations: # none yet\n  name: web\n',
    'metadata:\n  annotations: # none yet\n    a: b\n  name: web\n',
  ],
  [
    'a field gets another name',
    [{ kind: 'rename', path: ['spec', 'clusterIP'], key: 'clusterIp' }],
    'spec:\n  "clusterIP" : None # headless\n',
    'spec:\n  "clusterIp" : None # headless\n',
  ],
  [
    'a field that is removed leaves its comments',
    [{ kind: 'remove', path: ['spec', 'gone'] }],
    'spec:\n  # above\n  gone: # beside\n    - a # within\n    - b\n\n  # below\n  type: x\n',
    'spec:\n  # above\n  # beside\n  # within\n\n  # below\n  type: x\n',
  ],
  [
    'the first field of an item makes room for the next',
    [{ kind: 'remove', path: port('nodePort') }],
    'spec:\n  ports:\n  - nodePort: 1 # n\n    # p\n    port: 80\n',
    'spec:\n  ports:\n  - # n\n    # p\n    port: 80\n',
  ],
  [
    'the only field leaves an empty mapping',
    [{ kind: 'remove', path: ['spec', 'a'] }],
    'spec:\n  a: 1\nkind: x\n',
    'spec:\n  {}\nkind: x\n',
  ],
  ['the last field of a text without a last line end', [{ kind: 'remove', path: ['b'] }], 'a: 1\nb: 2', 'a: 1\n'],
  [
    'entries take the place of what held them',
    [{ kind: 'unwrap', path: ['spec', 'selector', 'matchLabels'] }],
    'spec:\n  selector:\n    # these\n    matchLabels: # all\n        app: web # web\n        # tier\n        tier: |\n          front\n    other: x\n',
    'spec:\n  selector:\n    # these\n    # all\n    app: web # web\n    # tier\n    tier: |\n      front\n    other: x\n',
  ],
  [
    'entries in braces, within braces and below a key',
    [
      { kind: 'unwrap', path: ['a', 'm'] },
      { kind: 'unwrap', path: ['b', 'm'] },
    ],
    'a: {m: {x: 1, y: "2"}, z: 3}\nb:\n  m: {x: 1, y: "2"}\n  z: 3\n',
    'a: {x: 1, y: "2", z: 3}\nb:\n  x: 1\n  y: "2"\n  z: 3\n',
  ],
  [
    'a document with an error is left alone, and the others are not',
    [{ kind: 'set', path: ['a'], value: 2 }],
    'b: !!python/x 1\n---\na: 1\n',
    'b: !!python/x 1\n---\na: 2\n',
  ],
  [
    'line ends stay',
    [type, { kind: 'set', path: ['spec', 'b'], value: 1 }],
    'spec:\r\n  a: 1\r\n',
    'spec:\r\n  type: ClusterIP\r\n  a: 1\r\n  b: 1\r\n',
  ],
  ['a block scalar ends its own line', [{ kind: 'set', path: ['b'], value: 1 }], 'a: |\n  text\n\n', 'a: |\n  text\nb: 1\n\n'],
  ['the last of equal keys is the one that counts', [{ kind: 'set', path: ['a'], value: 3 }], 'a: 1\na: 2\n', 'a: 1\na: 3\n'],
  [
    'what a merge key brings along is overridden',
    [{ kind: 'set', path: ['b', 'x'], value: 2 }],
    'a: &a {x: 1}\nb:\n  <<: *a\n  y: 1\n',
    'a: &a {x: 1}\nb:\n  <<: *a\n  y: 1\n  x: 2\n',
  ],
  [
    'a mapping becomes a list of itself, with all that is in it',
    [{ kind: 'wrap', path: ['p'] }],
    'p: # of p\r\n  # first\r\n  a: |\r\n    text\r\n\r\n    more\r\n  b: {x: 1,\r\n    y: 2} # b\r\n# behind\r\nq: 1\r\n',
    'p: # of p\r\n  # first\r\n  - a: |\r\n      text\r\n\r\n      more\r\n    b: {x: 1,\r\n      y: 2} # b\r\n# behind\r\nq: 1\r\n',
  ],
  ['a mapping in JSON becomes a list, too', [{ kind: 'wrap', path: ['p'] }], '{"p": {"a": 1}, "q": 2}\n', '{"p": [{"a": 1}], "q": 2}\n'],
  [
    'JSON stays JSON, in its layout',
    [
      type,
      { kind: 'set', path: ['spec', 'm'], value: { a: '1' } },
      { kind: 'remove', path: ['spec', 'gone'] },
      { kind: 'rename', path: ['spec', 'b'], key: 'B' },
    ],
    '{\n\t"spec": {\n\t\t"gone": [1, 2],\n\t\t"b" : 12345678901234567890\n\t}\n}\n',
    '{\n\t"spec": {\n\t\t"type": "ClusterIP",\n\t\t"B" : 12345678901234567890,\n\t\t"m": {\n\t\t\t"a": "1"\n\t\t}\n\t}\n}\n',
  ],
  [
    'JSON on one line',
    [type, { kind: 'unwrap', path: ['s', 'm'] }],
    '{"spec":{"a":1,"b":2},"s":{"m":{"x":"1","y":"2"}}}',
    '{"spec":{"type":"ClusterIP","a":1,"b":2},"s":{"x":"1","y":"2"}}',
  ],
];

describe('a text in which single fields are changed', () => {
  for (const [what, edits, before, after] of cases) {
    test(what, async () => {
      assert.deepEqual((await mended(before, edits)).text.split('\n'), after.split('\n'));
      assert.deepEqual(await mended(before, edits), { text: after, made: edits.length, refused: [] });
    });
  }

  const refusals: readonly (readonly [what: string, edit: Edit, text: string])[] = [
    ['an anchor that others use', { kind: 'set', path: ['a'], value: 'TCP' }, 'a: &p tcp\nb: *p\n'],
    ['what is written behind an alias', { kind: 'set', path: ['b', 'x'], value: 2 }, 'a: &a {x: 1}\nb: *a\n'],
    ['a value of several lines', { kind: 'set', path: ['a'], value: 'x' }, 'a: |\n  text\n'],
    ['a name that is taken', { kind: 'rename', path: ['a'], key: 'b' }, 'a: 1\nb: 2\n'],
    ['entries that are there already', { kind: 'unwrap', path: ['a'] }, 'a:\n  b: 1\nb: 2\n'],
    ['a comment that would be lost', { kind: 'set', path: ['a'], value: [1] }, 'a: [2, # two\n  3]\n'],
    ['a list in the place of a field', { kind: 'set', path: ['a', 0, 'x'], value: 1 }, 'a: 1\n'],
  ];
  for (const [what, edit, text] of refusals) {
    test(`is left as it is for ${what}`, async () => {
      const { text: after, made } = await mended(text, [edit]);
      assert.deepEqual({ after, made }, { after: text, made: 0 });
    });
  }

  test('one change that does harm does not keep the others back', async () => {
    const edits: Edit[] = [
      { kind: 'set', path: ['a'], value: 'TCP' },
      { kind: 'set', path: ['c'], value: 'UDP' },
    ];
    assert.deepEqual(await mended('a: &p tcp\nb: *p\nc: udp\n', edits), {
      text: 'a: &p tcp\nb: *p\nc: UDP\n',
      made: 1,
      refused: [edits[0]],
    });
  });

  test('objects of a List are changed where they stand, and each of several documents', async () => {
    const { text } = await mendText('kind: List\nitems:\n- kind: A\n  x: 1 # one\n- kind: B\n---\nkind: C\n', ({ value }) => {
      const seen = JSON.stringify(value);
      return seen.includes('seen') ? [] : [{ edits: [{ kind: 'set', path: ['seen'], value: seen }] }];
    });
    assert.equal(
      text,
      'kind: List\nitems:\n- kind: A\n  x: 1 # one\n  seen: "{\\"kind\\":\\"A\\",\\"x\\":1}"\n- kind: B\n  seen: "{\\"kind\\":\\"B\\"}"\n---\nkind: C\nseen: "{\\"kind\\":\\"C\\"}"\n',
    );
  });

  test('two repairs that undo each other come to an end', async () => {
    const { text } = await mendText('a: 1\n', ({ value }) => [
      { edits: [{ kind: 'set', path: ['a'], value: JSON.stringify(value) === '{"a":1}' ? 2 : 1 }] },
    ]);
    assert.match(text, /^a: [12]\n$/);
  });
});
