import type { KubeObject } from '../../../src/model/object.ts';
import { aService, aVm, aVmService } from '../../support/builders.ts';
import { endpoints, healthy, healthyBut, one, service, slice, svc, two, web } from '../../support/diagnosed.ts';
import type { RuleCase } from './rule-case.ts';

const fresh = '2026-11-20T11:59:00Z';
const metalLb = { 'metallb.io/ip-allocated-from-pool': 'lab' };
const policyLocal = { 'virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy': 'Local' };
const ncp = (errors: Readonly<Record<string, string>>) => service({ annotations: { 'ncp/virtual_servers': 'x', ...errors }, ingress: [] });
const pending = svc({ ingress: [] });
const about = (apiVersion: string, kind: string, name: string, more: object, namespace: string | undefined = 'prod'): KubeObject =>
  ({ apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) }, ...more }) as KubeObject;
const avi = { 'service.route.lbapi.run.tanzu.vmware.com/gateway-name': 'gw' };
const gateway = (reason: string) =>
  about('networking.x-k8s.io/v1alpha1pre1', 'Gateway', 'gw', {
    status: { listeners: [{ port: 80, conditions: [{ type: 'Conflicted', status: 'True', reason, message: 'no' }] }] },
  });
const quota = (used: string) =>
  about('v1', 'ResourceQuota', 'q', { status: { hard: { 'services.loadbalancers': '5' }, used: { 'services.loadbalancers': used } } });
const dnsFailed = (reason: string): KubeObject =>
  ({
    ...service(),
    status: {
      loadBalancer: { ingress: [{ ip: '192.0.2.7' }] },
      conditions: [{ type: 'Ready', status: 'False', reason, message: 'not allowed' }],
    },
  }) as KubeObject;
const policy = (port: number, selected = 'web') =>
  about('crd.nsx.vmware.com/v1alpha1', 'SecurityPolicy', 'closed', {
    spec: {
      appliedTo: [{ vmSelector: { matchLabels: { app: selected } } }],
      rules: [{ action: 'allow', direction: 'in', ports: [{ protocol: 'TCP', port }] }],
    },
  });
const toWeb = { vmSelector: { matchLabels: { app: 'web' } } };
const policyOf = (rules: readonly object[], appliedTo: readonly object[] = [toWeb]) =>
  about('crd.nsx.vmware.com/v1alpha1', 'SecurityPolicy', 'closed', { spec: { appliedTo, rules } });
const allow = { direction: 'In', action: 'Allow', ports: [{ protocol: 'TCP', port: 8080 }] };
const drop = { direction: 'in', action: 'drop' };
const inNetwork = (network: string) => {
  const vm = web('web-1', { ip: '10.0.0.1' });
  return { ...vm, spec: { ...vm.spec, network: { interfaces: [{ name: 'eth0', network: { name: network } }] } } };
};
const withMode = (ipMode?: string): KubeObject =>
  ({ ...service(), status: { loadBalancer: { ingress: [{ ip: '192.0.2.7', ...(ipMode !== undefined && { ipMode }) }] } } }) as KubeObject;
const sctp = [{ name: 'http', protocol: 'SCTP', port: 80, targetPort: 8080 }];

const said = (reason: string, message: string): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'said', namespace: 'prod' },
    type: 'Warning',
    reason,
    message,
    involvedObject: { kind: 'Service', namespace: 'prod', name: 'svc' },
  }) as KubeObject;

const network = (name: string): KubeObject => ({
  apiVersion: 'netoperator.vmware.com/v1alpha1',
  kind: 'Network',
  metadata: { name, namespace: 'prod' },
});

export const loadBalancerCases: readonly RuleCase[] = [
  {
    code: 'VMS601',
    when: 'where the Service is a minute old and has no address',
    world: healthyBut(pending, service({ createdAt: fresh, ingress: [] })),
    says: 'info VMS601 certain Service/svc',
    but: 'where it has waited for days',
    near: healthyBut(pending, service({ ingress: [] })),
  },
  {
    code: 'VMS602',
    when: 'where nothing gives an address',
    world: healthyBut(pending, service({ ingress: [] })),
    says: 'error VMS602 likely Service/svc',
    but: 'where the load balancer still has time',
    near: healthyBut(pending, service({ createdAt: fresh, ingress: [] })),
  },
  {
    code: 'VMS603',
    when: 'where NCP writes an error on the Service',
    world: healthyBut(pending, ncp({ 'ncp/error.loadbalancer': 'IP_POOL_NOT_FOUND' })),
    says: 'error VMS603 certain Service/svc',
    but: 'where it writes other things',
    near: healthyBut(pending, ncp({})),
  },
  {
    code: 'VMS603',
    when: 'where an old error stands beside an address: a note',
    world: healthyBut(service({ annotations: { 'ncp/error.snat': 'X' } })),
    says: 'info VMS603 certain Service/svc',
    but: 'where there is none',
    near: healthy,
  },
  {
    code: 'VMS603',
    when: 'where NCP serves some ports, and says which not: a warning beside the address',
    world: healthyBut(service({ annotations: { 'ncp/error.loadbalancer.unrealized_ports': '443' } })),
    says: 'warning VMS603 likely Service/svc',
    but: 'where it serves them all',
    near: healthyBut(service({ annotations: { 'ncp/vip_pool': 'p' } })),
  },
  {
    code: 'VMS604',
    when: 'where the pool is exhausted',
    world: healthyBut(pending, ncp({ 'ncp/error.loadbalancer': 'IP_POOL_EXHAUSTED' })),
    says: 'error VMS604 certain Service/svc',
    but: 'where the error is another one',
    near: healthyBut(pending, ncp({ 'ncp/error.loadbalancer': 'IP_POOL_NOT_FOUND' })),
  },
  {
    code: 'VMS604',
    when: 'where an event alone says that the pool is exhausted',
    world: healthyBut(pending, service({ ingress: [] }), said('AllocationFailed', 'no available IPs in the pool')),
    says: 'error VMS604 likely Service/svc',
    but: 'where the event says something else',
    near: healthyBut(pending, service({ ingress: [] }), said('AllocationFailed', 'no route')),
  },
  {
    code: 'VMS605',
    when: 'where another address was given than the one asked for',
    world: healthyBut(svc({ loadBalancerIP: '192.0.2.9' }), service({ loadBalancerIP: '192.0.2.9' })),
    says: 'error VMS605 certain Service/svc',
    but: 'where NCP was given the name of a pool',
    near: healthyBut(svc({ loadBalancerIP: 'pool-a' }), service({ loadBalancerIP: 'pool-a' })),
  },
  {
    code: 'VMS606',
    when: 'where the quota is used up and the server says so',
    world: [svc({ ingress: [] }), one, two, quota('5')],
    options: {
      proofs: {
        createService: {
          outcome: 'refused',
          status: {
            kind: 'Status',
            apiVersion: 'v1',
            status: 'Failure',
            code: 403,
            message: 'exceeded quota: q, requested: services.loadbalancers=1',
          },
        },
      },
    },
    says: 'error VMS606 certain Service/svc',
    but: 'where one is left',
    near: [svc({ ingress: [] }), one, two, quota('4')],
  },
  {
    code: 'VMS608',
    when: 'where AVI balances, which does not look at source ranges',
    world: healthyBut(
      svc({ loadBalancerSourceRanges: ['10.0.0.0/8'] }),
      service({ labels: avi, loadBalancerSourceRanges: ['10.0.0.0/8'] }),
    ),
    says: 'warning VMS608 likely VirtualMachineService/svc',
    but: 'where there are no ranges',
    near: healthyBut(service({ labels: avi })),
  },
  {
    code: 'VMS609',
    when: 'where two Services have one address and port',
    world: healthyBut(aService('other', { ingress: ['192.0.2.7'] })),
    says: 'error VMS609 certain Service/svc',
    but: 'where they share the address with another port',
    near: healthyBut(aService('other', { ingress: ['192.0.2.7'], ports: [{ name: 'x', protocol: 'TCP', port: 81 }] })),
  },
  {
    code: 'VMS610',
    when: 'where the address is on the Service alone',
    world: healthyBut(svc({ ingress: [] })),
    says: 'error VMS610 certain VirtualMachineService/svc',
    but: 'where the Service was made a moment ago',
    near: healthyBut(svc({ ingress: [] }), service({ createdAt: '2026-11-20T11:59:30Z' })),
  },
  {
    code: 'VMS611',
    when: 'where the condition is not known, as usual',
    world: healthyBut(
      svc({ conditions: [{ type: 'VirtualMachineServiceServiceReady', status: 'Unknown', reason: 'ServiceReadyNotPresent' }] }),
    ),
    says: 'info VMS611 certain VirtualMachineService/svc',
    but: 'where it is true',
    near: healthyBut(svc({ conditions: [{ type: 'VirtualMachineServiceServiceReady', status: 'True' }] })),
  },
  {
    code: 'VMS612',
    when: 'where the DNS record failed',
    world: healthyBut(dnsFailed('DNSRecordFailed')),
    says: 'warning VMS612 certain Service/svc',
    but: 'where something else failed',
    near: healthyBut(dnsFailed('SomethingElse')),
  },
  {
    code: 'VMS613',
    when: 'where NSX is to balance SCTP',
    world: healthyBut(svc({ ports: sctp }), service({ annotations: { 'ncp/virtual_servers': 'x' }, ports: sctp })),
    says: 'error VMS613 likely VirtualMachineService/svc',
    but: 'where it is TCP',
    near: healthyBut(service({ annotations: { 'ncp/virtual_servers': 'x' } })),
  },
  {
    code: 'VMS613',
    when: 'where a Gateway says so of one port beside an address',
    world: healthyBut(service({ labels: avi }), gateway('UnsupportedProtocol')),
    says: 'error VMS613 likely VirtualMachineService/svc',
    but: 'where it says something else',
    near: healthyBut(service({ labels: avi }), gateway('PortConflict')),
  },
  {
    code: 'VMS614',
    when: 'where nobody is behind the address',
    world: healthyBut(endpoints({ subsets: [] })),
    options: { hidden: { vms: 'Forbidden' } },
    says: 'error VMS614 certain Service/svc',
    but: 'where somebody is',
    near: healthy,
  },
  {
    code: 'VMS614',
    when: 'where nobody is ready in the slice that somebody keeps by hand',
    world: [svc({ selector: {} }), service(), slice(['192.0.2.5'], { managedBy: 'ops', ready: false })],
    says: 'error VMS614 certain Service/svc',
    but: 'where somebody is',
    near: [svc({ selector: {} }), service(), slice(['192.0.2.5'], { managedBy: 'ops' })],
  },
  {
    code: 'VMS615',
    when: 'where somebody asks for policy Local',
    world: healthyBut(svc({ annotations: policyLocal }), service({ annotations: policyLocal, externalTrafficPolicy: 'Local' })),
    says: 'warning VMS615 likely VirtualMachineService/svc',
    but: 'where nobody does',
    near: healthy,
  },
  {
    code: 'VMS615',
    when: 'where MetalLB lets no node announce the address',
    world: healthyBut(
      svc({ annotations: policyLocal }),
      service({ annotations: { ...policyLocal, ...metalLb }, externalTrafficPolicy: 'Local' }),
    ),
    says: 'error VMS615 likely VirtualMachineService/svc',
    but: 'where MetalLB lets every node announce it',
    near: healthyBut(service({ annotations: metalLb })),
  },
  {
    code: 'VMS705',
    when: 'where the address that was given out is link-local',
    world: healthyBut(svc({ ingress: ['169.254.7.7'] }), service({ ingress: ['169.254.7.7'], annotations: metalLb })),
    says: 'error VMS705 certain Service/svc',
    but: 'where it is private, which clients may have a route to',
    near: healthyBut(svc({ ingress: ['10.9.7.7'] }), service({ ingress: ['10.9.7.7'], annotations: metalLb })),
  },
  {
    code: 'VMS705',
    when: 'where the address that was given out is that of a VM',
    world: [...healthyBut(svc({ ingress: ['10.0.0.9'] }), service({ ingress: ['10.0.0.9'] })), aVm('other', { ip: '10.0.0.9' })],
    says: 'error VMS705 likely Service/svc',
    but: 'where a VM has its neighbour',
    near: [...healthyBut(svc({ ingress: ['10.0.0.9'] }), service({ ingress: ['10.0.0.9'] })), aVm('other', { ip: '10.0.0.8' })],
  },
  {
    code: 'VMS616',
    when: 'where the load balancer is in another network than a VM',
    world: healthyBut(svc({ annotations: { 'netoperator.vmware.com/network-name': 'net-a' } }), inNetwork('net-b')),
    says: 'error VMS616 likely VirtualMachineService/svc',
    but: 'where both are in one',
    near: healthyBut(svc({ annotations: { 'netoperator.vmware.com/network-name': 'net-b' } }), inNetwork('net-b')),
  },
  {
    code: 'VMS616',
    when: 'where there is no such network',
    world: healthyBut(svc({ annotations: { 'netoperator.vmware.com/network-name': 'net-a' } }), network('net-b')),
    says: 'error VMS616 likely VirtualMachineService/svc',
    but: 'where it is not known which there are',
    near: healthyBut(svc({ annotations: { 'netoperator.vmware.com/network-name': 'net-a' } })),
  },
  {
    code: 'VMS617',
    when: 'where the address says how it is reached from the inside',
    world: healthyBut(withMode('VIP')),
    says: 'info VMS617 hint Service/svc',
    but: 'where it says nothing',
    near: healthyBut(withMode()),
  },
  {
    code: 'VMS618',
    when: 'where NSX balances and nothing checks the VMs',
    world: healthyBut(service({ annotations: { 'ncp/virtual_servers': 'x' } })),
    says: 'warning VMS618 hint VirtualMachineService/svc',
    but: 'where a VM has a probe',
    near: healthyBut(service({ annotations: { 'ncp/virtual_servers': 'x' } }), web('web-1', { ip: '10.0.0.1', ready: true })),
  },
  {
    code: 'VMS707',
    when: 'where a policy for the VMs lets the port not in',
    world: healthyBut(policy(22)),
    says: 'warning VMS707 likely SecurityPolicy/closed',
    but: 'where it lets it in',
    near: healthyBut(policy(8080)),
  },
  {
    code: 'VMS707',
    when: 'where it lets in only VMs that it names, and drops the rest',
    world: healthyBut(policyOf([{ ...allow, sources: [{ vmSelector: { matchLabels: { app: 'client' } } }] }, drop])),
    says: 'warning VMS707 likely SecurityPolicy/closed',
    but: 'where it lets addresses in, which may be those of the clients',
    near: healthyBut(policyOf([{ ...allow, sources: [{ ipBlocks: [{ cidr: '10.0.0.0/8' }] }] }, drop])),
  },
  {
    code: 'VMS707',
    when: 'where a rule applies to the VMs, and drops what comes in',
    world: healthyBut(policyOf([{ ...drop, appliedTo: [toWeb] }], [])),
    says: 'warning VMS707 likely SecurityPolicy/closed',
    but: 'where the policy as a whole applies to others, which comes first',
    near: healthyBut(policyOf([{ ...drop, appliedTo: [toWeb] }], [{ vmSelector: { matchLabels: { app: 'db' } } }])),
  },
  {
    code: 'VMS707',
    when: 'where all that comes in is dropped before a rule would let it in',
    world: healthyBut(policyOf([drop, allow])),
    says: 'warning VMS707 likely SecurityPolicy/closed',
    but: 'where it only keeps some addresses out',
    near: healthyBut(policyOf([{ ...drop, sources: [{ ipBlocks: [{ cidr: '10.0.0.0/8' }] }] }])),
  },
  {
    code: 'VMS707',
    when: 'where a rule is about a range of ports beside that of the service',
    world: healthyBut(policyOf([{ ...allow, ports: [{ protocol: 'TCP', port: 8000, endPort: 8079 }] }])),
    says: 'warning VMS707 likely SecurityPolicy/closed',
    but: 'where all rules are about what goes out',
    near: healthyBut(policyOf([{ direction: 'out', action: 'drop' }])),
  },
  {
    code: 'VMS708',
    when: 'where the type has no address outside',
    world: [aVmService('svc', { type: 'ClusterIP', selector: { app: 'web' } }), one],
    says: 'info VMS708 likely VirtualMachineService/svc',
    but: 'where it has one',
    near: healthy,
  },
  {
    code: 'VMS708',
    when: 'where its cluster IP was asked for',
    world: [aVmService('svc', { type: 'ClusterIP', clusterIp: '10.96.0.9', selector: { app: 'web' } }), one],
    says: 'info VMS708 likely VirtualMachineService/svc',
    but: 'where it has none, and clients connect to the VMs',
    near: [aVmService('svc', { type: 'ClusterIP', clusterIp: 'None', selector: { app: 'web' } }), one],
  },
  {
    code: 'VMS609',
    when: 'where the Gateway says that the port is taken',
    world: healthyBut(pending, service({ labels: avi, ingress: [] }), gateway('PortConflict')),
    says: 'error VMS609 certain Service/svc',
    but: 'where it says something else',
    near: healthyBut(pending, service({ labels: avi, ingress: [] }), gateway('Fine')),
  },
];
