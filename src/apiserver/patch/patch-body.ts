import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap, rawNumber } from '../../model/raw-json.ts';
import { badRequest, Refusal } from '../answers.ts';
import type { ApiRequest } from '../request.ts';

/** A patch that is an object: a merge patch, a strategic one, or a configuration to apply. @throws Refusal (400) for another value */
export function objectPatch(request: ApiRequest): JsonObject {
  const body = request.body ?? null;
  if (isMap(body)) return body;
  switch (request.patchType) {
    case 'apply':
      if (body === null) throw refusal('invalid object type: /, Kind=');
      throw refusal(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${wrong(body)}`);
    case 'strategic':
      // Go reads null as a patch without fields.
      if (body === null) return {};
      throw refusal(wrong(body));
    default:
      throw refusal(body === null ? 'Invalid JSON Patch' : `error decoding patch: ${wrong(body)}`);
  }
}

/** The operations of a JSON patch. @throws Refusal (400) for anything but a list of objects */
export function patchOperations(request: ApiRequest): readonly JsonObject[] {
  const body = request.body ?? [];
  if (!isList(body)) throw refusal(`error decoding patch: ${wrong(body, '[]handlers.jsonPatchOp')}`);
  return body.map((operation) => {
    if (operation === null) return {};
    if (!isMap(operation)) throw refusal(`error decoding patch: ${wrong(operation, 'handlers.jsonPatchOp')}`);
    return operation;
  });
}

function wrong(value: Json, goType = 'map[string]interface {}'): string {
  return `json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type ${goType}`;
}

/** What Go's decoder calls a value. */
export function jsonTypeOf(value: Json): string {
  if (isList(value)) return 'array';
  if (rawNumber(value) !== undefined) return 'number';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function refusal(message: string): Refusal {
  return new Refusal(badRequest(message));
}
