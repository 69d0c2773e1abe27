import type { EndpointDecision } from '../endpoints.ts';
import type { Severity } from '../finding.ts';
import { isEmptySelector, selectorText } from '../selector.ts';
import { isSeen, itemsOf } from '../snapshot.ts';
import type { ServiceTrace } from '../trace.ts';
import type { Member } from '../trace-members.ts';
import { sortTraceFindings, type TraceFinding, type TraceFindingArgs } from './trace-finding.ts';

/** What the trace of one service proves by itself. Nothing is said about what could not be looked at. */
export function traceFindings(trace: ServiceTrace): readonly TraceFinding[] {
  return sortTraceFindings([
    ...serviceFindings(trace),
    ...addressFindings(trace),
    ...selectionFindings(trace),
    ...memberFindings(trace),
    ...endpointsFindings(trace),
  ]);
}

function serviceFindings({ vmService, service, status }: ServiceTrace): TraceFinding[] {
  const { name, finalizers } = vmService.metadata;
  const object = `VirtualMachineService/${name}`;
  if (status === 'Deleting') return [certain('warning', object, { code: 'VMS112', reason: 'DeletionStuck', finalizers: finalizers ?? [] })];
  switch (service.state) {
    case 'Missing':
      return [certain('error', object, { code: 'VMS402', reason: 'ServiceNeverCreated', service: name })];
    case 'Refused':
      return service.refusal.reason === 'OwnedByAnotherController'
        ? [certain('error', `Service/${name}`, { code: 'VMS403', reason: 'ServiceNameTaken', owner: ownerName(service.service) })]
        : [];
    case 'Differs':
      return [
        certain('warning', `Service/${name}`, { code: 'VMS406', reason: 'ServiceDiffers', fields: service.fields }),
        ...foreignSelector(name, service.service.spec.selector),
      ];
    case 'AsComputed':
    case 'NotCompared':
      return foreignSelector(name, service.service.spec.selector);
    case 'Unknown':
      return [];
  }
}

/** The controller never writes a selector: with one, Kubernetes' own endpoints controller writes against it. */
function foreignSelector(name: string, selector: Readonly<Record<string, string>> | undefined): TraceFinding[] {
  if (isEmptySelector(selector)) return [];
  return [certain('error', `Service/${name}`, { code: 'VMS404', reason: 'ServiceHasSelector', selector: selectorText(selector) })];
}

function ownerName(service: {
  readonly metadata: {
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly controller?: boolean }[];
  };
}): string {
  const owner = service.metadata.ownerReferences?.find((reference) => reference.controller === true);
  return owner === undefined ? '' : `${owner.kind}/${owner.name}`;
}

function addressFindings({ vmService, status }: ServiceTrace): TraceFinding[] {
  const object = `Service/${vmService.metadata.name}`;
  if (status === 'Pending') return [certain('info', object, { code: 'VMS601', reason: 'AddressPending' })];
  if (status === 'NoAddress') return [{ ...certain('error', object, { code: 'VMS602', reason: 'NoLoadBalancer' }), confidence: 'likely' }];
  return [];
}

function selectionFindings({ vmService, selected, nearMisses, otherVms }: ServiceTrace): TraceFinding[] {
  const object = `VirtualMachineService/${vmService.metadata.name}`;
  const none = selected === 0;
  const found: TraceFinding[] = nearMisses.map((nearMiss) => ({
    ...certain(none ? 'error' : 'warning', `VirtualMachine/${nearMiss.vm.metadata.name}`, {
      code: 'VMS202',
      reason: 'SelectorNearMiss',
      nearMiss,
    }),
    confidence: 'likely',
  }));
  if (none)
    found.push(
      certain('error', object, {
        code: 'VMS201',
        reason: 'NoMatchingVirtualMachines',
        selector: selectorText(vmService.spec.selector),
        others: otherVms.length,
      }),
    );
  return found;
}

function memberFindings({ members }: ServiceTrace): TraceFinding[] {
  return itemsOf(members).flatMap((member) => (member.kind === 'stale' ? staleFinding(member) : decisionFinding(member.decision)));
}

function decisionFinding({ vm, because }: EndpointDecision): TraceFinding[] {
  const name = vm.metadata.name;
  const object = `VirtualMachine/${name}`;
  switch (because) {
    case 'NoAddress':
      return [certain('error', object, { code: 'VMS301', reason: 'VirtualMachineHasNoAddress', vm: name })];
    case 'NoAddressOfFamily':
      return [certain('error', object, { code: 'VMS305', reason: 'AddressFamilyMismatch', vm: name, families: [] })];
    case 'BeingDeleted':
      return [certain('info', object, { code: 'VMS208', reason: 'VirtualMachineBeingDeleted', vm: name })];
    case 'ProbeFailing':
    case 'ProbeUnknown':
      return [certain('warning', object, { code: 'VMS308', reason: 'ReadinessProbeFails', vm: name, said: readyMessage(vm) })];
    case 'ProbePending':
      return [certain('warning', object, { code: 'VMS309', reason: 'ReadinessProbeNeverRan', vm: name })];
    case 'ServiceHasNoFamilies':
    case 'NoProbe':
    case 'ProbePassing':
    case 'WasReady':
      return [];
  }
}

function readyMessage(vm: EndpointDecision['vm']): string {
  return vm.status?.conditions?.find((condition) => condition.type === 'Ready')?.message ?? '';
}

function staleFinding(member: Extract<Member, { kind: 'stale' }>): TraceFinding[] {
  const { name, because } = member;
  if (because === 'NoLongerSelected') {
    return [certain('warning', `VirtualMachine/${name}`, { code: 'VMS502', reason: 'EndpointNoLongerSelected', vm: name })];
  }
  return [
    certain('warning', member.vm === undefined ? `Endpoints/${name}` : `VirtualMachine/${name}`, {
      code: 'VMS503',
      reason: 'EndpointStale',
      target: name,
      because,
    }),
  ];
}

function endpointsFindings({ vmService, endpoints, members, ready, selected, service, status }: ServiceTrace): TraceFinding[] {
  if (service.state === 'Missing' || service.state === 'Refused' || status === 'Deleting') return [];
  const object = `Endpoints/${vmService.metadata.name}`;
  const eligible = itemsOf(members).filter((member) => member.kind === 'decided' && member.decision.outcome !== 'out').length;
  if (endpoints.state === 'Missing' && eligible > 0)
    return [certain('error', object, { code: 'VMS501', reason: 'EndpointsMissing', eligible })];
  const isExternalName = vmService.spec.type === 'ExternalName';
  if (isSeen(members) && ready === 0 && selected !== undefined && selected > 0 && !isExternalName) {
    return [certain('error', object, { code: 'VMS505', reason: 'NoReadyEndpoints', selected })];
  }
  return [];
}

function certain(severity: Severity, object: string, args: TraceFindingArgs): TraceFinding {
  return { ...args, severity, confidence: 'certain', object };
}
