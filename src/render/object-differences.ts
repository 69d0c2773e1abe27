import { type Difference, diffValues } from '../core/diff.ts';
import {
  healthCheckAnnotation,
  nsxHealthCheckAnnotation,
  nsxHostnameAnnotation,
  serviceProxyLabel,
  trafficPolicyAnnotation,
} from '../core/load-balancer.ts';
import type { PlannedStep } from '../core/planned-step.ts';
import { isList, type Json, type JsonObject } from '../model/object.ts';
import { textAt } from '../model/raw-fields.ts';
import { isMap } from '../model/raw-json.ts';
import { renderDifferences } from './diff-text.ts';
import type { Style } from './style.ts';

/**
 * The fields of one object that would change, a line each; of Endpoints all but the subsets, whose lines are VMs. A new object
 * shows what is asked for: what the server adds by itself, and the owner that every child has, would only hide it.
 */
export function renderObjectDifferences({ step, before, after }: PlannedStep, style: Style): string {
  const isNew = before === undefined;
  const [written, stored] = [(isNew ? step.writes[0] : after) ?? {}, before ?? {}];
  const now = readable(written, stored);
  const was = isNew ? emptied(now) : readable(stored, written);
  const differences = (isMap(was) ? diffValues(was, now) : []).filter(({ path }) => {
    const field = path.slice(0, 2).join('.');
    if (bookkeeping.has(field) || (isNew && field === 'metadata.ownerReferences')) return false;
    return !(step.ref.kind === 'Endpoints' && path[0] === 'subsets');
  });
  return renderDifferences(differences.map(shortened), style, { depth: 1, noteOf });
}

/** What a server keeps for itself, or what names the object: never a difference that somebody wanted. */
const bookkeeping = new Set([
  'apiVersion',
  'kind',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'metadata.resourceVersion',
  'metadata.generation',
  'metadata.creationTimestamp',
  'metadata.managedFields',
]);

/** Lists whose entries have names, so that a line says what changed in which entry. `other` is the same object at the other time. */
function readable(object: JsonObject, other: JsonObject): JsonObject {
  const { metadata, status } = object;
  const others = ownersOf(other);
  return {
    ...object,
    ...(isMap(metadata) && {
      metadata: { ...metadata, ...named('ownerReferences', metadata, (owner) => ownerEntry(owner, others.get(ownerName(owner)))) },
    }),
    ...(isMap(status) && { status: { ...status, ...named('conditions', status, conditionEntry) } }),
  };
}

function named(field: string, parent: JsonObject, entryOf: (item: JsonObject) => readonly [string, Json]): JsonObject {
  const list = parent[field];
  if (!isList(list)) return {};
  const entries = new Map(list.filter(isMap).map(entryOf));
  // Two entries of one name would hide each other: then the list is shown as it is.
  return entries.size === list.length ? { [field]: Object.fromEntries(entries) } : {};
}

/** That it controls and blocks is the rule among owners, and only said where it is not so, before or after. */
function ownerEntry(owner: JsonObject, other: JsonObject = owner): readonly [string, Json] {
  const { kind: _, name: __, controller, blockOwnerDeletion, ...rest } = owner;
  const exceptions = {
    ...((controller !== true || other['controller'] !== true) && { controller: controller === true }),
    ...((blockOwnerDeletion !== true || other['blockOwnerDeletion'] !== true) && { blockOwnerDeletion: blockOwnerDeletion === true }),
  };
  return [ownerName(owner), { ...rest, ...exceptions }];
}

function ownersOf({ metadata }: JsonObject): ReadonlyMap<string, JsonObject> {
  const owners = isMap(metadata) ? metadata['ownerReferences'] : undefined;
  return new Map((isList(owners) ? owners.filter(isMap) : []).map((owner) => [ownerName(owner), owner]));
}

function ownerName(owner: JsonObject): string {
  return `${textAt(owner, 'kind')}/${textAt(owner, 'name')}`;
}

/** Its time changes with its status, and says nothing more. */
function conditionEntry(condition: JsonObject): readonly [string, Json] {
  const [reason, message] = [textAt(condition, 'reason'), textAt(condition, 'message')];
  return [
    textAt(condition, 'type'),
    `${textAt(condition, 'status')}${reason === '' ? '' : ` (${reason})`}${message === '' ? '' : `: ${message}`}`,
  ];
}

/** The same fields with nothing in them: an object that is not there yet differs in every leaf, not as one lump. */
function emptied(value: Json): Json | undefined {
  if (isList(value)) return [];
  if (!isMap(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, field === undefined ? undefined : emptied(field)]));
}

const longest = 100;

/** Whole documents travel in annotations: a line shows where such a text begins, and how long it is. */
function shortened(difference: Difference): Difference {
  switch (difference.kind) {
    case 'added':
      return { ...difference, after: shortText(difference.after) };
    case 'removed':
      return { ...difference, before: shortText(difference.before) };
    case 'changed':
      return { ...difference, before: shortText(difference.before), after: shortText(difference.after) };
    case 'list':
      return difference;
  }
}

function shortText(value: Json): Json {
  if (typeof value !== 'string' || value.length <= longest) return value;
  const whole = [...value];
  return `${whole.slice(0, longest / 2).join('')}... (${whole.length} characters)`;
}

/** Why the controller takes something away that looks as if it were the user's. */
function noteOf({ kind, path }: Difference): string | undefined {
  if (kind !== 'removed' || path[0] !== 'metadata') return undefined;
  switch (path[2]) {
    case nsxHealthCheckAnnotation:
      return 'the annotation it came from is gone';
    case serviceProxyLabel:
      return 'the traffic policy is not Local';
    case trafficPolicyAnnotation:
    case healthCheckAnnotation:
    case nsxHostnameAnnotation:
      return 'the VirtualMachineService does not have it';
    default:
      return undefined;
  }
}
