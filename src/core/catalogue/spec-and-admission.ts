import type { CodeOf } from '../finding-family.ts';
import type { Article } from './article.ts';

export const specAndAdmission: Readonly<Record<CodeOf<'VMS1'>, Article>> = {
  VMS101: {
    summary: 'A field that has no default is missing',
    meaning:
      'A VirtualMachineService looks like a Service, but nothing in it is filled in. spec.type and the name, protocol, port and targetPort of every port have to be written, and all types but a headless ClusterIP and ExternalName need at least one port. A manifest that was copied from a Service, and the first example of VM Operator\'s own documentation, lack some of them and are refused with "Required value".',
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'warning', confidence: 'certain', when: 'it is stored and works: only later writes are refused' },
    ],
    evidence: ['the manifest, or the stored object: spec.type, spec.ports, and the four fields of every port'],
    fix: [
      {
        text: 'Write protocol: TCP, targetPort: the number of port, and a name such as http or tcp-9000; --fix does that',
        run: 'kubectl vmsvc validate -f FILE --fix',
      },
      {
        text: 'Say spec.type: LoadBalancer for clients outside, ClusterIP for those inside. It cannot be changed later. --fix writes ClusterIP, as a Service without a type is, unless a field stands there that another type has; look at what it wrote',
      },
    ],
    releases: 'all',
    falseAlarms: [
      'A headless ClusterIP (clusterIp: None) and an ExternalName need no ports',
      'name: "" is a name as long as there is only one port; the key has to be there all the same',
    ],
    see: ['VMS102', 'VMS103'],
  },
  VMS102: {
    summary: 'A field is not known here, and would be dropped',
    meaning:
      'The schema of VirtualMachineService has few of the fields of a Service, and the API server takes out what it does not know. kubectl asks for strict checking and is refused; other clients get the object stored without the field, and without a word. The usual ones are clusterIP (here clusterIp), externalTrafficPolicy, sessionAffinity, loadBalancerClass, externalIPs, and nodePort and appProtocol of a port. ipFamilies and ipFamilyPolicy exist from v1alpha6 on.',
    levels: [
      {
        severity: 'error',
        confidence: 'certain',
        when: 'in a manifest, or for clusterIP: None in an object that is stored already: a headless service was wanted, and it got an address',
      },
      { severity: 'warning', confidence: 'certain', when: 'in what was last applied to a stored object: it is dropped already' },
    ],
    evidence: [
      'the fields of the manifest against the schema of its version',
      "for stored objects the annotation kubectl.kubernetes.io/last-applied-configuration against the server's OpenAPI schema",
    ],
    fix: [
      {
        text: 'Rename, move or remove the field; --fix does it where there is one right answer',
        run: 'kubectl vmsvc validate -f FILE --fix',
      },
      {
        text: 'For a traffic policy use the annotation instead of the field',
        run: 'kubectl annotate vmservice NAME virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy=Local',
      },
    ],
    releases: 'all; which fields are known depends on the version of the API',
    falseAlarms: [
      'What was last applied may be older than the object',
      'Where the server\'s schema cannot be read, the answer is unknown and not "none"',
    ],
    see: ['VMS106', 'VMS110', 'VMS111'],
  },
  VMS103: {
    summary: 'A port is invalid, or two of them collide',
    meaning:
      'Protocols are TCP, UDP or SCTP in capitals; ports and target ports are numbers from 1 to 65535; with several ports each needs a name of its own, which is a DNS label; and a pair of protocol and port may be there once. A target port cannot be a name, because a VM has no named ports. Except for the last, the schema lets all of that pass, and only the admission webhook refuses it: where the webhook is off, the Service simply never appears.',
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'warning', confidence: 'certain', when: 'it is stored and works: only later writes are refused' },
    ],
    evidence: ['spec.ports, with the rules of the webhook'],
    fix: [
      {
        text: 'Mend the port that is named by its index; the letter case of a protocol, a missing name and a port that is there twice word for word are mended by --fix',
        run: 'kubectl vmsvc validate -f FILE --fix',
      },
      { text: 'Write the number on which the program in the VM listens instead of the name of a port' },
    ],
    releases: 'all',
    falseAlarms: ['The same number for TCP and for UDP is allowed', 'The same targetPort for several ports is allowed'],
    see: ['VMS101', 'VMS613'],
  },
  VMS104: {
    summary: 'The type is not supported',
    meaning:
      'VirtualMachineServices are of type ClusterIP or LoadBalancer. NodePort is refused. ExternalName is accepted, and gives a Service of that type that has no endpoints: nothing of it concerns VMs.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'for NodePort and everything that is no type' },
      { severity: 'warning', confidence: 'certain', when: 'for ExternalName' },
    ],
    evidence: ['spec.type'],
    fix: [
      { text: 'Instead of NodePort use LoadBalancer, or let clients connect to the VM itself' },
      { text: 'Instead of ExternalName make a Service of that type', run: 'kubectl create service externalname NAME --external-name=HOST' },
    ],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS105'],
  },
  VMS105: {
    summary: 'A field would be changed that cannot be changed',
    meaning:
      'spec.type and spec.clusterIp stay as they were when the object was created, and on main so does the first of ipFamilies. The only way is to delete the service and create another one, which may then get another address.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['the manifest against the stored object (--live), or against the file of --old'],
    fix: [
      { text: 'Create a second service beside the first, move the clients to it, then delete the first' },
      {
        text: 'Or delete and create it in a window, after a look at who uses the address: it is kept only where loadBalancerIP asks for it and the load balancer listens to that',
      },
      { text: 'Services of a workload cluster are never recreated: its certificates and kubeconfigs name the address' },
    ],
    releases: 'all; the first IP family on main',
    falseAlarms: [
      'A cluster IP that was allocated is never written back to the VirtualMachineService, so clusterIp is still empty there; to set it later, even to the very address, is refused as well',
    ],
    see: ['VMS104', 'VMS409', 'VMS605'],
  },
  VMS106: {
    summary: 'A headless service is asked for',
    meaning:
      'clusterIp: None is accepted for ClusterIP, but VM Operator counts headless services as not finished: the Endpoints are written, and whether names and ports come out as hoped is not promised. Without ports the Endpoints have none either. With LoadBalancer it is refused.',
    levels: [
      { severity: 'warning', confidence: 'likely' },
      { severity: 'error', confidence: 'likely', when: 'the type is LoadBalancer' },
    ],
    evidence: ['spec.clusterIp and spec.type'],
    fix: [
      { text: 'Leave clusterIp out for a service with an address' },
      { text: 'Or let the client read the addresses of the VMs from the Endpoints', run: 'kubectl get endpoints NAME' },
    ],
    releases: 'all',
    falseAlarms: ['Headless Services inside a workload cluster are a different thing and work'],
    see: ['VMS102'],
  },
  VMS107: {
    summary: 'Source ranges are malformed, or on the wrong type',
    meaning:
      'loadBalancerSourceRanges takes CIDR blocks, and only for LoadBalancer. An address without a mask is none. A block with bits set behind its mask (10.1.2.3/24) is read as its network today, and refused by Kubernetes where strict checking of addresses is on. 0.0.0.0/0 beside narrower blocks makes those pointless.',
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'warning', confidence: 'certain', when: 'bits are set behind the mask, or one block covers the others' },
      { severity: 'warning', confidence: 'certain', when: 'it is stored and works: only later writes are refused' },
    ],
    evidence: ['spec.loadBalancerSourceRanges and spec.type'],
    fix: [
      {
        text: 'Write each block with its network address and its mask: 10.1.2.0/24, or 10.1.2.3/32 for one address',
        run: 'kubectl vmsvc validate -f FILE --fix',
      },
      { text: 'Remove the list where the type is not LoadBalancer' },
    ],
    releases: 'all; up to 8.0.3 the webhook judges the list as a whole',
    falseAlarms: ['Blanks around a block are taken away before it is judged'],
    see: ['VMS607', 'VMS608'],
  },
  VMS108: {
    summary: 'The name cannot be the name of a Service',
    meaning:
      'The child Service has the name of the VirtualMachineService, so that name has to be a DNS label that starts with a letter: small letters, digits and hyphens, at most 63, no dots. Releases up to 8.0.3 accept names that start with a digit, and then fail to make the Service without saying so.',
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'warning', confidence: 'certain', when: 'it is stored and works: only later writes are refused' },
    ],
    evidence: ['metadata.name'],
    fix: [{ text: 'Choose another name: a name cannot be changed, so create a new service and delete the old one' }],
    releases: 'all; up to 8.0.3 a leading digit is accepted and fails later',
    falseAlarms: [],
    see: ['VMS402'],
  },
  VMS109: {
    summary: 'No selector, and nobody wrote Endpoints',
    meaning:
      'Without a selector the controller leaves the Endpoints alone: somebody has to write them. As long as nobody does, there is an address and nobody behind it. Users with the edit role can usually not write Endpoints.',
    levels: [
      { severity: 'error', confidence: 'likely', when: 'older than five minutes' },
      { severity: 'info', confidence: 'likely', when: 'younger than that' },
    ],
    evidence: ['spec.selector', 'the Endpoints of that name', "EndpointSlices of the service that others than Kubernetes' mirroring made"],
    fix: [
      { text: 'Add a selector', run: 'kubectl patch vmservice NAME --type=merge -p \'{"spec":{"selector":{"app":"web"}}}\'' },
      {
        text: 'Or write Endpoints with the name of the service and the names of its ports; see first whether you may',
        run: 'kubectl auth can-i create endpoints',
      },
    ],
    releases: '8.0.2 and later; on 8.0.1 no selector means every VM',
    falseAlarms: ['EndpointSlices that somebody wrote by hand serve as well as Endpoints'],
    see: ['VMS114', 'VMS504', 'VMS911'],
  },
  VMS110: {
    summary: 'The annotation for the traffic policy does nothing, or does harm',
    meaning:
      'The annotation virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy knows the words Local and Cluster, spelt exactly so; any other value is ignored. The controller copies it whatever the type is, and Kubernetes refuses a Service of type ClusterIP that has it: that Service is then never created, or never updated, and nobody is told. The annotation service.healthCheckNodePort means something only together with Local.',
    levels: [
      { severity: 'error', confidence: 'likely', when: 'Local or Cluster on a type other than LoadBalancer' },
      { severity: 'warning', confidence: 'certain', when: 'the value is neither' },
      { severity: 'info', confidence: 'certain', when: 'a health check port without Local' },
    ],
    evidence: ['metadata.annotations and spec.type'],
    fix: [
      {
        text: 'Take the annotation away',
        run: 'kubectl annotate vmservice NAME virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy-',
      },
      { text: 'Or spell the value as Local or Cluster; --fix mends its letter case', run: 'kubectl vmsvc validate -f FILE --fix' },
    ],
    releases: 'all',
    falseAlarms: ['The cloud provider of a workload cluster sets both annotations on its own objects'],
    see: ['VMS402', 'VMS410', 'VMS615'],
  },
  VMS111: {
    summary: 'IP families are not available here, or contradict each other',
    meaning:
      'ipFamilies and ipFamilyPolicy exist from v1alpha6 on, and work where the capability for IPv6 workloads is on; elsewhere they are refused or dropped. What the API accepts may still be refused for the child Service: two families without a dual-stack policy, a family that the cluster does not have, RequireDualStack on a cluster with one family, and going from two families to one without saying SingleStack. Then Service and endpoints stay as they were.',
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'warning', confidence: 'certain', when: 'it is stored and works: only later writes are refused' },
    ],
    evidence: [
      'spec.ipFamilies and spec.ipFamilyPolicy',
      'the schema of the version',
      'the capability supports_workload_ipv6',
      'what the child Service has stored',
    ],
    fix: [
      { text: 'Remove both fields where the platform does not have them' },
      { text: 'Say ipFamilyPolicy: PreferDualStack with two families, SingleStack with one' },
      { text: 'Or create one service for each family' },
    ],
    releases: 'main; before v1alpha6 the fields are unknown (VMS102)',
    falseAlarms: ['The child Service always shows families: Kubernetes fills them in, nobody asked for them'],
    see: ['VMS102', 'VMS305'],
  },
  VMS112: {
    summary: 'The service is stuck in its deletion',
    meaning:
      'It has a deletion time and does not go away, because somebody who left a finalizer has not finished. That is VM Operator itself, when its controller is down or may not delete the children, or somebody else, such as Cluster API; or the whole namespace is ending.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'deleted more than a minute ago' },
      { severity: 'info', confidence: 'certain', when: 'younger than that' },
    ],
    evidence: ['metadata.deletionTimestamp', 'metadata.finalizers, and whose each of them is'],
    fix: [
      { text: 'See whether the controller is alive, and ask the owner of the platform', run: 'kubectl vmsvc debug NAME' },
      {
        text: 'Do not take the finalizer away first: the Service, its address and what stands for it in the load balancer would stay behind',
      },
    ],
    releases:
      'all; the finalizer is vmoperator.vmware.com/virtualmachineservice from 9.0 on, virtualmachineservice.vmoperator.vmware.com before',
    falseAlarms: ['Where the VirtualMachineService is gone and its Service is not, that is VMS407'],
    see: ['VMS407', 'VMS915', 'VMS917'],
  },
  VMS113: {
    summary: 'The admission webhook cannot be reached',
    meaning:
      "Every write to a VirtualMachineService is shown to VM Operator's webhook first, and refused while that does not answer: its pods are down, are being upgraded, or their certificate changed. Reading goes on, and so does the traffic of what is there.",
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['the server\'s answer to a write: "failed calling webhook"'],
    fix: [
      { text: 'Wait a minute and try again, in case it is an upgrade' },
      { text: "Then ask the owner of the platform to look at VM Operator's pods" },
    ],
    releases: 'all',
    falseAlarms: ['"admission webhook … denied the request" is an answer, not an outage: it is about the manifest'],
    see: ['VMS915', 'VMS916'],
  },
  VMS114: {
    summary: 'No selector means every VM on this release',
    meaning:
      'VM Operator of vSphere 8.0 U1 and older takes an empty selector for one that fits every VM of the namespace. Later releases leave the Endpoints alone instead, so after an upgrade the list is frozen as it was.',
    levels: [{ severity: 'warning', confidence: 'certain' }],
    evidence: ['the newest version that the server has', 'spec.selector', 'the VMs that the Endpoints name'],
    fix: [
      {
        text: 'Add a selector before the upgrade',
        run: 'kubectl patch vmservice NAME --type=merge -p \'{"spec":{"selector":{"app":"web"}}}\'',
      },
    ],
    releases: '8.0.1 and older',
    falseAlarms: ['8.0.2 has the same version of the API and does not do this: where the Endpoints do not name all VMs, nothing is said'],
    see: ['VMS109', 'VMS504'],
  },
  VMS115: {
    summary: 'A value is of the wrong type, or is not one of those allowed',
    meaning:
      'The schema of the API wants another type (a number where there is text, a plain map where there is a nested one), a value out of a list, or a certain format. selector.matchLabels is the best known: the selector of a VirtualMachineService is a plain map of labels, as that of a Service, and not the query of a Deployment.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['the manifest against the schema of its version'],
    fix: [
      { text: 'Write the value as the message says' },
      { text: 'Write the pairs of selector.matchLabels as selector itself; --fix does it', run: 'kubectl vmsvc validate -f FILE --fix' },
    ],
    releases: 'all',
    falseAlarms: ['null counts as if the field were not there', '80.0 and 8e1 are integers; 80.5 and "80" are not'],
    see: ['VMS101', 'VMS102'],
  },
  VMS116: {
    summary: 'A file is not YAML or JSON that can be read',
    meaning:
      'The text breaks the rules of YAML or JSON at this place, holds something that kubectl would not take (a tag that constructs something, an alias of itself), or is larger or deeper than any manifest. Nothing of the document is read; the documents around it are.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['the text, as kubectl reads it'],
    fix: [{ text: 'Correct the line that is named: a tab as indentation, a colon without a blank, a quote that is not closed' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS117'],
  },
  VMS117: {
    summary: 'A key is there twice in one mapping',
    meaning:
      'Only the last one counts, and a server that is asked strictly, as kubectl asks, refuses JSON like it. Mostly a block was copied and not finished.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['the text'],
    fix: [{ text: 'Remove one of the two lines' }],
    releases: 'all',
    falseAlarms: [
      'a key that overrides one of a merge key (<<) is no second one',
      'kubectl itself says nothing: it sends what it read last, and the line that was meant may be the other one',
    ],
    see: ['VMS116'],
  },
  VMS118: {
    summary: 'A word without quotes is a boolean here',
    meaning:
      'kubectl reads YAML as of version 1.1: yes, no, on, off, y and n are booleans, as values and as keys. In a selector or a label that is refused, or becomes "true" or "false".',
    levels: [{ severity: 'warning', confidence: 'likely' }],
    evidence: ['the text'],
    fix: [{ text: 'Put the word in quotes, or write true or false where a boolean is meant' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS115'],
  },
  VMS119: {
    summary: 'A pair of the selector cannot be a label',
    meaning:
      'Keys and values of a selector follow the rules for labels. A pair that breaks them could match no VM, and the webhook refuses it.',
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'warning', confidence: 'certain', when: 'it is stored and works: only later writes are refused' },
    ],
    evidence: ['spec.selector'],
    fix: [{ text: 'Write the pair as the label of the VMs is written', run: 'kubectl get vm --show-labels' }],
    releases: 'all',
    falseAlarms: ['an empty value is allowed, and matches an empty label'],
    see: ['VMS201'],
  },
  VMS120: {
    summary: 'The cluster IP is no address, or not for this type',
    meaning:
      'spec.clusterIp takes an IP address in its canonical form, or None. From 9.0.1 on leading zeros, IPv4 written as IPv6, and IPv6 that could be shorter are refused; type ExternalName has no cluster IP at all.',
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'warning', confidence: 'certain', when: 'it is stored and works: only later writes are refused' },
    ],
    evidence: ['spec.clusterIp', 'spec.type'],
    fix: [{ text: 'Leave clusterIp out: an address is given by itself' }, { text: 'Write the address as the message says' }],
    releases: 'all; the canonical form from 9.0.1 on',
    falseAlarms: [],
    see: ['VMS106', 'VMS409'],
  },
  VMS121: {
    summary: 'The external name is missing, or no DNS name',
    meaning: 'Type ExternalName points to a DNS name in spec.externalName, in lower case. One dot at its end is ignored.',
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'warning', confidence: 'certain', when: 'it is stored and works: only later writes are refused' },
    ],
    evidence: ['spec.externalName', 'spec.type'],
    fix: [{ text: 'Write the DNS name; an IP address belongs into Endpoints, not here' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS104'],
  },
  VMS122: {
    summary: "A rule of the API's definition is broken",
    meaning:
      'The definition of v1alpha6 has rules on IP families: none with type ExternalName, no family twice, only IPv4 and IPv6, and the first one stays as it is once it was set.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['spec.ipFamilies', 'spec.ipFamilyPolicy', 'spec.type', 'the stored object, where the change is judged'],
    fix: [{ text: 'Change the families as the message says; to change the first one, create another service' }],
    releases: 'main, through v1alpha6 only',
    falseAlarms: ['adding a second family, removing it, and setting families for the first time are allowed'],
    see: ['VMS105', 'VMS111'],
  },
  VMS123: {
    summary: 'Kubernetes would refuse the Service that comes of it',
    meaning:
      "The VirtualMachineService itself is accepted. VM Operator then makes a Service of it, and the API server refuses that: nothing appears, and only VM Operator's log says why.",
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'info', confidence: 'hint', when: 'it depends on a version of Kubernetes that is not known' },
    ],
    evidence: ['the Service, as the controller would write it', 'Services and quotas of the namespace, where they are known'],
    fix: [{ text: 'Change what the message names in the VirtualMachineService, or in its annotations, which are copied' }],
    releases: 'all',
    falseAlarms: ['port 10250 is refused before Kubernetes 1.33 only, a load balancer with TCP and UDP before 1.24 only'],
    see: ['VMS402', 'VMS409'],
  },
  VMS124: {
    summary: "Something in the object's metadata is not allowed",
    meaning:
      'Labels, annotations, owner references and finalizers follow the same rules for every kind of object. The API server checks them before anything else. A resourceVersion, which a manifest has that was exported from a cluster, is refused when the object is created.',
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'warning', confidence: 'certain', when: 'a resourceVersion in a manifest' },
    ],
    evidence: ['metadata'],
    fix: [{ text: 'Correct the key or value that is named' }, { text: 'Remove metadata.resourceVersion' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS108'],
  },
  VMS125: {
    summary: 'A suppression hits nothing',
    meaning:
      'An --ignore, or an annotation that ignores a code, matched no finding: the cause is gone, or the code, the name or the annotation itself is mistyped. Left there it would hide the next one.',
    levels: [{ severity: 'warning', confidence: 'certain' }],
    evidence: ['--ignore', 'annotations vmsvc/ignore-CODE'],
    fix: [{ text: 'Remove it, or correct it' }],
    releases: 'all',
    falseAlarms: ['what needs VMs, or a cluster, may hit nothing where these are not given'],
    see: [],
  },
  VMS126: {
    summary: 'The server and this tool do not agree',
    meaning:
      'With --live the server is asked to try the write. It refused what this tool accepts, or accepted what this tool calls an error. That is a bug of this tool, unless the server has policies of its own.',
    levels: [{ severity: 'warning', confidence: 'certain' }],
    evidence: ["the server's answer to a write with dryRun=All"],
    fix: [{ text: 'Trust the server, and report it with the manifest and the answer' }],
    releases: 'all',
    falseAlarms: ['admission policies, quotas and webhooks of others are not known here'],
    see: ['VMS113'],
  },
  VMS127: {
    summary: "The webhook's validation is switched off by an annotation",
    meaning:
      'With the annotation vmoperator.vmware.com.protected/skip-validation, whatever its value, the webhook admits everything. What it would have refused shows up later, as a Service that is never made.',
    levels: [{ severity: 'warning', confidence: 'certain' }],
    evidence: ['metadata.annotations'],
    fix: [{ text: 'Remove the annotation', run: 'kubectl annotate vmservice NAME vmoperator.vmware.com.protected/skip-validation-' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS123'],
  },
};
