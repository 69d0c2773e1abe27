import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { serverConfig } from '../../src/apiserver/config.ts';
import { customResources } from '../../src/apiserver/custom-resources.ts';
import { httpFace } from '../../src/apiserver/http/http.ts';
import { type HttpRequest, type HttpResponse, isWatch } from '../../src/apiserver/http/http-message.ts';
import { ApiServer } from '../../src/apiserver/server.ts';
import { run } from '../../src/cli/run.ts';
import { parseJson } from '../../src/cluster/json.ts';
import { type MemoryCluster, memoryCluster } from '../../src/cluster/memory.ts';
import { readCrdFiles } from '../../src/cluster/sandbox/crd-files.ts';
import { type SandboxAccess, sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { listen } from '../../src/cluster/sandbox/sandbox-listener.ts';
import type { Profile } from '../../src/core/profile.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { uidOf } from './builders.ts';
import { type TestIo, type TestIoOptions, testIo, testNow } from './test-io.ts';
import { until, untilQuiet } from './until.ts';

/** What one command line said. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `pass` has the request answered as if nothing were wrong. */
export type Disturbance = (request: HttpRequest, pass: () => HttpResponse) => HttpResponse | undefined;

/** A Supervisor on loopback that commands of this process use through its kubeconfig, and that a test may look into and disturb. */
export interface Supervisor {
  /** The same storage without HTTP: for looking, and for playing others who write. */
  readonly cluster: MemoryCluster;
  /** The way in, for whoever wants to stand in between. */
  readonly access: SandboxAccess;
  /** `PATCH /api/v1/namespaces/prod/endpoints/web`, in the order of arrival: what was to be stored. */
  readonly writes: readonly string[];
  /** `PATCH /api/v1/namespaces/prod/endpoints/web?dryRun=All`, likewise: what was only tried. */
  readonly rehearsals: readonly string[];
  /** Every request, as `writes`. */
  readonly requests: readonly string[];
  /** Waits until a command watches, and has asked for all that it wants to know at first. */
  watched(): Promise<void>;
  /** Forgets the requests so far. */
  forget(): void;
  /** Looks at each request first; may answer it, or change the world before it is answered. Undefined lets it pass. */
  disturb(by: Disturbance): void;
  /** Runs a command line as if it had been typed in a pipe. */
  run(command: string, options?: TestIoOptions): Promise<Said>;
  /** The same for words that may have blanks in them. */
  runWords(words: readonly string[], options?: TestIoOptions): Promise<Said>;
  /** The same, with the Io at hand: to interrupt it. */
  start(command: string, options?: TestIoOptions): { readonly io: TestIo; readonly ended: Promise<Said> };
}

/** Starts one for a test file's test; it ends with it. No controllers run. */
export async function aSupervisor(objects: readonly KubeObject[], profile: Profile = 'E'): Promise<Supervisor> {
  const definitions = readCrdFiles(profile);
  let drawn = 0;
  const newUid = () => uidOf('new', '', String(++drawn));
  const server = new ApiServer({ config: serverConfig(profile, customResources(definitions)), now: () => new Date(testNow), newUid });
  server.load(objects);
  const respond = httpFace({ server, definitions, toolVersion: '0.0.0', parsers: { json: parseJson, yaml: parseJson } });
  const requests: string[] = [];
  let watches = 0;
  let disturbance: Disturbance | undefined;
  const listener = await listen({
    port: 0,
    now: () => new Date(),
    respond: (request) => {
      requests.push(`${request.method} ${decodeURIComponent(request.path)}${wordOf(request.query)}`);
      const answered = disturbance?.(request, () => respond(request)) ?? respond(request);
      if (isWatch(answered)) watches += 1;
      // Whoever asks takes this for the time: it is that of the objects.
      return { ...answered, headers: { date: new Date(testNow).toUTCString(), ...answered.headers } };
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-test-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, sandboxKubeconfig(listener));
  const running = new Set<TestIo>();
  after(async () => {
    // Where a test failed, a command may watch or wait still, and would for ever.
    for (const io of running) io.interrupt('SIGINT');
    await listener.close();
    rmSync(folder, { recursive: true });
  });
  const startWords = (words: readonly string[], options: TestIoOptions = {}) => {
    const io = testIo(words, { cwd: folder, ...options, env: { KUBECONFIG: kubeconfig, LANG: 'C.UTF-8', ...options.env } });
    running.add(io);
    const ended = run(io).then((code) => {
      running.delete(io);
      return { code, out: io.out(), err: io.err() };
    });
    return { io, ended };
  };
  const start = (command: string, options?: TestIoOptions) => startWords(command.split(' '), options);
  return {
    cluster: memoryCluster(server),
    access: listener,
    requests,
    get writes() {
      return requests.filter((line) => !line.startsWith('GET ') && !isReview(line) && !isRehearsal(line));
    },
    get rehearsals() {
      return requests.filter(isRehearsal);
    },
    async watched() {
      await until(
        () => watches > 0,
        () => `nothing is watched after ${requests.join(', ')}`,
      );
      await untilQuiet(() => requests.length);
    },
    forget() {
      requests.length = 0;
      watches = 0;
    },
    disturb(by) {
      disturbance = by;
    },
    start,
    run: (command, options) => start(command, options).ended,
    runWords: (words, options) => startWords(words, options).ended,
  };
}

/** A question that a client asks about itself is a POST, and stores nothing. */
function isReview(line: string): boolean {
  return line.startsWith('POST /apis/authorization.k8s.io/');
}

function isRehearsal(line: string): boolean {
  return line.endsWith('?dryRun=All');
}

/** Whether a request is to change what is stored. */
export function isWrite({ method, path, query }: HttpRequest): boolean {
  return method !== 'GET' && !path.includes('accessreviews') && !query.includes('dryRun=All');
}

/** A refusal as kube-apiserver words it. */
export function forbidden(message: string): HttpResponse {
  return failureAnswer(403, 'Forbidden', message);
}

/** What a proxy says when it lost the answer. */
export function lostAnswer(): HttpResponse {
  return { status: 504, headers: { 'content-type': 'text/plain' }, warnings: [], body: 'gateway timeout' };
}

/** A Status that says no. */
export function failureAnswer(status: number, reason: string, message: string): HttpResponse {
  const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: status });
  return { status, headers: { 'content-type': 'application/json' }, warnings: [], body };
}

function wordOf(query: string): string {
  return query.includes('dryRun=All') ? '?dryRun=All' : '';
}
