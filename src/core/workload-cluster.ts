import { groupOf, type KubeObject } from '../model/object.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';

/** Who keeps a VirtualMachineService on behalf of a workload cluster: its control plane's provider, or its cloud provider. */
export interface WorkloadClusterUse {
  readonly cluster: string;
  readonly use: 'ControlPlane' | 'Service';
  /** `namespace/name` inside the cluster, where the labels say so. */
  readonly service: string | undefined;
}

/**
 * The workload cluster that a VirtualMachineService serves; undefined for one that people keep. Known by its owner, by the cloud
 * provider's labels, or, where neither is left, by the selector for the cluster's own machines.
 */
export function workloadClusterOf({ metadata, spec }: VirtualMachineService): WorkloadClusterUse | undefined {
  const owner = metadata.ownerReferences?.find(
    ({ apiVersion, kind }) => kind === 'VSphereCluster' && groupOf(apiVersion) === 'vmware.infrastructure.cluster.x-k8s.io',
  );
  if (owner !== undefined) return { cluster: owner.name, use: 'ControlPlane', service: undefined };
  const labels = metadata.labels ?? {};
  const [cluster, namespace, name] = ['cluster.name', 'service.namespace', 'service.name'].map(
    (key) => labels[`run.tanzu.vmware.com/${key}`],
  );
  if (cluster !== undefined && namespace !== undefined && name !== undefined)
    return { cluster, use: 'Service', service: `${namespace}/${name}` };
  return byMachines(spec);
}

function byMachines({ selector = {}, ports = [] }: VirtualMachineService['spec']): WorkloadClusterUse | undefined {
  const pair = (key: string) => selector[`capv.vmware.com/${key}`] ?? selector[`capw.vmware.com/${key}`];
  const cluster = pair('cluster.name') ?? '';
  switch (pair('cluster.role')) {
    case 'controlplane':
      return ports.some(({ port }) => port === 6443) ? { cluster, use: 'ControlPlane', service: undefined } : undefined;
    case 'node':
      return ports.length > 0 && ports.every(({ targetPort }) => targetPort >= 30_000 && targetPort <= 32_767)
        ? { cluster, use: 'Service', service: undefined }
        : undefined;
    default:
      return undefined;
  }
}

/** Whether a VM is a machine of a workload cluster: its controllers own the labels, and people leave them alone. */
export function isClusterMachine({ metadata }: KubeObject): boolean {
  return Object.keys(metadata.labels ?? {}).some(isClusterLabel);
}

/** The cluster that a machine says it belongs to; undefined where its labels do not name it. */
export function clusterOfMachine({ metadata }: KubeObject): string | undefined {
  const labels = metadata.labels ?? {};
  return clusterNameLabels.map((key) => labels[key]).find((name) => name !== undefined);
}

/** In which a machine says to which cluster it belongs. */
export const clusterNameLabels = ['cluster.x-k8s.io/cluster-name', 'capv.vmware.com/cluster.name', 'capw.vmware.com/cluster.name'];

/** Whether a label is one that the controllers of workload clusters put on their machines. */
export function isClusterLabel(key: string): boolean {
  return /^(capv\.vmware\.com|capw\.vmware\.com|cluster\.x-k8s\.io)\//.test(key);
}

/** Which cluster a machine belongs to, and what it is there: `tkc1, control plane`, `tkc1, node pool workers`. */
export function clusterMachineText({ metadata }: KubeObject): string | undefined {
  const labels = metadata.labels ?? {};
  const of = (key: string) => labels[`capv.vmware.com/${key}`] ?? labels[`capw.vmware.com/${key}`];
  const cluster = of('cluster.name') ?? labels['cluster.x-k8s.io/cluster-name'];
  if (cluster === undefined) return undefined;
  if (of('cluster.role') === 'controlplane' || labels['cluster.x-k8s.io/control-plane'] !== undefined) return `${cluster}, control plane`;
  const pool = labels['topology.cluster.x-k8s.io/deployment-name'] ?? labels['cluster.x-k8s.io/deployment-name'];
  return pool === undefined ? `${cluster}, node` : `${cluster}, node pool ${pool}`;
}
