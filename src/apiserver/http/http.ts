import type { JsonObject } from '../../model/object.ts';
import { badRequest, failure, methodNotAllowed, noSuchPath, Refusal } from '../answers.ts';
import type { ApiResponse } from '../request.ts';
import { findResource } from '../resources.ts';
import { storedSize, usualSizeLimit } from '../stored-size.ts';
import { askDefinitions } from './definitions.ts';
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions, discoveredGroups } from './discovery.ts';
import { jsonAnswer, notAcceptable, ok, pageNotFound, plainAnswer } from './http-answers.ts';
import { objectOf } from './http-body.ts';
import type { Face, HttpFaceOptions } from './http-face.ts';
import type { HttpAnswer, HttpRequest, HttpResponse } from './http-message.ts';
import { askResource } from './http-resources.ts';
import { acceptsJson, discoveryFormOf } from './media-types.ts';
import { rootPaths, serverVersion } from './non-resource.ts';
import { openApi, openApiV2 } from './openapi.ts';
import { resourcePath, segmentsOf } from './request-path.ts';
import { answerReview, reviewKind } from './reviews.ts';

/**
 * The API server as HTTP sees it: a function from a request to an answer, or to a watch. It listens to nothing;
 * who is asking has been decided before.
 */
export function httpFace(options: HttpFaceOptions): (request: HttpRequest) => HttpResponse {
  const { server, definitions, sizeLimit = usualSizeLimit } = options;
  const size = storedSize(server);
  const hasRoom = () => size() < sizeLimit;
  const face = { ...options, openApi: openApi(server.config.profile, definitions), startedAt: server.now, hasRoom };
  return (request) => {
    try {
      return route(request, face);
    } catch (error) {
      if (error instanceof Refusal) return jsonAnswer(error.response);
      const why = error instanceof Error ? error.message : String(error);
      return jsonAnswer(failure(500, 'InternalError', `Internal error occurred: this is a bug in the sandbox: ${why}`));
    }
  };
}

function route(request: HttpRequest, face: Face): HttpResponse {
  const cut = segmentsOf(request.path);
  if ('malformed' in cut) return jsonAnswer(badRequest(cut.malformed));
  if (cut.segments.length === 0) return read(request, rootPaths(discoveredGroups(face.server.config.profile)));
  const [root, ...rest] = cut.segments;
  switch (root) {
    case 'api':
    case 'apis':
      return routeApi(request, cut.segments, face);
    case 'openapi':
      return routeOpenApi(request, rest, face);
    case 'version':
      return rest.length === 0 ? read(request, serverVersion(face.toolVersion)) : pageNotFound();
    case 'healthz':
    case 'livez':
    case 'readyz':
      return request.method === 'GET' || request.method === 'HEAD' ? plainAnswer(200, 'ok') : jsonAnswer(methodNotAllowed());
    default:
      return pageNotFound();
  }
}

function routeApi(request: HttpRequest, segments: readonly string[], face: Face): HttpResponse {
  const { profile } = face.server.config;
  const [root, group = '', version] = segments;
  if (segments.length === 1) return discovery(request, root === 'api' ? 'api' : 'apis', face);
  const path = resourcePath(segments);
  if (path === undefined) {
    const list = root === 'api' ? apiResourceList(profile, '', group) : apiDocument(face, group, version);
    return list === undefined ? pageNotFound() : read(request, list);
  }
  if (apiResourceList(profile, path.group, path.version) === undefined) return pageNotFound();
  if (asksAsSomebodyElse(request)) return jsonAnswer(otherUsers());
  if (path.group === 'apiextensions.k8s.io' && path.plural === 'customresourcedefinitions') return askDefinitions(request, path, face);
  const entry = findResource(profile, path.group, path.version, path.plural);
  if (entry !== undefined) return askResource(request, path, entry, face);
  const kind = reviewKind(path.group, path.plural);
  return kind === undefined ? jsonAnswer(noSuchPath()) : review(request, path.group, kind, face);
}

/** Asked for what is stored alone: what is served kubectl looks up first, and would not show why that was refused. */
function asksAsSomebodyElse({ headers }: HttpRequest): boolean {
  return Object.keys(headers).some((name) => name.startsWith('impersonate-'));
}

function otherUsers(): ApiResponse {
  const message = 'the sandbox does not know other users: ask without --as, as the administrator of its kubeconfig';
  return failure(501, 'NotImplemented', message, {});
}

function apiDocument(face: Face, group: string, version: string | undefined): JsonObject | undefined {
  const { profile } = face.server.config;
  return version === undefined ? apiGroup(profile, group) : apiResourceList(profile, group, version);
}

function discovery(request: HttpRequest, root: 'api' | 'apis', { server }: Face): HttpAnswer {
  const form = discoveryFormOf(request.headers['accept']);
  if (form === undefined) return jsonAnswer(notAcceptable());
  if (request.method !== 'GET') return jsonAnswer(methodNotAllowed());
  const { profile } = server.config;
  if (form === 'legacy') return read(request, root === 'api' ? apiVersions() : apiGroupList(profile));
  const answer = jsonAnswer(ok(aggregatedDiscovery(profile, root, form)), {
    mediaType: `application/json;g=apidiscovery.k8s.io;v=${form.aggregated};as=APIGroupDiscoveryList`,
  });
  return { ...answer, headers: { ...answer.headers, Vary: 'Accept' } };
}

function routeOpenApi(request: HttpRequest, segments: readonly string[], face: Face): HttpAnswer {
  if (request.method !== 'GET') return jsonAnswer(methodNotAllowed());
  const [form, ...rest] = segments;
  if (form === 'v2' && rest.length === 0) return openApiV2(request.headers['accept']);
  if (form !== 'v3') return pageNotFound();
  const document = rest.length === 0 ? face.openApi.index : face.openApi.document(rest.join('/'));
  if (document === undefined) return pageNotFound();
  return { status: 200, headers: { 'Content-Type': 'application/json' }, warnings: [], body: document };
}

function review(request: HttpRequest, group: string, kind: string, { parsers }: Face): HttpAnswer {
  if (request.method !== 'POST') return jsonAnswer(methodNotAllowed());
  if (!acceptsJson(request.headers['accept'])) return jsonAnswer(notAcceptable());
  return jsonAnswer(answerReview(group, kind, objectOf(request.body, request.headers['content-type'], kind, parsers)));
}

/** A document that can only be read. */
function read(request: HttpRequest, body: JsonObject): HttpAnswer {
  if (request.method !== 'GET' && request.method !== 'HEAD') return jsonAnswer(methodNotAllowed());
  return acceptsJson(request.headers['accept']) ? jsonAnswer(ok(body)) : jsonAnswer(notAcceptable());
}
