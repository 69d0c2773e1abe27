import type { CodeOf } from '../finding-family.ts';
import type { Article } from './article.ts';

export const loadBalancer: Readonly<Record<CodeOf<'VMS6'>, Article>> = {
  VMS601: {
    summary: 'The address is still to come',
    meaning: 'The Service is new, and load balancers take from seconds to a minute or two to give an address.',
    levels: [{ severity: 'info', confidence: 'certain', when: 'the Service is younger than two minutes, and no error is known' }],
    evidence: ['status.loadBalancer of the Service, and its age'],
    fix: [{ text: 'Wait', run: 'kubectl vmsvc wait NAME --for=address' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS602', 'VMS603'],
  },
  VMS602: {
    summary: 'No address, and nobody seems to give one',
    meaning:
      'VM Operator has no load balancer of its own: NSX, AVI, HAProxy or another has to see the Service and give it an address. Here there is no trace of any. That there are no VMs is not the reason: an address is given without endpoints, too.',
    levels: [{ severity: 'error', confidence: 'likely', when: 'the Service is older than two minutes' }],
    evidence: [
      'annotations, labels, finalizers and events that load balancers leave on a Service',
      'whether any other LoadBalancer Service of the namespace has an address',
    ],
    fix: [
      { text: 'Ask the owner of the platform which load balancer serves the namespace' },
      { text: 'On a cluster for trying things install one, or use ClusterIP' },
    ],
    releases: 'all',
    falseAlarms: ['Some leave no trace before they succeed'],
    see: ['VMS603', 'VMS604'],
  },
  VMS603: {
    summary: 'The load balancer reported an error',
    meaning:
      "The reason stands on the Service or on the load balancer's own objects, and never on the VirtualMachineService: annotations that start with ncp/error., warnings among the events, conditions of the Gateway or of the VPC.",
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'warning', confidence: 'likely', when: 'there is an address, and NCP says that some ports or members are not served' },
      { severity: 'info', confidence: 'certain', when: 'there is an address by now: the note is old' },
    ],
    evidence: ['annotations ncp/error.* of the Service', 'events of the Service', 'Gateway, NetworkInfo and VPC conditions'],
    fix: [
      { text: 'Read what it says', run: 'kubectl describe service NAME' },
      { text: 'With NCP, mend the cause, then delete the service and create it again: its address may change' },
    ],
    releases: 'all',
    falseAlarms: ['Annotations about an error may stay after it is over'],
    see: ['VMS604', 'VMS606', 'VMS609', 'VMS613'],
  },
  VMS604: {
    summary: 'The pool of addresses is used up',
    meaning: 'The load balancer has no address left to give to this namespace.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'the load balancer wrote it on the Service' },
      { severity: 'error', confidence: 'likely' },
      { severity: 'info', confidence: 'certain', when: 'there is an address by now: the note is old' },
    ],
    evidence: [
      'IP_POOL_EXHAUSTED in ncp/error.loadbalancer',
      'IPAddressAllocations of the VPC, the condition full of an IPPool',
      'your own services and their addresses',
    ],
    fix: [
      { text: 'Delete services that nobody uses; those without endpoints are candidates', run: 'kubectl vmsvc get -A' },
      { text: 'Ask the administrator for a larger range' },
    ],
    releases: 'all',
    falseAlarms: ['Each workload cluster holds an address that has to stay'],
    see: ['VMS603', 'VMS606', 'VMS904'],
  },
  VMS605: {
    summary: 'The address that was asked for is not the one it got',
    meaning:
      'loadBalancerIP is handed on as it is, and the load balancer decides: the address may be taken, outside its range, or not be changeable after the service was made (AVI). VPCs want an IPAddressAllocation for it.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'it got another address' },
      { severity: 'error', confidence: 'likely', when: 'it got none' },
    ],
    evidence: ['spec.loadBalancerIP and status.loadBalancer', 'addresses of the other Services that you may read', 'IPAddressAllocations'],
    fix: [{ text: 'Free the address, or ask for one within the range' }, { text: 'With AVI delete the service and create it again' }],
    releases: 'all',
    falseAlarms: ['NCP takes the name of a pool there, too', 'A service of two families has two addresses'],
    see: ['VMS604', 'VMS609'],
  },
  VMS606: {
    summary: 'A quota or a limit of the load balancer is reached',
    meaning:
      "The namespace may not have another Service or another load balancer, or the load balancer's own numbers of virtual servers, pools and members are used up: each port of each service counts as one. The controller writes no event about a quota, so the Service just does not appear.",
    levels: [
      { severity: 'error', confidence: 'certain', when: 'a ResourceQuota is reached, and a dry run says so' },
      { severity: 'error', confidence: 'likely', when: 'by the numbers of a ResourceQuota alone' },
      { severity: 'warning', confidence: 'hint', when: "the numbers come near the load balancer's limits" },
    ],
    evidence: [
      'ResourceQuotas: services, services.loadbalancers, services.nodeports before 8.0 U3, count/services, count/virtualmachineservices.vmoperator.vmware.com',
      'a server-side dry run of the Service',
      'annotations of NCP',
    ],
    fix: [{ text: 'See what is used', run: 'kubectl get resourcequota' }, { text: 'Delete a service that nobody uses, or ask for more' }],
    releases: 'all',
    falseAlarms: ['A quota on VirtualMachineServices themselves is refused at once, in plain sight'],
    see: ['VMS402', 'VMS604'],
  },
  VMS607: {
    summary: 'The source ranges leave the client out',
    meaning:
      "loadBalancerSourceRanges is set, and the client's address lies in none of them, so its packets are dropped. Behind a NAT the load balancer sees the address of the NAT, not the client's.",
    levels: [
      { severity: 'error', confidence: 'certain', when: 'the address that the load balancer sees is known' },
      { severity: 'warning', confidence: 'hint' },
    ],
    evidence: ['spec.loadBalancerSourceRanges against the address from which a probe connects'],
    fix: [
      {
        text: 'Add the range of the client; a merge patch replaces the list, so write all of it',
        run: 'kubectl patch vmservice NAME --type=merge -p \'{"spec":{"loadBalancerSourceRanges":["10.0.0.0/8","192.0.2.7/32"]}}\'',
      },
    ],
    releases: 'all',
    falseAlarms: ['A laptop in a VPN has another address than it thinks'],
    see: ['VMS107', 'VMS608', 'VMS702'],
  },
  VMS608: {
    summary: 'The source ranges may not be enforced',
    meaning:
      "Not every load balancer acts on loadBalancerSourceRanges. AVI's operator does not look at them, so clients outside the ranges may get in.",
    levels: [
      { severity: 'warning', confidence: 'likely', when: 'by the traces of the load balancer alone' },
      { severity: 'warning', confidence: 'certain', when: 'a client outside the ranges was let in' },
    ],
    evidence: ['source ranges together with signs of AVI', 'a probe from outside the ranges that connects'],
    fix: [{ text: "Use the load balancer's own policy: network security policies of AVI, the distributed firewall of NSX" }],
    releases: 'all',
    falseAlarms: ['Signs of AVI alone do not prove that it is open: another policy may close it'],
    see: ['VMS607'],
  },
  VMS609: {
    summary: 'Two services claim the same port of one address',
    meaning: 'Only one of them gets the traffic, and it may be the wrong one.',
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'error', confidence: 'likely', when: 'the other one is in another namespace, whose network may be another' },
    ],
    evidence: [
      'address, protocol and port of the Services that you may read',
      'the condition PortConflict of a Gateway',
      'the annotation ako.vmware.com/enable-shared-vip',
    ],
    fix: [{ text: 'Use another port, or an address of its own' }],
    releases: 'all',
    falseAlarms: ['One address with different ports is a feature', 'VPCs may use the same private addresses'],
    see: ['VMS605'],
  },
  VMS610: {
    summary: 'The Service has the address, and the VirtualMachineService does not show it',
    meaning:
      "The address is copied at the end of the controller's work. If that fails at the Endpoints before, or stopped, whoever waits for the status of the VirtualMachineService waits for ever, while traffic flows.",
    levels: [{ severity: 'error', confidence: 'certain', when: 'for more than a minute' }],
    evidence: ['status.loadBalancer of both objects'],
    fix: [
      { text: 'See what else differs', run: 'kubectl vmsvc diff NAME' },
      { text: 'Wake the controller', run: 'kubectl vmsvc nudge NAME' },
    ],
    releases: 'all',
    falseAlarms: ['ipMode and ports are not copied, on purpose'],
    see: ['VMS501', 'VMS915'],
  },
  VMS611: {
    summary: 'The condition about the Service is Unknown',
    meaning:
      'Only the DNS feature of NSX VPC sets a Ready condition on Services. Everywhere else there is none to copy, and VirtualMachineServiceServiceReady is Unknown with the reason ServiceReadyNotPresent. That is the normal state.',
    levels: [{ severity: 'info', confidence: 'certain' }],
    evidence: ['status.conditions of the VirtualMachineService'],
    fix: [{ text: 'None is needed: address and endpoints say whether it works', run: 'kubectl vmsvc get NAME' }],
    releases: 'main',
    falseAlarms: [],
    see: ['VMS612'],
  },
  VMS612: {
    summary: 'The name was not published in DNS; the address works',
    meaning:
      'A host name was asked for by annotation, and NSX could not make its record, for example because the zone is not one that the project may use. Clients that use the address are served.',
    levels: [
      { severity: 'warning', confidence: 'certain' },
      { severity: 'error', confidence: 'certain', when: 'you connect by that name' },
    ],
    evidence: [
      'the condition Ready of the Service with the reason DNSRecordFailed',
      'annotations nsx.vmware.com/hostname and external-dns.alpha.kubernetes.io/hostname',
      'DNS domains of NetworkInfo',
    ],
    fix: [{ text: 'Choose a name within an allowed zone; use the address meanwhile' }],
    releases: 'main; only on NSX VPC',
    falseAlarms: [],
    see: ['VMS611', 'VMS709'],
  },
  VMS613: {
    summary: 'The load balancer does not do that protocol',
    meaning:
      "NCP does TCP and UDP but not SCTP, old releases of AVI's operator do not either, and Kubernetes before 1.24 refuses TCP and UDP in one load balancer.",
    levels: [{ severity: 'error', confidence: 'likely' }],
    evidence: ['protocols of spec.ports against signs of the load balancer', 'the condition UnsupportedProtocol of a Gateway'],
    fix: [{ text: 'Make one service for each protocol' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS103', 'VMS603'],
  },
  VMS614: {
    summary: 'There is an address, and no ready endpoint behind it',
    meaning: 'Clients get through to the load balancer and no further: it accepts and hangs up, refuses, or is silent.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'there are VMs' },
      { severity: 'warning', confidence: 'certain', when: 'no VM matches, for more than a week, or in the first ten minutes' },
    ],
    evidence: ['status.loadBalancer of the Service', 'ready addresses of the Endpoints'],
    fix: [{ text: 'See why the VMs are not in it', run: 'kubectl vmsvc vms NAME' }],
    releases: 'all',
    falseAlarms: ['The endpoint of a workload cluster whose first machine is still starting'],
    see: ['VMS201', 'VMS301', 'VMS505', 'VMS904'],
  },
  VMS615: {
    summary: 'The traffic policy is Local',
    meaning:
      "With Local only nodes that run a backend themselves take traffic, and the others fail the health check on purpose. For a workload cluster's Service that is how the client's address is kept. For plain VMs it means little.",
    levels: [
      { severity: 'info', confidence: 'likely', when: 'the service belongs to a workload cluster' },
      { severity: 'warning', confidence: 'likely', when: 'it is yours' },
      { severity: 'error', confidence: 'likely', when: 'MetalLB gave the address: no node has an endpoint, so none announces it' },
    ],
    evidence: ['the annotation service.externalTrafficPolicy', 'healthCheckNodePort', 'the annotation ip-allocated-from-pool of MetalLB'],
    fix: [{ text: 'In the workload cluster use externalTrafficPolicy: Cluster, or spread the pods over its nodes' }],
    releases: 'all',
    falseAlarms: ["Who needs the client's address needs Local"],
    see: ['VMS110'],
  },
  VMS616: {
    summary: 'The annotation names another network than that of the VMs',
    meaning:
      'The load balancer is put on the network that the annotation names, and the VMs are on another one, or the network does not exist. The address is there, and its members cannot be reached.',
    levels: [{ severity: 'error', confidence: 'likely' }],
    evidence: [
      'ncp.vmware.com/virtual-network-name and netoperator.vmware.com/network-name',
      'networks of the VMs that match',
      'networks of the namespace',
    ],
    fix: [{ text: 'Create the service again with the right name: annotations are added to the Service and not taken away' }],
    releases: 'all',
    falseAlarms: ['Networks behind one router may reach each other'],
    see: ['VMS408', 'VMS705'],
  },
  VMS617: {
    summary: 'The address does not work from the VMs behind it',
    meaning:
      'A VM that calls its own service goes out to the load balancer and back to itself, which needs address translation there. Inside the cluster kube-proxy takes a short cut past the load balancer, unless the status says ipMode: Proxy.',
    levels: [{ severity: 'info', confidence: 'hint' }],
    evidence: ['ipMode in status.loadBalancer of the Service', 'a probe from a VM that is an endpoint'],
    fix: [{ text: 'Use localhost, or the address of another VM' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS706'],
  },
  VMS618: {
    summary: 'Nobody checks whether the VMs answer',
    meaning:
      "NSX does not look at its members unless it is asked to, and the VMs have no readiness probe, so a dead one stays in. AVI checks by itself. Cluster API sets the annotation lb.iaas.vmware.com/enable-endpoint-health-check on VPC, where VM Operator's TCP probe cannot reach; whether it is meant for users is not documented.",
    levels: [{ severity: 'warning', confidence: 'hint' }],
    evidence: ['signs of NSX', 'readiness probes of the VMs', 'the annotation'],
    fix: [{ text: 'Give the VMs a guestInfo or a heartbeat probe' }],
    releases: 'all; it depends on the platform',
    falseAlarms: ['A check that the administrator set up is not to be seen from here'],
    see: ['VMS313'],
  },
};
