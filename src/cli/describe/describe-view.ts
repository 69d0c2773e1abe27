import { agesAt, timesAt } from '../../core/diagnosis/times.ts';
import type { traceFindings } from '../../core/diagnosis/trace-findings.ts';
import { eventRows } from '../../core/event-rows.ts';
import { holesOf, isSeen, itemsOf, type LegName } from '../../core/snapshot.ts';
import { portTraces } from '../../core/trace/ports.ts';
import { type ServiceTrace, traceService } from '../../core/trace/trace.ts';
import { traceVm, type VmTrace } from '../../core/trace/vm-trace.ts';
import type { JsonObject } from '../../model/object.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import { absoluteTime, ageOf } from '../../render/age.ts';
import { renderDescribe } from '../../render/describe.ts';
import { renderDescribeVm } from '../../render/describe-vm.ts';
import { describeFormats, type OutputFormat } from '../../render/output-format.ts';
import type { Style } from '../../render/style.ts';
import { traceDocument, tracePortsDocument, vmTraceDocument } from '../../render/trace-document.ts';
import { servicesAsAsked } from '../asked-services.ts';
import { usageError } from '../errors.ts';
import { relatedEvents } from '../events/related-objects.ts';
import type { LoadedWorld } from '../load-world.ts';
import { outputFormat } from '../print-document.ts';
import { providerSentence, reportHead } from '../report-head.ts';
import { askedByRules, type WorldRequest } from '../scope.ts';
import type { Flags } from '../spec.ts';

/** What a `describe` reads. @throws CliError for a format that there is not */
export function describeView(flags: Flags): { readonly format: OutputFormat; readonly request: WorldRequest } {
  const format = outputFormat(flags, describeFormats, 'describe', flags.text('template'));
  const legs: readonly LegName[] = [
    'vmServices',
    'vms',
    'services',
    'endpoints',
    'slices',
    'networkSettings',
    ...(flags.on('show-events') ? (['events'] as const) : []),
  ];
  return { format, request: { command: 'describe', legs, ...askedByRules, prefixes: format.kind === 'table', meanwhile: loadRules } };
}

/** All the rules: as much code as the rest of the command. */
export function loadRules(): Promise<Rules> {
  return import('../../core/diagnosis/trace-findings.ts');
}

export interface Rules {
  readonly traceFindings: typeof traceFindings;
}

/** What is described: services, or VMs that were asked for with `vm/NAME`. */
export type Described =
  | { readonly of: 'services'; readonly traces: readonly ServiceTrace[] }
  | {
      readonly of: 'vms';
      readonly vms: readonly VirtualMachine[];
      readonly traces: readonly VmTrace[];
      readonly missing: readonly string[];
    };

/** @throws CliError where services and VMs are asked for at once */
export function described(loaded: LoadedWorld, flags: Flags, now: Date): Described {
  const { world, targets, namespace } = loaded;
  if (targets.vms.length > 0 && targets.vmServices.length > 0) throw usageError('describe services or VMs, not both at once', 'describe');
  if (targets.vms.length > 0 && flags.on('ports')) throw usageError('--ports shows the ports of services, and vm/NAME is a VM', 'describe');
  const others = flags.on('near-misses') || flags.on('all-vms');
  const traces = servicesAsAsked(loaded).map((vmService) => traceService(vmService, world, { now, others, compareService: true }));
  if (targets.vms.length === 0) return { of: 'services', traces };
  const format = flags.text('output');
  if (format === 'mermaid' || format === 'dot')
    throw usageError(`-o ${format} draws services, and vm/NAME is a VM: leave -o out, or take json or yaml`, 'describe');
  const all = itemsOf(world.snapshot.vms);
  const vms = targets.said.flatMap(({ name }) => all.find((vm) => vm.metadata.name === name && vm.metadata.namespace === namespace) ?? []);
  const missing = isSeen(world.snapshot.vms) ? targets.vms.filter((name) => !vms.some((vm) => vm.metadata.name === name)) : [];
  return { of: 'vms', vms, traces: vms.map((vm) => traceVm(vm, traces, world.snapshot.vmServices)), missing };
}

/** The text that people read, its sentences broken where a terminal has so many columns. */
export function describeText(
  shown: Described,
  { world, source }: LoadedWorld,
  rules: Rules,
  flags: Flags,
  now: Date,
  style: Style,
  columns?: number,
): string {
  const time = timeWords(now, flags);
  if (shown.of === 'vms') return shown.traces.map((trace) => renderDescribeVm(trace, time, style, columns)).join('\n\n');
  const findingsOf = rules.traceFindings(world, now, agesAt(now), source.access);
  const texts = shown.traces.map((trace) => {
    const own = world.within(trace.vmService.metadata.namespace);
    const withEvents = flags.on('show-events') && isSeen(own.snapshot.events);
    return renderDescribe(
      {
        trace,
        findings: findingsOf(trace),
        facts: own.facts,
        providerWords: providerSentence(own, trace.vmService.metadata.namespace ?? ''),
        events: withEvents ? eventRows(relatedEvents(trace, own)) : undefined,
        holes: holesOf(own.snapshot),
        time,
        otherVms: flags.on('all-vms'),
        ports: flags.on('ports') ? portTraces(trace) : undefined,
        columns,
        access: source.access,
        again: source.again,
      },
      style,
    );
  });
  return texts.join('\n\n');
}

/** The documents behind it, one for each object. */
export function describeDocuments(shown: Described, loaded: LoadedWorld, rules: Rules, flags: Flags, now: Date): readonly JsonObject[] {
  const { world } = loaded;
  const time = timeWords(now, flags);
  if (shown.of === 'vms') {
    const holes = holesOf(world.snapshot);
    const head = reportHead('Trace', loaded, now);
    return shown.traces.map((trace): JsonObject => ({ ...head, ...vmTraceDocument(trace, holes, time) }));
  }
  const findingsOf = rules.traceFindings(world, now, timesAt(now), loaded.source.access);
  return shown.traces.map((trace): JsonObject => {
    const { namespace } = trace.vmService.metadata;
    const own = world.within(namespace);
    const head = reportHead('Trace', { ...loaded, world: own, namespace }, now);
    const ports = flags.on('ports') ? tracePortsDocument(portTraces(trace)) : {};
    return { ...head, ...traceDocument(trace, findingsOf(trace), holesOf(own.snapshot), time), ...ports };
  });
}

function timeWords(now: Date, flags: Flags): (timestamp: string) => string {
  return flags.on('absolute-time') ? absoluteTime : (timestamp) => ageOf(timestamp, now);
}
