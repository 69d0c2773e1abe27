import { type JsonObject, jsonOf, type KubeObject } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { compareText } from '../model/text-order.ts';
import type { TimeWords } from './messages.ts';
import { sanitize } from './sanitize.ts';
import { renderTable } from './table.ts';

/** One event as it is shown. Both event APIs give the same rows. */
export interface EventRow {
  readonly firstSeen: string | undefined;
  readonly lastSeen: string | undefined;
  readonly count: number;
  readonly type: string;
  readonly reason: string;
  /** `VirtualMachineService/web`. */
  readonly object: string;
  readonly message: string;
}

/** The events as rows, oldest first. */
export function eventRows(events: readonly KubeObject[]): readonly EventRow[] {
  return events
    .map(eventRow)
    .toSorted((left, right) => compareText(left.lastSeen ?? '', right.lastSeen ?? '') || compareText(left.object, right.object));
}

/** The `Events:` section of a description, in kubectl's columns; `<none>` without any. */
export function renderEvents(rows: readonly EventRow[], time: TimeWords): string {
  if (rows.length === 0) return 'Events:        <none>';
  const table = renderTable(
    [
      { header: 'Age', value: (row) => ageText(row, time) },
      { header: 'Type', value: (row) => row.type },
      { header: 'Reason', value: (row) => row.reason },
      { header: 'Object', value: (row) => row.object },
      { header: 'Message', value: (row) => row.message },
    ],
    rows,
  );
  return [
    'Events:',
    ...table
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  ].join('\n');
}

/** `4m12s (x3 over 3d4h)`. */
export function ageText({ firstSeen, lastSeen, count }: Pick<EventRow, 'firstSeen' | 'lastSeen' | 'count'>, time: TimeWords): string {
  const last = lastSeen === undefined ? '<unknown>' : sanitize(time(lastSeen));
  return count > 1 && firstSeen !== undefined ? `${last} (x${count} over ${sanitize(time(firstSeen))})` : last;
}

function eventRow(event: KubeObject): EventRow {
  const raw = jsonOf(event);
  const regarding = objectOf(raw.involvedObject ?? raw.regarding);
  const series = objectOf(raw.series);
  const first =
    textOf(raw.firstTimestamp) ?? textOf(raw.deprecatedFirstTimestamp) ?? textOf(raw.eventTime) ?? event.metadata.creationTimestamp;
  const count = raw.count ?? raw.deprecatedCount ?? series.count;
  return {
    firstSeen: first,
    lastSeen: textOf(series.lastObservedTime) ?? textOf(raw.lastTimestamp) ?? textOf(raw.deprecatedLastTimestamp) ?? first,
    count: typeof count === 'number' ? count : 1,
    type: textOf(raw.type) ?? '',
    reason: textOf(raw.reason) ?? '',
    object: `${textOf(regarding.kind) ?? ''}/${textOf(regarding.name) ?? ''}`,
    message: (textOf(raw.message) ?? textOf(raw.note) ?? '').trim(),
  };
}

function objectOf(value: JsonObject[string]): JsonObject {
  return isMap(value) ? value : {};
}

function textOf(value: JsonObject[string]): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
