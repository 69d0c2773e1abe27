import { jsonOf } from '../../model/object.ts';
import { objectDocument, renderNames } from '../../render/documents.ts';
import { renderGet } from '../../render/get.ts';
import { pasteableCommand } from '../../render/shell-quote.ts';
import { worst } from '../exit-code.ts';
import { getView, shownTraces, showsManagedFields, tableOptions } from '../get/get-view.ts';
import type { ExitCode, Io } from '../io.ts';
import { type LoadedWorld, withWorld } from '../load-world.ts';
import { isDocumentFormat, printDocument } from '../print-document.ts';
import { reportHoles, reportNotFound, reportNothing } from '../report-gaps.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { styleFor } from '../terminal.ts';

/** Lists VirtualMachineServices: the API's own objects for machines, a table with readiness and status for people. */
export async function get(input: CommandInput, io: Io): Promise<ExitCode> {
  const { flags } = input;
  const view = getView(flags);
  if (['watch', 'watch-only', 'output-watch-events'].some((name) => flags.on(name))) {
    return (await import('../get/watch-get.ts')).watchGet(input, view, io);
  }
  const { format, plain } = view;
  return withWorld(input, io, view.request, async (loaded) => {
    const traces = await shownTraces(loaded, view, flags);
    const objects = traces.map((trace) => trace.vmService);
    if (isDocumentFormat(format)) {
      const { asked } = loaded;
      // Of what stdin names kubectl makes a list, were it only one object.
      const namedByStdin = !flags.on('offline') && flags.list('filename').includes('-');
      const single = asked.length === 1 && !namedByStdin;
      if (objects.length > 0 || asked.length === 0) {
        const document = objectDocument(objects, { single, showManagedFields: showsManagedFields(format, flags) });
        await printDocument({ document, order: 'sorted', rows: objects.map(jsonOf) }, format, flags, io);
      }
    } else if (format.kind === 'name') {
      io.stdout.write(renderNames(objects));
    } else if (objects.length > 0) {
      const now = loaded.source.now();
      io.stdout.write(renderGet(traces, await tableOptions(loaded, view, flags, now), now, await styleFor(io.stdout, flags, io)));
    }
    return finish(loaded, objects.length, traces.filter((trace) => trace.status !== 'OK').length, plain, flags, io);
  });
}

async function finish(loaded: LoadedWorld, found: number, needLook: number, plain: boolean, flags: Flags, io: Io): Promise<ExitCode> {
  const { namespace, notFound, source } = loaded;
  const holes = await reportHoles(loaded, io);
  const missing = flags.on('ignore-not-found') ? 0 : reportNotFound(notFound, io);
  if (found === 0 && holes === 0 && notFound.length === 0) {
    if (!plain || flags.text('output') === 'name') await reportNothing(loaded, io);
    if (flags.on('fail-if-empty')) return 1;
  }
  if (needLook > 0 && !plain && io.stdout.isTTY && io.stderr.isTTY && !flags.on('quiet')) {
    const where = namespace === undefined ? ['-A'] : ['-n', namespace];
    const command = pasteableCommand(['kubectl', 'vmsvc', 'debug', ...where, ...source.again], []);
    io.stderr.write(`\n${needLook} ${needLook === 1 ? 'needs' : 'need'} a look: ${command ?? 'kubectl vmsvc debug'}\n`);
  }
  return worst([holes, missing]);
}
