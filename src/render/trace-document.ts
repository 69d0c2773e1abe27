import type { Finding } from '../core/finding.ts';
import { isSeen, type Leg, type Unavailable } from '../core/snapshot.ts';
import { type MemberRow, memberRows } from '../core/trace/member-list.ts';
import type { PortTrace } from '../core/trace/ports.ts';
import type { ServiceTrace } from '../core/trace/trace.ts';
import type { Listed, VmTrace } from '../core/trace/vm-trace.ts';
import type { JsonObject } from '../model/object.ts';
import { compareText } from '../model/text-order.ts';
import type { VirtualMachine } from '../model/virtual-machine.ts';
import type { TimeWords } from './age.ts';
import { findingDocument } from './finding-document.ts';
import { memberMessage } from './member-document.ts';
import { listedMessage } from './member-sentence.ts';
import { nearMissSentence } from './near-miss-sentence.ts';
import { unavailableSentence } from './unavailable-sentence.ts';

/** The body of a `Trace`: exactly the data behind the text. Lists even when one; states in the words of the text. */
export function traceDocument(
  trace: ServiceTrace,
  findings: readonly Finding[],
  holes: readonly Unavailable[],
  time: TimeWords,
): JsonObject {
  const { vmService, status, ready, selected } = trace;
  const namespace = vmService.metadata.namespace ?? '';
  return {
    service: { namespace, name: vmService.metadata.name, status, ready: ready ?? null, selected: selected ?? null },
    hops: [...vipHops(trace), serviceHop(trace), ...endpointsHops(trace), ...sliceHops(trace)],
    virtualMachines: memberRows(trace, { nearMisses: false, others: false }).map((row) => memberEntry(row, time)),
    nearMisses: trace.nearMisses.map((nearMiss) => ({ name: nearMiss.vm.metadata.name, message: nearMissSentence(nearMiss) })),
    findings: findings.map(findingDocument),
    couldNotLook: holes.map(holeEntry),
  };
}

/** What `--ports` adds to a `Trace`: the endpoints port by port, null where they could not be looked at. */
export function tracePortsDocument(ports: Leg<PortTrace>): JsonObject {
  if (!isSeen(ports)) return { ports: null };
  return {
    ports: ports.items.map(({ name, protocol, port, members }) => ({
      name,
      protocol,
      port,
      endpoints: members.map((member) => ({ ...member, targetPort: member.targetPort ?? null })),
    })),
  };
}

/** The body of a `Trace` of one VM. */
export function vmTraceDocument(
  { vm, memberOf, listedBy, notSelectedBy }: VmTrace,
  holes: readonly Unavailable[],
  time: TimeWords,
): JsonObject {
  return {
    virtualMachine: { namespace: vm.metadata.namespace ?? '', name: vm.metadata.name, uid: vm.metadata.uid ?? null },
    services: [
      ...memberOf.map(({ trace, row }) => ({ service: trace.vmService.metadata.name, ...memberEntry(row, time) })),
      ...listedBy.map((listed) => ({ service: listed.trace.vmService.metadata.name, ...listedEntry(vm, listed) })),
    ].toSorted((left, right) => compareText(left.service, right.service)),
    notSelectedBy: notSelectedBy.map((trace) => trace.vmService.metadata.name),
    couldNotLook: holes.map(holeEntry),
  };
}

function listedEntry({ metadata }: VirtualMachine, { state, addresses }: Listed) {
  return { name: metadata.name, uid: metadata.uid ?? null, state, reason: 'ListedByHand', message: listedMessage, since: null, addresses };
}

function memberEntry(row: MemberRow, time: TimeWords): JsonObject {
  return {
    name: row.name,
    uid: row.vm?.metadata.uid ?? null,
    state: row.state,
    reason: row.reason,
    message: memberMessage(row, time),
    since: row.since ?? null,
    addresses: row.addresses,
  };
}

function vipHops({ vip }: ServiceTrace): JsonObject[] {
  switch (vip.state) {
    case 'NotNeeded':
      return [];
    case 'Assigned':
      return [{ kind: 'VIP', address: vip.addresses[0] ?? null, addresses: vip.addresses, state: 'OK' }];
    case 'Pending':
      return [{ kind: 'VIP', address: null, addresses: [], state: 'Pending' }];
    case 'Unknown':
      return [{ kind: 'VIP', address: null, addresses: [], state: 'Unknown', message: unavailableSentence(vip.unavailable) }];
  }
}

function serviceHop({ service, vmService }: ServiceTrace): JsonObject {
  const hop = { kind: 'Service', name: vmService.metadata.name };
  switch (service.state) {
    case 'NotCompared':
      return { ...hop, state: 'OK', clusterIP: service.service.spec.clusterIP ?? null };
    case 'AsComputed':
      return { ...hop, state: 'OK', asComputed: true, clusterIP: service.service.spec.clusterIP ?? null };
    case 'Differs':
      return { ...hop, state: 'Drift', asComputed: false, fields: service.fields, clusterIP: service.service.spec.clusterIP ?? null };
    case 'Refused':
      return { ...hop, state: 'Refused', reason: service.refusal.reason, message: service.refusal.message };
    case 'Missing':
      return { ...hop, state: 'Missing' };
    case 'Unknown':
      return { ...hop, state: 'Unknown', message: unavailableSentence(service.unavailable) };
  }
}

function endpointsHops({ endpoints, vmService }: ServiceTrace): JsonObject[] {
  const hop = { kind: 'Endpoints', name: vmService.metadata.name };
  switch (endpoints.state) {
    case 'Missing':
      return [{ ...hop, state: 'Missing' }];
    case 'Unknown':
      return [{ ...hop, state: 'Unknown', message: unavailableSentence(endpoints.unavailable) }];
    case 'LeftAlone':
      return endpoints.endpoints === undefined
        ? []
        : [{ ...hop, state: 'LeftAlone', ready: endpoints.ready, notReady: endpoints.notReady }];
    case 'NotComputed':
      return [{ ...hop, state: 'Unknown', ready: endpoints.ready, notReady: endpoints.notReady }];
    case 'AsComputed':
    case 'OrderOnly':
    case 'Differs':
      return [
        {
          ...hop,
          state: endpoints.state === 'Differs' ? 'Drift' : 'OK',
          ready: endpoints.ready,
          notReady: endpoints.notReady,
          asComputed: endpoints.state === 'AsComputed',
          differences: endpoints.differences,
        },
      ];
  }
}

function sliceState(mirrors: boolean | undefined): string {
  if (mirrors === undefined) return 'Unknown';
  return mirrors ? 'OK' : 'Drift';
}

function sliceHops({ slices, unmirrored: { missing, leftOut } }: ServiceTrace): JsonObject[] {
  if (isSeen(slices))
    return [
      ...slices.items.map(({ slice, mirrors }) => ({ kind: 'Slice', name: slice.metadata.name, state: sliceState(mirrors) })),
      ...(missing.length === 0 ? [] : [{ kind: 'Slice', name: null, state: 'Missing', addresses: missing }]),
      ...(leftOut.size === 0 ? [] : [{ kind: 'Slice', name: null, state: 'NotMirrored', addresses: [...leftOut] }]),
    ];
  return slices.unavailable.because === 'NotAsked'
    ? []
    : [{ kind: 'Slice', name: null, state: 'Unknown', message: unavailableSentence(slices.unavailable) }];
}

export function holeEntry(hole: Unavailable): JsonObject {
  const { verb, resource, group, namespace, because } = hole;
  return { verb, resource, group, namespace: namespace ?? null, because, message: unavailableSentence(hole) };
}
