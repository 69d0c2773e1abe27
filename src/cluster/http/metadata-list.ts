import type { JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { apiVersionOf, pathOf, type Resource } from '../../model/resources.ts';
import { credentialsOf } from '../kubeconfig/credentials.ts';
import type { ClusterAccess } from '../kubeconfig/kubeconfig.ts';
import { limits } from '../limits.ts';
import type { LiveOptions } from '../live.ts';
import { preferredVersionOfGroup } from '../preferred-version.ts';
import { objectOf } from './api-answer.ts';
import { discoverGroup } from './discovery.ts';
import { createTransport } from './transport.ts';
import { withoutManagedFields } from './without-managed-fields.ts';

/** What the server tells of an object when nobody needs more. */
export interface ObjectMetadata {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
}

const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const partialMetadata = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * Names and labels of the first objects, without specs and status: good for suggestions and for nothing else.
 * @throws as Cluster's methods
 */
export async function listMetadata(
  access: ClusterAccess,
  options: LiveOptions,
  resource: Resource,
  { namespace, labelSelector }: { readonly namespace: string | undefined; readonly labelSelector?: string },
): Promise<readonly ObjectMetadata[]> {
  const query = { limit: String(limits.chunkSize), ...(labelSelector !== undefined && { labelSelector }) };
  return metadataOf(await ask(access, options, resource, namespace, { query, accept: partialMetadata }));
}

/**
 * The names of all objects, as soon as it can be: from the server's memory, not from where it stores them, and as a table
 * without the objects. Of ten thousand VMs that takes a server no longer than a page of five hundred with their metadata.
 * @throws as Cluster's methods
 */
export async function listNames(
  access: ClusterAccess,
  options: LiveOptions,
  resource: Resource,
  namespace: string | undefined,
): Promise<readonly string[]> {
  const query = { resourceVersion: '0', includeObject: 'None' };
  const list = await ask(access, options, resource, namespace, { query, accept: `${table},${partialMetadata}` });
  return list.kind === 'Table' ? namesOfTable(list) : metadataOf(list).map(({ name }) => name);
}

interface Question {
  readonly query: Readonly<Record<string, string>>;
  readonly accept: string;
}

async function ask(
  access: ClusterAccess,
  options: LiveOptions,
  resource: Resource,
  namespace: string | undefined,
  { query, accept }: Question,
): Promise<JsonObject> {
  const transport = createTransport(access, { ...options, credentials: credentialsOf(access, options) });
  const at = { host: access.server.host, secure: access.server.secure };
  try {
    const version =
      resource.group === ''
        ? 'v1'
        : preferredVersionOfGroup(await discoverGroup(transport, at, resource.group), resource, access.contextName);
    const path = pathOf(resource, apiVersionOf(resource, version), { namespace });
    const call = { method: 'GET', path: `${path}?${new URLSearchParams(query)}`, accept } as const;
    const answer = await transport.send(call);
    return objectOf(answer, { ...at, call }, answer.code === 200 ? withoutManagedFields(answer.body) : answer.body);
  } finally {
    transport.close();
  }
}

function namesOfTable({ columnDefinitions, rows }: JsonObject): readonly string[] {
  if (!Array.isArray(columnDefinitions) || !Array.isArray(rows)) return [];
  const column = columnDefinitions.findIndex((definition) => isMap(definition) && definition.name === 'Name');
  return rows.flatMap((row) => {
    const name = isMap(row) && Array.isArray(row.cells) ? row.cells[column] : undefined;
    return typeof name === 'string' ? [name] : [];
  });
}

function metadataOf({ items }: JsonObject): readonly ObjectMetadata[] {
  if (!Array.isArray(items)) return [];
  return items.flatMap((item) => {
    const metadata = isMap(item) && isMap(item.metadata) ? item.metadata : {};
    const { name, labels } = metadata;
    if (typeof name !== 'string') return [];
    const texts = Object.entries(isMap(labels) ? labels : {}).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value] as const] : [],
    );
    return [{ name, labels: new Map(texts) }];
  });
}
