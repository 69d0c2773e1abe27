import { aVm } from '../../support/builders.ts';
import { endpoints, healthy, healthyBut, one, service, svc, two } from '../../support/diagnosed.ts';
import type { RuleCase } from './rule-case.ts';

const policy = 'virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy';
const named = (name: string) => ({ ...svc(), metadata: { ...svc().metadata, name } });
const noService = (of: ReturnType<typeof svc>) => [of, one, two];
const applied = (spec: object) => ({ 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ spec }) });
const refusal = (message: string) =>
  ({ outcome: 'refused', status: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 500, message } }) as const;
const old = { version: 'v1alpha1', labels: { app: 'web' } } as const;
const [oldOne, oldTwo] = [aVm('web-1', { ...old, ip: '10.0.0.1' }), aVm('web-2', { ...old, ip: '10.0.0.2' })];

export const admissionCases: readonly RuleCase[] = [
  {
    code: 'VMS101',
    when: 'where there are no ports',
    world: noService(svc({ ports: [] })),
    says: 'error VMS101 certain VirtualMachineService/svc',
    but: 'where a headless service has none',
    near: noService(svc({ ports: [], type: 'ClusterIP', clusterIp: 'None' })),
  },
  {
    code: 'VMS102',
    when: 'where clusterIP None was applied and dropped',
    world: healthyBut(svc({ annotations: applied({ clusterIP: 'None' }) })),
    says: 'error VMS102 certain VirtualMachineService/svc',
    but: 'where what was applied is what there is',
    near: healthyBut(svc({ annotations: applied({ type: 'LoadBalancer', ports: [], selector: {} }) })),
  },
  {
    code: 'VMS102',
    when: 'where a port was applied with a node port',
    world: healthyBut(svc({ annotations: applied({ ports: [{ name: 'http', port: 80, nodePort: 30080 }] }) })),
    says: 'warning VMS102 certain VirtualMachineService/svc',
    but: 'where it has the fields of every port',
    near: healthyBut(svc({ annotations: applied({ ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }] }) })),
  },
  {
    code: 'VMS103',
    when: 'where two ports have one number',
    world: noService(
      svc({
        ports: [
          { name: 'a', protocol: 'TCP', port: 80, targetPort: 80 },
          { name: 'b', protocol: 'TCP', port: 80, targetPort: 81 },
        ],
      }),
    ),
    says: 'error VMS103 certain VirtualMachineService/svc',
    but: 'where they have it for TCP and UDP',
    near: noService(
      svc({
        ports: [
          { name: 'a', protocol: 'TCP', port: 80, targetPort: 80 },
          { name: 'b', protocol: 'UDP', port: 80, targetPort: 81 },
        ],
      }),
    ),
  },
  {
    code: 'VMS104',
    when: 'for type ExternalName',
    world: [svc({ type: 'ExternalName', externalName: 'example.test', ports: [] })],
    says: 'warning VMS104 certain VirtualMachineService/svc',
    but: 'for type ClusterIP',
    near: [svc({ type: 'ClusterIP' })],
  },
  {
    code: 'VMS106',
    when: 'for a headless service',
    world: noService(svc({ type: 'ClusterIP', clusterIp: 'None' })),
    says: 'warning VMS106 likely VirtualMachineService/svc',
    but: 'for a cluster IP that is wanted',
    near: noService(svc({ type: 'ClusterIP', clusterIp: '10.96.0.9' })),
  },
  {
    code: 'VMS107',
    when: 'for a source range without a mask',
    world: noService(svc({ loadBalancerSourceRanges: ['10.0.0.1'] })),
    says: 'error VMS107 certain VirtualMachineService/svc',
    but: 'for one with it',
    near: noService(svc({ loadBalancerSourceRanges: ['10.0.0.1/32'] })),
  },
  {
    code: 'VMS108',
    when: 'for a name that no Service can have',
    world: [named('1web'), one],
    says: 'error VMS108 certain VirtualMachineService/1web',
    but: 'for one that it can',
    near: [named('web-1')],
  },
  {
    code: 'VMS108',
    when: 'for a name that an older release takes, and of which Kubernetes makes no Service',
    world: [named('1web'), one],
    options: { profile: 'B' },
    says: 'error VMS108 certain VirtualMachineService/1web',
    but: 'for one of which it does',
    near: [named('web-1'), one],
    nearOptions: { profile: 'B' },
  },
  {
    code: 'VMS119',
    when: 'for a selector with a key that is none',
    world: noService(svc({ selector: { '-app': 'web' } })),
    says: 'error VMS119 certain VirtualMachineService/svc',
    but: 'for a key that is one',
    near: noService(svc({ selector: { app: 'web' } })),
  },
  {
    code: 'VMS120',
    when: 'for a cluster IP that is no address',
    world: noService(svc({ type: 'ClusterIP', clusterIp: '10.96' })),
    says: 'error VMS120 certain VirtualMachineService/svc',
    but: 'for one that is',
    near: noService(svc({ type: 'ClusterIP', clusterIp: '10.96.0.9' })),
  },
  {
    code: 'VMS121',
    when: 'for an external name that is none',
    world: [svc({ type: 'ExternalName', externalName: 'no name', ports: [] })],
    says: 'error VMS121 certain VirtualMachineService/svc',
    but: 'for one that is',
    near: [svc({ type: 'ExternalName', externalName: 'example.test', ports: [] })],
  },
  {
    code: 'VMS109',
    when: 'without a selector and without Endpoints',
    world: [svc({ selector: {} }), service()],
    says: 'error VMS109 likely VirtualMachineService/svc',
    but: 'where somebody made Endpoints',
    near: [svc({ selector: {} }), service(), endpoints({ ready: ['10.9.9.9'] })],
  },
  {
    code: 'VMS110',
    when: 'for a traffic policy on a ClusterIP',
    world: noService(svc({ type: 'ClusterIP', annotations: { [policy]: 'Local' } })),
    says: 'error VMS110 likely VirtualMachineService/svc',
    but: 'for one on a load balancer',
    near: noService(svc({ annotations: { [policy]: 'Local' } })),
  },
  {
    code: 'VMS111',
    when: 'where two families shrink to one and the policy stays',
    world: [
      svc({ ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' }),
      one,
      service({ ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' }),
    ],
    options: { workloadIPv6: true },
    says: 'error VMS111 certain VirtualMachineService/svc',
    but: 'where the policy becomes SingleStack',
    near: [
      svc({ ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }),
      one,
      service({ ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' }),
    ],
    nearOptions: { workloadIPv6: true },
  },
  {
    code: 'VMS111',
    when: 'where two families are asked for with a policy for one, and there is no Service',
    world: noService(svc({ ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'SingleStack' })),
    options: { workloadIPv6: true },
    says: 'error VMS111 certain VirtualMachineService/svc',
    but: 'where the policy is for both',
    near: noService(svc({ ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' })),
    nearOptions: { workloadIPv6: true },
  },
  {
    code: 'VMS111',
    when: 'where the feature for IP families is off',
    world: [svc({ ipFamilies: ['IPv4'] }), one, service()],
    says: 'warning VMS111 certain VirtualMachineService/svc',
    but: 'where nobody could see whether it is',
    near: [svc({ ipFamilies: ['IPv4'] }), one, service()],
    nearOptions: { workloadIPv6Unknown: true },
  },
  {
    code: 'VMS112',
    when: 'for a deletion that is pending for long',
    world: healthyBut(svc({ deletedAt: '2026-11-20T11:00:00Z', finalizers: ['example.com/hold'] })),
    says: 'error VMS112 certain VirtualMachineService/svc',
    but: 'for a service that nobody deletes',
    near: healthy,
  },
  {
    code: 'VMS113',
    when: 'where the webhook does not answer',
    world: noService(svc()),
    options: { proofs: { patchVmService: refusal('failed calling webhook "default.validating": no endpoints available') } },
    says: 'error VMS113 certain VirtualMachineService/svc',
    but: 'where it says no',
    near: noService(svc()),
    nearOptions: { proofs: { patchVmService: refusal('admission webhook "default.validating" denied the request: no') } },
  },
  {
    code: 'VMS114',
    when: 'where an empty selector took all VMs on the oldest release',
    world: [svc({ selector: {}, version: 'v1alpha1' }), oldOne, oldTwo, service(), endpoints({ ready: [oldOne, oldTwo] })],
    options: { profile: 'A' },
    says: 'warning VMS114 certain VirtualMachineService/svc',
    but: 'where the Endpoints have only some of them',
    near: [svc({ selector: {}, version: 'v1alpha1' }), oldOne, oldTwo, service(), endpoints({ ready: [oldOne] })],
    nearOptions: { profile: 'B' },
  },
];
