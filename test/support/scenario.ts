import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HttpAnswer, isWatch } from '../../src/apiserver/http/http-message.ts';
import { run } from '../../src/cli/run.ts';
import { readManifests } from '../../src/cluster/files/manifests.ts';
import { parseJson } from '../../src/cluster/json.ts';
import type { Attempt } from '../../src/cluster/probe/attempt.ts';
import { targetText } from '../../src/core/probe/probe.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { aSupervisor, forbidden, type Said, type Supervisor } from './supervisor.ts';
import { type TestIoOptions, testIo } from './test-io.ts';

/**
 * What a world of files cannot tell: `stage.json` beside `cluster.yaml`. Then the world stands behind HTTP, in release 9.1, and commands
 * find it through a kubeconfig.
 */
interface SetStage {
  /** Resources that the user may not read, by their plural. */
  readonly denied?: readonly string[];
  /** What a connection from this machine comes to, by `address:port`. What is not named is not to be tried. */
  readonly connections?: Readonly<Record<string, Pick<Attempt, 'result' | 'milliseconds'> & Partial<Attempt>>>;
  /** What the container of a probe's pod prints before it ends. */
  readonly podLog?: string;
}

/** The objects of a folder. */
export async function scenarioWorld(folder: string): Promise<readonly KubeObject[]> {
  const { objects } = await readManifests([join(folder, 'cluster.yaml')], { cwd: '/', readStdin: async () => new Uint8Array() });
  return objects.map(({ object }) => object);
}

/** Runs a command line about the world of a folder, as if it had been typed there in a pipe. */
export async function saidInScenario(words: readonly string[], folder: string): Promise<Said> {
  const env = { LANG: 'C.UTF-8' };
  const stagePath = join(folder, 'stage.json');
  if (!existsSync(stagePath)) {
    const io = testIo([...words, '--offline', '-f', 'cluster.yaml'], { cwd: folder, env });
    return { code: await run(io), out: io.out(), err: io.err() };
  }
  const stage: SetStage = JSON.parse(readFileSync(stagePath, 'utf8'));
  const supervisor = await aSupervisor(await scenarioWorld(folder), 'D');
  set(stage, supervisor);
  const { out, ...said } = await supervisor.runWords(words, { env, attempt: attemptOf(stage) });
  // How long all of it took is a matter of the machine.
  return { ...said, out: out.replace(/^(PROBE .* targets?), \d+\.\ds$/gm, '$1, 0.0s') };
}

function attemptOf({ connections = {} }: SetStage): NonNullable<TestIoOptions['attempt']> {
  return async (_ip, target) => {
    const known = connections[targetText(target)] ?? assert.fail(`nothing is said of ${targetText(target)}`);
    return { retry: false, source: undefined, bytes: 0, detail: '', ...known };
  };
}

function set({ denied = [], podLog }: SetStage, supervisor: Supervisor): void {
  supervisor.disturb(({ method, path, body }, pass) => {
    if (method === 'GET') {
      const [, group = '', namespace = '', resource = ''] =
        /^\/(?:apis\/([^/]+)|api)\/[^/]+\/namespaces\/([^/]+)\/([^/]+)/.exec(path) ?? [];
      if (denied.includes(resource)) return forbidden(denial(resource, group, namespace));
      if (podLog !== undefined && path.endsWith('/log'))
        return { status: 200, headers: { 'content-type': 'text/plain' }, warnings: [], body: podLog };
    }
    const answer = pass();
    if (isWatch(answer) || typeof answer.body !== 'string') return answer;
    const review = path.endsWith('/selfsubjectaccessreviews') ? Buffer.from(body).toString() : '';
    if (denied.some((resource) => review.includes(`"resource":"${resource}"`))) return withStatus(answer, { allowed: false });
    // A kubelet runs every pod to its end.
    const isPod = method === 'GET' && /\/pods\/vmsvc-probe-[0-9a-f]+$/.test(path);
    return isPod ? withStatus(answer, { phase: 'Succeeded', containerStatuses: [{}] }) : answer;
  });
}

function withStatus(answer: HttpAnswer, status: object): HttpAnswer {
  const object = typeof answer.body === 'string' ? parseJson(answer.body) : {};
  return { ...answer, body: JSON.stringify({ ...(typeof object === 'object' ? object : {}), status }) };
}

/** In the words of kube-apiserver. */
function denial(resource: string, group: string, namespace: string): string {
  const name = group === '' ? resource : `${resource}.${group}`;
  return `${name} is forbidden: User "viewer" cannot list resource "${resource}" in API group "${group}" in the namespace "${namespace}"`;
}
