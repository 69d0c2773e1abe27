import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colourStyle } from '../../src/render/colour.ts';
import { renderFramedTable } from '../../src/render/framed-table.ts';
import { plainStyle } from '../../src/render/style.ts';

test('a framed table has one line below its head and no trailing blanks', () => {
  const text = renderFramedTable(
    ['OBJECT', 'OPERATION'],
    [
      ['service/web', 'configured'],
      ['endpoints/web', ''],
    ],
    plainStyle(true),
  );
  assert.deepEqual(text.split('\n'), [
    'OBJECT          OPERATION',
    '──────────────────────────',
    'service/web     configured',
    'endpoints/web',
    '',
  ]);
});

test('without UTF-8 the line is ASCII', () => {
  assert.deepEqual(renderFramedTable(['A', 'B'], [['1', '2']], plainStyle(false)).split('\n'), ['A   B', '-----', '1   2', '']);
});

test('colour comes after the text was made safe, and does not move a column', () => {
  const style = colourStyle(true, 1);
  assert.deepEqual(renderFramedTable(['A', 'B'], [[{ text: 'no\x1b[2J', paint: style.bad }, 'x']], style).split('\n'), [
    '\x1b[1mA\x1b[22m         \x1b[1mB\x1b[22m',
    '───────────',
    '\x1b[31mno^[[2J\x1b[39m   x',
    '',
  ]);
});
