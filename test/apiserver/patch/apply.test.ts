import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fieldManagement } from '../../../src/apiserver/patch/apply.ts';
import { schemaLookup } from '../../../src/apiserver/schema/schema.ts';
import type { ApplyOptions, ApplyOutcome } from '../../../src/apiserver/schema/schema-types.ts';
import { readCrdFiles } from '../../../src/cluster/sandbox/crd-files.ts';
import type { JsonObject, KubeObject } from '../../../src/model/object.ts';
import { services, virtualMachineServices } from '../../../src/model/resources.ts';
import { frozen } from '../../support/frozen.ts';

const { apply, recordUpdate } = fieldManagement(schemaLookup(readCrdFiles('E')));

const earlier = '2026-01-01T00:00:00Z';
const later = '2026-01-01T00:01:00Z';

function options(fieldManager: string, more: Partial<ApplyOptions> = {}): ApplyOptions {
  return { fieldManager, force: false, now: earlier, resource: { ...services, version: 'v1' }, subresource: undefined, ...more };
}

function aConfiguration(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return frozen({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', ...metadata }, spec });
}

/** What was applied, as stored: with the uid that the store gives. */
function applied(outcome: ApplyOutcome): KubeObject & { readonly spec?: unknown } {
  assert.ok('object' in outcome, JSON.stringify(outcome));
  const { metadata } = outcome.object;
  return frozen({ ...outcome.object, metadata: { uid: 'u', ...metadata } });
}

function ownersOf(object: KubeObject): readonly string[] {
  return (object.metadata.managedFields ?? []).map(
    ({ manager, operation, time, fieldsV1 }) => `${manager} ${operation} ${time ?? 'untimed'} ${JSON.stringify(fieldsV1)}`,
  );
}

const http = { name: 'http', port: 80 };

suite('server-side apply', () => {
  test('creates what is not there, and owns what it said', () => {
    const web = applied(
      apply(undefined, aConfiguration({ selector: { app: 'web' }, ports: [http] }, { labels: { a: 'b' } }), options('one')),
    );
    assert.deepEqual(web.spec, { selector: { app: 'web' }, ports: [http] });
    assert.deepEqual(ownersOf(web), [
      `one Apply ${earlier} {"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:ports":{"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:name":{},"f:port":{}}},"f:selector":{}}}`,
    ]);
  });

  test('reports one conflict in one line', () => {
    const web = applied(apply(undefined, aConfiguration({ selector: { app: 'web' } }), options('kubectl')));
    assert.deepEqual(apply(web, aConfiguration({ selector: { app: 'other' } }), options('two')), {
      message: 'Apply failed with 1 conflict: conflict with "kubectl": .spec.selector',
      conflicts: [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl"', field: '.spec.selector' }],
    });
  });

  test('reports several conflicts by manager, with the version of those who did not apply', () => {
    const first = applied(apply(undefined, aConfiguration({ ports: [http] }), options('one')));
    const web = frozen(recordUpdate(first, { ...first, ...{ spec: { ports: [http], type: 'NodePort' } } }, options('kubectl-edit')));
    const outcome = apply(web, aConfiguration({ type: 'ClusterIP', ports: [{ name: 'web', port: 80 }] }), options('two'));
    assert.ok('conflicts' in outcome);
    assert.equal(
      outcome.message,
      'Apply failed with 2 conflicts: conflicts with "kubectl-edit" using v1:\n- .spec.type\nconflicts with "one":\n- .spec.ports[port=80,protocol="TCP"].name',
    );
  });

  test('by force takes the fields over', () => {
    const first = applied(apply(undefined, aConfiguration({ selector: { app: 'web' } }), options('one')));
    const web = applied(apply(first, aConfiguration({ selector: { app: 'other' } }), options('two', { force: true, now: later })));
    assert.deepEqual(ownersOf(web), [`two Apply ${later} {"f:spec":{"f:selector":{}}}`]);
    assert.deepEqual(web.spec, { selector: { app: 'other' } });
  });

  test('shares a field that two say alike', () => {
    const first = applied(apply(undefined, aConfiguration({ selector: { app: 'web' } }), options('one')));
    const web = applied(apply(first, aConfiguration({ selector: { app: 'web' } }), options('two')));
    assert.equal(ownersOf(web).length, 2);
  });

  test('removes what its applier no longer says, and leaves what others say', () => {
    const ports = [http, { name: 'dns', port: 53, protocol: 'UDP' }];
    const first = applied(apply(undefined, aConfiguration({ selector: { app: 'web' }, ports }), options('one')));
    const second = applied(apply(first, aConfiguration({ ports: [http] }), options('two')));
    const nothing = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } };
    const web = applied(apply(second, nothing, options('one', { now: later })));
    assert.deepEqual(web.spec, { ports: [http] });
    assert.deepEqual(ownersOf(web), [
      // It said what was already there, so its entry has no time.
      `two Apply untimed {"f:spec":{"f:ports":{"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:name":{},"f:port":{}}}}}`,
    ]);
  });

  test('that changes nothing changes no time', () => {
    const configuration = aConfiguration({ ports: [http] });
    const web = applied(apply(undefined, configuration, options('one')));
    assert.deepEqual(apply(web, configuration, options('one', { now: later })), { object: web });
  });

  test('through the status owns nothing of the specification', () => {
    const first = applied(apply(undefined, aConfiguration({ ports: [http] }), options('one')));
    const sent = { ...aConfiguration({ type: 'LoadBalancer' }), status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } };
    const outcome = apply(first, frozen(sent), options('lb', { subresource: 'status' }));
    assert.ok('object' in outcome);
    assert.deepEqual(outcome.object.metadata.managedFields?.[0], {
      manager: 'lb',
      operation: 'Apply',
      apiVersion: 'v1',
      time: earlier,
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:status': { 'f:loadBalancer': { 'f:ingress': {} } } },
      subresource: 'status',
    });
  });

  test('onto an object that nobody owned leaves what it had to a manager of its own', () => {
    const untracked: KubeObject = frozen({
      ...aConfiguration({ ports: [http], selector: { app: 'web' } }, { uid: 'u' }),
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', uid: 'u' },
    });
    const outcome = apply(untracked, aConfiguration({ selector: { app: 'other' } }), options('one'));
    assert.ok('conflicts' in outcome);
    assert.equal(outcome.message, 'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .spec.selector');
  });
});

suite('kubectl taking over from its own client-side apply', () => {
  const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
  const before = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'web' } } };
  const created: KubeObject & JsonObject = frozen({
    ...before,
    metadata: { name: 'web', uid: 'u', annotations: { [lastApplied]: JSON.stringify(before) } },
  });

  test('meets no conflict over what it applied itself, and keeps the annotation true', () => {
    const web = frozen(recordUpdate(undefined, created, options('kubectl-client-side-apply')));
    const outcome = apply(web, aConfiguration({ selector: { app: '<new>' } }), options('kubectl'));
    assert.ok('object' in outcome);
    assert.equal(
      outcome.object.metadata.annotations?.[lastApplied],
      '{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"selector":{"app":"\\u003cnew\\u003e"}}}\n',
    );
  });

  test('still meets conflicts over what somebody edited since', () => {
    const first = frozen(recordUpdate(undefined, created, options('kubectl-client-side-apply')));
    const edited = frozen(recordUpdate(first, { ...first, ...{ spec: { selector: { app: 'edited' } } } }, options('kubectl-edit')));
    const outcome = apply(edited, aConfiguration({ selector: { app: 'new' } }), options('kubectl'));
    assert.ok('conflicts' in outcome);
    assert.equal(outcome.message, 'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .spec.selector');
  });

  test('another manager meets them all', () => {
    const web = frozen(recordUpdate(undefined, created, options('kubectl-client-side-apply')));
    const outcome = apply(web, aConfiguration({ selector: { app: 'new' } }), options('somebody'));
    assert.ok('conflicts' in outcome);
  });
});

suite('a configuration that cannot be applied is refused', () => {
  const cases: readonly (readonly [name: string, configuration: JsonObject, code: number, message: string])[] = [
    ['another kind', { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'a' } }, 400, 'invalid object type: /v1, Kind=Endpoints'],
    [
      'another version',
      { apiVersion: 'x.io/v2', kind: 'Service', metadata: { name: 'a' } },
      400,
      'invalid object type: x.io/v2, Kind=Service',
    ],
    ['no kind', { metadata: { name: 'a' } }, 400, 'invalid object type: /, Kind='],
    ['managedFields', aConfiguration({}, { managedFields: [{}] }), 400, 'metadata.managedFields must be nil'],
    [
      'a field that there is not',
      aConfiguration({ bogus: 1 }),
      500,
      'failed to create typed patch object (/web; /v1, Kind=Service): .spec.bogus: field not declared in schema',
    ],
    [
      'values of wrong types',
      aConfiguration({ type: 5, ports: [{ port: 'x' }] }),
      500,
      'failed to create typed patch object (/web; /v1, Kind=Service): errors:\n  .spec.ports[port="x",protocol="TCP"].port: expected numeric (int or float), got string\n  .spec.type: expected string, got &value.valueUnstructured{Value:5}',
    ],
    [
      'no list',
      aConfiguration({ ports: { a: 1 } }),
      500,
      'failed to create typed patch object (/web; /v1, Kind=Service): .spec.ports: expected list, got &{map[a:1]}',
    ],
    [
      'an item twice',
      aConfiguration({ ports: [{ port: 80 }, { port: 80 }] }, { namespace: 'prod' }),
      500,
      'failed to create typed patch object (prod/web; /v1, Kind=Service): .spec.ports: duplicate entries for key [port=80,protocol="TCP"]',
    ],
  ];
  for (const [name, configuration, code, message] of cases) {
    test(name, () => {
      assert.deepEqual(apply(undefined, configuration, options('one')), { error: { code, message } });
    });
  }
});

suite('any other write', () => {
  const resource = { ...virtualMachineServices, version: 'v1alpha6' };
  const vmService: KubeObject & JsonObject = frozen({
    apiVersion: 'vmoperator.vmware.com/v1alpha6',
    kind: 'VirtualMachineService',
    metadata: { name: 'web', uid: 'u', labels: { a: 'b' } },
    spec: { type: 'ClusterIP', selector: { app: 'web' }, ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 80 }] },
  });

  test('that creates owns everything; lists of VirtualMachineServices have one owner', () => {
    const created = recordUpdate(undefined, vmService, options('kubectl-create', { resource }));
    assert.deepEqual(created.metadata.managedFields, [
      {
        manager: 'kubectl-create',
        operation: 'Update',
        apiVersion: 'vmoperator.vmware.com/v1alpha6',
        time: earlier,
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
          'f:spec': { '.': {}, 'f:ports': {}, 'f:selector': { '.': {}, 'f:app': {} }, 'f:type': {} },
        },
      },
    ]);
  });

  test('takes what it changes from the one who had it', () => {
    const created = recordUpdate(undefined, vmService, options('one', { resource }));
    const changed = { ...vmService, metadata: created.metadata, spec: { type: 'LoadBalancer' } };
    const written = recordUpdate(frozen(created), frozen(changed), options('two', { resource, now: later }));
    assert.deepEqual(ownersOf(written), [
      `one Update ${earlier} {"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{}}`,
      `two Update ${later} {"f:spec":{"f:type":{}}}`,
    ]);
  });

  test('that changes nothing changes nothing', () => {
    const created = frozen(recordUpdate(undefined, vmService, options('one', { resource })));
    assert.deepEqual(recordUpdate(created, created, options('two', { resource, now: later })), created);
  });

  test('onto an object that nobody owned leaves it so', () => {
    const changed = { ...vmService, metadata: { ...vmService.metadata, labels: { a: 'c' } } };
    assert.deepEqual(recordUpdate(vmService, frozen(changed), options('one', { resource })), changed);
  });

  for (const [name, managedFields] of [
    ['an empty list', []],
    ['one empty entry', [{}]],
  ] as const) {
    test(`that sends ${name} as managedFields makes everybody forget`, () => {
      const created = frozen(recordUpdate(undefined, vmService, options('one', { resource })));
      const reset = { ...created, metadata: { ...created.metadata, managedFields } };
      assert.deepEqual(recordUpdate(created, frozen(reset), options('two', { resource })), vmService);
    });
  }

  test('that sends managedFields which make no sense keeps those there were', () => {
    const created = frozen(recordUpdate(undefined, vmService, options('one', { resource })));
    const sent = { ...created, metadata: { ...created.metadata, managedFields: [{ manager: 'x', operation: 'Own' }] } };
    assert.deepEqual(recordUpdate(created, frozen(sent), options('two', { resource })), created);
  });

  test('of more than ten clients puts the oldest together', () => {
    let object = recordUpdate(undefined, vmService, options('client-0', { resource }));
    for (let index = 1; index <= 11; index++) {
      const labels = { ...object.metadata.labels, [`l${index}`]: 'x' };
      const now = `2026-01-01T00:${String(index).padStart(2, '0')}:00Z`;
      object = recordUpdate(object, { ...object, metadata: { ...object.metadata, labels } }, options(`client-${index}`, { resource, now }));
    }
    assert.deepEqual(
      object.metadata.managedFields?.map(({ manager }) => manager),
      ['ancient-changes', 'client-3', 'client-4', 'client-5', 'client-6', 'client-7', 'client-8', 'client-9', 'client-10', 'client-11'],
    );
  });
});
