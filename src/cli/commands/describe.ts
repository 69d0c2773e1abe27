import { notFoundError } from '../../cluster/load-snapshot.ts';
import { holesOf, isEssential, isSeen } from '../../core/snapshot.ts';
import { virtualMachines } from '../../model/resources.ts';
import { renderNames } from '../../render/documents.ts';
import { renderDot, renderMermaid } from '../../render/graph.ts';
import type { OutputFormat } from '../../render/output-format.ts';
import { traceGraph } from '../../render/trace-graph.ts';
import { type Described, describeDocuments, described, describeText, describeView, loadRules } from '../describe/describe-view.ts';
import { worst } from '../exit-code.ts';
import type { ExitCode, Io } from '../io.ts';
import { type LoadedWorld, withWorld } from '../load-world.ts';
import { isDocumentFormat, printDocument } from '../print-document.ts';
import { reportHoles, reportNotFound, reportNothing } from '../report-gaps.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { styleFor } from '../terminal.ts';

/** Shows services with their traces, or VMs with theirs backwards. */
export async function describe(input: CommandInput, io: Io): Promise<ExitCode> {
  const { flags } = input;
  const view = describeView(flags);
  if (flags.on('watch')) return (await import('../describe/watch-describe.ts')).watchDescribe(input, view, io);
  return withWorld(input, io, view.request, async (loaded) => {
    const now = loaded.source.now();
    const shown = described(loaded, flags, now);
    await print(shown, loaded, view.format, now, flags, io);
    return report(shown, loaded, io);
  });
}

async function print(shown: Described, loaded: LoadedWorld, format: OutputFormat, now: Date, flags: Flags, io: Io): Promise<void> {
  if (isDocumentFormat(format)) {
    const documents = describeDocuments(shown, loaded, await loadRules(), flags, now);
    const [only] = documents;
    const document = documents.length === 1 && only !== undefined ? only : { apiVersion: 'v1', kind: 'List', items: documents };
    if (documents.length > 0) await printDocument({ document, order: 'given', rows: documents }, format, flags, io);
  } else if (format.kind === 'name') {
    io.stdout.write(renderNames(shown.of === 'vms' ? shown.vms : shown.traces.map(({ vmService }) => vmService)));
  } else if ((format.kind === 'mermaid' || format.kind === 'dot') && shown.of === 'services') {
    const draw = format.kind === 'mermaid' ? renderMermaid : renderDot;
    io.stdout.write(shown.traces.map((trace) => draw(traceGraph(trace))).join('\n'));
  } else {
    const style = await styleFor(io.stdout, flags, io);
    io.stdout.write(describeText(shown, loaded, await loadRules(), flags, now, style, io.stdout.columns));
  }
}

/** What could not be seen, and what is not there; where the text says so itself, its exit code is enough. */
async function report(shown: Described, loaded: LoadedWorld, io: Io): Promise<ExitCode> {
  const { snapshot } = loaded.world;
  if (shown.of === 'vms') {
    const notFound = shown.missing.map((name) => ({ name, error: notFoundError(virtualMachines, name) }));
    return worst([await reportHoles(loaded, io), reportNotFound(notFound, io)]);
  }
  const essentialHoles = holesOf(snapshot).some(isEssential);
  const unseen = isSeen(snapshot.vmServices) && snapshot.leftOut === undefined ? (essentialHoles ? 3 : 0) : await reportHoles(loaded, io);
  const missing = reportNotFound(loaded.notFound, io);
  if (shown.traces.length === 0 && unseen === 0 && missing === 0) await reportNothing(loaded, io);
  return worst([unseen, missing]);
}
