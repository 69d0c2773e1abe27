import { memberRows } from '../../core/trace/member-list.ts';
import { traceService } from '../../core/trace/trace.ts';
import { type JsonObject, jsonOf } from '../../model/object.ts';
import { ageOf } from '../../render/age.ts';
import { memberDocument } from '../../render/member-document.ts';
import { getFormats } from '../../render/output-format.ts';
import { sanitize } from '../../render/sanitize.ts';
import { renderVms, vmsColumns } from '../../render/vms.ts';
import { sortedServices } from '../asked-services.ts';
import { usageError } from '../errors.ts';
import { worst } from '../exit-code.ts';
import { checkShowLabels } from '../get/get-view.ts';
import type { ExitCode, Io } from '../io.ts';
import { withWorld } from '../load-world.ts';
import { isDocumentFormat, outputFormat, printDocument } from '../print-document.ts';
import { reportHoles, reportNotFound, reportNothing } from '../report-gaps.ts';
import { reportHead } from '../report-head.ts';
import { sortedRows } from '../sorted-rows.ts';
import type { CommandInput } from '../spec.ts';
import { styleFor } from '../terminal.ts';

const legs = ['vmServices', 'vms', 'services', 'endpoints', 'networkSettings'] as const;

/** Lists the VMs behind services: the members of each trace, one row a VM. */
export async function vms(input: CommandInput, io: Io): Promise<ExitCode> {
  const { flags } = input;
  const format = outputFormat(flags, getFormats, 'vms', flags.text('template'));
  checkShowLabels(format, flags, 'vms');
  const wantedStates = flags.list('state').flatMap((words) => words.split(','));
  const others = flags.on('all') || wantedStates.includes('NotSelected');
  const wanted = { nearMisses: flags.on('near-misses'), others };
  return withWorld(input, io, { command: 'vms', legs }, async (loaded) => {
    const { source, world, namespace, targets } = loaded;
    if (targets.vms.length > 0) throw usageError('vms takes services; kubectl vmsvc describe vm/NAME shows one VM', 'vms');
    const now = source.now();
    const traces = sortedServices(world).map((vmService) =>
      traceService(vmService, world, { now, others: wanted.nearMisses || others, compareService: false }),
    );
    const rows = await sortedRows(
      traces.flatMap((trace) => memberRows(trace, wanted)).filter((row) => wantedStates.length === 0 || wantedStates.includes(row.state)),
      flags,
      { objectOf: ({ vm }) => (vm === undefined ? {} : jsonOf(vm)), columns: vmsColumns(now) },
    );
    if (isDocumentFormat(format)) {
      const items = rows.map((row) => memberDocument(row, (timestamp) => ageOf(timestamp, now)));
      const document: JsonObject = { ...reportHead('MemberList', loaded, now), items };
      await printDocument({ document, order: 'given', rows: items }, format, flags, io);
    } else if (format.kind === 'name') {
      const names = rows.filter((row) => row.vm !== undefined).map((row) => `virtualmachine.vmoperator.vmware.com/${sanitize(row.name)}\n`);
      io.stdout.write([...new Set(names)].join(''));
    } else {
      const options = {
        wide: format.kind === 'table' && format.wide,
        noHeaders: flags.on('no-headers'),
        allNamespaces: namespace === undefined,
        oneService: targets.vmServices.length === 1,
        labelColumns: flags.list('label-columns').flatMap((keys) => keys.split(',')),
        showLabels: flags.on('show-labels'),
      };
      io.stdout.write(renderVms(rows, options, now, await styleFor(io.stdout, flags, io)));
    }
    const holes = await reportHoles(loaded, io);
    const missing = reportNotFound(loaded.notFound, io);
    if (rows.length === 0 && holes === 0 && missing === 0) {
      await reportNothing(loaded, io);
      if (flags.on('fail-if-empty')) return 1;
    }
    return worst([holes, missing]);
  });
}
