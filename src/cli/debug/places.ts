import { type Cluster, isUnanswered } from '../../cluster/cluster.ts';
import { mayWrite } from '../../cluster/load-surroundings.ts';
import type { AroundOptions } from '../../core/diagnosis/around.ts';
import type { MirrorPlace } from '../../core/diagnosis/mirror-place.ts';
import { itemsOf, type Leg } from '../../core/snapshot.ts';
import type { KubeObject } from '../../model/object.ts';
import { endpoints, type Resource, services } from '../../model/resources.ts';
import { endpointsOf, serviceOf } from '../../model/service.ts';
import { isForbidden } from '../../model/status.ts';
import type { Io } from '../io.ts';
import type { LoadedWorld } from '../load-world.ts';
import type { CommandInput } from '../spec.ts';

/** What a diagnosis asks besides the world: this machine's clock, and the places of mirrors. */
export async function factsAround(
  loaded: LoadedWorld,
  input: CommandInput,
  io: Io,
): Promise<Pick<AroundOptions, 'localClock' | 'mirrors'>> {
  const { source } = loaded;
  const { origin } = source;
  const bundle = origin.type === 'files' ? origin.bundle : undefined;
  const live = origin.type === 'cluster';
  const mirrors = await mirrorPlaces(loaded, input, io);
  const clock = bundle !== undefined ? bundle.localTime : live && source.cluster.serverTime() !== undefined ? io.now() : undefined;
  return {
    mirrors,
    ...(clock !== undefined && { localClock: clock }),
  };
}

async function mirrorPlaces(loaded: LoadedWorld, input: CommandInput, io: Io): Promise<readonly MirrorPlace[]> {
  const { source } = loaded;
  const context = input.flags.text('from-context');
  const { origin } = source;
  // A bundle is of one namespace.
  const own =
    origin.type === 'cluster' || origin.bundle !== undefined
      ? []
      : [ownNamespaces(await placeIn(source.cluster, undefined, undefined), loaded)];
  if (context === undefined) return own;
  const { openContext } = await import('./other-context.ts');
  const elsewhere = await openContext(input.flags, context, io);
  try {
    return [...own, await placeIn(elsewhere.cluster, context, elsewhere.namespace)];
  } finally {
    await elsewhere.cluster.close();
  }
}

/** All namespaces where that is allowed, else the one of the context. */
async function placeIn(cluster: Cluster, context: string | undefined, namespace: string | undefined): Promise<MirrorPlace> {
  const [serviceLeg, endpointsLeg, allowed] = await Promise.all([
    legOf(cluster, services, namespace, serviceOf),
    legOf(cluster, endpoints, namespace, endpointsOf),
    context === undefined || namespace === undefined ? undefined : mayWrite(cluster, namespace),
  ]);
  return { context, services: serviceLeg, endpoints: endpointsLeg, mayWrite: allowed };
}

async function legOf<T>(
  cluster: Cluster,
  resource: Resource,
  fallback: string | undefined,
  narrow: (object: KubeObject) => T,
): Promise<Leg<T>> {
  try {
    return { items: (await cluster.list(resource, 'v1', { namespace: undefined, withoutManagedFields: true })).items.map(narrow) };
  } catch (error) {
    if (isForbidden(error) && fallback !== undefined) return inNamespace(cluster, resource, fallback, narrow);
    return {
      unavailable: { verb: 'list', resource: resource.plural, group: '', namespace: undefined, because: 'Failed', message: words(error) },
    };
  }
}

async function inNamespace<T>(cluster: Cluster, resource: Resource, namespace: string, narrow: (object: KubeObject) => T): Promise<Leg<T>> {
  try {
    return { items: (await cluster.list(resource, 'v1', { namespace, withoutManagedFields: true })).items.map(narrow) };
  } catch (error) {
    return { unavailable: { verb: 'list', resource: resource.plural, group: '', namespace, because: 'Forbidden', message: words(error) } };
  }
}

/** @throws what is neither a refusal nor a broken connection */
function words(error: unknown): string {
  if (isUnanswered(error)) return error.message;
  throw error;
}

/** Endpoints that stand for a VirtualMachineService are no copies of one. */
function ownNamespaces(place: MirrorPlace, { world }: LoadedWorld): MirrorPlace {
  const own = new Set(itemsOf(world.snapshot.vmServices).map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`));
  if (!('items' in place.endpoints)) return place;
  return {
    ...place,
    endpoints: { items: place.endpoints.items.filter(({ metadata }) => !own.has(`${metadata.namespace ?? ''}/${metadata.name}`)) },
  };
}
