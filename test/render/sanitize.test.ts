import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSuspicious, sanitize, sanitizeLines } from '../../src/render/sanitize.ts';

const shown: readonly (readonly [what: string, text: string, visible: string])[] = [
  ['clean text', 'web-1 10.0.0.7', 'web-1 10.0.0.7'],
  ['the empty text', '', ''],
  ['letters of any script', 'Zürich 東京 مرحبا', 'Zürich 東京 مرحبا'],
  ['an emoji', 'ok 🚀', 'ok 🚀'],
  ['a colour sequence', '\x1b[31mred', '^[[31mred'],
  ['a link', '\x1b]8;;http://x\x07click\x1b]8;;\x07', '^[]8;;http://x\\u0007click^[]8;;\\u0007'],
  ['a carriage return', 'good\rbad', 'good\\rbad'],
  ['a line feed', 'one\ntwo', 'one\\ntwo'],
  ['a tab', 'a\tb', 'a\\tb'],
  ['NUL, backspace, vertical tab, form feed, DEL', '\0\b\v\f\x7f', '\\u0000\\u0008\\u000b\\u000c\\u007f'],
  ['C1 controls', '\u009b31m\u0085', '\\u009b31m\\u0085'],
  ['right-to-left override', 'user\u202etxt.exe', 'user\\u202etxt.exe'],
  ['bidi isolates and marks', '\u2066\u2069\u200e\u200f\u061c', '\\u2066\\u2069\\u200e\\u200f\\u061c'],
  ['zero width', 'we\u200bb\u200c\u200d\u2060\ufeff', 'we\\u200bb\\u200c\\u200d\\u2060\\ufeff'],
  ['a soft hyphen', 'we\u00adb', 'we\\u00adb'],
  ['line and paragraph separators', '\u2028\u2029', '\\u2028\\u2029'],
  ['tag characters', 'a\u{e0041}', 'a\\u{e0041}'],
  ['a lone surrogate', 'a\ud800b', 'a\\ud800b'],
  ['Hangul fillers, which look like nothing', '\u3164\uffa0', '\\u3164\\uffa0'],
  ['four combining marks', 'e\u0301\u0301\u0301\u0301', 'e\u0301\u0301\u0301\u0301'],
  ['a flood of combining marks', `e${'\u0301'.repeat(6)}`, `e${'\u0301'.repeat(4)}\\u0301\\u0301`],
];

for (const [what, text, visible] of shown) {
  test(`${what}: on one line it is shown as ${JSON.stringify(visible)}`, () => {
    assert.equal(sanitize(text), visible);
  });
}

test('in texts of several lines the line feeds stay and everything else is escaped', () => {
  assert.equal(sanitizeLines('one\ntwo\r\n\x1b[0m\tthree'), 'one\ntwo\\r\n^[[0m\\tthree');
});

test('a text is suspicious exactly when showing it would change it', () => {
  assert.equal(isSuspicious('a\nb'), false);
  assert.equal(isSuspicious('東京'), false);
  assert.equal(isSuspicious('a\tb'), true);
  assert.equal(isSuspicious('\u202e'), true);
});

test('R093: no control, bidi, invisible or unpaired character ever comes through', () => {
  const nasty = fc.constantFrom('\x1b', '\x9b', '\r', '\n', '\u202e', '\u200b', '\u{e0041}', '\ud800', '\udc00', '\u0301', 'a');
  const texts = fc.array(fc.oneof(fc.string({ unit: 'binary' }), nasty)).map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, (text) => {
      assert.doesNotMatch(sanitize(text), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|\p{M}{5}/u);
      assert.doesNotMatch(sanitizeLines(text).replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
    }),
  );
});

test('what was made safe once stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.equal(sanitize(sanitize(text)), sanitize(text));
    }),
  );
});
