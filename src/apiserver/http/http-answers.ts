import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { mapAt } from '../../model/raw-fields.ts';
import { failure } from '../answers.ts';
import type { ApiResponse } from '../request.ts';
import type { HttpAnswer } from './http-message.ts';

/** Items that are made into text at a time: a longer list, which nobody asked for in pages, is a long body. */
const itemsOfPiece = 500;

/** A response of the storage as an HTTP answer; `pretty` is for people with curl. */
export function jsonAnswer(response: ApiResponse, { mediaType = 'application/json', pretty = false } = {}): HttpAnswer {
  const { retryAfterSeconds } = mapAt(response.body, 'details');
  const retry = typeof retryAfterSeconds === 'number' ? { 'Retry-After': String(retryAfterSeconds) } : {};
  const answer = { status: response.code, headers: { 'Content-Type': mediaType, ...retry }, warnings: response.warnings };
  if (pretty) return { ...answer, body: `${JSON.stringify(response.body, undefined, 2)}\n` };
  const { items } = response.body;
  if (isList(items) && items.length > itemsOfPiece) return { ...answer, body: { pieces: piecesOf(response.body, items) } };
  return { ...answer, body: `${JSON.stringify(response.body)}\n` };
}

/** The text of a list, its fields in their order. */
function* piecesOf(body: JsonObject, items: readonly Json[]): Iterable<string> {
  let before = '{';
  for (const [name, value] of Object.entries(body)) {
    if (name !== 'items') yield `${before}${JSON.stringify(name)}:${JSON.stringify(value)}`;
    else {
      yield `${before}"items":[`;
      for (let from = 0; from < items.length; from += itemsOfPiece) {
        yield `${from === 0 ? '' : ','}${JSON.stringify(items.slice(from, from + itemsOfPiece)).slice(1, -1)}`;
      }
      yield ']';
    }
    before = ',';
  }
  yield '}\n';
}

export function ok(body: JsonObject): ApiResponse {
  return { code: 200, body, warnings: [], events: [] };
}

/** No form of the answer is one that the client takes. */
export function notAcceptable(): ApiResponse {
  const message = 'only the following media types are accepted: application/json, application/yaml';
  return failure(406, 'NotAcceptable', message, {});
}

/** A path outside the resource API; kube-apiserver says it in plain text. */
export function pageNotFound(): HttpAnswer {
  return plainAnswer(404, '404 page not found\n');
}

export function plainAnswer(status: number, body: string): HttpAnswer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, warnings: [], body };
}
