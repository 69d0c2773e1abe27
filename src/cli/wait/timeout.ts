import { parseRequestTimeout } from '../../cluster/kubeconfig/request-timeout.ts';
import { goDuration } from '../../render/go-duration.ts';
import { usageError } from '../errors.ts';
import type { Flags } from '../spec.ts';

/** How long to wait. */
export interface Timeout {
  /** 0 looks once. */
  readonly milliseconds: number;
  /** `2m0s`, as kubectl says it. */
  readonly text: string;
}

/** As long as kubectl waits where nobody says how long. */
export const aWeek: Timeout = { milliseconds: 7 * 24 * 3_600_000, text: '168h0m0s' };

/** `--timeout` as kubectl reads it: 0 looks once, and what is negative means a week. @throws CliError for a time that is none */
export function timeoutOf(flags: Flags, command: string): Timeout {
  const typed = flags.text('timeout') ?? '0s';
  const negative = typed.startsWith('-');
  const amount = parseRequestTimeout(negative ? typed.slice(1) : typed);
  if (amount === undefined) throw usageError(`--timeout ${JSON.stringify(typed)}: must be a time such as 30s, 5m or 1h30m`, command);
  const milliseconds = negative && amount > 0 ? aWeek.milliseconds : Math.min(amount, longest);
  return { milliseconds, text: goDuration(milliseconds) };
}

/** Node's timers turn longer ones into none at all. */
const longest = 2_147_483_647;

/** `--timeout` where it says how long `--wait` waits. @throws CliError for a time that is none, or the time of no waiting */
export function timeoutOfWait(flags: Flags, command: string): Timeout {
  const timeout = timeoutOf(flags, command);
  if (flags.given('timeout') && !flags.given('wait')) throw usageError('--timeout says how long --wait waits: give both', command);
  return timeout;
}
