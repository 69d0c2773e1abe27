import type { JsonObject } from '../../model/object.ts';
import { ApiError, isNotFound } from '../../model/status.ts';
import type { ApiGroup, ApiResource, Discovery } from '../cluster.ts';
import { type Asked, askJson } from './api-answer.ts';
import type { Transport } from './transport.ts';

const aggregated = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

/**
 * What the server serves: two requests where it knows aggregated discovery, else one for each version of the groups in
 * `needed` besides. A group that cannot be looked at is reported as unavailable and ends nothing.
 */
export async function discover(transport: Transport, at: Omit<Asked, 'call'>, needed: readonly string[]): Promise<Discovery> {
  const roots = await Promise.all(['/api', '/apis'].map((path) => discoverRoot(transport, at, path, needed)));
  return {
    groups: roots.flatMap(({ groups }) => groups),
    resources: roots.flatMap(({ resources }) => resources),
    unavailable: roots.flatMap(({ unavailable }) => unavailable),
  };
}

/** One group's versions. Undefined when the server does not serve it. */
export async function discoverGroup(transport: Transport, at: Omit<Asked, 'call'>, group: string): Promise<ApiGroup | undefined> {
  try {
    return groupOf(await askJson(transport, { method: 'GET', path: `/apis/${encodeURIComponent(group)}` }, at));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function discoverRoot(transport: Transport, at: Omit<Asked, 'call'>, path: string, needed: readonly string[]): Promise<Discovery> {
  let root: JsonObject;
  try {
    root = await askJson(transport, { method: 'GET', path, accept: `${aggregated},application/json` }, at);
  } catch (error) {
    // Without the list of groups those that we need can still be asked by name.
    if (!(error instanceof ApiError)) throw error;
    return path === '/api' ? withResources(transport, at, [coreGroup({})], ['']) : discoverByName(transport, at, needed, error);
  }
  if (root.kind === 'APIGroupDiscoveryList') return fromAggregated(root);
  const groups =
    path === '/api'
      ? [coreGroup(root)]
      : objects(root.groups)
          .map(groupOf)
          .filter((group) => group !== undefined);
  return withResources(transport, at, groups, path === '/api' ? [''] : needed);
}

async function discoverByName(
  transport: Transport,
  at: Omit<Asked, 'call'>,
  needed: readonly string[],
  refused: ApiError,
): Promise<Discovery> {
  const groups: ApiGroup[] = [];
  const unavailable = [{ group: '*', reason: refused.message }];
  for (const name of needed) {
    try {
      const group = await discoverGroup(transport, at, name);
      if (group !== undefined) groups.push(group);
    } catch (error) {
      unavailable.push({ group: name, reason: reasonOf(error) });
    }
  }
  const found = await withResources(transport, at, groups, needed);
  return { ...found, unavailable: [...unavailable, ...found.unavailable] };
}

async function withResources(
  transport: Transport,
  at: Omit<Asked, 'call'>,
  groups: readonly ApiGroup[],
  needed: readonly string[],
): Promise<Discovery> {
  const versions = groups
    .filter(({ name }) => needed.includes(name))
    .flatMap((group) => group.versions.map((version) => ({ group: group.name, version })));
  const unavailable: { group: string; reason: string }[] = [];
  const resources = await Promise.all(
    versions.map(async ({ group, version }) => {
      try {
        const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
        const list = await askJson(transport, { method: 'GET', path }, at);
        return objects(list.resources).flatMap((resource) => legacyResource(resource, group, version));
      } catch (error) {
        unavailable.push({ group: group === '' ? version : `${group}/${version}`, reason: reasonOf(error) });
        return [];
      }
    }),
  );
  return { groups, resources: resources.flat(), unavailable };
}

function fromAggregated(root: JsonObject): Discovery {
  const groups: ApiGroup[] = [];
  const resources: ApiResource[] = [];
  const unavailable: { group: string; reason: string }[] = [];
  for (const item of objects(root.items)) {
    const name = text(object(item.metadata).name);
    const versions = objects(item.versions);
    const [first] = versions;
    if (first !== undefined)
      groups.push({ name, versions: versions.map(({ version }) => text(version)), preferredVersion: text(first.version) });
    for (const served of versions) {
      const version = text(served.version);
      if (served.freshness === 'Stale')
        unavailable.push({ group: `${name}/${version}`, reason: 'its API server did not answer the cluster' });
      resources.push(...objects(served.resources).map((resource) => aggregatedResource(resource, name, version)));
    }
  }
  return { groups, resources, unavailable };
}

function aggregatedResource(resource: JsonObject, group: string, version: string): ApiResource {
  return {
    group,
    version,
    kind: text(object(resource.responseKind).kind),
    plural: text(resource.resource),
    singular: text(resource.singularResource),
    shortNames: texts(resource.shortNames),
    namespaced: resource.scope === 'Namespaced',
    verbs: texts(resource.verbs),
  };
}

/** Subresources are listed beside resources there; they are none. */
function legacyResource(resource: JsonObject, group: string, version: string): ApiResource[] {
  const plural = text(resource.name);
  if (plural === '' || plural.includes('/')) return [];
  const kind = text(resource.kind);
  return [
    {
      group,
      version,
      kind,
      plural,
      singular: text(resource.singularName) || kind.toLowerCase(),
      shortNames: texts(resource.shortNames),
      namespaced: resource.namespaced === true,
      verbs: texts(resource.verbs),
    },
  ];
}

function coreGroup(root: JsonObject): ApiGroup {
  const versions = texts(root.versions);
  return { name: '', versions: versions.length === 0 ? ['v1'] : versions, preferredVersion: versions[0] ?? 'v1' };
}

function groupOf(group: JsonObject): ApiGroup | undefined {
  const versions = objects(group.versions).map((served) => text(served.version));
  const preferredVersion = text(object(group.preferredVersion).version) || versions[0];
  return preferredVersion === undefined ? undefined : { name: text(group.name), versions, preferredVersion };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function object(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
