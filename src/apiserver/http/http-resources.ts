import { failure, methodNotAllowed, noSuchPath, notFound, Refusal, unsupportedPatch, withWarnings } from '../answers.ts';
import type { ApiResponse, RequestOptions, Verb } from '../request.ts';
import type { ResourceEntry } from '../resources.ts';
import type { IncomingRequest } from '../server.ts';
import { jsonAnswer } from './http-answers.ts';
import { deleteBodyOf, objectOf, patchOf } from './http-body.ts';
import type { Face } from './http-face.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import { bodyTypeOf } from './media-types.ts';
import { present, presentationOf } from './presentation.ts';
import { refusedSubresource } from './refused-subresources.ts';
import { booleanParameter, deleteOptions, getOptions, listOptions, writeOptions } from './request-options.ts';
import type { ResourcePath } from './request-path.ts';
import { watchResource } from './watch-requests.ts';

/**
 * Answers a request for a resource that is stored.
 * @throws Refusal for a request that kube-apiserver's HTTP layer would refuse before the storage sees it.
 */
export function askResource(request: HttpRequest, path: ResourcePath, entry: ResourceEntry, face: Face): HttpResponse {
  const refused = refusedSubresource(entry, path);
  if (refused !== undefined) return jsonAnswer(refused);
  const query = new URLSearchParams(request.query);
  checkVerb(request.method, path, entry);
  const deprecation = entry.deprecation === undefined ? [] : [entry.deprecation];
  const presentation = withWarnings(deprecation, () => presentationOf(request.headers, query, entry, face));
  if (request.method === 'GET' && booleanParameter(query, 'watch') && path.subresource === undefined) {
    return watchResource(path, query, presentation);
  }
  if (growing.has(request.method) && !face.hasRoom()) return jsonAnswer(full());
  const incoming = withWarnings(deprecation, () => understood(request, path, entry, query, face));
  return present(face.server.handle(incoming), presentation);
}

const growing: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

function full(): ApiResponse {
  return failure(507, 'InsufficientStorage', 'the sandbox is full: delete objects before you write others');
}

function understood(request: HttpRequest, path: ResourcePath, entry: ResourceEntry, query: URLSearchParams, face: Face): IncomingRequest {
  const contentType = request.headers['content-type'];
  const userAgent = request.headers['user-agent'];
  const { parsers } = face;
  const asked = (verb: Verb, options: RequestOptions): IncomingRequest => ({ ...addressOf(path), resource: entry, verb, options });
  const named = path.name !== undefined;
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return named ? asked('get', getOptions(query)) : asked('list', listOptions(query));
    case 'POST':
      return {
        ...asked('create', writeOptions(query, userAgent, 'CreateOptions')),
        body: objectOf(request.body, contentType, entry.kind, parsers),
      };
    case 'PUT':
      return {
        ...asked('update', writeOptions(query, userAgent, 'UpdateOptions')),
        body: objectOf(request.body, contentType, entry.kind, parsers),
      };
    case 'PATCH': {
      if (entry.custom && isStrategic(contentType)) throw new Refusal(unsupportedPatch(customPatches));
      const { type, body } = patchOf(request.body, contentType, entry.kind, parsers);
      return { ...asked('patch', writeOptions(query, userAgent, 'PatchOptions', type)), patchType: type, body };
    }
    default: {
      const options = deleteOptions(query, deleteBodyOf(request.body, contentType, parsers));
      return asked(named ? 'delete' : 'deletecollection', options);
    }
  }
}

const customPatches = ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'];

function isStrategic(contentType: string | undefined): boolean {
  return bodyTypeOf(contentType) === 'application/strategic-merge-patch+json';
}

/** Which methods a path takes is known before anything is read. */
function checkVerb(method: string, path: ResourcePath, entry: ResourceEntry): void {
  const verb = verbOf(method, path.name !== undefined);
  const verbs = path.subresource === undefined ? entry.verbs : entry.subresources.find(({ name }) => name === path.subresource)?.verbs;
  // A custom resource has no paths of its own below the object, so it is the object that is not found.
  if (verbs === undefined && entry.custom && path.rest.length === 0) throw new Refusal(notFound(entry, path.name ?? ''));
  if (verbs === undefined || path.rest.length > 0) throw new Refusal(noSuchPath());
  const inAllNamespaces = entry.namespaced && path.namespace === undefined;
  if (inAllNamespaces && path.name !== undefined) throw new Refusal(noSuchPath());
  if (!entry.namespaced && path.namespace !== undefined) throw new Refusal(noSuchPath());
  if (verb === undefined || !verbs.includes(verb) || (inAllNamespaces && verb !== 'list')) throw new Refusal(methodNotAllowed());
}

function verbOf(method: string, named: boolean): Verb | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return named ? 'get' : 'list';
    case 'POST':
      return named ? undefined : 'create';
    case 'PUT':
      return named ? 'update' : undefined;
    case 'PATCH':
      return named ? 'patch' : undefined;
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      return undefined;
  }
}

function addressOf({ namespace, name, subresource }: ResourcePath): Pick<IncomingRequest, 'namespace' | 'name' | 'subresource'> {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}
