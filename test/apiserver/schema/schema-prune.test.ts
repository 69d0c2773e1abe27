import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { dropNulls, pruneObject } from '../../../src/apiserver/schema/schema-prune.ts';
import { structuralSchema } from '../../../src/apiserver/schema/schema-structure.ts';
import type { JsonObject } from '../../../src/model/object.ts';
import { frozen } from '../../support/frozen.ts';

const text = { type: 'string' };

const schema = structuralSchema({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        name: text,
        defaulted: { type: 'string', default: 'x' },
        nullable: { type: 'string', nullable: true },
        ports: { type: 'array', items: { type: 'object', properties: { port: { type: 'integer' } } } },
        labels: { type: 'object', additionalProperties: text },
        free: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { known: { type: 'object', properties: { a: text } } },
        },
        template: {
          type: 'object',
          'x-kubernetes-embedded-resource': true,
          properties: { spec: { type: 'object', properties: { b: text } } },
        },
        anything: { type: 'object', additionalProperties: true },
      },
    },
  },
});

function prune(object: JsonObject): { readonly object: JsonObject; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  return { object: pruneObject(frozen(object), schema, unknown), unknown };
}

suite('fields that the schema does not know', () => {
  const cases: readonly (readonly [name: string, sent: JsonObject, kept: JsonObject, unknown: readonly string[]])[] = [
    ['are dropped, wherever they are', { spec: { name: 'a', colour: 1 }, other: {} }, { spec: { name: 'a' } }, ['spec.colour', 'other']],
    [
      'are named with the place in their list',
      { spec: { ports: [{ port: 1 }, { port: 2, nodePort: 3 }] } },
      { spec: { ports: [{ port: 1 }, { port: 2 }] } },
      ['spec.ports[1].nodePort'],
    ],
    ['are unknown even when they are null', { spec: { colour: null } }, { spec: {} }, ['spec.colour']],
    ['may be any in a map', { spec: { labels: { x: '1', 'a/b': '2' } } }, { spec: { labels: { x: '1', 'a/b': '2' } } }, []],
    [
      'stay where unknown fields are kept, but not below a described one',
      { spec: { free: { x: { y: 1 }, known: { a: '1', c: 2 } } } },
      { spec: { free: { x: { y: 1 }, known: { a: '1' } } } },
      ['spec.free.known.c'],
    ],
    ['may be any where the schema says so', { spec: { anything: { x: { y: [1] } } } }, { spec: { anything: { x: { y: [1] } } } }, []],
    [
      'are not apiVersion, kind and metadata, at the root and of embedded objects',
      {
        apiVersion: 'v1',
        kind: 'K',
        metadata: { x: 1 },
        spec: { template: { apiVersion: 'v1', kind: 'K', metadata: { x: 1 }, colour: 1 } },
      },
      { apiVersion: 'v1', kind: 'K', metadata: { x: 1 }, spec: { template: { apiVersion: 'v1', kind: 'K', metadata: { x: 1 } } } },
      ['spec.template.colour'],
    ],
  ];
  for (const [name, sent, kept, unknown] of cases) {
    test(name, () => {
      assert.deepEqual(prune(sent), { object: kept, unknown });
    });
  }

  test('called __proto__ are dropped like others', () => {
    const sent: JsonObject = JSON.parse('{"spec":{"__proto__":{"x":1},"labels":{"__proto__":"y"}}}');
    const { object, unknown } = prune(sent);
    assert.deepEqual(unknown, ['spec.__proto__']);
    assert.equal(JSON.stringify(object), '{"spec":{"labels":{"__proto__":"y"}}}');
  });

  test('an object without any comes back as it is, not as a copy', () => {
    const sent = { spec: { name: 'a', ports: [{ port: 1 }] } };
    assert.equal(prune(sent).object, sent);
  });
});

suite('null', () => {
  const cases: readonly (readonly [name: string, sent: JsonObject, kept: JsonObject])[] = [
    [
      'counts as absent where the schema allows none',
      { spec: { name: null, labels: { x: null, y: '1' } } },
      { spec: { labels: { y: '1' } } },
    ],
    ['stays where the schema allows it', { spec: { nullable: null } }, { spec: { nullable: null } }],
    ['stays for the default to replace it', { spec: { defaulted: null } }, { spec: { defaulted: null } }],
    ['stays inside lists, for validation to refuse it', { spec: { ports: [null, { port: null }] } }, { spec: { ports: [null, {}] } }],
  ];
  for (const [name, sent, kept] of cases) {
    test(name, () => {
      assert.deepEqual(dropNulls(frozen(sent), schema), kept);
    });
  }
});
