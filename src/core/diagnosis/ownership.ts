import { commandIn } from './fixes.ts';
import { found } from './found.ts';
import type { ServiceRule } from './rule.ts';

/** VMS901: the API endpoint of a workload cluster. */
export const ownedByClusterApi: ServiceRule = {
  about: 'service',
  code: 'VMS901',
  worst: 'info',
  needs: [],
  find: ({ vmService, cluster }) => {
    if (cluster?.use !== 'ControlPlane') return [];
    return [
      found('VMS901', 'info', 'certain', vmService, `This is the API endpoint of workload cluster ${cluster.cluster} (Cluster API)`, {
        danger:
          "do not edit or delete it: edits are not repaired, and a new object can get another address, which breaks the cluster's certificates and kubeconfigs",
        fix: commandIn(vmService.metadata.namespace, ['kubectl', 'get', 'vspherecluster,kubeadmcontrolplane,machine']),
      }),
    ];
  },
};

/** VMS902: the load balancer of a Service inside a workload cluster. */
export const ownedByCloudProvider: ServiceRule = {
  about: 'service',
  code: 'VMS902',
  worst: 'info',
  needs: [],
  find: ({ vmService, cluster }) => {
    if (cluster?.use !== 'Service') return [];
    const of = cluster.service === undefined ? 'a Service' : `Service ${cluster.service}`;
    return [
      found('VMS902', 'info', 'certain', vmService, `This is the load balancer of ${of} in workload cluster ${cluster.cluster}`, {
        danger: "change that Service, not this object: ports and annotations here are overwritten by the cluster's cloud provider",
      }),
    ];
  },
};
