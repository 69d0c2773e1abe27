type Paint = (text: string) => string;

/** Marks and lines. Each stands beside a word that says the same. */
export interface Glyphs {
  readonly ok: string;
  readonly warn: string;
  readonly bad: string;
  readonly unknown: string;
  /** Of a line that neither praises nor blames. */
  readonly neutral: string;
  /** Where a trace starts. */
  readonly client: string;
  /** A hop of a trace. */
  readonly hop: string;
  readonly rail: string;
  /** The rail below a hop that lets nothing through. */
  readonly brokenRail: string;
  readonly branch: string;
  readonly lastBranch: string;
}

/**
 * What a renderer knows of the terminal. The paints are meanings, not colours: good, look here, broken, context, title.
 * They take text that was made safe already: apply them after `sanitize` and after padding has been computed.
 */
export interface Style {
  readonly ok: Paint;
  readonly warn: Paint;
  readonly bad: Paint;
  readonly dim: Paint;
  readonly strong: Paint;
  readonly glyphs: Glyphs;
}

const same: Paint = (text) => text;

/** No colour; the box lines and marks of the locale. */
export function plainStyle(utf8: boolean): Style {
  return { ok: same, warn: same, bad: same, dim: same, strong: same, glyphs: glyphsFor(utf8) };
}

export function glyphsFor(utf8: boolean): Glyphs {
  return utf8 ? unicodeGlyphs : asciiGlyphs;
}

const unicodeGlyphs: Glyphs = {
  ok: '✓',
  warn: '!',
  bad: '✗',
  unknown: '?',
  neutral: '·',
  client: '○',
  hop: '●',
  rail: '│',
  brokenRail: '┆',
  branch: '├─',
  lastBranch: '└─',
};

const asciiGlyphs: Glyphs = {
  ok: 'ok',
  warn: '!',
  bad: 'x',
  unknown: '?',
  neutral: '-',
  client: 'o',
  hop: '*',
  rail: '|',
  brokenRail: ':',
  branch: '|-',
  lastBranch: '`-',
};
