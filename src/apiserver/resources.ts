import type { Profile } from '../core/profile.ts';
import {
  apiVersionOf,
  capabilities,
  endpointSlices,
  endpoints,
  events,
  namespaces,
  networkSettings,
  type Resource,
  resourceQuotas,
  services,
  virtualMachineServices,
  virtualMachines,
  vmOperatorGroup,
} from '../model/resources.ts';
import type { ServedResource } from './request.ts';

/** Whose custom resources are served. */
export type ReleaseProfile = Profile;

export interface ServedSubresource {
  readonly name: string;
  /** Of the object that travels; for `status` the resource's own. */
  readonly kind: string;
  readonly verbs: readonly string[];
}

/** One row of what the server serves: a resource in one version, as discovery tells it. */
export interface ResourceEntry extends ServedResource {
  readonly listKind: string;
  /** In the order that kube-apiserver answers them. */
  readonly verbs: readonly string[];
  readonly subresources: readonly ServedSubresource[];
  readonly categories: readonly string[];
  /** The resource under which objects are stored: core Events and those of events.k8s.io are the same objects. */
  readonly storage: Resource;
  readonly storageVersion: string;
  /** Defined by a CustomResourceDefinition: it has a generation, a structural schema, and no strategic merge patch. */
  readonly custom: boolean;
  /** Set on a version that kube-apiserver warns about: the text of the warning. */
  readonly deprecation?: string;
}

export interface ServedGroup {
  /** The empty text for the core group. */
  readonly name: string;
  /** As the server prefers them, newest first. */
  readonly versions: readonly string[];
  readonly preferredVersion: string;
}

/** Every resource in every served version, groups in kube-apiserver's order, plurals sorted. */
export function servedResources(profile: ReleaseProfile): readonly ResourceEntry[] {
  return tables.get(profile) ?? [];
}

/** The groups in kube-apiserver's order; the core group, which has no name, comes first. */
export function servedGroups(profile: ReleaseProfile): readonly ServedGroup[] {
  const groups = new Map<string, string[]>();
  for (const { group, version } of servedResources(profile)) {
    const versions = groups.get(group) ?? [];
    if (!versions.includes(version)) versions.push(version);
    groups.set(group, versions);
  }
  return [...groups].map(([name, versions]) => ({ name, versions, preferredVersion: versions[0] ?? '' }));
}

/** The entry of a path's group, version and plural; undefined when it is not served. */
export function findResource(profile: ReleaseProfile, group: string, version: string, plural: string): ResourceEntry | undefined {
  return servedResources(profile).find((entry) => entry.group === group && entry.version === version && entry.plural === plural);
}

/** The entry of an object's apiVersion and kind; undefined when it is not served. */
export function findKind(profile: ReleaseProfile, apiVersion: string, kind: string): ResourceEntry | undefined {
  return kinds.get(profile)?.get(`${apiVersion}/${kind}`);
}

/** Versions of vmoperator.vmware.com, newest first; the newest is stored. */
function vmOperatorVersions(profile: ReleaseProfile): readonly string[] {
  const newest = { A: 1, B: 1, C: 2, D: 5, E: 6 }[profile];
  return Array.from({ length: newest }, (_, index) => `v1alpha${newest - index}`);
}

const builtInVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const namespaceVerbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
const customVerbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

function plain(group: string, kind: string, plural: string, shortNames: readonly string[] = [], namespaced = true): Resource {
  return { group, kind, plural, singular: kind.toLowerCase(), shortNames, namespaced };
}

function status(kind: string): ServedSubresource {
  return { name: 'status', kind, verbs: ['get', 'patch', 'update'] };
}

interface Extras {
  readonly verbs?: readonly string[];
  readonly status?: boolean;
  readonly subresources?: readonly ServedSubresource[];
  readonly categories?: readonly string[];
  readonly storage?: Resource;
  readonly deprecation?: string;
}

function builtIn(resource: Resource, extras: Extras = {}): ResourceEntry {
  const subresources = [...(extras.subresources ?? []), ...(extras.status ? [status(resource.kind)] : [])];
  return {
    ...resource,
    version: 'v1',
    listKind: `${resource.kind}List`,
    verbs: extras.verbs ?? builtInVerbs,
    subresources,
    categories: extras.categories ?? [],
    storage: extras.storage ?? resource,
    storageVersion: 'v1',
    custom: false,
    ...(extras.deprecation === undefined ? {} : { deprecation: extras.deprecation }),
  };
}

function customResource(resource: Resource, version: string, storageVersion: string, withStatus: boolean): ResourceEntry {
  return {
    ...resource,
    version,
    listKind: `${resource.kind}List`,
    verbs: customVerbs,
    subresources: withStatus ? [status(resource.kind)] : [],
    categories: [],
    storage: resource,
    storageVersion,
    custom: true,
  };
}

const eventsOfEvents = plain('events.k8s.io', 'Event', 'events', ['ev']);
const finalize: ServedSubresource = { name: 'finalize', kind: 'Namespace', verbs: ['update'] };

/** What runs containers. Nothing runs here, but who applies, prunes or loads a namespace meets them. */
const workload: Extras = { status: true, categories: ['all'] };

const core = [
  builtIn(plain('', 'ConfigMap', 'configmaps', ['cm'])),
  builtIn(endpoints, { deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice' }),
  builtIn(events),
  builtIn(plain('', 'LimitRange', 'limitranges', ['limits'])),
  builtIn(namespaces, { verbs: namespaceVerbs, subresources: [finalize], status: true }),
  builtIn(plain('', 'PersistentVolumeClaim', 'persistentvolumeclaims', ['pvc']), { status: true }),
  builtIn(plain('', 'PersistentVolume', 'persistentvolumes', ['pv'], false), { status: true }),
  builtIn(plain('', 'Pod', 'pods', ['po']), { status: true, categories: ['all'] }),
  builtIn(plain('', 'ReplicationController', 'replicationcontrollers', ['rc']), workload),
  builtIn(resourceQuotas, { status: true }),
  builtIn(plain('', 'Secret', 'secrets')),
  builtIn(plain('', 'ServiceAccount', 'serviceaccounts', ['sa'])),
  builtIn(services, { status: true, categories: ['all'] }),
];

const rbac = 'rbac.authorization.k8s.io';

const others = [
  builtIn(plain('apps', 'DaemonSet', 'daemonsets', ['ds']), workload),
  builtIn(plain('apps', 'Deployment', 'deployments', ['deploy']), workload),
  builtIn(plain('apps', 'ReplicaSet', 'replicasets', ['rs']), workload),
  builtIn(plain('apps', 'StatefulSet', 'statefulsets', ['sts']), workload),
  builtIn(eventsOfEvents, { storage: events }),
  builtIn(plain('batch', 'CronJob', 'cronjobs', ['cj']), workload),
  builtIn(plain('batch', 'Job', 'jobs'), workload),
  builtIn(plain('networking.k8s.io', 'Ingress', 'ingresses', ['ing']), { status: true }),
  builtIn(plain('networking.k8s.io', 'NetworkPolicy', 'networkpolicies', ['netpol'])),
  builtIn(plain(rbac, 'ClusterRoleBinding', 'clusterrolebindings', [], false)),
  builtIn(plain(rbac, 'ClusterRole', 'clusterroles', [], false)),
  builtIn(plain(rbac, 'RoleBinding', 'rolebindings')),
  builtIn(plain(rbac, 'Role', 'roles')),
  builtIn(plain('apiextensions.k8s.io', 'CustomResourceDefinition', 'customresourcedefinitions', ['crd', 'crds'], false), {
    status: true,
    categories: ['api-extensions'],
  }),
  builtIn(plain('coordination.k8s.io', 'Lease', 'leases')),
  builtIn(endpointSlices),
];

/** From this release on v1alpha1 is marked deprecated in the definitions. */
function deprecationOf(profile: ReleaseProfile, kind: string, version: string): string | undefined {
  if (version !== 'v1alpha1' || (profile !== 'D' && profile !== 'E')) return undefined;
  const newest = vmOperatorVersions(profile)[0];
  return `${vmOperatorGroup}/v1alpha1 ${kind} is deprecated; use ${vmOperatorGroup}/${newest} ${kind}`;
}

function vmOperatorResources(profile: ReleaseProfile): readonly ResourceEntry[] {
  const versions = vmOperatorVersions(profile);
  const storageVersion = versions[0] ?? '';
  return versions.flatMap((version) =>
    [virtualMachines, virtualMachineServices].map((resource) => {
      const deprecation = deprecationOf(profile, resource.kind, version);
      const entry = customResource(resource, version, storageVersion, true);
      return deprecation === undefined ? entry : { ...entry, deprecation };
    }),
  );
}

/** Capabilities and NetworkSettings arrived with the release that reads them. */
function supervisorResources(profile: ReleaseProfile): readonly ResourceEntry[] {
  if (profile !== 'E') return [];
  return [customResource(capabilities, 'v1alpha1', 'v1alpha1', true), customResource(networkSettings, 'v1alpha1', 'v1alpha1', false)];
}

const profiles: readonly ReleaseProfile[] = ['A', 'B', 'C', 'D', 'E'];

const tables = new Map(
  profiles.map((profile) => [profile, [...core, ...others, ...supervisorResources(profile), ...vmOperatorResources(profile)]]),
);

/** The entries by apiVersion and kind; of two for one kind, the first. */
const kinds = new Map(
  [...tables].map(([profile, entries]) => [
    profile,
    new Map(entries.toReversed().map((entry) => [`${apiVersionOf(entry, entry.version)}/${entry.kind}`, entry])),
  ]),
);
