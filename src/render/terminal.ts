export type ColourFlag = 'auto' | 'always' | 'never';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether one stream gets colour. `--color` decides; without it, only a terminal that is not `dumb`, and not when `NO_COLOR`
 * is set, even to nothing. Each of stdout and stderr is asked by itself.
 */
export function wantsColour(question: { readonly flag: ColourFlag; readonly isTTY: boolean; readonly env: Environment }): boolean {
  if (question.flag !== 'auto') return question.flag === 'always';
  return question.isTTY && question.env.NO_COLOR === undefined && !isDumb(question.env);
}

/** Whether a terminal only appends: nothing on it can be written over, and no key is read before the line is. */
export function isDumb(env: Environment): boolean {
  return env.TERM === 'dumb';
}

/**
 * Whether marks and box lines may leave ASCII. As POSIX ranks the variables: the first of LC_ALL, LC_CTYPE and LANG that says
 * anything. On Windows, which has none of them, only its own terminal is known to draw them.
 */
export function wantsUtf8(env: Environment): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  if (locale === undefined) return env.WT_SESSION !== undefined;
  return /\butf-?8\b/i.test(locale);
}
