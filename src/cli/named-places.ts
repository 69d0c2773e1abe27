import type { Cluster } from '../cluster/cluster.ts';
import { type LoadedSnapshot, loadSnapshot, type NotFound, type SnapshotRequest } from '../cluster/load-snapshot.ts';
import { joinSnapshots, type Unavailable } from '../core/snapshot.ts';
import { virtualMachineServices } from '../model/resources.ts';
import { ApiError } from '../model/status.ts';
import { compareText } from '../model/text-order.ts';
import { type CliError, usageError } from './errors.ts';
import type { NamedPlace } from './manifest-names.ts';
import { parseTargets } from './targets.ts';

/** The services that files name, by the namespace that they are in. */
export type Places = ReadonlyMap<string, readonly string[]>;

/** @param own the namespace of what does not say */
export function placesOf(named: readonly NamedPlace[], own: string, command: string): Places {
  const groups = Map.groupBy(named, ({ namespace }) => namespace ?? own);
  return new Map(
    [...groups]
      .toSorted(([left], [right]) => compareText(left, right))
      .map(([namespace, words]) => [
        namespace,
        parseTargets(
          words.map(({ word }) => word),
          command,
        ).vmServices,
      ]),
  );
}

/** Of a namespace in which this could not be seen there is nothing to show. */
export function hidesServices({ resource }: Unavailable): boolean {
  return resource === virtualMachineServices.plural;
}

/**
 * Reads what is named in each namespace, as if it had been asked for alone: nothing takes a right to see the others.
 * @param without the holes for which a namespace is left out, so that it hides nothing of the others
 */
export async function loadPlaces(
  cluster: Cluster,
  request: Omit<SnapshotRequest, 'namespace' | 'names'>,
  places: Places,
  without: (hole: Unavailable) => boolean,
): Promise<LoadedSnapshot> {
  const loaded = await Promise.all([...places].map(([namespace, names]) => loadSnapshot(cluster, { ...request, namespace, names })));
  return {
    snapshot: joinSnapshots(
      loaded.map(({ snapshot }) => snapshot),
      without,
    ),
    notFound: loaded.flatMap(({ notFound }) => notFound.map(withPlace)),
  };
}

/** The server does not say where it looked. */
function withPlace({ error, ...named }: NotFound): NotFound {
  return { ...named, error: new ApiError({ ...error.status, message: `${error.message} in ${named.namespace} namespace` }) };
}

/** For a command that looks at one whole namespace. */
export function severalNamespaces(places: Places, command: string): CliError {
  return usageError(`the objects are in several namespaces (${[...places.keys()].join(', ')}): name them one namespace at a time`, command);
}
