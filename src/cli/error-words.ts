import { ConnectionError } from '../cluster/cluster.ts';
import { ApiError } from '../model/status.ts';
import type { ExitCode } from './io.ts';

/** What an error that reached the top is called on stderr, and the exit code that goes with it. */
export interface ErrorWords {
  readonly lines: readonly string[];
  readonly exitCode: ExitCode;
}

/** kubectl's sentences for what a server or the network said; everything else is a bug of ours. */
export function explainError(error: unknown, argv: readonly string[]): ErrorWords {
  if (error instanceof ApiError) return { lines: apiErrorLines(error), exitCode: 3 };
  if (error instanceof ConnectionError) {
    const first = /^(The connection|Unable to connect|error:)/.test(error.message) ? error.message : `error: ${error.message}`;
    return { lines: [first, ...(error.hint === undefined ? [] : [error.hint])], exitCode: 3 };
  }
  if (isAbort(error)) return { lines: ['interrupted'], exitCode: 130 };
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

/** One line for most answers; for an invalid object the head and a line for each field. */
export function apiErrorLines(error: ApiError): string[] {
  const { status } = error;
  if (error.code === 401)
    return [
      'error: You must be logged in to the server (Unauthorized)',
      'log in to the Supervisor again: kubectl vsphere login --server=ADDRESS',
    ];
  if (error.reason === 'Invalid' && status.details?.causes !== undefined && status.details.causes.length > 0) {
    const { kind = 'object', name = '', causes } = status.details;
    const lines = [...new Set(causes.map((cause) => (cause.field ? `${cause.field}: ${cause.message}` : (cause.message ?? ''))))];
    const head = `The ${kind} ${JSON.stringify(name)} is invalid:`;
    return lines.length === 1 ? [`${head} ${lines[0]}`] : [head, ...lines.map((line) => `* ${line}`)];
  }
  const lines = [...webhookLines(error)];
  if (error.code === 409 && error.reason === 'Conflict') lines.push('somebody changed it meanwhile; nothing was written; run again');
  return lines;
}

/** A webhook's denial has its field errors in one sentence: here each is a line of its own. One that cannot be called has a code. */
function webhookLines(error: ApiError): readonly string[] {
  const head = `Error from server (${error.reason || error.code}): `;
  const [, denial, reasons] = /^(admission webhook "[^"]+" denied the request:) ((?:metadata|spec|status)\b.+)$/s.exec(error.message) ?? [];
  if (denial !== undefined && reasons !== undefined) {
    const fields = reasons.split(/, (?=(?:metadata|spec|status)[\w.[\]"-]*: )/);
    return fields.length === 1 ? [head + error.message] : [head + denial, ...fields.map((field) => `* ${field}`)];
  }
  if (!/failed calling webhook/.test(error.message)) return [head + error.message];
  return [
    head + error.message,
    '  VMS113 WebhookUnreachable: until the API server can call it, nothing that this webhook checks can be written',
  ];
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
