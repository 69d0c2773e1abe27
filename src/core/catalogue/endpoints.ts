import type { CodeOf } from '../finding-family.ts';
import type { Article } from './article.ts';

export const endpoints: Readonly<Record<CodeOf<'VMS5'>, Article>> = {
  VMS501: {
    summary: 'VMs qualify, and the Endpoints do not have them',
    meaning:
      "What VM Operator would write has endpoints, what is stored has none. The controller fails after it made the Service, is down, or an Endpoints object of that name is somebody else's.",
    levels: [
      { severity: 'error', confidence: 'certain', when: 'they have none of the VMs, and nothing changed for a minute' },
      { severity: 'warning', confidence: 'certain', when: 'they lack some of the VMs' },
    ],
    evidence: ['the computed Endpoints against the stored ones', 'who controls the Endpoints', 'when a VM changed last'],
    fix: [
      { text: 'Ask the controller to look again', run: 'kubectl vmsvc nudge NAME' },
      { text: 'If it does not answer, it is stuck (VMS915)' },
    ],
    releases: 'all',
    falseAlarms: ['Releases differ in what they count: the rules of the one that is installed are used'],
    see: ['VMS402', 'VMS915'],
  },
  VMS502: {
    summary: 'A VM that does not match any more still gets traffic',
    meaning:
      'Up to 9.1 a VM that loses its label does not wake the controller. Its endpoint goes away when the controller looks for another reason, or at the next full round: after ten minutes at most up to 9.0, after thirty on 9.1.',
    levels: [
      { severity: 'warning', confidence: 'certain', when: 'the next full round is still to come' },
      { severity: 'error', confidence: 'certain', when: 'that time is over' },
    ],
    evidence: ['targetRef of the endpoint against the VMs that match', 'when the labels of the VM were written'],
    fix: [{ text: 'Wake the controller', run: 'kubectl vmsvc nudge NAME' }],
    releases: 'up to 9.1; main looks at once',
    falseAlarms: ['A service without selector keeps its list for ever (VMS504)'],
    see: ['VMS503', 'VMS504'],
  },
  VMS503: {
    summary: 'An endpoint is that of a VM that is gone, or of an address it had',
    meaning:
      'The Endpoints name a VM that does not exist, one that was made anew under the same name, or an address that its VM has no longer.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'for more than a minute' },
      { severity: 'warning', confidence: 'certain', when: 'a VM that is ready is only listed as not ready' },
    ],
    evidence: ['uid and address of every endpoint against the VMs'],
    fix: [
      { text: 'Wake the controller', run: 'kubectl vmsvc nudge NAME' },
      { text: 'If that does not help, find out what it is refused (VMS501)' },
    ],
    releases: 'all',
    falseAlarms: ['Endpoints that were written by hand name no VM'],
    see: ['VMS306', 'VMS501', 'VMS502'],
  },
  VMS504: {
    summary: 'The selector was removed, so the Endpoints are frozen',
    meaning: 'Without a selector the controller leaves the Endpoints as they are: new VMs do not come in, and VMs that are gone stay.',
    levels: [{ severity: 'warning', confidence: 'certain' }],
    evidence: ['spec.selector, and Endpoints that name VMs'],
    fix: [
      { text: 'Put the selector back', run: 'kubectl patch vmservice NAME --type=merge -p \'{"spec":{"selector":{"app":"web"}}}\'' },
      { text: 'Or delete the Endpoints and keep them by hand, if you may' },
    ],
    releases: '8.0.2 and later',
    falseAlarms: ['Somebody may have frozen them on purpose, for maintenance'],
    see: ['VMS109', 'VMS114'],
  },
  VMS505: {
    summary: 'There are endpoints, and none of them is ready',
    meaning:
      'Every VM behind the service is listed as not ready. What a client sees depends on the load balancer: it accepts and hangs up, refuses, or does not answer.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['addresses and notReadyAddresses of the Endpoints'],
    fix: [{ text: 'See why each VM is not ready', run: 'kubectl vmsvc vms NAME' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS308', 'VMS309', 'VMS310', 'VMS614'],
  },
  VMS506: {
    summary: 'The Endpoints were not mirrored into EndpointSlices',
    meaning:
      'Kubernetes copies Endpoints into EndpointSlices, which kube-proxy and most load balancers read. It does not where the label endpointslice.kubernetes.io/skip-mirror is set (a label of the VirtualMachineService ends there), where the Service has a selector, or where mirroring gave up.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'the label skip-mirror is set' },
      { severity: 'error', confidence: 'likely', when: 'for any other reason, after a minute' },
      { severity: 'warning', confidence: 'likely', when: 'slices have some of the addresses and lack others' },
    ],
    evidence: [
      'Endpoints with addresses, and no slice of the mirroring controller',
      'labels and annotations of the Endpoints',
      'events FailedToUpdateEndpointSlices, TooManyAddressesToMirror, InvalidIPAddress',
    ],
    fix: [
      {
        text: 'Take the label from the VirtualMachineService, and from the Service, where it would stay',
        run: 'kubectl label vmservice/NAME service/NAME endpointslice.kubernetes.io/skip-mirror-',
      },
      { text: 'Otherwise wake the controller', run: 'kubectl vmsvc nudge NAME' },
    ],
    releases: 'all',
    falseAlarms: ['NCP reads the Endpoints themselves and goes on working', 'With slices that somebody wrote by hand all is well'],
    see: ['VMS404', 'VMS507'],
  },
  VMS507: {
    summary: 'More than a thousand addresses',
    meaning: 'Kubernetes mirrors at most a thousand addresses of a subset. The rest of the VMs get no traffic from those who read slices.',
    levels: [{ severity: 'warning', confidence: 'certain' }],
    evidence: [
      'how many addresses a subset has',
      'the event TooManyAddressesToMirror',
      'the annotation endpoints.kubernetes.io/over-capacity',
    ],
    fix: [{ text: 'Split the service into several, each with its own selector' }],
    releases: 'all',
    falseAlarms: ['Limits of the load balancer are usually reached earlier (VMS606)'],
    see: ['VMS506', 'VMS606'],
  },
  VMS508: {
    summary: 'EndpointSlices of somebody else are there, too',
    meaning:
      'Besides the mirrored slices the Service has others: from the time when it had a selector, or made by hand. Whoever reads slices sends traffic to those addresses as well.',
    levels: [{ severity: 'error', confidence: 'likely' }],
    evidence: ['slices of the Service by who manages them, and their addresses against the Endpoints'],
    fix: [
      { text: 'Delete the slice that should not be there; that takes more than the edit role', run: 'kubectl delete endpointslice SLICE' },
    ],
    releases: 'all',
    falseAlarms: ['Slices by hand may be meant, for a service without selector'],
    see: ['VMS404'],
  },
  VMS509: {
    summary: 'The ports of the Endpoints are not those of the Service',
    meaning:
      'Names and numbers have to fit each other in Service, Endpoints and slices. A name that differs is enough for kube-proxy to find nobody behind the port.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['ports of the Service, of the Endpoints and of the slices, by name and number'],
    fix: [
      { text: 'Wake the controller', run: 'kubectl vmsvc nudge NAME' },
      { text: "In Endpoints of your own use the names of the Service's ports; no name only for a single port that has none" },
    ],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS406', 'VMS501'],
  },
  VMS510: {
    summary: 'Not ready is mirrored as ready, on an old Kubernetes',
    meaning: 'Kubernetes 1.19 to 1.21.1 copies addresses that are not ready as if they were.',
    levels: [{ severity: 'warning', confidence: 'certain' }],
    evidence: ['notReadyAddresses of the Endpoints against the slices, a minute after they were written'],
    fix: [{ text: 'Upgrade the Supervisor' }],
    releases: 'those with Kubernetes 1.19 to 1.21.1',
    falseAlarms: [],
    see: ['VMS308'],
  },
  VMS511: {
    summary: 'The server says that Endpoints are deprecated',
    meaning:
      'Kubernetes 1.33 and later warn whoever reads or writes Endpoints. VM Operator works with Endpoints, so the warning tells nothing about your service. This tool does not repeat it.',
    levels: [{ severity: 'info', confidence: 'certain' }],
    evidence: ['warnings of the server'],
    fix: [{ text: 'None is needed' }],
    releases: 'those with Kubernetes 1.33 and later',
    falseAlarms: [],
    see: [],
  },
  VMS512: {
    summary: 'A change by hand was, or will be, undone',
    meaning:
      'Service, Endpoints and slices are written by controllers, who put back what somebody changes there. The place for a change is the VirtualMachineService or the VM.',
    levels: [{ severity: 'warning', confidence: 'likely' }],
    evidence: ['who wrote which field when: managedFields', 'last-applied on a Service or Endpoints that VM Operator owns'],
    fix: [{ text: "Change the VirtualMachineService, or the VM's labels", run: 'kubectl edit vmservice NAME' }],
    releases: 'all',
    falseAlarms: ["A Service's own fields that the controller never writes stay as they were set"],
    see: ['VMS406'],
  },
  VMS513: {
    summary: 'An endpoint has an address that cannot work',
    meaning:
      'Endpoints by hand hold a loopback or link-local address, which the server refuses, the cluster IP of another Service, which kube-proxy does not follow, or the address of the service itself, which is a loop.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['addresses of the Endpoints against the Services that you may read'],
    fix: [{ text: "Use the address of a VM, or the load balancer's address of another service" }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS804', 'VMS808'],
  },
};
