import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withShallowManagedFields } from '../../../src/cluster/http/shallow-managed-fields.ts';
import { loadSnapshot } from '../../../src/cluster/load-snapshot.ts';
import { aVm, aVmService } from '../../support/builders.ts';
import { stage } from '../../support/stage.ts';

const entry = { manager: 'manager', operation: 'Update', time: '2026-11-10T12:00:00Z', fieldsType: 'FieldsV1' };

test('of managedFields who wrote when stays, and which part of the object', () => {
  const vm = aVm('web-1');
  const written = { ...entry, fieldsV1: { 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } }, 'f:status': { 'f:host': {} } } };
  const object = { ...vm, metadata: { ...vm.metadata, managedFields: [written, entry] } };
  assert.deepEqual(withShallowManagedFields(object), {
    ...vm,
    metadata: { ...vm.metadata, managedFields: [{ ...entry, fieldsV1: { 'f:metadata': {}, 'f:status': {} } }, entry] },
  });
  assert.equal(withShallowManagedFields(vm), vm);
});

test('R105 who wanted writers has them of every object, of VMs without the fields', async () => {
  const { cluster } = stage([aVmService('svc')]);
  const { status: _, ...vm } = aVm('web-1', { labels: { app: 'svc' } });
  const { resourceVersion: __, uid: ___, ...metadata } = vm.metadata;
  await cluster.create({ ...vm, metadata }, { dryRun: 'none', fieldManager: 'somebody' });
  const request = { namespace: 'prod', names: [], version: 'v1alpha6', legs: ['vmServices', 'vms'], writers: true } as const;
  const { snapshot } = await loadSnapshot(cluster, request);
  assert.ok('items' in snapshot.vms);
  assert.deepEqual(
    snapshot.vms.items.flatMap(({ metadata }) => metadata.managedFields?.map(({ manager, fieldsV1 }) => ({ manager, fieldsV1 }))),
    [{ manager: 'somebody', fieldsV1: { 'f:metadata': {}, 'f:spec': {} } }],
  );
});
