import { jsonOf, type KubeObject } from '../model/object.ts';
import { conditionsOf, mapAt, mapsAt } from '../model/raw-fields.ts';
import { qualifiedPlural, type Resource } from '../model/resources.ts';
import type { Cluster } from './cluster.ts';

/** Why a kind is not served, where its definition may be read and says so; undefined otherwise, as for most users. */
export async function whyNotServed(cluster: Cluster, resource: Resource): Promise<string | undefined> {
  const name = qualifiedPlural(resource);
  const ref = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', namespace: undefined, name };
  try {
    return stateOf(await cluster.get(ref));
  } catch {
    // Whoever may not look at it, or cannot, is told what is known without it.
    return undefined;
  }
}

function stateOf(definition: KubeObject): string | undefined {
  const { name, deletionTimestamp } = definition.metadata;
  const head = `the CustomResourceDefinition ${name}`;
  if (deletionTimestamp !== undefined) return `${head} is being deleted since ${deletionTimestamp}`;
  const refused = conditionsOf(definition).find(({ type, status: value }) => isNeeded(type) && value === 'False');
  if (refused !== undefined) return `${head} is there and not served: ${refused.type} is False: ${refused.message || refused.reason}`;
  const versions = mapsAt(mapAt(jsonOf(definition), 'spec'), 'versions');
  return versions.some(({ served }) => served === true) ? undefined : `${head} is there and serves none of its versions`;
}

function isNeeded(type: unknown): boolean {
  return type === 'Established' || type === 'NamesAccepted';
}
