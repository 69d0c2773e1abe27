import { traceService } from '../../core/trace.ts';
import { sortedStatuses } from '../../core/trace-status.ts';
import type { World } from '../../core/world.ts';
import { jsonOf } from '../../model/object.ts';
import { objectDocument, renderNames } from '../../render/documents.ts';
import { getColumns, renderGet } from '../../render/get.ts';
import { getFormats } from '../../render/output-format.ts';
import { pasteableCommand } from '../../render/shell-quote.ts';
import { TemplateError } from '../../render/template-error.ts';
import { CliError, usageError } from '../errors.ts';
import { worst } from '../exit-code.ts';
import type { ExitCode, Io } from '../io.ts';
import { type LoadedWorld, sortedServices, withWorld } from '../load-world.ts';
import { isDocumentFormat, outputFormat, printDocument } from '../print-document.ts';
import { reportHoles, reportNotFound, reportNothing } from '../report-gaps.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { styleFor } from '../terminal.ts';

/** Lists VirtualMachineServices: the API's own objects for machines, a table with readiness and status for people. */
export async function get(input: CommandInput, io: Io): Promise<ExitCode> {
  const { flags } = input;
  const format = outputFormat(flags, getFormats, 'get', flags.text('template'));
  const statuses = checkStatuses(flags);
  // Objects for machines need nothing but themselves, unless a computed status filters them.
  const plain = isDocumentFormat(format) || format.kind === 'name';
  // Only the findings need to know what the Service should be, and so the provider and the capabilities.
  const findings = format.kind === 'table' && format.wide;
  const legs = [
    'vmServices',
    ...(plain && statuses.length === 0 ? [] : (['vms', 'services', 'endpoints'] as const)),
    ...(findings ? (['networkSettings'] as const) : []),
  ] as const;

  return withWorld(input, io, { command: 'get', legs, prefixes: !plain, capabilities: findings }, async (loaded) => {
    const { world, source, namespace, targets } = loaded;
    if (targets.vms.length > 0) throw usageError('VMs are listed by kubectl get vm; kubectl vmsvc vms lists those behind services', 'get');
    const now = source.now();
    const traces = sortedServices(world)
      .map((vmService) => traceService(vmService, world, { now, others: false, compareService: findings }))
      .filter((trace) => statuses.length === 0 || statuses.includes(trace.status));
    const sorted = await sortTraces(traces, flags, now);
    const objects = sorted.map((trace) => trace.vmService);

    if (objects.length > 0 || isDocumentFormat(format)) {
      if (isDocumentFormat(format)) {
        const single = targets.vmServices.length === 1;
        if (objects.length > 0 || !single) {
          const document = objectDocument(objects, { single, showManagedFields: flags.on('show-managed-fields') });
          await printDocument({ document, order: 'sorted', rows: objects.map(jsonOf) }, format, flags, io);
        }
      } else if (format.kind === 'name') {
        io.stdout.write(renderNames(objects));
      } else {
        io.stdout.write(
          renderGet(
            sorted,
            {
              ...tableOptions(flags),
              wide: findings,
              allNamespaces: namespace === undefined,
              ...(findings && { findingsOf: await findingsOf(world, now) }),
            },
            now,
            await styleFor(io.stdout, flags, io),
          ),
        );
      }
    }
    return finish(loaded, objects.length, sorted.filter((trace) => trace.status !== 'OK').length, plain, flags, io);
  });
}

/** The rules are loaded where their findings are shown. */
async function findingsOf(world: World, now: Date) {
  const [{ traceFindings }, { agesAt }] = await Promise.all([
    import('../../core/diagnosis/trace-findings.ts'),
    import('../../core/diagnosis/times.ts'),
  ]);
  return traceFindings(world, now, agesAt(now));
}

async function finish(loaded: LoadedWorld, found: number, needLook: number, plain: boolean, flags: Flags, io: Io): Promise<ExitCode> {
  const { namespace, notFound } = loaded;
  const holes = reportHoles(loaded, io);
  const missing = flags.on('ignore-not-found') ? 0 : reportNotFound(notFound, io);
  if (found === 0 && holes === 0 && notFound.length === 0) {
    if (!plain || flags.text('output') === 'name') await reportNothing(loaded, io);
    if (flags.on('fail-if-empty')) return 1;
  }
  if (needLook > 0 && !plain && io.stdout.isTTY && io.stderr.isTTY && !flags.on('quiet')) {
    const where = namespace === undefined ? ['-A'] : ['-n', namespace];
    const command = pasteableCommand(['kubectl', 'vmsvc', 'describe', ...where], []);
    io.stderr.write(`\n${needLook} ${needLook === 1 ? 'needs' : 'need'} a look: ${command ?? 'kubectl vmsvc describe'}\n`);
  }
  return worst([holes, missing]);
}

function tableOptions(flags: Flags) {
  return {
    noHeaders: flags.on('no-headers'),
    labelColumns: flags.list('label-columns').flatMap((keys) => keys.split(',')),
    showLabels: flags.on('show-labels'),
    showKind: flags.on('show-kind'),
  };
}

type Traces = readonly ReturnType<typeof traceService>[];

async function sortTraces(traces: Traces, flags: Flags, now: Date): Promise<Traces> {
  const by = flags.text('sort-by');
  if (by === undefined) return traces;
  try {
    const { sortRows } = await import('../../render/sort-by.ts');
    return sortRows(traces, by, { objectOf: (trace) => jsonOf(trace.vmService), columns: getColumns(now) });
  } catch (error) {
    if (error instanceof TemplateError)
      throw new CliError(`--sort-by ${JSON.stringify(by)}: ${error.message}`, { exitCode: 2, cause: error });
    throw error;
  }
}

/** @throws CliError for a word that is no status */
function checkStatuses(flags: Flags): readonly string[] {
  const wanted = flags.list('status').flatMap((words) => words.split(','));
  const unknown = wanted.find((word) => !sortedStatuses.some((status) => status === word));
  if (unknown !== undefined) throw usageError(`--status ${JSON.stringify(unknown)}: must be one of ${sortedStatuses.join(', ')}`, 'get');
  return wanted;
}
