import { jsonEqual } from '../../core/patch.ts';
import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap, ownField } from '../../model/raw-json.ts';

/**
 * What a client meant that read an object in an older version and wrote it back: what it left as it was shown keeps its value
 * from before, also where the older version could show none of it; what it changed is as it says.
 * @param shown the whole object as the older version showed it, in the newest version's words
 * @param written what the client wrote, in the newest version's words
 */
export function restored(whole: Json | undefined, shown: Json | undefined, written: Json | undefined): Json | undefined {
  if (jsonEqual(shown, written)) return whole;
  if (isMap(whole) && isMap(written)) return restoredObject(whole, isMap(shown) ? shown : {}, written);
  if (isList(whole) && isList(written)) return restoredList(whole, isList(shown) ? shown : [], written);
  return written;
}

function restoredObject(whole: JsonObject, shown: JsonObject, written: JsonObject): JsonObject {
  const fields = new Set([...Object.keys(whole), ...Object.keys(written)]);
  return Object.fromEntries(
    [...fields].flatMap((field): [string, Json][] => {
      const value = restored(ownField(whole, field), ownField(shown, field), ownField(written, field));
      return value === undefined ? [] : [[field, value]];
    }),
  );
}

/** Items are those that were shown under the same name, or in the same place where they have none. */
function restoredList(whole: readonly Json[], shown: readonly Json[], written: readonly Json[]): readonly Json[] {
  if (whole.length !== shown.length) return written;
  return written.map((item, place) => {
    const name = nameOf(item);
    const index = name === undefined ? place : shown.findIndex((other) => nameOf(other) === name);
    return (index < 0 ? item : restored(whole[index], shown[index], item)) ?? item;
  });
}

function nameOf(item: Json | undefined): Json | undefined {
  return isMap(item) ? item['name'] : undefined;
}
