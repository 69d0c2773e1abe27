import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rightsHint } from '../../src/cli/rights-hint.ts';
import { aVmService } from '../support/builders.ts';
import { aSupervisor, forbidden } from '../support/supervisor.ts';

describe('how to find out what somebody may do', () => {
  test('is a command for the same cluster, and for the same user', () => {
    assert.equal(rightsHint('prod', []), 'what you may run: kubectl vmsvc can-i -n prod');
    assert.equal(
      rightsHint('prod', ['--context=sv-2', '--as=a b'], 'create'),
      "what you may run: kubectl vmsvc can-i create -n prod --context=sv-2 '--as=a b'",
    );
  });

  test('holds no name that no namespace has', () => {
    assert.equal(rightsHint('$(reboot)', []), 'what you may run: kubectl vmsvc can-i');
  });

  for (const words of [
    'get',
    'create shop --type=ClusterIP --port=80 --from=vm/web-1',
    'create shop --type=ClusterIP --port=80 --selector=a=b',
  ]) {
    test(`${words} says it with the flags that it was called with`, async () => {
      const supervisor = await aSupervisor([aVmService('web')]);
      supervisor.disturb(({ path, method }) =>
        method === 'POST' || /virtualmachines|services/.test(path)
          ? forbidden('User "dev" cannot create resource "virtualmachineservices"')
          : undefined,
      );
      const { code, err } = await supervisor.run(`${words} -n prod --as=dev --as-group=team-a`);
      assert.equal(code, 3, err);
      assert.match(err, /what you may run: kubectl vmsvc can-i( create)? -n prod --as=dev --as-group=team-a\n/);
    });
  }
});
