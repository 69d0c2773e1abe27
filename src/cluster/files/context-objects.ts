import { surroundingKinds } from '../../core/surroundings.ts';
import { groupOf, type KubeObject, versionOf } from '../../model/object.ts';
import type { Resource } from '../../model/resources.ts';
import type { ApiGroup, ApiResource, Cluster, Discovery, KubeList } from '../cluster.ts';

/** A kind that no release of VM Operator defines, and that says something about its services all the same. */
export function isContext({ apiVersion, kind }: KubeObject): boolean {
  return resourceOf(apiVersion, kind) !== undefined;
}

function resourceOf(apiVersion: string, kind: string): Resource | undefined {
  return Object.values<Resource>(surroundingKinds).find((resource) => resource.kind === kind && resource.group === groupOf(apiVersion));
}

/**
 * The cluster with objects beside it that can only be listed, as they are written: those of networks, load balancers and policies. Only
 * the kinds that there are count as served, since that tells who is at work.
 */
export function withContextObjects<C extends Cluster>(cluster: C, objects: readonly KubeObject[]): C {
  const known = objects.flatMap((object) => {
    const resource = resourceOf(object.apiVersion, object.kind);
    return resource === undefined ? [] : [{ object, resource, version: versionOf(object.apiVersion) }];
  });
  if (known.length === 0) return cluster;
  return {
    ...cluster,
    async list(resource, version, options): Promise<KubeList> {
      const own = known.filter((entry) => entry.resource.group === resource.group && entry.resource.plural === resource.plural);
      if (own.length === 0) return cluster.list(resource, version, options);
      const { namespace } = options;
      const items = own.map(({ object }) => object).filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
      return { items, resourceVersion: undefined };
    },
    async discover(): Promise<Discovery> {
      const { groups, resources, unavailable } = await cluster.discover();
      const added = known.map(({ resource, version }): ApiResource => ({ ...resource, version, verbs: ['list'] }));
      const names = [...new Set(added.map(({ group }) => group))].filter((name) => !groups.some((group) => group.name === name));
      const more = names.map((name): ApiGroup => {
        const versions = [...new Set(added.filter(({ group }) => group === name).map(({ version }) => version))];
        return { name, versions, preferredVersion: versions[0] ?? '' };
      });
      return { groups: [...groups, ...more], resources: [...resources, ...added], unavailable };
    },
  };
}
