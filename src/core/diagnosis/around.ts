import type { Service } from '../../model/service.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import { primaryAddresses } from '../../model/virtual-machine.ts';
import { isSeen, itemsOf, type Leg } from '../snapshot.ts';
import { surroundingsNotAsked } from '../surroundings.ts';
import type { World } from '../world.ts';
import { type Around, reverseSelection } from './subject.ts';
import type { Times } from './times.ts';

/** What a diagnosis starts from, besides a world. Without surroundings, only what needs none is looked for. */
export interface AroundOptions extends Partial<Pick<Around, 'surroundings' | 'groups' | 'proofs' | 'vmsElsewhere' | 'probes'>> {
  readonly now: Date;
  readonly times: Times;
}

/** Puts together what rules may look at. What is asked by several of them is worked out once, when the first asks. */
export function aroundOf(world: World, { now, times, surroundings, groups, proofs, vmsElsewhere, probes }: AroundOptions): Around {
  return {
    world,
    now,
    times,
    surroundings: surroundings ?? surroundingsNotAsked(world.snapshot.namespace),
    groups,
    proofs: proofs ?? new Map(),
    vmsElsewhere: vmsElsewhere ?? elsewhereNotAsked,
    probes: probes ?? [],
    servicesOf: reverseSelection(world),
    servicesAt: placeIndex(world),
    vmsWithAddress: addressIndex(world),
  };
}

const elsewhereNotAsked: Leg<VirtualMachine> = {
  unavailable: {
    verb: 'list',
    resource: 'virtualmachines',
    group: 'vmoperator.vmware.com',
    namespace: undefined,
    because: 'NotAsked',
    message: '',
  },
};

function addressIndex(world: World): Around['vmsWithAddress'] {
  let index: Map<string, VirtualMachine[]> | undefined;
  const keyOf = (namespace: string | undefined, address: string) => `${namespace ?? ''}\0${address}`;
  const build = () => {
    const known = new Map<string, VirtualMachine[]>();
    for (const vm of isSeen(world.snapshot.vms) ? world.snapshot.vms.items : []) {
      if (vm.metadata.deletionTimestamp !== undefined) continue;
      const { ip4, ip6 } = primaryAddresses(vm);
      for (const address of [ip4, ip6]) {
        if (address === undefined) continue;
        const key = keyOf(vm.metadata.namespace, address);
        known.set(key, [...(known.get(key) ?? []), vm]);
      }
    }
    return known;
  };
  return (namespace, address) => {
    index ??= build();
    return index.get(keyOf(namespace, address)) ?? [];
  };
}

function placeIndex(world: World): Around['servicesAt'] {
  let index: Map<string, Service[]> | undefined;
  const build = () => {
    const known = new Map<string, Service[]>();
    for (const service of itemsOf(world.snapshot.services)) {
      if (service.spec.type !== 'LoadBalancer') continue;
      for (const place of placesOf(service)) known.set(place, [...(known.get(place) ?? []), service]);
    }
    return known;
  };
  return (address, protocol, port) => {
    index ??= build();
    return index.get(`${address} ${protocol} ${port}`) ?? [];
  };
}

/** Where a Service can be reached from outside. */
function placesOf({ status, spec }: Service): readonly string[] {
  const addresses = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
  return addresses.flatMap((address) => (spec.ports ?? []).map(({ protocol = 'TCP', port }) => `${address} ${protocol} ${port}`));
}
