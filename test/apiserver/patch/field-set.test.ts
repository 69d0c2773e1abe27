import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  decodeFieldSet,
  encodeFieldSet,
  type FieldSet,
  fieldSetOf,
  hasPath,
  intersect,
  pathsOf,
  subtract,
  unite,
  withoutFields,
} from '../../../src/apiserver/patch/field-set.ts';
import { fieldElement, indexElement, keyElement, printPath, readElement, valueElement } from '../../../src/apiserver/patch/path-element.ts';

const [spec, ports, type, metadata] = ['spec', 'ports', 'type', 'metadata'].map(fieldElement);
const item = keyElement({ protocol: 'TCP', port: 80 });

function setOf(...paths: readonly (readonly (string | undefined)[])[]): FieldSet {
  return fieldSetOf(paths.map((path) => path.filter((element) => element !== undefined)));
}

function printed(set: FieldSet): readonly string[] {
  return pathsOf(set).map(printPath);
}

test('a set is written as fieldsV1, sorted, with a dot where a path and longer ones are in it', () => {
  const set = setOf(
    [spec, type],
    [spec, ports, item],
    [spec, ports, item, fieldElement('name')],
    [metadata, fieldElement('finalizers'), valueElement('x/y')],
  );
  const encoded =
    '{"f:metadata":{"f:finalizers":{"v:\\"x/y\\"":{}}},"f:spec":{"f:ports":{"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:name":{}}},"f:type":{}}}';
  assert.equal(JSON.stringify(encodeFieldSet(set)), encoded);
  assert.deepEqual(decodeFieldSet(JSON.parse(encoded)), set);
});

test('keys are the same in any order and spacing', () => {
  assert.equal(readElement('k:{ "protocol": "TCP", "port": 80 }'), item);
});

test('what is no fieldsV1 is not read', () => {
  for (const text of ['[]', '"x"', '{"f:a":5}', '{"x:a":{}}', '{"k:nonsense":{}}', '{"i:-1":{}}']) {
    assert.equal(decodeFieldSet(JSON.parse(text)), undefined, text);
  }
});

test('paths are printed as messages show them', () => {
  assert.equal(
    printPath([fieldElement('spec'), fieldElement('ports'), item, fieldElement('name')]),
    '.spec.ports[port=80,protocol="TCP"].name',
  );
  assert.equal(printPath([fieldElement('finalizers'), valueElement('a "b"')]), '.finalizers[="a \\"b\\""]');
  assert.equal(printPath([fieldElement('args'), indexElement(3)]), '.args[3]');
});

test('numbers in keys are sorted as numbers', () => {
  const set = setOf(
    [keyElement({ port: 443 })],
    [keyElement({ port: 80 })],
    [keyElement({ port: 8080 })],
    [fieldElement('z')],
    [valueElement('a')],
  );
  assert.deepEqual(printed(set), ['.z', '[port=80]', '[port=443]', '[port=8080]', '[="a"]']);
});

suite('sets', () => {
  const one = setOf([spec], [spec, type], [spec, ports, item]);
  const other = setOf([spec, type], [spec, ports], [metadata]);

  test('are united', () => {
    assert.deepEqual(printed(unite(one, other)), [
      '.metadata',
      '.spec',
      '.spec.ports',
      '.spec.type',
      '.spec.ports[port=80,protocol="TCP"]',
    ]);
  });

  test('have common paths', () => {
    assert.deepEqual(printed(intersect(one, other)), ['.spec.type']);
  });

  test('are subtracted path by path: what is below a path stays', () => {
    assert.deepEqual(printed(subtract(one, other)), ['.spec', '.spec.ports[port=80,protocol="TCP"]']);
  });

  test('lose a field with everything below it', () => {
    assert.deepEqual(printed(withoutFields(unite(one, other), ['f:spec'])), ['.metadata']);
  });

  test('know their paths', () => {
    assert.deepEqual(
      [['f:spec'], ['f:spec', 'f:ports'], ['f:spec', 'f:ports', item]].map((path) => hasPath(one, path)),
      [true, false, true],
    );
  });
});
