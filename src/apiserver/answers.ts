import type { FieldError } from '../core/field-errors.ts';
import type { JsonObject } from '../model/object.ts';
import type { Resource } from '../model/resources.ts';
import type { Status, StatusCause } from '../model/status.ts';
import type { ApiResponse } from './request.ts';

/** A refusal on its way to the client. The storage rules throw it; the entry point turns it into an answer. */
export class Refusal extends Error {
  readonly response: ApiResponse;

  constructor(response: ApiResponse) {
    super(String(response.body['message'] ?? ''));
    this.name = 'Refusal';
    this.response = response;
  }
}

/** Does some work; if it is refused, the warnings that came before it reach the client all the same. */
export function withWarnings<Result>(warnings: readonly string[], work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal) || warnings.length === 0) throw error;
    throw new Refusal({ ...error.response, warnings: [...warnings, ...error.response.warnings] });
  }
}

/** A Status with the fields in kube-apiserver's order. */
export function failure(code: number, reason: string | undefined, message: string, details?: Status['details']): ApiResponse {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === undefined ? {} : { reason }),
    ...(details === undefined ? {} : { details: withoutEmpty(details) }),
    code,
  };
  return { code, body, warnings: [], events: [] };
}

/** The answer of a deletion that was carried out at once. */
export function deleted(resource: Resource, name: string, uid: string): ApiResponse {
  const details = withoutEmpty({ name, group: resource.group, kind: resource.plural, uid });
  return {
    code: 200,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
    warnings: [],
    events: [],
  };
}

/** `services "a"`, `virtualmachineservices.vmoperator.vmware.com "a"`. */
function resourceName(resource: Resource, name: string): string {
  const qualified = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
  return `${qualified} "${name}"`;
}

export function notFound(resource: Resource, name: string): ApiResponse {
  return failure(404, 'NotFound', `${resourceName(resource, name)} not found`, { name, group: resource.group, kind: resource.plural });
}

/** A path that leads nowhere: an unknown resource, version or subresource. */
export function noSuchPath(): ApiResponse {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(
  resource: Resource,
  name: string,
  why: { readonly isGoing: boolean; readonly isGenerated: boolean },
): ApiResponse {
  const details = { name, group: resource.group, kind: resource.plural };
  const text = `${resourceName(resource, name)} already exists`;
  if (why.isGenerated) {
    const excuse = 'the server was not able to generate a unique name for the object';
    return failure(409, 'AlreadyExists', `${text}, ${excuse}`, { ...details, retryAfterSeconds: 1 });
  }
  return failure(409, 'AlreadyExists', why.isGoing ? `object is being deleted: ${text}` : text, details);
}

export function conflict(resource: Resource, name: string, why: string): ApiResponse {
  const details = { name, group: resource.group, kind: resource.plural };
  return failure(409, 'Conflict', `Operation cannot be fulfilled on ${resourceName(resource, name)}: ${why}`, details);
}

export const modifiedMeanwhile = 'the object has been modified; please apply your changes to the latest version and try again';

/** A precondition of a deletion that does not hold: named by kind, not by resource. */
export function preconditionFailed(resource: Resource, name: string, why: string): ApiResponse {
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const details = { name, group: resource.group, kind: resource.kind };
  return failure(409, 'Conflict', `Operation cannot be fulfilled on ${kind} "${name}": ${why}`, details);
}

/** All errors in one answer. One that occurs twice is written once, but stays twice among the causes. */
export function invalidObject(resource: Resource, name: string | undefined, errors: readonly FieldError[]): ApiResponse {
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const texts = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
  const all = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const causes = errors.map(({ reason, message, field }) => ({ reason, message, field }));
  return failure(422, 'Invalid', `${kind} "${name ?? ''}" is invalid: ${all}`, {
    ...(name !== undefined && { name }),
    group: resource.group,
    kind: resource.kind,
    causes,
  });
}

export function badRequest(message: string): ApiResponse {
  return failure(400, 'BadRequest', message);
}

export function internalError(message: string): ApiResponse {
  return failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** An error that kube-apiserver passes on without a reason. */
export function bareError(message: string): ApiResponse {
  return failure(500, undefined, message);
}

export function forbiddenRequest(resource: Resource, name: string, why: string, causes: readonly StatusCause[] = []): ApiResponse {
  const details = { name, group: resource.group, kind: resource.plural, causes };
  return failure(403, 'Forbidden', `${resourceName(resource, name)} is forbidden: ${why}`, details);
}

export function methodNotAllowed(): ApiResponse {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function unsupportedPatch(accepted: readonly string[]): ApiResponse {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return failure(415, 'UnsupportedMediaType', message);
}

/** A continue token or a resourceVersion that lies too far back. */
export function expired(message: string, continueToken?: string): ApiResponse {
  const answer = failure(410, 'Expired', message);
  return continueToken === undefined ? answer : { ...answer, body: { ...answer.body, metadata: { continue: continueToken } } };
}

function withoutEmpty(details: NonNullable<Status['details']>): JsonObject {
  const { name, group, kind, uid, causes, retryAfterSeconds } = details;
  return {
    ...(name ? { name } : {}),
    ...(group ? { group } : {}),
    ...(kind ? { kind } : {}),
    ...(uid ? { uid } : {}),
    ...(causes?.length ? { causes: causes.map((cause) => ({ ...cause })) } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}
