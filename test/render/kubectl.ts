import { spawnSync } from 'node:child_process';
import { devNull, tmpdir } from 'node:os';

/** What the real kubectl answered. */
export interface KubectlAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/**
 * Prints one object with the real kubectl, which is the judge of its own formats. Needs no server.
 * The object goes in and comes out through kubectl's own reader, so that numbers and order are its own too.
 */
export function kubectlPrints(object: unknown, ...flags: readonly string[]): KubectlAnswer {
  const words = ['patch', '--local', '--type=merge', '-p', '{}', '-f', '-', ...flags];
  const run = spawnSync('kubectl', words, { input: typeof object === 'string' ? object : JSON.stringify(object), encoding: 'utf8', env });
  return { stdout: run.stdout, stderr: run.stderr, code: run.status };
}

/** Nobody's settings: neither a kubeconfig nor preferences. */
const env = { PATH: process.env.PATH, HOME: tmpdir(), KUBECONFIG: devNull, KUBERC: 'off' };

/** What to give as a test's `skip`: false where kubectl is there, else the reason that the report shows. */
export const withoutKubectl: string | false =
  spawnSync('kubectl', ['version', '--client'], { env }).status === 0 ? false : 'kubectl is not on PATH: nothing to compare with';
