import { humanDuration } from '../core/human-duration.ts';
import { timestampOf } from '../core/timestamp.ts';

/** Turns a time into words: an age in text, the time itself with `--absolute-time` and in documents. */
export type TimeWords = (timestamp: string) => string;

/**
 * How long ago, in kubectl's two or three significant figures: `95s`, `5m30s`, `3d4h`, `400d`.
 * `<unknown>` without a time, `<invalid>` for a time that cannot be read or lies in the future by two seconds or more.
 * `now` is the server's clock where it is known.
 */
export function ageOf(timestamp: string | undefined, now: Date): string {
  if (timestamp === undefined || timestamp === '' || timestamp === zeroTime) return '<unknown>';
  const then = readTime(timestamp);
  return then === undefined ? '<invalid>' : humanDuration(now.getTime() - then);
}

/** For sentences: the same, but a time in the future says what that means instead of `<invalid>`. */
export function ageInWords(timestamp: string | undefined, now: Date): string {
  const then = timestamp === undefined ? undefined : readTime(timestamp);
  const ahead = then === undefined ? 0 : then - now.getTime();
  return ahead < 2000 ? ageOf(timestamp, now) : `in the future: this machine's clock is ${humanDuration(ahead)} behind the server`;
}

/** RFC 3339 in UTC and whole seconds, for `--absolute-time`; `<unknown>` and `<invalid>` as in `ageOf`. */
export function absoluteTime(timestamp: string | undefined): string {
  if (timestamp === undefined || timestamp === '' || timestamp === zeroTime) return '<unknown>';
  const then = readTime(timestamp);
  return then === undefined ? '<invalid>' : timestampOf(new Date(then));
}

/** What an API server writes for a time that was never set. */
const zeroTime = '0001-01-01T00:00:00Z';

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Milliseconds since 1970, or undefined: `Date.parse` alone takes far more than RFC 3339. */
function readTime(timestamp: string): number | undefined {
  const time = rfc3339.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
