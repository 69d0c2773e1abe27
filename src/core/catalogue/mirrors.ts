import type { CodeOf } from '../finding-family.ts';
import type { Article } from './article.ts';

export const mirrors: Readonly<Record<CodeOf<'VMS8'>, Article>> = {
  VMS801: {
    summary: 'The mirror is not there',
    meaning:
      'A mirror is a Service without selector, with Endpoints, in a workload cluster or another namespace: it gives the address of a VirtualMachineService a name there. One that is expected does not exist.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['Services of the target context'],
    fix: [
      {
        text: 'Make a Service without selector there, and Endpoints of that name with the address of the service',
        run: 'kubectl get vmservice NAME -o jsonpath={.status.loadBalancer.ingress[*].ip}',
      },
    ],
    releases: 'all',
    falseAlarms: ['Who may not read there gets "unknown", not "missing"'],
    see: ['VMS802'],
  },
  VMS802: {
    summary: 'The mirror points at an address that changed',
    meaning:
      'The service was deleted and made again and has another address, or another object by now. Clients of the mirror time out, or reach whoever has the old address.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['addresses of the mirror against status.loadBalancer of the service', 'the uid that the mirror remembers'],
    fix: [
      { text: 'Write the address and the port into the Endpoints of the mirror', run: 'kubectl edit endpoints NAME --context=CONTEXT' },
    ],
    releases: 'all',
    falseAlarms: [
      'Somebody may have switched it to another site on purpose',
      'A service of two families has two addresses: the sets are compared',
    ],
    see: ['VMS807'],
  },
  VMS803: {
    summary: 'The mirror uses another port than the service has',
    meaning:
      "The Endpoints of a mirror need the port of the service (port, not targetPort), and the name of the port in the mirror's Service.",
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ["ports of the mirror's Endpoints and Service against spec.ports"],
    fix: [
      { text: 'Write the address and the port into the Endpoints of the mirror', run: 'kubectl edit endpoints NAME --context=CONTEXT' },
    ],
    releases: 'all',
    falseAlarms: ["The port of the mirror's Service may differ: only the one behind it counts"],
    see: ['VMS509'],
  },
  VMS804: {
    summary: 'The mirror points at a cluster IP, or at a VM',
    meaning:
      'A cluster IP of the Supervisor leads nowhere from outside. The address of a VM works until the VM gets another one, and is not balanced.',
    levels: [
      { severity: 'error', confidence: 'certain', when: 'it is the cluster IP' },
      { severity: 'warning', confidence: 'certain', when: 'it is the address of a VM' },
    ],
    evidence: ['addresses of the mirror against the Service and the VMs'],
    fix: [{ text: "Point it at the load balancer's address; a ClusterIP service needs a second one of type LoadBalancer for that" }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS513', 'VMS708'],
  },
  VMS805: {
    summary: "The mirror's Service has a selector",
    meaning: 'Then Kubernetes writes its Endpoints from pods, or leaves them empty, and the address is gone.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ["spec.selector of the mirror's Service", 'the label endpoints.kubernetes.io/managed-by of its Endpoints'],
    fix: [
      {
        text: 'Take the selector away, then write the address into the Endpoints again',
        run: 'kubectl patch service NAME --context=CONTEXT --type=merge -p \'{"spec":{"selector":null}}\'',
      },
    ],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS404', 'VMS508'],
  },
  VMS806: {
    summary: 'You may not write Endpoints where the mirror is to be',
    meaning: 'A mirror takes create and update on Endpoints in the target. Since Kubernetes 1.22 the edit role does not have that.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ["the target server's own answer about your rights"],
    fix: [{ text: 'Ask an administrator there for a Role with endpoints', run: 'kubectl auth can-i create endpoints --context=CONTEXT' }],
    releases: 'all',
    falseAlarms: ['Who may edit the Supervisor namespace is usually an administrator within its workload clusters'],
    see: ['VMS911'],
  },
  VMS807: {
    summary: 'The service behind the mirror is gone',
    meaning:
      'The VirtualMachineService that the mirror copies does not exist any more, is another object by now, or its namespace is ending.',
    levels: [{ severity: 'error', confidence: 'certain' }],
    evidence: ['the source that the mirror names, and its uid'],
    fix: [{ text: 'Delete the mirror, or point it at another service' }],
    releases: 'all',
    falseAlarms: ['"Forbidden" is not "gone"'],
    see: ['VMS802'],
  },
  VMS808: {
    summary: 'A mirror of a mirror, a loop, or another IP family',
    meaning:
      "The address of the mirror is that of a Service which is a mirror itself, or its own; load balancers do not follow that. Or the address has a family that the mirror's Service does not.",
    levels: [
      { severity: 'error', confidence: 'likely', when: 'it is a loop, or all its addresses are of another family' },
      { severity: 'warning', confidence: 'likely', when: 'it is a chain, or some of them are' },
    ],
    evidence: ['addresses of the mirror against those of the Services there', "ipFamilies of the mirror's Service"],
    fix: [{ text: 'Point it at the origin' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS513'],
  },
  VMS809: {
    summary: "The Service default/supervisor of a workload cluster is Cluster API's",
    meaning:
      "It gives the address of the Supervisor's API to the cluster, has no selector, and is kept up to date by Cluster API. It looks like a mirror and is none of yours.",
    levels: [{ severity: 'info', confidence: 'certain' }],
    evidence: ['a headless Service supervisor in the namespace default, with port 6443'],
    fix: [{ text: 'Leave it as it is' }],
    releases: 'all',
    falseAlarms: [],
    see: ['VMS901'],
  },
};
