import type { JsonObject } from '../../model/object.ts';
import { compareText } from '../../model/text-order.ts';
import {
  type ReleaseProfile,
  type ResourceEntry,
  type ServedGroup,
  type ServedSubresource,
  servedGroups,
  servedResources,
} from '../resources.ts';
import type { DiscoveryForm } from './media-types.ts';

/** Every group that discovery tells of, the stored ones and those that only answer questions. */
export function discoveredGroups(profile: ReleaseProfile): readonly ServedGroup[] {
  return groupsOf(profile).map(({ name, versions }) => ({
    name,
    versions: versions.map(({ version }) => version),
    preferredVersion: versions[0]?.version ?? '',
  }));
}

/** The answer to `/api`. */
export function apiVersions(): JsonObject {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
}

/** The answer to `/apis` in its older form. */
export function apiGroupList(profile: ReleaseProfile): JsonObject {
  const groups = discoveredGroups(profile).filter(({ name }) => name !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupBody) };
}

/** The answer to `/apis/GROUP`; undefined when there is no such group. */
export function apiGroup(profile: ReleaseProfile, name: string): JsonObject | undefined {
  const group = discoveredGroups(profile).find((known) => known.name === name && name !== '');
  return group === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(group) };
}

/** The answer to `/api/v1` and `/apis/GROUP/VERSION`; undefined when it is not served. */
export function apiResourceList(profile: ReleaseProfile, group: string, version: string): JsonObject | undefined {
  const found = groupsOf(profile)
    .find(({ name }) => name === group)
    ?.versions.find((known) => known.version === version);
  if (found === undefined) return undefined;
  const resources = found.resources.flatMap((resource) => [
    {
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      kind: resource.kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
      ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
    },
    ...resource.subresources.map(({ name, kind, verbs }) => ({
      name: `${resource.plural}/${name}`,
      singularName: '',
      namespaced: resource.namespaced,
      kind,
      verbs,
    })),
  ]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: group === '' ? version : `${group}/${version}`, resources };
}

/** Everything in one document: the core group for `/api`, all the others for `/apis`. */
export function aggregatedDiscovery(
  profile: ReleaseProfile,
  root: 'api' | 'apis',
  { aggregated }: Exclude<DiscoveryForm, 'legacy'>,
): JsonObject {
  const groups = groupsOf(profile).filter(({ name }) => (name === '') === (root === 'api'));
  const items = groups.map(({ name, versions }) => ({
    metadata: name === '' ? { creationTimestamp: null } : { name, creationTimestamp: null },
    versions: versions.map(({ version, resources }) => ({
      version,
      resources: resources.map((resource) => aggregatedResource(name, version, resource)),
      freshness: 'Current',
    })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${aggregated}`, metadata: {}, items };
}

/** A resource as discovery tells it. */
interface Discovered {
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly ServedSubresource[];
}

interface DiscoveredVersion {
  readonly version: string;
  readonly resources: readonly Discovered[];
}

interface DiscoveredGroup {
  readonly name: string;
  readonly versions: readonly DiscoveredVersion[];
}

function groupsOf(profile: ReleaseProfile): readonly DiscoveredGroup[] {
  const answered = new Set(questions.map(({ name }) => name));
  const stored = servedGroups(profile)
    .filter(({ name }) => !answered.has(name))
    .map(({ name, versions }) => ({
      name,
      versions: versions.map((version) => ({ version, resources: resourcesOf(profile, name, version) })),
    }));
  const custom = stored.findIndex(({ versions }) => versions.some(({ resources }) => resources.some((resource) => resource.custom)));
  const border = custom < 0 ? stored.length : custom;
  return [...stored.slice(0, border), ...questions, ...stored.slice(border)];
}

/** Sorted by plural, as kube-apiserver does. */
function resourcesOf(profile: ReleaseProfile, group: string, version: string): readonly ResourceEntry[] {
  const entries = servedResources(profile).filter((entry) => entry.group === group && entry.version === version);
  return entries.sort((one, other) => compareText(one.plural, other.plural));
}

function plainResource(kind: string, plural: string, verbs: readonly string[], shortNames: readonly string[] = []): Discovered {
  return { plural, singular: kind.toLowerCase(), namespaced: false, kind, verbs, shortNames, categories: [], subresources: [] };
}

/** What is not stored: questions that the server answers, and the definitions, which can only be read. */
const questions: readonly DiscoveredGroup[] = [
  {
    name: 'authentication.k8s.io',
    versions: [{ version: 'v1', resources: [plainResource('SelfSubjectReview', 'selfsubjectreviews', ['create'])] }],
  },
  {
    name: 'authorization.k8s.io',
    versions: [
      {
        version: 'v1',
        resources: [
          plainResource('SelfSubjectAccessReview', 'selfsubjectaccessreviews', ['create']),
          plainResource('SelfSubjectRulesReview', 'selfsubjectrulesreviews', ['create']),
        ],
      },
    ],
  },
  {
    name: 'apiextensions.k8s.io',
    versions: [
      {
        version: 'v1',
        resources: [
          {
            ...plainResource('CustomResourceDefinition', 'customresourcedefinitions', ['get', 'list', 'watch'], ['crd', 'crds']),
            categories: ['api-extensions'],
          },
        ],
      },
    ],
  },
];

function groupBody({ name, versions, preferredVersion }: ServedGroup): JsonObject {
  const named = (version: string) => ({ groupVersion: `${name}/${version}`, version });
  return { name, versions: versions.map(named), preferredVersion: named(preferredVersion) };
}

/** A resource in the shape of apidiscovery.k8s.io. */
function aggregatedResource(group: string, version: string, resource: Discovered): JsonObject {
  return {
    resource: resource.plural,
    responseKind: { group, version, kind: resource.kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
    ...(resource.categories.length > 0 ? { categories: resource.categories } : {}),
    ...(resource.subresources.length > 0
      ? {
          subresources: resource.subresources.map(({ name, kind, verbs }) => ({
            subresource: name,
            responseKind: { group, version, kind },
            verbs,
          })),
        }
      : {}),
  };
}
