import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exactNumber } from '../../src/cluster/json.ts';
import { type Json, jsonOf, type KubeObject } from '../../src/model/object.ts';
import { objectDocument, renderJson, renderNames } from '../../src/render/documents.ts';
import { kubectlPrints, withoutKubectl } from './kubectl.ts';

const web: KubeObject & { readonly spec: Json } = {
  kind: 'VirtualMachineService',
  apiVersion: 'vmoperator.vmware.com/v1alpha5',
  metadata: {
    name: 'web',
    namespace: 'team-a',
    labels: { zone: 'b', app: 'web' },
    annotations: { note: 'a < b && c > d', '10': 'ten', '9': 'nine' },
    managedFields: [{ manager: 'kubectl', operation: 'Update' }],
  },
  spec: { type: 'LoadBalancer', ports: [{ port: 80, name: 'http' }], selector: {}, sourceRanges: [], unknownField: null },
};
const db: KubeObject = { ...web, metadata: { name: 'db' } };

test('one object asked for by name stands alone: fields sorted, managedFields hidden, four blanks, markup escaped', () => {
  const text = renderJson(objectDocument([web], { single: true, showManagedFields: false }), 'sorted');
  assert.deepEqual(text.split('\n'), [
    '{',
    '    "apiVersion": "vmoperator.vmware.com/v1alpha5",',
    '    "kind": "VirtualMachineService",',
    '    "metadata": {',
    '        "annotations": {',
    '            "10": "ten",',
    '            "9": "nine",',
    '            "note": "a \\u003c b \\u0026\\u0026 c \\u003e d"',
    '        },',
    '        "labels": {',
    '            "app": "web",',
    '            "zone": "b"',
    '        },',
    '        "name": "web",',
    '        "namespace": "team-a"',
    '    },',
    '    "spec": {',
    '        "ports": [',
    '            {',
    '                "name": "http",',
    '                "port": 80',
    '            }',
    '        ],',
    '        "selector": {},',
    '        "sourceRanges": [],',
    '        "type": "LoadBalancer",',
    '        "unknownField": null',
    '    }',
    '}',
    '',
  ]);
});

test('--show-managed-fields shows them', () => {
  assert.deepEqual(objectDocument([web], { single: true, showManagedFields: true }), web);
});

test('several objects, or one that was listed, are a List', () => {
  const { managedFields: _, ...metadata } = web.metadata;
  const list = (items: readonly KubeObject[]) => ({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } });
  const options = { single: false, showManagedFields: false };
  assert.deepEqual(objectDocument([web, db], options), list([{ ...web, metadata }, db]));
  assert.deepEqual(objectDocument([db], options), list([db]));
  assert.deepEqual(objectDocument([], options), list([]));
  assert.equal(
    renderJson(objectDocument([], options), 'sorted'),
    '{\n    "apiVersion": "v1",\n    "items": [],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n',
  );
});

test('a report keeps the order in which it was built', () => {
  assert.equal(
    renderJson({ kind: 'Trace', apiVersion: 'vmsvc/v1' }, 'given'),
    '{\n    "kind": "Trace",\n    "apiVersion": "vmsvc/v1"\n}\n',
  );
});

test('a number that a double cannot hold is printed as it was written', () => {
  const document = { big: exactNumber('9007199254740993'), huge: exactNumber('1e400'), zero: exactNumber('-0') };
  const text = '{\n    "big": 9007199254740993,\n    "huge": 1e400,\n    "zero": -0\n}\n';
  assert.equal(renderJson(document, 'sorted'), text);
  assert.equal(renderJson(document, 'given'), text);
});

test('R093: what a terminal would act on is escaped, and reads back as the same value', () => {
  const value = { message: '\x1b[31m\u009b\u202e\u200b\u{e0041}\u2028\ud800\x7f' };
  const text = renderJson(value, 'sorted');
  assert.equal(text, '{\n    "message": "\\u001b[31m\\u009b\\u202e\\u200b\\udb40\\udc41\\u2028\\ud800\\u007f"\n}\n');
  assert.deepEqual(JSON.parse(text), value);
});

test('JSON printed in either order and read back is the same value, without a control character', () => {
  fc.assert(
    fc.property(jsonValues, fc.constantFrom('sorted', 'given'), (value, order) => {
      const text = renderJson(value, order);
      assert.deepEqual(JSON.parse(text), value);
      assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
    }),
  );
});

test('-o name prints kind.group/name, one a line; core kinds have no group', () => {
  assert.equal(
    renderNames([web, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } }]),
    'virtualmachineservice.vmoperator.vmware.com/web\nservice/web\n',
  );
});

test('kubectl prints the same bytes', { skip: withoutKubectl }, () => {
  const { managedFields: _, ...metadata } = web.metadata;
  const object = jsonOf({ ...web, metadata });
  assert.deepEqual(kubectlPrints(object, '-o', 'json').stdout.split('\n'), renderJson(object, 'sorted').split('\n'));
});

const jsonValues: fc.Arbitrary<Json> = fc
  .jsonValue({ stringUnit: 'binary' })
  .map((value): Json => JSON.parse(JSON.stringify(value)))
  .filter((value) => !JSON.stringify(value).includes('__proto__'));
