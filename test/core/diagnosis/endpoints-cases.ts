import type { VirtualMachine } from '../../../src/model/virtual-machine.ts';
import { aVm } from '../../support/builders.ts';
import { endpoints, healthy, healthyBut, one, service, slice, svc, two, web, without } from '../../support/diagnosed.ts';
import type { RuleCase } from './rule-case.ts';

const skip = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };
const fresh = '2026-11-20T11:59:50Z';

/** No longer selected, since then. */
function drained(time: string): VirtualMachine {
  const vm = aVm('web-2', { labels: { app: 'web-drained' }, ip: '10.0.0.2' });
  return { ...vm, metadata: { ...vm.metadata, managedFields: [{ manager: 'kubectl-label', time, fieldsV1: { 'f:metadata': {} } }] } };
}

const handEdited = (manager: string) => {
  const made = service();
  return { ...made, metadata: { ...made.metadata, managedFields: [{ manager, time: fresh, fieldsV1: { 'f:spec': {} } }] } };
};

const applied = (creationTimestamp: string) => {
  const made = service({ annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"kind":"Service"}' } });
  return { ...made, metadata: { ...made.metadata, creationTimestamp } };
};

/** A VM of each family. */
const bothFamilies = endpoints({ ready: [one, web('web-2', { ip: 'fd00::2' })] });

export const endpointsCases: readonly RuleCase[] = [
  {
    code: 'VMS501',
    when: 'where VMs qualify and the Endpoints are empty',
    world: healthyBut(endpoints()),
    says: 'error VMS501 certain Endpoints/svc',
    but: 'where a VM changed a moment ago',
    near: healthyBut(endpoints(), web('web-2', { ip: '10.0.0.2', createdAt: fresh })),
  },
  {
    code: 'VMS502',
    when: 'where a VM lost its label and the release notices',
    world: healthyBut(drained('2026-11-20T11:50:00Z')),
    says: 'error VMS502 certain VirtualMachine/web-2',
    but: 'where it lost it a moment ago',
    near: healthyBut(drained(fresh)),
  },
  {
    code: 'VMS503',
    when: 'where the Endpoints have an old address',
    world: healthyBut(web('web-2', { ip: '10.0.0.99' })),
    says: 'error VMS503 certain Endpoints/svc',
    but: 'where they have the one of today',
    near: healthy,
  },
  {
    code: 'VMS503',
    when: 'where the Endpoints have a VM that is to be out',
    world: [...healthyBut(web('web-2', { ip: 'fd00::2' })).filter(({ kind }) => kind !== 'Endpoints'), bothFamilies],
    says: 'error VMS503 certain Endpoints/svc',
    but: 'where the Service, whose families decide about that, could not be looked at',
    near: [...healthyBut(web('web-2', { ip: 'fd00::2' })).filter(({ kind }) => kind !== 'Endpoints'), bothFamilies],
    nearOptions: { hidden: { services: 'Forbidden' } },
  },
  {
    code: 'VMS503',
    when: 'where a VM was made anew, which explains that the new one is not there',
    world: healthyBut(web('web-2', { ip: '10.0.0.2', uid: 'anew' })),
    says: 'error VMS503 certain Endpoints/svc',
    but: 'where it stayed',
    near: healthy,
  },
  {
    code: 'VMS501',
    when: 'where all VMs were made anew, which explains that the old ones are still there',
    world: healthyBut(web('web-1', { ip: '10.0.0.1', uid: 'anew-1' }), web('web-2', { ip: '10.0.0.2', uid: 'anew-2' })),
    says: 'error VMS501 certain Endpoints/svc',
    but: 'where they stayed',
    near: healthy,
  },
  {
    code: 'VMS504',
    when: 'where the selector was taken away',
    world: healthyBut(svc({ selector: {} })),
    says: 'warning VMS504 certain Endpoints/svc',
    but: 'where somebody keeps them by hand',
    near: healthyBut(svc({ selector: {} }), endpoints({ ready: ['10.9.9.9'] })),
  },
  {
    code: 'VMS505',
    when: 'where no endpoint is ready',
    world: [svc({ selector: {} }), service(), endpoints({ notReady: ['10.9.9.9'] })],
    says: 'error VMS505 certain Endpoints/svc',
    but: 'where there is none at all',
    near: [svc({ selector: {} }), service(), endpoints()],
  },
  {
    code: 'VMS506',
    when: 'where a label switches mirroring off',
    world: without(healthyBut(endpoints({ ready: [one, two], labels: skip })), 'EndpointSlice'),
    says: 'error VMS506 certain Endpoints/svc',
    but: 'where the Endpoints are new',
    near: without(healthyBut(endpoints({ ready: [one, two], labels: skip, createdAt: fresh })), 'EndpointSlice'),
  },
  {
    code: 'VMS506',
    when: 'where a label switches mirroring off, and slices could not be looked at',
    world: healthyBut(endpoints({ ready: [one, two], labels: skip })),
    options: { hidden: { slices: 'Forbidden' } },
    says: 'error VMS506 certain Endpoints/svc',
    but: 'where no label does',
    near: healthy,
    nearOptions: { hidden: { slices: 'Forbidden' } },
  },
  {
    code: 'VMS506',
    when: 'where the slice that is there has nothing in it, which the server writes as null',
    world: [...without(healthy, 'EndpointSlice'), { ...slice([]), ...{ endpoints: null, ports: null } }],
    says: 'error VMS506 likely Endpoints/svc',
    but: 'where the slice has the addresses',
    near: healthy,
  },
  {
    code: 'VMS506',
    when: 'where the slices lack an address',
    world: healthyBut(slice(['10.0.0.1'])),
    says: 'warning VMS506 likely Endpoints/svc',
    but: 'where the Endpoints were written a moment ago',
    near: healthyBut(slice(['10.0.0.1']), endpoints({ ready: [one, two], createdAt: fresh })),
  },
  {
    code: 'VMS507',
    when: 'where there are more than a thousand addresses',
    world: healthyBut(svc({ selector: {} }), endpoints({ ready: Array.from({ length: 1001 }, (_, at) => `10.1.${at >> 8}.${at & 255}`) })),
    says: 'warning VMS507 certain Endpoints/svc',
    but: 'where there are a thousand',
    near: healthyBut(svc({ selector: {} }), endpoints({ ready: Array.from({ length: 1000 }, (_, at) => `10.1.${at >> 8}.${at & 255}`) })),
  },
  {
    code: 'VMS508',
    when: 'where a slice of pods is left over',
    world: [...healthy, slice(['10.7.7.7'], { managedBy: 'endpointslice-controller.k8s.io' })],
    says: 'error VMS508 likely EndpointSlice/svc-end',
    but: 'where it has the same addresses',
    near: [...healthy, slice(['10.0.0.1'], { managedBy: 'endpointslice-controller.k8s.io' })],
  },
  {
    code: 'VMS509',
    when: 'where the names of ports differ',
    world: healthyBut(svc({ selector: {} }), endpoints({ ready: ['10.9.9.9'], ports: [{ name: 'web', port: 8080, protocol: 'TCP' }] })),
    says: 'error VMS509 certain Endpoints/svc',
    but: 'where only the numbers of an own list differ',
    near: healthyBut(svc({ selector: {} }), endpoints({ ready: ['10.9.9.9'], ports: [{ name: 'http', port: 9999, protocol: 'TCP' }] })),
  },
  {
    code: 'VMS510',
    when: 'where what is not ready is mirrored as ready',
    world: [svc({ selector: {} }), service(), endpoints({ notReady: ['10.9.9.9'] }), slice(['10.9.9.9'])],
    says: 'warning VMS510 certain Endpoints/svc',
    but: 'where it is mirrored as it is',
    near: [svc({ selector: {} }), service(), endpoints({ notReady: ['10.9.9.9'] }), slice(['10.9.9.9'], { ready: false })],
  },
  {
    code: 'VMS511',
    when: 'wherever there are Endpoints',
    world: healthy,
    says: 'info VMS511 certain Endpoints/svc',
    but: 'where there are none',
    near: without(healthy, 'Endpoints'),
  },
  {
    code: 'VMS512',
    when: 'where kubectl wrote the spec of the Service',
    world: healthyBut(handEdited('kubectl-edit')),
    says: 'warning VMS512 likely Service/svc',
    but: 'where this tool did',
    near: healthyBut(handEdited('kubectl-vmsvc')),
  },
  {
    code: 'VMS512',
    when: 'where the Service was applied after there was a VirtualMachineService',
    world: healthyBut(applied('2026-11-20T11:30:00Z')),
    says: 'warning VMS512 likely Service/svc',
    but: 'where it was there before, and was adopted',
    near: healthyBut(applied('2025-01-01T00:00:00Z')),
  },
  {
    code: 'VMS513',
    when: 'where an endpoint is the address of the service itself',
    world: healthyBut(svc({ selector: {} }), endpoints({ ready: ['192.0.2.7'] })),
    says: 'error VMS513 certain Endpoints/svc',
    but: 'where it is another address',
    near: healthyBut(svc({ selector: {} }), endpoints({ ready: ['192.0.2.8'] })),
  },
];
