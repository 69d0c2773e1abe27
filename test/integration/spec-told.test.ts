import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { aSupervisor } from '../support/supervisor.ts';

// The scenarios of the specification in which a controller did its work, or did not, and the tool has to tell what came of it.
const finalizers = ['vmoperator.vmware.com/virtualmachineservice'];
const web = aVmService('web', { finalizers });
const owned = { owners: [ownedBy(web)] };
const vm = aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' });
const service = aService('web', owned);
const skip = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };

/** The part of what `debug web` says that is about this code, on a Supervisor with these objects. */
async function told(code: string, objects: readonly KubeObject[]): Promise<string> {
  const { code: exitCode, out, err } = await (await aSupervisor(objects)).run('debug web -n prod');
  assert.deepEqual([exitCode, err], [1, '']);
  const part = out.split('\n\n').find((paragraph) => paragraph.split(' ').includes(code));
  return part ?? assert.fail(`${code} is not told:\n${out}`);
}

test('scenario 150: no address yet: the events of the Service are shown, and that its readiness is unknown is normal', async () => {
  const conditions = [{ type: 'VirtualMachineServiceServiceReady', status: 'Unknown', reason: 'ServiceReadyNotPresent' }] as const;
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'web.1', namespace: 'prod' },
    involvedObject: { apiVersion: 'v1', kind: 'Service', name: 'web', namespace: 'prod', uid: service.metadata.uid ?? '' },
    type: 'Warning',
    reason: 'NoPool',
    message: 'the pool is empty',
    lastTimestamp: '2026-11-20T11:50:00Z',
  };
  const waiting = aVmService('web', { finalizers, conditions });
  const objects = [waiting, vm, service, someEndpoints('web', { ...owned, ready: [vm] })];
  assert.match(await told('VMS602', objects), /^ERROR {2}VMS602 NoLoadBalancer \(likely\)\n {7}Nothing gives the Service an address/);
  assert.match(
    await told('VMS603', [...objects, event]),
    /^ERROR {2}VMS603 LoadBalancerError .*\n.*\n {2}seen {3}event NoPool: the pool is empty$/m,
  );
  const { out } = await (await aSupervisor([...objects, event])).run('describe web -n prod');
  assert.match(out, /^Status: {8}NoAddress: the load balancer has given no address; 1 of 1 selected VM receives traffic$/m);
  assert.match(out, /^ {2}10m {3}Warning {3}NoPool {3}Service\/web {3}the pool is empty$/m);
  assert.doesNotMatch(out, /ServiceReadyNotPresent/);
});

test('scenario 151: a label keeps the Endpoints from being mirrored: it is named, with where it came from', async () => {
  const objects = [
    aVmService('web', { finalizers, labels: skip }),
    vm,
    aService('web', { ...owned, labels: skip }),
    someEndpoints('web', { ...owned, ready: [vm], labels: skip }),
  ];
  assert.equal(
    await told('VMS506', objects),
    `ERROR  VMS506 EndpointsNotMirrored (certain)
       Endpoints web are not mirrored to EndpointSlices: label skip-mirror=true
  seen   label on VirtualMachineService, Service, Endpoints; 1 address in Endpoints, 0 slices
  why    clients of slices (kube-proxy, AVI) see no backend; NSX with NCP reads Endpoints and still works
  fix    kubectl label vmservice web -n prod endpointslice.kubernetes.io/skip-mirror-
         kubectl label svc web -n prod endpointslice.kubernetes.io/skip-mirror-
  note   it is not taken off the Service by itself`,
  );
});

test('scenario 152: Endpoints are not what they should be: the difference is shown, with a reason for each VM', async () => {
  const gone = aVm('db-1', { labels: { app: 'db' }, ip: '10.1.0.31' });
  const silent = aVm('web-2', { labels: { app: 'web' } });
  const supervisor = await aSupervisor([web, vm, silent, gone, service, someEndpoints('web', { ...owned, ready: [gone] })]);
  const { code, out } = await supervisor.run('diff web -n prod');
  assert.equal(code, 1);
  assert.equal(
    out.split('\n\n')[1],
    `endpoints/web configured (dry run)
    - db-1    10.1.0.31   gone       no longer has app=web
    + web-1   10.1.0.11   ready      has no readiness probe, so it always counts as ready
      web-2               left out   no IP address: the guest has reported none`,
  );
});

test('scenario 153: the primary address is on another network: the interfaces are shown, and that none can be chosen', async () => {
  const nics = ['192.168.1.3/24', '10.0.0.3/24'].map((address, index) => ({ name: `eth${index}`, ip: { addresses: [{ address }] } }));
  const two = { ...vm, status: { ...vm.status, network: { primaryIP4: '192.168.1.3', interfaces: nics } } };
  const others = ['10.0.0.4', '10.0.0.5'].map((ip, index) => aVm(`web-${index + 2}`, { labels: { app: 'web' }, ip }));
  assert.equal(
    await told('VMS304', [web, two, ...others, service, someEndpoints('web', { ...owned, ready: [two, ...others] })]),
    `WARNING  VMS304 PrimaryAddressAmbiguous (likely)
       The primary address of web-1 is not on the network of the other endpoints
  seen   its interfaces: eth0 192.168.1.3; eth1 10.0.0.3
         status.network.primaryIP4 192.168.1.3, primaryIP6 <none>
         the others: 10.0.0.4, 10.0.0.5
  why    only the primary address counts; there is no way to choose the interface
  fix    make the interface of the service the first one with the default route`,
  );
});

test('scenario 154: a Service, and no Endpoints, though there is a selector', async () => {
  assert.equal(
    await told('VMS501', [web, vm, service]),
    `ERROR  VMS501 EndpointsMissing (certain)
       There are no Endpoints, though 1 VM qualifies
  seen   computed: 1 endpoints; of these not stored: web-1
  why    the controller writes them within seconds of a change: it fails behind the step for the Service, or does not run
  fix    kubectl vmsvc nudge web -n prod   # touches only an annotation of the Service
         no answer to that: platform owner, is VM Operator running?`,
  );
});

test('scenario 155: a deletion that has waited for long: what holds it, and who can help', async () => {
  const deleted = aVmService('web', { finalizers, deletedAt: '2026-11-20T08:00:00Z' });
  assert.equal(
    await told('VMS112', [deleted, vm, service, someEndpoints('web', { ...owned, ready: [vm] })]),
    `ERROR  VMS112 DeletionStuck (certain)
       The deletion of web has been pending for 4h
  seen   metadata.finalizers: vmoperator.vmware.com/virtualmachineservice (VM Operator)
  why    while it is pending nothing of it is kept up: Service and Endpoints stay as they are or are gone already
  fix    platform owner: is VM Operator running? it removes its finalizer when Service and Endpoints are deleted
  so also   VMS915 ControllerStuck`,
  );
});
