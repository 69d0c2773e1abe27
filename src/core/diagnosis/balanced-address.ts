import { ingressAddresses } from '../../model/service.ts';
import { compareText } from '../../model/text-order.ts';
import { fewLines } from '../few-names.ts';
import { advice } from '../finding.ts';
import { parseIp } from '../ip-address.ts';
import { isMirrored } from '../slice-manager.ts';
import { itemsOf } from '../snapshot.ts';
import { addressGrace, balancedService, waitedForAddress } from './balanced-service.ts';
import { commandOn } from './fixes.ts';
import { found } from './found.ts';
import { hasBalancedService } from './questions.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** VMS605: another address than the one that was asked for, or none. */
export const loadBalancerIpNotHonoured: ServiceRule = {
  about: 'service',
  code: 'VMS605',
  worst: 'error',
  needs: ['services'],
  applies: (subject) => hasBalancedService(subject) && (subject.vmService.spec.loadBalancerIP ?? '') !== '',
  find: (subject) => {
    const service = balancedService(subject);
    const wanted = subject.vmService.spec.loadBalancerIP ?? '';
    // NCP takes the name of a pool there, too.
    const ip = parseIp(wanted);
    if (service === undefined || ip === undefined) return [];
    const has = ingressAddresses(service);
    if (has.some((address) => parseIp(address)?.value === ip.value)) return [];
    const waited = waitedForAddress(subject);
    if (has.length === 0 && (waited === undefined || waited.seconds <= addressGrace)) return [];
    const holders = subject.around.holdersOf(wanted).filter((holder) => holder.service !== service && holder.as !== 'ClusterIP');
    const taken = [...new Set(holders.map((holder) => holder.service))].map(
      ({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name} has, or asks for, ${wanted}`,
    );
    const message =
      has.length > 0 ? `The address is ${has.join(', ')}, not ${wanted} as asked for` : `The load balancer does not give ${wanted}`;
    return [
      found('VMS605', 'error', has.length > 0 ? 'certain' : 'likely', service, message, {
        field: 'spec.loadBalancerIP',
        evidence: [
          `spec.loadBalancerIP ${wanted}; status ${has.length > 0 ? has.join(', ') : 'without an address'}`,
          ...fewLines(taken, 4),
        ],
        why: 'VM Operator copies the field, and the load balancer decides: the address may be taken, out of range, or fixed at creation',
        fix: [advice('free the address, or ask for one that is free; AVI takes it only from a Service that is made anew')],
        follows: ['VMS601', 'VMS602'],
      }),
    ];
  },
};

/** VMS610: whoever waits for the VirtualMachineService's own status waits in vain. */
export const addressNotCopied: ServiceRule = {
  about: 'service',
  code: 'VMS610',
  worst: 'error',
  needs: ['services'],
  applies: hasBalancedService,
  find: (subject) => {
    const { vmService, around } = subject;
    const service = balancedService(subject);
    if (service === undefined) return [];
    const own = sorted(ingressAddresses(vmService));
    const has = sorted(ingressAddresses(service));
    if (has.length === 0 || own.join() === has.join()) return [];
    if ((around.times.age(service.metadata.creationTimestamp) ?? 0) < 60) return [];
    return [
      found('VMS610', 'error', 'certain', vmService, 'The address of the Service is not in the status of the VirtualMachineService', {
        field: 'status.loadBalancer',
        evidence: [`Service ${has.join(', ')}; VirtualMachineService ${own.length === 0 ? 'none' : own.join(', ')}`],
        why: 'the controller copies it last: it fails before, as a rule at the Endpoints, or does not run',
        fix: commandOn(vmService, ['kubectl', 'vmsvc', 'nudge', vmService.metadata.name]),
      }),
    ];
  },
};

/** VMS614: clients connect to an address behind which there is nobody. */
export const addressWithoutEndpoints: ServiceRule = {
  about: 'service',
  code: 'VMS614',
  worst: 'error',
  needs: ['services', 'endpoints'],
  applies: hasBalancedService,
  find: (subject) => {
    const { vmService, trace, around, cluster } = subject;
    const service = balancedService(subject);
    const addresses = service === undefined ? [] : ingressAddresses(service);
    if (addresses.length === 0) return [];
    const ready = 'ready' in trace.endpoints ? trace.endpoints.ready : trace.endpoints.state === 'Missing' ? 0 : undefined;
    if (ready !== 0 || hasSlicesByHand(subject)) return [];
    const age = around.times.age(vmService.metadata.creationTimestamp) ?? 0;
    // Cluster API asks for the address first, and makes the first VM afterwards.
    if (cluster?.use === 'ControlPlane' && age < clusterStart) return [];
    const idle = trace.selected === 0 && age > idleAfter;
    // Whoever makes the service first has some time for its VMs.
    const early = trace.selected === 0 && age < vmsGrace;
    const message = idle
      ? `The address ${addresses.join(', ')} is taken, and nobody is behind it ${around.times.since(vmService.metadata.creationTimestamp)}`.trimEnd()
      : `The address ${addresses.join(', ')} has no ready endpoint`;
    return [
      found('VMS614', idle || early ? 'warning' : 'error', 'certain', service ?? vmService, message, {
        evidence: [`status.loadBalancer ${addresses.join(', ')}; Endpoints without a ready address`],
        why: 'a load balancer without members accepts and hangs up, refuses, or does not answer at all',
        follows: ['VMS703'],
      }),
    ];
  },
};

/** Without a selector somebody may keep slices instead of Endpoints, and load balancers send there. */
function hasSlicesByHand({ trace, leftAlone }: ServiceSubject): boolean {
  const byHand = leftAlone ? itemsOf(trace.slices).filter(({ slice }) => !isMirrored(slice)) : [];
  return byHand.some(({ slice }) => (slice.endpoints ?? []).some(({ conditions }) => conditions?.ready !== false));
}

/** Seconds. */
const clusterStart = 20 * 60;

const idleAfter = 7 * 24 * 60 * 60;

const vmsGrace = 10 * 60;

function sorted(texts: readonly string[]): readonly string[] {
  return texts.toSorted(compareText);
}
