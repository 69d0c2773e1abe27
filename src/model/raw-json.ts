import type { Json, JsonObject } from './object.ts';

/**
 * Numbers that a double cannot hold, as integers above 2^53, travel as `JSON.rawJSON` objects, so that reading and writing an object
 * changes no digit. `JSON.stringify` writes them as they are; every other place that looks at numbers asks here.
 */
declare global {
  interface JSON {
    isRawJSON(value: unknown): boolean;
    rawJSON(text: string): object;
  }
}

/** The digits of a number that does not fit a JavaScript number; undefined for every other value. */
export function rawNumber(value: unknown): string | undefined {
  return JSON.isRawJSON(value) ? JSON.stringify(value) : undefined;
}

/** A JSON object with fields, which a raw number is not. */
export function isMap(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}

/** A field of the object itself: what others wrote may hold fields named like members of Object.prototype. */
export function ownField(map: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** A number that keeps its text, which has to be a number of JSON. */
export function numberFromText(text: string): Json {
  // The standard calls it an object without saying more; it has one field, rawJSON, and prints as its text.
  const raw: { readonly rawJSON?: string } = JSON.rawJSON(text);
  return raw;
}
