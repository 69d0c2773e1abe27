import { jsonEqual } from '../../src/core/patch.ts';
import { isList, type Json, type JsonObject, jsonOf, type KubeObject } from '../../src/model/object.ts';

/** A namespace as a recording holds it: what was there, and what the real controller and a real API server made of it. */
export interface RecordedWorld {
  /** Also the namespace of every object. */
  readonly id: string;
  readonly before: readonly KubeObject[];
  /** The VirtualMachineServices, Services and Endpoints after one reconcile of each. */
  readonly after: readonly KubeObject[];
  /** For each VirtualMachineService null, or the controller's error text. */
  readonly results: Readonly<Record<string, string | null>>;
}

/** The same namespace after a reconcile of ours. */
export interface ReconciledWorld {
  /** Objects of other kinds than the three that a reconcile writes are not looked at. */
  readonly after: readonly KubeObject[];
  readonly errors: ReadonlyMap<string, string | null>;
}

/** Where the cluster of the recordings takes addresses and node ports from. */
const clusterRange = {
  IPv4: /^10\.96\.\d{1,3}\.\d{1,3}$/,
  IPv6: /^fd00:10:96::[0-9a-f]{0,4}$/,
  nodePort: (port: number) => Number.isInteger(port) && port >= 30000 && port <= 32767,
} as const;

const writtenKinds: readonly string[] = ['VirtualMachineService', 'Service', 'Endpoints'];

/**
 * Every difference between what the real controller left and what we left, each as a sentence; empty when they agree.
 *
 * Values are compared one by one and lists in their order. Excused is only what a server assigns or a clock decides:
 * resourceVersion, generation and managedFields; uid and creationTimestamp of new objects; cluster IPs and node ports that were not
 * there before, if they lie in their range and nobody asked for another; the time of a condition whose state changed, if it is newer.
 */
export function compareWorlds(recorded: RecordedWorld, ours: ReconciledWorld): readonly string[] {
  const before = byName(recorded.before);
  const expected = byName(recorded.after);
  const actual = byName(ours.after);
  const names = [...new Set([...expected.keys(), ...actual.keys()])].sort();
  const objects = names.flatMap((name) => {
    const [theirs, own] = [expected.get(name), actual.get(name)];
    if (theirs === undefined) return [`${name}: is there, and should not be`];
    if (own === undefined) return [`${name}: is missing`];
    const asked = before.get(`VirtualMachineService/${theirs.metadata.name}`);
    const [comparable, ownComparable] = [theirs, own].map((object) => withoutAssignments(object, before.get(name), asked));
    return differences(name, comparable, ownComparable);
  });
  return [...objects, ...errorDifferences(recorded.results, ours.errors)];
}

function byName(objects: readonly KubeObject[]): Map<string, KubeObject> {
  return new Map(
    objects.filter(({ kind }) => writtenKinds.includes(kind)).map((object) => [`${object.kind}/${object.metadata.name}`, object]),
  );
}

function errorDifferences(recorded: RecordedWorld['results'], errors: ReconciledWorld['errors']): string[] {
  const names = [...new Set([...Object.keys(recorded), ...errors.keys()])].sort();
  return names.flatMap((name) => {
    const [theirs, own] = [recorded[name], errors.get(name)];
    return theirs === own ? [] : [`VirtualMachineService/${name}: the controller said ${text(theirs)}, we said ${text(own)}`];
  });
}

/** The object with a word in the place of each value that a server assigned; a value that no server would assign stays. */
function withoutAssignments(object: KubeObject, before: KubeObject | undefined, asked: KubeObject | undefined): JsonObject {
  const { resourceVersion: _version, generation: _generation, managedFields: _managers, ...metadata } = at(jsonOf(object), 'metadata');
  const whole = { ...jsonOf(object), metadata: before === undefined ? newMetadata(metadata) : metadata };
  const old = before === undefined ? {} : jsonOf(before);
  if (object.kind === 'Service') {
    return { ...whole, spec: withoutAllocations(at(whole, 'spec'), at(old, 'spec'), at(asked === undefined ? {} : jsonOf(asked), 'spec')) };
  }
  const { conditions, ...status } = at(whole, 'status');
  if (!isList(conditions)) return whole;
  return {
    ...whole,
    status: { ...status, conditions: conditions.map((entry) => withoutTime(entry, listAt(at(old, 'status'), 'conditions'))) },
  };
}

function newMetadata(metadata: JsonObject): JsonObject {
  const { uid, creationTimestamp } = metadata;
  return {
    ...metadata,
    uid: typeof uid === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uid) ? '<a uid>' : uid,
    creationTimestamp: isTime(creationTimestamp) ? '<a time>' : creationTimestamp,
  };
}

function withoutAllocations(spec: JsonObject, before: JsonObject, asked: JsonObject): JsonObject {
  const known: readonly Json[] = [...listAt(before, 'clusterIPs'), before.clusterIP ?? '', asked.clusterIp ?? ''];
  const address = (value: Json) => (known.includes(value) ? value : familyWord(value));
  const nodePortsBefore = new Map(listAt(before, 'ports').map((port) => [portName(port), nodePortOf(port)]));
  return mapped(spec, {
    clusterIP: address,
    clusterIPs: (value) => (isList(value) ? value.map(address) : value),
    healthCheckNodePort: (value) => (before.healthCheckNodePort === undefined ? nodePortWord(value) : value),
    ports: (value) =>
      isList(value)
        ? value.map((port) =>
            isObject(port) && nodePortsBefore.get(portName(port)) === undefined ? mapped(port, { nodePort: nodePortWord }) : port,
          )
        : value,
  });
}

function familyWord(value: Json): Json {
  if (typeof value !== 'string') return value;
  if (clusterRange.IPv4.test(value)) return '<an IPv4 address of the cluster>';
  return clusterRange.IPv6.test(value) ? '<an IPv6 address of the cluster>' : value;
}

function nodePortWord(value: Json): Json {
  return typeof value === 'number' && clusterRange.nodePort(value) ? '<a node port>' : value;
}

/** A condition whose state changed has a word for its time, if that is a time and newer than the one before. */
function withoutTime(condition: Json, before: readonly Json[]): Json {
  if (!isObject(condition)) return condition;
  const old = before.find((entry) => isObject(entry) && entry.type === condition.type);
  const time = condition.lastTransitionTime;
  if (!isTime(time)) return condition;
  if (!isObject(old)) return { ...condition, lastTransitionTime: '<a time>' };
  const changed = ['status', 'reason', 'message'].some((field) => old[field] !== condition[field]);
  const newer = isTime(old.lastTransitionTime) && time > old.lastTransitionTime;
  return changed && newer ? { ...condition, lastTransitionTime: '<a newer time>' } : condition;
}

/** Where two values differ, from the outside in: the innermost field that tells them apart. */
function differences(path: string, recorded: Json | undefined, ours: Json | undefined): string[] {
  if (jsonEqual(recorded, ours)) return [];
  if (isObject(recorded) && isObject(ours)) {
    const fields = [...new Set([...Object.keys(recorded), ...Object.keys(ours)])].sort();
    return fields.flatMap((field) => differences(`${path}.${field}`, ownField(recorded, field), ownField(ours, field)));
  }
  if (isList(recorded) && isList(ours) && recorded.length === ours.length) {
    return recorded.flatMap((entry, index) => differences(`${path}[${index}]`, entry, ours[index]));
  }
  return [`${path}: the controller left ${text(recorded)}, we left ${text(ours)}`];
}

function mapped(object: JsonObject, changes: Readonly<Record<string, (value: Json) => Json>>): JsonObject {
  const change = new Map(Object.entries(changes));
  return Object.fromEntries(
    Object.entries(object).map(([field, value]) => [field, value === undefined ? value : (change.get(field)?.(value) ?? value)]),
  );
}

function portName(port: Json): string {
  return isObject(port) && typeof port.name === 'string' ? port.name : '';
}

function nodePortOf(port: Json): Json | undefined {
  return isObject(port) ? port.nodePort : undefined;
}

function at(object: JsonObject, field: string): JsonObject {
  const value = object[field];
  return isObject(value) ? value : {};
}

function listAt(object: JsonObject, field: string): readonly Json[] {
  const value = object[field];
  return isList(value) ? value : [];
}

function ownField(object: JsonObject, field: string): Json | undefined {
  return Object.hasOwn(object, field) ? object[field] : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** RFC 3339 in whole seconds, which sorts as text. */
function isTime(value: Json | undefined): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value);
}

function text(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
