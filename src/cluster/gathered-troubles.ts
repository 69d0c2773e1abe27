/** Hears of trouble: a whole sentence when it begins, undefined when it is over. */
export type OnTrouble = (sentence: string | undefined) => void;

/**
 * One trouble of many: several watches of a server lose it together, and get it back one after the other. It is told when the first
 * of them is in trouble, and that it is over when none is any more.
 * @returns what each of them is to tell
 */
export function gatheredTroubles(tell: OnTrouble): () => OnTrouble {
  const troubled = new Set<OnTrouble>();
  return () => {
    const one: OnTrouble = (sentence) => {
      if (sentence === undefined) {
        if (troubled.delete(one) && troubled.size === 0) tell(undefined);
        return;
      }
      troubled.add(one);
      if (troubled.size === 1) tell(sentence);
    };
    return one;
  };
}
