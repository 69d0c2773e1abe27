import { humanDuration } from '../human-duration.ts';

/** How rules speak of times: as ages to people, as times in documents. */
export interface Times {
  /** `for 30m`, `since 2026-09-01T11:30:00Z`; empty without a time. */
  since(timestamp: string | undefined): string;
  /** `4m ago`, `at 2026-09-01T11:56:00Z`. */
  ago(timestamp: string): string;
  /** Seconds since then; undefined without a time, and for one that cannot be read. */
  age(timestamp: string | undefined): number | undefined;
}

/** As people say it. */
export function agesAt(now: Date): Times {
  const age = ageAt(now);
  const words = (seconds: number) => humanDuration(Math.max(0, seconds) * 1000);
  return {
    age,
    since: (timestamp) => {
      const seconds = age(timestamp);
      return seconds === undefined ? '' : `for ${words(seconds)}`;
    },
    ago: (timestamp) => {
      const seconds = age(timestamp);
      return seconds === undefined ? 'at an unknown time' : `${words(seconds)} ago`;
    },
  };
}

/** As documents have it, where a text must not change while nothing happens. */
export function timesAt(now: Date): Times {
  return {
    age: ageAt(now),
    since: (timestamp) => (timestamp === undefined ? '' : `since ${timestamp}`),
    ago: (timestamp) => `at ${timestamp}`,
  };
}

function ageAt(now: Date): Times['age'] {
  return (timestamp) => {
    const then = Date.parse(timestamp ?? '');
    return Number.isNaN(then) ? undefined : (now.getTime() - then) / 1000;
  };
}
