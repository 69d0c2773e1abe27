/** What go-yaml v2 takes for the end of a line. */
export function isBreak(sign: string | undefined): boolean {
  return sign === '\n' || sign === '\r' || sign === '\u0085' || sign === '\u2028' || sign === '\u2029';
}

export function isBlank(sign: string | undefined): boolean {
  return sign === ' ' || sign === '\t';
}

/** Nothing more of a word: a blank, the end of the line, or of the text. */
export function isBlankOrEnd(sign: string | undefined): boolean {
  return sign === undefined || isBlank(sign) || isBreak(sign);
}

/** What may stand in the name of an anchor. */
export function isWordSign(sign: string | undefined): boolean {
  return sign !== undefined && /^[\w-]$/.test(sign);
}
