import { groupOf } from '../model/object.ts';
import { qualifiedPlural, type Resource } from '../model/resources.ts';
import { type ApiGroup, ConnectionError, type Discovery } from './cluster.ts';

/** The versions of vmoperator.vmware.com that this program can read, oldest first. */
const knownVersions = ['v1alpha1', 'v1alpha2', 'v1alpha3', 'v1alpha4', 'v1alpha5', 'v1alpha6'] as const;

/**
 * The version to speak with a server: the one that it prefers, if we know it, else the newest that both know.
 * `group` comes from `discoverGroup`: one small request. Whether the group has the resource shows when it is asked for.
 * @param why it is not served, where somebody knows
 * @throws ConnectionError when the server does not serve the group, or only versions that we do not know
 */
export function preferredVersionOfGroup(
  group: ApiGroup | undefined,
  resource: Resource,
  contextName: string | undefined,
  why?: string,
): string {
  if (group === undefined || group.versions.length === 0) throw notServed(resource, contextName, why);
  return chosen([group.preferredVersion, ...group.versions], resource);
}

/**
 * A version that somebody named, where the server serves it.
 * @throws ConnectionError otherwise, and for one that we do not know
 */
export function servedVersionOfGroup(
  group: ApiGroup | undefined,
  version: string,
  resource: Resource,
  contextName: string | undefined,
): string {
  if (group === undefined || group.versions.length === 0) throw notServed(resource, contextName);
  if (group.versions.includes(version)) return chosen([version], resource);
  throw new ConnectionError(`${missingType(resource)} in version ${JSON.stringify(version)}`, {
    hint: `it serves ${resource.group} in ${group.versions.join(', ')}`,
  });
}

/**
 * The same from the whole discovery, which also knows whether the resource itself is there.
 * @throws ConnectionError also when the group could not be looked at
 */
export function preferredVersion(discovery: Discovery, resource: Resource, contextName: string | undefined): string {
  const served = discovery.resources
    .filter(({ group, plural }) => group === resource.group && plural === resource.plural)
    .map(({ version }) => version);
  if (served.length === 0) {
    const hole = discovery.unavailable.find(({ group }) => group === '*' || group === resource.group || groupOf(group) === resource.group);
    if (hole !== undefined) throw new ConnectionError(`cannot tell whether the server has ${qualifiedPlural(resource)}: ${hole.reason}`);
    throw notServed(resource, contextName);
  }
  const group = discovery.groups.find(({ name }) => name === resource.group);
  const order = group === undefined ? served : [group.preferredVersion, ...group.versions];
  return chosen(
    order.filter((version) => served.includes(version)),
    resource,
  );
}

function chosen(versions: readonly string[], resource: Resource): string {
  const found = versions.find(isKnown) ?? versions[0];
  if (found !== undefined && isKnown(found)) return found;
  throw new ConnectionError(
    `the server serves ${qualifiedPlural(resource)} only in versions that this program does not know: ${[...new Set(versions)].join(', ')}`,
    { hint: `it knows ${knownVersions[0]} to ${knownVersions.at(-1)}; a newer kubectl-vmsvc may know more` },
  );
}

function isKnown(version: string): boolean {
  return knownVersions.some((known) => known === version);
}

function notServed(resource: Resource, contextName: string | undefined, why?: string): ConnectionError {
  return new ConnectionError(missingType(resource), { hint: why ?? supervisorQuestion(contextName) });
}

/** What the lack of VM Operator's kinds most often means. */
export function supervisorQuestion(contextName: string | undefined): string {
  return `is this a Supervisor? ${contextName === undefined || contextName === '' ? 'no context is set' : `context ${contextName}`}`;
}

/** kubectl's words. */
function missingType({ plural }: Resource): string {
  return `the server doesn't have a resource type "${plural}"`;
}
