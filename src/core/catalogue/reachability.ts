import type { CodeOf } from '../finding-family.ts';
import type { Article } from './article.ts';

export const reachability: Readonly<Record<CodeOf<'VMS7'>, Article>> = {
  VMS701: {
    summary: 'The connection is refused',
    meaning:
      "Somebody answered, and said no. From the VM itself: nothing listens on that port, it listens on 127.0.0.1 only, or a firewall rejects. From the load balancer's address: it has nothing on that port, or the address is used elsewhere.",
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'warning', confidence: 'certain', when: 'a VM refuses, and the load balancer answers all the same' },
    ],
    evidence: ['a probe (--probe): ECONNREFUSED, and where'],
    fix: [
      { text: 'Look at what listens, in the guest, and at which address', run: 'ss -ltnp' },
      { text: 'Correct targetPort, if it is the wrong number', run: 'kubectl edit vmservice NAME' },
    ],
    releases: 'all',
    falseAlarms: ["Something on the way can refuse in the VM's name", 'port and targetPort may be swapped: try the other number'],
    see: ['VMS702', 'VMS705'],
  },
  VMS702: {
    summary: 'No answer at all, or no way there',
    meaning:
      'A firewall in the guest drops the packets (that of Windows does by default), a policy of NSX does, there is no route from where you try, or the VM is off.',
    levels: [
      { severity: 'error', confidence: 'likely', when: 'that place should reach it' },
      { severity: 'info', confidence: 'likely' },
    ],
    evidence: ['a probe (--probe): a timeout, or host or network unreachable, and from where'],
    fix: [
      { text: "Open the port in the guest's firewall" },
      { text: 'Try from another place', run: 'kubectl vmsvc debug NAME --probe --from=pod' },
    ],
    releases: 'all',
    falseAlarms: ['Laptops can rarely reach the networks of VMs: that alone is no fault (VMS706)'],
    see: ['VMS607', 'VMS706', 'VMS707'],
  },
  VMS703: {
    summary: 'The address accepts and hangs up at once',
    meaning:
      'A load balancer that works as a proxy completes the connection itself, and closes it when it has nobody to pass it to. To a client that is an empty reply, a reset, or the end of the file within TLS.',
    levels: [{ severity: 'error', confidence: 'likely' }],
    evidence: ['a probe (--probe): connected, and closed without a byte within five seconds'],
    fix: [{ text: 'See why no VM behind it takes the traffic', run: 'kubectl vmsvc vms NAME' }],
    releases: 'all',
    falseAlarms: ['Some servers hang up when the client is silent, or want TLS first: say what to send with --send'],
    see: ['VMS505', 'VMS614', 'VMS701'],
  },
  VMS704: {
    summary: 'Connected, and nothing said: that proves nothing',
    meaning: 'A proxy may have accepted without anybody behind it, or the server waits for the client to speak.',
    levels: [{ severity: 'info', confidence: 'certain' }],
    evidence: ['a probe (--probe): connected, and silent for five seconds'],
    fix: [{ text: 'Make it speak', run: 'kubectl vmsvc debug NAME --probe=tls' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS703'],
  },
  VMS705: {
    summary: "The VM answers, and the load balancer's address does not",
    meaning:
      "The program works, so the fault lies between: the load balancer was not set up, source ranges leave you out, the guest's firewall or a policy does not let the load balancer in, or nothing routes to the address.",
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'error', confidence: 'likely', when: 'the address is that of a VM, too' },
    ],
    evidence: [
      'a probe (--probe) of both',
      'without one: an address in status.loadBalancer that leads nowhere (link-local, multicast, reserved), or that a VM has as its own',
      'on VPC the addresses from which the load balancer connects: loadBalancerBackendIPs of NetworkInfo',
    ],
    fix: [
      { text: "Let the load balancer's addresses in" },
      { text: 'Look for what it reported (VMS603) and at the source ranges (VMS607)' },
      { text: 'Give it a pool of addresses that clients have a route to, and that no VM has' },
    ],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS603', 'VMS607', 'VMS616'],
  },
  VMS706: {
    summary: 'It works inside, and not from here',
    meaning:
      'From within the cluster it answers. The range of the address is private, or a VPN or a firewall lies between you and it. The objects are right.',
    levels: [
      { severity: 'info', confidence: 'certain', when: 'it was reached from the inside' },
      { severity: 'info', confidence: 'hint', when: 'nobody tried from there' },
    ],
    evidence: ['probes (--probe) from both places'],
    fix: [{ text: 'None in the objects: ask who routes to that range' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS702', 'VMS708'],
  },
  VMS707: {
    summary: 'A policy applies to these VMs and does not let the port through',
    meaning:
      'A SecurityPolicy of NSX selects the VMs by their labels, and none of its rules allows the target port from the load balancer or the client. New VPCs, and projects of NSX, drop what comes from outside unless a rule allows it.',
    levels: [{ severity: 'warning', confidence: 'likely' }],
    evidence: ['securitypolicies of the namespace: whom they apply to, and their rules for incoming traffic'],
    fix: [{ text: "Add a rule that allows the target port from the load balancer's addresses", run: 'kubectl get securitypolicy -o yaml' }],
    releases: 'all; on NSX',
    falseAlarms: [
      'Rules of the administrator cannot be seen from here, and the order of policies counts',
      'A policy that only keeps some addresses out, or is only about what goes out, is not meant',
      'NetworkPolicies apply to pods, not to VMs',
    ],
    see: ['VMS702', 'VMS705'],
  },
  VMS708: {
    summary: 'A cluster IP cannot be reached from there',
    meaning:
      'A cluster IP works where something implements it: on the nodes of the Supervisor, and for vSphere Pods. VMs, workload clusters and laptops have no way to it.',
    levels: [
      { severity: 'info', confidence: 'likely', when: 'by the type alone' },
      { severity: 'warning', confidence: 'likely', when: 'a client outside is known, or a probe failed' },
    ],
    evidence: ['spec.type', 'mirrors that point at it, a probe (--probe)'],
    fix: [{ text: 'Use LoadBalancer for clients outside; the type cannot be changed, so make a second service' }],
    releases: 'all',
    falseAlarms: ['On VDS the control plane may route to the networks of the VMs'],
    see: ['VMS105', 'VMS804'],
  },
  VMS709: {
    summary: 'The name does not resolve',
    meaning:
      "NAME.NAMESPACE.svc.cluster.local is known to the DNS of the Supervisor's cluster, which vSphere Pods ask, and to nobody else. VMs and workload clusters ask other servers.",
    levels: [
      { severity: 'error', confidence: 'certain', when: 'within vSphere Pods' },
      { severity: 'info', confidence: 'certain' },
    ],
    evidence: ['a probe (--probe): ENOTFOUND, while the Service is there'],
    fix: [{ text: 'Use the address, a record in your own DNS, or a mirror of the service in the workload cluster' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS612'],
  },
  VMS710: {
    summary: 'UDP and SCTP cannot be proven by connecting',
    meaning: 'That no answer comes means nothing there. Only a refusal, where it comes back, says something.',
    levels: [{ severity: 'info', confidence: 'certain' }],
    evidence: ['protocols of spec.ports'],
    fix: [{ text: 'Say what to send and what to expect', run: 'kubectl vmsvc debug NAME --probe=app --send=TEXT --expect=TEXT' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS704'],
  },
};
