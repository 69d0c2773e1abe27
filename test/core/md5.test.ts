import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { md5 } from '../../src/core/md5.ts';

test('the digests of RFC 1321', () => {
  assert.equal(md5(''), 'd41d8cd98f00b204e9800998ecf8427e');
  assert.equal(md5('abc'), '900150983cd24fb0d6963f7d28e17f72');
  assert.equal(md5('12345678901234567890123456789012345678901234567890123456789012345678901234567890'), '57edf4a22be3c955ac49da2e2107b67a');
});

test('texts of every length around a block have the digest that Node computes', () => {
  for (let length = 0; length < 200; length += 1) {
    const text = 'xyz'.repeat(70).slice(0, length);
    assert.equal(md5(text), createHash('md5').update(text).digest('hex'), `${length}`);
  }
});

test('a text is digested as UTF-8', () => {
  for (const text of ['ü', '€', '😀', 'a\u0000b']) assert.equal(md5(text), createHash('md5').update(text, 'utf8').digest('hex'), text);
});
