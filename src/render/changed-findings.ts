import { counted } from '../core/counted.ts';
import type { ChangedFindings, ToldFinding } from '../core/diagnosis/changed-findings.ts';
import { objectText, reasonOf } from '../core/finding.ts';
import { displayWidth } from './display-width.ts';
import { sanitize } from './sanitize.ts';
import { levelText } from './severity.ts';
import type { Style } from './style.ts';

/** A line for each finding that appeared, cleared, or went out of sight, under the time at which it was seen. `left` is how many problems there are now. */
export function renderChangedFindings(
  { appeared, cleared, hidden, visible }: ChangedFindings,
  at: Date,
  left: number,
  style: Style,
): string {
  const time = at.toISOString().slice(11, 19);
  const lines = [
    ...appeared.map((told) => ({ word: 'appeared', told, because: '' })),
    ...visible.map((told) => ({ word: 'visible', told, because: ': can be seen again' })),
    ...cleared.map((told) => ({ word: 'cleared', told, because: '' })),
    ...hidden.map((told) => ({ word: 'hidden', told, because: ': cannot be seen any more' })),
  ];
  const width = lines.reduce((widest, { told }) => Math.max(widest, displayWidth(placeOf(told))), 0);
  const rows = lines.map(({ word, told, because }, index) => {
    const paint = word === 'cleared' ? style.ok : (text: string) => text;
    const place = placeOf(told);
    const { finding } = told;
    return [
      index === 0 ? style.dim(time) : ' '.repeat(time.length),
      paint(word.padEnd('appeared'.length)),
      place + ' '.repeat(width - displayWidth(place)),
      levelText(finding, style, 'WARNING'.length),
      `${finding.code} ${reasonOf(finding)}: ${sanitize(finding.message)} (${sanitize(objectText(finding))})${because}`,
    ].join('  ');
  });
  const total = `${left === 0 ? 'no problem' : counted(left, 'problem')} left`;
  return `${[...rows, `${' '.repeat(time.length)}  ${total}`].join('\n')}\n`;
}

function placeOf({ place }: ToldFinding): string {
  return sanitize(place);
}
