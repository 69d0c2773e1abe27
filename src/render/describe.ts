import { counted } from '../core/counted.ts';
import type { EventRow } from '../core/event-rows.ts';
import { ownFieldManager } from '../core/field-manager.ts';
import { type Finding, reasonOf } from '../core/finding.ts';
import { lastWriteOfVmOperator } from '../core/live-controller.ts';
import { selectorText } from '../core/selector.ts';
import { itemsOf, type Leg, type Unavailable } from '../core/snapshot.ts';
import { memberState } from '../core/trace/members.ts';
import type { PortTrace } from '../core/trace/ports.ts';
import type { ServiceTrace } from '../core/trace/trace.ts';
import type { ReleaseFacts } from '../core/world.ts';
import { lastAppliedAnnotation } from '../model/object.ts';
import { endpointSlices, endpoints, services, virtualMachines } from '../model/resources.ts';
import { compareText } from '../model/text-order.ts';
import type { TimeWords } from './age.ts';
import { renderEvents } from './events.ts';
import { fixText } from './fix-text.ts';
import { ownerText, paintStatus } from './get.ts';
import { hanging, hangingAdvice } from './hanging.ts';
import { sanitize } from './sanitize.ts';
import { levelText } from './severity.ts';
import { pasteableCommand } from './shell-quote.ts';
import type { Style } from './style.ts';
import { renderNearMisses, renderOtherVms, renderTrace } from './trace.ts';
import { renderTracePorts } from './trace-ports.ts';
import { unavailableSentence } from './unavailable-sentence.ts';

export interface DescribeInput {
  readonly trace: ServiceTrace;
  readonly findings: readonly Finding[];
  readonly facts: ReleaseFacts;
  /** In words: `NSX`, `no labels of its own`. */
  readonly providerWords: string;
  /** Undefined: they were not asked for. */
  readonly events: readonly EventRow[] | undefined;
  readonly holes: readonly Unavailable[];
  /** Age or time of a timestamp. */
  readonly time: TimeWords;
  /** List the VMs that are not selected as well. */
  readonly otherVms: boolean;
  /** Undefined: they were not asked for. */
  readonly ports: Leg<PortTrace> | undefined;
  /** Of the terminal; undefined in a pipe, where no sentence is broken. */
  readonly columns: number | undefined;
  /** The words that say which cluster, and as whom: commands to paste have them. */
  readonly access: readonly string[];
  /** What has another command read the same, which files can play as well. */
  readonly again: readonly string[];
}

/** The whole of `describe NAME`: head, verdict, trace, near misses, findings, events. */
export function renderDescribe(input: DescribeInput, style: Style): string {
  const { trace } = input;
  const near = input.otherVms ? renderOtherVms(trace, style, input.columns) : renderNearMisses(trace, style, input.columns);
  const sections = [
    head(input),
    `${key('Status')}${statusText(trace, style)}`,
    `Trace:\n${renderTrace(trace, style, input.time, input.columns)}`,
    input.ports === undefined ? '' : renderTracePorts(input.ports, style),
    near,
    findingsText(input, style),
    input.events === undefined ? '' : renderEvents(input.events, input.time),
    holesText(input),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function head({ trace, facts, providerWords, time }: DescribeInput): string {
  const { metadata, spec } = trace.vmService;
  return [
    `${key('Name')}${sanitize(metadata.name)}`,
    `${key('Namespace')}${sanitize(metadata.namespace ?? '')}`,
    ...pairs('Labels', metadata.labels, '='),
    ...pairs('Annotations', metadata.annotations, ': '),
    `${key('Type')}${sanitize(spec.type ?? '<none>')}`,
    ...(spec.type === 'ExternalName' ? [`${key('External Name')}${sanitize(spec.externalName ?? '<none>')}`] : []),
    `${key('Selector')}${sanitize(selectorText(spec.selector))}`,
    ...portLines(trace),
    ...(spec.loadBalancerIP ? [`${key('Wanted IP')}${sanitize(spec.loadBalancerIP)}`] : []),
    `${key('Source Ranges')}${sanitize(spec.loadBalancerSourceRanges?.join(',') || '<none>')}`,
    `${key('Owner')}${sanitize(ownerText(trace) || '<none>')}`,
    `${key('Age')}${metadata.creationTimestamp === undefined ? '<unknown>' : time(metadata.creationTimestamp)}`,
    `${key('Release')}VM Operator ${facts.release} (${sanitize(facts.version)}), ${sanitize(providerWords)}${controllerWrote(trace, time)}`,
  ].join('\n');
}

/** As far as the objects tell who wrote them. What this tool wrote is no sign of the controller. */
function controllerWrote({ vmService, service, endpoints }: ServiceTrace, time: TimeWords): string {
  const objects = [
    vmService,
    ...('service' in service && service.service !== undefined ? [service.service] : []),
    ...('endpoints' in endpoints && endpoints.endpoints !== undefined ? [endpoints.endpoints] : []),
  ];
  const written = lastWriteOfVmOperator(objects, ownFieldManager);
  if (written === undefined) return '';
  const said = time(new Date(written).toISOString());
  // What no age can be told of lies ahead of the server's clock.
  if (said === '<invalid>') return '; controller last wrote in the future: a clock is wrong';
  return `; controller last wrote ${said.endsWith('Z') ? said : `${said} ago`}`;
}

const keyWidth = 15;

function key(name: string): string {
  return `${name}:`.padEnd(keyWidth);
}

/** As kubectl: the first pair beside the key, the others below it, and no more of a long value than its beginning. */
function pairs(name: string, map: Readonly<Record<string, string>> | undefined, between: string): string[] {
  const entries = Object.entries(map ?? {})
    .filter(([entryKey]) => entryKey !== lastAppliedAnnotation)
    .sort(([left], [right]) => compareText(left, right));
  if (entries.length === 0) return [`${key(name)}<none>`];
  return entries.map(
    ([entryKey, value], index) =>
      `${index === 0 ? key(name) : ' '.repeat(keyWidth)}${sanitize(`${entryKey}${between}${beginning(value)}`)}`,
  );
}

/** Characters of a value; an annotation may have a quarter of a million, which `-o json` has whole. */
const longestValue = 140;

function beginning(value: string): string {
  if (value.length <= longestValue) return value;
  // A character takes two units at most, and is not cut in two.
  const characters = Array.from(value.slice(0, 2 * longestValue + 1));
  return characters.length <= longestValue ? value : `${characters.slice(0, longestValue).join('')}...`;
}

function portLines({ vmService }: ServiceTrace): string[] {
  const ports = vmService.spec.ports ?? [];
  if (ports.length === 0) return [`${key('Port')}<none>`];
  const width = Math.max(...ports.map((port) => (port.name || '<unset>').length));
  return ports.map((port) => {
    const protocol = port.protocol ?? 'TCP';
    return `${key('Port')}${sanitize((port.name || '<unset>').padEnd(width))}  ${sanitize(`${port.port}/${protocol} -> ${port.targetPort}/${protocol}`)}`;
  });
}

function statusText(trace: ServiceTrace, style: Style): string {
  const { status, ready, selected } = trace;
  return `${paintStatus(status, style)(status)}: ${statusSentence(trace, ready, selected)}`;
}

function statusSentence(trace: ServiceTrace, ready: number | undefined, selected: number | undefined): string {
  const traffic =
    ready === undefined || selected === undefined
      ? 'which VMs receive traffic is not known'
      : `${ready} of ${counted(selected, 'selected VM')} ${ready === 1 || selected === 1 ? 'receives' : 'receive'} traffic`;
  switch (trace.status) {
    case 'Deleting':
      return 'it is being deleted';
    case 'Unknown':
      return 'not everything could be looked at';
    case 'NoService':
      return `the Service does not exist${selected === undefined ? '' : `; ${wouldBe(trace)}`}`;
    case 'NoVMs':
      return 'the selector selects no VM';
    case 'NoEndpoints':
      return selected === undefined ? 'there are no ready endpoints' : traffic;
    case 'NoAddress':
      return `the load balancer has given no address; ${traffic}`;
    case 'Pending':
      return `waiting for an address; ${traffic}`;
    case 'Drift':
      return `what is stored differs from what the controller would write; ${traffic}`;
    case 'Degraded':
      return traffic;
    case 'OK':
      return selected === undefined ? 'nothing is selected by labels, and the rest is in place' : traffic;
  }
}

function wouldBe(trace: ServiceTrace): string {
  const ready = itemsOf(trace.members).filter((member) => memberState(member) === 'Ready').length;
  return `${ready} of ${counted(trace.selected ?? 0, 'selected VM')} would be ready`;
}

function findingsText({ findings, trace, columns, again }: DescribeInput, style: Style): string {
  if (findings.length === 0) return '';
  const { name, namespace } = trace.vmService.metadata;
  const width = Math.max(...findings.map((finding) => reasonOf(finding).length));
  const lines = findings.map((finding) => {
    const head = `${finding.code} ${reasonOf(finding).padEnd(width)}   `;
    return `  ${levelText(finding, style, 7)}  ${head}${shortText(finding, columns, head.length + 11)}`;
  });
  const place = namespace === undefined ? [] : ['-n', namespace];
  const more = pasteableCommand(
    ['kubectl', 'vmsvc', 'debug', name, ...place, ...again],
    [name, ...(namespace === undefined ? [] : [namespace])],
  );
  return ['Findings:', ...lines, ...(more === undefined ? [] : [`  More: ${more}`])].join('\n');
}

/** Of a VM, what mends it, behind its name, and a command in one line, to be pasted; of everything else, what it is. */
function shortText({ object, fix, message }: Finding, columns: number | undefined, indent: number): string {
  const [first] = fix;
  if (object.kind === 'VirtualMachine' && first !== undefined) {
    const text = `${sanitize(object.name)}: ${fixText(first)}`;
    return first.kind === 'command' ? text : hangingAdvice(text, columns, indent);
  }
  return hanging(sanitize(message), columns, indent);
}

function holesText({ holes, trace, access }: DescribeInput): string {
  if (holes.length === 0) return '';
  const { namespace = '' } = trace.vmService.metadata;
  const things = counted(holes.length, 'thing');
  const canI = pasteableCommand(['kubectl', 'vmsvc', 'can-i', 'describe', '-n', namespace, ...access], [namespace]);
  const rights = canI !== undefined && holes.some(({ because }) => because === 'Forbidden') ? ` Which rights are missing: ${canI}` : '';
  // The trace says it of the others, where they would stand.
  const besides = holes.filter(({ resource }) => !hops.has(resource));
  return [`Could not look at ${things}.${rights}`, ...besides.map((hole) => `  ${sanitize(unavailableSentence(hole))}`)].join('\n');
}

/** What has a place of its own in the trace. */
const hops: ReadonlySet<string> = new Set([services, endpoints, endpointSlices, virtualMachines].map(({ plural }) => plural));
