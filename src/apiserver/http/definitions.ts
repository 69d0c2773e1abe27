import { listAt, mapAt, textAt } from '../../model/raw-fields.ts';
import { compareText } from '../../model/text-order.ts';
import { methodNotAllowed, noSuchPath, notFound } from '../answers.ts';
import { type ResourceEntry, servedResources } from '../resources.ts';
import type { CustomResourceDefinition } from '../schema/crds.ts';
import { selectionOf } from '../selection.ts';
import type { StoredObject } from '../store.ts';
import { jsonAnswer, ok } from './http-answers.ts';
import type { Face } from './http-face.ts';
import type { HttpRequest, HttpResponse } from './http-message.ts';
import { present, presentationOf } from './presentation.ts';
import { booleanParameter, listOptions } from './request-options.ts';
import type { ResourcePath } from './request-path.ts';
import { watchAnswer } from './watch-requests.ts';

/**
 * Answers a request for CustomResourceDefinitions. They are the release's own and can only be read: the sandbox cannot
 * learn a new kind, nor forget one.
 * @throws Refusal for a selector that cannot be parsed.
 */
export function askDefinitions(request: HttpRequest, path: ResourcePath, face: Face): HttpResponse {
  if (path.namespace !== undefined || path.subresource !== undefined) return jsonAnswer(noSuchPath());
  if (request.method !== 'GET' && request.method !== 'HEAD') return jsonAnswer(methodNotAllowed());
  const query = new URLSearchParams(request.query);
  const presentation = presentationOf(request.headers, query, entry, face);
  const all = definitionObjects(face);
  if (path.name !== undefined) {
    const found = all.find((object) => textAt(mapAt(object, 'metadata'), 'name') === path.name);
    return present(found === undefined ? notFound(entry, path.name) : ok(found), presentation);
  }
  const items = all.filter(selectionOf(entry, listOptions(query)));
  const { resourceVersion } = face.server;
  if (booleanParameter(query, 'watch')) {
    const seen = (query.get('resourceVersion') ?? '0') !== '0';
    return watchAnswer({ objects: seen ? [] : items, resourceVersion }, query, presentation);
  }
  return present(ok({ kind: entry.listKind, apiVersion: 'apiextensions.k8s.io/v1', metadata: { resourceVersion }, items }), presentation);
}

const definition = {
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  namespaced: false,
};

const entry: ResourceEntry = {
  ...definition,
  version: 'v1',
  listKind: 'CustomResourceDefinitionList',
  verbs: ['get', 'list', 'watch'],
  subresources: [],
  categories: ['api-extensions'],
  storage: definition,
  storageVersion: 'v1',
  custom: false,
};

/** The definitions of what is served, as a server that has accepted them shows them. */
function definitionObjects(face: Face): readonly StoredObject[] {
  const served = new Set(servedResources(face.server.config.profile).map(({ group, kind }) => `${group}/${kind}`));
  return face.definitions
    .filter(({ group, kind }) => served.has(`${group}/${kind}`))
    .map((found) => established(found, face.startedAt))
    .sort((one, other) => compareText(one.metadata.name, other.metadata.name));
}

function established({ source, versions }: CustomResourceDefinition, since: string) {
  const metadata = mapAt(source, 'metadata');
  const spec = mapAt(source, 'spec');
  const accepted = (type: string, reason: string, message: string) => ({
    type,
    status: 'True',
    lastTransitionTime: since,
    reason,
    message,
  });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      ...metadata,
      name: textAt(metadata, 'name'),
      uid: `definition-${textAt(metadata, 'name')}`,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: since,
    },
    spec: { conversion: { strategy: 'None' }, ...spec, versions: listAt(spec, 'versions') },
    status: {
      conditions: [
        accepted('NamesAccepted', 'NoConflicts', 'no conflicts found'),
        accepted('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
      ],
      acceptedNames: mapAt(spec, 'names'),
      storedVersions: versions.filter(({ storage }) => storage).map(({ name }) => name),
    },
  };
}
