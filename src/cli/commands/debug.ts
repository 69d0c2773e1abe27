import { notFoundError } from '../../cluster/load-snapshot.ts';
import type { ChangedFindings } from '../../core/diagnosis/changed-findings.ts';
import { diagnoseNamespace, diagnoseService } from '../../core/diagnosis/diagnose.ts';
import { diagnoseVm, type VmDiagnosis } from '../../core/diagnosis/diagnose-vm.ts';
import { probeRules } from '../../core/diagnosis/reachability.ts';
import { type DiagnosisReport, diagnosisReport } from '../../core/diagnosis/report.ts';
import type { Rule } from '../../core/diagnosis/rule.ts';
import { type Around, serviceSubject } from '../../core/diagnosis/subject.ts';
import { unreadIn } from '../../core/diagnosis/unread.ts';
import { isFailure, type Severity } from '../../core/finding.ts';
import { owningVmService } from '../../core/ownership.ts';
import type { ProbeReport } from '../../core/probe/probe.ts';
import { isSeen, itemsOf, type Leg, type Unavailable } from '../../core/snapshot.ts';
import type { KubeObject } from '../../model/object.ts';
import { type Resource, virtualMachineServices, virtualMachines } from '../../model/resources.ts';
import type { ApiError } from '../../model/status.ts';
import { compareText } from '../../model/text-order.ts';
import { diagnosisDocument } from '../../render/diagnosis-document.ts';
import { type FormatName, getFormats } from '../../render/output-format.ts';
import { sortedServices } from '../asked-services.ts';
import { recordingFor } from '../bundle/debug-recording.ts';
import { checkedDiagnosis } from '../debug/checked-diagnosis.ts';
import { chosenRules } from '../debug/chosen-rules.ts';
import { debugText, printChangedFindings } from '../debug/debug-text.ts';
import { withFindingCode } from '../debug/error-codes.ts';
import { debugRequest, lookAround } from '../debug/look-around.ts';
import { type ProbeOptions, probeOptions } from '../debug/probe-options.ts';
import { probeServices } from '../debug/probing.ts';
import { checkWatch, watchDiagnosis } from '../debug/watch-diagnosis.ts';
import { usageError } from '../errors.ts';
import { worst } from '../exit-code.ts';
import { type Interruption, interruptionOf } from '../interruption.ts';
import type { ExitCode, Io } from '../io.ts';
import { type LoadedWorld, withWorld } from '../load-world.ts';
import { isDocumentFormat } from '../print-document.ts';
import { printReports } from '../print-reports.ts';
import { reportHoles, reportNotFound, reportNothing } from '../report-gaps.ts';
import { reportHead } from '../report-head.ts';
import { type ReportOutputs, reportOutputs } from '../report-outputs.ts';
import { withScope } from '../scope.ts';
import { failOnOf, minSeverityOf } from '../severity-flags.ts';
import type { CommandInput, Flags } from '../spec.ts';

const formats: readonly FormatName[] = [...getFormats.filter((name) => name !== 'name' && name !== 'wide'), 'sarif'];

const request = { command: 'debug', ...debugRequest } as const;

/** One run of the command, for its parts below. */
interface Debug {
  readonly input: CommandInput;
  readonly io: Io;
  readonly outputs: ReportOutputs;
  readonly rules: readonly Rule[];
  /** Undefined: no connection is tried. */
  readonly probing: ProbeOptions | undefined;
  readonly started: Date;
  readonly interruption: Interruption;
}

/** What one look came to. */
interface Diagnosed {
  readonly report: DiagnosisReport;
  readonly probes: readonly ProbeReport[];
  /** What could not be read, whether a rule needed it or not. */
  readonly unread: readonly Unavailable[];
}

/** Asks every rule about services, VMs or whole namespaces, and prints the root causes. */
export async function debug(input: CommandInput, io: Io): Promise<ExitCode> {
  const { flags } = input;
  const outputs = reportOutputs(flags, formats, 'debug');
  const chosen = chosenRules(flags);
  const probing = probeOptions(input);
  checkWatch(input);
  if (flags.on('strict') && flags.given('fail-on')) throw usageError('--strict is --fail-on=warning: give one of the two', 'debug');
  const rules = probing === undefined ? chosen.rules.filter((rule) => !probeRules.some((probed) => probed === rule)) : chosen.rules;
  const interruption = interruptionOf(io);
  const command: Debug = { input, io, outputs, rules, probing, started: io.now(), interruption };
  return (flags.on('watch') ? watch(command) : lookOnce(command)).catch(withFindingCode).finally(interruption.end);
}

function lookOnce(command: Debug): Promise<ExitCode> {
  const { input, io, interruption } = command;
  const recording = recordingFor(input.flags);
  return withWorld(input, interruption.io, { ...request, ...recording?.request }, async (loaded) => {
    const found = await diagnose(loaded, command);
    const printed = await print(found, loaded, command);
    recording?.write(loaded, io);
    const probed = found.probes.some(({ problem }) => problem !== undefined) ? 3 : 0;
    return interruption.exitCode() ?? worst([printed, probed, await finish(found.report, loaded, input.flags, io)]);
  });
}

function watch(command: Debug): Promise<ExitCode> {
  const { input, io, interruption } = command;
  const { signal } = interruption;
  const first = async (found: Diagnosed, loaded: LoadedWorld): Promise<ExitCode> => {
    const missing = await reportMissing(loaded, io);
    if (missing === 0) await print(found, loaded, command);
    return missing;
  };
  return withScope(input, interruption.io, request, async (scope) => {
    const watched = {
      diagnose: (loaded: LoadedWorld) => diagnose(loaded, command),
      hidden,
      first,
      changed: (found: Diagnosed, loaded: LoadedWorld, changes: ChangedFindings) => printChanges(found, loaded, changes, command),
      signal,
    };
    const code = await watchDiagnosis(scope, input, interruption.io, request, watched);
    return interruption.exitCode() ?? code;
  });
}

async function diagnose(loaded: LoadedWorld, { input, io, outputs, rules, probing, interruption }: Debug): Promise<Diagnosed> {
  const { source, targets } = loaded;
  const { flags } = input;
  const { around, subjects } = await lookAround(loaded, input, interruption.io, {
    ages: !isDocumentFormat(outputs.stdout),
    ...(probing && { probe: (probed) => probeServices(probed, probing, { input, io, source, interruption }) }),
  });
  const services = subjects.map((subject) => diagnoseService(subject, rules));
  const byNamespace = Map.groupBy(services, ({ subject }) => subject.vmService.metadata.namespace ?? '');
  const isNamed = targets.vmServices.length + targets.vms.length > 0;
  const namespaces = (isNamed ? [] : namespacesOf(loaded)).map((namespace) => {
    const own = (byNamespace.get(namespace) ?? []).map(({ subject }) => subject);
    return diagnoseNamespace({ namespace, around, services: own }, rules);
  });
  const options = { minSeverity: minSeverityOf(flags), all: flags.on('all'), access: source.access };
  const unread = unreadIn(loaded.world.snapshot, loaded.surroundings?.unread ?? []);
  return { unread, probes: around.probes, report: diagnosisReport(services, namespaces, vmsOf(loaded, around, rules), options) };
}

function print(
  { report, probes, unread }: Diagnosed,
  loaded: LoadedWorld,
  { input, io, outputs, started }: Debug,
  changes?: ChangedFindings,
): Promise<ExitCode> {
  const { flags } = input;
  const now = loaded.source.now();
  const body = diagnosisDocument(report, { holes: unread, probes, showDangerous: flags.on('show-dangerous'), changes });
  const document = { ...reportHead('Diagnosis', loaded, now), ...body };
  const text = () => debugText(report, loaded, { now, started, probes, unread }, flags, io);
  return printReports({ checked: checkedDiagnosis(report, probes, unread, limitOf(flags)), document, rows: [], text }, outputs, flags, io);
}

/** A document is whole each time; people read what is other than before. */
async function printChanges(found: Diagnosed, loaded: LoadedWorld, changes: ChangedFindings, command: Debug): Promise<unknown> {
  if (isDocumentFormat(command.outputs.stdout)) return print(found, loaded, command, changes);
  return printChangedFindings(changes, found.report, loaded.source.now(), command.input.flags, command.io);
}

/** The VMs that were named, through every service of the namespace. */
function vmsOf({ world, targets, namespace }: LoadedWorld, around: Around, rules: readonly Rule[]): readonly VmDiagnosis[] {
  if (targets.vms.length === 0) return [];
  const leg = world.snapshot.vmServices;
  const services = sortedServices(world).map((vmService) => serviceSubject(vmService, around));
  return itemsOf(world.snapshot.vms)
    .filter(({ metadata }) => metadata.namespace === namespace && targets.vms.includes(metadata.name))
    .map((vm) => diagnoseVm(vm, services, isSeen<unknown>(leg) ? undefined : leg.unavailable, around, rules));
}

/** The namespaces that are looked at: the one, or all in which there is a service, or what one left behind. */
function namespacesOf({ world, namespace }: LoadedWorld): readonly string[] {
  if (namespace !== undefined) return [namespace];
  const { vmServices, services } = world.snapshot;
  const left = itemsOf(services).filter((service) => owningVmService(service) !== undefined);
  return [...new Set([...itemsOf(vmServices), ...left].map(({ metadata }) => metadata.namespace ?? ''))].toSorted(compareText);
}

async function finish(report: DiagnosisReport, loaded: LoadedWorld, flags: Flags, io: Io): Promise<ExitCode> {
  const { world, targets } = loaded;
  const missing = await reportMissing(loaded, io);
  const seen = hidden(loaded) === undefined;
  const nothing = sortedServices(world).length === 0 && report.namespaces.every(({ findings }) => findings.length === 0);
  if (seen && nothing && targets.vmServices.length + targets.vms.length === 0) await reportNothing(loaded, io);
  return worst([verdict(report, flags), missing]);
}

/** What was asked about and is not there, or cannot be seen; exit 3 where there is such. */
async function reportMissing(loaded: LoadedWorld, io: Io): Promise<ExitCode> {
  const { world, targets } = loaded;
  const missing = [
    ...absent(targets.vmServices, world.snapshot.vmServices, virtualMachineServices),
    ...absent(targets.vms, world.snapshot.vms, virtualMachines),
  ];
  const notFound = reportNotFound(missing, io);
  return worst([notFound, hidden(loaded) === undefined ? 0 : await reportHoles(loaded, io)]);
}

/** Why what was asked about cannot be seen at all. */
function hidden({ world: { snapshot }, targets }: LoadedWorld): Unavailable | undefined {
  const legs: readonly Leg<KubeObject>[] = targets.vms.length === 0 ? [snapshot.vmServices] : [snapshot.vmServices, snapshot.vms];
  return legs.flatMap((leg) => (isSeen(leg) ? [] : [leg.unavailable]))[0];
}

/** The names that nothing has, where that could be looked at. */
function absent(names: readonly string[], leg: Leg<KubeObject>, resource: Resource): readonly { readonly error: ApiError }[] {
  if (!isSeen(leg)) return [];
  const present = new Set(leg.items.map(({ metadata }) => metadata.name));
  return names.filter((name) => !present.has(name)).map((name) => ({ error: notFoundError(resource, name) }));
}

/** 1 for findings as severe as `--fail-on` says, hints apart; 3 where an error may hide in what could not be looked at. */
function verdict({ judged, skipped }: DiagnosisReport, flags: Flags): ExitCode {
  if (skipped.some(({ mayHideError }) => mayHideError)) return 3;
  const limit = limitOf(flags);
  const fails = judged.some(({ severity, confidence }) => confidence !== 'hint' && isFailure(severity, limit));
  return fails ? 1 : 0;
}

function limitOf(flags: Flags): Severity | 'never' {
  return flags.on('strict') ? 'warning' : failOnOf(flags);
}
