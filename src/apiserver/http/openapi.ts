import { md5 } from '../../core/md5.ts';
import type { JsonObject } from '../../model/object.ts';
import { type ReleaseProfile, type ResourceEntry, servedResources } from '../resources.ts';
import type { CustomResourceDefinition } from '../schema/crds.ts';
import { discoveredGroups } from './discovery.ts';
import type { HttpAnswer } from './http-message.ts';
import { kubernetesVersion } from './non-resource.ts';
import { builtInSchema, customSchema, type NamedSchemas, sharedSchemas } from './openapi-schemas.ts';

/** What the server says about the shape of its objects, as JSON text. */
export interface OpenApi {
  /** The answer to `/openapi/v3`. */
  readonly index: string;
  /** The answer to `/openapi/v3/PATH`; undefined when there is no such group and version. */
  document(path: string): string | undefined;
}

/**
 * The OpenAPI v3 documents: `kubectl explain` prints them, and `kubectl create` and `apply` learn from them that the server
 * validates fields. They are built when somebody asks for them, and once.
 *
 * Strategic merge patches are left out on purpose: kubectl then computes them from the types that it was built with, which
 * know more than a document written by hand.
 */
export function openApi(profile: ReleaseProfile, definitions: readonly CustomResourceDefinition[]): OpenApi {
  const places = new Map(
    discoveredGroups(profile).flatMap(({ name, versions }) =>
      versions.map((version) => [name === '' ? `api/${version}` : `apis/${name}/${version}`, { group: name, version }] as const),
    ),
  );
  const paths = [...places.keys()].map((path) => {
    const hash = md5(`${profile} ${path} ${definitions.length}`).toUpperCase();
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const;
  });
  const built = new Map<string, string>();
  return {
    index: `${JSON.stringify({ paths: Object.fromEntries(paths) })}\n`,
    document(path) {
      const place = places.get(path);
      if (place === undefined) return undefined;
      const text = built.get(path) ?? `${JSON.stringify(documentOf(profile, place.group, place.version, definitions))}\n`;
      built.set(path, text);
      return text;
    },
  };
}

/**
 * OpenAPI v2 has nothing to say here. Older releases of kubectl load it all the same, in protobuf, before they do anything
 * with a manifest: they get a document without definitions, and then trust the types that they were built with.
 */
export function openApiV2(accept: string | undefined): HttpAnswer {
  const version = `${kubernetesVersion.major}.${kubernetesVersion.minor}`;
  if (!(accept ?? '').includes('proto-openapi')) {
    const body = { swagger: '2.0', info: { title: 'Kubernetes', version }, paths: {}, definitions: {} };
    return { status: 200, headers: { 'Content-Type': 'application/json' }, warnings: [], body: `${JSON.stringify(body)}\n` };
  }
  const info = [...protobufField(1, ascii('Kubernetes')), ...protobufField(2, ascii(version))];
  return {
    status: 200,
    headers: { 'Content-Type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' },
    warnings: [],
    body: Uint8Array.from([...protobufField(1, ascii('2.0')), ...protobufField(2, info), ...protobufField(8, [])]),
  };
}

function documentOf(profile: ReleaseProfile, group: string, version: string, definitions: readonly CustomResourceDefinition[]): JsonObject {
  const entries = servedResources(profile).filter((entry) => entry.group === group && entry.version === version);
  const schemas: NamedSchemas = new Map(sharedSchemas);
  for (const entry of entries) {
    const [name, schema, inner] = entry.custom ? customSchema(entry, definitions) : builtInSchema(entry);
    for (const [innerName, innerSchema] of inner) schemas.set(innerName, innerSchema);
    schemas.set(name, schema);
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: `v${kubernetesVersion.major}.${kubernetesVersion.minor}` },
    paths: Object.fromEntries(entries.flatMap(pathsOf)),
    components: { schemas: Object.fromEntries(schemas) },
  };
}

function pathsOf(entry: ResourceEntry): readonly (readonly [string, JsonObject])[] {
  const root = entry.group === '' ? `/api/${entry.version}` : `/apis/${entry.group}/${entry.version}`;
  const place = entry.namespaced ? `${root}/namespaces/{namespace}/${entry.plural}` : `${root}/${entry.plural}`;
  const collection = { get: operation(entry, 'list'), post: operation(entry, 'post'), delete: operation(entry, 'deletecollection') };
  const item = {
    get: operation(entry, 'get'),
    put: operation(entry, 'put'),
    patch: operation(entry, 'patch'),
    delete: operation(entry, 'delete'),
  };
  const { delete: _, ...status } = item;
  return [
    [place, collection],
    [`${place}/{name}`, item],
    ...entry.subresources.map(({ name }) => [`${place}/{name}/${name}`, status] as const),
    ...(entry.namespaced ? [[`${root}/${entry.plural}`, { get: operation(entry, 'list') }] as const] : []),
  ];
}

function operation(entry: ResourceEntry, action: string): JsonObject {
  const { group, version, kind } = entry;
  return {
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
    parameters: (writes.has(action) ? ['dryRun', 'fieldManager', 'fieldValidation'] : []).map((name) => ({
      name,
      in: 'query',
      schema: { type: 'string', uniqueItems: true },
    })),
    ...(action === 'patch' ? { requestBody: { content: patchContent } } : {}),
    responses: { 200: { description: 'OK' } },
  };
}

const writes = new Set(['post', 'put', 'patch']);

const patchContent = {
  'application/apply-patch+yaml': {},
  'application/json-patch+json': {},
  'application/merge-patch+json': {},
};

/** A field of the protobuf wire format that holds bytes. All of ours are shorter than 128 bytes. */
function protobufField(number: number, content: readonly number[]): readonly number[] {
  return [number * 8 + 2, content.length, ...content];
}

function ascii(text: string): readonly number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
