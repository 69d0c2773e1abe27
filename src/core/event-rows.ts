import { jsonOf, type KubeObject } from '../model/object.ts';
import { mapAt, textAt } from '../model/raw-fields.ts';
import { isMap } from '../model/raw-json.ts';
import { compareText } from '../model/text-order.ts';

/** One event as it is shown. Both event APIs give the same rows. */
export interface EventRow {
  readonly firstSeen: string | undefined;
  readonly lastSeen: string | undefined;
  readonly count: number;
  /** `Normal` or `Warning`. */
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

/** core/v1 and events.k8s.io call the same things by different names. */
function eventRow(event: KubeObject): EventRow {
  const raw = jsonOf(event);
  const regarding = mapAt(raw, isMap(raw.involvedObject) ? 'involvedObject' : 'regarding');
  const series = mapAt(raw, 'series');
  const firstSeen =
    textAt(raw, 'firstTimestamp') ||
    textAt(raw, 'deprecatedFirstTimestamp') ||
    textAt(raw, 'eventTime') ||
    event.metadata.creationTimestamp;
  const count = raw.count ?? raw.deprecatedCount ?? series.count;
  return {
    firstSeen,
    lastSeen: textAt(series, 'lastObservedTime') || textAt(raw, 'lastTimestamp') || textAt(raw, 'deprecatedLastTimestamp') || firstSeen,
    count: typeof count === 'number' ? count : 1,
    type: textAt(raw, 'type'),
    reason: textAt(raw, 'reason'),
    object: `${textAt(regarding, 'kind')}/${textAt(regarding, 'name')}`,
    message: (textAt(raw, 'message') || textAt(raw, 'note')).trim(),
  };
}
