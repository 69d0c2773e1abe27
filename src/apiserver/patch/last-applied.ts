import { type Json, type JsonObject, lastAppliedAnnotation } from '../../model/object.ts';
import { mapAt, textAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { compareText } from '../../model/text-order.ts';
import { parsedJson } from '../json.ts';
import type { Versions } from './field-ownership.ts';
import { emptySet, type FieldSet, subtract } from './field-set.ts';
import { withoutManagedFields } from './managed-fields.ts';
import { typeProblem } from './typed-check.ts';
import { compareValues, fieldSetOfValue } from './typed-value.ts';

/** What client-side apply owned: the fields of its annotation that the live object still has with the same values. */
export function fieldsOfLastApplied(live: JsonObject, versions: Versions): FieldSet {
  const annotation = textAt(mapAt(mapAt(live, 'metadata'), 'annotations'), lastAppliedAnnotation);
  const last = parsedJson(annotation);
  const type = versions.typeIn(versions.current);
  if (!isMap(last) || last['apiVersion'] !== versions.current || type === undefined || typeProblem(last, type) !== undefined)
    return emptySet;
  const { added, modified, removed } = compareValues(last, withoutManagedFields(live), type);
  return subtract(subtract(subtract(fieldSetOfValue(last, type), modified), added), removed);
}

/** Keeps client-side apply's annotation true while there is one, for those who still apply on the client. */
export function withLastApplied(object: JsonObject, applied: JsonObject): JsonObject {
  const metadata = mapAt(object, 'metadata');
  const annotations = mapAt(metadata, 'annotations');
  if (textAt(annotations, lastAppliedAnnotation) === '') return object;
  const appliedMetadata = mapAt(applied, 'metadata');
  const { [lastAppliedAnnotation]: _, ...kept } = mapAt(appliedMetadata, 'annotations');
  const config = isMap(appliedMetadata['annotations']) ? { ...applied, metadata: { ...appliedMetadata, annotations: kept } } : applied;
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [lastAppliedAnnotation]: `${goJson(config)}\n` } } };
}

/** JSON as Go writes it: fields sorted, and the characters that HTML gives a meaning escaped. */
function goJson(value: Json): string {
  const sorted = JSON.stringify(value, (_, inner: Json) =>
    isMap(inner) ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => compareText(one, other))) : inner,
  );
  return sorted.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
