import { itemsOf } from '../core/snapshot.ts';
import type { World } from '../core/world.ts';
import { compareText } from '../model/text-order.ts';
import type { VirtualMachineService } from '../model/virtual-machine-service.ts';

/** A VirtualMachineService that was named. They stand in the order in which they were named, and as often. */
export interface AskedService {
  readonly namespace: string;
  readonly name: string;
}

/** What was looked at for them. */
interface AskedWorld {
  readonly world: World;
  /** None: all of them were asked for. */
  readonly asked: readonly AskedService[];
  readonly notFound: readonly AskedName[];
}

interface AskedName {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** The services of the snapshot, sorted by namespace and name; none when they could not be looked at. */
export function sortedServices(world: World): readonly VirtualMachineService[] {
  return itemsOf(world.snapshot.vmServices).toSorted((left, right) => compareText(keyOf(left.metadata), keyOf(right.metadata)));
}

/** The same, but for those that were named: they come as kubectl brings them, in the order in which they were named and as often. */
export function servicesAsAsked({ world, asked, notFound }: AskedWorld): readonly VirtualMachineService[] {
  const services = sortedServices(world);
  if (asked.length === 0) return services;
  const known = new Map(services.map((service) => [keyOf(service.metadata), service]));
  const missing = new Set(notFound.map(keyOf));
  return asked.flatMap((one) => {
    const key = keyOf(one);
    const exact = known.get(key);
    if (exact !== undefined || missing.has(key)) return exact ?? [];
    return services.filter(({ metadata }) => keyOf(metadata).startsWith(key));
  });
}

function keyOf({ namespace = '', name }: AskedName): string {
  return `${namespace}\0${name}`;
}
