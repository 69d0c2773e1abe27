import type { Refusal } from '../../core/reconcile.ts';
import type { ReconcileError } from '../../core/step.ts';
import { ApiError, isForbidden } from '../../model/status.ts';
import { ConnectionError } from '../cluster.ts';
import { UnknownOutcomeError } from '../http/unknown-outcome.ts';
import { OvertakenError } from './overtaken.ts';

/**
 * What a server, the network or another writer said, as an item's error; `words` puts it in those of a stage.
 * @throws anything else, which is a bug of ours or no error of this item
 */
export function failure(error: unknown, words: (message: string) => string = (message) => message): ReconcileError {
  if (error instanceof OvertakenError) return { reason: 'Conflict', message: error.message, exitCode: 3 };
  if (error instanceof ApiError) {
    const ending = endingNamespace(error);
    if (ending !== undefined) return { reason: 'NamespaceTerminating', message: ending, exitCode: 3 };
    return { reason: error.reason, message: words(error.message), exitCode: 3, status: error.status };
  }
  if (error instanceof UnknownOutcomeError) return { reason: 'UnknownOutcome', message: error.message, exitCode: 3 };
  if (error instanceof ConnectionError) return { reason: 'ConnectionError', message: words(error.message), exitCode: 3 };
  throw error;
}

/** Something that could not be known is no refusal on principle. */
export function refused({ reason, message }: Refusal): ReconcileError {
  return { reason, message, exitCode: reason === 'ProviderUnknown' || reason === 'ChildBeingDeleted' ? 3 : 2 };
}

/** Whether no further request of the same item has a chance. */
export function isCutOff({ reason }: ReconcileError): boolean {
  return reason === 'ConnectionError' || reason === 'UnknownOutcome';
}

function endingNamespace(error: ApiError): string | undefined {
  if (!isForbidden(error)) return undefined;
  const cause = error.status.details?.causes?.find(({ reason }) => reason === 'NamespaceTerminating');
  return cause === undefined ? undefined : `${cause.message ?? 'the namespace is being deleted'}: nothing new can be made in it`;
}
