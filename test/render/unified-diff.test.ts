import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderUnifiedDiff } from '../../src/render/unified-diff.ts';

function diff(before: string, after: string): readonly string[] {
  return renderUnifiedDiff({ name: 'LIVE/web', text: before }, { name: 'MERGED/web', text: after }).split('\n');
}

test('equal texts have no difference', () => {
  assert.deepEqual(diff('a\n', 'a\n'), ['']);
});

test('a changed line stands between three lines of context', () => {
  const lines = (changed: string) => ['1', '2', '3', '4', changed, '6', '7', '8', '9', ''].join('\n');
  assert.deepEqual(diff(lines('five'), lines('FIVE')), [
    '--- LIVE/web',
    '+++ MERGED/web',
    '@@ -2,7 +2,7 @@',
    ' 2',
    ' 3',
    ' 4',
    '-five',
    '+FIVE',
    ' 6',
    ' 7',
    ' 8',
    '',
  ]);
});

test('changes far from each other have hunks of their own, near ones share one', () => {
  const before = Array.from({ length: 30 }, (_, at) => `${at}\n`);
  const after = before.map((line, at) => ([2, 9, 25].includes(at) ? `x${line}` : line));
  assert.deepEqual(
    diff(before.join(''), after.join('')).filter((line) => /^(@@|[-+])/.test(line)),
    ['--- LIVE/web', '+++ MERGED/web', '@@ -1,13 +1,13 @@', '-2', '+x2', '-9', '+x9', '@@ -23,7 +23,7 @@', '-25', '+x25'],
  );
});

test('a text that appears or disappears', () => {
  assert.deepEqual(diff('', 'a\nb\n'), ['--- LIVE/web', '+++ MERGED/web', '@@ -0,0 +1,2 @@', '+a', '+b', '']);
  assert.deepEqual(diff('a\n', ''), ['--- LIVE/web', '+++ MERGED/web', '@@ -1 +0,0 @@', '-a', '']);
});

test('a last line without a line feed is marked', () => {
  assert.deepEqual(diff('a', 'a\n'), ['--- LIVE/web', '+++ MERGED/web', '@@ -1 +1 @@', '-a', '\\ No newline at end of file', '+a', '']);
});

test('two long texts that share nothing are replaced whole', () => {
  const text = (word: string) => Array.from({ length: 3000 }, (_, at) => `${word}${at}\n`).join('');
  const lines = diff(text('a'), text('b'));
  assert.equal(lines[2], '@@ -1,3000 +1,3000 @@');
  assert.equal(lines.length, 3 + 6000 + 1);
});

const texts = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'c', '', 'd: e'), { maxLength: 40 }), fc.constantFrom('', '\n'))
  .map(([lines, end]) => (lines.length === 0 ? '' : lines.join('\n') + end));

test('following the hunks turns one text into the other, and touches as few lines as possible', () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const lines = diff(before, after);
      assert.equal(applied(before, lines), after);
      const touched = lines.slice(2).filter((line) => /^[-+]/.test(line)).length;
      assert.equal(touched, before === after ? 0 : fewestEdits(pieces(before), pieces(after)));
    }),
    { numRuns: 300 },
  );
});

function pieces(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** What the hunks make of a text. */
function applied(before: string, lines: readonly string[]): string {
  const left = pieces(before);
  let at = 0;
  let result = '';
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const head = /^@@ -(\d+)(?:,(\d+))? /.exec(line);
    if (head !== null) {
      const start = head[2] === '0' ? Number(head[1]) : Number(head[1]) - 1;
      for (; at < start; at++) result += left[at] ?? '';
    } else if (index > 1 && !line.startsWith('\\')) {
      const text = line.slice(1) + (lines[index + 1]?.startsWith('\\') === true ? '' : '\n');
      if (!line.startsWith('+')) assert.equal(left[at++], text);
      if (!line.startsWith('-')) result += text;
    }
  }
  return result + left.slice(at).join('');
}

/** Lines that are in one text only, by the longest common subsequence. */
function fewestEdits(left: readonly string[], right: readonly string[]): number {
  let row = Array.from({ length: right.length + 1 }, () => 0);
  for (const line of left) {
    const next = [0];
    for (const [at, other] of right.entries()) next.push(line === other ? (row[at] ?? 0) + 1 : Math.max(next[at] ?? 0, row[at + 1] ?? 0));
    row = next;
  }
  return left.length + right.length - 2 * (row.at(-1) ?? 0);
}
