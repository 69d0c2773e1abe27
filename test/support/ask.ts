import type { ApiResponse, Verb } from '../../src/apiserver/request.ts';
import { findKind } from '../../src/apiserver/resources.ts';
import type { ApiServer, IncomingRequest } from '../../src/apiserver/server.ts';
import { isList, type Json } from '../../src/model/object.ts';

/** What a request names. Namespaced kinds are asked in `default` unless told; `everywhere` asks all namespaces. */
export interface Target {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string | 'everywhere';
}

/** Sends one request to an in-memory server, as an HTTP client would have it understood. */
export function ask(server: ApiServer, verb: Verb, target: Target, more: Partial<IncomingRequest> = {}): ApiResponse {
  const resource = findKind(server.config.profile, target.apiVersion ?? 'v1', target.kind);
  if (resource === undefined) throw new Error(`the server does not serve ${target.kind}`);
  const namespace = target.namespace ?? 'default';
  return server.handle({
    verb,
    resource,
    ...(resource.namespaced && namespace !== 'everywhere' ? { namespace } : {}),
    ...(target.name === undefined ? {} : { name: target.name }),
    options: {},
    ...more,
  });
}

/** A field of an answer, by its path: `metadata.name`, `items.0.spec.type`. */
export function at(value: Json | undefined, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((inner, step) => {
    if (isList(inner)) return inner[Number(step)];
    return typeof inner === 'object' && inner !== null ? inner[step] : undefined;
  }, value);
}

/** The code and what is said, which for a success is the code alone. */
export function verdict({ code, body }: ApiResponse): string {
  return code < 300 ? `${code}` : `${code} ${String(body.message)}`;
}
