/**
 * Items under each of their keys, in their order. Made when somebody first asks: so a thousand who ask look at each item once, and nobody
 * does where nobody asks.
 * @param entries an item as often as it has keys
 */
export function lazyIndex<Key, Item>(entries: () => Iterable<readonly [key: Key, item: Item]>): (key: Key) => readonly Item[] {
  let index: ReadonlyMap<Key, readonly Item[]> | undefined;
  return (key) => {
    index ??= indexEntries(entries());
    return index.get(key) ?? [];
  };
}

function indexEntries<Key, Item>(entries: Iterable<readonly [Key, Item]>): ReadonlyMap<Key, readonly Item[]> {
  const index = new Map<Key, Item[]>();
  for (const [key, item] of entries) {
    const known = index.get(key);
    if (known === undefined) index.set(key, [item]);
    else known.push(item);
  }
  return index;
}
