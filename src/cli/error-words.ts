import { ConnectionError } from '../cluster/cluster.ts';
import { UnreadableObject } from '../model/shape.ts';
import { ApiError, isNotServed } from '../model/status.ts';
import type { ExitCode } from './io.ts';

/** What an error that reached the top is called on stderr, and the exit code that goes with it. */
export interface ErrorWords {
  readonly lines: readonly string[];
  readonly exitCode: ExitCode;
}

/** The object that an answer is about, where it does not say so itself. */
interface Subject {
  readonly kind: string;
  readonly name: string;
}

/** kubectl's sentences for what a server or the network said; everything else is a bug of ours. */
export function explainError(error: unknown, argv: readonly string[], subject?: Subject): ErrorWords {
  if (error instanceof UnreadableObject) return { lines: [`error: ${error.message}`], exitCode: 3 };
  if (error instanceof ApiError) return { lines: apiErrorLines(error, subject), exitCode: 3 };
  if (error instanceof ConnectionError) {
    const first = /^(The connection|Unable to connect|error:)/.test(error.message) ? error.message : `error: ${error.message}`;
    return { lines: [first, ...(error.hint === undefined ? [] : error.hint.split('\n'))], exitCode: 3 };
  }
  if (isAbort(error)) return { lines: ['interrupted'], exitCode: 130 };
  if (isStackOverflow(error)) {
    return { lines: ['error: an object is nested so deeply that it cannot be shown or compared'], exitCode: 3 };
  }
  const message = error instanceof Error ? error.message : String(error);
  const verbose = argv.some((word) => /^(-v|--v)(=?[4-9])?$/.test(word));
  return {
    lines: [
      `error: this is a bug in kubectl-vmsvc: ${message}`,
      'please report it with the command that you ran (-v=4 adds where it happened)',
      ...(verbose && error instanceof Error && error.stack !== undefined ? error.stack.split('\n') : []),
    ],
    exitCode: 70,
  };
}

/** What walks through an object takes a step down for each of its levels, and thousands of levels are no accident of ours. */
function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/.test(error.message);
}

/** One line for most answers; for an invalid object the head and a line for each field. */
export function apiErrorLines(error: ApiError, subject?: Subject): string[] {
  const { status } = error;
  if (error.code === 401)
    return [
      'error: You must be logged in to the server (Unauthorized)',
      'log in to the Supervisor again: kubectl vsphere login --server=ADDRESS',
    ];
  if (isNotServed(error) && /doesn't have a resource type/.test(error.message)) return [`error: ${error.message}`, 'is this a Supervisor?'];
  if (error.reason === 'Invalid' && status.details?.causes !== undefined && status.details.causes.length > 0) {
    const { kind = 'object', name = '', causes } = status.details;
    const fields = causes.map((cause) => (cause.field ? `${cause.field}: ${cause.message}` : (cause.message ?? '')));
    return fieldLines(`The ${kind} ${JSON.stringify(name)} is invalid:`, fields);
  }
  const lines = [...serverLines(error, subject)];
  if (error.code === 409 && error.reason === 'Conflict') lines.push('somebody changed it meanwhile; nothing was written; run again');
  return lines;
}

/**
 * A webhook's denial has its field errors in one sentence, and VM Operator's has them as its reason too: here each is a line of its
 * own. One that cannot be called has a code.
 */
function serverLines(error: ApiError, subject: Subject | undefined): readonly string[] {
  const reason = /^\w+$/.test(error.reason) ? error.reason : error.code;
  const head = `Error from server (${reason}): `;
  const [, denial, reasons] = /^(admission webhook "[^"]+" denied the request:) ((?:metadata|spec|status)\b.+)$/s.exec(error.message) ?? [];
  if (denial !== undefined && reasons !== undefined) {
    const said = subject === undefined ? head + denial : `The ${subject.kind} ${JSON.stringify(subject.name)} is invalid:`;
    return fieldLines(said, reasons.split(betweenFieldErrors));
  }
  if (!/failed calling webhook/.test(error.message)) return [head + error.message];
  return [
    head + error.message,
    '  VMS113 WebhookUnreachable: until the API server can call it, nothing that this webhook checks can be written',
  ];
}

/** The texts of field errors hold commas as well: a path and a kind of error must follow. */
const betweenFieldErrors =
  /, (?=(?:metadata|spec|status)(?:\.\w+|\[[^\]]*\])*: (?:Required value|Invalid value|Duplicate value|Unsupported value|Forbidden|Too long|Too many|Not found|Internal error)(?::|,|$))/;

/** One behind the head; several below it, one a line, equal ones once. */
function fieldLines(head: string, fields: readonly string[]): string[] {
  const lines = [...new Set(fields)];
  return lines.length === 1 ? [`${head} ${lines[0]}`] : [head, ...lines.map((line) => `* ${line}`)];
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
