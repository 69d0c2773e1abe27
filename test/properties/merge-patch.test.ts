import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyMergePatch, createMergePatch, jsonEqual } from '../../src/core/patch.ts';
import { propertyOptions, someJsonObject } from '../support/arbitraries.ts';
import { frozen } from '../support/frozen.ts';

test('the patch from one object to another makes the other of the one', () => {
  fc.assert(
    fc.property(someJsonObject, someJsonObject, (before, after) => {
      const patch = createMergePatch(frozen(before), frozen(after));
      const patched = patch === undefined ? before : applyMergePatch(before, frozen(patch));
      assert.equal(jsonEqual(patched, after), true, JSON.stringify({ before, after, patch, patched }));
    }),
    propertyOptions(1000),
  );
});

test('there is no patch between equal objects, and there is one between others', () => {
  fc.assert(
    fc.property(someJsonObject, someJsonObject, (before, after) => {
      assert.equal(createMergePatch(before, structuredClone(before)), undefined);
      assert.equal(createMergePatch(before, after) === undefined, jsonEqual(before, after));
    }),
    propertyOptions(500),
  );
});

test('a patch applied twice does nothing the second time', () => {
  fc.assert(
    fc.property(someJsonObject, someJsonObject, (before, after) => {
      const patch = createMergePatch(before, after) ?? {};
      const once = applyMergePatch(before, patch);
      assert.equal(jsonEqual(applyMergePatch(once, patch), once), true);
    }),
    propertyOptions(500),
  );
});

test('the text of an object and its patch are the same after a round trip: no key is special', () => {
  fc.assert(
    fc.property(someJsonObject, someJsonObject, (before, after) => {
      const patch = createMergePatch(before, after) ?? {};
      const sent = JSON.parse(JSON.stringify(patch));
      assert.equal(jsonEqual(applyMergePatch(before, sent), after), true);
      assert.equal(Object.getPrototypeOf(applyMergePatch(before, sent)), Object.prototype);
    }),
    propertyOptions(500),
  );
});
