export type Phase = 'connect' | 'headers' | 'idle' | 'total';

/** No whole answer came. `sent` tells whether the request may have reached the server. */
export class ExchangeError extends Error {
  readonly sent: boolean;
  /** The limit that was reached, if it was one. */
  readonly timeout: { readonly phase: Phase; readonly milliseconds: number } | undefined;

  constructor(cause: unknown, sent: boolean, timeout?: { readonly phase: Phase; readonly milliseconds: number }) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'ExchangeError';
    this.sent = sent;
    this.timeout = timeout;
  }
}
