import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leanVm } from '../../src/cluster/lean-vm.ts';
import { loadSnapshot } from '../../src/cluster/load-snapshot.ts';
import { decideEndpoint, endpointRules } from '../../src/core/endpoints.ts';
import { traitsOf } from '../../src/core/profile.ts';
import { type KubeObject, refOf } from '../../src/model/object.ts';
import { vmOf } from '../../src/model/virtual-machine.ts';
import { aService, aVm, aVmService } from '../support/builders.ts';
import { readWorlds } from '../support/conformance.ts';
import { stage } from '../support/stage.ts';

const entry = { manager: 'manager', operation: 'Update', time: '2026-11-10T12:00:00Z', fieldsType: 'FieldsV1' };

test('of a VM stays what its endpoint follows from, and who wrote which part of it when', () => {
  const vm = aVm('web-1', { labels: { app: 'web' }, ip: ['10.1.0.11', 'fd00::1'], ready: true });
  const written = { ...entry, fieldsV1: { 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } }, 'f:status': { 'f:host': {} } } };
  const object: KubeObject = {
    ...vm,
    metadata: { ...vm.metadata, annotations: { big: 'x'.repeat(1000) }, managedFields: [written, entry] },
    ...{ spec: { ...vm.spec, className: 'small', bootstrap: { cloudInit: {} } }, status: { ...vm.status, host: 'esx-1' } },
  };
  const lean = leanVm(object);
  assert.deepEqual(lean.metadata, {
    ...vm.metadata,
    managedFields: [{ ...entry, fieldsV1: { 'f:metadata': {}, 'f:status': {} } }, entry],
  });
  assert.deepEqual(
    [Object.keys(lean.spec ?? {}), Object.keys(lean.status ?? {})],
    [
      ['readinessProbe', 'powerState'],
      ['powerState', 'conditions', 'network'],
    ],
  );
  assert.deepEqual(lean.status?.network, { primaryIP4: '10.1.0.11', primaryIP6: 'fd00::1' });
});

for (const profile of ['A', 'B', 'C', 'D', 'E'] as const) {
  test(`of every recorded VM of profile ${profile} the same is decided as of the whole`, () => {
    const traits = traitsOf(profile);
    const rules = endpointRules(aService('web'), undefined, traits);
    const vms = readWorlds(profile).flatMap(({ before }) => before.filter(({ kind }) => kind === 'VirtualMachine'));
    assert.ok(vms.length > 50);
    for (const object of vms) {
      const [{ vm: whole, ...decided }, { vm: lean, ...same }] = [
        decideEndpoint(vmOf(object), rules),
        decideEndpoint(leanVm(object), rules),
      ];
      assert.deepEqual(same, decided);
      assert.deepEqual([refOf(lean), lean.metadata.labels], [refOf(whole), whole.metadata.labels]);
    }
  });
}

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
