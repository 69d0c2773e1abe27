import type { LegName } from '../../core/snapshot.ts';
import { type ServiceTrace, traceService } from '../../core/trace/trace.ts';
import { workloadClusterOf } from '../../core/workload-cluster.ts';
import type { World } from '../../core/world.ts';
import { jsonOf } from '../../model/object.ts';
import { type GetTableOptions, getColumns } from '../../render/get.ts';
import { getFormats, type OutputFormat } from '../../render/output-format.ts';
import { servicesAsAsked } from '../asked-services.ts';
import { usageError } from '../errors.ts';
import type { LoadedWorld } from '../load-world.ts';
import { isDocumentFormat, outputFormat } from '../print-document.ts';
import { askedByRules, type WorldRequest } from '../scope.ts';
import { sortedRows } from '../sorted-rows.ts';
import type { Flags } from '../spec.ts';

/** What a `get` shows, as its flags say, and what has to be read for it. */
export interface GetView {
  readonly format: OutputFormat;
  /** The API's own objects, or their names: nothing is computed for them. */
  readonly plain: boolean;
  readonly statuses: readonly string[];
  /** A workload cluster; `none` for services that none keeps. Undefined: all of them. */
  readonly owner: string | undefined;
  readonly request: WorldRequest;
  /** Whether the column of findings is shown. */
  readonly findings: boolean;
}

/** @throws CliError for a format that there is not */
export function getView(flags: Flags): GetView {
  const format = outputFormat(flags, getFormats, 'get', flags.text('template'));
  const statuses = flags.list('status').flatMap((words) => words.split(','));
  // Objects for machines need nothing but themselves, unless a computed status filters them.
  const plain = isDocumentFormat(format) || format.kind === 'name';
  checkShowLabels(format, flags, 'get');
  // Only the findings need to know what the Service should be, and so the provider and the capabilities.
  const findings = format.kind === 'table' && format.wide;
  const legs: readonly LegName[] = [
    'vmServices',
    ...(plain && statuses.length === 0 ? [] : (['vms', 'services', 'endpoints'] as const)),
    ...(findings ? (['networkSettings'] as const) : []),
  ];
  const fieldSelector = flags.text('field-selector');
  const request = {
    command: 'get',
    legs,
    prefixes: !plain,
    capabilities: findings,
    inNamedVersion: plain,
    ...(findings && askedByRules),
    ...(fieldSelector !== undefined && { fieldSelector }),
  };
  return { format, plain, statuses, owner: flags.text('owner'), findings, request };
}

/** Who asks for a field by its path gets it, as from kubectl; in whole objects managedFields are in everybody's way. */
export function showsManagedFields(format: OutputFormat, flags: Flags): boolean {
  return flags.on('show-managed-fields') || (format.kind !== 'json' && format.kind !== 'yaml');
}

/** @throws CliError in kubectl's words where no table is printed that could have the column */
export function checkShowLabels(format: OutputFormat, flags: Flags, command: string): void {
  if (!flags.on('show-labels') || format.kind === 'table') return;
  throw usageError(`--show-labels option cannot be used with ${flags.text('output') ?? format.kind} printer`, command);
}

/** The traces of the services that are shown, in the order in which they are. */
export async function shownTraces(loaded: LoadedWorld, view: GetView, flags: Flags): Promise<readonly ServiceTrace[]> {
  const { world, source, targets } = loaded;
  if (targets.vms.length > 0) throw usageError('VMs are listed by kubectl get vm; kubectl vmsvc vms lists those behind services', 'get');
  const now = source.now();
  const traces = servicesAsAsked(loaded)
    .filter((vmService) => view.owner === undefined || (workloadClusterOf(vmService)?.cluster ?? 'none') === view.owner)
    .map((vmService) => traceService(vmService, world, { now, others: false, compareService: view.findings }))
    .filter((trace) => view.statuses.length === 0 || view.statuses.includes(trace.status));
  return sortedRows(traces, flags, { objectOf: ({ vmService }) => jsonOf(vmService), columns: getColumns(now) });
}

/** How the table looks; the rules are loaded where their findings are shown. */
export async function tableOptions({ world, namespace }: LoadedWorld, view: GetView, flags: Flags, now: Date): Promise<GetTableOptions> {
  return {
    noHeaders: flags.on('no-headers'),
    labelColumns: flags.list('label-columns').flatMap((keys) => keys.split(',')),
    showLabels: flags.on('show-labels'),
    showKind: flags.on('show-kind'),
    wide: view.findings,
    allNamespaces: namespace === undefined,
    ...(view.findings && { findingsOf: await findingsOf(world, now) }),
  };
}

async function findingsOf(world: World, now: Date) {
  const [{ traceFindings }, { agesAt }] = await Promise.all([
    import('../../core/diagnosis/trace-findings.ts'),
    import('../../core/diagnosis/times.ts'),
  ]);
  return traceFindings(world, now, agesAt(now), []);
}
