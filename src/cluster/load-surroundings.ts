import { isSeen, type Leg, type Unavailable } from '../core/snapshot.ts';
import { surroundingOf } from '../core/surrounding-shapes.ts';
import { type SurroundingName, type Surroundings, surroundingKinds, surroundingNames, surroundingsOf } from '../core/surroundings.ts';
import type { KubeObject } from '../model/object.ts';
import { namespaces, type Resource } from '../model/resources.ts';
import { ApiError, isForbidden, isNotFound } from '../model/status.ts';
import { type Cluster, ConnectionError, type Discovery, isUnanswered } from './cluster.ts';
import { isAllowed } from './is-allowed.ts';

/** VM Operator's own namespace. */
const operatorNamespace = 'vmware-system-vmop';

/** What stands around the services, and which API groups the server has. */
export interface LoadedSurroundings {
  readonly surroundings: Surroundings;
  /** Undefined where it could not be asked. */
  readonly groups: readonly string[] | undefined;
  /** Whether the user may write Endpoints; undefined where nobody could say, or of which namespace was not asked. */
  readonly mayWriteEndpoints: boolean | undefined;
  /** What was asked of these and got no answer. */
  readonly unread: readonly Unavailable[];
}

/**
 * Reads every surrounding kind that the server has, each once and each on its own: what one answer denies does not hide the others.
 * @throws ApiError when the server does not know who asks
 */
export async function loadSurroundings(cluster: Cluster, namespace: string | undefined): Promise<LoadedSurroundings> {
  const served = discovered(cluster);
  const [legs, review] = await Promise.all([
    Promise.all(surroundingNames.map(async (name) => [name, await readLeg(cluster, name, namespace, await served)] as const)),
    namespace === undefined ? undefined : reviewOf(cluster, namespace),
  ]);
  const byName = new Map<SurroundingName, Leg<KubeObject>>(legs);
  return {
    surroundings: surroundingsOf((name) => byName.get(name) ?? { items: [] }),
    groups: (await served)?.groups.map((group) => group.name),
    mayWriteEndpoints: typeof review === 'boolean' ? review : undefined,
    unread: [...legs.flatMap(([, leg]) => (isSeen(leg) ? [] : [leg.unavailable])), ...(typeof review === 'object' ? [review] : [])],
  };
}

/** Whether the user may write Endpoints, or why the server did not say. */
async function reviewOf(cluster: Cluster, namespace: string): Promise<boolean | Unavailable> {
  try {
    return (await cluster.accessReview(endpointsIn(namespace))).allowed;
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    return {
      verb: 'create',
      resource: 'selfsubjectaccessreviews',
      group: 'authorization.k8s.io',
      namespace,
      because: isForbidden(error) ? 'Forbidden' : 'Failed',
      message: error.message,
    };
  }
}

/** Whether the user may write Endpoints in a namespace; undefined where that could not be found out. */
export function mayWrite(cluster: Cluster, namespace: string): Promise<boolean | undefined> {
  return isAllowed(cluster, endpointsIn(namespace));
}

function endpointsIn(namespace: string): Parameters<Cluster['accessReview']>[0] {
  return { namespace, verb: 'create', group: '', resource: 'endpoints' };
}

/** Undefined where the server would not say: then nobody knows which kinds there are. */
async function discovered(cluster: Cluster): Promise<Discovery | undefined> {
  try {
    return await cluster.discover();
  } catch (error) {
    if (error instanceof ConnectionError || (error instanceof ApiError && error.code !== 401)) return undefined;
    throw error;
  }
}

async function readLeg(
  cluster: Cluster,
  name: SurroundingName,
  namespace: string | undefined,
  served: Discovery | undefined,
): Promise<Leg<KubeObject>> {
  const resource: Resource = surroundingKinds[name];
  const own = name === 'operatorLeases' || name === 'operatorDeployments' ? operatorNamespace : namespace;
  // Of namespaces a user of one may see that one at most.
  const single = resource === namespaces ? namespace : undefined;
  const where = { verb: single === undefined ? 'list' : 'get', resource: resource.plural, group: resource.group, namespace: own } as const;
  if (served === undefined) return { unavailable: { ...where, because: 'Failed', message: 'what the server has could not be found out' } };
  const version = servedVersion(served, resource) ?? unlistedVersion(served, resource);
  if (version === undefined) {
    const broken = served.unavailable.find(({ group }) => mayHide(group, resource, served));
    return broken === undefined ? { items: [] } : { unavailable: { ...where, because: 'Failed', message: broken.reason } };
  }
  try {
    const found =
      single === undefined
        ? (await cluster.list(resource, version, { namespace: resource.namespaced ? own : undefined, withoutManagedFields: true })).items
        : [await oneNamespace(cluster, single)];
    return { items: found.map((object) => surroundingOf(name, object)) };
  } catch (error) {
    return unavailableLeg(where, error);
  }
}

function servedVersion({ groups, resources }: Discovery, { group, plural }: Resource): string | undefined {
  const versions = resources.filter((entry) => entry.group === group && entry.plural === plural).map(({ version }) => version);
  const preferred = groups.find(({ name }) => name === group)?.preferredVersion;
  return versions.find((version) => version === preferred) ?? versions[0];
}

/**
 * The version to ask of a group that the server names without its kinds: an old one is asked for those of few groups. What it does not
 * have then, it says.
 */
function unlistedVersion({ groups, resources, unavailable }: Discovery, { group }: Resource): string | undefined {
  if (resources.some((entry) => entry.group === group) || unavailable.some((one) => isOf(one.group, group))) return undefined;
  return groups.find(({ name }) => name === group)?.preferredVersion;
}

/** Whether a kind that is not among those of the server may be in what could not be looked at. `*`: in any group that it did not name. */
function mayHide(broken: string, { group }: Resource, { groups }: Discovery): boolean {
  return broken === '*' ? !groups.some(({ name }) => name === group) : isOf(broken, group);
}

/** `apps`, `apps/v1` and, of the core group, `v1`. */
function isOf(broken: string, group: string): boolean {
  return group === '' ? /^v\d/.test(broken) : broken === group || broken.startsWith(`${group}/`);
}

function oneNamespace(cluster: Cluster, name: string): Promise<KubeObject> {
  return cluster.get({ apiVersion: 'v1', kind: namespaces.kind, namespace: undefined, name });
}

function unavailableLeg(where: Omit<Unavailable, 'because' | 'message'>, error: unknown): Leg<KubeObject> {
  if (isNotFound(error)) return { items: [] };
  if (isForbidden(error)) return { unavailable: { ...where, because: 'Forbidden', message: error.message } };
  if (error instanceof ConnectionError || (error instanceof ApiError && error.code !== 401)) {
    return { unavailable: { ...where, because: 'Failed', message: error.message } };
  }
  throw error;
}
