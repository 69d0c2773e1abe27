import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { applyDefaults } from '../../../src/apiserver/schema/schema-default.ts';
import { structuralSchema } from '../../../src/apiserver/schema/schema-structure.ts';
import type { Json } from '../../../src/model/object.ts';
import { frozen } from '../../support/frozen.ts';

const schema = structuralSchema({
  type: 'object',
  properties: {
    mode: { type: 'string', default: 'soft' },
    nullable: { type: 'string', nullable: true, default: 'n' },
    probe: { type: 'object', properties: { port: { type: 'integer', default: 80 } } },
    policy: { type: 'object', default: {}, properties: { kind: { type: 'string', default: 'k' } } },
    ports: { type: 'array', items: { type: 'object', properties: { protocol: { type: 'string', default: 'TCP' } } } },
    zones: { type: 'object', additionalProperties: { type: 'object', properties: { weight: { type: 'integer', default: 1 } } } },
  },
});

const filled = { mode: 'soft', nullable: 'n', policy: { kind: 'k' } };

suite("a schema's defaults", () => {
  const cases: readonly (readonly [name: string, sent: Json, stored: Json])[] = [
    ['fill in what is absent, and defaults inside defaults', {}, filled],
    ['replace null where null is not allowed, and only there', { mode: null, nullable: null }, { ...filled, nullable: null }],
    ['do not create the objects around them', { probe: {} }, { ...filled, probe: { port: 80 } }],
    [
      'reach into lists and maps',
      { ports: [{}], zones: { a: {} } },
      { ...filled, ports: [{ protocol: 'TCP' }], zones: { a: { weight: 1 } } },
    ],
    ['leave what was said', { mode: 'hard', probe: { port: 0 } }, { ...filled, mode: 'hard', probe: { port: 0 } }],
    ['leave values of other types alone', { ports: 'x', probe: 5 }, { ...filled, ports: 'x', probe: 5 }],
  ];
  for (const [name, sent, stored] of cases) {
    test(name, () => {
      assert.deepEqual(applyDefaults(frozen(sent), schema), stored);
    });
  }

  test('an object that needs none comes back as it is, not as a copy', () => {
    const sent = { ...filled, probe: { port: 1 } };
    assert.equal(applyDefaults(frozen(sent), schema), sent);
  });
});
