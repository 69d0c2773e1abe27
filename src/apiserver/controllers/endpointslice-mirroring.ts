import { formatIp, parseIp } from '../../core/ip-address.ts';
import { mirrorCapacity } from '../../core/mirror-capacity.ts';
import { jsonEqual } from '../../core/patch.ts';
import { type JsonObject, lastAppliedAnnotation } from '../../model/object.ts';
import { listAt, mapAt } from '../../model/raw-fields.ts';
import { endpointSlices, endpoints, services } from '../../model/resources.ts';
import { type EndpointAddress, type EndpointPort, type Endpoints, endpointsOf, ipFamilies, serviceOf } from '../../model/service.ts';
import type { StoreEvent } from '../request.ts';
import { findKind } from '../resources.ts';
import { findObject, objectsIn, type State, type StoredObject } from '../store.ts';
import type { ControllerRequest, ControllerTools } from './controller.ts';
import { repackAllSubsets } from './repack-subsets.ts';

const serviceNameLabel = 'kubernetes.io/service-name';
const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const managedBy = 'endpointslicemirroring-controller.k8s.io';
const skipLabel = 'endpointslice.kubernetes.io/skip-mirror';
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';
const notMirrored = new Set(['endpoints.kubernetes.io/last-change-trigger-time', lastAppliedAnnotation]);

/**
 * Copies Endpoints into EndpointSlices where a Service of their name has no selector: one slice for each subset and address
 * family. Mirrors Kubernetes' EndpointSlice mirroring controller.
 */
export function endpointSliceMirroring(state: State, events: readonly StoreEvent[], tools: ControllerTools): readonly ControllerRequest[] {
  const keys = new Map<string, { readonly namespace: string; readonly name: string }>();
  for (const event of events) {
    for (const { metadata } of [event.object, ...(event.before === undefined ? [] : [event.before])]) {
      const name = mirroredName(event, metadata.labels, metadata.name);
      const namespace = metadata.namespace ?? '';
      if (name !== undefined) keys.set(`${namespace}/${name}`, { namespace, name });
    }
  }
  return [...keys.values()].flatMap(({ namespace, name }) => mirror(state, namespace, name, tools));
}

/** The Endpoints that an event may concern. */
function mirroredName(event: StoreEvent, labels: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  const { group, kind } = event.resource;
  if (group === '' && (kind === 'Endpoints' || kind === 'Service')) return name;
  return kind === 'EndpointSlice' && labels?.[managedByLabel] === managedBy ? labels[serviceNameLabel] : undefined;
}

function mirror(state: State, namespace: string, name: string, tools: ControllerTools): readonly ControllerRequest[] {
  const entry = findKind(tools.config.profile, 'discovery.k8s.io/v1', 'EndpointSlice');
  if (entry === undefined) return [];
  const existing = slicesOf(state, namespace, name);
  const source = findObject(state, endpoints, namespace, name);
  const wanted = source !== undefined && isMirrored(state, source) ? desiredSlices(endpointsOf(source)) : [];
  const requests: ControllerRequest[] = [];
  const request = { resource: entry, namespace, options: { fieldManager: 'kube-controller-manager' } };
  const unused: StoredObject[] = [...existing];
  const missing: JsonObject[] = [];
  for (const slice of wanted) {
    const at = unused.findIndex((candidate) => sliceKey(candidate) === sliceKey(slice));
    const [found] = at < 0 ? [] : unused.splice(at, 1);
    if (found === undefined) missing.push(slice);
    else if (!isCurrent(found, slice))
      requests.push({ ...request, verb: 'update', name: found.metadata.name, body: renamed(slice, found) });
  }
  for (const slice of missing) {
    // A slice of the same family that nobody needs any more is filled anew, as the real controller does.
    const at = unused.findIndex((candidate) => candidate['addressType'] === slice['addressType']);
    const [found] = at < 0 ? [] : unused.splice(at, 1);
    if (found === undefined) requests.push({ ...request, verb: 'create', body: slice });
    else requests.push({ ...request, verb: 'update', name: found.metadata.name, body: renamed(slice, found) });
  }
  for (const { metadata } of unused) requests.push({ ...request, verb: 'delete', name: metadata.name });
  return requests;
}

function slicesOf(state: State, namespace: string, name: string): readonly StoredObject[] {
  return [...objectsIn(state, endpointSlices, namespace).values()].filter(
    ({ metadata }) => metadata.labels?.[serviceNameLabel] === name && metadata.labels[managedByLabel] === managedBy,
  );
}

function isMirrored(state: State, { metadata }: StoredObject): boolean {
  if (metadata.labels?.[skipLabel] === 'true' || metadata.annotations?.[leaderAnnotation] !== undefined) return false;
  const service = findObject(state, services, metadata.namespace ?? '', metadata.name);
  return service !== undefined && serviceOf(service).spec.selector === undefined;
}

function desiredSlices(source: Endpoints): readonly JsonObject[] {
  return repackAllSubsets(source.subsets ?? []).flatMap((subset) => {
    const ready = (subset.addresses ?? []).map((address) => ({ address, ready: true }));
    const notReady = (subset.notReadyAddresses ?? []).map((address) => ({ address, ready: false }));
    const kept = [...ready, ...notReady].slice(0, mirrorCapacity);
    return ipFamilies.flatMap((family) => {
      const members = kept.filter(({ address }) => parseIp(address.ip)?.family === family);
      return members.length === 0 ? [] : [slice(source, family, subset.ports ?? [], members)];
    });
  });
}

function slice(
  source: Endpoints,
  addressType: string,
  ports: readonly EndpointPort[],
  members: readonly { readonly address: EndpointAddress; readonly ready: boolean }[],
): JsonObject {
  const { name, namespace, uid = '', labels = {}, annotations = {} } = source.metadata;
  const copied = Object.fromEntries(Object.entries(annotations).filter(([key]) => !notMirrored.has(key)));
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...labels, [managedByLabel]: managedBy, [serviceNameLabel]: name },
      ...(Object.keys(copied).length === 0 ? {} : { annotations: copied }),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Endpoints', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    addressType,
    endpoints: members.map(({ address, ready }) => endpoint(address, ready)),
    ports: ports.length === 0 ? null : ports.map((port) => ({ ...port, name: port.name ?? '', protocol: port.protocol ?? 'TCP' })),
  };
}

/** The address in canonical form, with everything else as it stands in the Endpoints. */
function endpoint(address: EndpointAddress, ready: boolean): JsonObject {
  const { ip, hostname, nodeName, targetRef } = address;
  const parsed = parseIp(ip);
  return {
    addresses: [parsed === undefined ? ip : formatIp(parsed)],
    conditions: { ready },
    ...(hostname ? { hostname } : {}),
    ...(targetRef === undefined ? {} : { targetRef: { ...targetRef } }),
    ...(nodeName === undefined ? {} : { nodeName }),
  };
}

/** Slices of one family with the same ports stand for the same subset. */
function sliceKey(object: JsonObject): string {
  const ports = listAt(object, 'ports').map((port) => JSON.stringify(port, ['name', 'port', 'protocol', 'appProtocol']));
  return `${String(object['addressType'])} ${ports.sort().join(' ')}`;
}

function isCurrent(existing: StoredObject, desired: JsonObject): boolean {
  const [before, after] = [mapAt(existing, 'metadata'), mapAt(desired, 'metadata')];
  return (
    jsonEqual(listAt(existing, 'endpoints'), listAt(desired, 'endpoints')) &&
    jsonEqual(mapAt(before, 'labels'), mapAt(after, 'labels')) &&
    jsonEqual(mapAt(before, 'annotations'), mapAt(after, 'annotations')) &&
    jsonEqual(listAt(before, 'ownerReferences'), listAt(after, 'ownerReferences'))
  );
}

/** Under the name that there is; how it was made up is forgotten with the first update. */
function renamed(desired: JsonObject, existing: StoredObject): JsonObject {
  const { generateName: _forgotten, ...metadata } = mapAt(desired, 'metadata');
  return { ...desired, metadata: { ...metadata, name: existing.metadata.name } };
}
