import type { OptionSpec } from './spec.ts';

/**
 * Brings a command line into the one form that needs no guessing, by kubectl's grammar: `-o=json` and `-ojson` become
 * `--output=json`, `-A` becomes `--all-namespaces=true`, `--watch false` becomes `--watch=false`, `--dry-run` alone gets its
 * bare value. What is not an option of the list stays as it is; nothing after `--` is touched.
 */
export function normaliseArgv(argv: readonly string[], specs: readonly OptionSpec[]): string[] {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const byShort = new Map(specs.flatMap((spec) => (spec.short === undefined ? [] : [[spec.short, spec] as const])));
  const normal: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--') return [...normal, ...argv.slice(at)];
    const next = argv[at + 1];
    if (word.startsWith('--')) {
      const [name, value] = splitAtEquals(word.slice(2));
      const spec = byName.get(name);
      const { text, usedNext } = spec === undefined ? { text: word, usedNext: false } : longForm(spec, value, next);
      normal.push(text);
      if (usedNext) at++;
    } else if (word.startsWith('-') && word.length > 1) {
      const { texts, usedNext } = expandShort(word.slice(1), next, byShort);
      normal.push(...texts);
      if (usedNext) at++;
    } else {
      normal.push(word);
    }
  }
  return normal;
}

interface LongForm {
  readonly text: string;
  readonly usedNext: boolean;
}

function longForm(spec: OptionSpec, value: string | undefined, next: string | undefined): LongForm {
  if (value !== undefined) return { text: `--${spec.name}=${value}`, usedNext: false };
  switch (spec.kind) {
    case 'boolean':
      return next === 'true' || next === 'false'
        ? { text: `--${spec.name}=${next}`, usedNext: true }
        : { text: `--${spec.name}=true`, usedNext: false };
    case 'optional':
      return { text: `--${spec.name}=${spec.bare ?? ''}`, usedNext: false };
    case 'text':
    case 'list':
      return next === undefined ? { text: `--${spec.name}`, usedNext: false } : { text: `--${spec.name}=${next}`, usedNext: true };
  }
}

/** `-Aojson` is `-A -o json`: booleans in a row, and the first that takes a value takes the rest. */
function expandShort(
  letters: string,
  next: string | undefined,
  byShort: ReadonlyMap<string, OptionSpec>,
): { texts: string[]; usedNext: boolean } {
  const texts: string[] = [];
  for (let at = 0; at < letters.length; at++) {
    const spec = byShort.get(letters[at] ?? '');
    if (spec === undefined) return { texts: [...texts, `-${letters.slice(at)}`], usedNext: false };
    const rest = letters.slice(at + 1);
    if (rest.startsWith('=')) return { texts: [...texts, `--${spec.name}=${rest.slice(1)}`], usedNext: false };
    if (spec.kind === 'boolean' && rest !== '') {
      texts.push(`--${spec.name}=true`);
      continue;
    }
    const { text, usedNext } = longForm(spec, rest === '' ? undefined : rest, next);
    return { texts: [...texts, text], usedNext };
  }
  return { texts, usedNext: false };
}

function splitAtEquals(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
