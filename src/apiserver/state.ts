import { listAt, mapAt } from '../model/raw-fields.ts';
import { isMap } from '../model/raw-json.ts';
import { methodNotAllowed, noSuchPath, Refusal } from './answers.ts';
import { commitObject, commitRemoval } from './commit.ts';
import type { ServerConfig } from './config.ts';
import { createObject, type Outcome } from './create.ts';
import { deleteCollection, deleteObject } from './delete.ts';
import { storedObject } from './json.ts';
import { getObject, listObjects, type PastStates } from './read.ts';
import type { ApiRequest } from './request.ts';
import { entryOf, readBody } from './request-body.ts';
import type { ResourceEntry } from './resources.ts';
import { findObject, type State } from './store.ts';
import { patchObject, updateObject } from './update.ts';

/**
 * What a kube-apiserver without controllers makes of one request: the next state, and the answer. A pure function; refusals
 * are answers, and leave the state as it was.
 * @param past where pages of an earlier list can still be read; by default only the present is known.
 */
export function handle(state: State, request: ApiRequest, config: ServerConfig, past: PastStates = () => undefined): Outcome {
  const entry = entryOf(request, config);
  if (entry === undefined) return { state, response: noSuchPath() };
  try {
    const outcome = dispatch(state, request, entry, config, past);
    return warned(outcome, entry);
  } catch (error) {
    if (error instanceof Refusal) return warned({ state, response: error.response }, entry);
    throw error;
  }
}

function dispatch(state: State, request: ApiRequest, entry: ResourceEntry, config: ServerConfig, past: PastStates): Outcome {
  const { subresource, verb } = request;
  const served = subresource === undefined ? entry : entry.subresources.find(({ name }) => name === subresource);
  if (served === undefined) return { state, response: noSuchPath() };
  if (!served.verbs.includes(verb)) return { state, response: methodNotAllowed() };
  if (subresource === 'finalize') return finalizeNamespace(state, request, entry, config);
  switch (verb) {
    case 'get':
      return getObject(state, request, entry, config);
    case 'list':
      return listObjects(state, request, entry, config, past);
    case 'create':
      return createObject(state, request, entry, config);
    case 'update':
      return updateObject(state, request, entry, config);
    case 'patch':
      return patchObject(state, request, entry, config);
    case 'delete':
      return deleteObject(state, request, entry, config);
    case 'deletecollection':
      return deleteCollection(state, request, entry, config);
  }
}

/** kube-apiserver warns about old versions whatever the answer is. */
function warned({ state, response }: Outcome, entry: ResourceEntry): Outcome {
  if (entry.deprecation === undefined) return { state, response };
  return { state, response: { ...response, warnings: [entry.deprecation, ...response.warnings] } };
}

/** PUT namespaces/NAME/finalize: the finalizers in the spec; a namespace that is being deleted goes with the last one. */
function finalizeNamespace(state: State, request: ApiRequest, entry: ResourceEntry, config: ServerConfig): Outcome {
  const existing = findObject(state, entry.storage, '', request.name ?? '');
  if (existing === undefined) return updateObject(state, request, entry, config);
  const body = readBody(request, entry, config);
  const finalizers = listAt(mapAt(body.object, 'spec'), 'finalizers');
  const object = storedObject({ ...existing, spec: finalizers.length === 0 ? {} : { ...mapAt(existing, 'spec'), finalizers } });
  const answer = (outcome: { readonly state: State; readonly events: Outcome['response']['events'] }, shown: unknown): Outcome => ({
    state: outcome.state,
    response: { code: 200, body: isMap(shown) ? shown : {}, warnings: body.warnings, events: outcome.events },
  });
  if (request.options.dryRun === true) return answer({ state, events: [] }, object);
  if (finalizers.length === 0 && existing.metadata.deletionTimestamp !== undefined && !existing.metadata.finalizers?.length) {
    const commit = commitRemoval(state, entry.storage, object, request.now);
    return answer(commit, commit.stored);
  }
  const commit = commitObject(state, entry.storage, object, existing);
  return answer(commit, commit.stored);
}
