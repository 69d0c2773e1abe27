import { type FieldError, forbidden } from '../../core/field-errors.ts';
import { goQuote } from '../../core/go-quote.ts';
import type { JsonObject } from '../../model/object.ts';
import { mapAt, textAt } from '../../model/raw-fields.ts';
import { badRequest, failure, Refusal } from '../answers.ts';
import type { PatchType, RequestOptions } from '../request.ts';

type WriteKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions';

/** The options of reading one object. */
export function getOptions(query: URLSearchParams): RequestOptions {
  return optional('resourceVersion', textParameter(query, 'resourceVersion'));
}

/**
 * The options of a list.
 * @throws Refusal for a number that is none, and for rules about versions that contradict each other.
 */
export function listOptions(query: URLSearchParams): RequestOptions {
  const limit = integerParameter(query, 'limit') ?? 0;
  const match = textParameter(query, 'resourceVersionMatch');
  const errors = matchErrors(match, query);
  if (query.has('sendInitialEvents')) errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
  return {
    ...selectors(query),
    ...(limit > 0 ? { limit } : {}),
    ...optional('continue', textParameter(query, 'continue')),
    ...optional('resourceVersion', textParameter(query, 'resourceVersion')),
    ...optional(
      'resourceVersionMatch',
      matches.find((known) => known === match),
    ),
  };
}

/**
 * The options of a creation, an update or a patch. A manager that does not name itself is called like its program.
 * @throws Refusal for a value that kube-apiserver does not know.
 */
export function writeOptions(
  query: URLSearchParams,
  userAgent: string | undefined,
  kind: Exclude<WriteKind, 'DeleteOptions'>,
  patchType?: PatchType,
): RequestOptions {
  const fieldManager = textParameter(query, 'fieldManager');
  const errors: FieldError[] = [];
  if (kind === 'PatchOptions' && patchType === 'apply' && fieldManager === undefined) {
    errors.push({ reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' });
  }
  if (kind === 'PatchOptions' && patchType !== 'apply' && query.has('force')) {
    errors.push({ reason: 'FieldValueForbidden', message: 'Forbidden: may not be specified for non-apply patch', field: 'force' });
  }
  if (new TextEncoder().encode(fieldManager ?? '').length > longestManager) {
    const message = `Too long: may not be more than ${longestManager} bytes`;
    errors.push({ reason: 'FieldValueTooLong', message, field: 'fieldManager' });
  }
  errors.push(...dryRunErrors(query.getAll('dryRun')), ...fieldValidationErrors(query.get('fieldValidation') ?? ''));
  refuse(kind, errors);
  const fieldValidation = fieldValidations.find((known) => known === query.get('fieldValidation'));
  return {
    dryRun: query.has('dryRun'),
    fieldManager: fieldManager ?? programOf(userAgent),
    fieldValidation: fieldValidation ?? 'Warn',
    ...(booleanParameter(query, 'force') ? { force: true } : {}),
  };
}

/**
 * The options of a deletion: a body of DeleteOptions has the last word where the query has said the same.
 * @throws Refusal for a value that kube-apiserver does not know.
 */
export function deleteOptions(query: URLSearchParams, body: JsonObject): RequestOptions {
  const dryRun = Array.isArray(body['dryRun']) ? body['dryRun'].map(String) : query.getAll('dryRun');
  const policy = textAt(body, 'propagationPolicy') || textParameter(query, 'propagationPolicy');
  const propagationPolicy = propagationPolicies.find((known) => known === policy);
  const saidOrphan = body['orphanDependents'] ?? query.get('orphanDependents');
  const errors: FieldError[] = [];
  if (policy !== undefined && saidOrphan !== null) {
    const message = `Invalid value: ${goQuote(policy)}: orphanDependents and deletionPropagation cannot be both set`;
    errors.push({ reason: 'FieldValueInvalid', message, field: 'propagationPolicy' });
  }
  if (policy !== undefined && propagationPolicy === undefined) {
    errors.push(unsupported('propagationPolicy', goQuote(policy), [...propagationPolicies, 'nil']));
  }
  errors.push(...dryRunErrors(dryRun));
  refuse('DeleteOptions', errors);
  const orphan = saidOrphan === true || (typeof saidOrphan === 'string' && booleanParameter(query, 'orphanDependents'));
  const preconditions = mapAt(body, 'preconditions');
  const uid = textAt(preconditions, 'uid');
  const resourceVersion = textAt(preconditions, 'resourceVersion');
  return {
    ...selectors(query),
    dryRun: dryRun.length > 0,
    ...optional('propagationPolicy', orphan ? ('Orphan' as const) : propagationPolicy),
    ...(uid || resourceVersion ? { preconditions: { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) } } : {}),
  };
}

/**
 * A whole number in the query, undefined when it is not there.
 * @throws Refusal for anything else.
 */
export function integerParameter(query: URLSearchParams, parameter: string): number | undefined {
  const text = textParameter(query, parameter);
  if (text === undefined) return undefined;
  if (!/^[-+]?\d{1,18}$/.test(text)) throw new Refusal(badRequest(`strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax`));
  return Number(text);
}

/** Undefined when it is not there or empty. */
export function textParameter(query: URLSearchParams, parameter: string): string | undefined {
  return query.get(parameter) || undefined;
}

/** What is there is true, whatever it says, but for `0` and `false`. Mirrors apimachinery's conversion of queries. */
export function booleanParameter(query: URLSearchParams, parameter: string): boolean {
  const text = query.get(parameter);
  return text !== null && !/^(0|false)$/i.test(text);
}

/** The path of an answer that lists options which nobody may send. */
export function invalidOptions(kind: string, errors: readonly FieldError[]): Refusal {
  const texts = errors.map((error) => `${error.field}: ${error.message}`);
  const all = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const message = `${kind}.meta.k8s.io "" is invalid: ${all}`;
  return new Refusal(failure(422, 'Invalid', message, { group: 'meta.k8s.io', kind, causes: errors }));
}

const matches = ['Exact', 'NotOlderThan'] as const;

/** What stands against a resourceVersionMatch. */
function matchErrors(match: string | undefined, query: URLSearchParams): FieldError[] {
  if (match === undefined) return [];
  const field = 'resourceVersionMatch';
  const resourceVersion = textParameter(query, 'resourceVersion');
  const errors: FieldError[] = [];
  if (resourceVersion === undefined) errors.push(forbidden(field, `${field} is forbidden unless resourceVersion is provided`));
  if (textParameter(query, 'continue') !== undefined) errors.push(forbidden(field, `${field} is forbidden when continue is provided`));
  if (!matches.some((known) => known === match)) errors.push(unsupported(field, goQuote(match), [...matches, '']));
  if (match === 'Exact' && resourceVersion === '0') errors.push(forbidden(field, `${field} "exact" is forbidden for resourceVersion "0"`));
  return errors;
}

const longestManager = 128;
const fieldValidations = ['Ignore', 'Strict', 'Warn'] as const;
const propagationPolicies = ['Foreground', 'Background', 'Orphan'] as const;

export function selectors(query: URLSearchParams): RequestOptions {
  return {
    ...optional('labelSelector', textParameter(query, 'labelSelector')),
    ...optional('fieldSelector', textParameter(query, 'fieldSelector')),
  };
}

function optional<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [name in Name]?: Value } {
  const given: { [name in Name]?: Value } = {};
  if (value !== undefined) given[name] = value;
  return given;
}

function dryRunErrors(values: readonly string[]): readonly FieldError[] {
  if (values.every((value) => value === 'All')) return [];
  return [unsupported('dryRun', `[]string{${values.map(goQuote).join(', ')}}`, ['All'])];
}

function fieldValidationErrors(value: string): readonly FieldError[] {
  if (value === '' || fieldValidations.some((known) => known === value)) return [];
  return [unsupported('fieldValidation', goQuote(value), ['', ...fieldValidations])];
}

function unsupported(field: string, value: string, known: readonly string[]): FieldError {
  const message = `Unsupported value: ${value}: supported values: ${known.map(goQuote).join(', ')}`;
  return { reason: 'FieldValueNotSupported', message, field };
}

function refuse(kind: WriteKind, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidOptions(kind, errors);
}

/** `kubectl` of `kubectl/v1.33.1 (linux/amd64)`. */
function programOf(userAgent: string | undefined): string {
  return (userAgent ?? '').split('/')[0]?.slice(0, longestManager) || 'unknown';
}
