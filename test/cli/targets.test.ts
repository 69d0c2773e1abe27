import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CliError } from '../../src/cli/errors.ts';
import { parseTargets } from '../../src/cli/targets.ts';

const cases: readonly (readonly [words: string, vmServices: string, vms: string])[] = [
  ['', '', ''],
  ['web', 'web', ''],
  ['web db web', 'web db', ''],
  ['vmservice/web', 'web', ''],
  ['vmservice web db', 'web db', ''],
  ['virtualmachineservices.vmoperator.vmware.com web', 'web', ''],
  ['virtualmachineservices.v1alpha1.vmoperator.vmware.com/web', 'web', ''],
  ['vm/web-1', '', 'web-1'],
  ['vm web-1 web-2', '', 'web-1 web-2'],
  ['VM/web-1 web', 'web', 'web-1'],
  ['vm', 'vm', ''],
];

const list = (words: string) => words.split(' ').filter((word) => word !== '');

for (const [words, vmServices, vms] of cases) {
  test(`${words || 'nothing'} names services [${vmServices}] and VMs [${vms}]`, () => {
    assert.deepEqual(parseTargets(list(words), 'describe'), { vmServices: list(vmServices), vms: list(vms) });
  });
}

test('a kind that is neither is refused with the kinds that are known', () => {
  assert.throws(
    () => parseTargets(['pod/web'], 'describe'),
    new CliError('describe knows vmservice and vm, not "pod"', {
      exitCode: 2,
      hint: ["See 'kubectl vmsvc describe -h' for help and examples"],
    }),
  );
});

for (const name of ['../web', 'we b', 'Web', 'web%2f', '.', '-web', `${'w'.repeat(254)}`]) {
  test(`${JSON.stringify(name.slice(0, 20))} never reaches a URL`, () => {
    assert.throws(() => parseTargets([`vmservice/${name}`], 'get'), CliError);
  });
}
