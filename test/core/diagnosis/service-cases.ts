import type { KubeObject } from '../../../src/model/object.ts';
import { aService, ownedBy } from '../../support/builders.ts';
import { endpoints, healthy, healthyBut, one, service, svc, two, without } from '../../support/diagnosed.ts';
import type { RuleCase } from './rule-case.ts';

const foreign = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'other', uid: 'd', controller: true }];
const skipMirror = 'endpointslice.kubernetes.io/skip-mirror';
const proxy = 'service.kubernetes.io/service-proxy-name';
const settings: KubeObject = {
  apiVersion: 'netoperator.vmware.com/v1alpha1',
  kind: 'NetworkSettings',
  metadata: { name: 'default', namespace: 'prod' },
  provider: 'vsphere-distributed',
} as KubeObject;
const gone = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService', name: 'gone', uid: 'g', controller: true };
const taken = {
  outcome: 'refused',
  status: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 422, message: 'provided IP is already allocated' },
} as const;

export const serviceCases: readonly RuleCase[] = [
  {
    code: 'VMS401',
    when: 'where nobody touched it for long',
    world: [svc({ finalizers: [] }), one],
    says: 'error VMS401 likely VirtualMachineService/svc',
    but: 'where the finalizer is there',
    near: [svc(), one],
  },
  {
    code: 'VMS401',
    when: 'waits where it is new',
    world: [svc({ finalizers: [], createdAt: '2026-11-20T11:59:50Z' }), one],
    says: 'info VMS401 likely VirtualMachineService/svc',
    but: 'where the Service is there',
    near: healthyBut(svc({ finalizers: [] })),
  },
  {
    code: 'VMS402',
    when: 'where there is a finalizer and no Service',
    world: [svc(), one],
    says: 'error VMS402 certain VirtualMachineService/svc',
    but: 'where Services could not be looked at',
    near: [svc(), one],
    nearOptions: { hidden: { services: 'Forbidden' } },
  },
  {
    code: 'VMS402',
    when: 'where the namespace has no NetworkSettings',
    world: healthy,
    options: { perNamespaceProvider: true },
    says: 'error VMS402 certain VirtualMachineService/svc',
    but: 'where it has',
    near: [...healthy, settings],
    nearOptions: { perNamespaceProvider: true },
  },
  {
    code: 'VMS403',
    when: 'where another controller owns the Service',
    world: healthyBut(service({ owners: foreign })),
    says: 'error VMS403 certain Service/svc',
    but: 'where an owner does not control it',
    near: healthyBut(service({ owners: [{ ...foreign[0], controller: false } as (typeof foreign)[number], ownedBy(svc())] })),
  },
  {
    code: 'VMS404',
    when: 'where the Service has a selector',
    world: healthyBut(service({ selector: { app: 'pods' } })),
    says: 'error VMS404 certain Service/svc',
    but: 'where it is empty',
    near: healthyBut(service({ selector: {} })),
  },
  {
    code: 'VMS405',
    when: 'where the owner of a Service is gone',
    world: [...healthy, aService('old', { owners: [gone] })],
    says: 'warning VMS405 certain Service/old',
    but: 'where nobody owns it and no VM stands behind it',
    near: [...healthy, aService('old')],
  },
  {
    code: 'VMS406',
    when: 'where the Service has other ports',
    world: healthyBut(service({ ports: [{ name: 'http', protocol: 'TCP', port: 81, targetPort: 8080 }] })),
    says: 'error VMS406 certain Service/svc',
    but: 'where the difference is a moment old',
    near: healthyBut(
      svc({ createdAt: '2026-11-20T11:59:50Z' }),
      service({ ports: [{ name: 'http', protocol: 'TCP', port: 81, targetPort: 8080 }] }),
    ),
  },
  {
    code: 'VMS406',
    when: 'where it has another address to ask for: a warning',
    world: healthyBut(service({ loadBalancerIP: '192.0.2.7' })),
    says: 'warning VMS406 certain Service/svc',
    but: 'where both ask for it',
    near: healthyBut(svc({ loadBalancerIP: '192.0.2.7' }), service({ loadBalancerIP: '192.0.2.7' })),
  },
  {
    code: 'VMS407',
    when: 'where a Service does not go',
    world: healthyBut(service({ deletedAt: '2026-11-20T11:00:00Z', finalizers: ['service.kubernetes.io/load-balancer-cleanup'] })),
    says: 'error VMS407 certain Service/svc',
    but: 'where nobody deletes it',
    near: healthy,
  },
  {
    code: 'VMS408',
    when: 'where an old key still acts',
    world: healthyBut(service({ annotations: { 'external-dns.alpha.kubernetes.io/hostname': 'old.example.test' } })),
    says: 'warning VMS408 likely Service/svc',
    but: 'where a load balancer wrote it',
    near: healthyBut(service({ annotations: { 'ncp/snat_pool': 'x' } })),
  },
  ...['metallb.io/ip-allocated-from-pool', 'kube-vip.io/loadbalancerIPs', 'lbipam.cilium.io/ips', 'purelb.io/allocated-by'].map(
    (key): RuleCase => ({
      code: 'VMS408',
      when: `where a key of nobody is there beside ${key}`,
      world: healthyBut(service({ annotations: { [key]: 'x', 'example.test/old': 'y' } })),
      says: 'info VMS408 likely Service/svc',
      but: `where the load balancer wrote ${key}`,
      near: healthyBut(service({ annotations: { [key]: 'x' } })),
    }),
  ),
  {
    code: 'VMS408',
    when: 'where mirroring stays switched off, and there is nothing yet to mirror',
    world: healthyBut(service({ labels: { [skipMirror]: 'true' } }), endpoints()),
    says: 'warning VMS408 likely Service/svc',
    but: 'where that is told as the reason why there are no slices',
    near: without(healthyBut(service({ labels: { [skipMirror]: 'true' } }), endpoints({ ready: [one, two] })), 'EndpointSlice'),
  },
  {
    code: 'VMS408',
    when: 'where something else than kube-proxy was asked for once, and that may be meant',
    world: healthyBut(service({ labels: { [proxy]: 'mine' } })),
    options: { provider: 'nsx' },
    says: 'warning VMS408 likely Service/svc',
    but: 'where it is told as what is wrong',
    near: healthyBut(service({ labels: { [proxy]: 'mine' } })),
    nearOptions: { provider: 'none' },
  },
  {
    code: 'VMS409',
    when: 'where another Service has the cluster IP',
    world: [svc({ type: 'ClusterIP', clusterIp: '10.96.0.9' }), one, aService('other', { clusterIP: '10.96.0.9' })],
    says: 'error VMS409 likely VirtualMachineService/svc',
    but: 'where nobody has it',
    near: [svc({ type: 'ClusterIP', clusterIp: '10.96.0.9' }), one, aService('other', { clusterIP: '10.96.0.8' })],
  },
  {
    code: 'VMS409',
    when: 'where the server says so',
    world: [svc({ type: 'ClusterIP', clusterIp: '10.96.0.9' }), one],
    options: { proofs: { createService: taken } },
    says: 'error VMS409 certain VirtualMachineService/svc',
    but: 'where it accepts it',
    near: [svc({ type: 'ClusterIP', clusterIp: '10.96.0.9' }), one],
    nearOptions: { proofs: { createService: { outcome: 'accepted' } } },
  },
  {
    code: 'VMS410',
    when: 'where kube-proxy is told to leave the Service, and there is no NSX',
    world: healthyBut(service({ labels: { [proxy]: 'mine' } })),
    options: { provider: 'none' },
    says: 'error VMS410 certain Service/svc',
    but: 'where nobody tells it',
    near: healthy,
  },
  {
    code: 'VMS410',
    when: 'where nobody knows who balances: a note',
    world: healthyBut(service({ labels: { [proxy]: 'mine' } })),
    options: { provider: 'namespace' },
    says: 'info VMS410 certain Service/svc',
    but: 'where nobody tells it',
    near: healthy,
    nearOptions: { provider: 'namespace' },
  },
  {
    code: 'VMS411',
    when: 'where node ports are left over',
    world: healthyBut(service({ ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 31000 }] })),
    says: 'info VMS411 certain Service/svc',
    but: 'where they are wanted',
    near: healthyBut(
      service({
        allocateLoadBalancerNodePorts: true,
        ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 31000 }],
      }),
    ),
  },
];
