import type { ProbeLine, ProbeTarget } from '../../core/probe/probe.ts';

/** How to talk to each target. Times in milliseconds. */
export interface ProbeSettings {
  readonly hold: number;
  readonly connectTimeout: number;
  /** Sent as soon as the connection stands. */
  readonly send: Buffer | undefined;
  /** What has to come back for it to count. */
  readonly expect: Buffer | undefined;
  /** Gives up what is still under way. */
  readonly signal: AbortSignal;
  /** When it is, which decides about certificates. */
  readonly now: Date;
  /** Of the environment, for what a reader must know about it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What one attempt came to; `retry` when another one may come to something else. */
export interface Attempt extends Omit<ProbeLine, 'target' | 'tries'> {
  readonly retry: boolean;
}

/** One connection, or one datagram, to a target whose address is known. Never throws for what the target does. */
export type TryTarget = (ip: string, target: ProbeTarget, settings: ProbeSettings) => Promise<Attempt>;

/** Why a target was not tried to its end: nobody waits any longer, or somebody interrupted. */
export function gaveUp({ reason }: AbortSignal): string {
  const timedOut = reason instanceof DOMException && reason.name === 'TimeoutError';
  return timedOut ? 'its turn did not come within the time for all targets' : 'interrupted';
}

export function bytesText(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}
