import { ConnectionError } from '../../cluster/cluster.ts';
import { NotLoggedInError } from '../../cluster/http/api-answer.ts';
import { type FindingCode, findingWords } from '../../core/finding-codes.ts';

/**
 * What keeps a diagnosis from its first look is a finding, too: names its code below the sentence, for whoever wants to know more.
 * @throws the error, with that line
 */
export function withFindingCode(error: unknown): never {
  const code = codeOf(error);
  if (code === undefined || !(error instanceof ConnectionError)) throw error;
  const more = `${code} ${findingWords[code]}: kubectl vmsvc explain ${code}`;
  throw new ConnectionError(error.message, { hint: error.hint === undefined ? more : `${error.hint}\n${more}`, cause: error });
}

function codeOf(error: unknown): FindingCode | undefined {
  if (error instanceof NotLoggedInError) return 'VMS918';
  return error instanceof ConnectionError && error.message.includes("doesn't have a resource type") ? 'VMS912' : undefined;
}
