import { notFoundError } from '../../cluster/load-snapshot.ts';
import { diagnoseNamespace, diagnoseService } from '../../core/diagnosis/diagnose.ts';
import { diagnoseVm, type VmDiagnosis } from '../../core/diagnosis/diagnose-vm.ts';
import { probeRules } from '../../core/diagnosis/reachability.ts';
import { type DiagnosisReport, diagnosisReport } from '../../core/diagnosis/report.ts';
import type { Rule } from '../../core/diagnosis/rule.ts';
import { type Around, serviceSubject } from '../../core/diagnosis/subject.ts';
import { compareSeverity, type Severity } from '../../core/finding.ts';
import { holesOf, isSeen, itemsOf, type Leg } from '../../core/snapshot.ts';
import type { KubeObject } from '../../model/object.ts';
import { type Resource, virtualMachineServices, virtualMachines } from '../../model/resources.ts';
import type { ApiError } from '../../model/status.ts';
import { compareText } from '../../model/text-order.ts';
import { diagnosisDocument } from '../../render/diagnosis-document.ts';
import { getFormats } from '../../render/output-format.ts';
import { recordingFor } from '../bundle/debug-recording.ts';
import { chosenRules } from '../debug/chosen-rules.ts';
import { printDebugText } from '../debug/debug-text.ts';
import { debugRequest, lookAround } from '../debug/look-around.ts';
import { probeOptions } from '../debug/probe-options.ts';
import { probeServices } from '../debug/probing.ts';
import { worst } from '../exit-code.ts';
import type { ExitCode, Io } from '../io.ts';
import { type LoadedWorld, sortedServices, withWorld } from '../load-world.ts';
import { isDocumentFormat, outputFormat, printDocument } from '../print-document.ts';
import { interruptionOf } from '../reconcile/interruption.ts';
import { reportHoles, reportNotFound, reportNothing } from '../report-gaps.ts';
import { reportHead } from '../report-head.ts';
import type { CommandInput, Flags } from '../spec.ts';

/** Asks every rule about services, VMs or whole namespaces, and prints the root causes. */
export async function debug(input: CommandInput, io: Io): Promise<ExitCode> {
  const { flags } = input;
  const format = outputFormat(
    flags,
    getFormats.filter((name) => name !== 'name' && name !== 'wide'),
    'debug',
    flags.text('template'),
  );
  const chosen = chosenRules(flags);
  const probing = probeOptions(input);
  const started = io.now();
  const interruption = interruptionOf(io);
  const recording = recordingFor(flags);
  const run = withWorld(input, interruption.io, { command: 'debug', ...debugRequest, ...recording?.request }, async (loaded) => {
    const { world, source, targets } = loaded;
    const now = source.now();
    const { around, subjects } = await lookAround(loaded, input, interruption.io, {
      ages: !isDocumentFormat(format),
      ...(probing && { probe: (probed) => probeServices(probed, probing, { input, io, source, interruption }) }),
    });
    const { probes } = around;
    const rules = probing === undefined ? chosen.rules.filter((rule) => !probeRules.some((probed) => probed === rule)) : chosen.rules;
    const services = subjects.map((subject) => diagnoseService(subject, rules));
    const byNamespace = Map.groupBy(services, ({ subject }) => subject.vmService.metadata.namespace ?? '');
    const namespaces =
      targets.vmServices.length + targets.vms.length > 0
        ? []
        : namespacesOf(loaded).map((namespace) => {
            const own = (byNamespace.get(namespace) ?? []).map(({ subject }) => subject);
            return diagnoseNamespace({ namespace, around, services: own }, rules);
          });
    const report = diagnosisReport(services, namespaces, vmsOf(loaded, around, rules), {
      minSeverity: severityOf(flags),
      all: flags.on('all'),
    });

    if (isDocumentFormat(format)) {
      const body = diagnosisDocument(report, { holes: holesOf(world.snapshot), probes, showDangerous: flags.on('show-dangerous') });
      const document = { ...reportHead('Diagnosis', loaded, now), ...body };
      await printDocument({ document, order: 'given', rows: [] }, format, flags, io);
    } else {
      await printDebugText(report, loaded, { now, started, probes }, flags, io);
    }
    recording?.write(loaded, io);
    return interruption.exitCode() ?? finish(report, loaded, flags, io);
  });
  return run.finally(interruption.end);
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
  const left = itemsOf(services).filter(({ metadata }) => metadata.ownerReferences?.some(({ kind }) => kind === 'VirtualMachineService'));
  return [...new Set([...itemsOf(vmServices), ...left].map(({ metadata }) => metadata.namespace ?? ''))].toSorted(compareText);
}

function severityOf(flags: Flags): Severity {
  const text = flags.text('min-severity');
  return text === 'error' || text === 'warning' ? text : 'info';
}

async function finish(report: DiagnosisReport, loaded: LoadedWorld, flags: Flags, io: Io): Promise<ExitCode> {
  const { world, targets } = loaded;
  const seen = isSeen(world.snapshot.vmServices) && (targets.vms.length === 0 || isSeen(world.snapshot.vms));
  const missing = [
    ...absent(targets.vmServices, world.snapshot.vmServices, virtualMachineServices),
    ...absent(targets.vms, world.snapshot.vms, virtualMachines),
  ];
  const notFound = reportNotFound(missing, io);
  const holes = seen ? 0 : reportHoles(loaded, io);
  if (seen && sortedServices(world).length === 0 && targets.vmServices.length + targets.vms.length === 0) await reportNothing(loaded, io);
  return worst([verdict(report, flags), holes, notFound]);
}

/** The names that nothing has, where that could be looked at. */
function absent(names: readonly string[], leg: Leg<KubeObject>, resource: Resource): readonly { readonly error: ApiError }[] {
  if (!isSeen(leg)) return [];
  const present = new Set(leg.items.map(({ metadata }) => metadata.name));
  return names.filter((name) => !present.has(name)).map((name) => ({ error: notFoundError(resource, name) }));
}

/** 1 for findings as severe as `--fail-on` says, hints apart; 3 where an error may hide in what could not be looked at. */
function verdict({ services, namespaces, vms, skipped }: DiagnosisReport, flags: Flags): ExitCode {
  if (skipped.some(({ mayHideError }) => mayHideError)) return 3;
  const limit = flags.on('strict') ? 'warning' : flags.text('fail-on');
  if (limit !== 'error' && limit !== 'warning' && limit !== 'info') return 0;
  const findings = [...services, ...namespaces, ...vms].flatMap((one) => one.findings);
  const fails = findings.some(({ severity, confidence }) => confidence !== 'hint' && compareSeverity(severity, limit) <= 0);
  return fails ? 1 : 0;
}
