import type { JsonObject } from '../../model/object.ts';
import { listAt, mapAt, textAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { namespaces } from '../../model/resources.ts';
import { storedObject } from '../json.ts';
import type { StoreEvent } from '../request.ts';
import { findKind } from '../resources.ts';
import { findObject, type State, type StoredObject } from '../store.ts';
import type { ControllerRequest, ControllerTools } from './controller.ts';

/**
 * Empties namespaces that are being deleted, and lets them go when nothing is left. Objects with finalizers keep their
 * namespace waiting, and its conditions say which. Mirrors Kubernetes' namespace controller.
 */
export function namespaceDeletion(state: State, events: readonly StoreEvent[], tools: ControllerTools): readonly ControllerRequest[] {
  const { config } = tools;
  const touched = new Set(events.map(({ resource, object }) => (isNamespace(resource) ? object.metadata.name : object.metadata.namespace)));
  const entry = findKind(config.profile, 'v1', 'Namespace');
  if (entry === undefined) return [];
  return [...touched].flatMap((name): readonly ControllerRequest[] => {
    const namespace = name === undefined ? undefined : findObject(state, namespaces, '', name);
    if (name === undefined || namespace?.metadata.deletionTimestamp === undefined) return [];
    const contents = contentsOf(state, name);
    const deletions = contents.flatMap((object) => deletionOf(object, config.profile));
    if (deletions.length > 0) return deletions;
    if (contents.length > 0) return waiting(state, namespace, tools);
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

/** What is left has finalizers: the status tells, unless it has told before. */
function waiting(state: State, namespace: StoredObject, { config, now }: ControllerTools): readonly ControllerRequest[] {
  const entry = findKind(config.profile, 'v1', 'Namespace');
  const status = mapAt(namespace, 'status');
  const before = listAt(status, 'conditions').filter(isMap);
  const wanted = conditionsOf(state, namespace.metadata.name);
  const changed = wanted.filter((condition) => !before.some((known) => saysTheSame(known, condition)));
  if (entry === undefined || changed.length === 0) return [];
  const kept = before.filter((known) => !wanted.some(({ type }) => type === known['type']));
  const conditions = wanted.map((condition) => {
    const known = before.find((other) => saysTheSame(other, condition));
    const { type, status: holds, reason, message } = condition;
    return known ?? { type, status: holds, lastTransitionTime: now, reason, message };
  });
  const body = storedObject({ ...namespace, status: { ...status, conditions: [...kept, ...conditions] } });
  const options = { fieldManager: 'kube-controller-manager' };
  return [{ verb: 'update', resource: entry, name: namespace.metadata.name, subresource: 'status', body, options }];
}

interface Told {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

function saysTheSame(known: JsonObject, { type, status, reason, message }: Told): boolean {
  const same = { type, status, reason, message };
  return Object.entries(same).every(([field, value]) => textAt(known, field) === value);
}

/** In the order and the words of the real controller. */
function conditionsOf(state: State, namespace: string): readonly Told[] {
  const resources: string[] = [];
  const finalizers = new Map<string, number>();
  for (const [key, table] of state.tables) {
    const left = [...(table.get(namespace)?.values() ?? [])];
    const [group = '', plural = ''] = key.split('/');
    if (left.length > 0) resources.push(`${plural}.${group} has ${left.length} resource instances`);
    for (const { metadata } of left) {
      for (const name of metadata.finalizers ?? []) finalizers.set(name, (finalizers.get(name) ?? 0) + 1);
    }
  }
  const counts = [...finalizers].map(([name, count]) => `${name} in ${count} resource instances`);
  const told = (type: string, status: Told['status'], reason: string, message: string): Told => ({ type, status, reason, message });
  return [
    told('NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', 'All resources successfully discovered'),
    told('NamespaceDeletionGroupVersionParsingFailure', 'False', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'),
    told('NamespaceDeletionContentFailure', 'False', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'),
    told('NamespaceContentRemaining', 'True', 'SomeResourcesRemain', `Some resources are remaining: ${resources.sort().join(', ')}`),
    told(
      'NamespaceFinalizersRemaining',
      'True',
      'SomeFinalizersRemain',
      `Some content in the namespace has finalizers remaining: ${counts.sort().join(', ')}`,
    ),
  ];
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
