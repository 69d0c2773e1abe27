import { groupOf, type KubeObject, versionOf } from '../model/object.ts';
import { vmOperatorGroup } from '../model/resources.ts';

/** The newest version of VM Operator's API that objects are written in: the release that they are for has it. Undefined without any. */
export function newestVersion(objects: readonly Pick<KubeObject, 'apiVersion'>[]): string | undefined {
  const versions = [...new Set(objects.map(({ apiVersion }) => apiVersion))]
    .filter((apiVersion) => groupOf(apiVersion) === vmOperatorGroup)
    .map(versionOf)
    // A slash too many makes none.
    .filter((version) => !version.includes('/'));
  return versions.toSorted((left, right) => rank(right) - rank(left))[0];
}

function rank(version: string): number {
  return Number(/^v1alpha(\d+)$/.exec(version)?.[1] ?? 0);
}
