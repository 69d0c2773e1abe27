import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { setImmediate } from 'node:timers/promises';
import { constants, gzipSync } from 'node:zlib';
import { failure } from '../../apiserver/answers.ts';
import {
  type HttpAnswer,
  type HttpRequest,
  type HttpResponse,
  isLong,
  isWatch,
  type WatchAnswer,
} from '../../apiserver/http/http-message.ts';
import type { ApiResponse } from '../../apiserver/request.ts';
import { mebibyte } from '../../core/mebibytes.ts';
import { issueSandboxCertificate } from './sandbox-certificate.ts';
import type { SandboxAccess } from './sandbox-kubeconfig.ts';

export interface ListenerOptions {
  readonly respond: (request: HttpRequest) => HttpResponse;
  /** 0 takes any free port. */
  readonly port: number;
  readonly now: () => Date;
}

export interface SandboxListener extends SandboxAccess {
  readonly port: number;
  /** Ends every watch and waits until the port is free. Safe to call twice. */
  close(): Promise<void>;
}

/** Bytes of a request's body; what kube-apiserver takes too. */
const bodyLimit = 3 * mebibyte;
const headerLimit = 16 * 1024;
const socketLimit = 256;
/** Bytes that a watch may lag behind before it is dropped. */
const lagLimit = 4 * mebibyte;
const bookmarkEvery = 60_000;
/** From this size on an answer is compressed for those who ask, as kube-apiserver does. */
const gzipFrom = 128 * 1024;

/**
 * Serves on 127.0.0.1 alone, over TLS 1.2 or newer, to whoever has this start's token.
 * Requests that a browser could have been tricked into are refused before anything looks at them.
 * @throws Error of node:net when the port cannot be had; its code is `EADDRINUSE` when somebody else has it.
 */
export async function listen(options: ListenerOptions): Promise<SandboxListener> {
  const token = randomBytes(32).toString('hex');
  const { authority, certificate, key } = issueSandboxCertificate(options.now());
  const open = new Set<OpenWatch>();
  const server = createServer(
    {
      cert: certificate,
      key,
      minVersion: 'TLSv1.2',
      maxHeaderSize: headerLimit,
      keepAliveTimeout: 65_000,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
    },
    (request, response) => {
      answer(request, response, { ...options, tokenHash: hash(token), open }).catch(() => response.destroy());
    },
  );
  server.maxConnections = socketLimit;
  const port = await bind(server, options.port);
  return { port, server: `https://127.0.0.1:${port}`, authority, token, close: () => close(server, open) };
}

interface Context extends ListenerOptions {
  readonly tokenHash: Buffer;
  readonly open: Set<OpenWatch>;
}

/** A watch that is being written, so that it can be ended from outside. */
interface OpenWatch {
  end(): void;
}

async function answer(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const refusal = refusalOf(request, context.tokenHash);
  if (refusal !== undefined) return refuse(request, response, refusal);
  const body = await bodyOf(request);
  if (body === undefined) return refuse(request, response, tooLarge());
  const [path = '', query = ''] = cut(request.url ?? '', '?');
  const answered = context.respond({ method: request.method ?? '', path, query, headers: headersOf(request), body });
  if (isWatch(answered)) stream(answered, response, context.open);
  else await write(answered, request, response);
}

/** What no request may do, whatever it asks for. */
function refusalOf(request: IncomingMessage, tokenHash: Buffer): ApiResponse | undefined {
  const { host, origin, authorization } = request.headers;
  if (!loopbackHost.test(host ?? '')) {
    return failure(403, 'Forbidden', 'the sandbox answers to 127.0.0.1, [::1] and localhost only: the Host header names another');
  }
  if (origin !== undefined) return failure(403, 'Forbidden', 'the sandbox does not answer to web pages: the request has an Origin header');
  const [, token = ''] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
  return timingSafeEqual(hash(token), tokenHash) ? undefined : failure(401, 'Unauthorized', 'Unauthorized');
}

const loopbackHost = /^(127\.0\.0\.1|\[::1\]|localhost)(:\d{1,5})?$/i;

/** A body that comes after a refusal is not read: the connection ends instead. */
function refuse(request: IncomingMessage, response: ServerResponse, refusal: ApiResponse): void {
  response.setHeader('Connection', 'close');
  const text = JSON.stringify(refusal.body);
  response.writeHead(refusal.code, { ...commonHeaders, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
  request.resume();
}

function tooLarge(): ApiResponse {
  return failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${bodyLimit}`);
}

/** Undefined when it is larger than the limit; the rest is then left unread. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  if (Number(request.headers['content-length'] ?? '0') > bodyLimit) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.length;
    if (size > bodyLimit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const commonHeaders = { 'Cache-Control': 'no-cache, private', 'X-Content-Type-Options': 'nosniff' };

async function write(answered: HttpAnswer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (answered.warnings.length > 0) response.setHeader('Warning', answered.warnings.map(warningHeader));
  if (isLong(answered.body) && !takesGzip && request.method !== 'HEAD') return writePieces(answered, answered.body.pieces, response);
  const whole = isLong(answered.body) ? [...answered.body.pieces].join('') : answered.body;
  const plain = typeof whole === 'string' ? Buffer.from(whole, 'utf8') : whole;
  const compressed = plain.length >= gzipFrom && takesGzip;
  const body = compressed ? gzipSync(plain, { level: constants.Z_BEST_SPEED }) : plain;
  response.writeHead(answered.status, {
    ...commonHeaders,
    ...answered.headers,
    ...(compressed ? { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' } : {}),
    'Content-Length': body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** No faster than the client reads, and others get their turn between two pieces. */
async function writePieces({ status, headers }: HttpAnswer, pieces: Iterable<string>, response: ServerResponse): Promise<void> {
  response.writeHead(status, { ...commonHeaders, ...headers });
  for (const piece of pieces) {
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    if (response.destroyed) return;
    await setImmediate();
  }
  response.end();
}

/** A text in the form of RFC 7234: quoted, and without what a header cannot carry. */
function warningHeader(text: string): string {
  const printable = text.replaceAll(/[^\x20-\x7e]/g, ' ').replaceAll(/["\\]/g, '\\$&');
  return `299 - "${printable}"`;
}

function stream({ headers, watch }: WatchAnswer, response: ServerResponse, open: Set<OpenWatch>): void {
  response.writeHead(200, { ...commonHeaders, ...headers });
  response.flushHeaders();
  const stop = (): void => {
    watch.stop();
    clearTimeout(timeout);
    clearInterval(bookmarks);
    open.delete(opened);
  };
  const opened: OpenWatch = {
    end: () => {
      stop();
      response.end();
    },
  };
  const send = (frame: string): void => {
    if (response.writableEnded || response.destroyed) return;
    if (response.writableLength > lagLimit) {
      response.write(watch.overrun());
      opened.end();
      // Whoever did not read until now will hardly read this; the socket is not kept for it.
      setTimeout(() => response.destroy(), patience).unref();
      return;
    }
    response.write(frame);
  };
  const timeout = setTimeout(opened.end, Math.min(watch.timeoutSeconds, longestTimer) * 1000);
  const bookmarks = setInterval(() => {
    const frame = watch.bookmark();
    if (frame !== undefined) send(frame);
  }, bookmarkEvery);
  open.add(opened);
  response.on('close', stop);
  watch.start(send, opened.end);
}

/** Milliseconds that a watch that lagged has for its last frame. */
const patience = 10_000;

/** Seconds; Node's timers turn longer ones into none at all. */
const longestTimer = 2_000_000;

function headersOf(request: IncomingMessage): Readonly<Record<string, string | undefined>> {
  const entries = Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value] as const);
  return Object.fromEntries(entries);
}

function cut(text: string, at: string): readonly string[] {
  const place = text.indexOf(at);
  return place < 0 ? [text] : [text.slice(0, place), text.slice(place + 1)];
}

function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('the sandbox listens on no port'));
      else resolve(address.port);
    });
  });
}

/** Milliseconds that a client has to take in the end of its answer. */
const grace = 500;

async function close(server: Server, open: ReadonlySet<OpenWatch>): Promise<void> {
  for (const watch of [...open]) watch.end();
  if (!server.listening) return;
  const impatience = setTimeout(() => server.closeAllConnections(), grace);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(impatience);
}
