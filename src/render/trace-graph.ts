import { memberRows } from '../core/member-list.ts';
import { itemsOf } from '../core/snapshot.ts';
import type { ServiceTrace } from '../core/trace.ts';
import type { Graph, GraphEdge, GraphNode } from './graph.ts';

/** The trace as a picture: one node a hop and a VM, solid where traffic flows, dotted where it does not. */
export function traceGraph(trace: ServiceTrace): Graph {
  const { vmService, vip, service } = trace;
  const name = vmService.metadata.name;
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const chain: GraphNode[] = [];
  if (vip.state !== 'NotNeeded') {
    const label = vip.state === 'Assigned' ? `VIP ${vip.addresses.join(' ')}` : vip.state === 'Pending' ? 'VIP pending' : 'VIP unknown';
    chain.push({ id: 'vip', label, state: vip.state === 'Assigned' ? 'ok' : vip.state === 'Pending' ? 'bad' : 'unknown' });
  }
  chain.push({ id: 'service', label: `Service ${name}`, state: serviceState(service.state) });
  if (!(trace.endpoints.state === 'LeftAlone' && trace.endpoints.endpoints === undefined)) {
    chain.push({ id: 'endpoints', label: `Endpoints ${name}`, state: endpointsState(trace.endpoints.state) });
  }
  nodes.push(...chain);
  chain.forEach((node, index) => {
    const next = chain[index + 1];
    if (next !== undefined) edges.push({ from: node.id, to: next.id, style: next.state === 'bad' ? 'dotted' : 'solid' });
  });

  const last = chain.at(-1)?.id ?? 'service';
  const slices = itemsOf(trace.slices);
  slices.forEach(({ slice, mirrors }, index) => {
    nodes.push({
      id: `slice${index}`,
      label: `Slice ${slice.metadata.name}`,
      state: mirrors === undefined ? 'unknown' : mirrors ? 'ok' : 'warn',
    });
    edges.push({ from: last, to: `slice${index}`, style: 'solid' });
  });
  memberRows(trace, { nearMisses: false, others: false }).forEach((row, index) => {
    const id = `vm${index}`;
    const words = { Ready: 'READY', NotReady: 'NOT READY', Out: 'OUT', Stale: 'STALE', NotSelected: 'NOT SELECTED' } as const;
    const states = { Ready: 'ok', NotReady: 'warn', Out: 'bad', Stale: 'warn', NotSelected: 'unknown' } as const;
    const isOut = row.state === 'Out';
    const label = isOut ? [row.name, spoken(row.reason)] : [row.name, row.addresses.join(' '), words[row.state]];
    nodes.push({ id, label: label.filter((part) => part !== '').join(' '), state: states[row.state] });
    const from = !isOut && slices.length === 1 ? 'slice0' : last;
    if (isOut) edges.push({ from, to: id, style: 'cut', label: 'out' });
    else edges.push({ from, to: id, style: row.state === 'Ready' ? 'solid' : 'dotted' });
  });
  return { nodes, edges };
}

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
