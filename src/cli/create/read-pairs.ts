import { labelValue, qualifiedName } from '../../core/name-rules.ts';

/** Pairs that were read from the values of one flag, and what is wrong with them: a sentence for each. */
export interface ReadPairs {
  readonly pairs: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

/**
 * The pairs of `--selector`, `--label` and `--label-vm`: `KEY=VALUE`, several separated by commas or in several flags. A selector
 * of the API is a plain map: what kubectl has besides equality cannot be said in it.
 */
export function readLabels(flag: string, values: readonly string[]): ReadPairs {
  const pairs = new Map<string, string>();
  const problems: string[] = [];
  for (const value of values) {
    const complain = (text: string) => problems.push(`--${flag} ${JSON.stringify(value)}: ${text}`);
    if (isSetBased(value)) {
      complain('only KEY=VALUE can be said here: the API has no !=, in, notin or exists');
      continue;
    }
    for (const text of value.split(',')) {
      const [key, labelled] = splitPair(text);
      if (labelled === undefined) {
        complain(text === '' ? 'must be KEY=VALUE, as in app=web' : `${JSON.stringify(text)} must be KEY=VALUE`);
        continue;
      }
      for (const problem of labelProblems(key, labelled, pairs.get(key))) complain(problem);
      pairs.set(key, labelled);
    }
  }
  return { pairs: Object.fromEntries(pairs), problems };
}

/** The pairs of `--annotation`: one a flag, because their values may hold commas. */
export function readAnnotations(values: readonly string[]): ReadPairs {
  const pairs = new Map<string, string>();
  const problems: string[] = [];
  for (const text of values) {
    const complain = (problem: string) => problems.push(`--annotation ${JSON.stringify(text)}: ${problem}`);
    const at = text.indexOf('=');
    if (at < 0) {
      complain('must be KEY=VALUE');
      continue;
    }
    const [key, value] = [text.slice(0, at), text.slice(at + 1)];
    for (const problem of qualifiedName(key.toLowerCase())) complain(`key ${JSON.stringify(key)}: ${problem}`);
    const before = pairs.get(key);
    if (before !== undefined && before !== value) complain(`${key} cannot be ${before} and ${value} at once`);
    pairs.set(key, value);
  }
  return { pairs: Object.fromEntries(pairs), problems };
}

function isSetBased(value: string): boolean {
  return /!|\s(in|notin)\s|\(|\)/.test(value);
}

/** kubectl writes equality as `=` and `==`. */
function splitPair(text: string): [key: string, value: string | undefined] {
  const found = /^\s*([^=]*?)\s*==?\s*(.*?)\s*$/s.exec(text);
  return found === null ? [text, undefined] : [found[1] ?? '', found[2] ?? ''];
}

function labelProblems(key: string, value: string, before: string | undefined): readonly string[] {
  return [
    ...qualifiedName(key).map((text) => `key ${JSON.stringify(key)}: ${text}`),
    ...labelValue(value).map((text) => `value ${JSON.stringify(value)}: ${text}`),
    ...(before === undefined || before === value ? [] : [`${key} cannot be ${before} and ${value} at once`]),
  ];
}
