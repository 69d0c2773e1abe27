import { jsonEqual } from '../../core/patch.ts';
import { type Json, jsonOf, type KubeObject, type ObjectRef } from '../../model/object.ts';
import { serviceOf } from '../../model/service.ts';
import { ApiError } from '../../model/status.ts';
import type { Clock } from '../clock.ts';
import { type Cluster, ConnectionError } from '../cluster.ts';
import { limits } from '../limits.ts';
import { atOnce } from './at-once.ts';

/** Something that is to become true of one object. */
export interface Expectation {
  readonly ref: ObjectRef;
  /** What is missing, as in `no address yet`; undefined once it holds. */
  readonly missing: (object: KubeObject) => string | undefined;
}

export interface Awaited {
  readonly ref: ObjectRef;
  /** Undefined where it holds. */
  readonly missing: string | undefined;
  /** It could not be looked at, the last time. */
  readonly unseen: boolean;
}

const shortest = 500;
const longest = 5_000;

/**
 * Looks at each object until everything holds, or the time is over. It looks at once, then twice a second, and ever more seldom.
 * @param timeout in milliseconds
 */
export async function waitFor(
  expectations: readonly Expectation[],
  cluster: Cluster,
  { timeout, clock, signal }: { readonly timeout: number; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<readonly Awaited[]> {
  const end = clock.now() + timeout;
  for (let pause = shortest; ; pause = Math.min(pause * 1.5, longest)) {
    const found = await atOnce(expectations, limits.sockets, (expectation) => look(expectation, cluster));
    const remaining = end - clock.now();
    if (found.every(({ missing }) => missing === undefined) || remaining <= 0 || signal.aborted) return found;
    await sleep(Math.min(pause, remaining), clock, signal);
  }
}

async function look({ ref, missing }: Expectation, cluster: Cluster): Promise<Awaited> {
  try {
    return { ref, missing: missing(await cluster.get(ref)), unseen: false };
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return { ref, missing: 'not there', unseen: false };
    if (error instanceof ApiError || error instanceof ConnectionError) return { ref, missing: error.message, unseen: true };
    throw error;
  }
}

function sleep(milliseconds: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(milliseconds, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = (): void => {
      cancel();
      resolve();
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** That a Service has the address that clients use. */
export function addressMissing(object: KubeObject): string | undefined {
  const { spec, status } = serviceOf(object);
  if (spec.type === 'ExternalName') return undefined;
  if (spec.type !== 'LoadBalancer') return spec.clusterIP === undefined ? 'no cluster IP' : undefined;
  return (status?.loadBalancer?.ingress ?? []).length > 0 ? undefined : 'no address yet';
}

/** That Endpoints are stored as they were computed. */
export function endpointsDiffer(computed: KubeObject): (object: KubeObject) => string | undefined {
  const expected = subsetsOf(computed);
  return (object) => (jsonEqual(subsetsOf(object), expected) ? undefined : 'not as computed: somebody else writes them');
}

function subsetsOf(object: KubeObject): Json {
  return jsonOf(object)['subsets'] ?? [];
}
