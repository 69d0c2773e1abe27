import { type FieldError, forbidden, goTexts, invalid, required, tooLong } from '../../core/field-errors.ts';
import { goQuote } from '../../core/go-quote.ts';
import { dns1123Label, labelValue, pathSegment, qualifiedName } from '../../core/name-rules.ts';
import type { ObjectMeta, OwnerReference } from '../../model/object.ts';
import { rawNumber } from '../../model/raw-json.ts';

/** The complaints about a name, or about a prefix that the server makes one of. */
export type NameRule = (name: string, isPrefix?: boolean) => readonly string[];

export const mostAnnotationBytes = 256 * 1024;
const standardFinalizers = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

/** What is wrong with the metadata of any object. Mirrors ValidateObjectMetaAccessor. */
export function validateObjectMeta(meta: ObjectMeta, namespaced: boolean, nameRule: NameRule): readonly FieldError[] {
  const { name, generateName, namespace } = meta;
  const errors: FieldError[] = [];
  if (generateName) {
    const complaints = nameRule(withoutTrailingDash(generateName), true);
    errors.push(...complaints.map((text) => invalid('metadata.generateName', goQuote(generateName), text)));
  }
  if (!name) errors.push(required('metadata.name', 'name or generateName is required'));
  else errors.push(...nameRule(name).map((text) => invalid('metadata.name', goQuote(name), text)));
  if (namespaced) {
    if (!namespace) errors.push(required('metadata.namespace'));
    else errors.push(...dns1123Label(namespace).map((text) => invalid('metadata.namespace', goQuote(namespace), text)));
  } else if (namespace) {
    errors.push(forbidden('metadata.namespace', 'not allowed on this type'));
  }
  const generation = digitsOf(meta.generation ?? 0);
  if (/^-0*[1-9]/.test(generation)) errors.push(invalid('metadata.generation', generation, 'must be greater than or equal to 0'));
  return [...errors, ...keyErrors(meta), ...finalizerErrors(meta.finalizers ?? [])];
}

/** What kube-apiserver checks once more on every update, whatever the kind. Mirrors validateCommonFields. */
export function validateCommonUpdate(meta: ObjectMeta, existing: ObjectMeta, namespaced: boolean): readonly FieldError[] {
  return [...validateObjectMeta(meta, namespaced, pathSegment), ...validateObjectMetaUpdate(meta, existing)];
}

/** What a client may not do to the metadata of an existing object. Mirrors ValidateObjectMetaAccessorUpdate. */
export function validateObjectMetaUpdate(meta: ObjectMeta, existing: ObjectMeta): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (existing.deletionTimestamp !== undefined) errors.push(...newFinalizers(meta.finalizers ?? [], existing.finalizers ?? []));
  if (meta.uid !== existing.uid) errors.push(immutable('uid', goQuote(meta.uid ?? '')));
  if (meta.deletionTimestamp !== existing.deletionTimestamp) {
    errors.push(immutable('deletionTimestamp', printedTime(meta.deletionTimestamp)));
  }
  if (meta.deletionGracePeriodSeconds !== existing.deletionGracePeriodSeconds) {
    const seconds = meta.deletionGracePeriodSeconds;
    errors.push(immutable('deletionGracePeriodSeconds', seconds === undefined ? 'null' : digitsOf(seconds)));
  }
  return [...errors, ...keyErrors(meta)];
}

/** Whether a finalizer is one of Kubernetes' own, or says whose it is. */
export function isQualifiedFinalizer(name: string): boolean {
  return name.includes('/') || standardFinalizers.has(name);
}

/** Built-in kinds want a domain in front of every finalizer that Kubernetes itself does not use. */
export function validateFinalizerNames(meta: ObjectMeta): readonly FieldError[] {
  return (meta.finalizers ?? []).flatMap((name, index) => {
    if (isQualifiedFinalizer(name)) return [];
    const detail = 'name is neither a standard finalizer name nor is it fully qualified';
    return [invalid(`metadata.finalizers[${index}]`, goQuote(name), detail)];
  });
}

/** Keys and values of labels, or of a selector that consists of labels. */
export function validateLabels(labels: Readonly<Record<string, string>>, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const key of Object.keys(labels).sort()) {
    const value = labels[key] ?? '';
    for (const text of qualifiedName(key)) errors.push(invalid(field, goQuote(key), text));
    for (const text of labelValue(value)) errors.push(invalid(field, goQuote(value), text));
  }
  return errors;
}

function keyErrors(meta: ObjectMeta): readonly FieldError[] {
  return [
    ...validateLabels(meta.labels ?? {}, 'metadata.labels'),
    ...annotationErrors(meta.annotations ?? {}),
    ...ownerErrors(meta.ownerReferences ?? []),
  ];
}

function annotationErrors(annotations: Readonly<Record<string, string>>): readonly FieldError[] {
  const field = 'metadata.annotations';
  const errors = Object.keys(annotations)
    .sort()
    .flatMap((key) => qualifiedName(key.toLowerCase()).map((text) => invalid(field, goQuote(key), text)));
  const entries = Object.entries(annotations);
  const letters = entries.reduce((total, [key, value]) => total + key.length + value.length, 0);
  // No letter takes more than three bytes: most annotations need not be counted.
  const bytes = letters * 3 <= mostAnnotationBytes ? letters : bytesOf(entries);
  if (bytes > mostAnnotationBytes) errors.push(tooLong(field, mostAnnotationBytes));
  return errors;
}

function bytesOf(entries: readonly (readonly [string, string])[]): number {
  const encoder = new TextEncoder();
  return entries.reduce((total, [key, value]) => total + encoder.encode(key).length + encoder.encode(value).length, 0);
}

function ownerErrors(owners: readonly OwnerReference[]): readonly FieldError[] {
  const field = 'metadata.ownerReferences';
  const errors: FieldError[] = [];
  let controller: string | undefined;
  for (const owner of owners) {
    const [group, version] = groupVersionOf(owner.apiVersion);
    if (version === '') errors.push(invalid(`${field}.apiVersion`, goQuote(owner.apiVersion), 'version must not be empty'));
    if (owner.kind === '') errors.push(invalid(`${field}.kind`, '""', 'kind must not be empty'));
    if (owner.name === '') errors.push(invalid(`${field}.name`, '""', 'name must not be empty'));
    if (owner.uid === '') errors.push(invalid(`${field}.uid`, '""', 'uid must not be empty'));
    if (group === '' && version === 'v1' && owner.kind === 'Event') {
      errors.push(invalid(field, goOwner(owner), '/v1, Kind=Event is disallowed from being an owner'));
    }
    if (owner.controller !== true) continue;
    const name = `${owner.kind}/${owner.name}`;
    if (controller === undefined) controller = name;
    else {
      const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`;
      errors.push(invalid(field, goOwners(owners), detail));
    }
  }
  return errors;
}

/** Of an apiVersion that is none, both parts are empty. */
function groupVersionOf(apiVersion: string): readonly [group: string, version: string] {
  const [first = '', second, ...more] = apiVersion.split('/');
  if (second === undefined) return ['', first];
  return more.length > 0 ? ['', ''] : [first, second];
}

function goOwners(owners: readonly OwnerReference[]): string {
  return `[]v1.OwnerReference{${owners.map(goOwner).join(', ')}}`;
}

/** Pointers print as addresses in kube-apiserver's answer; a fixed one stands for them. */
function goOwner({ apiVersion, kind, name, uid, controller, blockOwnerDeletion }: OwnerReference): string {
  const pointer = (value: boolean | undefined): string => (value === undefined ? '(*bool)(nil)' : '(*bool)(0xc000000000)');
  return (
    `v1.OwnerReference{APIVersion:${goQuote(apiVersion)}, Kind:${goQuote(kind)}, Name:${goQuote(name)}, UID:${goQuote(uid)}, ` +
    `Controller:${pointer(controller)}, BlockOwnerDeletion:${pointer(blockOwnerDeletion)}}`
  );
}

function finalizerErrors(finalizers: readonly string[]): readonly FieldError[] {
  const errors = finalizers.flatMap((name) => qualifiedName(name).map((text) => invalid('metadata.finalizers', goQuote(name), text)));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const detail = 'finalizer orphan and foregroundDeletion cannot be both set';
    errors.push(invalid('metadata.finalizers', goTexts(finalizers), detail));
  }
  return errors;
}

function newFinalizers(finalizers: readonly string[], existing: readonly string[]): readonly FieldError[] {
  const added = [...new Set(finalizers.filter((name) => !existing.includes(name)))].sort();
  if (added.length === 0) return [];
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${goTexts(added)}`;
  return [forbidden('metadata.finalizers', detail)];
}

function immutable(field: string, value: string): FieldError {
  return invalid(`metadata.${field}`, value, 'field is immutable');
}

/** Also of a number that JavaScript cannot hold. */
function digitsOf(number: number): string {
  return rawNumber(number) ?? String(number);
}

/** A time as Go prints it: `2020-01-01 00:00:00 +0000 UTC`. */
function printedTime(time: string | undefined): string {
  return time === undefined ? 'null' : `${time.replace('T', ' ').replace('Z', '')} +0000 UTC`;
}

/** A prefix may end with a dash, since a suffix follows; it may not be one. */
function withoutTrailingDash(prefix: string): string {
  return prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix;
}
