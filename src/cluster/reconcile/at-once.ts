/**
 * Does something with each item, so many at a time; the results come in the order of the items.
 * @param onDone is told of each result in that order, too, as soon as all before it are there
 */
export async function atOnce<Item, Result>(
  items: readonly Item[],
  most: number,
  act: (item: Item) => Promise<Result>,
  onDone?: (result: Result) => void,
): Promise<readonly Result[]> {
  const results = new Map<number, { readonly result: Result }>();
  let told = 0;
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      results.set(index, { result: await act(item) });
      for (let next = results.get(told); next !== undefined; next = results.get(told)) {
        told += 1;
        onDone?.(next.result);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return [...results].toSorted(([left], [right]) => left - right).map(([, { result }]) => result);
}
