/** The first of many, and how many more there are, in as many words: `and 3 more`. No more than `most` of both together. */
export function fewOf<T>(all: readonly T[], most: number): { readonly shown: readonly T[]; readonly more: readonly string[] } {
  if (all.length <= most) return { shown: all, more: [] };
  const shown = all.slice(0, most - 1);
  return { shown, more: [`and ${all.length - shown.length} more`] };
}

/** No more lines than `most`: of more the first ones, and how many are left out. */
export function fewLines(lines: readonly string[], most: number): readonly string[] {
  const { shown, more } = fewOf(lines, most);
  return [...shown, ...more];
}

/** `a, b and 3 more`: in one line, of more than `most` the first. */
export function fewNames(names: readonly string[], most: number, between = ', '): string {
  const shown = names.slice(0, most).join(between);
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
