import { itemsOf } from '../snapshot.ts';
import type { StaleBecause } from '../trace-members.ts';
import { nudgeCommand } from './fixes.ts';
import { childOf, found } from './found.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** VMS501: VMs qualify, and the Endpoints have none of them. */
export const endpointsMissing: ServiceRule = {
  about: 'service',
  code: 'VMS501',
  worst: 'error',
  needs: ['vms', 'services', 'endpoints'],
  applies: isKept,
  find: ({ vmService, trace, decisions }) => {
    const eligible = decisions.filter(({ outcome }) => outcome !== 'out');
    if (eligible.length === 0 || ('ready' in trace.endpoints && trace.endpoints.ready + trace.endpoints.notReady > 0)) return [];
    const what = trace.endpoints.state === 'Missing' ? 'There are no Endpoints' : 'The Endpoints are empty';
    const qualify = eligible.length === 1 ? '1 VM qualifies' : `${eligible.length} VMs qualify`;
    return [
      found('VMS501', 'error', 'certain', childOf(vmService, 'Endpoints'), `${what} though ${qualify}`, {
        evidence: [`computed: ${eligible.length} endpoints; stored: none`],
        fix: nudgeCommand(vmService),
        follows: ['VMS505', 'VMS506', 'VMS614'],
      }),
    ];
  },
};

/** VMS502: a VM that no longer has the labels still gets traffic. */
export const endpointNoLongerSelected: ServiceRule = {
  about: 'service',
  code: 'VMS502',
  worst: 'error',
  needs: ['vms', 'endpoints'],
  applies: isKept,
  find: ({ vmService, trace }) =>
    staleMembers(trace, ['NoLongerSelected']).flatMap(({ vm, name, addresses }) =>
      vm === undefined
        ? []
        : [
            found('VMS502', 'warning', 'certain', vm, `${name} no longer matches but is still an endpoint`, {
              evidence: [`Endpoints: ${addresses.join(', ')} -> ${name}`],
              fix: nudgeCommand(vmService),
            }),
          ],
    ),
};

/** VMS503: an endpoint points at a VM that is gone, or at an address that it no longer has. */
export const endpointStale: ServiceRule = {
  about: 'service',
  code: 'VMS503',
  worst: 'error',
  needs: ['vms', 'endpoints'],
  applies: isKept,
  find: ({ vmService, trace }) =>
    staleMembers(trace, ['VirtualMachineGone', 'AddressChanged', 'NoLongerEligible', 'NotAVirtualMachine']).map((member) =>
      found(
        'VMS503',
        'error',
        'certain',
        childOf(vmService, 'Endpoints'),
        `Endpoint ${member.addresses.join(', ')} of ${member.name} is stale`,
        {
          evidence: [`Endpoints: ${member.addresses.join(', ')} -> ${member.name}`],
          fix: nudgeCommand(vmService),
        },
      ),
    ),
};

/** VMS505: there are endpoints, and none is ready. */
export const noReadyEndpoints: ServiceRule = {
  about: 'service',
  code: 'VMS505',
  worst: 'error',
  needs: ['endpoints'],
  applies: ({ vmService }) => vmService.metadata.deletionTimestamp === undefined,
  find: ({ vmService, trace }) => {
    if (!('ready' in trace.endpoints)) return [];
    const { ready, notReady } = trace.endpoints;
    if (ready > 0 || notReady === 0) return [];
    return [
      found(
        'VMS505',
        'error',
        'certain',
        childOf(vmService, 'Endpoints'),
        notReady === 1 ? 'The one endpoint is not ready' : `None of ${notReady} endpoints is ready`,
        {
          evidence: [`Endpoints: 0 addresses, ${notReady} notReadyAddresses`],
          follows: ['VMS614'],
        },
      ),
    ];
  },
};

/** There is a Service, and the controller computes its Endpoints. */
function isKept({ vmService, trace, leftAlone }: ServiceSubject): boolean {
  const { state } = trace.service;
  return vmService.metadata.deletionTimestamp === undefined && !leftAlone && state !== 'Missing' && state !== 'Refused';
}

function staleMembers({ members }: ServiceSubject['trace'], because: readonly StaleBecause[]) {
  return itemsOf(members).flatMap((member) => (member.kind === 'stale' && because.includes(member.because) ? [member] : []));
}
