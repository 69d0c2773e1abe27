import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CliError } from '../../src/cli/errors.ts';
import { parseTargets } from '../../src/cli/targets.ts';

const cases: readonly (readonly [words: string, vmServices: string, vms: string, version?: string])[] = [
  ['', '', ''],
  ['web', 'web', ''],
  ['web db web', 'web db', ''],
  ['vmservice/web', 'web', ''],
  ['vmservice web db', 'web db', ''],
  ['virtualmachineservices.vmoperator.vmware.com web', 'web', ''],
  ['virtualmachineservices.vmoperator web', 'web', ''],
  ['virtualmachineservices.v1alpha1.vmoperator.vmware.com/web', 'web', '', 'v1alpha1'],
  ['vmservice.v1alpha1.vmoperator.vmware.com web db', 'web db', '', 'v1alpha1'],
  ['vm.v9.vmoperator.vmware.com/web-1', '', 'web-1', 'v9'],
  ['vm/web-1', '', 'web-1'],
  ['vm web-1 web-2', '', 'web-1 web-2'],
  ['VM/web-1 web', 'web', 'web-1'],
  ['vm', 'vm', ''],
];

const list = (words: string) => words.split(' ').filter((word) => word !== '');

for (const [words, vmServices, vms, version] of cases) {
  test(`${words || 'nothing'} names services [${vmServices}] and VMs [${vms}]${version === undefined ? '' : ` in ${version}`}`, () => {
    const { said: _, ...named } = parseTargets(list(words), 'describe');
    assert.deepEqual(named, { vmServices: list(vmServices), vms: list(vms), version });
  });
}

test('what is named twice is remembered twice, in the order in which it was said', () => {
  const { vmServices, vms, said } = parseTargets(['web', 'vm/db-1', 'api', 'vmservice/web'], 'describe');
  assert.deepEqual([vmServices, vms], [['web', 'api'], ['db-1']]);
  assert.deepEqual(
    said.map(({ type, name }) => `${type} ${name}`),
    ['vmService web', 'vm db-1', 'vmService api', 'vmService web'],
  );
});

const refused: readonly (readonly [words: string, message: string])[] = [
  ['pod/web', 'describe knows vmservice and vm, not "pod"'],
  ['vmservice.example.com/web', 'describe knows vmservice and vm, not "vmservice.example.com"'],
  ['vmservice.v1alpha2.example.com/web', 'describe knows vmservice and vm, not "vmservice.v1alpha2.example.com"'],
  ['vmservice.v1alpha2/web', 'describe knows vmservice and vm, not "vmservice.v1alpha2"'],
  [
    'vmservice.v1alpha2.vmoperator.vmware.com/web vmservice.v1alpha3.vmoperator.vmware.com/db',
    'describe reads all objects in one version, not in v1alpha2 and v1alpha3',
  ],
  [
    'vmservice.v1alpha2.vmoperator.vmware.com/web db',
    'describe reads all objects in one version, not in v1alpha2 and the one that the server prefers',
  ],
];

for (const [words, message] of refused) {
  test(`${words} is refused`, () => {
    assert.throws(
      () => parseTargets(list(words), 'describe'),
      new CliError(message, { exitCode: 2, hint: ["See 'kubectl vmsvc describe -h' for help and examples"] }),
    );
  });
}

for (const name of ['../web', 'we b', 'Web', 'web%2f', '.', '-web', `${'w'.repeat(254)}`]) {
  test(`${JSON.stringify(name.slice(0, 20))} never reaches a URL`, () => {
    assert.throws(() => parseTargets([`vmservice/${name}`], 'get'), CliError);
  });
}
