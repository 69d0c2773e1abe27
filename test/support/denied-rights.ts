import type { HttpRequest, HttpResponse } from '../../src/apiserver/http/http-message.ts';
import type { Right } from '../../src/core/rights/rights.ts';
import { forbidden } from './supervisor.ts';

/** `patch endpoints`, `patch virtualmachineservices/status`: a right in few words. Groups do not matter here. */
export function words({ verb, resource, subresource }: Pick<Right, 'verb' | 'resource' | 'subresource'>): string {
  return `${verb} ${subresource === undefined ? resource : `${resource}/${subresource}`}`;
}

/**
 * A server on which somebody lacks rights, in `namespace` or everywhere: asked for them it says no, and what needs them is
 * refused. For `disturb` of a Supervisor.
 *
 * @param denied each as `words` has it
 */
export function without(denied: readonly string[], namespace?: string) {
  return withoutThose((right) => denied.includes(words(right)) && (namespace === undefined || namespace === right.namespace));
}

/** The same for somebody who has these rights for objects of these names alone, as a Role with resourceNames gives them. */
export function onlyFor(names: readonly string[], rights: readonly string[]) {
  return withoutThose((right) => rights.includes(words(right)) && !names.includes(right.name ?? ''));
}

function withoutThose(isDenied: (right: Asked) => boolean) {
  return (request: HttpRequest): HttpResponse | undefined => {
    if (request.path === reviews) {
      const right = askedFor(request);
      return isDenied(right) ? answer({ allowed: false }) : undefined;
    }
    const right = usedBy(request);
    if (right === undefined || !isDenied(right)) return undefined;
    return forbidden(`${right.resource} is forbidden: User "dev" cannot ${words(right)} in the namespace "${right.namespace}"`);
  };
}

/** The same for somebody who has these rights and no others. */
export function withNothingBut(granted: readonly Right[]) {
  const all = [...verbsOf.values(), 'get', 'list'].flatMap((verb) =>
    ['virtualmachineservices', 'virtualmachineservices/status', 'virtualmachines', 'services', 'endpoints'].map(
      (resource) => `${verb} ${resource}`,
    ),
  );
  const kept = new Set(granted.map(words));
  return without(all.filter((right) => !kept.has(right)));
}

export const reviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

interface Asked extends Right {
  readonly namespace: string;
}

/** What an access review asks about. */
export function askedFor({ body }: Pick<HttpRequest, 'body'>): Asked {
  const { spec } = JSON.parse(new TextDecoder().decode(body));
  return spec.resourceAttributes;
}

const verbsOf: ReadonlyMap<string, string> = new Map([
  ['POST', 'create'],
  ['PATCH', 'patch'],
  ['DELETE', 'delete'],
]);

/** The right that a request about objects of a namespace takes. */
function usedBy({ method, path }: HttpRequest): Asked | undefined {
  const [, group = '', namespace = '', resource = '', name, subresource] =
    /^\/apis?\/(?:([^/]+)\/)?v[^/]+\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+)(?:\/([^/]+))?)?$/.exec(path) ?? [];
  if (resource === '') return undefined;
  const verb = method === 'GET' ? (name === undefined ? 'list' : 'get') : (verbsOf.get(method) ?? method);
  return { verb, group, namespace, resource, ...(name !== undefined && { name }), ...(subresource !== undefined && { subresource }) };
}

function answer(status: object): HttpResponse {
  const body = JSON.stringify({ kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec: {}, status });
  return { status: 201, headers: { 'content-type': 'application/json' }, warnings: [], body };
}
