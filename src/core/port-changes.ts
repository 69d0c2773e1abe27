import type { Json } from '../model/object.ts';
import type { ServicePort } from '../model/service.ts';
import type { Mark } from './endpoint-changes.ts';

/** One port of a Service before and after; a port is known by its name. */
export interface PortChange {
  readonly mark: Mark;
  readonly before: ServicePort | undefined;
  readonly after: ServicePort | undefined;
}

/** The ports of a changed list: those that stay or go in their old order, then the new ones. */
export function portChanges(before: readonly ServicePort[], after: readonly ServicePort[]): readonly PortChange[] {
  const named = (ports: readonly ServicePort[]) => new Map(ports.map((port) => [port.name ?? '', port]));
  const [old, computed] = [named(before), named(after)];
  const known = [...old].map(([name, port]): PortChange => {
    const now = computed.get(name);
    if (now === undefined) return { mark: 'removed', before: port, after: undefined };
    return { mark: samePort(port, now) ? 'same' : 'changed', before: port, after: now };
  });
  const added = [...computed].filter(([name]) => !old.has(name)).map(([, port]): PortChange => ({ mark: 'added', before: undefined, after: port }));
  return [...known, ...added];
}

/** A list from a JSON document as ports. */
export function servicePortsOf(value: Json | undefined): readonly ServicePort[] {
  return Array.isArray(value) ? value.filter(isServicePort) : [];
}

function isServicePort(value: unknown): value is ServicePort {
  return typeof value === 'object' && value !== null && 'port' in value && typeof value.port === 'number';
}

function samePort(left: ServicePort, right: ServicePort): boolean {
  const facts = (port: ServicePort) => [port.port, port.protocol ?? 'TCP', port.targetPort, port.nodePort ?? 0, port.appProtocol ?? ''];
  return facts(left).every((fact, index) => fact === facts(right)[index]);
}
