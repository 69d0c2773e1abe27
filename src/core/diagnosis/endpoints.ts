import { endpointAddresses } from '../../model/service.ts';
import { fewNames } from '../few-names.ts';
import { advice } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { itemsOf } from '../snapshot.ts';
import type { ServiceTrace } from '../trace/trace.ts';
import { missingNames, staleMembers } from './endpoint-members.ts';
import { commandIn, nudgeCommand } from './fixes.ts';
import { childOf, found } from './found.ts';
import { hasEndpoints, hasService } from './questions.ts';
import type { ServiceRule } from './rule.ts';
import { isKept, storedEndpoints } from './stored-endpoints.ts';

/** VMS501: VMs qualify, and the Endpoints do not have them. */
export const endpointsMissing: ServiceRule = {
  about: 'service',
  code: 'VMS501',
  worst: 'error',
  needs: ['vms', 'services', 'endpoints'],
  applies: isKept,
  find: (subject) => {
    const { vmService, trace } = subject;
    const eligible = itemsOf(trace.members).filter((member) => member.kind === 'decided' && member.decision.outcome !== 'out');
    // One that is there with an old address is a matter of its own.
    const moved = new Set(staleMembers(trace.members, ['AddressChanged']).map(({ name }) => name));
    const names = missingNames(trace.members).filter((name) => !moved.has(name));
    if (names.length === 0 || !subject.isSettled()) return [];
    const all = names.length === eligible.length;
    const what =
      trace.endpoints.state === 'Missing'
        ? 'There are no Endpoints'
        : all
          ? 'The Endpoints have no VM'
          : `The Endpoints lack ${fewNames(names, 3)}`;
    const qualify = eligible.length === 1 ? '1 VM qualifies' : `${eligible.length} VMs qualify`;
    return [
      found('VMS501', all ? 'error' : 'warning', 'certain', childOf(vmService, 'Endpoints'), `${what}, though ${qualify}`, {
        evidence: [`computed: ${eligible.length} endpoints; of these not stored: ${fewNames(names, 8)}`],
        why: 'the controller writes them within seconds of a change: it fails behind the step for the Service, or does not run',
        fix: [...nudgeCommand(vmService), advice('no answer to that: platform owner, is VM Operator running?')],
        follows: ['VMS915', ...(all ? (['VMS505', 'VMS506', 'VMS614'] as const) : []), ...(all ? foldedStale(trace.members) : [])],
      }),
    ];
  },
};

/** Where all that is out of date are VMs that were made anew under their names, it is one thing with their not being there. */
function foldedStale(members: ServiceTrace['members']): readonly FindingCode[] {
  const missing = missingNames(members);
  const stale = itemsOf(members).flatMap((member) => (member.kind === 'stale' && member.because !== 'NoLongerSelected' ? [member] : []));
  return stale.every(({ name, because }) => because === 'VirtualMachineGone' && missing.includes(name)) ? ['VMS503'] : [];
}

/** VMS505: there are endpoints, and none is ready. */
export const noReadyEndpoints: ServiceRule = {
  about: 'service',
  code: 'VMS505',
  worst: 'error',
  needs: ['endpoints'],
  applies: (subject) => subject.vmService.spec.type !== 'ExternalName' && hasEndpoints(subject),
  find: ({ vmService, trace }) => {
    if (!('ready' in trace.endpoints)) return [];
    const { ready, notReady } = trace.endpoints;
    if (ready > 0 || notReady === 0) return [];
    const message = notReady === 1 ? 'The one endpoint is not ready' : `None of ${notReady} endpoints is ready`;
    return [
      found('VMS505', 'error', 'certain', childOf(vmService, 'Endpoints'), message, {
        evidence: [`Endpoints ${vmService.metadata.name}: no addresses, ${notReady} notReadyAddresses`],
        fix: commandIn(vmService.metadata.namespace, ['kubectl', 'vmsvc', 'vms', vmService.metadata.name], 'what each VM waits for', [
          vmService.metadata.name,
        ]),
        follows: ['VMS614'],
      }),
    ];
  },
};

/** VMS509: the ports of the Endpoints are not those of the Service. */
export const endpointPortDiffers: ServiceRule = {
  about: 'service',
  code: 'VMS509',
  worst: 'error',
  needs: ['endpoints', 'services'],
  applies: (subject) => subject.vmService.spec.type !== 'ExternalName' && hasService(subject) && hasEndpoints(subject),
  find: (subject) => {
    const { trace, vmService } = subject;
    const stored = storedEndpoints(subject);
    if (stored === undefined || !('service' in trace.service) || endpointAddresses(stored).length === 0 || !subject.isSettled()) return [];
    const { spec } = trace.service.service;
    const ports = spec.ports ?? [];
    const lacking = ports.filter((port) => {
      const target = typeof port.targetPort === 'number' ? port.targetPort : port.port;
      return !(stored.subsets ?? []).some((subset) =>
        (subset.ports ?? []).some(
          (own) =>
            (own.name ?? '') === (port.name ?? '') &&
            (own.protocol ?? 'TCP') === (port.protocol ?? 'TCP') &&
            (subject.leftAlone || own.port === target),
        ),
      );
    });
    if (lacking.length === 0) return [];
    const names = lacking.map(({ name, port }) => name || String(port));
    return [
      found('VMS509', 'error', 'certain', stored, `The Endpoints do not have the Service's port ${names.join(', ')}`, {
        field: 'subsets[0].ports',
        evidence: [
          `Service spec.ports: ${ports.map(({ name, port, targetPort }) => `${name ?? ''} ${port} -> ${targetPort ?? port}`.trim()).join(', ')}`,
          `Endpoints ports: ${(stored.subsets ?? []).flatMap((subset) => (subset.ports ?? []).map(({ name, port }) => `${name ?? ''} ${port}`.trim())).join(', ') || '<none>'}`,
        ],
        why: 'ports are found by their names: where no endpoint port has the name, there is no backend',
        fix: subject.leftAlone ? [advice('give the ports of the Endpoints the same names')] : nudgeCommand(vmService),
      }),
    ];
  },
};
