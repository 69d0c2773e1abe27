import type { ChangedFindings } from '../../core/diagnosis/changed-findings.ts';
import type { Diagnosis } from '../../core/diagnosis/diagnose.ts';
import type { DiagnosisReport } from '../../core/diagnosis/report.ts';
import { untoldOf } from '../../core/diagnosis/unread.ts';
import type { ProbeReport } from '../../core/probe/probe.ts';
import { isSeen, itemsOf, type Unavailable } from '../../core/snapshot.ts';
import { workloadClusterOf } from '../../core/workload-cluster.ts';
import { renderChangedFindings } from '../../render/changed-findings.ts';
import { renderServiceDiagnosis, renderVmDiagnosis } from '../../render/debug.ts';
import { renderNamespaceDiagnosis, tellsHoles } from '../../render/debug-namespace.ts';
import { notLookedAt } from '../../render/not-looked-at.ts';
import { renderProbe } from '../../render/probe.ts';
import type { Io } from '../io.ts';
import type { LoadedWorld } from '../load-world.ts';
import { minSeverityOf } from '../severity-flags.ts';
import type { Flags } from '../spec.ts';
import { styleFor } from '../terminal.ts';

/** Named services in full, a namespace on one screen. */
export async function debugText(
  report: DiagnosisReport,
  loaded: LoadedWorld,
  {
    now,
    started,
    probes,
    unread,
  }: {
    readonly now: Date;
    readonly started: Date;
    readonly probes: readonly ProbeReport[];
    readonly unread: readonly Unavailable[];
  },
  flags: Flags,
  io: Io,
): Promise<string> {
  const style = await styleFor(io.stdout, flags, io);
  const options = {
    now,
    columns: io.stdout.columns,
    all: flags.on('all'),
    showDangerous: flags.on('show-dangerous'),
    probed: probes.length > 0,
    minSeverity: minSeverityOf(flags),
  };
  if (loaded.targets.vmServices.length + loaded.targets.vms.length > 0) {
    const vms = report.vms.map((vm) => renderVmDiagnosis(vm, options, style));
    const services = report.services.map((service) => renderServiceDiagnosis(service, options, style));
    const told = [...services, ...vms, ...probes.map((probe) => `${renderProbe(probe, style)}\n`)].join('\n');
    return told === ''
      ? ''
      : `${told}${unreadLine(
          unread,
          [...report.services, ...report.vms].filter(({ findings }) => findings.some(({ code }) => code === 'VMS910')),
          options,
        )}`;
  }
  const { vmServices } = loaded.world.snapshot;
  if (!isSeen(vmServices) || (vmServices.items.length === 0 && report.namespaces.every(({ findings }) => findings.length === 0))) return '';
  const took = `${((io.now().getTime() - started.getTime()) / 1000).toFixed(1)}s`;
  const own = { namespace: loaded.namespace, counts: countsOf(loaded), took, leftOut: leftOutOf(loaded), again: loaded.source.again };
  return `${renderNamespaceDiagnosis(report, { ...options, ...own }, style)}${unreadLine(unread, report.services.filter(tellsHoles), options)}`;
}

/** What neither a finding nor a line of the table tells of; nothing where everything was read. */
function unreadLine(unread: readonly Unavailable[], tellers: readonly Diagnosis[], options: { readonly all: boolean }): string {
  const told = tellers.flatMap(({ skipped }) => skipped);
  const line = notLookedAt(untoldOf(unread, told), options);
  return line === undefined ? '' : `${line}\n`;
}

/** `5 services, 14 VMs, 5 Services, 4 Endpoints, 6 slices`; what could not be looked at is not counted. */
function countsOf({ world }: LoadedWorld): string {
  const { vmServices, vms, services, endpoints, slices } = world.snapshot;
  return [
    counted(vmServices, 'service', 'services', ({ length }) => length - ofClusters(world).length),
    counted(vms, 'VM', 'VMs'),
    counted(services, 'Service', 'Services'),
    counted(endpoints, 'Endpoints', 'Endpoints'),
    counted(slices, 'slice', 'slices'),
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

function counted(
  leg: Parameters<typeof itemsOf>[0],
  one: string,
  many: string,
  count: (items: readonly unknown[]) => number = ({ length }) => length,
): string | undefined {
  if ('unavailable' in leg) return undefined;
  const length = count(leg.items);
  return `${grouped(length)} ${length === 1 ? one : many}`;
}

/** `10,000`, without what Node loads for the languages of the world, which takes as long as a hundred services. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** The workload cluster of each service that is left out unless it is named. */
function ofClusters({ snapshot }: LoadedWorld['world']): readonly string[] {
  return itemsOf(snapshot.vmServices).flatMap((vmService) => workloadClusterOf(vmService)?.cluster ?? []);
}

function leftOutOf({ world }: LoadedWorld): string | undefined {
  const clusters = ofClusters(world);
  if (clusters.length === 0) return undefined;
  const names = [...new Set(clusters)];
  const of = names.length === 1 ? `workload cluster ${names[0]}` : `${names.length} workload clusters`;
  return clusters.length === 1
    ? `1 service of ${of} was left out: name it to look at it.`
    : `${clusters.length} services of ${of} were left out: name them to look at them.`;
}

/** What appeared and what cleared since the last time. */
export async function printChangedFindings(
  changes: ChangedFindings,
  report: DiagnosisReport,
  now: Date,
  flags: Flags,
  io: Io,
): Promise<void> {
  const told = [...report.services, ...report.vms, ...report.namespaces].flatMap(({ findings }) => findings);
  const left = told.filter(({ severity }) => severity !== 'info').length;
  io.stdout.write(renderChangedFindings(changes, now, left, await styleFor(io.stdout, flags, io)));
}
