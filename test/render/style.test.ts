import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colourStyle } from '../../src/render/colour.ts';
import { type Glyphs, plainStyle } from '../../src/render/style.ts';

test('a plain style leaves text as it is', () => {
  const style = plainStyle(true);
  assert.deepEqual(
    [style.ok, style.warn, style.bad, style.dim, style.strong].map((paint) => paint('web-1')),
    ['web-1', 'web-1', 'web-1', 'web-1', 'web-1'],
  );
});

test('green is good, yellow is look here, red is broken, dim is context', () => {
  const style = colourStyle(true, 1);
  assert.deepEqual(
    [style.ok, style.warn, style.bad, style.dim, style.strong].map((paint) => paint('x')),
    ['\x1b[32mx\x1b[39m', '\x1b[33mx\x1b[39m', '\x1b[31mx\x1b[39m', '\x1b[2mx\x1b[22m', '\x1b[1mx\x1b[22m'],
  );
});

test('without UTF-8 every mark is ASCII and still distinct from the others', () => {
  const marks: Glyphs = plainStyle(false).glyphs;
  assert.deepEqual(
    Object.values(marks).filter((mark) => !/^[\x20-\x7e]+$/.test(mark)),
    [],
  );
  assert.equal(new Set(Object.values(marks)).size, Object.keys(marks).length);
});

test('the marks of a UTF-8 terminal do not depend on colour', () => {
  assert.deepEqual(colourStyle(true, 3).glyphs, plainStyle(true).glyphs);
  assert.deepEqual(colourStyle(false, 3).glyphs, plainStyle(false).glyphs);
});
