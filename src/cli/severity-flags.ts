import type { Severity } from '../core/finding.ts';
import type { Flags } from './spec.ts';

/** `--fail-on`: findings that are as severe make the exit code 1. */
export function failOnOf(flags: Flags): Severity | 'never' {
  const limit = flags.text('fail-on');
  return limit === 'warning' || limit === 'info' || limit === 'never' ? limit : 'error';
}

/** `--min-severity`: what is less severe is not told. */
export function minSeverityOf(flags: Flags): Severity {
  const least = flags.text('min-severity');
  return least === 'error' || least === 'warning' ? least : 'info';
}
