import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { type RealApiServer, startRealApiServer } from '../test/support/real-api-server.ts';

/**
 * Runs the tests; ends with the counts of node:test. `npm test` runs all but the real API server's, `npm run test:real` those
 * alone, and `node scripts/test.ts test/core/selector.test.ts` the files that are named.
 *
 * What needs no process of its own shares one (test/lanes/): starting Node sixty times would cost more than all those tests.
 * Whatever starts processes, listens or takes long has a process a file, and all of them share the processors.
 */
const root = resolve(import.meta.dirname, '..');
const lanes = ['test/lanes/in-process.ts'];
const apart = ['test/conformance/**/*.test.ts', 'test/kubectl/**/*.test.ts', 'test/integration/**/*.test.ts', 'test/reliability/**/*.test.ts'];
const real = ['test/real/**/*.test.ts', 'test/contract/**/*.test.ts', 'test/kubectl/**/*.test.ts'];

const argv = process.argv.slice(2);
process.exitCode = argv.includes('--real') ? await testReal() : await test(argv.length > 0 ? argv : [...apart, ...lanes]);

async function test(patterns: readonly string[]): Promise<number> {
  const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: root }).sort()).map((file) => join(root, file));
  if (files.length === 0) {
    console.error(`no tests in ${patterns.join(', ')}`);
    return 1;
  }
  let failed = false;
  const events = run({ files, cwd: root, concurrency: availableParallelism() }).on('test:fail', () => {
    failed = true;
  });
  for await (const text of events.compose(spec())) process.stdout.write(text);
  return failed ? 1 : 0;
}

async function testReal(): Promise<number> {
  const given = process.env.VMSVC_TEST_KUBECONFIG;
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (given === undefined && assets === undefined) {
    console.log(`
==============================================================================
 SKIPPED: no test ran against a real kube-apiserver.
 Set VMSVC_TEST_KUBECONFIG to the kubeconfig of one that may be written to, or
 KUBEBUILDER_ASSETS to a folder with etcd and kube-apiserver.
==============================================================================
`);
    console.log('ℹ tests 0\nℹ pass 0\nℹ fail 0\nℹ skipped 1');
    return 0;
  }
  if (given !== undefined) return test(real);
  let server: RealApiServer | undefined;
  process.once('SIGINT', () => void server?.stop().then(() => process.exit(130)));
  try {
    server = await startRealApiServer(assets ?? '', process.env.VMSVC_TEST_RELEASE ?? 'A');
    process.env.VMSVC_TEST_KUBECONFIG = server.kubeconfig;
    return await test(real);
  } finally {
    await server?.stop();
  }
}
