import { notFoundError } from '../../cluster/load-snapshot.ts';
import { agesAt, timesAt } from '../../core/diagnosis/times.ts';
import type { traceFindings } from '../../core/diagnosis/trace-findings.ts';
import { holesOf, isSeen, itemsOf } from '../../core/snapshot.ts';
import { type ServiceTrace, traceService } from '../../core/trace.ts';
import { memberVm } from '../../core/trace-members.ts';
import { traceVm } from '../../core/vm-trace.ts';
import type { World } from '../../core/world.ts';
import type { JsonObject, KubeObject } from '../../model/object.ts';
import { virtualMachines } from '../../model/resources.ts';
import { absoluteTime, ageOf } from '../../render/age.ts';
import { renderDescribe } from '../../render/describe.ts';
import { renderDescribeVm } from '../../render/describe-vm.ts';
import { renderNames } from '../../render/documents.ts';
import { eventRows } from '../../render/events.ts';
import { renderDot, renderMermaid } from '../../render/graph.ts';
import { describeFormats, getFormats } from '../../render/output-format.ts';
import { traceDocument, vmTraceDocument } from '../../render/trace-document.ts';
import { traceGraph } from '../../render/trace-graph.ts';
import { usageError } from '../errors.ts';
import { worst } from '../exit-code.ts';
import type { ExitCode, Io } from '../io.ts';
import { type LoadedWorld, sortedServices, withWorld } from '../load-world.ts';
import { isDocumentFormat, outputFormat, printDocument } from '../print-document.ts';
import { isEssential, reportHoles, reportNotFound, reportNothing } from '../report-gaps.ts';
import { providerSentence, reportHead } from '../report-head.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { styleFor } from '../terminal.ts';

/** Shows services with their traces, or VMs with theirs backwards. */
export async function describe(input: CommandInput, io: Io): Promise<ExitCode> {
  const { flags } = input;
  const format = outputFormat(flags, describeFormats, 'describe', flags.text('template'));
  const withEvents = flags.on('show-events');
  const legs = [
    'vmServices',
    'vms',
    'services',
    'endpoints',
    'slices',
    'networkSettings',
    ...(withEvents ? (['events'] as const) : []),
  ] as const;
  return withWorld(input, io, { command: 'describe', legs, prefixes: format.kind === 'table', meanwhile: loadFindings }, async (loaded) => {
    const { world, source, targets } = loaded;
    if (targets.vms.length > 0 && targets.vmServices.length > 0) throw usageError('describe services or VMs, not both at once', 'describe');
    const now = source.now();
    const traces = sortedServices(world).map((vmService) =>
      traceService(vmService, world, { now, others: flags.on('near-misses') || flags.on('all-vms'), compareService: true }),
    );
    if (targets.vms.length > 0) return describeVms(loaded, traces, now, flags, io);

    const { traceFindings } = await loadFindings();
    const findingsOf = traceFindings(world, now, isDocumentFormat(format) ? timesAt(now) : agesAt(now));
    if (isDocumentFormat(format)) {
      const documents = traces.map((trace) => documentOf(trace, findingsOf, loaded, now, flags));
      const [only] = documents;
      const document = documents.length === 1 && only !== undefined ? only : { apiVersion: 'v1', kind: 'List', items: documents };
      if (documents.length > 0) await printDocument({ document, order: 'given', rows: documents }, format, flags, io);
    } else if (format.kind === 'name') {
      io.stdout.write(renderNames(traces.map((trace) => trace.vmService)));
    } else if (format.kind === 'mermaid' || format.kind === 'dot') {
      const draw = format.kind === 'mermaid' ? renderMermaid : renderDot;
      io.stdout.write(traces.map((trace) => draw(traceGraph(trace))).join('\n'));
    } else {
      io.stdout.write(
        (await Promise.all(traces.map((trace) => textOf(trace, findingsOf, loaded, now, withEvents, flags, io)))).join('\n\n'),
      );
    }
    const essentialHoles = holesOf(world.snapshot).some(isEssential);
    const unseen = isSeen(world.snapshot.vmServices) ? (essentialHoles ? 3 : 0) : reportHoles(loaded, io);
    const missing = reportNotFound(loaded.notFound, io);
    if (traces.length === 0 && unseen === 0 && missing === 0) await reportNothing(loaded, io);
    return worst([unseen, missing]);
  });
}

type FindingsOf = ReturnType<typeof traceFindings>;

/** All the rules: as much code as the rest of the command. */
function loadFindings() {
  return import('../../core/diagnosis/trace-findings.ts');
}

async function textOf(
  trace: ServiceTrace,
  findingsOf: FindingsOf,
  { world }: LoadedWorld,
  now: Date,
  withEvents: boolean,
  flags: Flags,
  io: Io,
): Promise<string> {
  return renderDescribe(
    {
      trace,
      findings: findingsOf(trace),
      facts: world.facts,
      providerWords: providerSentence(world, trace.vmService.metadata.namespace ?? ''),
      events: withEvents && isSeen(world.snapshot.events) ? eventRows(relatedEvents(trace, world)) : undefined,
      holes: holesOf(world.snapshot),
      time: timeWords(now, flags),
      otherVms: flags.on('all-vms'),
    },
    await styleFor(io.stdout, flags, io),
  );
}

function timeWords(now: Date, flags: Flags): (timestamp: string) => string {
  return flags.on('absolute-time') ? absoluteTime : (timestamp) => ageOf(timestamp, now);
}

/** The events of every object on the path: a timeline over five kinds. */
function relatedEvents(trace: ServiceTrace, world: World): readonly KubeObject[] {
  const objects: (KubeObject | undefined)[] = [
    trace.vmService,
    'service' in trace.service ? trace.service.service : undefined,
    'endpoints' in trace.endpoints ? trace.endpoints.endpoints : undefined,
    ...itemsOf(trace.slices).map((hop) => hop.slice),
    ...itemsOf(trace.members).map(memberVm),
  ];
  return objects.flatMap((object) => (object === undefined ? [] : world.events(object)));
}

function documentOf(trace: ServiceTrace, findingsOf: FindingsOf, loaded: LoadedWorld, now: Date, flags: Flags): JsonObject {
  const namespace = trace.vmService.metadata.namespace;
  const head = reportHead('Trace', { ...loaded, namespace }, now);
  return {
    ...head,
    ...traceDocument(trace, findingsOf(trace), holesOf(loaded.world.snapshot), timeWords(now, flags)),
  };
}

async function describeVms(loaded: LoadedWorld, traces: readonly ServiceTrace[], now: Date, flags: Flags, io: Io): Promise<ExitCode> {
  const { world, targets, namespace } = loaded;
  const format = outputFormat(flags, getFormats, 'describe', flags.text('template'));
  const vms = itemsOf(world.snapshot.vms);
  const found = targets.vms.flatMap((name) => vms.find((vm) => vm.metadata.name === name && vm.metadata.namespace === namespace) ?? []);
  const seen = isSeen(world.snapshot.vms);
  const missing = seen ? targets.vms.filter((name) => !found.some((vm) => vm.metadata.name === name)) : [];
  const vmTraces = found.map((vm) => traceVm(vm, traces, world.snapshot.vmServices));
  const time = timeWords(now, flags);
  if (isDocumentFormat(format)) {
    const head = reportHead('Trace', loaded, now);
    const documents = vmTraces.map((vmTrace): JsonObject => ({ ...head, ...vmTraceDocument(vmTrace, holesOf(world.snapshot), time) }));
    const [only] = documents;
    const document = documents.length === 1 && only !== undefined ? only : { apiVersion: 'v1', kind: 'List', items: documents };
    if (documents.length > 0) await printDocument({ document, order: 'given', rows: documents }, format, flags, io);
  } else if (format.kind === 'name') {
    io.stdout.write(renderNames(found));
  } else {
    const style = await styleFor(io.stdout, flags, io);
    io.stdout.write(vmTraces.map((vmTrace) => renderDescribeVm(vmTrace, time, style)).join('\n\n'));
  }
  const holes = reportHoles(loaded, io);
  const notFound = reportNotFound(
    missing.map((name) => ({ name, error: notFoundError(virtualMachines, name) })),
    io,
  );
  return worst([holes, notFound]);
}
