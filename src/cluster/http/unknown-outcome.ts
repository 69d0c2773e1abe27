import type { Status } from '../../model/status.ts';
import { ConnectionError } from '../cluster.ts';

/**
 * A write was sent and its answer was lost, or a server error came instead of one: it may have happened or not.
 * Read the object back to know. `status` is what the server said, if it said anything.
 */
export class UnknownOutcomeError extends ConnectionError {
  readonly status: Status | undefined;

  constructor(message: string, options: { readonly status?: Status; readonly cause?: unknown } = {}) {
    super(message, { hint: 'the write may have happened; running the command again is safe', cause: options.cause });
    this.name = 'UnknownOutcomeError';
    this.status = options.status;
  }
}
