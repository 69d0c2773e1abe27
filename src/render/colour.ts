import { Chalk } from 'chalk';
import { glyphsFor, type Style } from './style.ts';

/** Colours as chalk counts them: 1 = 16 colours, 2 = 256, 3 = 16 million. */
export type ColourDepth = 1 | 2 | 3;

/**
 * The four colours that mean something. Import this file dynamically, and only when colour is wanted: it loads chalk.
 */
export function colourStyle(utf8: boolean, depth: ColourDepth): Style {
  const chalk = new Chalk({ level: depth });
  return {
    ok: (text) => chalk.green(text),
    warn: (text) => chalk.yellow(text),
    bad: (text) => chalk.red(text),
    dim: (text) => chalk.dim(text),
    strong: (text) => chalk.bold(text),
    glyphs: glyphsFor(utf8),
  };
}
