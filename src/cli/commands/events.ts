import type { TimelineRow } from '../../core/timeline.ts';
import type { JsonObject } from '../../model/object.ts';
import { absoluteTime, ageOf } from '../../render/age.ts';
import { ageText } from '../../render/events.ts';
import { sanitize } from '../../render/sanitize.ts';
import { alignedLine, type Column, cellsOf, columnWidths, renderTable } from '../../render/table.ts';
import { sortedServices } from '../asked-services.ts';
import { usageError } from '../errors.ts';
import { eventFilter } from '../events/event-filters.ts';
import { type Followed, nextLook } from '../events/followed.ts';
import { keyOf, objectsOnPaths, timelineOf } from '../events/timeline-of.ts';
import { worst } from '../exit-code.ts';
import { signalExitCode } from '../interruption.ts';
import type { ExitCode, Io } from '../io.ts';
import { type LoadedWorld, withWorld } from '../load-world.ts';
import { isDocumentFormat, outputFormat, printDocument } from '../print-document.ts';
import { reportHoles, reportNotFound, warnOfMissingNamespace } from '../report-gaps.ts';
import { reportHead } from '../report-head.ts';
import { type WorldRequest, withScope } from '../scope.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { needsCluster } from '../watch/needs-cluster.ts';

const request: WorldRequest = {
  command: 'events',
  legs: ['vmServices', 'vms', 'services', 'endpoints', 'slices', 'events'],
  writers: 'fields',
  capabilities: false,
};

/** One timeline over services and all that stands behind them: events, changes of conditions, and who wrote what. */
export async function events(input: CommandInput, io: Io): Promise<ExitCode> {
  const { flags } = input;
  const format = outputFormat(flags, ['json', 'yaml'], 'events');
  const filter = eventFilter(flags);
  if (flags.on('watch')) return watchEvents(input, filter, io);
  return withWorld(input, io, request, async (loaded) => {
    refuseVms(loaded.targets.vms);
    const now = loaded.source.now();
    const rows = timelineOf(loaded, objectsOnPaths(loaded)).filter((row) => filter(row, now));
    if (isDocumentFormat(format)) {
      const document = { ...reportHead('EventList', loaded, now), items: rows.map(itemOf) };
      await printDocument({ document, order: 'given', rows: document.items }, format, flags, io);
    } else {
      io.stdout.write(renderTable(columnsOf(loaded, now, flags), rows, { noHeaders: flags.on('no-headers') }));
    }
    const told = new Set(rows.map(({ object }) => object));
    const missing = loaded.notFound.filter(({ name }) => !told.has(`VirtualMachineService/${name}`));
    const code = worst([await reportHoles(loaded, io, 'every'), reportNotFound(missing, io)]);
    if (rows.length === 0 && code === 0 && !isDocumentFormat(format)) {
      io.stderr.write(
        loaded.namespace === undefined ? 'No events found\n' : `No events found in ${sanitize(loaded.namespace)} namespace.\n`,
      );
      if (sortedServices(loaded.world).length === 0) await warnOfMissingNamespace(loaded.source, loaded.namespace, io);
    }
    return code;
  });
}

function refuseVms([vm]: readonly string[]): void {
  if (vm !== undefined)
    throw usageError(`events follows VirtualMachineServices: --for=vm/${vm} shows what happened to one VM of theirs`, 'events');
}

/** What is there first, and then each new row below it. */
async function watchEvents(input: CommandInput, filter: ReturnType<typeof eventFilter>, io: Io): Promise<ExitCode> {
  const { flags } = input;
  needsCluster(flags, '--watch', 'events');
  if (flags.given('output')) throw usageError('--watch has no -o: it prints a line for each event', 'events');
  const [{ watchWorld }, { troubleNotes }] = await Promise.all([import('../watch/watch-world.ts'), import('../watch/trouble-notes.ts')]);
  return withScope(input, io, request, async (scope) => {
    refuseVms(scope.targets.vms);
    const printed = new Set<string>();
    let widths: readonly number[] | undefined;
    let followed: Followed = new Map();
    for await (const loaded of watchWorld(scope, request, { signal: io.signal, onTrouble: troubleNotes(io) }, io)) {
      const isFirst = widths === undefined;
      if (isFirst) {
        const code =
          'unavailable' in loaded.world.snapshot.events ? await reportHoles(loaded, io, 'every') : reportNotFound(loaded.notFound, io);
        if (code !== 0) return code;
      }
      const now = loaded.source.now();
      const look = nextLook(followed, loaded, scope.selector !== undefined);
      followed = look.followed;
      const rows = look.rows.filter((row) => filter(row, now) && !printed.has(keyOf(row)));
      for (const row of rows) printed.add(keyOf(row));
      const columns = columnsOf(loaded, now, flags);
      const head = isFirst && !flags.on('no-headers') ? [columns.map(({ header }) => header)] : [];
      const cells = [...(rows.length === 0 ? [] : head), ...rows.map((row) => cellsOf(columns, row))];
      if (cells.length === 0) continue;
      const grown = columnWidths(cells, widths ?? []);
      widths = grown;
      io.stdout.write(cells.map((line) => `${alignedLine(line, grown)}\n`).join(''));
    }
    return signalExitCode(io.signal) ?? 0;
  });
}

function columnsOf({ namespace }: LoadedWorld, now: Date, flags: Flags): readonly Column<TimelineRow>[] {
  const time = (timestamp: string): string => (flags.on('absolute-time') ? absoluteTime(timestamp) : ageOf(timestamp, now));
  return [
    ...(namespace === undefined ? [{ header: 'NAMESPACE', value: (row: TimelineRow) => row.namespace }] : []),
    { header: 'LAST SEEN', value: (row) => ageText(row, time) },
    { header: 'TYPE', value: (row) => row.type },
    { header: 'REASON', value: (row) => row.reason },
    { header: 'OBJECT', value: (row) => row.object },
    { header: 'MESSAGE', value: (row) => row.message },
  ];
}

function itemOf({ namespace, object, type, reason, message, firstSeen, lastSeen, count }: TimelineRow): JsonObject {
  return { namespace, object, type, reason, message, firstSeen: firstSeen ?? null, lastSeen: lastSeen ?? null, count };
}
