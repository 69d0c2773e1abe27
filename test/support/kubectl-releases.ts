import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A kubectl of this machine. */
export interface KubectlRelease {
  readonly program: string;
  /** `1.33` */
  readonly minor: string;
}

export interface KubectlResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Every release of kubectl on PATH and beside it, oldest first, each minor once. None where there is no kubectl. */
export function kubectlReleases(): readonly KubectlRelease[] {
  const found = new Map<string, KubectlRelease>();
  for (const release of besides()) found.set(release.minor, release);
  const minor = minorOf('kubectl');
  if (minor !== undefined && !found.has(minor)) found.set(minor, { program: 'kubectl', minor });
  return [...found.values()].sort((one, other) => Number(one.minor.slice(2)) - Number(other.minor.slice(2)));
}

/** Runs kubectl with a kubeconfig and with nobody's settings; what it remembers is forgotten with `close`. */
export class Kubectl {
  readonly #program: string;
  readonly #home = mkdtempSync(join(tmpdir(), 'vmsvc-kubectl-'));
  readonly #kubeconfig: string;

  constructor({ program }: KubectlRelease, kubeconfig: string) {
    this.#program = program;
    this.#kubeconfig = kubeconfig;
  }

  run(
    args: readonly string[],
    options: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<KubectlResult> {
    const env = { ...this.#env(), ...options.env };
    return new Promise((resolve, reject) => {
      const child = execFile(this.#program, args, { env, encoding: 'utf8', timeout: 60_000 }, (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve({ stdout, stderr, code: typeof error?.code === 'number' ? error.code : 0 });
      });
      child.stdin?.end(options.input ?? '');
    });
  }

  /** Runs kubectl and hands over each line as it comes, until `line` says that it was enough. */
  watch(args: readonly string[], line: (text: string) => 'more' | 'enough'): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.#program, args, { env: this.#env(), stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 });
      createInterface({ input: child.stdout }).on('line', (text) => {
        if (line(text) === 'enough') child.kill('SIGINT');
      });
      child.on('error', reject);
      child.on('close', () => resolve());
    });
  }

  #env() {
    return { PATH: process.env.PATH, HOME: this.#home, KUBECONFIG: this.#kubeconfig, KUBERC: 'off' };
  }

  close(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** Those whose names say which they are: `kubectl.1.33`. */
function besides(): readonly KubectlRelease[] {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      const place = dirname(realpathSync(join(folder, 'kubectl')));
      return readdirSync(place).flatMap((name) => {
        const minor = /^kubectl\.(1\.\d+)$/.exec(name)?.[1];
        return minor === undefined ? [] : [{ program: join(place, name), minor }];
      });
    } catch {
      // No kubectl in this folder; the next one may have it.
    }
  }
  return [];
}

function minorOf(program: string): string | undefined {
  const { stdout, status } = spawnSync(program, ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  return status === 0 ? /"gitVersion": "v(1\.\d+)\./.exec(stdout)?.[1] : undefined;
}
