import type { JsonObject } from '../../model/object.ts';
import { failure } from '../answers.ts';
import type { ApiResponse } from '../request.ts';
import type { HttpAnswer } from './http-message.ts';

/** A response of the storage as an HTTP answer; `pretty` is for people with curl. */
export function jsonAnswer(response: ApiResponse, { mediaType = 'application/json', pretty = false } = {}): HttpAnswer {
  const body = `${pretty ? JSON.stringify(response.body, undefined, 2) : JSON.stringify(response.body)}\n`;
  return { status: response.code, headers: { 'Content-Type': mediaType }, warnings: response.warnings, body };
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
