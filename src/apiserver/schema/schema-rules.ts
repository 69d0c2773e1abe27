import type { FieldError } from '../../core/field-errors.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { listAt, textAt } from '../../model/raw-fields.ts';
import { isMap, ownField } from '../../model/raw-json.ts';
import type { CustomResourceDefinition } from './crds.ts';
import { invalidValue } from './schema-errors.ts';
import { isUnchanged, listMapItem } from './schema-ratchet.ts';
import { fieldSchema, type StructuralSchema, structuralSchema } from './schema-structure.ts';

/** True: the rule holds. A text: it could not be evaluated, and this is why, in CEL's words. */
type Verdict = boolean | string;

interface Rule {
  readonly holds: (self: Json, oldSelf: Json) => Verdict;
  /** A transition rule: it runs only where there is an old value, and is never tolerated. */
  readonly usesOldSelf?: boolean;
}

/**
 * The rules of `x-kubernetes-validations`, by their text in the definition: a schema without the text does not get the rule.
 * These are all the rules of all the definitions that are carried; `unevaluatedRules` tells when that is no longer so.
 */
const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  [
    "self.type != 'ExternalName' || ((!has(self.ipFamilies) || size(self.ipFamilies) == 0) && !has(self.ipFamilyPolicy))",
    { holds: onObject((self) => self['type'] !== 'ExternalName' || (families(self).length === 0 && !has(self, 'ipFamilyPolicy'))) },
  ],
  [
    '!has(self.ipFamilies) || size(self.ipFamilies) < 2 || self.ipFamilies[0] != self.ipFamilies[1]',
    { holds: onObject((self) => families(self).length < 2 || families(self)[0] !== families(self)[1]) },
  ],
  [
    "!has(self.ipFamilies) || self.ipFamilies.all(f, f == 'IPv4' || f == 'IPv6')",
    { holds: onObject((self) => families(self).every((family) => family === 'IPv4' || family === 'IPv6')) },
  ],
  [
    "self.type == 'ExternalName' || !has(oldSelf.ipFamilies) || size(oldSelf.ipFamilies) == 0 || (has(self.ipFamilies) && size(self.ipFamilies) > 0 && self.ipFamilies[0] == oldSelf.ipFamilies[0])",
    { holds: onObject(keepsPrimaryFamily), usesOldSelf: true },
  ],
  ["type(self) != string || !self.endsWith('m')", { holds: (self) => typeof self !== 'string' || !self.endsWith('m') }],
  [
    '!has(self.vnumaNodeCount) || self.vnumaNodeCount == 0 || (has(self.coresPerSocket) && self.coresPerSocket > 0)',
    { holds: onObject((self) => !has(self, 'vnumaNodeCount') || self['vnumaNodeCount'] === 0 || Number(self['coresPerSocket'] ?? 0) > 0) },
  ],
  ["!has(self.vmxnet3) || self.type == 'VMXNet3'", { holds: onObject(tunesOnlyVmxnet3) }],
  ['self.matches("^(PerDevice|PerVM|PerQueue|[1-9])$")', matching(/^(PerDevice|PerVM|PerQueue|[1-9])$/)],
  [
    'self.matches("^(LargeReceiveOffload|ReceiveSideScaling|[1-9][0-9]*)$")',
    matching(/^(LargeReceiveOffload|ReceiveSideScaling|[1-9][0-9]*)$/),
  ],
  [
    "self == 'Disabled' || self == 'Adapt' || self == 'Static' || self == 'RateBasedCoalescing' || size(self) < 128",
    { holds: (self) => typeof self === 'string' && [...self].length < 128 },
  ],
  [
    "!has(self.ipamModes) || self.ipamModes.all(m, m == 'IPv4' || m == 'IPv6')",
    { holds: onObject((self) => listAt(self, 'ipamModes').every((mode) => mode === 'IPv4' || mode === 'IPv6')) },
  ],
  [
    '!has(self.coalescingParams) || size(self.coalescingParams) < 128',
    { holds: onObject((self) => [...textAt(self, 'coalescingParams')].length < 128) },
  ],
  ["self in ['vsphere-distributed', 'nsx-tier1']", { holds: (self) => self === 'vsphere-distributed' || self === 'nsx-tier1' }],
  [
    '!has(self.legacyProvider) || self.legacyProvider != self.provider',
    { holds: onObject((self) => !has(self, 'legacyProvider') || self['legacyProvider'] !== self['provider']) },
  ],
]);

/** The rules of these definitions that this server does not know and therefore does not enforce. */
export function unevaluatedRules(definitions: readonly CustomResourceDefinition[]): readonly string[] {
  const texts = new Set<string>();
  const collect = (schema: StructuralSchema): void => {
    for (const { rule } of schema.rules) if (!rules.has(rule)) texts.add(rule);
    for (const child of [...schema.properties.values(), ...schema.allOf]) collect(child);
    if (schema.additional !== undefined) collect(schema.additional);
    if (schema.items !== undefined) collect(schema.items);
  };
  for (const { versions } of definitions) for (const { schema } of versions) collect(structuralSchema(schema));
  return [...texts];
}

/** What is known of the past of a value: `oldSelf` for transition rules, and the nearest value that has a counterpart, for tolerance. */
interface Past {
  readonly oldSelf: Json | undefined;
  readonly nearest: { readonly value: Json; readonly old: Json; readonly schema: StructuralSchema } | undefined;
}

/** The broken rules of a schema. Rules without `oldSelf` are tolerated where the value did not change. */
export function validateRules(value: Json, schema: StructuralSchema, old?: Json): readonly FieldError[] {
  const errors: FieldError[] = [];
  walk(value, schema, '', { oldSelf: old, nearest: old === undefined ? undefined : { value, old, schema } }, errors);
  return errors;
}

function walk(value: Json, schema: StructuralSchema, path: string, past: Past, errors: FieldError[]): void {
  if (!schema.hasRules || value === null) return;
  evaluate(value, schema, path, past, errors);
  for (const part of schema.allOf) walk(value, part, path, past, errors);
  if (isList(value)) {
    const { items } = schema;
    if (items === undefined) return;
    value.forEach((item, index) => {
      const oldItem = listMapItem(schema, past.oldSelf, item);
      walk(item, items, `${path}[${index}]`, childPast(past, oldItem, { value: item, old: oldItem, schema: items }), errors);
    });
  } else if (isMap(value)) {
    for (const [name, field] of Object.entries(value)) {
      const known = fieldSchema(schema, name);
      if (known === undefined || field === undefined) continue;
      const child = schema.properties.has(name) ? `${path === '' ? '' : `${path}.`}${name}` : `${path}[${name}]`;
      const oldField = isMap(past.oldSelf) ? ownField(past.oldSelf, name) : undefined;
      walk(
        field,
        known,
        child,
        childPast(past, schema.mapType === 'atomic' ? undefined : oldField, { value: field, old: oldField, schema: known }),
        errors,
      );
    }
  }
}

function childPast(
  past: Past,
  oldSelf: Json | undefined,
  { value, old, schema }: { readonly value: Json; readonly old: Json | undefined; readonly schema: StructuralSchema },
): Past {
  return { oldSelf, nearest: old === undefined ? past.nearest : { value, old, schema } };
}

function evaluate(value: Json, schema: StructuralSchema, path: string, past: Past, errors: FieldError[]): void {
  for (const { rule: text, message } of schema.rules) {
    const rule = rules.get(text);
    if (rule === undefined || (rule.usesOldSelf && past.oldSelf === undefined)) continue;
    const verdict = rule.holds(value, past.oldSelf ?? null);
    if (verdict === true) continue;
    const type = schema.intOrString ? '' : (schema.types[0] ?? '');
    if (typeof verdict === 'string') errors.push(invalidValue(path, type, `${verdict} evaluating rule: ${message}`));
    else if (rule.usesOldSelf || !isTolerated(past)) errors.push(invalidValue(path, type, message));
  }
}

function isTolerated({ nearest }: Past): boolean {
  return nearest !== undefined && isUnchanged(nearest.value, nearest.old, nearest.schema);
}

function onObject(holds: (self: JsonObject, oldSelf: JsonObject) => Verdict): Rule['holds'] {
  return (self, oldSelf) => !isMap(self) || holds(self, isMap(oldSelf) ? oldSelf : {});
}

function matching(pattern: RegExp): Rule {
  return { holds: (self) => typeof self === 'string' && pattern.test(self) };
}

function has(object: JsonObject, field: string): boolean {
  return ownField(object, field) !== undefined;
}

function families(spec: JsonObject): readonly Json[] {
  return listAt(spec, 'ipFamilies');
}

function keepsPrimaryFamily(self: JsonObject, oldSelf: JsonObject): boolean {
  const [primary] = families(oldSelf);
  return self['type'] === 'ExternalName' || primary === undefined || families(self)[0] === primary;
}

function tunesOnlyVmxnet3(self: JsonObject): Verdict {
  if (!has(self, 'vmxnet3')) return true;
  return has(self, 'type') ? self['type'] === 'VMXNet3' : 'no such key: type';
}
