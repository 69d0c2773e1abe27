import { inMebibytes } from '../../core/mebibytes.ts';
import { ConnectionError } from '../cluster.ts';
import { limits } from '../limits.ts';
import type { Incoming } from './exchange.ts';
import { ExchangeError } from './exchange-error.ts';

/** Takes the body of an answer while it comes. */
export interface BodyReader {
  add(bytes: Buffer): void;
}

/** All of it, unpacked. @throws ConnectionError where it is larger than we read, ExchangeError where it is damaged */
export async function wholeBody(incoming: Incoming): Promise<Buffer> {
  const parts: Buffer[] = [];
  await eachChunk(incoming, (chunk) => parts.push(chunk));
  const body = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  return isCompressed(incoming) ? decompressed(body) : body;
}

/** The same for a reader, which takes it while it comes: nothing is left of it. */
export async function readBody(incoming: Incoming, reader: BodyReader): Promise<Buffer> {
  if (isCompressed(incoming)) reader.add(await wholeBody(incoming));
  else await eachChunk(incoming, (chunk) => reader.add(chunk));
  return Buffer.alloc(0);
}

function isCompressed({ headers }: Incoming): boolean {
  return headers['content-encoding'] === 'gzip';
}

async function eachChunk({ chunks, abandon }: Incoming, take: (chunk: Buffer) => void): Promise<void> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limits.responseBytes) {
      abandon();
      throw tooBig();
    }
    take(chunk);
  }
}

async function decompressed(body: Buffer): Promise<Buffer> {
  const { gunzip } = await import('node:zlib');
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  gunzip(body, { maxOutputLength: limits.responseBytes }, (error, text) => {
    if (error === null) resolve(text);
    else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') reject(tooBig());
    else reject(new ExchangeError(Object.assign(new Error('the compressed answer is damaged'), { code: 'ECONNRESET' }), true));
  });
  return promise;
}

function tooBig(): ConnectionError {
  return new ConnectionError(`the server's answer is larger than ${inMebibytes(limits.responseBytes)}`, {
    hint: 'ask for less: one namespace with -n, or a selector with -l',
  });
}
