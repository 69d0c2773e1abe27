import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ServedResource } from '../../../src/apiserver/request.ts';
import { customResourceSchemas, schemaLookup } from '../../../src/apiserver/schema/schema.ts';
import { readCrdFiles } from '../../../src/cluster/sandbox/crd-files.ts';
import type { Json, JsonObject, KubeObject } from '../../../src/model/object.ts';
import { networkSettings, type Resource, virtualMachineServices, virtualMachines } from '../../../src/model/resources.ts';
import { frozen } from '../../support/frozen.ts';

const schemas = customResourceSchemas(schemaLookup(readCrdFiles('E')));

function errorsOf(resource: Resource, version: string, fields: JsonObject, old?: JsonObject): readonly string[] {
  const served: ServedResource = { ...resource, version };
  const object = (rest: JsonObject): KubeObject =>
    frozen({ apiVersion: `${resource.group}/${version}`, kind: resource.kind, metadata: { name: 'x' }, ...rest });
  const errors = schemas.validate(object(fields), old === undefined ? undefined : object(old), served);
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

const external = 'spec: Invalid value: "object": ipFamilies and ipFamilyPolicy may not be set when type is ExternalName';
const duplicate = 'spec: Invalid value: "object": ipFamilies must not contain duplicate entries';
const unknownFamily = 'spec: Invalid value: "object": each ipFamilies entry must be IPv4 or IPv6';
const primary = 'spec: Invalid value: "object": the primary IP family may not be changed or removed once set';
const notChecked =
  '<nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

suite('rules of VirtualMachineServices (C1 to C4)', () => {
  const cases: readonly (readonly [name: string, spec: JsonObject, errors: readonly string[], old?: JsonObject])[] = [
    ['C1: an ExternalName has no families', { type: 'ExternalName', ipFamilies: ['IPv4'] }, [external]],
    ['C1: and no policy', { type: 'ExternalName', ipFamilyPolicy: 'SingleStack' }, [external]],
    ['C1: an empty list is no family', { type: 'ExternalName', ipFamilies: [] }, []],
    ['C2: a family comes once', { type: 'ClusterIP', ipFamilies: ['IPv6', 'IPv6'] }, [duplicate]],
    ['C3: there are two families', { type: 'ClusterIP', ipFamilies: ['IPv4', 'IPv5'] }, [unknownFamily]],
    ['several rules speak together', { type: 'ExternalName', ipFamilies: ['x', 'x'] }, [external, duplicate, unknownFamily]],
    ['C4: the first family stays', { type: 'ClusterIP', ipFamilies: ['IPv6'] }, [primary], { type: 'ClusterIP', ipFamilies: ['IPv4'] }],
    ['C4: it is not removed', { type: 'ClusterIP' }, [primary], { type: 'ClusterIP', ipFamilies: ['IPv4'] }],
    ['C4: a second one may come', { type: 'ClusterIP', ipFamilies: ['IPv4', 'IPv6'] }, [], { type: 'ClusterIP', ipFamilies: ['IPv4'] }],
    ['C4: a second one may go', { type: 'ClusterIP', ipFamilies: ['IPv4'] }, [], { type: 'ClusterIP', ipFamilies: ['IPv4', 'IPv6'] }],
    ['C4: a first one may be set later', { type: 'ClusterIP', ipFamilies: ['IPv6'] }, [], { type: 'ClusterIP' }],
    ['C4: an ExternalName forgets them', { type: 'ExternalName' }, [], { type: 'ClusterIP', ipFamilies: ['IPv4'] }],
    [
      'C2 is tolerated where nothing changed',
      { type: 'ClusterIP', ipFamilies: ['x', 'x'] },
      [],
      { type: 'ClusterIP', ipFamilies: ['x', 'x'] },
    ],
  ];
  for (const [name, spec, errors, old] of cases) {
    test(name, () => {
      assert.deepEqual(errorsOf(virtualMachineServices, 'v1alpha6', { spec }, old && { spec: old }), errors);
    });
  }

  test('no rule is checked on an object that breaks its schema, and the answer says so', () => {
    const spec = { type: 'ExternalName', ipFamilyPolicy: 'None', ipFamilies: ['x', 'x'] };
    assert.deepEqual(errorsOf(virtualMachineServices, 'v1alpha6', { spec }), [
      'spec.ipFamilyPolicy: Unsupported value: "None": supported values: "SingleStack", "PreferDualStack", "RequireDualStack"',
      notChecked,
    ]);
  });

  test('a name that is missing keeps rules from being checked too', () => {
    const nameless = { reason: 'FieldValueRequired', message: 'Required value: name or generateName is required', field: 'metadata.name' };
    const object = {
      apiVersion: 'vmoperator.vmware.com/v1alpha6',
      kind: 'VirtualMachineService',
      metadata: { name: '' },
      spec: { type: 'x' },
    };
    const errors = schemas.validate(object, undefined, { ...virtualMachineServices, version: 'v1alpha6' }, [nameless]);
    assert.deepEqual(
      errors.map(({ field, message }) => `${field}: ${message}`),
      [notChecked],
    );
  });

  test('older versions have no rules: there nothing is said about rules that were not checked', () => {
    assert.deepEqual(errorsOf(virtualMachineServices, 'v1alpha5', { spec: { ipFamilies: ['x', 'x'] } }), ['spec.type: Required value']);
  });
});

suite('other rules', () => {
  const cpu = "CPU must be a whole number (e.g. '4' for vCPUs or '2000' for 2000 MHz). The 'm' (milli) suffix is not supported.";
  const cases: readonly (readonly [name: string, resource: Resource, version: string, fields: JsonObject, errors: readonly string[]])[] = [
    [
      'NetworkSettings: the old provider differs from the new one',
      networkSettings,
      'v1alpha1',
      { provider: 'nsx-tier1', legacyProvider: 'nsx-tier1' },
      ['<nil>: Invalid value: "object": legacyProvider must differ from provider'],
    ],
    [
      'NetworkSettings: the old provider was one of two',
      networkSettings,
      'v1alpha1',
      { provider: 'nsx-tier1', legacyProvider: 'vpc' },
      ['legacyProvider: Invalid value: "string": legacyProvider must be vsphere-distributed or nsx-tier1'],
    ],
    [
      'VirtualMachines: processors are whole',
      virtualMachines,
      'v1alpha6',
      { spec: { resources: { limits: { cpu: '500m' }, size: { cpu: '2' } } } },
      [`spec.resources.limits.cpu: Invalid value: "": ${cpu}`],
    ],
    [
      'VirtualMachines: interfaces have known families',
      virtualMachines,
      'v1alpha6',
      { spec: { network: { interfaces: [{ name: 'eth0', ipamModes: ['IPv5'] }] } } },
      ['spec.network.interfaces[0]: Invalid value: "object": each ipamModes entry must be IPv4 or IPv6'],
    ],
  ];
  for (const [name, resource, version, fields, errors] of cases) {
    test(name, () => {
      assert.deepEqual(errorsOf(resource, version, fields), errors);
    });
  }

  test('a rule that cannot read the object says why', () => {
    const spec: Json = { network: { interfaces: [{ name: 'eth0', vmxnet3: {} }] } };
    assert.deepEqual(errorsOf(virtualMachines, 'v1alpha6', { spec }), [
      'spec.network.interfaces[0]: Invalid value: "object": no such key: type evaluating rule: vmxnet3 tuning fields require interface type VMXNet3',
    ]);
  });
});
