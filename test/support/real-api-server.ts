import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RealApiServer {
  /** Path of a kubeconfig: its context `admin` may do everything, `dev` nothing until a binding for user `dev` lets it. */
  readonly kubeconfig: string;
  /**
   * From now on Endpoints are mirrored to EndpointSlices, by kube-controller-manager. False where it does not lie beside the other
   * binaries.
   */
  startMirroring(): boolean;
  /** Ends the processes and removes what they wrote. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts etcd and kube-apiserver from a folder of binaries, as controller-runtime's envtest uses them, on free ports of loopback,
 * dual-stack unless said, with VM Operator's definitions of a release (`A` to `E`). No controller runs.
 *
 * @throws Error when a binary is missing, or the server does not become ready within a minute; what it logged is in the message.
 */
export async function startRealApiServer(assets: string, release: string, stack: 'dual' | 'single' = 'dual'): Promise<RealApiServer> {
  for (const name of ['etcd', 'kube-apiserver']) {
    if (!existsSync(join(assets, name))) throw new Error(`KUBEBUILDER_ASSETS is ${assets}, and there is no ${name} in it`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-apiserver-'));
  const children: ChildProcess[] = [];
  const stop = async () => {
    await Promise.all(children.splice(0).map(ended));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [clients, peers, port] = [await freePort(), await freePort(), await freePort()];
    const token = randomBytes(16).toString('hex');
    const devToken = randomBytes(16).toString('hex');
    const keys = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    const written = (name: string, text: string) => {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const start = (name: string, args: readonly string[]) => {
      const log = openSync(join(folder, `${name}.log`), 'w');
      children.push(spawn(join(assets, name), args, { cwd: folder, stdio: ['ignore', log, log] }));
    };
    start('etcd', [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=http://127.0.0.1:${clients}`,
      `--advertise-client-urls=http://127.0.0.1:${clients}`,
      `--listen-peer-urls=http://127.0.0.1:${peers}`,
      '--unsafe-no-fsync',
    ]);
    start('kube-apiserver', [
      `--etcd-servers=http://127.0.0.1:${clients}`,
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--cert-dir=${join(folder, 'certs')}`,
      `--service-account-key-file=${written('sa.pub', keys.publicKey)}`,
      `--service-account-signing-key-file=${written('sa.key', keys.privateKey)}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--token-auth-file=${written('tokens.csv', `${token},admin,admin,"system:masters"\n${devToken},dev,dev,"devs"\n`)}`,
      '--authorization-mode=RBAC',
      `--service-cluster-ip-range=10.96.0.0/16${stack === 'dual' ? ',fd00:10:96::/112' : ''}`,
      '--disable-admission-plugins=ServiceAccount',
      '--endpoint-reconciler-type=none',
    ]);
    const server = { port, token, devToken, folder };
    await ready(server, children);
    await installDefinitions(server, release);
    const kubeconfig = written('kubeconfig', kubeconfigOf(server));
    const startMirroring = () => {
      if (!existsSync(join(assets, 'kube-controller-manager'))) return false;
      start('kube-controller-manager', [
        `--kubeconfig=${kubeconfig}`,
        '--controllers=endpointslice-mirroring-controller',
        '--leader-elect=false',
        '--secure-port=0',
      ]);
      return true;
    };
    return { kubeconfig, startMirroring, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Server {
  readonly port: number;
  readonly token: string;
  readonly devToken: string;
  readonly folder: string;
}

async function ready(server: Server, children: readonly ChildProcess[]): Promise<void> {
  for (let attempt = 0; attempt < 1200; attempt += 1) {
    const answer = await ask(server, 'GET', '/readyz').catch(() => undefined);
    if (answer?.code === 200) return;
    if (children.some((child) => child.exitCode !== null)) break;
    await sleep(50);
  }
  const log = readFileSync(join(server.folder, 'kube-apiserver.log'), 'utf8').trimEnd().split('\n').slice(-5).join('\n');
  throw new Error(`the API server did not become ready:\n${log}`);
}

async function installDefinitions(server: Server, release: string): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const crds = resolve(import.meta.dirname, '../../src/apiserver/crds');
  for (const file of [release, 'networksettings', 'capabilities']) {
    const definitions: unknown = JSON.parse(readFileSync(join(crds, `${file}.json`), 'utf8'));
    if (!Array.isArray(definitions)) throw new Error(`${file}.json is not a list`);
    for (const definition of definitions) {
      const answer = await ask(server, 'POST', path, JSON.stringify(definition));
      if (answer.code !== 201) throw new Error(`the API server refused a definition of ${file}.json: ${answer.body}`);
    }
  }
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const { body } = await ask(server, 'GET', path);
    const all = body.split('"kind":"CustomResourceDefinition"').length - 1;
    if (all === 0 || body.split('"type":"Established","status":"True"').length - 1 >= all) return;
    await sleep(100);
  }
}

function ask(server: Server, method: string, path: string, body?: string): Promise<{ readonly code: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json', accept: 'application/json' };
    // The certificate is made by the server while it starts; this is loopback, and a server that we started.
    const sent = request({ host: '127.0.0.1', port: server.port, method, path, headers, rejectUnauthorized: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => resolve({ code: response.statusCode ?? 0, body: Buffer.concat(pieces).toString() }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function kubeconfigOf({ port, token, devToken, folder }: Server): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'real', cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': join(folder, 'certs/apiserver.crt') } },
    ],
    users: [
      { name: 'admin', user: { token } },
      { name: 'dev', user: { token: devToken } },
    ],
    contexts: ['admin', 'dev'].map((user) => ({ name: user, context: { cluster: 'real', user } })),
    'current-context': 'admin',
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
