import type { JsonObject } from '../../model/object.ts';
import { ApiError, type Status } from '../../model/status.ts';
import { ConnectionError } from '../cluster.ts';
import { parseJson } from '../json.ts';
import { limits } from '../limits.ts';
import { isNestedBeyond, nestingBeyond } from './answer-nesting.ts';
import type { Answer, ApiCall } from './api-call.ts';
import type { Transport } from './transport.ts';
import { UnknownOutcomeError } from './unknown-outcome.ts';

/** Which server an error is about, and what was asked of it, for sentences. */
export interface Asked {
  readonly call: ApiCall;
  /** `host:port` */
  readonly host: string;
  readonly secure: boolean;
}

/** The server does not know us, and new credentials did not help: trying again does not either. */
export class NotLoggedInError extends ConnectionError {}

/** The bytes said they were JSON and were not: cut short, or two answers in one. */
export class UndecodableError extends ConnectionError {}

/**
 * Asks, and reads the answer as a JSON object; a read whose answer is cut short is asked again. A write whose answer cannot be
 * understood may have been done.
 * @throws ApiError when the server says no, UnknownOutcomeError, ConnectionError
 */
export async function askJson(transport: Transport, call: ApiCall, at: Omit<Asked, 'call'>): Promise<JsonObject> {
  const asked = { ...at, call };
  for (let tries = 1; ; tries++) {
    const answer = await transport.send(call);
    try {
      return objectOf(answer, asked);
    } catch (error) {
      // Whoever said yes to a write may have done it, whatever stands in the answer.
      if (isWrite(call) && error instanceof ConnectionError && answer.code < 300) {
        throw new UnknownOutcomeError(error.message, { cause: error });
      }
      if (!(error instanceof UndecodableError)) throw error;
      if (tries >= limits.tries) throw error;
    }
  }
}

/** The JSON object of a good answer. @throws as `askJson` */
export function objectOf(answer: Answer, asked: Asked, body: Buffer = answer.body): JsonObject {
  if (answer.code >= 400) throw refusal(answer, asked);
  const mediaType = mediaTypeOf(answer);
  if (mediaType !== 'application/json') {
    throw new ConnectionError(
      `${asked.host} is not a Kubernetes API: it answered ${asked.call.method} ${asked.call.path} with ${mediaType || 'no media type'}`,
      {
        hint: "a login page or a proxy may stand in between; check the server's address in the kubeconfig",
      },
    );
  }
  const value = jsonObjectIn(body, asked);
  if (value.kind === 'Status' && value.status === 'Failure') throw new ApiError(statusOf(value, answer));
  return value;
}

/** The JSON object that a good answer, or a part of it, is. @throws UndecodableError, ConnectionError */
export function jsonObjectIn(body: Buffer, asked: Asked): JsonObject {
  const value = parsed(body);
  // Numbers that have to keep their digits are read in a way that some depths are too deep for.
  if (value === undefined || (isJsonObject(value) && isNestedBeyond(value, limits.answerDepth))) {
    const levels = nestingBeyond(body, limits.answerDepth);
    if (levels > 0) throw undecodable(asked, `it is nested ${levels} levels deep, and ${limits.answerDepth} are read`);
  }
  if (value === undefined)
    throw new UndecodableError(`the answer of ${asked.host} to ${asked.call.method} ${asked.call.path} was cut short`);
  if (!isJsonObject(value)) throw undecodable(asked, 'it is not an object');
  return value;
}

/** What was answered, by whoever it was, is not what was asked for. Of a write nobody knows then whether it was done. */
export function unexpected(asked: Asked, reason: string): ConnectionError {
  const error = undecodable(asked, reason);
  return isWrite(asked.call) ? new UnknownOutcomeError(error.message, { cause: error }) : error;
}

export function undecodable(asked: Asked, reason: string): ConnectionError {
  return new ConnectionError(`the answer of ${asked.host} to ${asked.call.method} ${asked.call.path} cannot be understood: ${reason}`);
}

function mediaTypeOf({ headers }: Answer): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function parsed(body: Buffer): unknown {
  try {
    return parseJson(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const unsent = 'credentials are not sent over http';
const loginHint = 'log in again: kubectl vsphere login --server=SUPERVISOR --vsphere-username=USER';

/** Status bodies speak for themselves; anything else gets one sentence of ours. */
export function refusal(answer: Answer, asked: Asked): Error {
  const { call, secure } = asked;
  const value = mediaTypeOf(answer) === 'application/json' ? parsed(answer.body) : undefined;
  const status = isJsonObject(value) && value.kind === 'Status' ? statusOf(value, answer) : undefined;
  const { code } = answer;
  if (code === 401)
    return new NotLoggedInError('You must be logged in to the server (Unauthorized)', { hint: secure ? loginHint : unsent });
  if (code >= 500 && isWrite(call) && !isRefusedByWebhook(status)) {
    const said = status?.message ?? `${code} ${answer.reason}`.trim();
    return new UnknownOutcomeError(
      `the outcome of ${call.method} ${call.path.replace(/\?.*$/s, '')} is unknown: ${said}`,
      status === undefined ? {} : { status },
    );
  }
  // A path that nobody serves: that is about a kind or its version, and no answer says which.
  const missing = code === 404 && status?.details?.kind === undefined ? typeAt(call.path) : undefined;
  if (missing !== undefined) {
    const message = `the server doesn't have a resource type ${JSON.stringify(missing)}`;
    return new ApiError({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason: 'NotFound', message });
  }
  // Whoever came as nobody, and has credentials in the kubeconfig, has to hear why.
  if (status !== undefined) {
    return new ApiError(!secure && isAboutNobody(status) ? { ...status, message: `${status.message} (${unsent})` } : status);
  }
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason: reasons.get(code) ?? 'Unknown',
    message: messageOf(answer, asked),
  });
}

/** The plural in the path of objects; undefined in any other path. */
function typeAt(path: string): string | undefined {
  return /^(?:\/api|\/apis\/[^/?]+)\/v[^/?]+\/(?:namespaces\/[^/?]+\/)?([^/?]+)/.exec(path)?.[1];
}

/** kubectl's words for a path that is not there. */
function messageOf(answer: Answer, { call, host, secure }: Asked): string {
  const what = `${call.method} ${call.path.replace(/\?.*$/s, '')}`;
  if (answer.code === 404) return `the server could not find the requested resource (${what})`;
  const because = answer.code === 403 && !secure ? ` (${unsent})` : '';
  return `${host} answered ${what} with ${answer.code} ${firstLine(answer)}${because}`;
}

/** A refusal of the user that the server takes everybody for who sends no credentials. */
function isAboutNobody({ code, message = '' }: Status): boolean {
  return code === 403 && message.includes('User "system:anonymous"');
}

function isWrite(call: ApiCall): boolean {
  return call.method !== 'GET' && call.repeatable !== true;
}

/** Admission comes before storage: a webhook that could not be called is a write that did not happen. */
function isRefusedByWebhook(status: Status | undefined): boolean {
  return /failed calling webhook|admission webhook .* denied/.test(status?.message ?? '');
}

const reasons = new Map([
  [400, 'BadRequest'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [409, 'Conflict'],
  [410, 'Expired'],
  [413, 'RequestEntityTooLarge'],
  [415, 'UnsupportedMediaType'],
  [429, 'TooManyRequests'],
  [500, 'InternalError'],
  [502, 'BadGateway'],
  [503, 'ServiceUnavailable'],
  [504, 'Timeout'],
]);

const shownText = 200;

/** The first line of a plain text answer; of HTML only that it is HTML. */
function firstLine(answer: Answer): string {
  if (mediaTypeOf(answer) !== 'text/plain') return answer.reason || mediaTypeOf(answer);
  return answer.body.toString('utf8', 0, shownText).trim().split('\n')[0] || answer.reason;
}

function statusOf(value: JsonObject, answer: Answer): Status {
  const text = (field: string): string | undefined => {
    const found = value[field];
    return typeof found === 'string' ? found : undefined;
  };
  const message = text('message');
  const reason = text('reason') ?? reasons.get(answer.code);
  const details = detailsOf(value.details);
  return {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code: typeof value.code === 'number' ? value.code : answer.code,
    ...(message === undefined ? {} : { message }),
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
  };
}

/** Only what has the right type: a proxy may have written this. */
function detailsOf(value: unknown): Status['details'] {
  if (!isJsonObject(value)) return undefined;
  const causes = Array.isArray(value.causes)
    ? value.causes.filter(isJsonObject).map((cause) => textFields(cause, ['reason', 'message', 'field']))
    : undefined;
  const seconds = value.retryAfterSeconds;
  return {
    ...textFields(value, ['name', 'group', 'kind', 'uid']),
    ...(causes === undefined ? {} : { causes }),
    ...(typeof seconds === 'number' ? { retryAfterSeconds: seconds } : {}),
  };
}

function textFields<Field extends string>(value: JsonObject, fields: readonly Field[]): { [field in Field]?: string } {
  const found: { [field in Field]?: string } = {};
  for (const field of fields) {
    const text = value[field];
    if (typeof text === 'string') found[field] = text;
  }
  return found;
}
