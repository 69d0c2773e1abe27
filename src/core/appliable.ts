import { isList, type Json, type JsonObject, serverMetadata } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import type { PlannedStep } from './planned-step.ts';

/** An object as somebody else may apply it, and what applying it would not do. */
export interface Appliable {
  readonly object: JsonObject;
  /** Fields that are to go and that applying leaves, such as `spec.ports 81/TCP`: only replacing the object takes them away. */
  readonly left: readonly string[];
}

/** Of a child that is to be there; undefined for one that is to go, and for what nobody applies. */
export function appliable({ step, before, after }: PlannedStep): Appliable | undefined {
  if (after === undefined || step.ref.kind === 'VirtualMachineService') return undefined;
  // What is new is what was asked for: the server that it is applied to may have other defaults.
  if (step.operation === 'created') return { object: clean(step.writes[0] ?? after), left: [] };
  return { object: clean(after), left: before === undefined ? [] : removedFields(clean(before), clean(after)) };
}

/** Without what the server writes by itself. */
function clean(object: JsonObject): JsonObject {
  const { status: _, metadata, ...rest } = object;
  if (!isMap(metadata)) return rest;
  const kept = Object.entries(metadata).filter(([field]) => !serverMetadata.includes(field));
  const { apiVersion, kind, ...body } = rest;
  return {
    ...(apiVersion !== undefined && { apiVersion }),
    ...(kind !== undefined && { kind }),
    metadata: Object.fromEntries(kept),
    ...body,
  };
}

/** Applying merges maps, and a Service's ports by their numbers; every other list is replaced. */
function removedFields(before: JsonObject, after: JsonObject, path = ''): readonly string[] {
  return Object.entries(before).flatMap(([field, old]) => {
    const at = /^[A-Za-z]\w*$/.test(field) ? `${path === '' ? '' : `${path}.`}${field}` : `${path}[${JSON.stringify(field)}]`;
    const now = Object.hasOwn(after, field) ? after[field] : undefined;
    if (old === undefined) return [];
    if (isMap(old) && (isMap(now) || now === undefined)) return removedFields(old, now ?? {}, at);
    if (now === undefined) return [at];
    return at === 'spec.ports' ? removedPorts(old, now).map((port) => `${at} ${port}`) : [];
  });
}

function removedPorts(before: Json, after: Json): readonly string[] {
  const kept = new Set(portsOf(after));
  return portsOf(before).filter((port) => !kept.has(port));
}

function portsOf(ports: Json): readonly string[] {
  if (!isList(ports)) return [];
  return ports.filter(isMap).map(({ port, protocol }) => `${String(port)}/${typeof protocol === 'string' ? protocol : 'TCP'}`);
}
