import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { isDnsName } from '../../src/core/name-rules.ts';
import { pasteableCommand, shellQuote } from '../../src/render/shell-quote.ts';

test('a word that means nothing to a shell stays as it is', () => {
  assert.equal(shellQuote('web-1'), 'web-1');
  assert.equal(shellQuote('tier=front'), 'tier=front');
  assert.equal(shellQuote('example.com/app=a_b:80,443'), 'example.com/app=a_b:80,443');
});

test('everything else is quoted', () => {
  assert.equal(shellQuote(''), "''");
  assert.equal(shellQuote('a b'), "'a b'");
  assert.equal(shellQuote('$(rm -rf ~)'), "'$(rm -rf ~)'");
  assert.equal(shellQuote("it's"), "'it'\\''s'");
  assert.equal(shellQuote('~'), "'~'");
});

test('R102: a shell reads every quoted word back as that word', () => {
  const words = fc.sample(fc.string({ unit: 'binary' }), { numRuns: 200, seed: 1 }).map((word) => word.toWellFormed().replaceAll('\0', ''));
  const nasty = ['$(rm -rf ~)', '; x', '`id`', "'", "''", '\\', '"', '!', '*', '~', '#', '\n', '$HOME', '-n'];
  const expected = [...words, ...nasty];
  const script = `printf '%s\\0' ${expected.map(shellQuote).join(' ')}`;
  assert.deepEqual(spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout.split('\0').slice(0, -1), expected);
});

test('R102: a name outside the rules of DNS is not put into a command at all', () => {
  assert.equal(
    pasteableCommand(['kubectl', 'vmsvc', 'debug', 'web', '-n', 'team-a'], ['web', 'team-a']),
    'kubectl vmsvc debug web -n team-a',
  );
  assert.equal(pasteableCommand(['kubectl', 'label', 'vm', 'web', 'note=a b'], ['web']), "kubectl label vm web 'note=a b'");
  assert.equal(pasteableCommand(['kubectl', 'vmsvc', 'debug', '$(rm -rf ~)'], ['$(rm -rf ~)']), undefined);
  assert.equal(pasteableCommand(['kubectl', 'vmsvc', 'debug', 'web', '-n', '; x'], ['web', '; x']), undefined);
});

test('a word that would be shown otherwise than it is written is not put into a command', () => {
  assert.equal(pasteableCommand(['kubectl', 'label', 'vm', 'web', 'note=a\nb'], ['web']), undefined);
  assert.equal(pasteableCommand(['kubectl', 'label', 'vm', 'web', 'note=a\u202eb'], ['web']), undefined);
});

const names: readonly (readonly [name: string, valid: boolean])[] = [
  ['web', true],
  ['web-1.team-a', true],
  ['0', true],
  ['', false],
  ['-n', false],
  ['Web', false],
  ['web-', false],
  ['a..b', false],
  ['a.-b', false],
  ['web\n', false],
  ['wéb', false],
  ['a'.repeat(253), true],
  ['a'.repeat(254), false],
];

for (const [name, valid] of names) {
  test(`${JSON.stringify(name.slice(0, 20))} of ${name.length} characters ${valid ? 'is' : 'is not'} a name`, () => {
    assert.equal(isDnsName(name), valid);
  });
}
