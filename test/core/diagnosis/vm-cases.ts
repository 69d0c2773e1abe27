import type { Condition, KubeObject } from '../../../src/model/object.ts';
import type { VirtualMachine } from '../../../src/model/virtual-machine.ts';
import { aVm } from '../../support/builders.ts';
import { endpoints, healthy, healthyBut, one, service, svc, two, web } from '../../support/diagnosed.ts';
import type { RuleCase } from './rule-case.ts';

const condition = (type: string, status: string, reason: string, message = '', at = '2026-11-20T10:00:00Z'): Condition => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: at,
});
const down = condition('VirtualMachineTools', 'False', 'VirtualMachineToolsNotRunning');
const noAddress = { labels: { app: 'web' } };

/** The VM with some fields changed that builders do not know. */
function patched(vm: VirtualMachine, spec: object, status: object = {}): VirtualMachine {
  return { ...vm, spec: { ...vm.spec, ...spec }, status: { ...vm.status, ...status } };
}

/** With a primary address or without, and what its interfaces report. */
function withInterfaces(name: string, primary: string | undefined, interfaces: readonly (readonly string[])[]): VirtualMachine {
  const network = {
    ...(primary !== undefined && { primaryIP4: primary }),
    interfaces: interfaces.map((addresses, index) => ({
      name: `eth${index}`,
      ip: { addresses: addresses.map((address) => ({ address })) },
    })),
  };
  return patched(aVm(name, noAddress), {}, { network });
}

/** `web-2` with an address of each family, and what its interfaces report. */
function dual(interfaces: readonly (readonly string[])[]): VirtualMachine {
  const vm = withInterfaces('web-2', '10.0.0.2', interfaces);
  return patched(vm, {}, { network: { ...vm.status?.network, primaryIP6: 'fd00::2' } });
}

/** A VM that was never made: no power state, no address. */
function unborn(conditions: readonly Condition[], createdAt?: string): VirtualMachine {
  const { status: _, ...vm } = aVm('web-3', { ...noAddress, ...(createdAt !== undefined && { createdAt }) });
  return { ...vm, status: { conditions } };
}

const quota: KubeObject = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e', namespace: 'prod' },
  involvedObject: { kind: 'VirtualMachine', namespace: 'prod', name: 'web-3' },
  reason: 'CreateFailure',
  message: 'exceeded quota: team, requested: requests.storage=10Gi',
} as KubeObject;

const probe = (readinessProbe: object) => ({ readinessProbe });
const notReady = (vm: VirtualMachine) => [svc(), vm, service(), endpoints({ notReady: [vm] })];

export const vmCases: readonly RuleCase[] = [
  {
    code: 'VMS209',
    when: 'where a VM is off and still a ready endpoint',
    world: healthyBut(web('web-2', { ip: '10.0.0.2', power: 'off' })),
    says: 'error VMS209 certain VirtualMachine/web-2',
    but: 'where its power is not known',
    near: healthyBut(patched(two, {}, { powerState: undefined })),
  },
  {
    code: 'VMS210',
    when: 'where its class is missing',
    world: healthyBut(unborn([condition('VirtualMachineClassReady', 'False', 'NotFound', 'no such class')])),
    says: 'error VMS210 certain VirtualMachine/web-3',
    but: 'where it has an address',
    near: healthyBut(web('web-3', { conditions: [condition('VirtualMachineClassReady', 'False', 'NotFound')], ip: '10.0.0.3' })),
  },
  {
    code: 'VMS211',
    when: 'where an event tells of a quota',
    world: healthyBut(unborn([]), quota),
    says: 'error VMS211 likely VirtualMachine/web-3',
    but: 'where the VM was made all the same',
    near: healthyBut(web('web-3', { ip: '10.0.0.3' }), quota),
  },
  {
    code: 'VMS212',
    when: 'where a VM is paused',
    world: healthyBut(web('web-2', { ip: '10.0.0.2', annotations: { 'vmoperator.vmware.com/paused': '' } })),
    says: 'warning VMS212 certain VirtualMachine/web-2',
    but: 'where the annotation is that of another release',
    near: healthyBut(web('web-2', { ip: '10.0.0.2', annotations: { 'vmoperator.vmware.com/pause-reconcile': '' } })),
  },
  {
    code: 'VMS212',
    when: 'where that is why nobody knows its address',
    world: healthyBut(aVm('web-3', { ...noAddress, annotations: { 'vmoperator.vmware.com/paused': '' } })),
    says: 'warning VMS212 certain VirtualMachine/web-3',
    but: 'where nobody paused it',
    near: healthyBut(aVm('web-3', noAddress)),
  },
  {
    code: 'VMS301',
    when: 'where guest tools are not running',
    world: healthyBut(aVm('web-3', { ...noAddress, conditions: [down] })),
    says: 'error VMS301 certain VirtualMachine/web-3',
    but: 'where it has an address all the same',
    near: healthyBut(web('web-3', { ip: '10.0.0.3', conditions: [down] })),
  },
  {
    code: 'VMS301',
    when: 'waits where they stopped a moment ago',
    world: healthyBut(aVm('web-3', { ...noAddress, conditions: [{ ...down, lastTransitionTime: '2026-11-20T11:58:00Z' }] })),
    says: 'info VMS301 certain VirtualMachine/web-3',
    but: 'where it is off',
    near: healthyBut(aVm('web-3', { ...noAddress, conditions: [down], power: 'off' })),
  },
  {
    code: 'VMS302',
    when: 'where the network gives no interface',
    world: healthyBut(
      aVm('web-3', { ...noAddress, conditions: [condition('VirtualMachineNetworkReady', 'False', 'NotReady', 'no IP left')] }),
    ),
    says: 'error VMS302 certain VirtualMachine/web-3',
    but: 'where it does',
    near: healthyBut(aVm('web-3', { ...noAddress, conditions: [condition('VirtualMachineNetworkReady', 'True', 'True')] })),
  },
  {
    code: 'VMS303',
    when: 'where tools run and there is no address',
    world: healthyBut(aVm('web-3', { ...noAddress, conditions: [condition('VirtualMachineTools', 'True', 'True')] })),
    says: 'error VMS303 likely VirtualMachine/web-3',
    but: 'where tools do not run',
    near: healthyBut(aVm('web-3', { ...noAddress, conditions: [down] })),
  },
  {
    code: 'VMS304',
    when: 'where there are addresses and none is primary',
    world: healthyBut(withInterfaces('web-3', undefined, [['10.0.0.3/24'], ['192.168.1.3/24']])),
    says: 'error VMS304 certain VirtualMachine/web-3',
    but: 'where there are only link-local ones',
    near: healthyBut(withInterfaces('web-3', undefined, [['169.254.1.3/16']])),
  },
  {
    code: 'VMS304',
    when: 'where the primary is on another network than the others',
    world: healthyBut(withInterfaces('web-3', '192.168.1.3', [['192.168.1.3/24'], ['10.0.0.3/24']])),
    says: 'warning VMS304 likely VirtualMachine/web-3',
    but: 'where it is on theirs',
    near: healthyBut(withInterfaces('web-3', '10.0.0.3', [['192.168.1.3/24'], ['10.0.0.3/24']])),
  },
  {
    code: 'VMS304',
    when: 'where the primary is that of a bridge for containers',
    world: healthyBut(withInterfaces('web-2', '172.17.0.1', [['10.0.0.2/24'], ['172.17.0.1/16']])),
    says: 'warning VMS304 likely VirtualMachine/web-2',
    but: 'where the bridge is there and another address is the primary',
    near: healthyBut(withInterfaces('web-2', '10.0.0.2', [['10.0.0.2/24'], ['172.17.0.1/16']])),
  },
  {
    code: 'VMS305',
    when: 'where a VM has only the other family',
    world: healthyBut(web('web-3', { ip: 'fd00::3' })),
    says: 'error VMS305 certain VirtualMachine/web-3',
    but: 'where it has both',
    near: healthyBut(web('web-3', { ip: ['10.0.0.3', 'fd00::3'] })),
  },
  {
    code: 'VMS306',
    when: 'where the interfaces have another address',
    world: healthyBut(withInterfaces('web-2', '10.0.0.2', [['10.0.0.77/24']])),
    says: 'warning VMS306 likely VirtualMachine/web-2',
    but: 'where nothing is reported',
    near: healthyBut(withInterfaces('web-2', '10.0.0.2', [])),
  },
  {
    code: 'VMS306',
    when: 'where another address of the family is reported',
    world: healthyBut(dual([['10.0.0.2/24', 'fd00::77/64']])),
    says: 'warning VMS306 likely VirtualMachine/web-2',
    but: 'where the interface spells the same address in another way',
    near: healthyBut(dual([['10.0.0.2/24', 'FD00:0:0:0::2/64']])),
  },
  {
    code: 'VMS306',
    when: 'where the interface has two others',
    world: healthyBut(dual([['10.0.0.3/24', 'fd00::3/64']])),
    says: 'warning VMS306 likely VirtualMachine/web-2',
    but: 'where nobody tells of addresses of its family',
    near: healthyBut(dual([['10.0.0.2/24']])),
  },
  {
    code: 'VMS307',
    when: 'where two VMs have one address beside others',
    world: healthyBut(withInterfaces('web-3', '10.0.0.1', [['10.0.0.1/24'], ['172.17.0.1/16']])),
    says: 'error VMS307 likely VirtualMachine/web-1',
    but: 'where it is that of a bridge which each of them has inside',
    near: healthyBut(
      withInterfaces('web-1', '172.17.0.1', [['10.0.0.1/24'], ['172.17.0.1/16']]),
      withInterfaces('web-3', '172.17.0.1', [['10.0.0.3/24'], ['172.17.0.1/16']]),
    ),
  },
  {
    code: 'VMS307',
    when: 'where two VMs have one address',
    world: healthyBut(web('web-3', { ip: '10.0.0.1' })),
    says: 'error VMS307 likely VirtualMachine/web-1',
    but: 'where one of them is off',
    near: healthyBut(web('web-3', { ip: '10.0.0.1', power: 'off' })),
  },
  {
    code: 'VMS308',
    when: 'where the only probe fails',
    world: notReady(web('web-1', { ready: false, readyMessage: 'dial tcp: connection refused' })),
    says: 'error VMS308 certain VirtualMachine/web-1',
    but: 'where there is no probe any more',
    near: healthyBut(web('web-1', { ready: false, probe: 'none' })),
  },
  {
    code: 'VMS309',
    when: 'where a probe never ran',
    world: notReady(web('web-1', { probe: 'tcp' })),
    says: 'warning VMS309 certain VirtualMachine/web-1',
    but: 'where the VM was ready before',
    near: healthyBut(web('web-1', { probe: 'tcp' })),
  },
  {
    code: 'VMS309',
    when: 'where another VM is ready',
    world: healthyBut(
      web('web-3', { ip: '10.0.0.3', probe: 'tcp' }),
      endpoints({ ready: [one, two], notReady: [web('web-3', { ip: '10.0.0.3' })] }),
    ),
    says: 'warning VMS309 certain VirtualMachine/web-3',
    but: 'where it has a verdict',
    near: notReady(web('web-1', { ready: false })),
  },
  {
    code: 'VMS309',
    when: 'waits where the VM was powered on a moment ago',
    world: notReady(
      web('web-1', { probe: 'tcp', conditions: [condition('VirtualMachinePowerStateSynced', 'True', 'True', '', '2026-11-20T11:59:50Z')] }),
    ),
    says: 'info VMS309 certain VirtualMachine/web-1',
    but: 'where it has no probe',
    near: healthyBut(web('web-1', { probe: 'none' })),
  },
  {
    code: 'VMS310',
    when: 'where the prefix of guestinfo stands twice',
    world: notReady(patched(web('web-1', { ready: false }), probe({ guestInfo: [{ key: 'guestinfo.ready' }] }))),
    says: 'error VMS310 certain VirtualMachine/web-1',
    but: 'where it passes all the same',
    near: healthyBut(patched(web('web-1', { ready: true }), probe({ guestInfo: [{ key: 'guestinfo.ready' }] }))),
  },
  {
    code: 'VMS310',
    when: 'where a value is no regular expression, although it passes',
    world: healthyBut(patched(web('web-1', { ready: true }), probe({ guestInfo: [{ key: 'up', value: '(?!no)' }] }))),
    says: 'warning VMS310 certain VirtualMachine/web-1',
    but: 'where it is one',
    near: healthyBut(patched(web('web-1', { ready: true }), probe({ guestInfo: [{ key: 'up', value: '(?i)^(yes|ok)$' }] }))),
  },
  {
    code: 'VMS311',
    when: 'where the probe asks another port',
    world: healthyBut(patched(web('web-1', { ready: true }), probe({ tcpSocket: { port: 9999 } }))),
    says: 'info VMS311 hint VirtualMachine/web-1',
    but: 'where it asks a target port',
    near: healthyBut(web('web-1', { ready: true })),
  },
  {
    code: 'VMS312',
    when: 'where the probe is gone and its verdict is not',
    world: healthyBut(web('web-1', { ready: false, probe: 'none' })),
    says: 'info VMS312 certain VirtualMachine/web-1',
    but: 'where the probe is there',
    near: healthyBut(web('web-1', { ready: false })),
  },
  {
    code: 'VMS313',
    when: 'where VMs have no probe',
    world: healthy,
    says: 'info VMS313 certain VirtualMachineService/svc',
    but: 'where they have',
    near: healthyBut(web('web-1', { ready: true }), web('web-2', { ip: '10.0.0.2', ready: true })),
  },
  {
    code: 'VMS314',
    when: 'where the network was switched off',
    world: healthyBut(patched(aVm('web-3', noAddress), { network: { disabled: true } })),
    says: 'error VMS314 certain VirtualMachine/web-3',
    but: 'where it was not',
    near: healthyBut(aVm('web-3', noAddress)),
  },
];
