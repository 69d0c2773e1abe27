import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type SandboxAccess, sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';

/** The way to a server that goes down and comes up again, as its clients see it: connections are reset, and then refused. */
export interface RestartableWay {
  /** A file that leads along it. */
  readonly kubeconfig: string;
  /** `127.0.0.1:41231` */
  readonly host: string;
  down(): Promise<void>;
  up(): Promise<void>;
}

/** Opens one for a test file's test; it ends with it. Bytes pass as they are. */
export async function restartableWay(access: SandboxAccess): Promise<RestartableWay> {
  const upstream = Number(new URL(access.server).port);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const behind = connect(upstream, '127.0.0.1');
    keep(client);
    keep(behind);
    client.on('close', () => behind.destroy()).pipe(behind);
    behind.on('close', () => client.destroy()).pipe(client);
  });
  const listen = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  const down = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-way-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, sandboxKubeconfig({ ...access, server: `https://127.0.0.1:${port}` }));
  after(async () => {
    await down();
    rmSync(folder, { recursive: true });
  });
  return { kubeconfig, host: `127.0.0.1:${port}`, down, up: () => listen(port) };
}
