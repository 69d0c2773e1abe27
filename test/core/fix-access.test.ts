import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Finding } from '../../src/core/finding.ts';
import { withAccess } from '../../src/core/fix-access.ts';

const access = ['--context=sv-2', '--kubeconfig=/home/me/sv', '--as=dev'];

function reaching(command: string): string {
  const finding: Finding = {
    code: 'VMS202',
    severity: 'warning',
    confidence: 'certain',
    object: { kind: 'VirtualMachine', name: 'web-1', namespace: 'prod' },
    message: 'something',
    evidence: [],
    fix: [{ kind: 'command', words: command.split(' ') }],
    follows: [],
  };
  const [fix] = withAccess(finding, access).fix;
  assert.ok(fix?.kind === 'command');
  return fix.words.join(' ');
}

suite('flags that lead to the same cluster stand', () => {
  test('behind the namespace', () => {
    assert.equal(
      reaching('kubectl label vm web-1 -n prod tier=front --overwrite'),
      'kubectl label vm web-1 -n prod --context=sv-2 --kubeconfig=/home/me/sv --as=dev tier=front --overwrite',
    );
  });

  test('at the end of a command that names none', () => {
    assert.equal(reaching('kubectl get nodes'), 'kubectl get nodes --context=sv-2 --kubeconfig=/home/me/sv --as=dev');
  });

  test('in a command for another context not at all, but for the file in which that context is', () => {
    assert.equal(
      reaching('kubectl --context tkc1 get svc web -n prod'),
      'kubectl --context tkc1 get svc web -n prod --kubeconfig=/home/me/sv',
    );
  });

  test('in a command of the vSphere plugin, which has a login of its own, not at all', () => {
    assert.equal(reaching('kubectl vsphere vm web-console web-1 -n prod'), 'kubectl vsphere vm web-console web-1 -n prod');
  });
});
