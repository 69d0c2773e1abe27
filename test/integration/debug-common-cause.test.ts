import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aVmService } from '../support/builders.ts';
import { aSupervisor } from '../support/supervisor.ts';

test('services of several namespaces are named with them, as two may have one name', async () => {
  const untouched = (namespace: string, name: string) => aVmService(name, { namespace, type: 'ClusterIP' });
  const common = async (...world: readonly ReturnType<typeof untouched>[]): Promise<readonly string[]> => {
    const { out } = await (await aSupervisor(world)).run('debug -A');
    return out.split('\n').filter((line) => line.startsWith('Same cause'));
  };
  assert.deepEqual(await common(untouched('a', 'web'), untouched('a', 'db')), [
    'Same cause in more than one place? services db and web have VMS401 ControllerNeverActed (hint)',
  ]);
  assert.deepEqual(await common(untouched('b', 'web'), untouched('a', 'web'), untouched('a', 'db')), [
    'Same cause in more than one place? services a/db, a/web and b/web have VMS401 ControllerNeverActed (hint)',
  ]);
});
