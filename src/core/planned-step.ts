import { type Json, type JsonObject, jsonOf, type KubeObject } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { type ServicePort, type ServiceSpec, serviceOf } from '../model/service.ts';
import { applyMergePatch } from './patch.ts';
import type { Step } from './step.ts';

/** One object before and after a step, without what only a server knows. Undefined where there is no object. */
export interface PlannedStep {
  readonly step: Step;
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
}

/**
 * What a step of a dry run comes to. The answers to dry runs hold placeholders: a cluster IP, a node port, a uid that the real
 * write would not get. They are left out, so that nobody takes them for real.
 *
 * A VirtualMachineService is written in up to three requests, and none of the answers to a dry run knows the others: what was
 * sent counts.
 */
export function plannedStep(step: Step): PlannedStep {
  const before = step.before && plain(step.before);
  if (step.operation === 'deleted') return { step, before, after: undefined };
  if (step.ref.kind === 'VirtualMachineService') {
    const after = step.writes.reduce<Json>((state, write) => applyMergePatch(state, withoutPrecondition(write)), before ?? {});
    return { step, before, after: isMap(after) ? after : undefined };
  }
  const answer = step.after && plain(step.ref.kind === 'Service' ? withoutAllocations(step, step.after) : step.after);
  return { step, before, after: answer && withoutNews(answer, step.operation === 'created') };
}

/** A step that was carried out: the objects as the server answered. */
export function writtenStep(step: Step): PlannedStep {
  const after = step.operation === 'deleted' ? undefined : step.after;
  return { step, before: step.before && plain(step.before), after: after && plain(after) };
}

/** The object as JSON, without who manages which field. */
function plain(object: KubeObject): JsonObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return jsonOf({ ...object, metadata });
}

/** Without the version, and of a new object the identity, that only a real write would get. */
function withoutNews(object: JsonObject, isNew: boolean): JsonObject {
  const { metadata } = object;
  if (!isMap(metadata)) return object;
  const { resourceVersion: _, generation: __, ...rest } = metadata;
  const { uid: ___, creationTimestamp: ____, ...unnamed } = rest;
  return { ...object, metadata: isNew ? unnamed : rest };
}

/** Addresses and ports stay where the stored Service has them already, or where they were asked for. */
function withoutAllocations(step: Step, answer: KubeObject): KubeObject {
  const { spec } = serviceOf(answer);
  const stored: ServiceSpec = step.before === undefined ? {} : serviceOf(step.before).spec;
  const asked = askedClusterIP(step);
  const { clusterIP, clusterIPs, healthCheckNodePort, ports, ...rest } = spec;
  const keepsAddress = clusterIP !== undefined && (clusterIP === stored.clusterIP || clusterIP === asked || clusterIP === 'None');
  const knownAddresses =
    clusterIPs?.filter((address) => stored.clusterIPs?.includes(address) || address === asked || address === 'None') ?? [];
  const keptPorts = ports?.map((port) => withoutNewNodePort(port, stored.ports ?? []));
  const kept: ServiceSpec = {
    ...rest,
    ...(keepsAddress && { clusterIP }),
    ...(knownAddresses.length > 0 && { clusterIPs: knownAddresses }),
    ...(healthCheckNodePort !== undefined && healthCheckNodePort === stored.healthCheckNodePort && { healthCheckNodePort }),
    ...(keptPorts !== undefined && { ports: keptPorts }),
  };
  return { ...answer, ...{ spec: kept } };
}

function withoutNewNodePort(port: ServicePort, stored: readonly ServicePort[]): ServicePort {
  if (stored.some(({ nodePort }) => nodePort === port.nodePort)) return port;
  const { nodePort: _, ...rest } = port;
  return rest;
}

function askedClusterIP({ writes }: Step): Json | undefined {
  return writes
    .map((write) => (isMap(write['spec']) ? write['spec']['clusterIP'] : undefined))
    .find((ip) => ip !== undefined && ip !== null);
}

/** The version that a patch was computed from is not something that it changes. */
function withoutPrecondition(patch: JsonObject): JsonObject {
  const { metadata, ...rest } = patch;
  if (!isMap(metadata)) return patch;
  const { resourceVersion: _, ...fields } = metadata;
  return { ...rest, metadata: fields };
}
