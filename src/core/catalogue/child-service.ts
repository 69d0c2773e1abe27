import type { CodeOf } from '../finding-family.ts';
import type { Article } from './article.ts';

export const childService: Readonly<Record<CodeOf<'VMS4'>, Article>> = {
  VMS401: {
    summary: 'VM Operator has not touched the object at all',
    meaning:
      'The controller marks every service with its finalizer within about a second. Here there is none and no Service either: VM Operator is down, is not installed (a cluster with nothing but the CRDs), lost its lease, or does not look after this namespace.',
    levels: [
      { severity: 'error', confidence: 'likely', when: 'older than thirty seconds' },
      { severity: 'info', confidence: 'likely', when: 'younger than that' },
    ],
    evidence: ['metadata.finalizers', 'the Service of that name', 'who wrote the object: managedFields'],
    fix: [
      { text: 'Ask the owner of the platform to look at VM Operator in vmware-system-vmop' },
      { text: 'On a cluster without a controller, do its work from here', run: 'kubectl vmsvc reconcile NAME --once' },
    ],
    releases: 'all',
    falseAlarms: [
      'An object from a backup may carry the finalizer without a controller: that is VMS915',
      'A Service without the finalizer means that the webhook refuses what the controller writes: VMS111',
    ],
    see: ['VMS111', 'VMS915'],
  },
  VMS402: {
    summary: 'VM Operator is at work, and the Service does not appear',
    meaning:
      'The finalizer says that the controller saw the object, so it is the Service that fails. There are no events and no conditions about that. A quota, a name that is taken, a cluster IP that cannot be had, an annotation or a family that Kubernetes refuses, port 10250 before Kubernetes 1.33, or missing NetworkSettings on main are the reasons. Where the reason has a code of its own, that one is told, and this one is folded under it.',
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'info', confidence: 'certain', when: 'younger than thirty seconds' },
    ],
    evidence: [
      'the finalizer, and no Service of that name',
      'ResourceQuotas of the namespace, and NetworkSettings',
      'a server-side dry run of the Service that the controller would make',
    ],
    fix: [{ text: 'Let the server say why', run: 'kubectl vmsvc reconcile NAME --once --dry-run=server' }, { text: 'Then mend that' }],
    releases: 'all',
    falseAlarms: ['A dry run is judged as you: a policy about users may refuse you and not the controller'],
    see: ['VMS108', 'VMS110', 'VMS111', 'VMS403', 'VMS409', 'VMS606'],
  },
  VMS403: {
    summary: 'The Service of that name belongs to somebody else',
    meaning:
      'The child Service or its Endpoints would have the name of the VirtualMachineService, and an object of that name is controlled by another owner. The controller gives up silently, every time. Beware: when the VirtualMachineService is deleted, that other object is deleted with it, because deleting goes by name.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['ownerReferences of the Service and of the Endpoints: group, kind and name of the controller'],
    fix: [
      { text: 'Create the service under another name' },
      {
        text: 'Before you delete this one, see what goes with it, and tell the other owner',
        run: 'kubectl get service,endpoints NAME -o yaml',
      },
    ],
    releases: 'all',
    falseAlarms: ['The uid of an earlier VirtualMachineService of the same name is no stranger: the controller takes the Service over'],
    see: ['VMS402', 'VMS405'],
  },
  VMS404: {
    summary: 'The Service has a selector of its own',
    meaning:
      'A Service was there before and was taken over. The controller sets much of it, and never takes its selector away. So Kubernetes writes Endpoints for pods, VM Operator for VMs, in turn, and slices are not mirrored.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: [
      'spec.selector of the child Service',
      'who wrote the Endpoints: managedFields',
      "EndpointSlices that Kubernetes' own controller keeps",
    ],
    fix: [
      {
        text: 'Take the selector away, if no pods need it',
        run: 'kubectl patch service NAME --type=merge -p \'{"spec":{"selector":null}}\'',
      },
      { text: 'Or give the VirtualMachineService another name' },
    ],
    releases: 'all',
    falseAlarms: ['Slices of the time before may stay behind afterwards (VMS508)'],
    see: ['VMS506', 'VMS508'],
  },
  VMS405: {
    summary: 'The Service is left behind, or belongs to nobody',
    meaning:
      'A Service with endpoints that are VMs has no VirtualMachineService: its owner is gone, or it never had one. It still holds its address.',
    levels: [{ severity: 'warning', confidence: 'certain' }],
    evidence: ['Services without an owner, whose Endpoints name VirtualMachines', 'owners of that kind that do not exist'],
    fix: [
      { text: 'See what is left over, and let it be deleted after you asked its users', run: 'kubectl vmsvc reconcile --orphans' },
      { text: 'Or create the VirtualMachineService again: it takes over a Service without owner, and the address stays' },
    ],
    releases: 'all',
    falseAlarms: ['Somebody may have made it on purpose, on the way off VM Operator'],
    see: ['VMS403', 'VMS904'],
  },
  VMS406: {
    summary: 'The Service is not what the VirtualMachineService says',
    meaning:
      'Type, ports, address or source ranges of the child Service differ from what the controller would write. Either it cannot write, or it did not look yet. Clients still use the old ports.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'ports or type differ, or a dry run of the change is refused' },
      { severity: 'warning', confidence: 'certain', when: 'anything else differs' },
    ],
    evidence: ['the stored Service against the computed one, for longer than a minute'],
    fix: [
      { text: 'See the difference', run: 'kubectl vmsvc diff NAME' },
      {
        text: 'Ask the controller to look again; if that does not help, find what it is refused (VMS402)',
        run: 'kubectl vmsvc nudge NAME',
      },
    ],
    releases: 'all',
    falseAlarms: ['Node ports, cluster IPs, families and policies that the server fills in are not compared'],
    see: ['VMS402', 'VMS512', 'VMS915'],
  },
  VMS407: {
    summary: 'The Service does not finish being deleted',
    meaning:
      'Its load balancer left a finalizer and has not cleaned up. The VirtualMachineService may be gone for long; the address is still taken, and a new service of that name gets stuck or loses its Service later. It was seen where the type was changed before the deletion.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'deleted more than two minutes ago' },
      { severity: 'info', confidence: 'certain', when: 'a shorter time ago' },
    ],
    evidence: [
      'deletionTimestamp and finalizers of the Service, such as service.kubernetes.io/load-balancer-cleanup and netoperator.vmware.com/service',
    ],
    fix: [
      { text: 'Wait before you create it again', run: 'kubectl wait --for=delete service/NAME --timeout=5m' },
      { text: 'Then ask the owner of the platform to look at the load balancer' },
    ],
    releases: 'all',
    falseAlarms: ['NSX may take more than a minute'],
    see: ['VMS112', 'VMS602'],
  },
  VMS408: {
    summary: 'A label or an annotation stayed on the Service after it was removed',
    meaning:
      'Labels and annotations are copied from the VirtualMachineService to the Service, and few of them are ever taken away again. What was removed above goes on acting below.',
    levels: [
      { severity: 'info', confidence: 'likely' },
      { severity: 'warning', confidence: 'likely', when: 'it is skip-mirror, the host name of external-dns, or service-proxy-name' },
    ],
    evidence: ['labels and annotations of the Service that the VirtualMachineService does not have, and that no provider writes'],
    fix: [{ text: 'Take it from the Service itself', run: 'kubectl annotate service NAME KEY-' }],
    releases: 'all',
    falseAlarms: ['Load balancers write keys of their own', 'Somebody may have annotated the Service on purpose'],
    see: ['VMS410', 'VMS506'],
  },
  VMS409: {
    summary: 'The cluster IP that is asked for cannot be had',
    meaning:
      'It lies outside the range of the cluster, or another Service has it. Kubernetes refuses the child Service, and nobody is told.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'a dry run says so' },
      { severity: 'error', confidence: 'likely', when: 'another Service has it' },
    ],
    evidence: [
      'spec.clusterIp, and no Service',
      'cluster IPs of the other Services that you may read',
      'a server-side dry run of the Service',
    ],
    fix: [{ text: 'Leave clusterIp out; it cannot be changed, so the service has to be created again' }],
    releases: 'all',
    falseAlarms: ['Without a cluster to ask, only addresses that are in no range at all are called impossible'],
    see: ['VMS105', 'VMS402'],
  },
  VMS410: {
    summary: 'kube-proxy is told to pass the Service over',
    meaning:
      'With the traffic policy Local on NSX, VM Operator sets the label service.kubernetes.io/service-proxy-name on the Service: NSX does the work, and the cluster IP does not answer inside the cluster. That is meant so.',
    levels: [
      { severity: 'info', confidence: 'certain' },
      { severity: 'error', confidence: 'certain', when: 'the label is there without the policy, and the load balancer is not NSX' },
    ],
    evidence: ['labels of the Service', 'the traffic policy annotation', 'which load balancer the namespace has'],
    fix: [
      {
        text: 'Use the address of the load balancer; a label that is left over is taken from the Service',
        run: 'kubectl label service NAME service.kubernetes.io/service-proxy-name-',
      },
    ],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS110', 'VMS408'],
  },
  VMS411: {
    summary: 'Node ports of an older release are still open',
    meaning:
      'Up to 8.0.2 load balancer Services got node ports. Later releases ask for none, but do not close those that are there, so a scan still finds them.',
    levels: [{ severity: 'info', confidence: 'certain' }],
    evidence: ['allocateLoadBalancerNodePorts: false, and ports[].nodePort of the Service'],
    fix: [{ text: 'Create the service again in a window, if they must go: the address may change' }],
    releases: '8.0.3 and later, after an upgrade',
    falseAlarms: [],
    see: ['VMS105'],
  },
};
