import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readYamlDocuments } from '../../../src/cluster/files/yaml-reader.ts';

/** `line:column message` of each problem. */
function problems(text: string): string[] {
  return readYamlDocuments(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

function values(text: string): unknown[] {
  return readYamlDocuments(text).documents.map(({ value }) => value);
}

test('R080: aliases that multiply are refused before they take memory', () => {
  const bomb = `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]`).join('\n')}\n`;
  assert.deepEqual(problems(bomb), ['6:10 too many aliases']);
  assert.deepEqual(values(bomb), []);
});

test('R081: an alias that refers to itself or to nothing is named with its place', () => {
  assert.deepEqual(problems('x: 1\na: &a [*a]\n'), ['2:8 alias *a refers to itself']);
  assert.deepEqual(problems('a: *b\nb: &b 1\n'), ['1:4 alias *b names an anchor that does not exist']);
});

test('R082: nesting is limited, and no depth brings the reader down', () => {
  const flow = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  const block = (depth: number): string => Array.from({ length: depth }, (_, i) => `${' '.repeat(i)}a:\n`).join('');
  assert.deepEqual(problems(flow(64)), []);
  assert.deepEqual(problems(flow(128)), []);
  for (const text of [flow(200), block(200), flow(5000), `${'- '.repeat(5000)}x`]) {
    const found = readYamlDocuments(text).problems;
    assert.deepEqual(
      found.map(({ code, message }) => [code, message]),
      [['Limit', 'nested more than 128 levels deep']],
    );
  }
  const nearLimit = flow(100).replace('[]', '[1]');
  assert.deepEqual(
    readYamlDocuments(`a: &a ${nearLimit}\nb: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n`).problems.map(
      ({ message }) => message,
    ),
    ['nested more than 128 levels deep'],
  );
});

test('R083: a key that is there twice is a warning with its place; the last one counts', () => {
  const text = 'a: 1\nb: 2\na: 3\n';
  assert.deepEqual(problems(text), ['3:1 key "a" is there twice, first on line 1']);
  assert.deepEqual(values(text), [{ a: 3, b: 2 }]);
});

test('R084: words that are booleans are warned of, as values and as keys', () => {
  assert.deepEqual(problems('a: yes\nn: true\n"y": "no"\n'), ['1:4 yes is the boolean true here', '2:1 n is the boolean false here']);
});

test('R085: integers keep their digits', () => {
  const text = '[9007199254740993, 123456789012345678901234567890, 0x7fffffffffffffff]';
  assert.equal(JSON.stringify(values(text)[0]), '[9007199254740993,123456789012345678901234567890,9223372036854775807]');
});

test('R086: positions are right after CRLF, lone CR and wide characters', () => {
  for (const lineEnd of ['\n', '\r\n', '\r']) {
    const [document] = readYamlDocuments(
      ['# ü😀', 'spec:', '  ports:', '  - name: a', '    port: 1', '  - {name: b}', ''].join(lineEnd),
    ).documents;
    assert.ok(document !== undefined);
    assert.deepEqual(document.start, { line: 2, column: 1 });
    assert.deepEqual(document.positionOf(['spec', 'ports']), { line: 3, column: 3 });
    assert.deepEqual(document.positionOf(['spec', 'ports', 1, 'name']), { line: 6, column: 6 });
    assert.deepEqual(document.positionOf(['spec', 'ports', 1]), { line: 6, column: 5 });
    assert.deepEqual(document.positionOf(['spec', 'ports', 0, 'targetPort', 'x']), { line: 4, column: 5 });
    assert.deepEqual(document.positionOf(['status']), { line: 2, column: 1 });
  }
});

test('R087: raw control characters are refused, escaped ones are data', () => {
  assert.deepEqual(problems('a: "x\u001b[31m"\n'), ['1:6 control character U+001B is not allowed']);
  assert.deepEqual(problems('a: x\fy\n'), ['1:5 control character U+000C is not allowed']);
  assert.deepEqual(values('a: "\\0\\e\\x9b"\n'), [{ a: '\0\u001b\u009b' }]);
});

test('R090: a syntax error shows its line and a caret', () => {
  const [problem] = readYamlDocuments('spec:\n\tports: []\n').problems;
  assert.deepEqual(problem, {
    code: 'Syntax',
    line: 2,
    column: 1,
    message: 'a tab must not stand here: kubectl takes blanks alone',
    hint: 'write blanks',
    excerpt: ' ports: []\n^',
  });
  assert.deepEqual(problems('a: "b\nc: d\n'), ['3:1 Missing closing "quote']);
});

test('what has to be written otherwise is said with how', () => {
  const hints = (text: string) => readYamlDocuments(text).problems.map(({ message, hint = '' }) => [message, hint]);
  const cases: readonly (readonly [text: string, message: string, hint: string])[] = [
    ['a:\n  b: {\n  c: d\n', 'Flow map must end with a }', 'close it'],
    ['a: [\n1\n', 'Flow sequence must end with a ]', 'close it'],
    ['a: "b\nc: d\n', 'Missing closing "quote', 'close the quote'],
    ['a: [- ]\n', 'Block collections are not allowed within flow collections', 'put the - in quotes'],
    ['{a: 1, b:[c]}\n', 'kubectl reads b: as one word here: put it in quotes, or a blank behind the colon', ''],
    [
      'a: b: c\n',
      'Nested mappings are not allowed in compact mappings',
      'put the text in quotes, or what is behind the first colon on lines of its own',
    ],
    ['a: b }\nc: }\n', 'Unexpected flow-map-end token in YAML stream: "}"', 'remove it, or open what it closes'],
    ['a: \u0001\n', 'control character U+0001 is not allowed', 'remove it, or write it as an escape in double quotes'],
    ['{~: 1}\n', 'a key must be text, not null, a list or a mapping', 'put it in quotes'],
    ['a: @b\n', 'Plain value cannot start with reserved character @', 'put the text in quotes'],
    ['a: !!binary aGk=\n', 'tag !!binary is not allowed: only plain values are read', 'write the value itself, in quotes if it is text'],
  ];
  for (const [text, message, hint] of cases) assert.deepEqual(hints(text), [[message, hint]], text);
});

test('R091: names like __proto__ are data', () => {
  const [value] = values('__proto__: {polluted: true}\nconstructor: 1\nhasOwnProperty: {toString: x}\n');
  assert.equal(JSON.stringify(value), '{"__proto__":{"polluted":true},"constructor":1,"hasOwnProperty":{"toString":"x"}}');
  assert.equal(Reflect.get({}, 'polluted'), undefined);
});

test('R092: tags construct nothing', () => {
  for (const [text, shown] of [
    ['!!js/function "x"', '!!js/function'],
    ['!!binary aGk=', '!!binary'],
    ['!!set {a}', '!!set'],
    ['!!omap [a: 1]', '!!omap'],
    ['!foo x', '!foo'],
    ['!foo [x]', '!foo'],
  ]) {
    assert.equal(problems(`a: ${text}\n`)[0]?.replace(/^\S+ /, ''), `tag ${shown} is not allowed: only plain values are read`);
  }
});

test('empty documents are left out, and a broken one does not hide the next', () => {
  assert.deepEqual(values('---\n# nothing\n---\na: 1\n---\n---\nb: [\n---\nc: 3\n'), [{ a: 1 }, { c: 3 }]);
  assert.deepEqual(values(''), []);
  assert.deepEqual(values('# only a comment\n'), []);
});

test('what kubectl would pass over without a word is an error where it begins', () => {
  const lost = 'kubectl reads nothing from here on';
  assert.deepEqual(problems('a: 1\n...\n# why\nb: 2\n---\nc: 3\n'), [`4:1 ${lost}`]);
  assert.deepEqual(values('a: 1\n...\nb: 2\n---\nc: 3\n'), [{ c: 3 }]);
  // Lines that end with CR alone cut nothing.
  assert.deepEqual(problems('a: 1\r---\rb: 2\r'), [`3:1 ${lost}`]);
  assert.deepEqual(problems('a: 1\n...\n# nothing\n'), []);
});

test('what kubectl refuses around documents has its place, and the others are read', () => {
  assert.deepEqual(problems('a: 1\n--- # fine\nb: 2\n--- {c: 3}\n'), ['4:5 only a comment may stand behind ---']);
  assert.deepEqual(values('a: 1\n----\nb: 2\n'), [{ a: 1 }]);
  assert.deepEqual(problems('---\ra: 1\r'), ['2:1 only a comment may stand behind ---']);
  assert.deepEqual(problems('# x\n%YAML 1.1\n---\na: 1\n'), ['2:1 kubectl reads no directives like %YAML']);
  assert.deepEqual(values('# x\n%YAML 1.1\n---\na: 1\n'), [{ a: 1 }]);
});

test('a tab that kubectl stumbles over has its place', () => {
  const tab = 'a tab must not stand here: kubectl takes blanks alone';
  for (const [text, place] of [
    ['a: 1\n\t\nb: 2\n', '2:1'],
    ['a: "1"\n  \t\nb: 2\n', '2:3'],
    ['a:\n- b\n\t# why\n', '3:1'],
    ['a:\n-\tb\n', '2:2'],
    ['a:\n  - b:\n    - c\n    \t\n', '4:5'],
    ['a: |\n  b\n\t\n  c\n', '3:1'],
    ['a: |\n  \tb\n', '2:3'],
    ['a: {\n  b: 1\n\t}\n', '3:1'],
    ['- a\n---\nb:\n  \tc\n', '4:3'],
  ] as const) {
    assert.deepEqual(problems(text), [`${place} ${tab}`], JSON.stringify(text));
  }
  for (const text of [
    'a:\tb\t# c\n',
    'a: b\n  \t\nc: d\n',
    'a: |\n  b\t\n  \t\n',
    'a: {b:\t1,\t\n  \tc: 2}\n',
    '#\ta\nb: 1\n',
    'a: "b\tc"\n',
  ]) {
    assert.deepEqual(problems(text), [], JSON.stringify(text));
  }
});

test('between brackets, braces and quotes lines begin in any column, as kubectl has it', () => {
  for (const [text, value] of [
    ['a: {\n  b: c\n}\n', { a: { b: 'c' } }],
    ['s:\n  a: {\n  b: c,\nd: [\n1,\n 2\n]\n}\n  e: f\n', { s: { a: { b: 'c', d: [1, 2] }, e: 'f' } }],
    ['s:\n  - a: [b # why\n# and\n, c\nd]\n  - e\n', { s: [{ a: ['b', 'c d'] }, 'e'] }],
    ['s:\n  a: "b\n\n  c\nd"\n  e: \'f\ng\'\n', { s: { a: 'b\nc d', e: 'f g' } }],
    ['s:\r\n  a: ["b\r\nc"\r\n]\r\n', { s: { a: ['b c'] } }],
    ['a: [-]\nb: [-, {c: -}, d, -]\n', { a: ['-'], b: ['-', { c: '-' }, 'd', '-'] }],
  ] as const) {
    assert.deepEqual(problems(text), [], text);
    assert.deepEqual(values(text), [value], text);
  }
  const places = readYamlDocuments('s:\n  a: {\nb: [\nc,\n d]}\n  e: f\n').documents[0];
  assert.deepEqual(places?.positionOf(['s', 'a', 'b', 1]), { line: 5, column: 2 });
  assert.deepEqual(places?.positionOf(['s', 'e']), { line: 6, column: 3 });
});

test('what is closed nowhere, or too late, is told where it begins to go wrong', () => {
  assert.deepEqual(problems('a: [1\nb: 2\n---\nc: ]\n'), [
    '2:1 Flow sequence must end with a ]',
    '4:4 Unexpected flow-seq-end token in YAML stream: "]"',
  ]);
  assert.deepEqual(problems('a: "b\nc: "d"\n'), ['1:6 Missing closing "quote']);
  assert.deepEqual(problems('a: {\nb: 1\n}\nc: @d\n'), ['4:4 Plain value cannot start with reserved character @']);
  assert.deepEqual(problems('a:\n  b: [c\n\td]\n'), ['3:1 a tab must not stand here: kubectl takes blanks alone']);
});

test('R080: brackets in the wrong column take no more time than others', () => {
  const many = Array.from({ length: 2000 }, (_, index) => `  k${index}: [\n]\n`).join('');
  assert.deepEqual(problems(`s:\n${many}`), []);
});

test('an escaped apostrophe is one, and infinities are names of keys', () => {
  assert.deepEqual(values(String.raw`a: "it\'s \\' \x5c"`), [{ a: String.raw`it's \' ${'\\'}` }]);
  assert.deepEqual(values('.inf: 1\n-.Inf: 2\n.NaN: 3\n'), [{ '.inf': 1, '-.inf': 2, '.nan': 3 }]);
  assert.deepEqual(problems('a: .inf\n'), ['1:4 .inf is not a number that JSON can hold']);
});

test('what means something else to kubectl than it seems to is an error', () => {
  assert.deepEqual(problems('a: [::/0]\n'), ['1:5 ::/0 must be in quotes between brackets: kubectl takes the colon for itself']);
  assert.deepEqual(problems('  a: 1\nb: 2\n'), ['2:1 kubectl reads nothing from here on']);
  assert.deepEqual(problems('a: {b: 1, c:}\n'), ['1:11 kubectl reads c: as one word here: put it in quotes, or a blank behind the colon']);
  assert.deepEqual(problems('a: [why?]\n'), [
    '1:8 text with a ? must be in quotes between brackets: kubectl takes it for a sign of its own',
  ]);
  assert.deepEqual(problems('a: "x\\/y"\n'), ['1:6 kubectl does not know the escape \\/: write / alone']);
  assert.deepEqual(problems('a: "\\\\/ \\ud83d\\ude00"\n'), ['1:9 \\ud83d is half a character: write the character itself']);
  assert.deepEqual(problems('a: &b.c x\n'), ['1:9 anchor &b.c may have letters, digits, - and _ alone']);
  assert.deepEqual(problems('a: "x\u2028  y"\n'), ['1:6 U+2028 ends the line for kubectl: write it as an escape, in double quotes']);
});

test('a comment ends where kubectl sees the end of the line', () => {
  for (const lineEnd of ['\u0085', '\u2028', '\u2029', '\r']) {
    assert.deepEqual(values(`a: 1 # no more${lineEnd}b: 2\n`), [{ a: 1, b: 2 }]);
  }
});

test('a byte order mark begins any document, and is a sign like others elsewhere', () => {
  assert.deepEqual(problems('# why\n\ufeffa: 1\n---\n\n\ufeffb: 2\n'), [
    '2:1 a byte order mark must not stand here',
    '5:1 a byte order mark must not stand here',
  ]);
  assert.deepEqual(values('a: 1\n---\n\ufeffb: 2\n---\nc: x\ufeffy\n'), [{ a: 1 }, { b: 2 }, { c: 'x\ufeffy' }]);
});
