import { availableParallelism } from 'node:os';
import { type RealApiServer, startRealApiServer } from '../test/support/real-api-server.ts';
import { realRelease, runsControllers } from '../test/support/real-cluster.ts';
import { type Counts, countsLines, noCounts, runFiles, sum } from './run-files.ts';

const releases = ['A', 'B', 'C', 'D', 'E'] as const;
type Release = (typeof releases)[number];

/**
 * Their worlds hold addresses and node ports that a test beside them might draw: one after the other. Scenarios look at every VM of the
 * server, and have it for themselves before the recorded worlds fill it.
 */
const alone = ['test/real/scenarios.test.ts', 'test/real/conformance.test.ts'];
/** What they compare is what nobody else changes: no controller may run. */
const undisturbed = ['test/real/commands.test.ts', 'test/real/requests.test.ts', 'test/real/kills.test.ts'];
/** What the definitions of a release, and its controller, decide. */
const ofEveryRelease = [...undisturbed, 'test/real/contract.test.ts'];
/** What the ranges of addresses decide. */
const ofOneFamily = ['test/real/scenarios.test.ts'];
/**
 * All the rest: what becomes of what kubectl, networks and users without rights do is up to Kubernetes, and no release of VM Operator has
 * a say in it. So the newest has them all. Those that take longest come first.
 */
const ofE = ['test/real/kubectl.test.ts', 'test/real/faults.test.ts', 'test/real/probe-pod.test.ts', 'test/real/*.test.ts'];
/** The walk-through is as old as 8.0.1. */
const ofA = ['test/real/blog.test.ts'];
/** Where Kubernetes mirrors Endpoints itself: what it makes would be in the way of the others. */
const withMirroring = ['test/real/mirroring.test.ts'];
/** At once: most of the time a file waits for the server, and so leaves a processor to others. */
const beside = availableParallelism() + 1;

/**
 * Runs the tests that need a real kube-apiserver, and none that run without, which `npm test` has: against the one of
 * VMSVC_TEST_KUBECONFIG, or with the binaries of KUBEBUILDER_ASSETS against one for each release, one after another. Without either it says
 * so, loudly, and nothing fails.
 *
 * @returns the exit code
 */
export async function runRealTests(): Promise<number> {
  const { VMSVC_TEST_KUBECONFIG: given, KUBEBUILDER_ASSETS: assets } = process.env;
  const started = performance.now();
  let counts = noCounts;
  if (given !== undefined) counts = await testGiven(given);
  else if (assets !== undefined) for (const release of chosenReleases()) counts = sum(counts, await testRelease(assets, release));
  else {
    shout(
      'SKIPPED: no test ran against a real kube-apiserver.',
      'Set VMSVC_TEST_KUBECONFIG to the kubeconfig of one that may be written to, with',
      'contexts admin and dev, or KUBEBUILDER_ASSETS to a folder with etcd and',
      'kube-apiserver.',
    );
    counts = { ...noCounts, skipped: 1 };
  }
  console.log(`\nAll of the above:\n${countsLines(counts, performance.now() - started)}`);
  return counts.failed + counts.cancelled > 0 ? 1 : 0;
}

async function testGiven(kubeconfig: string): Promise<Counts> {
  const release = await realRelease(kubeconfig);
  const isQuiet = !(await runsControllers(kubeconfig));
  console.log(`\nThe kube-apiserver of ${kubeconfig} has the definitions of ${release}.`);
  if (release !== 'A') shout(`LEFT OUT: ${ofA.join(', ')}`, "It needs 8.0.1's definitions, which are A.");
  const disturbed = [...alone, ...undisturbed];
  if (!isQuiet) shout(`LEFT OUT: ${disturbed.join(', ')}`, 'Controllers run there, and change what these tests compare.');
  if (isQuiet) shout(`LEFT OUT: ${withMirroring.join(', ')}`, 'No controller mirrors Endpoints there.');
  const left = [...(release === 'A' ? [] : ofA), ...(isQuiet ? withMirroring : disturbed)];
  const first = isQuiet ? await runAlone() : noCounts;
  return sum(first, await runFiles([...ofEveryRelease, ...ofE], { without: [...alone, ...left], beside }));
}

async function runAlone(): Promise<Counts> {
  let counts = noCounts;
  for (const file of alone) counts = sum(counts, await runFiles([file]));
  return counts;
}

async function testRelease(assets: string, release: Release): Promise<Counts> {
  const counts = await testStarted(assets, release, 'dual', async (server) => {
    const first = await runAlone();
    if (release === 'A') return sum(first, await runFiles([...ofEveryRelease, ...ofA], { beside }));
    if (release !== 'E') return sum(first, await runFiles(ofEveryRelease, { beside }));
    const second = await runFiles([...ofEveryRelease, ...ofE], { without: [...alone, ...ofA, ...withMirroring], beside });
    return sum(sum(first, second), await testMirroring(server));
  });
  if (release !== 'E') return counts;
  return sum(counts, await testStarted(assets, release, 'single', () => runFiles(ofOneFamily)));
}

async function testMirroring(server: RealApiServer): Promise<Counts> {
  if (server.startMirroring()) return runFiles(withMirroring);
  shout(`LEFT OUT: ${withMirroring.join(', ')}`, 'KUBEBUILDER_ASSETS holds no kube-controller-manager.');
  return { ...noCounts, skipped: 1 };
}

async function testStarted(
  assets: string,
  release: Release,
  stack: 'dual' | 'single',
  run: (server: RealApiServer) => Promise<Counts>,
): Promise<Counts> {
  const started = performance.now();
  let server: RealApiServer | undefined;
  const interrupted = () => void server?.stop().then(() => process.exit(130));
  process.once('SIGINT', interrupted);
  try {
    server = await startRealApiServer(assets, release, stack);
    process.env.VMSVC_TEST_KUBECONFIG = server.kubeconfig;
    process.env.VMSVC_TEST_STACK = stack;
    // Each stage of a scenario is played once: where any ranges will do, on the second server of the release that has two.
    process.env.VMSVC_TEST_STAGES = release === 'E' && stack === 'dual' ? 'needing' : 'all';
    console.log(`\nA kube-apiserver with the definitions of ${release}, ${stack}-stack:`);
    const counts = await run(server);
    console.log(`\nRelease ${release}, ${stack}-stack: ${counts.tests} tests in ${Math.round((performance.now() - started) / 1000)} s.`);
    return counts;
  } finally {
    process.removeListener('SIGINT', interrupted);
    await server?.stop();
  }
}

/** VMSVC_TEST_RELEASE=A,E leaves the others out. */
function chosenReleases(): readonly Release[] {
  const wanted = process.env.VMSVC_TEST_RELEASE?.split(',');
  const left = releases.filter((release) => wanted !== undefined && !wanted.includes(release));
  if (left.length > 0) shout(`LEFT OUT: the releases ${left.join(', ')}`, `VMSVC_TEST_RELEASE is ${process.env.VMSVC_TEST_RELEASE}.`);
  return releases.filter((release) => !left.includes(release));
}

function shout(...lines: readonly string[]): void {
  const frame = '='.repeat(78);
  console.log(`\n${frame}\n${lines.map((line) => ` ${line}`).join('\n')}\n${frame}\n`);
}
