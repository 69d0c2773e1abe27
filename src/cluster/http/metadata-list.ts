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

export interface MetadataPage {
  readonly items: readonly ObjectMetadata[];
  readonly isLast: boolean;
}

const partialMetadata = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * Names and labels of objects, page by page in the server's order, without specs and status: it is the cheapest thing to ask for
 * and of no fixed moment, so it is good for suggestions and for nothing else.
 * @throws as Cluster's methods
 */
export async function* listMetadata(
  access: ClusterAccess,
  options: LiveOptions,
  resource: Resource,
  namespace: string | undefined,
): AsyncGenerator<MetadataPage> {
  const transport = createTransport(access, { ...options, credentials: credentialsOf(access, options) });
  const at = { host: access.server.host, secure: access.server.secure };
  try {
    const version =
      resource.group === ''
        ? 'v1'
        : preferredVersionOfGroup(await discoverGroup(transport, at, resource.group), resource, access.contextName);
    const path = pathOf(resource, apiVersionOf(resource, version), { namespace });
    for (let token: string | undefined = ''; token !== undefined; ) {
      const query = new URLSearchParams({ limit: String(limits.chunkSize), ...(token === '' ? {} : { continue: token }) });
      const call = { method: 'GET', path: `${path}?${query}`, accept: partialMetadata } as const;
      const answer = await transport.send(call);
      const list = objectOf(answer, { ...at, call }, answer.code === 200 ? withoutManagedFields(answer.body) : answer.body);
      token = tokenOf(list);
      yield { items: itemsOf(list), isLast: token === undefined };
    }
  } finally {
    transport.close();
  }
}

function itemsOf({ items }: JsonObject): readonly ObjectMetadata[] {
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

function tokenOf({ metadata }: JsonObject): string | undefined {
  const token = isMap(metadata) ? metadata.continue : undefined;
  return typeof token === 'string' && token !== '' ? token : undefined;
}
