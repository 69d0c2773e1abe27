/** One entry of `details.causes` in a Status. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** metav1.Status: what an API server answers when it does not answer with an object. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata?: { readonly continue?: string };
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  /** `NotFound`, `Conflict`, `Invalid` … */
  readonly reason?: string;
  readonly details?: {
    readonly name?: string;
    readonly group?: string;
    readonly kind?: string;
    readonly uid?: string;
    readonly causes?: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
  /** The HTTP status code. */
  readonly code: number;
}

/** An API server said no. Memory and live clusters throw the same, so callers cannot tell them apart. */
export class ApiError extends Error {
  readonly status: Status;

  constructor(status: Status) {
    super(status.message ?? `the server answered ${status.code} ${status.reason ?? ''}`.trim());
    this.name = 'ApiError';
    this.status = status;
  }

  get code(): number {
    return this.status.code;
  }

  get reason(): string {
    return this.status.reason ?? '';
  }
}

export function isNotFound(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === 404;
}

/** A 404 that is about an object: it is not there. */
export function isGone(error: unknown): error is ApiError {
  return isNotFound(error) && !isNotServed(error);
}

/** A 404 that is about the path, not about an object: the kind, or its version, is not served; or somebody answers who is no API server. */
export function isNotServed(error: unknown): error is ApiError {
  return isNotFound(error) && error.status.details?.kind === undefined;
}

export function isForbidden(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === 403;
}

export function isConflict(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === 409 && error.reason === 'Conflict';
}
