import type { CodeOf } from '../finding-family.ts';
import type { Article } from './article.ts';

export const selection: Readonly<Record<CodeOf<'VMS2'>, Article>> = {
  VMS201: {
    summary: 'No VM has the labels that the selector asks for',
    meaning:
      'A VM is behind a service if its own labels contain every pair of the selector, letter by letter, in the same namespace. Here none does. The labels may be misspelt, sit in another place or on VMs of another namespace; or the machine was made in the vSphere Client, and is no VirtualMachine object at all.',
    levels: [
      { severity: 'error', confidence: 'certain' },
      {
        severity: 'warning',
        confidence: 'certain',
        when: 'the service is younger than ten minutes, or not there yet: the VMs may still come',
      },
      { severity: 'info', confidence: 'certain', when: 'the service is younger than a minute' },
    ],
    evidence: ['spec.selector', 'metadata.labels of every VM of the namespace, and how many fit each pair alone'],
    fix: [
      { text: 'Give the VM the labels', run: 'kubectl label vm VM KEY=VALUE' },
      { text: 'Or correct the selector, which may be changed at any time', run: 'kubectl edit vmservice NAME' },
      { text: 'See which VMs come near', run: 'kubectl vmsvc vms NAME --near-misses' },
    ],
    releases: 'all',
    falseAlarms: ['A service that is made first, and its VMs after it', 'Who may not list VMs gets "unknown", never "none"'],
    see: ['VMS202', 'VMS203', 'VMS204', 'VMS205'],
  },
  VMS202: {
    summary: 'A VM misses the selector by the spelling of a label',
    meaning:
      'A label differs from what the selector asks for in letter case, in a separator, in its prefix (app and app.kubernetes.io/name), in the plural, or by a letter or two, and the rest of the pairs fits. Labels are compared letter by letter, so the VM gets no traffic.',
    levels: [
      { severity: 'error', confidence: 'likely', when: 'no VM matches' },
      { severity: 'warning', confidence: 'likely', when: 'others match' },
    ],
    evidence: ['spec.selector against the labels of the VMs that do not match'],
    fix: [
      { text: 'Correct the label of the VM', run: 'kubectl label vm VM KEY=VALUE --overwrite' },
      {
        text: 'Or correct the selector; a merge patch only adds, so a wrong key is set to null',
        run: 'kubectl patch vmservice NAME --type=merge -p \'{"spec":{"selector":{"App":null,"app":"web"}}}\'',
      },
    ],
    releases: 'all',
    falseAlarms: [
      'v1 and v2, blue and green, db-1 and db-2 are meant to differ: a difference in a number at the end is never called a slip',
      'Of a selector with one pair, a value counts as misspelt only where nothing matches, and letters changed places, or one is missing or too many',
      'Nodes of workload clusters are left out',
    ],
    see: ['VMS201', 'VMS205'],
  },
  VMS203: {
    summary: 'VMs with these labels are in another namespace',
    meaning:
      'A service sees the VMs of its own namespace and no others. Here nothing matches, and in a namespace that you may read there are VMs that would.',
    levels: [{ severity: 'error', confidence: 'likely' }],
    evidence: [
      'spec.selector',
      'labels of VMs in the namespaces of --also-namespaces, without it in those of your kubeconfig contexts of this cluster',
    ],
    fix: [
      { text: 'Make the service where its VMs are', run: 'kubectl get vmservice NAME -o yaml' },
      { text: 'Or let a Service without selector here, with Endpoints, point at the address of a service there' },
    ],
    releases: 'all',
    falseAlarms: ['A staging namespace with the same labels is normal: it is said only when nothing matches here'],
    see: ['VMS201'],
  },
  VMS204: {
    summary: 'The labels are there, but in a place that does not count',
    meaning:
      'Only metadata.labels of the VirtualMachine itself is compared. Pairs under spec, among the annotations, on the VirtualMachineReplicaSet instead of in its template, in the name of the VM, or as a tag in vCenter look right in a file and do nothing.',
    levels: [{ severity: 'error', confidence: 'likely' }],
    evidence: [
      'annotations of the VMs',
      'spec.labels and metadata.label in what was last applied',
      'labels of the owner, against those of its template',
      'names of the VMs',
    ],
    fix: [
      { text: 'Put the labels on the VM', run: 'kubectl label vm VM KEY=VALUE' },
      { text: 'For a replica set put them into spec.template.metadata.labels' },
    ],
    releases: 'all',
    falseAlarms: ['A field that the server dropped is seen only in what was last applied: that it is not there proves nothing'],
    see: ['VMS201'],
  },
  VMS205: {
    summary: 'Each pair of the selector fits some VM, and no VM fits all',
    meaning: 'All pairs have to be on the same VM. Here each of them is on at least one, but no VM has them all.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['spec.selector, and for every pair the VMs that have it'],
    fix: [{ text: 'Take out the pair that excludes most, or put the missing label on the VMs', run: 'kubectl label vm VM KEY=VALUE' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS201', 'VMS202'],
  },
  VMS206: {
    summary: 'The selector catches more than it should, or the same VMs as another service',
    meaning:
      "A selector such as env=prod alone catches whatever gets that label next. Three things point to that: nodes of a workload cluster are behind a service that is not the cluster's; the VMs behind one service seem to be of different applications; or two services send the same port to the same VM.",
    levels: [
      { severity: 'error', confidence: 'certain', when: 'nodes of a workload cluster are behind a service of a user' },
      { severity: 'warning', confidence: 'hint', when: 'the VMs look like different applications' },
      { severity: 'info', confidence: 'certain', when: 'another service serves the same VMs on the same ports' },
    ],
    evidence: ['the VMs that match, their labels and owners', 'selectors and ports of the other services of the namespace'],
    fix: [
      {
        text: 'Add a pair to the selector that only the right VMs have',
        run: 'kubectl patch vmservice NAME --type=merge -p \'{"spec":{"selector":{"app":"web"}}}\'',
      },
    ],
    releases: 'all',
    falseAlarms: [
      'Two services over the same VMs are legal and common: one for users, one for administration',
      'Services of a workload cluster overlap on purpose',
    ],
    see: ['VMS207'],
  },
  VMS207: {
    summary: 'The selector relies on a label that others write',
    meaning:
      "The key belongs to a controller or a tool: the zone of the topology, the class, Helm's chart and version. When that party writes another value, after an upgrade for example, the service loses its VMs.",
    levels: [{ severity: 'warning', confidence: 'hint' }],
    evidence: [
      'the keys of spec.selector: topology.kubernetes.io, vmoperator.vmware.com and other prefixes of Kubernetes, chart and version of Helm',
    ],
    fix: [{ text: 'Give the VMs a label of your own, and select by that', run: 'kubectl label vm VM app=web' }],
    releases: 'all',
    falseAlarms: ['A service for one zone may be meant so'],
    see: ['VMS206'],
  },
  VMS208: {
    summary: 'VMs that match are being deleted',
    meaning:
      'A VM with a deletion time is no endpoint from that moment on, even while it still runs. It may stay for long: an annotation delete.check.vmoperator.vmware.com holds it, it is paused, or vCenter is busy.',
    levels: [
      { severity: 'warning', confidence: 'certain' },
      { severity: 'error', confidence: 'certain', when: 'no other VM matches' },
      { severity: 'info', confidence: 'certain', when: 'others that match have an address: it is being replaced' },
    ],
    evidence: ['metadata.deletionTimestamp, finalizers and the annotations of the VM that hold it'],
    fix: [{ text: 'For the service there is nothing to do; if the VM is stuck, look at who holds it', run: 'kubectl describe vm VM' }],
    releases: 'all',
    falseAlarms: ['Rolling replacement'],
    see: ['VMS112', 'VMS212'],
  },
  VMS209: {
    summary: 'The VM is off or suspended',
    meaning:
      'The power state plays no part in choosing endpoints. A VM that was switched off stays a ready endpoint for as long as its last address is in its status, unless a readiness probe takes it out.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'it is the only endpoint, or is listed as ready' },
      { severity: 'warning', confidence: 'certain' },
    ],
    evidence: [
      'status.powerState, and spec.powerState where they differ',
      'the condition VirtualMachinePowerStateSynced',
      'annotations poweron.check.vmoperator.vmware.com that hold it back',
    ],
    fix: [
      {
        text: 'Switch it on (poweredOn with v1alpha1)',
        run: 'kubectl patch vm VM --type=merge -p \'{"spec":{"powerState":"PoweredOn"}}\'',
      },
      { text: 'Give it a readiness probe, so that it leaves by itself the next time' },
    ],
    releases: 'all',
    falseAlarms: ['A standby may be suspended on purpose', "The power of members of a group is the group's"],
    see: ['VMS306', 'VMS313'],
  },
  VMS210: {
    summary: 'The VM was never created in vSphere',
    meaning:
      'The object is there and the machine is not: its class, image, storage class or content library is not available in the namespace, the Secret of its bootstrap lacks a key, or no place was found for it.',
    levels: [
      { severity: 'error', confidence: 'certain' },
      { severity: 'info', confidence: 'certain', when: 'it is two minutes old at most, or ten while its image is copied' },
    ],
    evidence: [
      'the condition VirtualMachineCreated, and the first of the conditions before it that is False: class, image, storage, bootstrap, resource policy, network, image cache, placement',
      'with v1alpha1 VirtualMachinePrereqReady and status.phase',
    ],
    fix: [
      { text: 'See what the namespace offers', run: 'kubectl get vmclass,vmi' },
      { text: 'Ask the administrator of vSphere to give the namespace the class or the library that the condition names' },
    ],
    releases: 'all',
    falseAlarms: ['In its first seconds a VM has no conditions', 'Where images are cached first, that takes minutes'],
    see: ['VMS211'],
  },
  VMS211: {
    summary: 'A quota, or the lack of a place, holds the VM up',
    meaning:
      'The namespace may not have more of what the VM takes, or no host fits it. It is not created, or is created and not switched on.',
    levels: [{ severity: 'error', confidence: 'likely' }],
    evidence: [
      'events CreateFailure and UpdateFailure of the VM',
      'ResourceQuotas of the namespace, used against hard',
      'the condition VirtualMachineConditionPlacementReady',
    ],
    fix: [{ text: 'See which limit is reached', run: 'kubectl get resourcequota' }, { text: 'Free something, or ask for more' }],
    releases: 'all',
    falseAlarms: ["The quota may be of another storage class than the VM's"],
    see: ['VMS210', 'VMS606'],
  },
  VMS212: {
    summary: 'VM Operator was told to leave the VM alone',
    meaning:
      'The VM is paused: changes to it have no effect, and its address and conditions may be old. Labels count all the same, because the service reads them from the object. Whatever else is found on that VM may follow from this.',
    levels: [{ severity: 'warning', confidence: 'certain' }],
    evidence: [
      'the annotation vmoperator.vmware.com/paused (up to 8.0.3 vmoperator.vmware.com/pause-reconcile)',
      'the label vmoperator.vmware.com/paused, which says who paused it',
      'the condition VirtualMachineReconcileReady',
    ],
    fix: [
      { text: 'Take the annotation away if it is yours', run: 'kubectl annotate vm VM vmoperator.vmware.com/paused-' },
      { text: 'Otherwise ask the administrator' },
    ],
    releases: 'all; the annotation has another name up to 8.0.3',
    falseAlarms: ['Backup and restore pause a VM for minutes'],
    see: ['VMS209', 'VMS306'],
  },
  VMS213: {
    summary: 'There is one endpoint only',
    meaning: 'The service works, and one VM carries all of it.',
    levels: [
      {
        severity: 'info',
        confidence: 'certain',
        when: 'a LoadBalancer with exactly one ready endpoint; told with --all, and as a note in lists',
      },
    ],
    evidence: ['ready addresses of the Endpoints, and spec.type'],
    fix: [{ text: 'Put a second VM with the same labels beside it, if it should survive the first' }],
    releases: 'all',
    falseAlarms: ['A database is often alone on purpose'],
    see: [],
  },
};
