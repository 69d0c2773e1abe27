import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { aVmService } from '../support/builders.ts';
import { testIo } from '../support/test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-filters-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const items = [
  aVmService('web', { namespace: 'prod' }),
  aVmService('api', { namespace: 'prod' }),
  aVmService('tkc1-http', {
    namespace: 'prod',
    labels: {
      'run.tanzu.vmware.com/cluster.name': 'tkc1',
      'run.tanzu.vmware.com/service.namespace': 'default',
      'run.tanzu.vmware.com/service.name': 'http',
    },
  }),
];
writeFileSync(join(folder, 'world.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));

/** What a selector that nobody can read is answered. */
async function refused(...words: string[]): Promise<{ code: number; err: string }> {
  const io = testIo(['get', '--offline', '-f', 'world.json', ...words], { cwd: folder });
  return { code: await run(io), err: io.err() };
}

/** The names that a get prints. */
async function names(words: string): Promise<string[]> {
  const io = testIo(['get', '--offline', '-f', 'world.json', '-o', 'name', ...words.split(' ')], { cwd: folder });
  assert.equal(await run(io), 0, io.err());
  return [...io.out().matchAll(/\/(\S+)/g)].map(([, name = '']) => name);
}

test('--owner shows the services of a workload cluster, or those that none keeps', async () => {
  assert.deepEqual(await names('-n prod'), ['api', 'tkc1-http', 'web']);
  assert.deepEqual(await names('--owner=tkc1'), ['tkc1-http']);
  assert.deepEqual(await names('--owner=none'), ['api', 'web']);
  assert.deepEqual(await names('--owner=none -l !a'), ['api', 'web']);
  assert.deepEqual(await names('--owner=tkc2'), []);
});

test('--field-selector is the server’s to read', async () => {
  assert.deepEqual(await names('--field-selector=metadata.name=web'), ['web']);
  assert.deepEqual(await names('--field-selector=metadata.name!=web,metadata.namespace=prod'), ['api', 'tkc1-http']);
});

test('a --field-selector that cannot be read is a mistake on the command line', async () => {
  const see = "See 'kubectl vmsvc get -h' for help and examples\n";
  assert.deepEqual(await refused('--field-selector=web'), {
    code: 2,
    err: `error: --field-selector "web": invalid selector: 'web'; can't understand 'web'\n${see}`,
  });
  assert.deepEqual(await refused('--field-selector=status.phase=Ready', '-l', 'app=web'), {
    code: 2,
    err: `error: --field-selector "status.phase=Ready": field label not supported: status.phase\n${see}`,
  });
  assert.deepEqual(await refused('--field-selector=metadata.name=web', '-l', 'app in'), {
    code: 2,
    err: `error: --selector "app in": unable to parse requirement: found '' expected: '('\n${see}`,
  });
});
