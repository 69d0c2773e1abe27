import type { IncomingHttpHeaders } from 'node:http';
import type { HeldWarnings } from '../held-warnings.ts';
import type { BodyReader } from './answer-body.ts';

/** One question to the API server. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query; starts with a slash. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
  /** Nothing is stored by it (a dry run, an access review), so that it may be sent again. Always so for GET. */
  readonly repeatable?: boolean;
  /** Takes the body of a good answer while it comes, which is then empty: another one for each try. What it throws ends the call. */
  readonly reader?: (() => BodyReader) | undefined;
  /**
   * How many milliseconds the server has to begin its answer, for whoever has another way to it: one that comes later, or says that the
   * server's own time was over (504), is not asked for again.
   */
  readonly patience?: number | undefined;
  /** Keeps the answer's warnings back. */
  readonly held?: HeldWarnings | undefined;
}

/** A whole answer, of any code but a redirect. */
export interface Answer {
  readonly code: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An answer whose body comes bit by bit. Whoever does not read it to its end ends the loop over it, which frees the socket. */
export interface StreamedAnswer extends Omit<Answer, 'body'> {
  readonly chunks: AsyncIterable<Buffer>;
  /** The whole body, for a refusal. */
  body(): Promise<Buffer>;
}
