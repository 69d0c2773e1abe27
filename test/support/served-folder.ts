import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { type Sandbox, startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { testIo } from './test-io.ts';

/** A sandbox of the newest release, over TLS, and a folder with its kubeconfig, for kubectl and for the tool. */
export interface ServedFolder {
  readonly folder: string;
  readonly kubeconfig: string;
  /** Its port, once the suite has begun. */
  port(): number;
  /** Runs the tool there. */
  said(
    words: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
}

/** Serves objects while the suite lasts in which it is called. */
export function servedFolder(objects: readonly KubeObject[]): ServedFolder {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-served-'));
  const kubeconfig = join(folder, 'kubeconfig');
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ profile: 'E', objects, controllers: [], port: 0, now: () => new Date(), toolVersion: 'test' });
    writeFileSync(kubeconfig, sandboxKubeconfig(sandbox));
  });
  after(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    kubeconfig,
    port: () => sandbox.port,
    async said(words, env = {}) {
      const io = testIo([...words], { cwd: folder, env: { KUBECONFIG: kubeconfig, ...env } });
      const code = await run(io);
      return { code, out: io.out(), err: io.err() };
    },
  };
}
