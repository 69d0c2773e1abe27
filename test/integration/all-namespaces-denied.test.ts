import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { aVmService } from '../support/builders.ts';
import { reviews, without } from '../support/denied-rights.ts';
import { aSupervisor, forbidden } from '../support/supervisor.ts';

const lists = ['virtualmachineservices', 'virtualmachines', 'services', 'endpoints'];
const sentence = 'virtualmachineservices is forbidden: User "dev" cannot list it at the cluster scope';

/** What `-A` tells somebody who may list nothing in all namespaces at once, whose kubeconfig has contexts of these namespaces. */
async function toldOf(command: string, contexts: readonly string[], may: (namespace: string) => boolean, asks = true) {
  const supervisor = await aSupervisor([aVmService('web', { namespace: 'a' })]);
  const denied = ['a', 'b', 'c', 'default']
    .filter((namespace) => !may(namespace))
    .map((one) =>
      without(
        lists.map((kind) => `list ${kind}`),
        one,
      ),
    );
  supervisor.disturb((request) => {
    if (request.path === reviews && !asks) return forbidden('nobody is told of rights');
    if (/^\/apis?\/[^?]*\/?v[^/]+\/(virtualmachineservices|virtualmachines|services|endpoints)$/.test(request.path))
      return forbidden(sentence);
    return denied.map((refuse) => refuse(request)).find((answer) => answer !== undefined);
  });
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-test-'));
  after(() => rmSync(folder, { recursive: true }));
  const [own, more] = [join(folder, 'own'), join(folder, 'more')];
  writeFileSync(own, sandboxKubeconfig(supervisor.access));
  const context = (namespace: string, cluster = 'sandbox') => ({
    name: `${cluster}-${namespace}`,
    context: { cluster, user: 'sandbox', namespace },
  });
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    contexts: [context('c', 'elsewhere'), ...contexts.map((namespace) => context(namespace))],
  };
  writeFileSync(more, JSON.stringify(config));
  const { code, out, err } = await supervisor.run(command, { env: { KUBECONFIG: `${own}:${more}` } });
  assert.deepEqual([code, out], [3, '']);
  return err;
}

const told = (place: string, hint: string) =>
  `Error from server (Forbidden): ${sentence}\n` +
  '  ask for list on virtualmachineservices.vmoperator.vmware.com, virtualmachines.vmoperator.vmware.com, services, endpoints; ' +
  `what you may run: kubectl vmsvc can-i -n ${place}\n  or look at one namespace in which you have these rights${hint}\n`;

describe('R106 -A where no kind may be listed in all namespaces', () => {
  for (const command of ['debug', 'get', 'vms', 'describe', 'diff']) {
    test(`${command} says which namespace of the kubeconfig may be looked at, with the command`, async () => {
      assert.equal(
        await toldOf(`${command} -A`, ['b', 'a'], (namespace) => namespace === 'a'),
        told('a', `: kubectl vmsvc ${command} -n a`),
      );
    });
  }

  test('names the others, and none of another cluster', async () => {
    const err = await toldOf('debug -A', ['b', 'a'], (namespace) => namespace !== 'default');
    assert.equal(err, told('b', ': kubectl vmsvc debug -n b   # so you may in a'));
  });

  test('does not propose a namespace in which it is not permitted either', async () => {
    assert.equal(await toldOf('debug -A', ['a'], () => false), told('default', ' (none of default, a): -n NAMESPACE instead of -A'));
    assert.equal(await toldOf('debug -A', [], () => false), told('default', ' (not default): -n NAMESPACE instead of -A'));
  });

  test('claims nothing of rights that nobody tells of', async () => {
    assert.equal(await toldOf('debug -A', ['a'], () => true, false), told('default', ': -n NAMESPACE instead of -A'));
  });
});
