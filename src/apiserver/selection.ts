import { goQuote } from '../core/go-quote.ts';
import type { Json, JsonObject, KubeObject } from '../model/object.ts';
import { isMap, ownField } from '../model/raw-json.ts';
import { badRequest, Refusal } from './answers.ts';
import type { RequestOptions } from './request.ts';
import type { ResourceEntry } from './resources.ts';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';

/** Whether an object, in the version of the request, is among those that a list, watch or deletecollection asks for. */
export type Selection = (object: KubeObject & JsonObject) => boolean;

/**
 * The selection that label and field selector of a request describe.
 * @throws Refusal (400) for a selector that cannot be read, or a field that the resource cannot be selected by.
 */
export function selectionOf(entry: ResourceEntry, options: Pick<RequestOptions, 'labelSelector' | 'fieldSelector'>): Selection {
  const labels = parseLabelSelector(options.labelSelector ?? '');
  if ('error' in labels) throw new Refusal(badRequest(labels.error));
  const fields = parseFieldSelector(options.fieldSelector ?? '');
  if ('error' in fields) throw new Refusal(badRequest(fields.error));
  const known = selectableFields(entry);
  for (const { field } of fields.value) {
    if (!known.includes(field)) throw new Refusal(badRequest(unknownField(entry, field)));
  }
  return (object) =>
    labels.value(object.metadata.labels) && fields.value.every(({ field, equals, value }) => (textAt(object, field) === value) === equals);
}

const always = ['metadata.name', 'metadata.namespace'];

const reference = ['apiVersion', 'fieldPath', 'kind', 'name', 'namespace', 'resourceVersion', 'uid'];

const more: ReadonlyMap<string, readonly string[]> = new Map([
  ['/services', ['spec.clusterIP', 'spec.type']],
  ['/secrets', ['type']],
  ['/namespaces', ['status.phase']],
  ['/pods', ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'status.phase', 'status.podIP']],
  ['/events', [...reference.map((name) => `involvedObject.${name}`), 'reason', 'reportingComponent', 'source', 'type']],
  ['events.k8s.io/events', [...reference.map((name) => `regarding.${name}`), 'reason', 'reportingController', 'type']],
]);

function selectableFields(entry: ResourceEntry): readonly string[] {
  return [...always, ...(more.get(`${entry.group}/${entry.plural}`) ?? [])];
}

function unknownField(entry: ResourceEntry, field: string): string {
  const special = entry.custom || more.has(`${entry.group}/${entry.plural}`);
  if (special) return `field label not supported: ${field}`;
  return `${goQuote(field)} is not a known field selector: only ${always.map(goQuote).join(', ')}`;
}

/** An absent field is the empty text. An Event's source is the component that reported it. */
function textAt(object: JsonObject, path: string): string {
  const steps = path === 'source' ? ['source', 'component'] : path.split('.');
  let value: Json | undefined = object;
  for (const step of steps) value = isMap(value) ? ownField(value, step) : undefined;
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
