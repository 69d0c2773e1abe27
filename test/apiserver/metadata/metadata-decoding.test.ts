import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decodeMetadata } from '../../../src/apiserver/metadata/metadata-decoding.ts';
import type { Json } from '../../../src/model/object.ts';
import { frozen } from '../../support/frozen.ts';

suite('a value of a wrong type is refused in the decoder’s words', () => {
  const cases: readonly (readonly [metadata: Json, error: string])[] = [
    [{ labels: { a: 1 } }, 'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string'],
    [{ labels: { a: 1.5 } }, 'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string'],
    [{ annotations: { a: true } }, 'json: cannot unmarshal bool into Go struct field ObjectMeta.annotations of type string'],
    [{ annotations: { a: ['x'] } }, 'json: cannot unmarshal array into Go struct field ObjectMeta.annotations of type string'],
    [{ labels: { a: { b: 1 } } }, 'json: cannot unmarshal object into Go struct field ObjectMeta.labels of type string'],
    [{ labels: [] }, 'json: cannot unmarshal array into Go struct field ObjectMeta.labels of type map[string]string'],
    [{ labels: 'x' }, 'json: cannot unmarshal string into Go struct field ObjectMeta.labels of type map[string]string'],
    [{ name: 5 }, 'json: cannot unmarshal number into Go struct field ObjectMeta.name of type string'],
    [{ name: 5, labels: { a: 1 } }, 'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string'],
    [{ uid: 3 }, 'json: cannot unmarshal number into Go struct field ObjectMeta.uid of type types.UID'],
    [
      { ownerReferences: [{ name: 5 }] },
      'json: cannot unmarshal number into Go struct field OwnerReference.ownerReferences.name of type string',
    ],
    [
      { ownerReferences: [{ controller: 'x' }] },
      'json: cannot unmarshal string into Go struct field OwnerReference.ownerReferences.controller of type bool',
    ],
    [{ ownerReferences: {} }, 'json: cannot unmarshal object into Go struct field ObjectMeta.ownerReferences of type []v1.OwnerReference'],
    [{ finalizers: 'a' }, 'json: cannot unmarshal string into Go struct field ObjectMeta.finalizers of type []string'],
    [{ finalizers: [1] }, 'json: cannot unmarshal number into Go struct field ObjectMeta.finalizers of type string'],
    [{ generation: 'x' }, 'json: cannot unmarshal string into Go struct field ObjectMeta.generation of type int64'],
    [{ generation: 1.5 }, 'json: cannot unmarshal number 1.5 into Go struct field ObjectMeta.generation of type int64'],
    [{ creationTimestamp: 5 }, 'json: cannot unmarshal number into Go struct field ObjectMeta.creationTimestamp of type string'],
    [{ creationTimestamp: 'x' }, 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
    [{ deletionTimestamp: '2026-01-01' }, 'parsing time "2026-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
    [{ deletionTimestamp: '2026-02-29T00:00:00Z' }, 'parsing time "2026-02-29T00:00:00Z": day out of range'],
    [{ deletionTimestamp: '2026-13-01T00:00:00Z' }, 'parsing time "2026-13-01T00:00:00Z": month out of range'],
    [{ deletionTimestamp: '2026-01-01T24:00:00Z' }, 'parsing time "2026-01-01T24:00:00Z": hour out of range'],
    ['str', 'json: cannot unmarshal string into Go value of type v1.ObjectMeta'],
    [5, 'json: cannot unmarshal number into Go value of type v1.ObjectMeta'],
    [[], 'json: cannot unmarshal array into Go value of type v1.ObjectMeta'],
  ];
  for (const [metadata, error] of cases) {
    test(JSON.stringify(metadata), () => {
      assert.deepEqual(decodeMetadata(frozen(metadata)), { error });
    });
  }

  test('built-in kinds have the path to their metadata in it', () => {
    assert.deepEqual(decodeMetadata({ labels: { a: 1 } }, 'metadata.'), {
      error: 'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    });
  });
});

suite('metadata is kept as the server would write it', () => {
  const cases: readonly (readonly [name: string, sent: Json, kept: Json, unknown?: readonly string[]])[] = [
    [
      'without empty and zero values',
      { name: '', generateName: '', labels: {}, annotations: null, ownerReferences: [], finalizers: [], generation: 0 },
      {},
    ],
    ['with empty labels: an empty value says something, and null is one', { labels: { a: '', b: null } }, { labels: { a: '', b: '' } }],
    [
      'with times in whole seconds of UTC',
      { creationTimestamp: '2026-01-01T02:00:00.75+02:00' },
      { creationTimestamp: '2026-01-01T00:00:00Z' },
    ],
    [
      'with complete owner references',
      { ownerReferences: [{ name: 'x', controller: false }] },
      { ownerReferences: [{ name: 'x', controller: false, apiVersion: '', kind: '', uid: '' }] },
    ],
    [
      'without fields that it does not have',
      { name: 'x', colour: 1, ownerReferences: [{ size: 1 }] },
      { name: 'x', ownerReferences: [{ apiVersion: '', kind: '', name: '', uid: '' }] },
      ['metadata.colour', 'metadata.ownerReferences[0].size'],
    ],
    ['with no grace left', { deletionGracePeriodSeconds: 0 }, { deletionGracePeriodSeconds: 0 }],
  ];
  for (const [name, sent, metadata, unknownFields = []] of cases) {
    test(name, () => {
      assert.deepEqual(decodeMetadata(frozen(sent)), { metadata, unknownFields });
    });
  }

  test('absent metadata is empty metadata', () => {
    assert.deepEqual(decodeMetadata(undefined), { metadata: {}, unknownFields: [] });
  });

  test('a label may be called __proto__', () => {
    const decoded = decodeMetadata(JSON.parse('{"labels":{"__proto__":"x"}}'));
    assert.equal(JSON.stringify(decoded), '{"metadata":{"labels":{"__proto__":"x"}},"unknownFields":[]}');
  });
});
