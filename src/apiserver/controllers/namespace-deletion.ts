import { namespaces } from '../../model/resources.ts';
import type { StoreEvent } from '../request.ts';
import { findKind } from '../resources.ts';
import { findObject, type State, type StoredObject } from '../store.ts';
import type { ControllerRequest, ControllerTools } from './controller.ts';

/**
 * Empties namespaces that are being deleted, and lets them go when nothing is left. Objects with finalizers keep their
 * namespace waiting. Mirrors Kubernetes' namespace controller.
 */
export function namespaceDeletion(state: State, events: readonly StoreEvent[], { config }: ControllerTools): readonly ControllerRequest[] {
  const touched = new Set(events.map(({ resource, object }) => (isNamespace(resource) ? object.metadata.name : object.metadata.namespace)));
  const entry = findKind(config.profile, 'v1', 'Namespace');
  if (entry === undefined) return [];
  return [...touched].flatMap((name): readonly ControllerRequest[] => {
    const namespace = name === undefined ? undefined : findObject(state, namespaces, '', name);
    if (name === undefined || namespace?.metadata.deletionTimestamp === undefined) return [];
    const contents = contentsOf(state, name);
    if (contents.length > 0) return contents.flatMap((object) => deletionOf(object, config.profile));
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {} };
    return [{ verb: 'update', resource: entry, name, subresource: 'finalize', body, options: {} }];
  });
}

function isNamespace({ group, kind }: StoreEvent['resource']): boolean {
  return group === '' && kind === 'Namespace';
}

function contentsOf(state: State, namespace: string): readonly StoredObject[] {
  return [...state.tables.values()].flatMap((table) => [...(table.get(namespace)?.values() ?? [])]);
}

function deletionOf(
  { apiVersion, kind, metadata }: StoredObject,
  profile: ControllerTools['config']['profile'],
): readonly ControllerRequest[] {
  const resource = findKind(profile, apiVersion, kind);
  if (resource === undefined || metadata.deletionTimestamp !== undefined) return [];
  const { name, namespace = '' } = metadata;
  return [{ verb: 'delete', resource, namespace, name, options: { propagationPolicy: 'Background' } }];
}
