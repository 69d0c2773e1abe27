import { systemClock } from '../../src/cluster/clock.ts';
import { readFileLimited } from '../../src/cluster/files/read-file.ts';
import { Connections } from '../../src/cluster/http/connections.ts';
import { dialOf } from '../../src/cluster/http/dial.ts';
import { exchange } from '../../src/cluster/http/exchange.ts';
import { warningTexts } from '../../src/cluster/http/warning-header.ts';
import { credentialsOf } from '../../src/cluster/kubeconfig/credentials.ts';
import { loadClusterAccess } from '../../src/cluster/kubeconfig/kubeconfig.ts';
import type { KubeconfigSource } from '../../src/cluster/kubeconfig/kubeconfig-files.ts';
import { isList, type Json, type JsonObject } from '../../src/model/object.ts';

export interface RawRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: Json;
  /** `application/json` by default. */
  readonly contentType?: string;
}

export interface RawAnswer {
  readonly code: number;
  readonly body: JsonObject;
  readonly warnings: readonly string[];
}

export interface RawClient {
  /** Sends it once, and reads the answer whatever its code. */
  send(request: RawRequest): Promise<RawAnswer>;
  close(): void;
}

export interface RawClientOptions {
  /** Of the kubeconfig; its current one by default. */
  readonly context?: string;
  /** Reads the kubeconfig, which need not be a file. */
  readonly readFile?: KubeconfigSource['readFile'];
}

/** Requests as they are, to the server of a kubeconfig: nothing is sent twice, and no answer is an error. */
export async function rawClient(kubeconfig: string, { context, readFile = readFileLimited }: RawClientOptions = {}): Promise<RawClient> {
  const access = await loadClusterAccess({ kubeconfig, context }, { env: {}, cwd: '/', readFile });
  const credentials = credentialsOf(access, { env: {}, cwd: '/', isInteractive: () => false, onPluginOutput: () => {}, onNote: () => {} });
  const authorization = await credentials.authorization();
  const dial = dialOf(access, await credentials.clientCertificate(), undefined, systemClock);
  const connections = new Connections(dial, { most: 2, clock: systemClock, connectTimeout: 10_000 });
  const line = { server: access.server, connections, clock: systemClock };
  const timeouts = { headers: 30_000, idle: 30_000, total: 60_000 };
  return {
    async send({ method, path, body, contentType = 'application/json' }) {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        host: access.server.host,
        'user-agent': 'raw',
        accept: 'application/json',
        ...(authorization && { authorization: authorization.reveal() }),
        ...(text !== undefined && { 'content-type': contentType, 'content-length': String(Buffer.byteLength(text)) }),
      };
      const incoming = await exchange({ method, path, headers, body: text }, line, timeouts);
      const chunks: Buffer[] = [];
      for await (const chunk of incoming.chunks) chunks.push(chunk);
      const { warning } = incoming.headers;
      return {
        code: incoming.code,
        body: objectIn(Buffer.concat(chunks).toString(), `${method} ${path}`),
        warnings: warning === undefined ? [] : warningTexts(warning),
      };
    },
    close: () => connections.close(),
  };
}

function objectIn(text: string, asked: string): JsonObject {
  const value: Json = JSON.parse(text);
  if (typeof value !== 'object' || value === null || isList(value)) throw new Error(`${asked} was not answered with an object: ${text}`);
  return value;
}
