import type { CodeOf } from '../finding-family.ts';
import type { Article } from './article.ts';

export const vmAddressAndReadiness: Readonly<Record<CodeOf<'VMS3'>, Article>> = {
  VMS301: {
    summary: 'The VM is on and has no address: its guest tools do not run',
    meaning:
      "VM Operator learns a VM's address from the guest, through VMware Tools or open-vm-tools. Minimal images and appliances often have none, and a guest that crashed reports nothing. A VM without an address is left out of the Endpoints altogether: it is not even listed as not ready.",
    levels: [
      { severity: 'error', confidence: 'certain', when: 'without an address for more than five minutes' },
      { severity: 'info', confidence: 'certain', when: 'for less than that' },
    ],
    evidence: [
      'status.network.primaryIP4 and primaryIP6 (status.vmIp with v1alpha1)',
      'the condition VirtualMachineTools: False or Unknown',
      'status.powerState',
    ],
    fix: [
      { text: 'Install or start open-vm-tools in the guest, over its console; then look again', run: 'kubectl get vm VM -o wide' },
      {
        text: 'A guest that can have no tools but has a fixed address can be served by a service without selector, with Endpoints that an administrator writes',
      },
    ],
    releases: 'all',
    falseAlarms: ['A first start with cloud-init or sysprep may take longer than five minutes'],
    see: ['VMS302', 'VMS303', 'VMS304'],
  },
  VMS302: {
    summary: 'The network did not give the VM its interface',
    meaning:
      "The network provider has not made the network interface that the VM asks for: its pool or segment is full, the subnet is missing, the network's name is wrong, or it does not do that IP family.",
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: [
      'the condition VirtualMachineNetworkReady, with its message',
      'the object of the provider that is named after the VM and its interface: networkinterfaces (VDS), virtualnetworkinterfaces (NSX-T), subnetports (VPC)',
    ],
    fix: [
      { text: 'Compare the name of the network with those that there are', run: 'kubectl get network,virtualnetwork,subnet,subnetset' },
      { text: 'If the reason is a full pool, ask the administrator for a larger one' },
    ],
    releases: 'all; the condition exists from v1alpha2 on',
    falseAlarms: [
      'A VM without any interface has no such condition (VMS314)',
      "Who may not read the provider's objects gets its reason from the condition alone",
    ],
    see: ['VMS301', 'VMS314'],
  },
  VMS303: {
    summary: 'The guest did not take an address',
    meaning:
      'The tools run, and the guest has no usable address: its network was to be set up by cloud-init, sysprep or DHCP, and was not. An image that ignores its customization, the wrong bootstrap, no DHCP server, or a cloud-init that may not touch the network are the usual reasons. From 9.1 on an address that cloud-init published counts first, which may be old or that of another interface.',
    levels: [
      { severity: 'error', confidence: 'likely', when: 'without an address for more than five minutes' },
      { severity: 'info', confidence: 'likely', when: 'for less than that' },
    ],
    evidence: [
      'the condition VirtualMachineTools: True',
      'the conditions VirtualMachineGuestNetworkConfigSynced, GuestCustomization and GuestBootstrap',
      'addresses of status.network.interfaces: link-local ones only',
    ],
    fix: [
      {
        text: 'Compare what was intended (status.network.config) with what is there (status.network.interfaces)',
        run: 'kubectl get vm VM -o yaml',
      },
      { text: 'Check spec.bootstrap, and the network of the guest over its console' },
    ],
    releases: "all; the condition about the guest's network exists from 9.1 on",
    falseAlarms: ['Link-local and loopback addresses are passed over on purpose'],
    see: ['VMS301', 'VMS304'],
  },
  VMS304: {
    summary: 'Of several addresses none, or the wrong one, became the primary one',
    meaning:
      'A service uses one address of a VM for each IP family, and there is no field to choose the interface. With several interfaces, or several addresses on one, VM Operator may find no primary address, and then the VM is no endpoint; or it takes that of the management network.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'there is no primary address' },
      { severity: 'warning', confidence: 'likely', when: 'it lies in another network than those of the other endpoints' },
    ],
    evidence: [
      'status.network.interfaces and their addresses',
      'status.network.primaryIP4 and primaryIP6',
      'the addresses of the other endpoints',
    ],
    fix: [
      { text: 'Let the interface of the service be the first one and have the default route' },
      { text: 'Keep addresses of bridges and tunnels out of what the tools report (exclude them in tools.conf)' },
    ],
    releases: 'all; main takes the only usable address of an interface where the guest named none',
    falseAlarms: ['Addresses of docker0 or cni0 belong to the VM and to no network of it'],
    see: ['VMS301', 'VMS306'],
  },
  VMS305: {
    summary: "The VM has no address of the Service's IP family",
    meaning:
      'On main a VM is an endpoint with its addresses of the families that its Service has, and with no others: a VM that only has IPv6 is not behind an IPv4 Service. Older releases take the IPv4 address, else the IPv6 one, without asking the Service; then the load balancer may leave the odd ones out.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'on main' },
      { severity: 'warning', confidence: 'likely', when: 'on older releases' },
    ],
    evidence: ['primary addresses of the VM, read in the newest version', 'spec.ipFamilies of the child Service'],
    fix: [
      { text: 'Give the VM an address of that family' },
      { text: 'Or, on main, create a new service with ipFamilies as the VM has them: the first family cannot be changed' },
    ],
    releases: 'all; it takes a VM out on main only',
    falseAlarms: [
      'PreferDualStack with VMs of one family is fine if that is the first family',
      'Read as v1alpha1, a VM with both families shows only one of its addresses',
    ],
    see: ['VMS111'],
  },
  VMS306: {
    summary: "The address that is published is not the guest's any more",
    meaning:
      "The endpoint exists, and connecting to it times out, because the guest has another address by now: DHCP gave a new one, an interface was replaced, the VM is off or paused, or cloud-init's note of it was never renewed.",
    levels: [{ severity: 'warning', confidence: 'likely' }],
    evidence: [
      'the primary address against status.network.interfaces',
      "the address in the network provider's object",
      'power state and pause',
    ],
    fix: [{ text: 'Restart the tools in the guest, or the VM' }, { text: "Take the pause away (VMS212), or correct cloud-init's data" }],
    releases: 'all',
    falseAlarms: ['Old tools report no list of addresses: then nothing is said'],
    see: ['VMS209', 'VMS212', 'VMS503'],
  },
  VMS307: {
    summary: 'Two VMs have the same address',
    meaning:
      'Both are endpoints with one address, so connections reach now the one and now the other. It comes from a cloned guest with a fixed address, or from an address that was taken beside the pool.',
    levels: [{ severity: 'error', confidence: 'likely' }],
    evidence: ['primary addresses of the VMs of the namespace that are on the same network'],
    fix: [{ text: 'Give one of them another address' }],
    releases: 'all',
    falseAlarms: [
      'Networks and VPCs may use the same ranges: only VMs on one network are compared',
      'A VM that is off may only remember its address',
    ],
    see: ['VMS304'],
  },
  VMS308: {
    summary: 'The readiness probe of the VM fails',
    meaning:
      'The VM is listed in the Endpoints as not ready and gets no traffic. A TCP probe connects from the control plane of the Supervisor to the VM, so a firewall in the guest that only lets the load balancer in breaks it. A heartbeat probe needs the tools, a guestInfo probe a value that somebody sets in the guest.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'no endpoint is ready' },
      { severity: 'warning', confidence: 'certain' },
    ],
    evidence: [
      'spec.readinessProbe',
      'the condition Ready of the VM: its message says what the probe saw',
      'events Ready and NotReady of the VM',
    ],
    fix: [
      { text: 'See whether the program listens, in the guest', run: 'ss -ltn' },
      { text: "Let the Supervisor's control plane through the guest's firewall" },
      { text: 'Or correct the probe', run: 'kubectl edit vm VM' },
    ],
    releases: 'all',
    falseAlarms: ['The condition Ready is about the probe alone, and not about the health of the VM'],
    see: ['VMS310', 'VMS311', 'VMS505'],
  },
  VMS309: {
    summary: 'The VM has a readiness probe that has not run yet',
    meaning:
      'As long as a probe has no result, a VM counts as ready only if it was a ready endpoint before. A new one therefore stays out: the prober does not run, the VM is paused, or VM Operator is stuck.',
    levels: [
      { severity: 'warning', confidence: 'certain' },
      { severity: 'info', confidence: 'certain', when: 'the VM, its power or its spec is younger than two periods of the probe' },
    ],
    evidence: ['spec.readinessProbe with an action', 'no condition Ready'],
    fix: [{ text: 'Check whether the VM is paused (VMS212) or the controller is stuck (VMS915)', run: 'kubectl vmsvc debug vm/VM' }],
    releases: 'all',
    falseAlarms: ['Read as v1alpha1, a guestInfo probe looks like one without any action'],
    see: ['VMS212', 'VMS308', 'VMS915'],
  },
  VMS310: {
    summary: 'The readiness probe cannot work as it is written',
    meaning:
      'VM Operator puts guestinfo. before the key of a guestInfo probe, so a key that starts with it is looked up with it twice. A TCP probe with the name of a port always fails. Of several actions the first counts: TCP, then heartbeat, then guestInfo. On VPC networks TCP probes are refused, and on isolated networks all but port 6443. A regular expression that does not compile fits anything, and a probe without an action is none, except up to 8.0.2, where it counts.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'the prefix is doubled, or the port is no number' },
      { severity: 'warning', confidence: 'certain', when: 'it is another of these' },
    ],
    evidence: ['spec.readinessProbe of the VM'],
    fix: [
      { text: 'Write key: ready, and set the value in the guest', run: "vmware-rpctool 'info-set guestinfo.ready true'" },
      { text: 'Write the number of the port' },
    ],
    releases: 'all; guestInfo exists from v1alpha2 on',
    falseAlarms: ['Somebody may really publish guestinfo.guestinfo.x'],
    see: ['VMS308'],
  },
  VMS311: {
    summary: 'The readiness probe tries another port than the service uses',
    meaning:
      'The probe connects to a port that is no targetPort of the service: the VM may be called ready and refuse the traffic, or be taken out although it would serve.',
    levels: [{ severity: 'info', confidence: 'hint' }],
    evidence: ['readinessProbe.tcpSocket.port of the VM', 'spec.ports[].targetPort of the service'],
    fix: [{ text: 'Use the same number in both, unless the difference is meant' }],
    releases: 'all',
    falseAlarms: ['A port of its own for health checks', 'Services of a workload cluster'],
    see: ['VMS308'],
  },
  VMS312: {
    summary: 'Ready is False from a probe that is gone',
    meaning:
      'The condition is not taken away together with the probe. Without a probe the controller does not look at it: the VM gets traffic, whatever it says.',
    levels: [{ severity: 'info', confidence: 'certain' }],
    evidence: ['no spec.readinessProbe, and a condition Ready'],
    fix: [{ text: 'None is needed' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS308'],
  },
  VMS313: {
    summary: 'The VMs have no readiness probe',
    meaning:
      'A VM without a probe always counts as ready. If its program dies, it gets traffic all the same, unless the load balancer looks by itself.',
    levels: [{ severity: 'info', confidence: 'certain', when: 'with --all, for LoadBalancer' }],
    evidence: ['spec.readinessProbe of the VMs behind the service'],
    fix: [
      { text: 'On VDS and NSX-T a TCP probe does; on VPC use guestInfo or a heartbeat, or the health check of the load balancer (VMS618)' },
    ],
    releases: 'all',
    falseAlarms: ['The load balancer may have a health check of its own'],
    see: ['VMS209', 'VMS618'],
  },
  VMS314: {
    summary: 'The VM has its network switched off',
    meaning: 'It was created without any network interface, so it never gets an address and never becomes an endpoint.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['spec.network.disabled', 'with v1alpha1 the annotation vmoperator.vmware.com/no-default-nic, and no interfaces'],
    fix: [{ text: 'Switch the network on, or take the label away that makes the service select this VM', run: 'kubectl label vm VM KEY-' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS301'],
  },
};
