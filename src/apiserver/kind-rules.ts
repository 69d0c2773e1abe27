import type { FieldError } from '../core/field-errors.ts';
import { dns1035Label, dns1123Label, dns1123Subdomain, pathSegment } from '../core/name-rules.ts';
import { jsonEqual } from '../core/patch.ts';
import type { JsonObject } from '../model/object.ts';
import { listAt, mapAt } from '../model/raw-fields.ts';
import { endpointsOf, serviceOf } from '../model/service.ts';
import { storedObject } from './json.ts';
import { validateConfigMap, validateConfigMapChange, validateSecret, validateSecretChange } from './keyed-data-validation.ts';
import { type NameRule, validateFinalizerNames, validateObjectMeta, validateObjectMetaUpdate } from './metadata/object-meta-validation.ts';
import type { ResourceEntry } from './resources.ts';
import { validateEndpointSlice, validateEndpointSliceChange } from './service/endpoint-slice-validation.ts';
import { validateSubsets } from './service/endpoints-validation.ts';
import { validateService, validateServiceChange, validateServiceStatus } from './service/service-validation.ts';
import type { StoredObject } from './store.ts';

/** What names a kind accepts. */
export function nameRuleOf(entry: ResourceEntry): NameRule {
  if (entry.group === '' && entry.kind === 'Service') return dns1035Label;
  if (entry.group === '' && entry.kind === 'Namespace') return dns1123Label;
  return entry.group === 'rbac.authorization.k8s.io' ? pathSegment : dns1123Subdomain;
}

/** A PUT to a name that does not exist creates the object. */
export function mayCreateOnUpdate(entry: ResourceEntry): boolean {
  const key = `${entry.group}/${entry.kind}`;
  return creatable.has(key) || entry.group === 'rbac.authorization.k8s.io';
}

const creatable = new Set(['/Service', '/Endpoints', '/Event', 'events.k8s.io/Event', 'coordination.k8s.io/Lease']);

/** A PUT without resourceVersion overwrites whatever is there. Custom resources refuse that. */
export function mayUpdateUnconditionally(entry: ResourceEntry): boolean {
  return !entry.custom;
}

/** Kinds with a generation, which rises when anything but metadata and status changes. Services and Endpoints have none. */
export function hasGeneration(entry: ResourceEntry): boolean {
  return entry.custom || counted.has(`${entry.group}/${entry.kind}`);
}

const counted = new Set([
  'discovery.k8s.io/EndpointSlice',
  '/ReplicationController',
  'apps/DaemonSet',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'batch/CronJob',
  'batch/Job',
  'networking.k8s.io/Ingress',
  'networking.k8s.io/NetworkPolicy',
]);

/** A finished deletion of these kinds is answered with the object, of all others with a Status. */
export function answersDeletionWithObject(entry: ResourceEntry): boolean {
  return entry.group === '' && (entry.kind === 'Service' || entry.kind === 'Pod' || entry.kind === 'Namespace');
}

/** Everything that is wrong with a built-in object that is to be created. */
export function validateCreation(object: StoredObject, entry: ResourceEntry): readonly FieldError[] {
  const meta = validateObjectMeta(object.metadata, entry.namespaced, nameRuleOf(entry));
  return [...meta, ...validateFinalizerNames(object.metadata), ...validateKind(object, undefined, entry)];
}

/** Everything that is wrong with an update of a built-in object, beside the checks common to all kinds. */
export function validateUpdate(object: StoredObject, existing: StoredObject, entry: ResourceEntry): readonly FieldError[] {
  const errors = [...validateObjectMetaUpdate(object.metadata, existing.metadata), ...validateFinalizerNames(object.metadata)];
  const key = `${entry.group}/${entry.kind}`;
  const change = validateChange(object, existing, key);
  const kind = validateKind(object, existing, entry);
  if (!repeatsMetadata.has(key)) return [...errors, ...change, ...kind];
  const meta = validateObjectMeta(object.metadata, entry.namespaced, nameRuleOf(entry));
  const whole = [...meta, ...validateFinalizerNames(object.metadata), ...kind];
  // What may never change is looked at first, but for EndpointSlices.
  return key === 'discovery.k8s.io/EndpointSlice' ? [...whole, ...change] : [...errors, ...change, ...whole];
}

/** What this update may not do, whatever it results in. */
function validateChange(object: StoredObject, existing: StoredObject, key: string): readonly FieldError[] {
  switch (key) {
    case '/Service':
      return validateServiceChange(serviceOf(object).spec, serviceOf(existing).spec);
    case '/ConfigMap':
      return validateConfigMapChange(object, existing);
    case '/Secret':
      return validateSecretChange(object, existing);
    case 'discovery.k8s.io/EndpointSlice':
      return validateEndpointSliceChange(object, existing);
    default:
      return [];
  }
}

/** Their update checks end with all checks of a creation. */
const repeatsMetadata = new Set(['/Service', '/Endpoints', '/ConfigMap', '/Secret', 'discovery.k8s.io/EndpointSlice']);

/** Everything that is wrong with an update of a built-in object's status. */
export function validateStatusUpdate(object: StoredObject, existing: StoredObject, entry: ResourceEntry): readonly FieldError[] {
  const errors = [...validateObjectMetaUpdate(object.metadata, existing.metadata), ...validateFinalizerNames(object.metadata)];
  if (entry.group !== '' || entry.kind !== 'Service') return errors;
  const { spec, status } = serviceOf(object);
  const before = serviceOf(existing).status?.loadBalancer?.ingress ?? [];
  return [...errors, ...validateServiceStatus(status?.loadBalancer?.ingress ?? [], before, spec.type)];
}

function validateKind(object: StoredObject, existing: StoredObject | undefined, entry: ResourceEntry): readonly FieldError[] {
  switch (`${entry.group}/${entry.kind}`) {
    case '/Service': {
      const before = existing === undefined ? undefined : serviceOf(existing);
      return validateService(object, serviceOf(object).spec, before, before?.spec);
    }
    case '/Endpoints': {
      const errors = validateSubsets(endpointsOf(object).subsets ?? []);
      // What an older server accepted may stay.
      const unchanged = existing !== undefined && jsonEqual(listAt(object, 'subsets'), listAt(existing, 'subsets'));
      return unchanged ? [] : errors;
    }
    case '/ConfigMap':
      return validateConfigMap(object);
    case '/Secret':
      return validateSecret(object);
    case 'discovery.k8s.io/EndpointSlice':
      return validateEndpointSlice(object);
    default:
      return [];
  }
}

/** The status of a new object: what a client sent is not trusted. */
function statusOfNew(object: JsonObject, entry: ResourceEntry): JsonObject {
  if (!entry.subresources.some(({ name }) => name === 'status')) return object;
  const { status: _sent, ...rest } = object;
  switch (`${entry.group}/${entry.kind}`) {
    case '/Service':
      return { ...rest, status: { loadBalancer: {} } };
    case '/Namespace':
      return { ...rest, status: { phase: 'Active' } };
    default:
      return rest;
  }
}

/** What a kind's server sets on a new object beside its status. */
export function prepareNew(object: StoredObject, entry: ResourceEntry): StoredObject {
  const prepared = statusOfNew(object, entry);
  if (entry.group !== '' || entry.kind !== 'Namespace') return storedObject(prepared);
  const labels = { ...mapAt(mapAt(object, 'metadata'), 'labels'), 'kubernetes.io/metadata.name': object.metadata.name };
  return storedObject({ ...prepared, metadata: { ...mapAt(object, 'metadata'), labels }, spec: { finalizers: ['kubernetes'] } });
}
