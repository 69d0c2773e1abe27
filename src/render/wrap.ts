import { displayWidth } from './display-width.ts';

/**
 * Lines of at most `width` columns of a terminal. Breaks at blanks, none of which stays at the end of a line; a word that is longer than
 * the line stays whole. Line breaks in the text stay.
 */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    let taken = 0;
    for (const word of paragraph.split(' ')) {
      const wide = displayWidth(word);
      if (line !== '' && taken + 1 + wide > width) {
        lines.push(line.trimEnd());
        line = word;
        taken = wide;
      } else {
        taken += line === '' ? wide : 1 + wide;
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    return [...lines, line];
  });
}
