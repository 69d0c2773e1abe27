import type { IncomingHttpHeaders } from 'node:http';
import { limits } from '../limits.ts';

export interface AnswerHead {
  readonly code: number;
  readonly reason: string;
  /** Names in lower case; of several with the same name the values stand behind each other. */
  readonly headers: IncomingHttpHeaders;
}

/** Whom the parts of one answer are told, in this order. */
export interface AnswerSink {
  head(head: AnswerHead): void;
  /** Bytes of the body, as they come. */
  chunk(bytes: Buffer): void;
  /** Milliseconds for which the server keeps the connection for the next request; 0 when it does not. */
  end(keptFor: number): void;
}

/**
 * Takes one answer of HTTP/1.1 out of the bytes of a connection (RFC 9112). What is malformed is refused and never guessed at: where
 * the end of an answer is not certain, the connection is not used again.
 */
export class AnswerReader {
  readonly #sink: AnswerSink;
  #state: State = 'head';
  /** Bytes of which more is needed to understand them. */
  #rest: Buffer = nothing;
  /** Bytes of the body, or of its chunk, that are still to come. */
  #missing = 0;
  #keptFor = 0;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  /** @throws Error with a code: `HPE_HEADER_OVERFLOW`, `HPE_INVALID`, or `NOT_HTTP` when it was none from the start */
  push(bytes: Buffer): void {
    let input = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#rest = nothing;
    while (this.#state !== 'done' && input.length > 0) {
      const left = this.#step(input);
      if (left === undefined) this.#rest = input;
      input = left ?? nothing;
    }
  }

  /** The connection ended. @throws Error of code `ECONNRESET` when the answer had not ended before */
  finish(): void {
    if (this.#state === 'untilClose') this.#end(0);
    else if (this.#state !== 'done') throw hungUp(this.#state === 'head' ? 'socket hang up' : 'aborted');
  }

  /** What is left of the input; undefined when more of it is needed. */
  #step(input: Buffer): Buffer | undefined {
    switch (this.#state) {
      case 'head':
        return this.#head(input);
      case 'sized':
      case 'chunk':
        return this.#data(input);
      case 'untilClose':
        this.#sink.chunk(input);
        return nothing;
      case 'size':
        return this.#size(input);
      case 'chunkEnd': {
        if (input.length < 2) return undefined;
        if (input.toString('latin1', 0, 2) !== '\r\n') throw malformed('a chunk is longer than it says');
        this.#state = 'size';
        return input.subarray(2);
      }
      case 'trailers':
        return this.#trailers(input);
      case 'done':
        return input;
    }
  }

  #head(input: Buffer): Buffer | undefined {
    const start = input.toString('latin1', 0, httpStart.length);
    if (!httpStart.startsWith(start)) throw Object.assign(new Error('it does not speak HTTP'), { code: 'NOT_HTTP' });
    const end = input.indexOf('\r\n\r\n');
    if (end > limits.responseHeaderBytes || (end < 0 && input.length > limits.responseHeaderBytes)) throw tooBig();
    if (end < 0) return undefined;
    const { version, ...head } = parsedHead(input.toString('latin1', 0, end));
    const rest = input.subarray(end + 4);
    // 100 Continue and 103 Early Hints come before the answer.
    if (head.code < 200) {
      if (head.code === 101) throw malformed('it changes to another protocol');
      return rest;
    }
    this.#frame(head, version);
    this.#sink.head(head);
    if (this.#state === 'sized' && this.#missing === 0) this.#end(rest.length === 0 ? this.#keptFor : 0);
    return rest;
  }

  /** How long the body is, and what becomes of the connection after it. */
  #frame({ code, headers }: AnswerHead, version: string): void {
    const connection = (headers.connection ?? '').toLowerCase();
    const persists = version === '1.0' ? connection.includes('keep-alive') : !connection.includes('close');
    this.#keptFor = persists ? keptFor(headers['keep-alive']) : 0;
    const encoding = headers['transfer-encoding'];
    const length = headers['content-length'];
    if (code === 204 || code === 304) {
      this.#state = 'sized';
    } else if (encoding !== undefined) {
      if (length !== undefined) this.#keptFor = 0;
      this.#state = /(?:^|,)\s*chunked\s*$/i.test(encoding) ? 'size' : 'untilClose';
    } else if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) throw malformed(`its length is ${JSON.stringify(length)}`);
      this.#state = 'sized';
      this.#missing = Number(length);
    } else {
      this.#state = 'untilClose';
    }
  }

  #data(input: Buffer): Buffer {
    const taken = input.length <= this.#missing ? input : input.subarray(0, this.#missing);
    this.#missing -= taken.length;
    const rest = input.subarray(taken.length);
    if (taken.length > 0) this.#sink.chunk(taken);
    if (this.#missing > 0) return rest;
    if (this.#state === 'chunk') this.#state = 'chunkEnd';
    else this.#end(rest.length === 0 ? this.#keptFor : 0);
    return rest;
  }

  #size(input: Buffer): Buffer | undefined {
    const end = input.indexOf('\r\n');
    if (end < 0 && input.length > chunkLine) throw malformed('a chunk has no size');
    if (end < 0) return undefined;
    const size = /^([\da-f]{1,12})[\t ]*(?:;.*)?$/i.exec(input.toString('latin1', 0, end))?.[1];
    if (size === undefined) throw malformed('a chunk has no size');
    this.#missing = Number.parseInt(size, 16);
    this.#state = this.#missing === 0 ? 'trailers' : 'chunk';
    return input.subarray(end + 2);
  }

  /** Nobody looks at them; they end with an empty line. */
  #trailers(input: Buffer): Buffer | undefined {
    const end = input.indexOf('\r\n');
    if (end < 0 && input.length > limits.responseHeaderBytes) throw tooBig();
    if (end < 0) return undefined;
    const rest = input.subarray(end + 2);
    if (end === 0) this.#end(rest.length === 0 ? this.#keptFor : 0);
    return rest;
  }

  #end(keptFor: number): void {
    this.#state = 'done';
    this.#sink.end(keptFor);
  }
}

type State = 'head' | 'sized' | 'untilClose' | 'size' | 'chunk' | 'chunkEnd' | 'trailers' | 'done';

const nothing = Buffer.alloc(0);
const httpStart = 'HTTP/1.';
const chunkLine = 4096;

/** These must not be joined when they come twice; the first counts, as for Node. */
const single = new Set(['content-type', 'content-length', 'date', 'location', 'retry-after']);

function parsedHead(text: string): AnswerHead & { readonly version: string } {
  const [first = '', ...lines] = text.split('\r\n');
  const [, version, code, reason = ''] = /^HTTP\/(1\.[01]) (\d{3})(?: (.*))?$/.exec(first) ?? [];
  if (version === undefined || code === undefined) throw malformed('its first line is no status');
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!/^[!#$%&'*+\-.^_`|~\da-z]+$/.test(name)) throw malformed('one of its headers has no name');
    const value = line.slice(colon + 1).trim();
    const known = headers[name];
    if (known === undefined) headers[name] = value;
    else if (name === 'content-length' && known !== value) throw malformed('it has two lengths');
    else if (!single.has(name)) headers[name] = `${known}, ${value}`;
  }
  return { version, code: Number(code), reason, headers };
}

/** Without a word from the server, for as long as it lasts. A second less than it says, since the request takes its time to get there. */
function keptFor(hint: string | string[] | undefined): number {
  const seconds = /(?:^|,)\s*timeout=(\d{1,9})/i.exec(String(hint ?? ''))?.[1];
  return seconds === undefined ? Number.POSITIVE_INFINITY : Math.max(0, Number(seconds) * 1000 - 1000);
}

function malformed(reason: string): Error {
  return Object.assign(new Error(`its answer is not HTTP: ${reason}`), { code: 'HPE_INVALID' });
}

function tooBig(): Error {
  return Object.assign(new Error('the headers are too big'), { code: 'HPE_HEADER_OVERFLOW' });
}

/** As Node says it when a connection ends too early. */
export function hungUp(message: string): Error {
  return Object.assign(new Error(message), { code: 'ECONNRESET' });
}
