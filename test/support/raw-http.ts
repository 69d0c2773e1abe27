import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import type { SandboxAccess } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** One request as any HTTPS client sends it; the token is added unless `authorization` says something else. */
export function ask(sandbox: SandboxAccess, path: string, { method = 'GET', headers = {}, body }: RawRequest = {}): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${sandbox.server}${path}`,
      // The certificate is checked for this name, whatever the Host header says.
      {
        method,
        ca: sandbox.authority,
        agent: false,
        servername: 'localhost',
        headers: { authorization: `Bearer ${sandbox.token}`, ...headers },
      },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A TLS connection without HTTP on it. */
export function connection(sandbox: SandboxAccess & { readonly port: number }): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: sandbox.port, ca: sandbox.authority }, () => resolve(socket));
    socket.on('error', reject);
  });
}

/** What a connection answers to a text, until the server ends it or `enough` says so. */
export function exchange(socket: TLSSocket, text: string, enough: (answer: string) => boolean = () => false): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const end = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (piece: Buffer) => {
      answer += piece.toString('latin1');
      if (enough(answer)) end();
    });
    socket.on('error', end);
    socket.on('close', end);
    socket.write(text);
  });
}
