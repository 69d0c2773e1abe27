import { createHash } from 'node:crypto';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { Json, JsonObject, KubeObject, ObjectRef } from '../../src/model/object.ts';
import { virtualMachines } from '../../src/model/resources.ts';
import { ApiError } from '../../src/model/status.ts';
import { at, difference, json, list, type Mutable, map, pruned } from './model-json.ts';

/** Which controller is modelled, and what its environment says. */
export interface ModelSetup {
  readonly release: 'A' | 'B' | 'C' | 'D' | 'E';
  readonly workloadIPv6: boolean;
  /** @throws Error whose message the controller reports */
  readonly provider: () => Promise<'nsx' | 'none'>;
  /** RFC 3339, whole seconds. */
  readonly now: string;
}

/**
 * VM Operator's controller, once, for one VirtualMachineService: a slow and straight reading of what it is known to do, and no
 * line of it shared with the engine that it is held against. Like the real one it patches without naming a version, and its
 * caller calls it again after an error.
 *
 * @returns its error's text, or null
 */
export async function runController(cluster: Cluster, namespace: string, name: string, setup: ModelSetup): Promise<string | null> {
  const hub = { A: 'v1alpha1', B: 'v1alpha1', C: 'v1alpha2', D: 'v1alpha5', E: 'v1alpha6' }[setup.release];
  const key: Key = { cluster, setup, hub: `vmoperator.vmware.com/${hub}`, hubVersion: hub, namespace, name };
  const stored = await read(key, key.hub, 'VirtualMachineService');
  if (stored === undefined) return null;
  const before = withoutConversion(stored);
  const vmsvc: Mutable = copy(before);
  const error = await attempt(() =>
    at(before, 'metadata', 'deletionTimestamp') === undefined ? normal(key, vmsvc) : deletion(key, vmsvc),
  );
  const patchError = await attempt(() => deferredPatch(key, before, vmsvc));
  return error ?? patchError;
}

interface Key {
  readonly cluster: Cluster;
  readonly setup: ModelSetup;
  readonly hub: string;
  readonly hubVersion: string;
  readonly namespace: string;
  readonly name: string;
}

const newFinalizer = 'vmoperator.vmware.com/virtualmachineservice';
const oldFinalizer = 'virtualmachineservice.vmoperator.vmware.com';
const policyKey = 'virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy';
const healthKey = 'virtualmachineservice.vmoperator.vmware.com/service.healthCheckNodePort';
const nsxHealthKey = 'ncp/healthCheckNodePort';
const nsxHostKey = 'nsx.vmware.com/hostname';
const proxyLabel = 'service.kubernetes.io/service-proxy-name';
const conditionType = 'VirtualMachineServiceServiceReady';

async function deletion(key: Key, vmsvc: Mutable): Promise<void> {
  const ours = key.setup.release === 'D' || key.setup.release === 'E' ? [newFinalizer, oldFinalizer] : [oldFinalizer];
  const finalizers = list(at(vmsvc, 'metadata', 'finalizers'));
  if (!finalizers.some((entry) => ours.some((own) => own === entry))) return;
  for (const kind of ['Endpoints', 'Service']) {
    try {
      await key.cluster.delete(refTo(key, 'v1', kind), { dryRun: 'none' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code !== 404) throw new Error(`failed to delete ${kind}: ${error.message}`);
    }
  }
  const rest = finalizers.filter((entry) => !ours.some((own) => own === entry));
  vmsvc['metadata'] = { ...map(vmsvc['metadata']), finalizers: rest };
}

async function normal(key: Key, vmsvc: Mutable): Promise<void> {
  const { release } = key.setup;
  const wrap = (prefix: string, message: string) =>
    new Error(release === 'E' ? `failed to reconcile VirtualMachineService: ${prefix}${message}` : message);
  const current = release === 'D' || release === 'E' ? newFinalizer : oldFinalizer;
  const finalizers = list(at(vmsvc, 'metadata', 'finalizers'));
  if (!finalizers.includes(current)) {
    vmsvc['metadata'] = { ...map(vmsvc['metadata']), finalizers: [...finalizers.filter((entry) => entry !== oldFinalizer), current] };
  }
  if (at(vmsvc, 'spec', 'type') === 'LoadBalancer') {
    const provider = await providerOf(key, (message) => wrap('', message));
    const annotations = map(at(vmsvc, 'metadata', 'annotations'));
    const labels = map(at(vmsvc, 'metadata', 'labels'));
    if (provider === 'nsx') {
      const add: Mutable = healthKey in annotations ? { [nsxHealthKey]: annotations[healthKey] } : {};
      const label: Mutable = annotations[policyKey] === 'Local' ? { [proxyLabel]: 'nsx-t' } : {};
      vmsvc['metadata'] = { ...map(vmsvc['metadata']), annotations: { ...annotations, ...add }, labels: { ...labels, ...label } };
    }
  }
  const service = await saying(
    (message) => wrap('failed to update VirtualMachineService k8s Service: ', message),
    () => serviceStage(key, vmsvc),
  );
  await saying(
    (message) => wrap('failed to update VirtualMachineService Endpoints: ', message),
    () => endpointsStage(key, vmsvc, service),
  );
  statusStage(key, vmsvc, service);
}

async function providerOf(key: Key, wrap: (message: string) => Error): Promise<'nsx' | 'none'> {
  try {
    return await key.setup.provider();
  } catch (error) {
    throw wrap(`failed to get load balancer provider: ${error instanceof Error ? error.message : ''}`);
  }
}

async function serviceStage(key: Key, vmsvc: Mutable): Promise<JsonObject> {
  const { release, workloadIPv6 } = key.setup;
  const existing = await read(key, 'v1', 'Service');
  const service: Mutable = existing === undefined ? emptyChild(key, 'Service') : copy(existing);
  takeOwnership(key, vmsvc, service);
  const provider = await providerOf(key, (message) => new Error(message));
  const own = { annotations: map(at(vmsvc, 'metadata', 'annotations')), labels: map(at(vmsvc, 'metadata', 'labels')) };
  const annotations: Mutable = { ...map(at(service, 'metadata', 'annotations')), ...own.annotations };
  const labels: Mutable = { ...map(at(service, 'metadata', 'labels')), ...own.labels };
  if (provider === 'nsx') {
    if (!(healthKey in own.annotations)) delete annotations[nsxHealthKey];
    if (release === 'E' && !(nsxHostKey in own.annotations)) delete annotations[nsxHostKey];
    if (own.annotations[policyKey] !== 'Local') delete labels[proxyLabel];
  }
  for (const name of [policyKey, healthKey]) if (!(name in own.annotations)) delete annotations[name];
  service['metadata'] = { ...map(service['metadata']), annotations, labels };

  const asked = map(vmsvc['spec']);
  const spec: Mutable = { ...map(service['spec']) };
  const type = asked['type'];
  spec['type'] = type;
  spec['externalName'] = asked['externalName'];
  spec['loadBalancerIP'] = asked['loadBalancerIP'];
  spec['loadBalancerSourceRanges'] = asked['loadBalancerSourceRanges'];
  if (release === 'E' && workloadIPv6) {
    if (type === 'ExternalName') {
      delete spec['ipFamilies'];
      delete spec['ipFamilyPolicy'];
    } else {
      if (list(asked['ipFamilies']).length > 0) spec['ipFamilies'] = asked['ipFamilies'];
      if (asked['ipFamilyPolicy'] !== undefined) spec['ipFamilyPolicy'] = asked['ipFamilyPolicy'];
    }
  }
  if (release !== 'A' && release !== 'B') spec['allocateLoadBalancerNodePorts'] = type === 'LoadBalancer' ? false : undefined;
  if (existing === undefined) spec['clusterIP'] = asked['clusterIp'];
  const nodePorts = new Map(list(spec['ports']).map((port) => [at(port, 'name') ?? '', at(port, 'nodePort')]));
  spec['ports'] = list(asked['ports']).map((port) => ({
    name: at(port, 'name'),
    protocol: at(port, 'protocol'),
    port: at(port, 'port'),
    targetPort: at(port, 'targetPort'),
    nodePort: nodePorts.get(at(port, 'name') ?? ''),
  }));
  if (type === 'LoadBalancer' || type === 'NodePort') spec['externalTrafficPolicy'] = 'Cluster';
  const policy = annotations[policyKey];
  if (policy === 'Local' || policy === 'Cluster') spec['externalTrafficPolicy'] = policy;
  service['spec'] = spec;
  return createOrPatch(key, existing, service);
}

async function endpointsStage(key: Key, vmsvc: Mutable, service: JsonObject): Promise<void> {
  const { release } = key.setup;
  const selector = Object.entries(map(at(vmsvc, 'spec', 'selector')));
  if (selector.length === 0 && release !== 'A') return;
  const { items } = await key.cluster.list(virtualMachines, key.hubVersion, { namespace: key.namespace });
  const vms = items.filter(({ metadata }) =>
    selector.every(([name, value]) => metadata.labels !== undefined && metadata.labels[name] === value),
  );
  const existing = await read(key, 'v1', 'Endpoints');
  const readyBefore = list(existing?.['subsets']).flatMap((subset) =>
    list(at(subset, 'addresses')).map((address) => at(address, 'targetRef', 'uid')),
  );
  const families = list(at(service, 'spec', 'ipFamilies'));
  const entries: { readonly ip: string; readonly ready: boolean; readonly target: JsonObject; readonly uid: string }[] = [];
  for (const vm of vms) {
    if (vm.metadata.deletionTimestamp !== undefined) continue;
    const ready = isReady(vm, release, readyBefore);
    const uid = vm.metadata.uid ?? '';
    const target = { apiVersion: key.hub, kind: 'VirtualMachine', namespace: key.namespace, name: vm.metadata.name, uid };
    for (const ip of addressesOf(vm, release, families)) entries.push({ ip, ready, target, uid });
  }
  const endpoints: Mutable = existing === undefined ? emptyChild(key, 'Endpoints') : copy(existing);
  takeOwnership(key, vmsvc, endpoints);
  endpoints['metadata'] = {
    ...map(endpoints['metadata']),
    labels: at(service, 'metadata', 'labels'),
    annotations: at(service, 'metadata', 'annotations'),
  };
  endpoints['subsets'] = entries.length === 0 ? [] : [subsetOf(entries, list(at(service, 'spec', 'ports')))];
  await createOrPatch(key, existing, endpoints);
}

function isReady(vm: KubeObject, release: ModelSetup['release'], readyBefore: readonly (Json | undefined)[]): boolean {
  const probe = at(json(vm), 'spec', 'readinessProbe');
  if (probe === undefined) return true;
  const hasAction =
    at(probe, 'tcpSocket') !== undefined || at(probe, 'guestHeartbeat') !== undefined || list(at(probe, 'guestInfo')).length > 0;
  if (release !== 'A' && release !== 'B' && !hasAction) return true;
  const condition = list(at(json(vm), 'status', 'conditions')).find((entry) => at(entry, 'type') === 'Ready');
  return condition === undefined ? readyBefore.includes(vm.metadata.uid) : at(condition, 'status') === 'True';
}

function addressesOf(vm: KubeObject, release: ModelSetup['release'], families: readonly Json[]): readonly string[] {
  const texts = (values: readonly (Json | undefined)[]) =>
    values.filter((value): value is string => typeof value === 'string' && value !== '');
  if (release === 'A' || release === 'B') return texts([at(json(vm), 'status', 'vmIp')]);
  const ip4 = at(json(vm), 'status', 'network', 'primaryIP4');
  const ip6 = at(json(vm), 'status', 'network', 'primaryIP6');
  if (release !== 'E') return texts([ip4, ip6]).slice(0, 1);
  return texts([families.includes('IPv4') ? ip4 : undefined, families.includes('IPv6') ? ip6 : undefined]);
}

function subsetOf(
  entries: readonly { readonly ip: string; readonly ready: boolean; readonly target: JsonObject; readonly uid: string }[],
  servicePorts: readonly Json[],
): JsonObject {
  const bytes = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right));
  const isUnready = new Set(entries.filter(({ ready }) => !ready).map(({ ip, uid }) => `${ip} ${uid}`));
  const unique = [...new Map(entries.map((entry) => [`${entry.ip} ${entry.uid}`, entry])).values()];
  const sorted = unique.sort((left, right) => bytes(left.ip, right.ip) || bytes(left.uid, right.uid));
  const pick = (ready: boolean) =>
    sorted.filter(({ ip, uid }) => isUnready.has(`${ip} ${uid}`) !== ready).map(({ ip, target }) => ({ ip, targetRef: target }));
  const ports = servicePorts.map((port) => {
    const target = at(port, 'targetPort');
    return {
      name: at(port, 'name'),
      port: typeof target === 'number' ? target : at(port, 'port'),
      protocol: at(port, 'protocol') ?? 'TCP',
    };
  });
  const digest = ({ name, port, protocol }: (typeof ports)[number]) =>
    createHash('md5')
      .update(
        `(v1.EndpointPort){Name:(string)${name ?? ''} Port:(int32)${port} Protocol:(v1.Protocol)${protocol} AppProtocol:(*string)<nil>}`,
      )
      .digest('hex');
  return { addresses: pick(true), notReadyAddresses: pick(false), ports: ports.sort((left, right) => bytes(digest(left), digest(right))) };
}

function statusStage(key: Key, vmsvc: Mutable, service: JsonObject): void {
  const { release, now } = key.setup;
  const status: Mutable = { ...map(vmsvc['status']) };
  const isBalanced = at(vmsvc, 'spec', 'type') === 'LoadBalancer';
  if (isBalanced || release === 'E') {
    const ingress = (isBalanced ? list(at(service, 'status', 'loadBalancer', 'ingress')) : []).map((entry) => ({
      ip: at(entry, 'ip'),
      hostname: at(entry, 'hostname'),
    }));
    const had = at(status, 'loadBalancer', 'ingress') !== undefined;
    if (ingress.length > 0) status['loadBalancer'] = { ...map(status['loadBalancer']), ingress };
    else if (had) status['loadBalancer'] = { ...map(status['loadBalancer']), ingress: undefined };
  }
  if (release === 'E') {
    const condition = conditionFor(list(at(service, 'status', 'conditions')).find((entry) => at(entry, 'type') === 'Ready'));
    if (condition !== undefined) status['conditions'] = withCondition(list(status['conditions']), condition, now);
  }
  vmsvc['status'] = status;
}

function conditionFor(ready: Json | undefined): Mutable | undefined {
  if (ready === undefined) {
    return {
      type: conditionType,
      status: 'Unknown',
      reason: 'ServiceReadyNotPresent',
      message: 'Underlying Service does not have Ready condition',
    };
  }
  const text = (field: string, fallback: string) => at(ready, field) || fallback;
  switch (at(ready, 'status') ?? '') {
    case 'True':
      return { type: conditionType, status: 'True', reason: 'True', message: '' };
    case 'False':
      return {
        type: conditionType,
        status: 'False',
        reason: text('reason', 'ServiceNotReady'),
        message: text('message', 'Underlying Service is not ready'),
      };
    case 'Unknown':
    case '':
      return {
        type: conditionType,
        status: 'Unknown',
        reason: text('reason', 'ServiceReadinessUnknown'),
        message: text('message', 'Underlying Service readiness is unknown'),
      };
    default:
      return undefined;
  }
}

function withCondition(conditions: readonly Json[], condition: Mutable, now: string): readonly Json[] {
  const old = conditions.find((entry) => at(entry, 'type') === conditionType);
  const same = old !== undefined && ['status', 'reason', 'message'].every((field) => (at(old, field) ?? '') === (condition[field] ?? ''));
  if (same) return conditions;
  const all = [...conditions.filter((entry) => entry !== old), { ...condition, lastTransitionTime: now }];
  const rank = (entry: Json) => (at(entry, 'type') === 'Ready' ? '' : String(at(entry, 'type')));
  return all.sort((left, right) => (rank(left) < rank(right) ? -1 : rank(left) > rank(right) ? 1 : 0));
}

/** Conditions with a lock and several tries, then metadata, then the rest of the status without one; all are tried. */
async function deferredPatch(key: Key, before: JsonObject, after: JsonObject): Promise<void> {
  const ref = refTo(key, key.hub, 'VirtualMachineService');
  const write = { dryRun: 'none', fieldManager: 'vm-operator' } as const;
  const split = (object: JsonObject) => {
    const { conditions, ...rest } = map(object['status']);
    const { labels, annotations, finalizers } = map(object['metadata']);
    return { conditions: { conditions }, status: rest, metadata: { labels, annotations, finalizers } };
  };
  const [old, desired] = [split(before), split(after)];
  const errors: (string | null)[] = [];
  const conditions = difference(old.conditions, desired.conditions);
  if (conditions !== undefined) errors.push(await attempt(() => patchConditions(key, ref, conditions)));
  const metadata = difference(old.metadata, desired.metadata);
  if (metadata !== undefined) errors.push(await attempt(async () => void (await key.cluster.patch(ref, { metadata }, write))));
  const status = difference(old.status, desired.status);
  if (status !== undefined)
    errors.push(await attempt(async () => void (await key.cluster.patch(ref, { status }, { ...write, subresource: 'status' }))));
  const [first] = errors.filter((error) => error !== null);
  if (first !== undefined) throw new Error(first);
}

async function patchConditions(key: Key, ref: ObjectRef, conditions: JsonObject): Promise<void> {
  for (let tries = 1; ; tries++) {
    const latest = await key.cluster.get(ref);
    if (difference(map(json(latest)['status']), { ...map(json(latest)['status']), ...conditions }) === undefined) return;
    const { resourceVersion } = latest.metadata;
    try {
      const patch = { metadata: { resourceVersion }, status: conditions };
      await key.cluster.patch(ref, patch, { dryRun: 'none', fieldManager: 'vm-operator', subresource: 'status' });
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 409 || tries >= 5) throw error;
    }
  }
}

function takeOwnership(key: Key, vmsvc: JsonObject, child: Mutable): void {
  const references = list(at(child, 'metadata', 'ownerReferences'));
  const same = (reference: Json) =>
    String(at(reference, 'apiVersion')).startsWith('vmoperator.vmware.com/') &&
    at(reference, 'kind') === 'VirtualMachineService' &&
    at(reference, 'name') === key.name;
  const other = references.find((reference) => at(reference, 'controller') === true && !same(reference));
  if (other !== undefined) {
    throw new Error(`Object ${key.namespace}/${key.name} is already owned by another ${at(other, 'kind')} controller ${at(other, 'name')}`);
  }
  const ours = {
    apiVersion: key.hub,
    kind: 'VirtualMachineService',
    name: key.name,
    uid: at(vmsvc, 'metadata', 'uid'),
    controller: true,
    blockOwnerDeletion: true,
  };
  const index = references.findIndex(same);
  child['metadata'] = { ...map(child['metadata']), ownerReferences: index < 0 ? [...references, ours] : references.with(index, ours) };
}

async function createOrPatch(key: Key, existing: JsonObject | undefined, desired: JsonObject): Promise<JsonObject> {
  const write = { dryRun: 'none', fieldManager: 'vm-operator' } as const;
  const kind = String(desired['kind']);
  if (existing === undefined) {
    const { metadata, ...rest } = map(pruned(desired));
    return json(await key.cluster.create({ apiVersion: 'v1', kind, ...rest, metadata: { ...map(metadata), name: key.name } }, write));
  }
  const patch = difference(existing, desired);
  if (patch === undefined) return existing;
  return json(await key.cluster.patch(refTo(key, 'v1', kind), patch, write));
}

function emptyChild(key: Key, kind: string): Mutable {
  return { apiVersion: 'v1', kind, metadata: { name: key.name, namespace: key.namespace } };
}

async function read(key: Key, apiVersion: string, kind: string): Promise<JsonObject | undefined> {
  try {
    return json(await key.cluster.get(refTo(key, apiVersion, kind)));
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}

function refTo(key: Key, apiVersion: string, kind: string): ObjectRef {
  return { apiVersion, kind, namespace: key.namespace, name: key.name };
}

async function attempt(act: () => Promise<void>): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (error) {
    // A request that never came back, as in a crash, is not something that the controller reports.
    if (error instanceof Error && (error instanceof ApiError || error.constructor === Error)) return error.message;
    throw error;
  }
}

async function saying<T>(words: (message: string) => Error, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Error && (error instanceof ApiError || error.constructor === Error)) throw words(error.message);
    throw error;
  }
}

function withoutConversion(object: JsonObject): JsonObject {
  const { 'vmoperator.vmware.com/conversion': gone, ...annotations } = map(at(object, 'metadata', 'annotations'));
  return gone === undefined ? object : { ...object, metadata: { ...map(object['metadata']), annotations } };
}

function copy(object: JsonObject): Mutable {
  return { ...object };
}
