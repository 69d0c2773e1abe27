import type { Cluster } from '../../src/cluster/cluster.ts';
import { intercept, type SentRequest } from './intercept.ts';

/** Something that sends one request after the other to a cluster. */
export type Process = (cluster: Cluster) => Promise<unknown>;

/** One order of all requests of some processes. */
export interface Interleaving {
  /** Which process was let go, request by request. */
  readonly schedule: readonly number[];
  /** What each process ended with: its value, or what it threw. */
  readonly results: readonly PromiseSettledResult<unknown>[];
}

/** A fresh world for each order, and the processes that meet in it. */
export interface Meeting {
  readonly cluster: Cluster;
  readonly processes: readonly Process[];
}

/**
 * Tries every order in which the requests of some processes can reach the server, and calls `check` after each. Orders that
 * differ only in requests that do not touch each other (two reads, or a write and a request about another kind) come to the same,
 * so that one of them is tried.
 * @returns how many were tried
 */
export async function everyInterleaving<M extends Meeting>(
  meet: () => M,
  check: (meeting: M, end: Interleaving) => Promise<void>,
): Promise<number> {
  let tried = 0;
  const open: (readonly number[])[] = [[]];
  for (let prefix = open.pop(); prefix !== undefined; prefix = open.pop()) {
    const meeting = meet();
    const start = prefix.length;
    const { complete, branches, ...end } = await play(meeting, (step, allowed) => (step < start ? prefix?.[step] : allowed[0]));
    for (const { step, others } of branches) {
      if (step >= start) for (const other of others) open.push([...end.schedule.slice(0, step), other]);
    }
    if (!complete) continue;
    tried += 1;
    await check(meeting, end);
  }
  return tried;
}

/** Tries `count` orders that are drawn with `random`. */
export async function someInterleavings<M extends Meeting>(
  count: number,
  random: () => number,
  meet: () => M | Promise<M>,
  check: (meeting: M, end: Interleaving) => Promise<void>,
): Promise<number> {
  for (let drawn = 0; drawn < count; drawn++) {
    const meeting = await meet();
    const { schedule, results } = await play(meeting, (_step, _allowed, enabled) => enabled[Math.floor(random() * enabled.length)]);
    await check(meeting, { schedule, results });
  }
  return count;
}

interface Waiting {
  readonly request: SentRequest;
  readonly go: () => Promise<void>;
}

interface Played extends Interleaving {
  /** False where the order turned out to be one that comes to the same as another. */
  readonly complete: boolean;
  readonly branches: readonly { readonly step: number; readonly others: readonly number[] }[];
}

/** Lets one request through at a time, that of the process that `choose` names. */
async function play(
  { cluster, processes }: Meeting,
  choose: (step: number, allowed: readonly number[], enabled: readonly number[]) => number | undefined,
): Promise<Played> {
  const waiting = new Map<number, Waiting>();
  const ready = processes.map(() => Promise.withResolvers<void>());
  const ended = processes.map(async (process, index) => {
    const gated = intercept(cluster, <T>(request: SentRequest, send: () => Promise<T>): Promise<T> => {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      waiting.set(index, { request, go: () => send().then(resolve, reject) });
      ready[index]?.resolve();
      return promise;
    });
    try {
      return await process(gated);
    } finally {
      ready[index]?.resolve();
    }
  });
  const results = Promise.allSettled(ended);
  const schedule: number[] = [];
  const branches: { readonly step: number; readonly others: readonly number[] }[] = [];
  let last: { readonly index: number; readonly request: SentRequest } | undefined;
  for (let step = 0; ; step++) {
    await Promise.all(ready.map(({ promise }) => promise));
    const enabled = [...waiting.keys()].sort((left, right) => left - right);
    if (enabled.length === 0) return { schedule, results: await results, complete: true, branches };
    const allowed = enabled.filter((index) => {
      const next = waiting.get(index);
      return last === undefined || next === undefined || index >= last.index || touch(last.request, next.request);
    });
    const chosen = choose(step, allowed, enabled);
    const next = chosen === undefined ? undefined : waiting.get(chosen);
    if (chosen === undefined || next === undefined) return { schedule, results: [], complete: false, branches };
    branches.push({ step, others: allowed.filter((index) => index !== chosen) });
    schedule.push(chosen);
    last = { index: chosen, request: next.request };
    waiting.delete(chosen);
    ready[chosen] = Promise.withResolvers<void>();
    await next.go();
  }
}

/** Whether the order of two requests may matter. */
function touch(left: SentRequest, right: SentRequest): boolean {
  return (left.writes || right.writes) && left.kind === right.kind;
}
