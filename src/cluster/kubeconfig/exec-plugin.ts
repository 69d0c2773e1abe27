import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { inMebibytes } from '../../core/mebibytes.ts';
import type { Clock } from '../clock.ts';
import { readFileLimited } from '../files/read-file.ts';
import { limits } from '../limits.ts';
import type { ClientCertificate } from './client-certificate.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import type { ExecEntry } from './kubeconfig-entries.ts';
import { KubeconfigError } from './kubeconfig-error.ts';
import { Secret } from './secret.ts';

export interface ExecCredential {
  readonly token: Secret | undefined;
  readonly certificate: ClientCertificate | undefined;
  readonly expires: Date | undefined;
}

export interface ExecSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The plugin may talk to the user: stdin is a terminal and nobody else reads from it. */
  readonly isInteractive: () => boolean;
  /** One line that the plugin wrote to stderr, as it came: whoever prints it escapes it. */
  readonly onPluginOutput: (line: string) => void;
  readonly clock: Clock;
  readonly today: () => Date;
}

/**
 * Runs the user's credential plugin as kubectl does: with KUBERNETES_EXEC_INFO, without a shell, with stdin only where the
 * plugin may ask and a terminal is there. What it prints on stdout is never shown: it may hold a token.
 * @throws KubeconfigError in one sentence with the command, its exit code or what is wrong with its answer
 */
export async function runExecPlugin(access: ClusterAccess, surroundings: ExecSurroundings): Promise<ExecCredential> {
  const { exec } = access.user;
  if (exec === undefined) return { token: undefined, certificate: undefined, expires: undefined };
  const interactive = mayAsk(exec, surroundings.isInteractive);
  const info = JSON.stringify({
    apiVersion: exec.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive, ...(exec.provideClusterInfo ? { cluster: clusterInfo(access) } : {}) },
  });
  const output = await run(exec, surroundings, interactive, info);
  return credentialOf(exec, output, surroundings.today());
}

function mayAsk(exec: ExecEntry, isInteractive: () => boolean): boolean {
  if (exec.interactiveMode === 'Never') return false;
  const available = isInteractive();
  if (exec.interactiveMode === 'Always' && !available) throw failed(exec, 'it needs a terminal to ask for your input, and stdin is none');
  return available;
}

function clusterInfo(access: ClusterAccess) {
  const { data, file } = access.certificateAuthority;
  const authority = data ?? (file === undefined ? undefined : readFileLimited(file, limits.kubeconfigBytes));
  return {
    server: access.server.url,
    ...(access.tlsServerName === undefined ? {} : { 'tls-server-name': access.tlsServerName }),
    ...(access.insecureSkipTlsVerify ? { 'insecure-skip-tls-verify': true } : {}),
    ...(authority === undefined ? {} : { 'certificate-authority-data': Buffer.from(authority).toString('base64') }),
    ...(access.proxyUrl === undefined ? {} : { 'proxy-url': access.proxyUrl }),
    ...(access.disableCompression ? { 'disable-compression': true } : {}),
    config: access.execConfig ?? null,
  };
}

async function run(exec: ExecEntry, surroundings: ExecSurroundings, interactive: boolean, info: string): Promise<string> {
  const { clock } = surroundings;
  const options = {
    cwd: surroundings.cwd,
    env: { ...surroundings.env, ...Object.fromEntries(exec.env.map(({ name, value }) => [name, value])), KUBERNETES_EXEC_INFO: info },
    // Its own process group can be ended as a whole; a plugin that talks to the user needs ours, for the terminal's sake.
    detached: !interactive,
    windowsHide: true,
  } satisfies SpawnOptions;
  const child = spawn(exec.command, exec.args, { ...options, stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'pipe'] });
  const end = outcomeOf(child);
  let stopped: string | undefined;
  const stop = (reason: string): void => {
    stopped ??= reason;
    killGroup(child, interactive);
  };
  const cancel = interactive
    ? () => {}
    : clock.after(limits.execDeadline, () => stop(`it did not end within ${limits.execDeadline / 1000} s`));
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limits.execOutputBytes) stop(`it wrote more than ${inMebibytes(limits.execOutputBytes)}`);
    else chunks.push(chunk);
  });
  passLines(child.stderr, surroundings.onPluginOutput);
  try {
    const problem = await end;
    if (stopped !== undefined || problem !== undefined) throw failed(exec, stopped ?? problem ?? '');
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    cancel();
  }
}

/** Undefined after exit code 0. */
function outcomeOf(child: ChildProcess): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  child.on('error', (error) =>
    resolve('code' in error && error.code === 'ENOENT' ? 'it was not found' : `it could not be started: ${error.message}`),
  );
  child.on('close', (code, signal) =>
    resolve(code === 0 ? undefined : code === null ? `it was ended by ${signal}` : `it ended with exit code ${code}`),
  );
  return promise;
}

function killGroup(child: ChildProcess, interactive: boolean): void {
  // Node has a word for ending one process; for the whole group the command of that name has.
  if (!interactive && child.pid !== undefined) spawn('kill', ['-KILL', '--', `-${child.pid}`], { stdio: 'ignore' }).on('error', () => {});
  child.kill('SIGKILL');
  // A grandchild that left the group may still hold the pipes open.
  child.stdout?.destroy();
  child.stderr?.destroy();
}

/** Whole lines, live. */
function passLines(stream: Readable | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream?.on('close', () => {
    if (rest !== '') onLine(rest);
  });
}

function failed(exec: ExecEntry, reason: string): KubeconfigError {
  return new KubeconfigError(`the credential plugin ${exec.command} failed: ${reason}`, {
    hint: exec.installHint === '' ? 'run it by hand, or log in again' : exec.installHint,
  });
}

/** Checked as kubectl does: version and kind as configured, a status, certificate and key both or none, something at all. */
function credentialOf(exec: ExecEntry, output: string, now: Date): ExecCredential {
  const answer = fieldsOf(parsed(exec, output));
  if (answer.get('kind') !== 'ExecCredential') throw failed(exec, 'its answer is not an ExecCredential');
  const version = answer.get('apiVersion');
  if (version !== exec.apiVersion) {
    throw failed(
      exec,
      `its answer is of version ${typeof version === 'string' ? `"${version}"` : 'nothing'}, and "${exec.apiVersion}" was expected`,
    );
  }
  const status = fieldsOf(answer.get('status'));
  if (status.size === 0) throw failed(exec, 'its answer has no status');
  const token = textOf(status.get('token'));
  const certificate = textOf(status.get('clientCertificateData'));
  const key = textOf(status.get('clientKeyData'));
  if ((certificate === undefined) !== (key === undefined))
    throw failed(exec, 'its answer has a certificate without key, or a key without certificate');
  if (token === undefined && certificate === undefined) throw failed(exec, 'its answer has neither a token nor a certificate');
  const until = textOf(status.get('expirationTimestamp'));
  const expires = until === undefined ? undefined : new Date(until);
  if (expires !== undefined && Number.isNaN(expires.getTime())) throw failed(exec, 'its expirationTimestamp is not a time');
  if (expires !== undefined && expires <= now) throw failed(exec, `it gave a credential that expired at ${expires.toISOString()}`);
  return {
    token: token === undefined ? undefined : new Secret(token),
    certificate: certificate === undefined || key === undefined ? undefined : { certificate, key: new Secret(key), places: placesOf(exec) },
    expires,
  };
}

function placesOf({ command }: ExecEntry): ClientCertificate['places'] {
  return {
    certificate: `clientCertificateData of the credential plugin ${command}`,
    key: `clientKeyData of the credential plugin ${command}`,
  };
}

/** The parse error itself would show a part of the output. */
function parsed(exec: ExecEntry, output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    throw failed(exec, output.trim() === '' ? 'it printed nothing' : 'what it printed is not JSON');
  }
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
