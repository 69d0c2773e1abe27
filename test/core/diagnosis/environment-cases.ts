import type { KubeObject } from '../../../src/model/object.ts';
import type { VirtualMachine } from '../../../src/model/virtual-machine.ts';
import { aVm, aVmService } from '../../support/builders.ts';
import { endpoints, healthy, healthyBut, one, svc, two, web } from '../../support/diagnosed.ts';
import { testNow } from '../../support/test-io.ts';
import type { RuleCase } from './rule-case.ts';

const guest = {
  'run.tanzu.vmware.com/cluster.name': 'tkc1',
  'run.tanzu.vmware.com/service.name': 'ingress',
  'run.tanzu.vmware.com/service.namespace': 'edge',
};
const nodes = (prefix: string) => ({ [`${prefix}.vmware.com/cluster.name`]: 'tkc1', [`${prefix}.vmware.com/cluster.role`]: 'node' });
const guestService = (name: string) =>
  aVmService(name, { labels: guest, selector: nodes('capv'), ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 30443 }] });
const controlPlane = {
  apiVersion: 'vmware.infrastructure.cluster.x-k8s.io/v1beta1',
  kind: 'VSphereCluster',
  name: 'tkc1',
  uid: 'c',
};
const namespace = (phase: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod' }, status: { phase } }) as KubeObject;

/** A VM that got another address so long ago that every release would have noticed. */
function changed(time: string): VirtualMachine {
  const vm = web('web-2', { ip: '10.0.0.99' });
  return { ...vm, metadata: { ...vm.metadata, managedFields: [{ manager: 'manager', time, fieldsV1: { 'f:status': {} } }] } };
}

const deleting = (deletedAt: string) => aVmService('other', { deletedAt, finalizers: ['vmoperator.vmware.com/virtualmachineservice'] });

export const environmentCases: readonly RuleCase[] = [
  {
    code: 'VMS901',
    when: 'where Cluster API keeps it',
    world: healthyBut(svc({ owners: [controlPlane] })),
    says: 'info VMS901 certain VirtualMachineService/svc',
    but: 'where people do',
    near: healthy,
  },
  {
    code: 'VMS902',
    when: 'where the cloud provider of a cluster keeps it',
    world: healthyBut(svc({ labels: guest })),
    says: 'info VMS902 certain VirtualMachineService/svc',
    but: 'where people do',
    near: healthy,
  },
  {
    code: 'VMS903',
    when: 'where two stand for one Service of a cluster',
    world: [guestService('a'), guestService('b')],
    says: 'error VMS903 certain VirtualMachineService/a',
    but: 'where one does',
    near: [guestService('a')],
  },
  {
    code: 'VMS904',
    when: 'where the cluster is gone',
    world: healthyBut(svc({ labels: guest })),
    says: 'warning VMS904 likely VirtualMachineService/svc',
    but: 'where its nodes are there',
    near: healthyBut(svc({ labels: guest }), aVm('node-1', { labels: nodes('capv'), ip: '10.0.0.9' })),
  },
  {
    code: 'VMS904',
    when: 'where the cluster is gone, again',
    world: healthyBut(svc({ labels: guest })),
    says: 'warning VMS904 likely VirtualMachineService/svc',
    but: 'where nothing is selected, the type being ExternalName',
    near: [svc({ type: 'ExternalName', externalName: 'db.example.test' })],
  },
  {
    code: 'VMS905',
    when: 'where selector and nodes use different families of labels',
    world: [guestService('svc'), aVm('node-1', { labels: nodes('capw'), ip: '10.0.0.9' })],
    says: 'error VMS905 certain VirtualMachineService/svc',
    but: 'where they use one',
    near: [guestService('svc'), aVm('node-1', { labels: nodes('capv'), ip: '10.0.0.9' })],
  },
  {
    code: 'VMS906',
    when: 'where Argo CD keeps it',
    world: healthyBut(svc({ annotations: { 'argocd.argoproj.io/tracking-id': 'app:x' } })),
    says: 'info VMS906 likely VirtualMachineService/svc',
    but: 'where another tool is named as the manager',
    near: healthyBut(svc({ labels: { 'app.kubernetes.io/managed-by': 'alice' } })),
  },
  {
    code: 'VMS911',
    when: 'where the user may not write Endpoints',
    world: healthy,
    options: { facts: { mayWriteEndpoints: false } },
    says: 'info VMS911 certain VirtualMachineService/svc',
    but: 'where nobody asked',
    near: healthy,
  },
  {
    code: 'VMS913',
    when: 'where the object carries what another version left',
    world: healthyBut(svc({ annotations: { 'vmoperator.vmware.com/conversion': '{}' } })),
    says: 'warning VMS913 certain VirtualMachineService/svc',
    but: 'where it does not',
    near: healthy,
  },
  {
    code: 'VMS914',
    when: "where this machine's clock is a minute late",
    world: healthy,
    options: { facts: { localClock: new Date(Date.parse(testNow) - 60_000) } },
    says: 'info VMS914 certain VirtualMachineService/svc',
    but: 'where it is some seconds late',
    near: healthy,
    nearOptions: { facts: { localClock: new Date(Date.parse(testNow) - 5_000) } },
  },
  {
    code: 'VMS915',
    when: 'where two things wait longer than any resync takes',
    world: healthyBut(changed('2026-11-20T11:10:00Z'), endpoints({ ready: [one, two] }), deleting('2026-11-20T11:15:00Z')),
    says: 'error VMS915 likely VirtualMachineService/svc',
    but: 'where the resync may still come',
    near: healthyBut(changed('2026-11-20T11:50:00Z'), deleting('2026-11-20T11:58:00Z')),
  },
  {
    code: 'VMS916',
    when: 'where the conversion webhook fails',
    world: healthy,
    options: { hidden: { events: 'Failed' } },
    says: 'warning VMS916 likely VirtualMachineService/svc',
    but: 'where something is merely forbidden',
    near: healthy,
    nearOptions: { hidden: { events: 'Forbidden' } },
  },
  {
    code: 'VMS917',
    when: 'where the namespace is going',
    world: healthyBut(namespace('Terminating')),
    says: 'error VMS917 certain Namespace/prod',
    but: 'where it stays',
    near: healthyBut(namespace('Active')),
  },
];
