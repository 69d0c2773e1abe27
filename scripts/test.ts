import { filesOfCommands } from '../test/lanes/files-of-commands.ts';
import { runFiles } from './run-files.ts';

/**
 * Runs the tests; ends with the counts of node:test. `npm test` runs all but the real API server's, `npm run test:real` those
 * alone, and `node scripts/test.ts test/core/selector.test.ts` the files that are named.
 *
 * What needs no process of its own shares one (test/lanes/): starting Node sixty times would cost more than all those tests.
 * Whatever starts processes, listens or takes long has a process a file, and all of them share the processors: the longest comes
 * first, so that nobody waits for it alone in the end.
 */
const lanes = ['test/lanes/in-process.ts', 'test/lanes/commands.ts'];
const ofLanes = filesOfCommands.map((file) => `test/${file}`);
const apart = ['test/integration/**/*.test.ts', 'test/reliability/**/*.test.ts', 'test/conformance/**/*.test.ts'];

const argv = process.argv.slice(2);
process.exitCode = argv.includes('--real') ? await testReal() : await (argv.length > 0 ? test(argv) : test([...lanes, ...apart], ofLanes));

async function test(patterns: readonly string[], without: readonly string[] = []): Promise<number> {
  const { failed, cancelled } = await runFiles(patterns, { without });
  return failed + cancelled > 0 ? 1 : 0;
}

async function testReal(): Promise<number> {
  const { runRealTests } = await import('./real-tests.ts');
  return runRealTests();
}
