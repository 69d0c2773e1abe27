import { systemClock } from '../../cluster/clock.ts';
import { parseRequestTimeout } from '../../cluster/kubeconfig/request-timeout.ts';
import type { ReconcileOutcome } from '../../cluster/reconcile/reconcile-outcome.ts';
import { type Awaited, addressMissing, type Expectation, endpointsDiffer, waitFor } from '../../cluster/reconcile/wait-for.ts';
import { sanitize } from '../../render/sanitize.ts';
import { usageError } from '../errors.ts';
import type { ExitCode, Io } from '../io.ts';
import { withProgress } from '../progress.ts';
import type { Flags } from '../spec.ts';
import type { ReconcileRun } from './reconcile-run.ts';

/** What `--wait` waits for, and how long. */
export interface WaitOptions {
  readonly address: boolean;
  readonly endpoints: boolean;
  /** In milliseconds. */
  readonly timeout: number;
  /** As it was typed. */
  readonly timeoutText: string;
}

/** `--wait` and `--timeout`; undefined without the first. @throws CliError for a time that is none */
export function waitOptions(flags: Flags): WaitOptions | undefined {
  const timeoutText = flags.text('timeout') ?? '5m';
  const timeout = parseRequestTimeout(timeoutText);
  if (timeout === undefined)
    throw usageError(`--timeout ${JSON.stringify(timeoutText)}: must be a time such as 30s, 5m or 1h`, 'reconcile');
  const what = flags.text('wait');
  if (what === undefined) return undefined;
  return { address: what !== 'endpoints', endpoints: what !== 'address', timeout, timeoutText };
}

/**
 * Waits until the Services that were reconciled have their address, and the Endpoints that were computed are stored.
 * @returns 0, or 1 after saying what was missing when the time was over, 3 where it could not be looked at
 */
export async function waitForAll(
  outcomes: readonly ReconcileOutcome[],
  run: ReconcileRun,
  { address, endpoints, timeout, timeoutText }: WaitOptions,
  flags: Flags,
  io: Io,
): Promise<ExitCode> {
  const steps = outcomes.filter(({ item }) => item.error === null).flatMap(({ item }) => item.steps);
  const expectations = steps.flatMap(({ ref, after }): Expectation[] => {
    if (after === undefined) return [];
    if (ref.kind === 'Service' && address) return [{ ref, missing: addressMissing }];
    return ref.kind === 'Endpoints' && endpoints ? [{ ref, missing: endpointsDiffer(after) }] : [];
  });
  const waiting = waitFor(expectations, run.source.cluster, { timeout, clock: systemClock, signal: io.signal });
  const open = (await withProgress('Waiting', flags, io, waiting)).filter(({ missing }) => missing !== undefined);
  if (open.length === 0) return 0;
  const wanted = [...(address ? ['address'] : []), ...(endpoints ? ['endpoints'] : [])].join(' and ');
  const lines = [
    `error: ${io.signal.aborted ? 'interrupted while' : `timed out after ${timeoutText}`} waiting for ${wanted}`,
    ...open.map((awaited) => `  ${nameOf(awaited, run)}  ${awaited.missing ?? ''}`),
  ];
  io.stderr.write(`${lines.map(sanitize).join('\n')}\n`);
  return open.some(({ unseen }) => unseen) ? 3 : 1;
}

function nameOf({ ref }: Awaited, { namespace: only }: ReconcileRun): string {
  return `${ref.kind.toLowerCase()}/${ref.name}${only === undefined ? ` in ${ref.namespace} namespace` : ''}`;
}
