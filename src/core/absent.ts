/** A record whose fields may also be undefined, as they are while it is being put together. */
export type Maybe<T> = { readonly [K in keyof T]?: T[K] | undefined };

/**
 * The record without fields that Kubernetes stores as absent: undefined, empty text, zero, empty lists and maps. `false`
 * stays, and so does an empty value inside a map. Without this, a comparison would see differences that no write can make.
 */
export function absentWhenEmpty<T extends object>(record: Maybe<T>): T {
  const kept = { ...record };
  for (const field in kept) if (isEmpty(kept[field])) delete kept[field];
  if (!isComplete<T>(kept)) throw new Error('a field is undefined after the empty ones were removed: this cannot happen');
  return kept;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isComplete<T extends object>(record: Maybe<T>): record is T {
  return Object.values(record).every((value) => value !== undefined);
}
