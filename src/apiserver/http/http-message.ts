import type { Watch } from './watch.ts';

/** An HTTP request as a value: whoever listens has already checked the token and read the body. */
export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  /** As sent: nothing is decoded yet. */
  readonly path: string;
  /** Without the question mark, as sent. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Texts for `Warning: 299` headers, one each. */
  readonly warnings: readonly string[];
  readonly body: string | Uint8Array | LongBody;
}

/** A text that is made while it is sent, so that the client can read the beginning meanwhile. */
export interface LongBody {
  readonly pieces: Iterable<string>;
}

export function isLong(body: HttpAnswer['body']): body is LongBody {
  return typeof body !== 'string' && 'pieces' in body;
}

/** An answer that goes on: the headers now, frames as things change. */
export interface WatchAnswer {
  readonly status: 200;
  readonly headers: Readonly<Record<string, string>>;
  readonly watch: Watch;
}

export type HttpResponse = HttpAnswer | WatchAnswer;

export function isWatch(response: HttpResponse): response is WatchAnswer {
  return 'watch' in response;
}
