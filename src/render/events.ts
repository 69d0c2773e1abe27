import type { EventRow } from '../core/event-rows.ts';
import type { TimeWords } from './age.ts';
import { sanitize } from './sanitize.ts';
import { renderTable } from './table.ts';

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
