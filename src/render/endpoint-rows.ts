import type { EndpointChange, EndpointsChange } from '../core/endpoint-changes.ts';
import { selectorText, unmatchedPairs } from '../core/selector.ts';
import type { EndpointPort } from '../model/service.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';
import type { TimeWords } from './age.ts';
import { alignedRows, type Row } from './aligned-rows.ts';
import { memberSentence } from './member-sentence.ts';
import type { Style } from './style.ts';

export interface EndpointRowOptions {
  readonly style: Style;
  readonly duration: TimeWords;
  /** Of the terminal, to wrap sentences at; undefined in a pipe. */
  readonly columns?: number | undefined;
}

/** Above this many, endpoints that stay as they are get one line together. */
const fewUnchanged = 10;

/** Below the object and the fields of it. */
const depth = 2;

/** The VMs of changed Endpoints, one line each: what becomes of it, and why. */
export function endpointRows(
  change: EndpointsChange,
  vmService: VirtualMachineService,
  { style, duration, columns }: EndpointRowOptions,
): string[] {
  switch (change.differs) {
    case 'Nothing':
      return [];
    case 'Order':
      return alignedRows([{ mark: 'changed', cells: ["order only: the same endpoints, in the controller's order"] }], style, depth);
    case 'References':
      return alignedRows([{ mark: 'changed', cells: ['the same endpoints, with other references to their VMs'] }], style, depth);
    case 'Members': {
      const unchanged = change.members.filter(({ mark }) => mark === 'same').length;
      const shown = unchanged > fewUnchanged ? change.members.filter(({ mark }) => mark !== 'same') : change.members;
      const rest: Row[] = unchanged > fewUnchanged ? [{ mark: 'same', cells: [`and ${unchanged} more, as they are`] }] : [];
      return [
        ...alignedRows([...shown.map((member) => memberRow(member, vmService, duration)), ...portsRow(change)], style, depth, columns),
        ...alignedRows(rest, style, depth),
      ];
    }
  }
}

function memberRow({ name, mark, member, before }: EndpointChange, vmService: VirtualMachineService, duration: TimeWords): Row {
  if (member.kind === 'stale') {
    return { mark, cells: [name, member.addresses.join(','), 'gone', goneSentence(member, vmService)] };
  }
  const { decision } = member;
  const why = memberSentence({ ...member, stored: 'AsComputed' }, vmService, duration);
  if (decision.outcome === 'out')
    return { mark, cells: [name, before?.addresses.join(',') ?? '', before === undefined ? 'left out' : 'gone', why] };
  const state = decision.outcome === 'ready' ? 'ready' : 'not ready';
  const cells = [name, decision.addresses.join(','), state];
  switch (mark) {
    case 'same':
      return { mark, cells: decision.outcome === 'ready' ? cells : [...cells, why] };
    case 'added':
      return { mark, cells: [...cells, why] };
    default:
      return { mark, cells: [...cells, wasSentence(before, decision.addresses, state, why)] };
  }
}

/** `was 10.1.0.98: the VM's address changed`, `was ready: readiness probe tcp:8080 fails`. */
function wasSentence(before: EndpointChange['before'], addresses: readonly string[], state: string, why: string): string {
  if (before === undefined) return why;
  const moved = before.addresses.filter((address) => !addresses.includes(address));
  const added = addresses.filter((address) => !before.addresses.includes(address));
  const was = before.ready ? 'ready' : 'not ready';
  const parts = [
    ...(moved.length > 0 ? [`was ${moved.join(',')}: the VM's address changed`] : []),
    ...(moved.length === 0 && added.length > 0 ? [`${added.join(',')} is new`] : []),
    ...(was === state ? [] : [`was ${was}: ${why}`]),
  ];
  return parts.join('; ');
}

function goneSentence(member: Extract<EndpointChange['member'], { kind: 'stale' }>, vmService: VirtualMachineService): string {
  switch (member.because) {
    case 'NoLongerSelected':
      return `no longer has ${lostPairs(member.vm?.metadata.labels ?? {}, vmService.spec.selector ?? {})}`;
    case 'VirtualMachineGone':
      return 'there is no such VM any more';
    case 'NotAVirtualMachine':
      return 'the controller did not write it';
    case 'AddressChanged':
    case 'NoLongerEligible':
      return "it is not the VM's address any more";
  }
}

/** The pairs of the selector that the labels do not have. */
function lostPairs(labels: Readonly<Record<string, string>>, selector: Readonly<Record<string, string>>): string {
  return selectorText(Object.fromEntries(unmatchedPairs(selector, labels)));
}

function portsRow({ portsBefore, portsAfter }: EndpointsChange): Row[] {
  const [before, after] = [portsText(portsBefore), portsText(portsAfter)];
  if (before === after) return [];
  if (before === '') return [{ mark: 'added', cells: ['ports', after] }];
  if (after === '') return [{ mark: 'removed', cells: ['ports', before] }];
  return [{ mark: 'changed', cells: ['ports', `${before} -> ${after}`] }];
}

function portsText(ports: readonly EndpointPort[]): string {
  return ports.map(({ port, protocol = 'TCP' }) => (protocol === 'TCP' ? `${port}` : `${port}/${protocol}`)).join(' ');
}
