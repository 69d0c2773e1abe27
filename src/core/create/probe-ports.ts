import { probeAction, type VirtualMachine } from '../../model/virtual-machine.ts';
import { type WholePort, wholePorts } from '../port-names.ts';

/** A port that VMs are probed on, and the one that clients would expect in front of it. */
export interface ProbedPort {
  readonly port: WholePort;
  readonly vms: readonly VirtualMachine[];
}

/** The ports that readiness probes of VMs connect to, those of most VMs first: what listens there is what is to be reached. */
export function probedPorts(vms: readonly VirtualMachine[]): readonly ProbedPort[] {
  const byPort = new Map<number, VirtualMachine[]>();
  for (const vm of vms) {
    const probe = probeAction(vm);
    if (probe.action !== 'tcpSocket' || !Number.isInteger(probe.port) || Number(probe.port) < 1) continue;
    const port = Number(probe.port);
    byPort.set(port, [...(byPort.get(port) ?? []), vm]);
  }
  const sorted = [...byPort].toSorted(([one, many], [other, more]) => more.length - many.length || one - other);
  const ports = wholePorts(
    sorted.map(([targetPort]) => ({ name: undefined, protocol: undefined, port: usualPorts.get(targetPort) ?? targetPort, targetPort })),
  );
  const seen = new Set<number>();
  return sorted.flatMap(([, probed], index) => {
    const port = ports[index];
    // Two ports that would have the same one in front of them: the second stays as it is.
    if (port === undefined || seen.has(port.port)) return [];
    seen.add(port.port);
    return [{ port, vms: probed }];
  });
}

/** Ports that servers without privileges listen on, and those that clients use. */
const usualPorts: ReadonlyMap<number, number> = new Map([
  [8080, 80],
  [8000, 80],
  [8443, 443],
]);
