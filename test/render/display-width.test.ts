import assert from 'node:assert/strict';
import { test } from 'node:test';
import { displayWidth, padEnd } from '../../src/render/display-width.ts';

const widths: readonly (readonly [text: string, columns: number])[] = [
  ['', 0],
  ['web-1', 5],
  ['Zürich', 6],
  ['東京', 4],
  ['ﾃｽﾄ', 3],
  ['Ｗ', 2],
  ['한국', 4],
  ['e\u0301', 1],
  ['🚀', 2],
  ['✓ ✗ ● │', 7],
  ['𠮷', 2],
];

for (const [text, columns] of widths) {
  test(`${JSON.stringify(text)} takes ${columns} columns`, () => {
    assert.equal(displayWidth(text), columns);
  });
}

test('padding fills up to the column and never cuts', () => {
  assert.equal(padEnd('東', 4), '東  ');
  assert.equal(padEnd('web-1', 3), 'web-1');
});
