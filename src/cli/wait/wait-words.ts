import type { ServiceTrace } from '../../core/trace/trace.ts';
import { ageOf } from '../../render/age.ts';
import { sanitize } from '../../render/sanitize.ts';
import type { Style } from '../../render/style.ts';
import { renderTroubles } from '../../render/trace.ts';
import type { Timeout } from './timeout.ts';
import type { Open } from './wait-until.ts';

/** `web: no address; endpoints=2: 1 of 2 (12s)`: what a terminal shows while it waits. */
export function progressText(open: readonly Open[], all: number, everywhere: boolean, seconds: number): string {
  const [first] = open;
  if (first === undefined) return '';
  const done = all > 1 ? `${all - open.length} of ${all} done; ` : '';
  return `${done}${placeOf(first, everywhere)}: ${missingText(first) || 'looking'} (${seconds}s)`;
}

/**
 * `error: timed out after 2m0s waiting for endpoints=all on virtualmachineservices/web: 2 of 5`
 * @param how `timed out after 2m0s waiting for`
 */
export function openLine(open: Open, how: string, everywhere: boolean): string {
  const waitedFor = open.unmet.map(({ condition }) => condition.text).join(' and ');
  const place = `virtualmachineservices/${open.name}${everywhere ? ` in ${open.namespace} namespace` : ''}`;
  return sanitize(`error: ${how} ${waitedFor} on ${place}: ${missingText(open)}`);
}

/** How an error about a wait that was too long begins. */
export function timedOut({ milliseconds, text }: Timeout): string {
  return milliseconds === 0 ? 'not yet:' : `timed out after ${text} waiting for`;
}

/** Below it, what the trace says of the service that is not good. */
export function troubleLines(trace: ServiceTrace, now: Date, style: Style, columns: number | undefined): readonly string[] {
  return renderTroubles(trace, style, (timestamp) => ageOf(timestamp, now), columns);
}

/** Each once: what does not exist has none of what is waited for. */
function missingText({ unmet }: Open): string {
  return [...new Set(unmet.map(({ text }) => text))].join('; ');
}

function placeOf({ namespace, name }: Open, everywhere: boolean): string {
  return everywhere ? `${namespace}/${name}` : name;
}
