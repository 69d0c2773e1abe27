import type { CodeOf } from '../finding-family.ts';
import type { Article } from './article.ts';

export const environment: Readonly<Record<CodeOf<'VMS9'>, Article>> = {
  VMS901: {
    summary: 'It is the API endpoint of a workload cluster',
    meaning:
      'Cluster API keeps this service: its address is the one in the certificates and kubeconfigs of a workload cluster. Cluster API makes it when it is missing and does not mend it. Whoever edits it breaks the cluster; whoever deletes it may get another address, and nobody can log in any more.',
    levels: [
      { severity: 'info', confidence: 'certain', when: 'always told first' },
      { severity: 'warning', confidence: 'certain', when: 'its port 6443 has lost the name apiserver, by which Cluster API finds it' },
    ],
    evidence: ['an owner of kind VSphereCluster', 'a selector for control planes, with port 6443'],
    fix: [{ text: 'Leave it alone, and look at the cluster instead', run: 'kubectl get vspherecluster,kubeadmcontrolplane,machine' }],
    releases: 'all',
    falseAlarms: ['No endpoints while the first machine of the control plane starts', 'No readiness probes on VPC'],
    see: ['VMS902'],
  },
  VMS902: {
    summary: 'It is the load balancer of a Service inside a workload cluster',
    meaning:
      'The cloud provider of that cluster keeps it, and writes ports and annotations back. The place for a change is the Service there.',
    levels: [{ severity: 'info', confidence: 'certain', when: 'always told first' }],
    evidence: ['the three labels run.tanzu.vmware.com/…', 'a selector for nodes, with target ports from 30000 to 32767'],
    fix: [{ text: 'Change the Service in the workload cluster', run: 'kubectl get service --context=CONTEXT -A' }],
    releases: 'all',
    falseAlarms: [
      'Target ports in the range of node ports, all nodes as endpoints, and nodes that fail the check of a Local policy are right there',
    ],
    see: ['VMS615', 'VMS901', 'VMS903'],
  },
  VMS903: {
    summary: 'Two objects stand for one Service of a workload cluster',
    meaning:
      'The cloud provider finds its object by labels, and refuses to choose between two. It happened when the way of naming them changed.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['VirtualMachineServices with the same three labels run.tanzu.vmware.com/…'],
    fix: [{ text: 'Find the one whose address the Service in the cluster shows, and let the owner of the platform delete the other' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS902'],
  },
  VMS904: {
    summary: 'Nobody seems to use this service any more',
    meaning:
      "It was made for a workload cluster that is gone, or it is a user's and no VM has matched it for more than a week. It still holds an address and counts in quotas.",
    levels: [{ severity: 'warning', confidence: 'likely' }],
    evidence: ['owner and nodes of the cluster', 'the VMs that match, and since when there are none'],
    fix: [{ text: 'Ask around, then delete it', run: 'kubectl delete vmservice NAME' }],
    releases: 'all',
    falseAlarms: ['Who may not read the owner gets "unknown"'],
    see: ['VMS405', 'VMS604', 'VMS614'],
  },
  VMS905: {
    summary: 'The selector says capw and the nodes say capv, or the other way round',
    meaning:
      'Labels of cluster nodes changed their prefix. After an upgrade an old cloud provider selects by one of them, and the nodes have the other: no node matches.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['keys of the selector against labels of the node VMs'],
    fix: [{ text: 'Upgrade the cloud provider of that cluster; 1.23.2 and 1.24.2 mended it' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS902'],
  },
  VMS906: {
    summary: 'Helm or a GitOps tool keeps this object',
    meaning: 'A change by hand would be undone at the next sync. Helm, Argo CD, Flux and Carvel leave marks by which they are known.',
    levels: [{ severity: 'info', confidence: 'likely' }],
    evidence: ['labels and annotations of those tools'],
    fix: [{ text: 'Change it in the repository it comes from' }],
    releases: 'all',
    falseAlarms: ['An object may be left of a chart that is not in use any more'],
    see: ['VMS512'],
  },
  VMS910: {
    summary: 'Something may not be read, so it is unknown',
    meaning:
      'You have no right to read VMs, Services, Endpoints, slices, events or objects of the network provider. Rules that need them could not run: nothing they would find is called absent.',
    levels: [{ severity: 'warning', confidence: 'certain', when: 'printed as UNKNOWN; exit code 3 if a rule about causes could not run' }],
    evidence: ['answers 403 of the server'],
    fix: [
      { text: 'See what you may run, and what is missing', run: 'kubectl vmsvc can-i' },
      { text: 'Give an administrator the Role that it takes', run: 'kubectl vmsvc can-i describe --as-role' },
    ],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS911'],
  },
  VMS911: {
    summary: 'You may not write Endpoints',
    meaning:
      "Kubernetes took that right out of the roles edit and admin in 1.22, because it was a way past network policies (CVE-2021-25740). The controller has it; you need it only to do the controller's work, or for a service without selector.",
    levels: [
      { severity: 'error', confidence: 'certain', when: 'reconcile would have to write them' },
      { severity: 'info', confidence: 'certain' },
    ],
    evidence: ["the server's own answer about your rights"],
    fix: [
      { text: 'Let the controller do it', run: 'kubectl vmsvc nudge NAME' },
      { text: 'Or ask for the Role', run: 'kubectl vmsvc can-i reconcile --as-role' },
    ],
    releases: 'all',
    falseAlarms: ['A Supervisor that was upgraded from before may still have the right in its roles'],
    see: ['VMS109', 'VMS806'],
  },
  VMS912: {
    summary: 'The server does not know VirtualMachineServices',
    meaning:
      'The context is that of a workload cluster, or of a cluster without a Supervisor. VirtualMachineServices live in the namespaces of the Supervisor.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['the API groups of the server', 'the other contexts of your kubeconfig'],
    fix: [{ text: 'Use the context of the Supervisor namespace', run: 'kubectl config get-contexts' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS916', 'VMS918'],
  },
  VMS913: {
    summary: 'A version of the API that is old, or that the server does not have',
    meaning:
      'The manifest says a version that the server does not have, or v1alpha1, which is deprecated from 9.0 on and hides IPv6 addresses and guestInfo probes. A manifest that was read through an older version carries the annotation vmoperator.vmware.com/conversion, and applied elsewhere it brings an old status and old families along.',
    levels: [{ severity: 'warning', confidence: 'certain' }],
    evidence: [
      'apiVersion of the manifest against the versions of the release or the server',
      'the annotation vmoperator.vmware.com/conversion',
    ],
    fix: [
      {
        text: 'Write the newest version that the server has, and leave the annotation out of files',
        run: 'kubectl vmsvc validate -f FILE --fix',
      },
    ],
    releases: 'all; which versions there are depends on the release',
    falseAlarms: ['In an object that is read and written back in place the annotation has to stay'],
    see: ['VMS102'],
  },
  VMS914: {
    summary: 'The clock of this machine, or of another, is wrong',
    meaning:
      "This machine's clock and the server's differ by more than thirty seconds, or objects have times in the future. Ages are computed with the server's clock. A certificate that is not valid yet is often this.",
    levels: [
      { severity: 'info', confidence: 'certain' },
      { severity: 'error', confidence: 'certain', when: 'logging in fails because of it' },
    ],
    evidence: ["the Date of the server's answers against the clock here", 'times of the objects'],
    fix: [{ text: 'Set the clock' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS918'],
  },
  VMS915: {
    summary: 'VM Operator looks stuck',
    meaning:
      'No single sign proves it, several together do: what it should have written is older than its own full round, a deletion hangs, several services of the namespace differ at once, nothing it wrote is newer than what users changed, its lease is not renewed.',
    levels: [
      { severity: 'error', confidence: 'likely', when: 'two signs or more' },
      { severity: 'warning', confidence: 'hint', when: 'one sign' },
    ],
    evidence: [
      'the difference between stored and computed, and its age',
      'what VM Operator wrote last: managedFields',
      'its lease in vmware-system-vmop, where it may be read',
    ],
    fix: [
      { text: 'Wake it, and see whether it answers', run: 'kubectl vmsvc nudge NAME' },
      { text: 'Give the owner of the platform what bundle writes', run: 'kubectl vmsvc bundle NAME' },
      { text: 'In an emergency do its work once', run: 'kubectl vmsvc reconcile NAME --once' },
    ],
    releases: 'all',
    falseAlarms: ['In a quiet namespace everything is old: only a change that waits is a sign'],
    see: ['VMS401', 'VMS501'],
  },
  VMS916: {
    summary: 'The Supervisor is being upgraded',
    meaning:
      'The webhook or the conversion between versions fails, the group answers with 503, and the list of versions changes. Writes fail for some minutes; traffic goes on.',
    levels: [{ severity: 'warning', confidence: 'likely' }],
    evidence: ['answers of the server: failed webhooks, 503, conversion errors', 'versions of the group'],
    fix: [{ text: 'Wait some minutes, then look again' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS113'],
  },
  VMS917: {
    summary: 'The namespace is being deleted',
    meaning: 'Nothing can be created in it any more, and what is in it goes away. All else that might be said is beside the point.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['deletionTimestamp and phase of the Namespace', 'answers with "being terminated"'],
    fix: [{ text: 'Use another namespace; if it hangs, ask the owner of the platform', run: 'kubectl get namespace NAMESPACE -o yaml' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS112'],
  },
  VMS918: {
    summary: 'The login has expired',
    meaning:
      'The server does not know who you are (401). That is another thing than not being allowed (403). Tokens of a Supervisor live for some hours.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['answers 401 of the server'],
    fix: [{ text: 'Log in again', run: 'kubectl vsphere login --server=SUPERVISOR' }],
    releases: 'all',
    falseAlarms: ['A clock that is wrong makes a good token look expired'],
    see: ['VMS910', 'VMS914'],
  },
};
