import { itemsOf } from '../core/snapshot.ts';
import { memberRows } from '../core/trace/member-list.ts';
import type { VmState } from '../core/trace/member-state.ts';
import type { ServiceTrace } from '../core/trace/trace.ts';
import type { Graph, GraphEdge, GraphNode } from './graph.ts';
import { stateWords } from './member-state.ts';

/** The trace as a picture: one node a hop and a VM, solid where traffic flows, dotted where it does not. */
export function traceGraph(trace: ServiceTrace): Graph {
  const chain = chainOf(trace);
  const last = chain.at(-1)?.id ?? 'service';
  const slices = sliceNodes(trace);
  const [only, ...others] = slices;
  const members = memberNodes(trace, { last, throughSlice: others.length === 0 ? (only?.id ?? last) : last });
  return {
    nodes: [...chain, ...slices, ...members.nodes],
    edges: [...chainEdges(chain), ...slices.map(({ id }): GraphEdge => ({ from: last, to: id, style: 'solid' })), ...members.edges],
  };
}

/** From the address to the Endpoints, as far as the service has them. */
function chainOf({ vmService, vip, service, endpoints }: ServiceTrace): readonly GraphNode[] {
  const { name } = vmService.metadata;
  const hasEndpoints = !(endpoints.state === 'LeftAlone' && endpoints.endpoints === undefined);
  return [
    ...vipNode(vip),
    { id: 'service', label: `Service ${name}`, state: serviceState(service.state) },
    ...(hasEndpoints ? [{ id: 'endpoints', label: `Endpoints ${name}`, state: endpointsState(endpoints.state) }] : []),
  ];
}

function vipNode(vip: ServiceTrace['vip']): readonly GraphNode[] {
  switch (vip.state) {
    case 'Assigned':
      return [{ id: 'vip', label: `VIP ${vip.addresses.join(' ')}`, state: 'ok' }];
    case 'Pending':
      return [{ id: 'vip', label: 'VIP pending', state: 'bad' }];
    case 'Unknown':
      return [{ id: 'vip', label: 'VIP unknown', state: 'unknown' }];
    case 'NotNeeded':
      return [];
  }
}

function chainEdges(chain: readonly GraphNode[]): readonly GraphEdge[] {
  return chain.slice(1).map((node, index) => {
    const before = chain[index] ?? node;
    return { from: before.id, to: node.id, style: node.state === 'bad' ? 'dotted' : 'solid' };
  });
}

function sliceNodes({ slices }: ServiceTrace): readonly GraphNode[] {
  return itemsOf(slices).map(({ slice, mirrors }, index) => ({
    id: `slice${index}`,
    label: `Slice ${slice.metadata.name}`,
    state: mirrors === undefined ? 'unknown' : mirrors ? 'ok' : 'warn',
  }));
}

/** A VM that is out hangs at the last hop: no slice has it. */
function memberNodes(trace: ServiceTrace, { last, throughSlice }: { readonly last: string; readonly throughSlice: string }): Graph {
  const members = memberRows(trace, { nearMisses: false, others: false }).map((row, index) => {
    const id = `vm${index}`;
    const isOut = row.state === 'Out';
    const label = isOut ? [row.name, spoken(row.reason)] : [row.name, row.addresses.join(' '), stateWords[row.state]];
    const node: GraphNode = { id, label: label.filter((part) => part !== '').join(' '), state: memberStates[row.state] };
    const edge: GraphEdge = isOut
      ? { from: last, to: id, style: 'cut', label: 'out' }
      : { from: throughSlice, to: id, style: row.state === 'Ready' ? 'solid' : 'dotted' };
    return { node, edge };
  });
  return { nodes: members.map(({ node }) => node), edges: members.map(({ edge }) => edge) };
}

const memberStates: Readonly<Record<VmState, GraphNode['state']>> = {
  Ready: 'ok',
  NotReady: 'warn',
  Out: 'bad',
  Stale: 'warn',
  NotSelected: 'unknown',
};

/** `no address` of `NoAddress`. */
function spoken(reason: string): string {
  return reason.replaceAll(/(?<=[a-z\d])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}

function serviceState(state: ServiceTrace['service']['state']): GraphNode['state'] {
  switch (state) {
    case 'AsComputed':
    case 'NotCompared':
      return 'ok';
    case 'Differs':
      return 'warn';
    case 'Missing':
    case 'Refused':
      return 'bad';
    case 'Unknown':
      return 'unknown';
  }
}

function endpointsState(state: ServiceTrace['endpoints']['state']): GraphNode['state'] {
  switch (state) {
    case 'AsComputed':
    case 'OrderOnly':
    case 'LeftAlone':
      return 'ok';
    case 'Differs':
      return 'warn';
    case 'Missing':
      return 'bad';
    case 'NotComputed':
    case 'Unknown':
      return 'unknown';
  }
}
