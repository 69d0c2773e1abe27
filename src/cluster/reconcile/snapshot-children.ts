import { itemsOf, type Snapshot } from '../../core/snapshot.ts';
import type { KubeObject, ObjectRef } from '../../model/object.ts';
import type { Children } from './reconcile-context.ts';

/** The children as they were read together, for a run over many services. `seen` may change each before it is used. */
export function snapshotChildren(snapshot: Snapshot, seen: <T extends KubeObject>(object: T) => T = (object) => object): Children {
  const services = new Map(itemsOf(snapshot.services).map((service) => [keyOf(service.metadata), service]));
  const endpoints = new Map(itemsOf(snapshot.endpoints).map((object) => [keyOf(object.metadata), object]));
  return {
    service: async (ref) => optional(services.get(keyOf(ref)), seen),
    endpoints: async (ref) => optional(endpoints.get(keyOf(ref)), seen),
  };
}

function optional<T extends KubeObject>(object: T | undefined, seen: (object: T) => T): T | undefined {
  return object === undefined ? undefined : seen(object);
}

function keyOf({ namespace, name }: Pick<ObjectRef, 'name'> & { readonly namespace?: string | undefined }): string {
  return `${namespace ?? ''}\0${name}`;
}
