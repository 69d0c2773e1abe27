import { editDistance } from './edit-distance.ts';

/** How one word comes close to another. */
export type Likeness = 'LetterCase' | 'Separator' | 'Spelling';

/** Words of one kind, to be asked which come close to one. */
export interface WordIndex {
  /**
   * The words that may have been meant, with what sets them apart; the word itself is none of them. Of words that many others are like,
   * as `shop-a`, `shop-b` and so on, none is called misspelt: they are a family of names, and meant to differ.
   */
  near(wanted: string): readonly { readonly word: string; readonly how: Likeness }[];
}

/** So many words may be taken for misspellings of one; more of them are a family of names. */
const mostMisspellings = 10;

/**
 * A word that is written otherwise is found without comparing. For a misspelling those of about its length and with the same numbers are
 * compared, and no more of them than it takes to see that they are a family.
 * @param spelledLike whether one word is another, misspelt
 */
export function indexWords(words: Iterable<string>, spelledLike: (wanted: string, found: string) => boolean = isMisspelt): WordIndex {
  const byLetters = Map.groupBy(words, lettersOf);
  const byKind = Map.groupBy([...byLetters.values()].flat(), (word) => kindOf(numbersOf(word), word.length));
  const misspellings = (wanted: string): readonly string[] => {
    const [letters, numbers] = [lettersOf(wanted), numbersOf(wanted)];
    const found: string[] = [];
    for (let length = wanted.length - mostLetters; length <= wanted.length + mostLetters; length++) {
      for (const word of byKind.get(kindOf(numbers, length)) ?? []) {
        if (lettersOf(word) === letters || !spelledLike(wanted, word)) continue;
        found.push(word);
        if (found.length > mostMisspellings) return [];
      }
    }
    return found;
  };
  const known = new Map<string, ReturnType<WordIndex['near']>>();
  return {
    near: (wanted) => {
      const near = known.get(wanted) ?? [
        ...(byLetters.get(lettersOf(wanted)) ?? [])
          .filter((word) => word !== wanted)
          .map((word) => ({ word, how: word.toLowerCase() === wanted.toLowerCase() ? ('LetterCase' as const) : ('Separator' as const) })),
        ...misspellings(wanted).map((word) => ({ word, how: 'Spelling' as const })),
      ];
      known.set(wanted, near);
      return near;
    },
  };
}

/** In how many letters a misspelt word may differ; a short one in one of them. */
const mostLetters = 2;
const shortWord = 6;

/** Words that differ in a number (`db-1`, `db-2`) are meant to differ; so are those of which nothing is left, as keys of one letter. */
export function isMisspelt(wanted: string, found: string): boolean {
  const most = wanted.length < shortWord ? 1 : mostLetters;
  const distance = editDistance(wanted, found, most);
  return distance <= most && distance < Math.max(wanted.length, found.length) && numbersOf(wanted) === numbersOf(found);
}

/** From so many letters on a word with one missing or too many is hardly another word; two that changed places are told sooner. */
const longWord = 6;
const swapsFrom = 4;

/** Whether one word is another with two neighbours swapped, or with a letter missing or too many: what fingers do, and names do not. */
export function isSlip(wanted: string, found: string): boolean {
  if (!isMisspelt(wanted, found) || editDistance(wanted, found, 1) > 1) return false;
  if (wanted.length !== found.length) return Math.min(wanted.length, found.length) >= longWord;
  return wanted.length >= swapsFrom && [...wanted].toSorted().join('') === [...found].toSorted().join('');
}

/** Without what people are free about when they write a name. */
function lettersOf(word: string): string {
  return word.toLowerCase().replace(/[-_.]/g, '');
}

function numbersOf(word: string): string {
  return word.replace(/\D/g, '');
}

function kindOf(numbers: string, length: number): string {
  return `${numbers} ${length}`;
}
