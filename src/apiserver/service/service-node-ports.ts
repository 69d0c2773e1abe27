import { type FieldError, invalid } from '../../core/field-errors.ts';
import type { ServicePort } from '../../model/service.ts';
import type { Allocations } from './allocations.ts';
import { hashOf } from './service-cluster-ips.ts';
import { allocatesNodePorts, needsHealthCheckPort, nodePortsOf, type SpecDraft } from './service-spec.ts';

export interface PortRequest {
  readonly range: { readonly first: number; readonly last: number };
  readonly taken: Allocations;
  /** Spreads the ports over the range, and gives one Service the same ports in every run. */
  readonly seed: string;
  readonly dryRun: boolean;
}

export type PortOutcome =
  | { readonly spec: SpecDraft }
  | { readonly errors: readonly FieldError[] }
  /** Answered with 500 and a reason. */
  | { readonly internal: string }
  /** Answered with 500 and nothing but the text. */
  | { readonly bare: string };

/**
 * Fills in what an update need not send: cluster IPs, node ports by port name, the health-check node port.
 * Mirrors patchAllocatedValues.
 */
export function keepAllocated(sent: SpecDraft, existing: SpecDraft): SpecDraft {
  let spec = sent;
  if (spec.type !== 'ExternalName' && existing.type !== 'ExternalName') {
    spec = {
      ...spec,
      clusterIP: spec.clusterIP ? spec.clusterIP : existing.clusterIP,
      clusterIPs: spec.clusterIPs?.length ? spec.clusterIPs : existing.clusterIPs,
    };
  }
  if (allocatesNodePorts(spec) && allocatesNodePorts(existing)) spec = { ...spec, ports: keepNodePorts(spec, existing) };
  if (needsHealthCheckPort(spec) && needsHealthCheckPort(existing) && !spec.healthCheckNodePort) {
    spec = { ...spec, healthCheckNodePort: existing.healthCheckNodePort };
  }
  return spec;
}

/** By name; no name counts as a name, and of two ports of one name the last one counts. */
function keepNodePorts(spec: SpecDraft, existing: SpecDraft): readonly ServicePort[] {
  const before = new Set(nodePortsOf(existing));
  const used = new Set(nodePortsOf(spec).filter((port) => before.has(port)));
  const byName = new Map((existing.ports ?? []).map(({ name, nodePort }) => [name ?? '', nodePort]));
  return (spec.ports ?? []).map((port) => {
    const kept = port.nodePort ? undefined : byName.get(port.name ?? '');
    return kept === undefined || used.has(kept) ? port : { ...port, nodePort: kept };
  });
}

/**
 * Gives a Service the node ports that it lacks, the health-check node port included, and checks those that it asks for.
 * @param existing undefined on creation.
 */
export function allocateNodePorts(spec: SpecDraft, existing: SpecDraft | undefined, request: PortRequest): PortOutcome {
  const pool = portPool(request);
  const hasNodePorts = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  const allocated = !hasNodePorts ? { spec } : existing === undefined ? createPorts(spec, pool) : updatePorts(spec, existing, pool);
  if (!('spec' in allocated)) return allocated;
  const neededBefore = existing !== undefined && needsHealthCheckPort(existing);
  return needsHealthCheckPort(spec) && !neededBefore ? allocateHealthCheckPort(allocated.spec, pool) : allocated;
}

/** Ports of one port number, TCP and UDP 53, share a node port. Mirrors initNodePorts. */
function createPorts(spec: SpecDraft, pool: PortPool): PortOutcome {
  const shared = new Map<number, number>();
  const ports: ServicePort[] = [];
  for (const [index, port] of (spec.ports ?? []).entries()) {
    const known = shared.get(port.port);
    if (!port.nodePort && !allocatesNodePorts(spec)) {
      ports.push(port);
    } else if (known === undefined) {
      const asked = (spec.ports ?? []).find((other) => other.port === port.port && other.nodePort)?.nodePort;
      const refusal = asked === undefined ? undefined : pool.take(asked);
      if (refusal !== undefined) return { errors: [invalid(`spec.ports[${index}].nodePort`, String(asked), refusal)] };
      const nodePort = asked ?? pool.next(nameOf(port));
      if (nodePort === undefined) return { internal: 'failed to allocate a nodePort: range is full' };
      shared.set(port.port, nodePort);
      ports.push({ ...port, nodePort });
    } else if (!port.nodePort || port.nodePort === known) {
      ports.push({ ...port, nodePort: known });
    } else {
      const refusal = pool.take(port.nodePort);
      if (refusal !== undefined) return { errors: [invalid(`spec.ports[${index}].nodePort`, String(port.nodePort), refusal)] };
      ports.push(port);
    }
  }
  return { spec: { ...spec, ports } };
}

/** Every port without node port gets one of its own. Mirrors updateNodePorts. */
function updatePorts(spec: SpecDraft, existing: SpecDraft, pool: PortPool): PortOutcome {
  const before = new Set(nodePortsOf(existing));
  const taken = new Set<number>();
  const seen = new Set<string>();
  const ports: ServicePort[] = [];
  for (const [index, port] of (spec.ports ?? []).entries()) {
    if (!port.nodePort && !allocatesNodePorts(spec)) {
      ports.push(port);
      continue;
    }
    if (port.nodePort && !before.has(port.nodePort) && !taken.has(port.nodePort)) {
      const refusal = pool.take(port.nodePort);
      if (refusal !== undefined) return { errors: [invalid(`spec.ports[${index}].nodePort`, String(port.nodePort), refusal)] };
      taken.add(port.nodePort);
    }
    const nodePort = port.nodePort || pool.next(nameOf(port));
    if (nodePort === undefined) return { internal: 'failed to allocate a nodePort: range is full' };
    const key = `{${port.protocol ?? ''} ${nodePort}}`;
    if (seen.has(key)) return { bare: `duplicate nodePort: ${key}` };
    seen.add(key);
    ports.push({ ...port, nodePort });
  }
  return { spec: { ...spec, ports } };
}

function allocateHealthCheckPort(spec: SpecDraft, pool: PortPool): PortOutcome {
  const asked = spec.healthCheckNodePort;
  if (!asked) {
    const free = pool.next('health-check');
    if (free === undefined) return { internal: 'failed to allocate a HealthCheck NodePort 0: range is full' };
    return { spec: { ...spec, healthCheckNodePort: free } };
  }
  const refusal = pool.take(asked);
  if (refusal === undefined) return { spec };
  return { internal: `failed to allocate requested HealthCheck NodePort ${asked}: ${refusal}` };
}

function nameOf(port: ServicePort): string {
  return `${port.name ?? ''}/${port.protocol ?? ''}/${port.port}`;
}

/** The node ports of one request: what is taken elsewhere, and what the request itself took. */
interface PortPool {
  /** Why a port cannot be had; undefined when it now belongs to the request. */
  take(port: number): string | undefined;
  /** A free port, or undefined when there is none. */
  next(name: string): number | undefined;
}

function portPool({ range, taken, seed, dryRun }: PortRequest): PortPool {
  const mine = new Set<number>();
  const size = range.last - range.first + 1;
  // A dry run promises no port: it answers with numbers behind the range, one after another.
  let placeholder = range.last + 1;
  return {
    take(port) {
      const outside = port < range.first || port > range.last;
      if (outside && !dryRun) {
        return `provided port is not in the valid range. The range of valid ports is ${range.first}-${range.last}`;
      }
      if (mine.has(port) || taken.hasNodePort(port)) return 'provided port is already allocated';
      mine.add(port);
      return undefined;
    },
    next(name) {
      if (dryRun) {
        placeholder += 1;
        return placeholder;
      }
      const reserved = Math.min(Math.max(16, Math.floor(size / 32)), 128);
      const dynamic = size > reserved ? size - reserved : size;
      const start = size - dynamic + Number(hashOf(`${seed}/${name}`) % BigInt(dynamic));
      for (let step = 0; step < size; step += 1) {
        const port = range.first + ((start + step) % size);
        if (!mine.has(port) && !taken.hasNodePort(port)) {
          mine.add(port);
          return port;
        }
      }
      return undefined;
    },
  };
}
