import { isSeen, type Leg, type LegName, type Snapshot, type Unavailable } from '../core/snapshot.ts';
import { eventOf } from '../model/event.ts';
import { type NetworkSettings, networkSettingsOf } from '../model/network-settings.ts';
import type { KubeObject } from '../model/object.ts';
import {
  apiVersionOf,
  endpointSlices,
  endpoints,
  events,
  networkSettings,
  qualifiedPlural,
  type Resource,
  services,
  virtualMachineServices,
  virtualMachines,
  vmOperatorGroup,
} from '../model/resources.ts';
import { endpointSliceOf, endpointsOf, serviceOf } from '../model/service.ts';
import { ApiError, isForbidden, isNotFound, isNotServed } from '../model/status.ts';
import { vmOf } from '../model/virtual-machine.ts';
import { type VirtualMachineService, vmServiceOf } from '../model/virtual-machine-service.ts';
import { type Cluster, ConnectionError, type ListOptions } from './cluster.ts';
import { inVersion } from './in-version.ts';
import { leanVm } from './lean-vm.ts';

/** What to read. */
export interface SnapshotRequest {
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** Names of VirtualMachineServices, which are then asked for one by one; empty lists them all. */
  readonly names: readonly string[];
  /** Of VirtualMachineServices, in the API's syntax. */
  readonly labelSelector?: string;
  /** The same by fields. */
  readonly fieldSelector?: string;
  readonly chunkSize?: number;
  /** The version of VM Operator's API to use for services and VMs alike. */
  readonly version: string | Promise<string>;
  /** What the version will likely turn out to be. One namespace is asked about before it is known: that costs little when it was wrong. */
  readonly likelyVersion?: string | undefined;
  readonly legs: readonly LegName[];
  /**
   * For a run that writes: who wrote an object matters, and of VMs no more than decides about their endpoints. Otherwise managedFields are
   * left out.
   */
  readonly writers?: boolean | 'fields';
  /** With `writers`: everything of a VM is looked at, not only what decides about its endpoint; and nobody writes. */
  readonly wholeVms?: boolean;
}

/** A name was asked for that does not exist; the other names were read all the same. */
export interface LoadedSnapshot {
  readonly snapshot: Snapshot;
  /** Names of VirtualMachineServices that do not exist, with the server's sentence. */
  readonly notFound: readonly NotFound[];
}

export interface NotFound {
  readonly namespace: string;
  readonly name: string;
  readonly error: ApiError;
}

/** Which VirtualMachineServices are listed. */
export function selectorsOf({ labelSelector, fieldSelector }: SnapshotRequest): Pick<ListOptions, 'labelSelector' | 'fieldSelector'> {
  return { ...(labelSelector !== undefined && { labelSelector }), ...(fieldSelector !== undefined && { fieldSelector }) };
}

function isByName({ names, namespace }: SnapshotRequest): boolean {
  return names.length > 0 && names.length <= manyNames && namespace !== undefined;
}

/** Above this many names one LIST is cheaper than a GET for each. */
const manyNames = 8;

/**
 * Reads everything at once, each kind on its own: what one answer denies does not hide the others.
 * A VirtualMachineService leg that could not be looked at is a fact of the snapshot too, not an error.
 *
 * @throws ConnectionError when the server could not be asked at all.
 */
export async function loadSnapshot(cluster: Cluster, request: SnapshotRequest): Promise<LoadedSnapshot> {
  const notFound: NotFound[] = [];
  const byName = isByName(request);
  const reader = new LegReader(cluster, request);

  const one = request.names.length === 1 ? request.names[0] : undefined;
  const ofService = one === undefined ? {} : { labelSelector: `kubernetes.io/service-name=${one}` };
  const own = selectorsOf(request);

  const [vmServices, vms, serviceLeg, endpointsLeg, slices, eventLeg, settings] = await Promise.all([
    byName
      ? reader.named('vmServices', virtualMachineServices, request.version, vmServiceOf, (name, error) =>
          notFound.push({ namespace: request.namespace ?? '', name, error }),
        )
      : reader.list('vmServices', virtualMachineServices, request.version, vmServiceOf, own),
    reader.list('vms', virtualMachines, request.version, vmOf, {}),
    // Where the provider matters, all of them, even for one name: the traces of a load balancer on any Service tell which it is.
    byName && !request.legs.includes('networkSettings')
      ? reader.named('services', services, 'v1', serviceOf)
      : reader.list('services', services, 'v1', serviceOf, {}),
    byName ? reader.named('endpoints', endpoints, 'v1', endpointsOf) : reader.list('endpoints', endpoints, 'v1', endpointsOf, {}),
    reader.list('slices', endpointSlices, 'v1', endpointSliceOf, ofService),
    reader.list('events', events, 'v1', eventOf, {}),
    reader.networkSettings(),
  ]);

  return {
    snapshot: {
      namespace: request.namespace,
      vmServices: byName || request.names.length === 0 ? vmServices : pickNamed(vmServices, request, notFound),
      vms,
      services: serviceLeg,
      endpoints: endpointsLeg,
      slices,
      events: eventLeg,
      networkSettings: settings,
    },
    notFound,
  };
}

/** Out of a whole list those that were asked for; a name that it does not have is not found. */
export function pickNamed(
  leg: Leg<VirtualMachineService>,
  { namespace = '', names }: Pick<SnapshotRequest, 'namespace' | 'names'>,
  notFound: NotFound[],
): Leg<VirtualMachineService> {
  if (!isSeen(leg)) return leg;
  const present = new Set(leg.items.map((item) => item.metadata.name));
  for (const name of names) if (!present.has(name)) notFound.push({ namespace, name, error: notFoundError(virtualMachineServices, name) });
  const wanted = new Set(names);
  return { items: leg.items.filter((item) => wanted.has(item.metadata.name)) };
}

/** The API server's answer to a name that does not exist. */
export function notFoundError(resource: Resource, name: string): ApiError {
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'NotFound',
    code: 404,
    message: `${qualifiedPlural(resource)} ${JSON.stringify(name)} not found`,
    details: { name, group: resource.group, kind: resource.plural },
  });
}

/** Reads the legs of one request, and turns each denial into a fact. */
class LegReader {
  readonly #cluster: Cluster;
  readonly #request: SnapshotRequest;

  constructor(cluster: Cluster, request: SnapshotRequest) {
    this.#cluster = cluster;
    this.#request = request;
  }

  async list<T>(
    leg: LegName,
    resource: Resource,
    version: string | Promise<string>,
    narrow: (object: KubeObject) => T,
    filter: Pick<ListOptions, 'labelSelector' | 'fieldSelector'>,
  ): Promise<Leg<T>> {
    if (!this.#request.legs.includes(leg)) return notAskedFor(resource, this.#request.namespace);
    const { namespace, chunkSize } = this.#request;
    try {
      const options = { namespace, ...filter, ...(chunkSize !== undefined && { chunkSize }), ...keptOf(leg, this.#request) };
      const { items } = await inVersion(version, this.#likely(), (known, held) =>
        this.#cluster.list(resource, known, { ...options, held }),
      );
      return { items: items.map(narrow) };
    } catch (error) {
      return { unavailable: await this.#denial('list', resource, error) };
    }
  }

  async named<T>(
    leg: LegName,
    resource: Resource,
    version: string | Promise<string>,
    narrow: (object: KubeObject) => T,
    onMissing: (name: string, error: ApiError) => void = () => {},
  ): Promise<Leg<T>> {
    if (!this.#request.legs.includes(leg)) return notAskedFor(resource, this.#request.namespace);
    const { namespace, names } = this.#request;
    try {
      const get = (name: string) =>
        inVersion(version, this.#likely(), (known, held) =>
          this.#cluster.get({ apiVersion: apiVersionOf(resource, known), kind: resource.kind, namespace, name }, { held }),
        );
      const answers = await Promise.all(
        names.map(async (name) => {
          try {
            return { name, found: narrow(await get(name)) };
          } catch (error) {
            if (!isNotFound(error) || isNotServed(error)) throw error;
            return { name, error };
          }
        }),
      );
      // In the order of the names, whichever answer came first.
      for (const { name, error } of answers) if (error !== undefined) onMissing(name, error);
      return { items: answers.flatMap(({ found }) => found ?? []) };
    } catch (error) {
      return { unavailable: await this.#denial('get', resource, error) };
    }
  }

  /** @throws the error itself where it is no fact about the cluster */
  async #denial(verb: 'get' | 'list', resource: Resource, error: unknown): Promise<Unavailable> {
    const denial = unavailableOf(verb, resource, this.#request.namespace, error);
    if (denial.because !== 'NotServed' || resource.group !== vmOperatorGroup) return denial;
    const { whyNotServed } = await import('./missing-definition.ts');
    const why = await whyNotServed(this.#cluster, resource);
    return { ...denial, ...(why !== undefined && { why }) };
  }

  #likely(): string | undefined {
    return this.#request.namespace === undefined ? undefined : this.#request.likelyVersion;
  }

  /** The kind exists on some Supervisors only, and a namespace has at most one, called `default`. */
  async networkSettings(): Promise<Leg<NetworkSettings>> {
    const { namespace, legs } = this.#request;
    if (!legs.includes('networkSettings')) return notAskedFor(networkSettings, namespace);
    try {
      const found =
        namespace === undefined
          ? (await this.#cluster.list(networkSettings, 'v1alpha1', { namespace })).items
          : [
              await this.#cluster.get({
                apiVersion: 'netoperator.vmware.com/v1alpha1',
                kind: 'NetworkSettings',
                namespace,
                name: 'default',
              }),
            ];
      return { items: found.map(networkSettingsOf) };
    } catch (error) {
      if (isNotFound(error)) return { items: [] };
      return { unavailable: unavailableOf(namespace === undefined ? 'list' : 'get', networkSettings, namespace, error) };
    }
  }
}

/**
 * Half of every object is managedFields: who only looks, looks at none of them; who looks at everything, at which part was written by
 * whom; and only who writes wants all of them, of VMs no more than that.
 */
export function keptOf(
  leg: LegName,
  { writers, wholeVms }: Pick<SnapshotRequest, 'writers' | 'wholeVms'>,
): Pick<ListOptions, 'withoutManagedFields' | 'shallowManagedFields' | 'keep'> {
  if (writers === 'fields' && leg !== 'events') return {};
  if (writers === true && wholeVms === true && leg !== 'slices' && leg !== 'events') return { shallowManagedFields: true };
  if (leg === 'vmServices') return {};
  if (writers !== true || leg === 'slices' || leg === 'events') return { withoutManagedFields: true };
  return leg === 'vms' ? { shallowManagedFields: true, keep: leanVm } : {};
}

/** A denial as a fact. @throws the error itself where it is none */
export function unavailableOf(verb: 'get' | 'list', resource: Resource, namespace: string | undefined, error: unknown): Unavailable {
  const where = { verb, resource: resource.plural, group: resource.group, namespace };
  if (isForbidden(error)) return { ...where, because: 'Forbidden', message: error.message };
  if (isNotFound(error)) return { ...where, because: 'NotServed', message: error.message };
  // A bad request is the command line's fault, and no fact about the cluster.
  if (error instanceof ApiError && error.code !== 401 && error.code !== 400) return { ...where, because: 'Failed', message: error.message };
  if (error instanceof ConnectionError && resource !== virtualMachineServices)
    return { ...where, because: 'Failed', message: error.message };
  throw error;
}

/** The answer of a leg that nobody asked for. */
export function notAskedFor(resource: Resource, namespace: string | undefined): { readonly unavailable: Unavailable } {
  return {
    unavailable: { verb: 'list', resource: resource.plural, group: resource.group, namespace, because: 'NotAsked', message: '' },
  };
}
