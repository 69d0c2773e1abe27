import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ListReader } from '../../../src/cluster/http/list-reader.ts';

const type = { apiVersion: 'example.com/v1', kind: 'Thing' };

function aList(count: number, size: number) {
  const decoy = ',{"apiVersion":"example.com/v1","kind":"Thing",';
  const items = Array.from({ length: count }, (_, index) => ({ ...type, metadata: { name: `t-${index}`, decoy }, text: 'ä'.repeat(size) }));
  return { apiVersion: type.apiVersion, items, kind: 'ThingList', metadata: { resourceVersion: '7' } };
}

/** The pieces that are handed on, and what is left in the end, of a text that comes so many bytes at a time. */
function read(text: string, step: number): { readonly pieces: readonly { readonly items: readonly object[] }[]; readonly rest: string } {
  const pieces: { readonly items: readonly object[] }[] = [];
  const reader = new ListReader(type, (piece) => pieces.push(JSON.parse(piece.toString())));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += step) reader.add(bytes.subarray(at, at + step));
  return { pieces, rest: reader.rest().toString() };
}

test('a long list comes in pieces that together have its items, and what is left is the list around them', () => {
  const list = aList(300, 10_000);
  for (const step of [4099, 65_536, 3_000_000, 10_000_000]) {
    const { pieces, rest } = read(JSON.stringify(list), step);
    const last: typeof list = JSON.parse(rest);
    assert.ok(pieces.length > 0 && pieces.every(({ items }) => items.length > 0), `pieces of ${step}`);
    assert.deepEqual({ ...last, items: [...pieces.flatMap(({ items }) => items), ...last.items] }, list);
  }
});

test('a short list, and one of which the items do not say their type, come whole', () => {
  const short = JSON.stringify(aList(3, 10));
  assert.deepEqual(read(short, 16), { pieces: [], rest: short });
  const untyped = JSON.stringify({
    kind: 'ThingList',
    items: aList(300, 10_000).items.map((item) => ({ ...item, apiVersion: undefined })),
  });
  assert.deepEqual(read(untyped, 65_536), { pieces: [], rest: untyped });
});
