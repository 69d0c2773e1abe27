import { selectorText, unmatchedPairs } from '../core/selector.ts';
import type { ServiceTrace } from '../core/trace/trace.ts';
import type { VmTrace } from '../core/trace/vm-trace.ts';
import { compareText } from '../model/text-order.ts';
import {
  desiredPower,
  networkInterfaces,
  observedPower,
  primaryAddresses,
  probeAction,
  readyCondition,
  type VirtualMachine,
  zoneOf,
} from '../model/virtual-machine.ts';
import type { TimeWords } from './age.ts';
import { displayWidth, padEnd } from './display-width.ts';
import { hanging } from './hanging.ts';
import { memberMessage } from './member-document.ts';
import { listedMessage, probeText } from './member-sentence.ts';
import { stateWords } from './member-state.ts';
import { sanitize } from './sanitize.ts';
import type { Style } from './style.ts';
import { labelsText } from './table.ts';
import { unavailableSentence } from './unavailable-sentence.ts';

/** `describe vm/NAME`: the VM, the services that send it traffic, and why the others do not. */
export function renderDescribeVm(trace: VmTrace, time: TimeWords, style: Style, columns: number | undefined): string {
  const lay = layout([...[...trace.memberOf, ...trace.listedBy].map((entry) => entry.trace), ...trace.notSelectedBy], columns);
  const sections = [head(trace.vm, time, columns), receives(trace, lay, time, style), receivesNot(trace, lay, style)];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function head(vm: VirtualMachine, time: TimeWords, columns: number | undefined): string {
  const [observed, desired] = [observedPower(vm), desiredPower(vm)];
  const power = observed ?? '<unknown>';
  return [
    ['Name', vm.metadata.name],
    ['Namespace', vm.metadata.namespace ?? ''],
    ['Labels', labelsText(vm.metadata.labels ?? {})],
    ['Power', desired === undefined || desired === observed ? power : `${power} (wanted: ${desired})`],
    ...addressLines(vm).map((line, index) => [index === 0 ? 'Address' : '', line]),
    ['Probe', probeLine(vm, time)],
    ['Zone', zoneOf(vm) ?? '<none>'],
    ...(vm.metadata.deletionTimestamp === undefined ? [] : [['Deleting', `for ${time(vm.metadata.deletionTimestamp)}`]]),
  ]
    .map(([key = '', value = '']) => `${(key === '' ? '' : `${key}:`).padEnd(15)}${hanging(sanitize(value), columns, 15)}`)
    .join('\n');
}

/** `10.1.0.13 (primary of 2: eth0 10.1.0.13, eth1 192.168.7.3)`; more than two interfaces have a line each below it. */
function addressLines(vm: VirtualMachine): readonly string[] {
  const { ip4, ip6 } = primaryAddresses(vm);
  const primary = [ip4, ip6].filter((ip) => ip !== undefined).join(', ') || '<none>';
  const nics = networkInterfaces(vm).map(({ name, addresses }) => `${name} ${addresses.join(' ') || '<none>'}`);
  if (nics.length < 2) return [primary];
  if (nics.length === 2) return [`${primary} (primary of 2: ${nics.join(', ')})`];
  return [`${primary} (primary of ${nics.length})`, ...nics];
}

function probeLine(vm: VirtualMachine, time: TimeWords): string {
  const text = probeText(vm);
  if (probeAction(vm).action === 'none') return text;
  const period = `every ${vm.spec?.readinessProbe?.periodSeconds ?? 10}s`;
  const condition = readyCondition(vm);
  if (condition === undefined) return `${text} ${period}, no verdict yet`;
  const verdict = { True: 'passes', False: 'fails' }[condition.status] ?? 'unknown';
  const since = condition.lastTransitionTime === undefined ? '' : ` for ${time(condition.lastTransitionTime)}`;
  return `${text} ${period}, ${verdict}${since}${condition.message ? `: ${condition.message}` : ''}`;
}

function receives({ memberOf, listedBy, unavailable }: VmTrace, lay: LayOut, time: TimeWords, style: Style): string {
  if (unavailable !== undefined) return `Receives traffic from:\n  ${style.glyphs.unknown} ${sanitize(unavailableSentence(unavailable))}`;
  const entries = [
    ...memberOf.map(({ trace, row }) => ({ trace, state: row.state, why: memberMessage(row, time) })),
    ...listedBy.map(({ trace, state }) => ({ trace, state, why: listedMessage })),
  ].toSorted((left, right) => compareText(left.trace.vmService.metadata.name, right.trace.vmService.metadata.name));
  if (entries.length === 0) return 'Receives traffic from:\n  no service';
  const marks = {
    Ready: style.glyphs.ok,
    NotReady: style.glyphs.warn,
    Out: style.glyphs.bad,
    Stale: style.glyphs.warn,
    NotSelected: style.glyphs.neutral,
  };
  const width = Math.max(...entries.map(({ state }) => stateWords[state].length));
  const lines = entries.map(({ trace, state, why }) => {
    const silence = silenceOf(trace);
    const mark = silence === '' || state !== 'Ready' ? marks[state] : style.glyphs.warn;
    return lay(mark, trace, `${stateWords[state].padEnd(width)}  ${sanitize(why)}${silence}`);
  });
  return ['Receives traffic from:', ...lines].join('\n');
}

/** Why nothing arrives at any VM of the service, however ready it is. */
function silenceOf({ service, endpoints }: ServiceTrace): string {
  if (service.state === 'Missing') return '; no traffic yet: there is no Service';
  return endpoints.state === 'Missing' ? '; no traffic yet: there are no Endpoints' : '';
}

function receivesNot({ vm, notSelectedBy }: VmTrace, lay: LayOut, style: Style): string {
  if (notSelectedBy.length === 0) return '';
  const lines = notSelectedBy.map((trace) => lay(style.glyphs.neutral, trace, sanitize(whyNot(trace, vm))));
  return ['Does not receive from:', ...lines].join('\n');
}

type LayOut = (mark: string, trace: ServiceTrace, text: string) => string;

/** A line for each service: mark, name, where clients reach it, and what of that comes to the VM. */
function layout(traces: readonly ServiceTrace[], columns: number | undefined): LayOut {
  const nameOf = (trace: ServiceTrace) => sanitize(trace.vmService.metadata.name);
  const frontOf = (trace: ServiceTrace) => sanitize(frontText(trace));
  const nameWidth = Math.max(10, ...traces.map((trace) => displayWidth(nameOf(trace))));
  const frontWidth = Math.max(23, ...traces.map((trace) => displayWidth(frontOf(trace))));
  return (mark, trace, text) => {
    const left = `  ${mark} ${padEnd(nameOf(trace), nameWidth)} ${padEnd(frontOf(trace), frontWidth)} `;
    return `${left}${hanging(text, columns, displayWidth(left))}`.trimEnd();
  };
}

/** `selector app=api; this VM has app=web`: the pairs that do not hold. */
function whyNot({ vmService }: ServiceTrace, vm: VirtualMachine): string {
  const selector = vmService.spec.selector ?? {};
  const labels = vm.metadata.labels ?? {};
  const failing = unmatchedPairs(selector, labels)
    .map(([key]) => key)
    .sort();
  if (failing.length === 0) return 'its selector is empty: it selects no VM';
  const has = failing.map((key) => (Object.hasOwn(labels, key) ? `${key}=${labels[key]}` : `no label ${key}`));
  return `selector ${selectorText(selector)}; this VM has ${has.join(' and ')}`;
}

/** Of a service with a hundred ports, which would push what stands behind them out of sight; its own description has them all. */
const mostPorts = 8;

/** `10.20.0.15:80,443`: where clients reach the service, with the words of `get` where they cannot yet. */
function frontText({ vip, service, vmService }: ServiceTrace): string {
  const ports = (vmService.spec.ports ?? []).map((port) => port.port);
  const address = frontAddress(vip, service, vmService);
  if (ports.length === 0) return address;
  const more = ports.length > mostPorts ? ` + ${ports.length - mostPorts} more...` : '';
  return `${address.includes(':') ? `[${address}]` : address}:${ports.slice(0, mostPorts).join(',')}${more}`;
}

function frontAddress(vip: ServiceTrace['vip'], service: ServiceTrace['service'], { spec }: ServiceTrace['vmService']): string {
  switch (vip.state) {
    case 'Assigned':
      return vip.addresses[0] ?? '<none>';
    case 'Pending':
      return '<pending>';
    case 'Unknown':
      return '<unknown>';
    case 'NotNeeded':
      if (spec.type === 'ExternalName') return spec.externalName ?? '<none>';
      if ('service' in service) return service.service.spec.clusterIP ?? '<none>';
      return 'unavailable' in service ? '<unknown>' : '<none>';
  }
}
