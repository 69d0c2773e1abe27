import { isSeen, itemsOf } from '../../core/snapshot.ts';
import type { ServiceTrace } from '../../core/trace/trace.ts';
import { tableColumns } from '../../render/get.ts';
import { sanitize } from '../../render/sanitize.ts';
import { type Column, shownColumns } from '../../render/table.ts';
import { isDumb } from '../../render/terminal.ts';
import { usageError } from '../errors.ts';
import { signalExitCode } from '../interruption.ts';
import type { ExitCode, Io } from '../io.ts';
import type { LoadedWorld } from '../load-world.ts';
import { reportHoles, reportNotFound } from '../report-gaps.ts';
import { type Scope, withScope } from '../scope.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { styleFor } from '../terminal.ts';
import { needsCluster } from '../watch/needs-cluster.ts';
import { screenOn } from '../watch/screen.ts';
import { troubleNotes } from '../watch/trouble-notes.ts';
import { watchWorld } from '../watch/watch-world.ts';
import { appendedRows } from './appended-rows.ts';
import { type GetView, shownTraces, tableOptions } from './get-view.ts';
import { liveRows } from './live-rows.ts';
import { type TableRow, tableRow } from './table-row.ts';

/** `get --watch`: in place on a terminal, with a line for each change in a pipe, and as a stream of objects for machines. */
export async function watchGet(input: CommandInput, view: GetView, io: Io): Promise<ExitCode> {
  const { flags } = input;
  checkUse(flags);
  return withScope(input, io, view.request, async (scope) => {
    if (scope.targets.vms.length > 0) {
      throw usageError('VMs are listed by kubectl get vm; kubectl vmsvc vms lists those behind services', 'get');
    }
    if (view.plain) return (await import('./watch-objects.ts')).watchObjects(scope, view, flags, io);
    const inPlace = io.stdout.isTTY && !isDumb(io.env) && !flags.on('output-watch-events') && !flags.on('watch-only');
    return inPlace ? await watchInPlace(scope, view, flags, io) : await watchAppending(scope, view, flags, io);
  });
}

function checkUse(flags: Flags): void {
  const watches = flags.on('watch') || flags.on('watch-only');
  if (!watches) throw usageError('--output-watch-events is for --watch and --watch-only', 'get');
  needsCluster(flags, '--watch', 'get');
  if (flags.on('fail-if-empty')) throw usageError('--watch waits for what is not there yet, and --fail-if-empty does not', 'get');
  const plain = /^(json|yaml|name|jsonpath|go-template|custom-columns|template)/.test(flags.text('output') ?? '');
  if (plain && flags.given('owner')) throw usageError('--owner is found out by the tool: with --watch only the table has it', 'get');
  if (plain && flags.list('status').length > 0) throw usageError('--status is computed: with --watch only the table has it', 'get');
}

async function watchAppending(scope: Scope, view: GetView, flags: Flags, io: Io): Promise<ExitCode> {
  const style = await styleFor(io.stdout, flags, io);
  let table: ReturnType<typeof appendedRows> | undefined;
  for await (const loaded of watchWorld(scope, view.request, { signal: io.signal, onTrouble: troubleNotes(io) }, io)) {
    const columns = await columnsOf(loaded, view, flags, style);
    if (table === undefined) {
      const code = await reportFirst(loaded, flags, io);
      if (code !== 0) return code;
      table = appendedRows({
        headers: flags.on('no-headers') ? undefined : columns.map(({ header }) => header),
        withEvents: flags.on('output-watch-events'),
        silent: flags.on('watch-only'),
      });
    }
    const lines = table.take(
      (await shownTraces(loaded, view, flags)).map((trace) => tableRow(trace, columns)),
      keysOf(loaded),
    );
    if (lines.length > 0) io.stdout.write(`${lines.join('\n')}\n`);
  }
  return signalExitCode(io.signal) ?? 0;
}

async function watchInPlace(scope: Scope, view: GetView, flags: Flags, io: Io): Promise<ExitCode> {
  const style = await styleFor(io.stdout, flags, io);
  const screen = screenOn(io.stdout);
  let table: ReturnType<typeof liveRows> | undefined;
  let last: LoadedWorld | undefined;
  let trouble: string | undefined;
  let drawing: Promise<void> = Promise.resolve();
  const draw = async (): Promise<void> => {
    if (last === undefined || io.signal.aborted) return;
    const columns = await columnsOf(last, view, flags, style);
    table ??= liveRows(flags.on('no-headers') ? undefined : columns.map(({ header }) => header), style);
    const rows: readonly TableRow[] = (await shownTraces(last, view, flags)).map((trace) => tableRow(trace, columns));
    const lines = table.lines(rows, keysOf(last), io.now().getTime());
    const place = scope.namespace === undefined ? '' : ` in ${scope.namespace} namespace`;
    screen.draw(
      lines.length === 0 ? [sanitize(`No resources found${place === '' ? '' : `${place}.`}`)] : lines,
      trouble === undefined ? undefined : style.warn(sanitize(trouble)),
    );
  };
  // One after the other: what was drawn first must not be drawn over what came later.
  const redraw = (): Promise<void> => {
    drawing = drawing.then(draw);
    return drawing;
  };
  const timer = setInterval(() => void redraw(), 1000);
  const onTrouble = (sentence: string | undefined): void => {
    trouble = sentence;
    void redraw();
  };
  try {
    for await (const loaded of watchWorld(scope, view.request, { signal: io.signal, onTrouble }, io)) {
      const isFirst = last === undefined;
      last = loaded;
      const code = isFirst ? await reportFirst(loaded, flags, io) : 0;
      if (code !== 0) return code;
      await redraw();
    }
  } finally {
    clearInterval(timer);
    await drawing;
  }
  return signalExitCode(io.signal) ?? 0;
}

function keysOf({ world }: LoadedWorld): ReadonlySet<string> {
  return new Set(itemsOf(world.snapshot.vmServices).map(({ metadata }) => metadata.uid ?? ''));
}

async function columnsOf(
  loaded: LoadedWorld,
  view: GetView,
  flags: Flags,
  style: Awaited<ReturnType<typeof styleFor>>,
): Promise<readonly Column<ServiceTrace>[]> {
  const now = loaded.source.now();
  const options = await tableOptions(loaded, view, flags, now);
  return shownColumns(tableColumns(options, now, style), options);
}

/** What cannot be seen is said once; without the services themselves, or a name that was asked for, there is nothing to watch. */
async function reportFirst(loaded: LoadedWorld, flags: Flags, io: Io): Promise<ExitCode> {
  const holes = await reportHoles(loaded, io);
  if (!isSeen(loaded.world.snapshot.vmServices)) return holes;
  return flags.on('ignore-not-found') ? 0 : reportNotFound(loaded.notFound, io);
}
