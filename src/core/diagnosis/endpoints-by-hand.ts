import { endpointAddresses } from '../../model/service.ts';
import { fewNames } from '../few-names.ts';
import { advice } from '../finding.ts';
import { contains, parseCidr, parseIp } from '../ip-address.ts';
import { owningVmService } from '../ownership.ts';
import { touches, writtenBy } from './changes.ts';
import { childOf, found } from './found.ts';
import { lastApplied } from './last-applied.ts';
import { hasEndpoints } from './questions.ts';
import type { ServiceRule } from './rule.ts';
import { isKept, storedEndpoints } from './stored-endpoints.ts';

/** VMS504: without a selector they stay as they were. */
export const endpointsFrozen: ServiceRule = {
  about: 'service',
  code: 'VMS504',
  worst: 'warning',
  needs: ['endpoints'],
  applies: ({ leftAlone, vmService }) => leftAlone && vmService.spec.type !== 'ExternalName',
  find: (subject) => {
    const stored = storedEndpoints(subject);
    const vms = endpointAddresses(stored).flatMap(({ targetRef }) => (targetRef?.kind === 'VirtualMachine' ? [targetRef.name ?? ''] : []));
    if (vms.length === 0) return [];
    return [
      found(
        'VMS504',
        'warning',
        'certain',
        childOf(subject.vmService, 'Endpoints'),
        'The Endpoints are frozen: the selector was taken away',
        {
          evidence: ['spec.selector is empty', `Endpoints list VMs: ${fewNames([...new Set(vms)], 5)}`],
          why: 'without a selector the controller leaves them as they were: new VMs do not come in, old ones do not go',
          fix: [advice('give the selector back, or keep the Endpoints by hand from now on')],
        },
      ),
    ];
  },
};

/** VMS511: what newer servers warn of. */
export const endpointsDeprecated: ServiceRule = {
  about: 'service',
  code: 'VMS511',
  worst: 'info',
  needs: ['endpoints'],
  applies: hasEndpoints,
  find: (subject) => {
    const stored = storedEndpoints(subject);
    if (stored === undefined) return [];
    return [
      found('VMS511', 'info', 'certain', stored, 'Servers from Kubernetes 1.33 on warn that Endpoints are deprecated: this does no harm', {
        evidence: ['VM Operator writes Endpoints, and Kubernetes mirrors them to slices'],
      }),
    ];
  },
};

/** VMS512: somebody edits what the controller writes. */
export const handEditReverted: ServiceRule = {
  about: 'service',
  code: 'VMS512',
  worst: 'warning',
  needs: ['services', 'endpoints'],
  applies: isKept,
  find: (subject) => {
    const { trace, vmService } = subject;
    const service = 'service' in trace.service ? trace.service.service : undefined;
    return [service, storedEndpoints(subject)].flatMap((child) => {
      if (child === undefined || owningVmService(child) === undefined) return [];
      // The annotation of the VirtualMachineService itself is copied to its children, and says nothing about them.
      // What was done before there was one is nobody's mistake: it adopted what it found.
      const since = Date.parse(vmService.metadata.creationTimestamp ?? '') || 0;
      const applied = lastApplied(child)?.['kind'] === child.kind && !(Date.parse(child.metadata.creationTimestamp ?? '') < since);
      const part = child.kind === 'Service' ? 'f:spec' : 'f:subsets';
      const edits = writtenBy(
        child,
        (entry) =>
          entry.fields !== undefined &&
          touches(entry, part) &&
          /^kubectl(?!-vmsvc)/.test(entry.manager) &&
          !(Date.parse(entry.time) < since),
      );
      const [edit] = edits;
      if (!applied && edit === undefined) return [];
      return [
        found(
          'VMS512',
          'warning',
          'likely',
          child,
          `${child.kind} ${child.metadata.name} is edited by hand, and the controller writes it back`,
          {
            evidence: [
              ...(applied ? ['it has the annotation of kubectl apply for itself'] : []),
              ...edits.map(({ manager, time }) => `${manager} wrote ${part.slice(2)} ${subject.around.times.ago(time)}`),
            ],
            fix: [advice(`change VirtualMachineService ${vmService.metadata.name}, or the VMs, instead`)],
          },
        ),
      ];
    });
  },
};

const forbiddenRanges = ['127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/24', '::1/128', 'fe80::/10'].flatMap((text) => parseCidr(text) ?? []);

/** VMS513: an address that somebody wrote by hand and that leads nowhere. */
export const endpointAddressInvalid: ServiceRule = {
  about: 'service',
  code: 'VMS513',
  worst: 'error',
  needs: ['endpoints'],
  applies: hasEndpoints,
  find: (subject) => {
    const { vmService, around, trace } = subject;
    const stored = storedEndpoints(subject);
    if (stored === undefined) return [];
    const own = trace.vip.state === 'Assigned' ? trace.vip.addresses : [];
    const byHand = endpointAddresses(stored).filter(({ targetRef }) => targetRef?.kind !== 'VirtualMachine');
    return byHand.flatMap(({ ip }) => {
      const parsed = parseIp(ip);
      const clusterIp = around.holdersOf(ip).find(({ as }) => as === 'ClusterIP')?.service;
      const problem = own.includes(ip)
        ? 'is the address of the service itself: a loop'
        : clusterIp !== undefined
          ? `is the cluster IP of Service ${clusterIp.metadata.namespace ?? ''}/${clusterIp.metadata.name}, which does not work as an endpoint`
          : parsed !== undefined && forbiddenRanges.some((range) => contains(range, parsed))
            ? 'is loopback, link-local or multicast'
            : undefined;
      if (problem === undefined) return [];
      return [
        found('VMS513', 'error', 'certain', stored, `Endpoint ${ip} ${problem}`, {
          field: 'subsets[].addresses[].ip',
          evidence: [`Endpoints ${vmService.metadata.name}: ${ip}, without a VM`],
          fix: [advice('use the address of a VM, or of a load balancer of another service')],
        }),
      ];
    });
  },
};
