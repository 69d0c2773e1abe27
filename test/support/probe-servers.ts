import { createSocket } from 'node:dgram';
import { connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { issueSandboxCertificate } from '../../src/cluster/sandbox/sandbox-certificate.ts';

/** A server on loopback that behaves in one of the ways that a probe has to tell apart. */
export interface ProbeServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Takes connections, and does that with each. */
export async function tcpServer(behave: (socket: Socket) => void, host = '127.0.0.1'): Promise<ProbeServer> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    port: portOf(server.address()),
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Speaks TLS with a certificate of its own making. */
export async function tlsServer(behave: (socket: Socket) => void, host = '127.0.0.1'): Promise<ProbeServer> {
  const { certificate, key } = issueSandboxCertificate(new Date());
  const open = new Set<Socket>();
  const server = createTlsServer({ cert: certificate, key }, (socket) => {
    socket.on('error', () => {});
    behave(socket);
  });
  server.on('connection', (socket: Socket) => open.add(socket));
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    port: portOf(server.address()),
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export async function udpServer(answer: string | undefined): Promise<ProbeServer> {
  const socket = createSocket('udp4');
  socket.on('message', (_, from) => answer !== undefined && socket.send(answer, from.port, from.address));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { port: socket.address().port, close: () => new Promise((resolve) => socket.close(() => resolve())) };
}

/** A port on which nothing listens: one that was free a moment ago. */
export async function closedPort(): Promise<number> {
  const server = await tcpServer(() => {});
  await server.close();
  return server.port;
}

/** Behaves as a packet filter: its queue is full and nobody takes anything out of it, so the kernel answers no one. */
export async function silentPort(): Promise<ProbeServer> {
  const worker = new Worker(blockedListener, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  // It has to stand still before its queue is filled.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const fillers: Socket[] = [];
  for (let full = false; !full; ) {
    const filler = connect({ host: '127.0.0.1', port }).on('error', () => {});
    fillers.push(filler);
    full = await Promise.race([
      new Promise<boolean>((resolve) => filler.once('connect', () => resolve(false))),
      new Promise<boolean>((resolve) => setTimeout(resolve, 150, true)),
    ]);
  }
  return {
    port,
    close: async () => {
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}

const blockedListener = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer(() => {});
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 20);
  });
`;

function portOf(address: unknown): number {
  if (typeof address === 'object' && address !== null && 'port' in address && typeof address.port === 'number') return address.port;
  throw new Error('the server does not listen');
}
