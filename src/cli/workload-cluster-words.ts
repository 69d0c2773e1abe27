import type { WorkloadClusterUse } from '../core/workload-cluster.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';

/** `VirtualMachineService team-b/tkc1 is the control-plane address of workload cluster tkc1: Cluster API keeps it` */
export function workloadClusterSentence({ metadata }: VirtualMachineService, { cluster, use, service }: WorkloadClusterUse): string {
  const what =
    use === 'ControlPlane'
      ? `is the control-plane address of workload cluster ${cluster}: Cluster API keeps it`
      : `is the load balancer of ${service === undefined ? 'a Service' : `Service ${service}`} in workload cluster ${cluster}: change that Service instead`;
  return `VirtualMachineService ${metadata.namespace}/${metadata.name} ${what}`;
}
