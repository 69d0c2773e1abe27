import { groupOf, type ObjectRef, versionOf } from './object.ts';

/** What discovery says about one kind. */
export interface Resource {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
}

export const vmOperatorGroup = 'vmoperator.vmware.com';

function resource(group: string, kind: string, plural: string, shortNames: readonly string[], namespaced = true): Resource {
  return { group, kind, plural, singular: kind.toLowerCase(), shortNames, namespaced };
}

export const virtualMachineServices = resource(vmOperatorGroup, 'VirtualMachineService', 'virtualmachineservices', ['vmservice']);
export const virtualMachines = resource(vmOperatorGroup, 'VirtualMachine', 'virtualmachines', ['vm']);
export const services = resource('', 'Service', 'services', ['svc']);
export const endpoints = resource('', 'Endpoints', 'endpoints', ['ep']);
export const endpointSlices = resource('discovery.k8s.io', 'EndpointSlice', 'endpointslices', []);
export const events = resource('', 'Event', 'events', ['ev']);
export const pods = resource('', 'Pod', 'pods', ['po']);
export const namespaces = resource('', 'Namespace', 'namespaces', ['ns'], false);
export const resourceQuotas = resource('', 'ResourceQuota', 'resourcequotas', ['quota']);
export const networkSettings = resource('netoperator.vmware.com', 'NetworkSettings', 'networksettings', []);
export const capabilities = resource('iaas.vmware.com', 'Capabilities', 'capabilities', [], false);
export const leases = resource('coordination.k8s.io', 'Lease', 'leases', []);
export const deployments = resource('apps', 'Deployment', 'deployments', ['deploy']);

const definitions = resource('apiextensions.k8s.io', 'CustomResourceDefinition', 'customresourcedefinitions', ['crd'], false);

/** The kinds that commands read or write, by `group/Kind`. */
const known = new Map(
  [
    virtualMachineServices,
    virtualMachines,
    services,
    endpoints,
    endpointSlices,
    events,
    pods,
    namespaces,
    networkSettings,
    capabilities,
    deployments,
    definitions,
  ].map((known) => [`${known.group}/${known.kind}`, known]),
);

/**
 * The resource of a kind that the tool itself reads or writes.
 * @throws Error for any other kind: a caller that takes kinds from users asks discovery instead.
 */
export function resourceOf(ref: { readonly apiVersion: string; readonly kind: string }): Resource {
  const found = known.get(`${groupOf(ref.apiVersion)}/${ref.kind}`);
  if (found === undefined) throw new Error(`no resource is known for ${ref.apiVersion} ${ref.kind}`);
  return found;
}

export function apiVersionOf(resource: Resource, version: string): string {
  return resource.group === '' ? version : `${resource.group}/${version}`;
}

/** `virtualmachineservices.vmoperator.vmware.com`, `services`: how the API server and kubectl name a resource. */
export function qualifiedPlural(resource: Resource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

/** `virtualmachineservice.vmoperator.vmware.com/web`, `service/web`: one object in kubectl's words. */
export function qualifiedName(ref: Pick<ObjectRef, 'apiVersion' | 'kind' | 'name'>): string {
  const group = groupOf(ref.apiVersion);
  const singular = ref.kind.toLowerCase();
  return `${group === '' ? singular : `${singular}.${group}`}/${ref.name}`;
}

/**
 * The path of a collection or an object. Every segment is encoded, so a name can never leave its place.
 * `namespace` undefined on a namespaced resource means all namespaces.
 */
export function pathOf(
  resource: Resource,
  apiVersion: string,
  place: { readonly namespace?: string | undefined; readonly name?: string; readonly subresource?: string },
): string {
  const root = resource.group === '' ? `/api/${versionOf(apiVersion)}` : `/apis/${resource.group}/${versionOf(apiVersion)}`;
  const scope = resource.namespaced && place.namespace !== undefined ? `/namespaces/${encodeURIComponent(place.namespace)}` : '';
  const name = place.name === undefined ? '' : `/${encodeURIComponent(place.name)}`;
  const subresource = place.subresource === undefined ? '' : `/${place.subresource}`;
  return `${root}${scope}/${resource.plural}${name}${subresource}`;
}
