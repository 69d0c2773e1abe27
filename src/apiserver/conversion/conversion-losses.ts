import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap, ownField } from '../../model/raw-json.ts';

/**
 * The fields of an object that are gone when it is read again as it was written, `spec.ports` or `spec.volumes[].vSphereVolume`:
 * the version that is stored has no place for them. Fields that say nothing (empty, null, false, zero) are not missed.
 */
export function conversionLosses(written: JsonObject, read: JsonObject): readonly string[] {
  const paths = ['spec', 'status'].flatMap((part) => missing(ownField(written, part), ownField(read, part), part));
  return [...new Set(paths)].sort();
}

function missing(written: Json | undefined, read: Json | undefined, path: string): readonly string[] {
  if (saysNothing(written)) return [];
  if (read === undefined) return [path];
  if (isMap(written)) {
    return Object.keys(written).flatMap((field) => {
      const inner = isMap(read) ? ownField(read, field) : undefined;
      return missing(ownField(written, field), inner, `${path}.${field}`);
    });
  }
  if (!isList(written) || !isList(read)) return [];
  if (read.length < written.length) return [`${path}[]`];
  return written.flatMap((item) => missingFromAll(item, read, `${path}[]`));
}

/** Lists may come back in another order, and longer: a field is kept when any item has it. */
function missingFromAll(written: Json, read: readonly Json[], path: string): readonly string[] {
  const [first, ...others] = read.map((item) => missing(written, item, path));
  return (first ?? []).filter((field) => others.every((fields) => fields.includes(field)));
}

function saysNothing(value: Json | undefined): boolean {
  if (isList(value)) return value.every(saysNothing);
  if (isMap(value)) return Object.values(value).every(saysNothing);
  return value === undefined || value === null || value === '' || value === false || value === 0;
}
