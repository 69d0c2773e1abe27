import { ingressAddresses, type Service } from '../../model/service.ts';
import { primaryAddresses, type VirtualMachine } from '../../model/virtual-machine.ts';
import { lazyIndex } from '../lazy-index.ts';
import { indexLabels, isMeant, type LabelIndex, nearMissesAmong } from '../near-miss.ts';
import { isEmptySelector } from '../selector.ts';
import { isSeen, itemsOf, type Leg, type Unavailable } from '../snapshot.ts';
import { surroundingsNotAsked } from '../surroundings.ts';
import type { World } from '../world.ts';
import { holderIndex } from './address-holders.ts';
import { pendingOf } from './environment.ts';
import { keeperIndex } from './keeper.ts';
import { misplacedIndex, parentIndex } from './label-places.ts';
import { mirrorIndex } from './mirror-index.ts';
import { namespaceIndex } from './namespace-contents.ts';
import { twinIndex } from './ownership.ts';
import { probeIndex } from './probe-index.ts';
import { type Around, type Need, reverseSelection, serviceSubject } from './subject.ts';
import type { Times } from './times.ts';
import { providerInterfaceIndex } from './vm-network.ts';
import { anywhereIndex } from './vms-anywhere.ts';

/** What a diagnosis starts from, besides a world. Without surroundings, only what needs none is looked for. */
export interface AroundOptions
  extends Partial<Pick<Around, 'surroundings' | 'groups' | 'proofs' | 'probes' | 'mayWriteEndpoints' | 'localClock' | 'mirrors'>> {
  /** VMs of other namespaces that were looked at because a selector selects nothing in its own. */
  readonly vmsElsewhere?: Leg<VirtualMachine>;
  readonly now: Date;
  readonly times: Times;
}

/** Puts together what rules may look at. What is asked by several of them is worked out once, when the first asks. */
export function aroundOf(world: World, options: AroundOptions): Around {
  const { now, times, groups, proofs, vmsElsewhere } = options;
  const surroundings = options.surroundings ?? surroundingsNotAsked(world.snapshot.namespace);
  const parentsOf = parentIndex(itemsOf(surroundings.replicaSets));
  const around: Around = {
    world,
    now,
    times,
    surroundings,
    groups,
    proofs: proofs ?? new Map(),
    selectedAnywhere: anywhereIndex(world, vmsElsewhere),
    mayBeMisplaced: misplacedFinder(world, parentsOf),
    parentsOf,
    probes: options.probes ?? [],
    connections: probeIndex(options.probes ?? []),
    mayWriteEndpoints: options.mayWriteEndpoints,
    localClock: options.localClock,
    mirrors: options.mirrors ?? [],
    copies: mirrorIndex(options.mirrors ?? []),
    holdersOf: holderIndex(itemsOf(world.snapshot.services)),
    contentsOf: namespaceIndex(world, surroundings),
    twinsOf: twinIndex(itemsOf(world.snapshot.vmServices)),
    pendingIn: (namespace) => pending.in(namespace, around),
    servicesOf: reverseSelection(world),
    nearMissesOf: nearMissFinder(world),
    missing: missingIn({ ...world.snapshot, ...surroundings }),
    servicesAt: placeIndex(world),
    vmsWithAddress: addressIndex(world),
    providerInterfacesOf: providerInterfaceIndex(surroundings),
    keeperAt: keeperIndex(world),
  };
  const pending = pendingIndex(world);
  return around;
}

/** Follows every service of a namespace, once, when the first that waits asks who else does. */
function pendingIndex(world: World) {
  const index = new Map<string, readonly string[]>();
  return {
    in(namespace: string | undefined, around: Around): readonly string[] {
      const known = index.get(namespace ?? '');
      if (known !== undefined) return known;
      const own = itemsOf(world.snapshot.vmServices).filter(({ metadata }) => metadata.namespace === namespace);
      const lines = own.flatMap((vmService) => pendingOf(serviceSubject(vmService, around)) ?? []);
      index.set(namespace ?? '', lines);
      return lines;
    },
  };
}

/** Every rule asks for every service, with lists that it may have made for that one alone: each leg is looked at once. */
function missingIn(legs: Readonly<Record<Need, Leg<unknown>>>): Around['missing'] {
  const known = new Map<Need, readonly Unavailable[]>();
  return (needs) =>
    needs.flatMap((need) => {
      const found = known.get(need) ?? unavailableIn(need, legs[need]);
      known.set(need, found);
      return found;
    });
}

function unavailableIn(need: Need, leg: Leg<unknown>): readonly Unavailable[] {
  if (isSeen(leg) || (leg.unavailable.because === 'NotServed' && !servedEverywhere.has(need))) return [];
  return [leg.unavailable];
}

/** Where a kind that only some Supervisors have is not served, there is none of it. Without one of these, nothing is known. */
const servedEverywhere: ReadonlySet<Need> = new Set(['vmServices', 'vms', 'services', 'endpoints', 'slices'] as const);

/** What was applied to the VMs of a namespace is read when its first service asks. */
function misplacedFinder(world: World, parentsOf: Around['parentsOf']): Around['mayBeMisplaced'] {
  const indexes = new Map<string, ReturnType<typeof misplacedIndex>>();
  return (namespace, selector) => {
    if ('unavailable' in world.vms) return [];
    const index = indexes.get(namespace ?? '') ?? misplacedIndex(world.vms.index.inNamespace(namespace), parentsOf);
    indexes.set(namespace ?? '', index);
    return index(selector);
  };
}

/** The labels of a namespace are indexed when its first service asks. */
function nearMissFinder(world: World): Around['nearMissesOf'] {
  const indexes = new Map<string, LabelIndex>();
  return ({ metadata: { namespace }, spec: { selector = {} } }) => {
    if ('unavailable' in world.vms || isEmptySelector(selector)) return [];
    const { index } = world.vms;
    const labels = indexes.get(namespace ?? '') ?? indexLabels(index.inNamespace(namespace));
    indexes.set(namespace ?? '', labels);
    const near = nearMissesAmong(selector, labels, (key, value) => index.withLabel(namespace, key, value));
    if (near.length === 0) return near;
    const selectsOthers = index.select(namespace, selector).length > 0;
    return near.filter((miss) => !isMeant(miss, (label) => world.askingFor(namespace, label).length > 0, selectsOthers));
  };
}

function addressIndex({ snapshot }: World): Around['vmsWithAddress'] {
  const keyOf = (namespace: string | undefined, address: string) => `${namespace ?? ''}\0${address}`;
  const vms = lazyIndex(() =>
    itemsOf(snapshot.vms)
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .flatMap((vm) => {
        const { ip4, ip6 } = primaryAddresses(vm);
        return [ip4, ip6].flatMap((address) => (address === undefined ? [] : [[keyOf(vm.metadata.namespace, address), vm] as const]));
      }),
  );
  return (namespace, address) => vms(keyOf(namespace, address));
}

function placeIndex({ snapshot }: World): Around['servicesAt'] {
  const services = lazyIndex(() =>
    itemsOf(snapshot.services)
      .filter(({ spec }) => spec.type === 'LoadBalancer')
      .flatMap((service) => placesOf(service).map((place) => [place, service] as const)),
  );
  return (address, protocol, port) => services(`${address} ${protocol} ${port}`);
}

/** Where a Service can be reached from outside. */
function placesOf(service: Service): readonly string[] {
  return ingressAddresses(service).flatMap((address) =>
    (service.spec.ports ?? []).map(({ protocol = 'TCP', port }) => `${address} ${protocol} ${port}`),
  );
}
