import type { KubeObject } from '../../../src/model/object.ts';
import { aVm, aVmService } from '../../support/builders.ts';
import { endpoints, healthy, healthyBut, one, service, svc, two, web } from '../../support/diagnosed.ts';
import type { RuleCase } from './rule-case.ts';

const front = svc({ selector: { app: 'web', tier: 'front' } });
const nobody = [service(), endpoints()];
const labelled = (name: string, labels: Readonly<Record<string, string>>) => aVm(name, { labels, ip: '10.0.0.9' });
const replicas: KubeObject = {
  apiVersion: 'vmoperator.vmware.com/v1alpha6',
  kind: 'VirtualMachineReplicaSet',
  metadata: { name: 'web', namespace: 'prod', labels: { app: 'web' } },
};

/** A service of two labels, and one VM that it selects. */
const twoOf = (app: string) => [svc({ selector: { tier: 'front', app } }), labelled(`${app}-1`, { tier: 'front', app }), ...nobody];

export const selectionCases: readonly RuleCase[] = [
  {
    code: 'VMS201',
    when: 'where no VM has the labels',
    world: [svc(), labelled('db', { app: 'db' }), ...nobody],
    says: 'error VMS201 certain VirtualMachineService/svc',
    but: 'where VMs could not be looked at',
    near: [svc(), ...nobody],
    nearOptions: { hidden: { vms: 'Forbidden' } },
  },
  {
    code: 'VMS202',
    when: 'where a value differs in letter case',
    world: [front, labelled('web-1', { app: 'web', tier: 'Front' }), ...nobody],
    says: 'error VMS202 likely VirtualMachineService/svc',
    but: 'where it differs in a number, which is meant',
    near: [svc({ selector: { app: 'web', shard: 'db-1' } }), labelled('web-1', { app: 'web', shard: 'db-2' }), ...nobody],
  },
  {
    code: 'VMS202',
    when: 'where one VM of several is left out',
    world: healthyBut(labelled('web-3', { app: 'Web' })),
    says: 'warning VMS202 likely VirtualMachine/web-3',
    but: 'where it is a machine of a workload cluster',
    near: healthyBut(labelled('web-3', { app: 'Web', 'capv.vmware.com/cluster.name': 'tkc1' })),
  },
  {
    code: 'VMS202',
    when: 'where a value is another word by one letter',
    world: [...twoOf('cart'), labelled('cart-2', { tier: 'front', app: 'card' })],
    says: 'warning VMS202 likely VirtualMachine/cart-2',
    but: 'where another service asks for that word',
    near: [
      ...twoOf('cart'),
      labelled('card-1', { tier: 'front', app: 'card' }),
      aVmService('other', { selector: { tier: 'front', app: 'card' } }),
    ],
  },
  {
    code: 'VMS203',
    when: 'where the VMs are in another namespace',
    world: [svc(), ...nobody],
    options: { elsewhere: [aVm('web-1', { namespace: 'test', labels: { app: 'web' } })] },
    says: 'error VMS203 likely VirtualMachineService/svc',
    but: 'where there are some here, too',
    near: healthy,
    nearOptions: { elsewhere: [aVm('web-1', { namespace: 'test', labels: { app: 'web' } })] },
  },
  {
    code: 'VMS204',
    when: 'where the labels are on the VM that makes VMs',
    world: [
      svc(),
      aVm('web-abc', { owners: [{ apiVersion: replicas.apiVersion, kind: replicas.kind, name: 'web', uid: 'u' }], ip: '10.0.0.9' }),
      replicas,
      ...nobody,
    ],
    says: 'error VMS204 likely VirtualMachine/web-abc',
    but: 'where annotations say something else',
    near: [svc(), aVm('web-abc', { annotations: { app: 'db' }, ip: '10.0.0.9' }), ...nobody],
  },
  {
    code: 'VMS205',
    when: 'where each pair is on another VM',
    world: [front, labelled('a', { app: 'web' }), labelled('b', { tier: 'front' }), ...nobody],
    says: 'error VMS205 certain VirtualMachineService/svc',
    but: 'where one pair is on none',
    near: [front, labelled('a', { app: 'web' }), ...nobody],
  },
  {
    code: 'VMS206',
    when: 'where machines of a workload cluster are selected',
    world: healthyBut(web('node-1', { labels: { app: 'web', 'capv.vmware.com/cluster.name': 'tkc1' }, ip: '10.0.0.8' })),
    says: 'error VMS206 certain VirtualMachineService/svc',
    but: "where it is the cluster's own service",
    near: [
      svc({ selector: { 'capv.vmware.com/cluster.name': 'tkc1', 'capv.vmware.com/cluster.role': 'controlplane' }, ports: [6443] }),
      web('node-1', { labels: { 'capv.vmware.com/cluster.name': 'tkc1', 'capv.vmware.com/cluster.role': 'controlplane' } }),
    ],
  },
  {
    code: 'VMS206',
    when: 'where two services send the same ports to the same VMs',
    world: healthyBut(aVmService('other', { selector: { app: 'web' } })),
    says: 'info VMS206 certain VirtualMachineService/svc',
    but: 'where they send different ports',
    near: healthyBut(aVmService('other', { selector: { app: 'web' }, ports: [9090] })),
  },
  {
    code: 'VMS207',
    when: 'where the selector goes by the zone',
    world: [svc({ selector: { 'topology.kubernetes.io/zone': 'a' } }), ...nobody],
    says: 'warning VMS207 hint VirtualMachineService/svc',
    but: 'where it goes by a recommended label',
    near: [svc({ selector: { 'app.kubernetes.io/name': 'web' } }), ...nobody],
  },
  {
    code: 'VMS208',
    when: 'where the only VM is being deleted',
    world: [svc(), web('web-1', { deletedAt: '2026-11-20T11:00:00Z', finalizers: ['x/y'] }), ...nobody],
    says: 'error VMS208 certain VirtualMachine/web-1',
    but: 'where none is',
    near: healthy,
  },
  {
    code: 'VMS213',
    when: 'where there is one ready endpoint',
    world: [svc(), one, service(), endpoints({ ready: [one] })],
    says: 'info VMS213 certain VirtualMachineService/svc',
    but: 'where there are two',
    near: healthyBut(one, two),
  },
];
