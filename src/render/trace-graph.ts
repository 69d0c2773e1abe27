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
    nodes.push({
      id,
      label: [row.name, row.addresses.join(' '), words[row.state]].filter((part) => part !== '').join(' '),
      state: states[row.state],
    });
    const isOut = row.state === 'Out';
    const from = !isOut && slices.length === 1 ? 'slice0' : last;
    edges.push({ from, to: id, style: row.state === 'Ready' ? 'solid' : 'dotted', ...(isOut && { label: 'out' }) });
  });
  return { nodes, edges };
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
