import type { JsonObject } from '../../model/object.ts';
import { failure, Refusal } from '../answers.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceEntry } from '../resources.ts';
import { jsonAnswer, notAcceptable } from './http-answers.ts';
import type { Face } from './http-face.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';
import { type Representation, representationOf } from './media-types.ts';
import { textParameter } from './request-options.ts';
import { columnsOf, emptyTable, type IncludeObject, partialObject, partialObjectList, tableOf } from './tables.ts';

/** How a client wants to see a resource. */
export interface Presentation {
  readonly representation: Representation;
  readonly entry: ResourceEntry;
  readonly includeObject: IncludeObject;
  readonly pretty: boolean;
  readonly face: Face;
}

/**
 * What the Accept header and the query ask for.
 * @throws Refusal 406 when no form fits, 400 for an `includeObject` that is none.
 */
export function presentationOf(headers: HttpRequest['headers'], query: URLSearchParams, entry: ResourceEntry, face: Face): Presentation {
  const representation = representationOf(headers['accept']);
  if (representation === undefined) throw new Refusal(notAcceptable());
  return { representation, entry, includeObject: includeObjectOf(query), pretty: isForPeople(query, headers['user-agent'] ?? ''), face };
}

/** Who asks with curl, wget or a browser reads the answer, unless it is said otherwise. */
function isForPeople(query: URLSearchParams, userAgent: string): boolean {
  const said = textParameter(query, 'pretty');
  return said === undefined ? /^(curl|Wget|Mozilla\/5\.0)/.test(userAgent) : /^(1|t|T|true|TRUE|True)$/.test(said);
}

/** An answer of the storage in the asked form. Errors and the Status of a deletion stay what they are. */
export function present(response: ApiResponse, presentation: Presentation): HttpAnswer {
  const { representation, pretty } = presentation;
  const { mediaType } = representation;
  const untouched = response.code >= 400 || response.body['kind'] === 'Status';
  if (untouched || representation.as === 'object') return jsonAnswer(response, { mediaType, pretty });
  const isList = Object.hasOwn(response.body, 'items');
  if (representation.as === 'metadata' && representation.list !== isList) return jsonAnswer(notAcceptable());
  return jsonAnswer({ ...response, body: presented(response.body, presentation, true) }, { mediaType, pretty });
}

/** An object or a list in the asked form; `headers` says whether a Table tells its columns. */
export function presented(body: JsonObject, { representation, entry, includeObject, face }: Presentation, headers: boolean): JsonObject {
  switch (representation.as) {
    case 'table': {
      const { version } = representation;
      return tableOf(columnsOf(entry, face.definitions), body, { version, includeObject, now: new Date(face.server.now), headers });
    }
    case 'metadata':
      return Object.hasOwn(body, 'items') ? partialObjectList(body, representation.version) : partialObject(body, representation.version);
    case 'object':
      return body;
    default:
      return representation satisfies never;
  }
}

/** The object of a watch's bookmark, which has nothing but metadata. */
export function presentedBookmark(metadata: JsonObject, { representation, entry }: Presentation): JsonObject {
  if (representation.as === 'table') return emptyTable(representation.version, metadata);
  const object = { kind: entry.kind, apiVersion: entry.group === '' ? entry.version : `${entry.group}/${entry.version}`, metadata };
  return representation.as === 'metadata' ? partialObject(object, representation.version) : object;
}

function includeObjectOf(query: URLSearchParams): IncludeObject {
  const asked = query.get('includeObject') || 'Metadata';
  const known = (['None', 'Metadata', 'Object'] as const).find((word) => word === asked);
  if (known !== undefined) return known;
  throw new Refusal(failure(400, 'BadRequest', `unrecognized includeObject value: "${asked}"`));
}
