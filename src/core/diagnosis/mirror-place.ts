import type { KubeObject } from '../../model/object.ts';
import { type Endpoints, endpointAddresses, type Service } from '../../model/service.ts';
import { compareText } from '../../model/text-order.ts';
import { owningVmService } from '../ownership.ts';
import type { Leg } from '../snapshot.ts';

/** Another cluster, or the other namespaces of this one, where Services may point at a VirtualMachineService's address. */
export interface MirrorPlace {
  /** The context; undefined for this cluster. */
  readonly context: string | undefined;
  readonly services: Leg<Service>;
  readonly endpoints: Leg<Endpoints>;
  /** Whether the user may write Endpoints there; undefined where it could not be asked. */
  readonly mayWrite: boolean | undefined;
}

/** Who made a mirror writes there what it is one of: `CLUSTER/NAMESPACE/NAME`. */
const mirrorSourceAnnotation = 'vmsvc.mirror/source';
export const mirrorSourceUidAnnotation = 'vmsvc.mirror/source-uid';

/** A Service without a selector, and the Endpoints that somebody wrote for it. */
export interface Mirror {
  readonly place: MirrorPlace;
  readonly endpoints: Endpoints;
  readonly service: Service | undefined;
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
  /** `namespace/name`; undefined where nobody wrote it down. */
  readonly source: string | undefined;
}

/** The mirrors of a place: Endpoints that say so, and those of Services without a selector that point at no VM or pod. */
export function mirrorsIn(place: MirrorPlace): readonly Mirror[] {
  if (!('items' in place.endpoints)) return [];
  const services = 'items' in place.services ? place.services.items : [];
  const byName = new Map(services.map((service) => [keyOf(service), service]));
  return place.endpoints.items.flatMap((endpoints) => {
    const service = byName.get(keyOf(endpoints));
    const written = endpoints.metadata.annotations?.[mirrorSourceAnnotation] ?? service?.metadata.annotations?.[mirrorSourceAnnotation];
    const targets = endpointAddresses(endpoints);
    if (owningVmService(endpoints) !== undefined || (written === undefined && targets.some(({ targetRef }) => targetRef !== undefined)))
      return [];
    return [
      {
        place,
        endpoints,
        service,
        addresses: [...new Set(targets.map(({ ip }) => ip))].toSorted(compareText),
        ports: [...new Set((endpoints.subsets ?? []).flatMap(({ ports = [] }) => ports.map(({ port }) => port)))],
        source: written === undefined ? undefined : written.split('/').slice(-2).join('/'),
      },
    ];
  });
}

/** `tkc1:default/db`. */
export function mirrorName({ place, endpoints }: Mirror): string {
  const { namespace = '', name } = endpoints.metadata;
  return `${place.context === undefined ? '' : `${place.context}:`}${namespace}/${name}`;
}

function keyOf({ metadata }: { readonly metadata: { readonly namespace?: string; readonly name: string } }): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Cluster API gives this name to the Service, and its Endpoints, through which a workload cluster finds its Supervisor. */
export function isSupervisorName({ metadata }: KubeObject): boolean {
  return metadata.name === 'supervisor' && metadata.namespace === 'default';
}
