import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type CustomResourceDefinition, parseDefinitions } from '../../../src/apiserver/schema/crds.ts';
import { unevaluatedRules } from '../../../src/apiserver/schema/schema-rules.ts';
import { readCrdFiles } from '../../../src/cluster/sandbox/crd-files.ts';
import type { Profile } from '../../../src/core/profile.ts';

const releases: readonly (readonly [profile: Profile, stored: string, versions: number])[] = [
  ['A', 'v1alpha1', 1],
  ['B', 'v1alpha1', 1],
  ['C', 'v1alpha2', 2],
  ['D', 'v1alpha5', 5],
  ['E', 'v1alpha6', 6],
];

function kindsOf(definitions: readonly CustomResourceDefinition[]): readonly string[] {
  return definitions.map(({ group, kind }) => `${kind}.${group}`);
}

suite('definitions of each release', () => {
  for (const [profile, stored, versions] of releases) {
    test(`${profile} serves ${versions} version(s) of VM Operator's kinds and stores ${stored}`, () => {
      const definitions = readCrdFiles(profile);
      assert.deepEqual(kindsOf(definitions), [
        'VirtualMachine.vmoperator.vmware.com',
        'VirtualMachineService.vmoperator.vmware.com',
        'NetworkSettings.netoperator.vmware.com',
        'Capabilities.iaas.vmware.com',
      ]);
      for (const definition of definitions.slice(0, 2)) {
        assert.deepEqual(
          definition.versions.map(({ name, served }) => [name, served]),
          Array.from({ length: versions }, (_, index) => [`v1alpha${index + 1}`, true]),
        );
        assert.deepEqual(
          definition.versions.filter(({ storage }) => storage).map(({ name }) => name),
          [stored],
        );
      }
    });

    test(`${profile} has no rule that is not enforced`, () => {
      assert.deepEqual(unevaluatedRules(readCrdFiles(profile)), []);
    });
  }

  test('fields keep their descriptions, so that kubectl explain has something to say', () => {
    const vmService = readCrdFiles('A').find(({ kind }) => kind === 'VirtualMachineService');
    assert.match(JSON.stringify(vmService?.source), /"description":"Selector specifies a map of key-value pairs/);
  });
});

suite('a file that is no list of definitions is refused by name', () => {
  for (const [text, message] of [
    ['[', 'A.json is not JSON'],
    ['{}', 'A.json is not a list of custom resource definitions'],
    ['[{"kind":"Service"}]', 'A.json contains something that is not a CustomResourceDefinition'],
  ] as const) {
    test(text, () => {
      assert.throws(() => parseDefinitions(text, 'A.json'), { message });
    });
  }
});
