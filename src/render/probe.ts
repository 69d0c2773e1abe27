import { counted } from '../core/counted.ts';
import { lineMeanings, resultWords } from '../core/probe/line-words.ts';
import { type ProbeReport, targetText, vantageText } from '../core/probe/probe.ts';
import { displayWidth } from './display-width.ts';
import { sanitize } from './sanitize.ts';
import type { Style } from './style.ts';

/**
 * What a probe came to: the place that it was tried from, and a line for each target with what happened and what it means. Nothing is
 * called healthy: it was reachable from that place, or it was not.
 */
export function renderProbe(report: ProbeReport, style: Style): string {
  const { lines, vantage, notes, milliseconds, problem } = report;
  const sources = [...new Set(lines.flatMap(({ source }) => (source === undefined ? [] : [source])))];
  const from = sources.length === 1 ? ` (${sources[0]})` : '';
  const place = `${style.strong('PROBE')}  from ${sanitize(vantageText(vantage))}${sanitize(from)}`;
  const nothing = problem !== undefined && lines.length === 0;
  const head = nothing
    ? `${place}: ${style.warn('UNKNOWN')}, nothing was tried there`
    : lines.length === 0
      ? `${place}: nothing to try, neither a VM nor a load balancer has an address`
      : `${place}, ${counted(lines.length, 'target')}, ${(milliseconds / 1000).toFixed(1)}s`;
  const meanings = lineMeanings(report);
  const cells = lines.map((line, index) => [who(line), resultWords(line), meanings[index] ?? ''].map(sanitize));
  const widths = [0, 1].map((column) => cells.reduce((widest, row) => Math.max(widest, displayWidth(row[column] ?? '')), 0));
  const rows = cells.map((row, index) => {
    const [target = '', result = '', meaning = ''] = row;
    const padded = (cell: string, column: number) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(cell)));
    const paint = paintOf(lines[index]?.result, style);
    return `  ${padded(target, 0)}   ${meaning === '' ? paint(result) : `${paint(padded(result, 1))}   ${meaning}`}`;
  });
  return [head, ...rows, ...notes.map((note) => `  ${style.dim(`note: ${sanitize(note)}`)}`), ...problemLines(problem)].join('\n');
}

function problemLines(problem: ProbeReport['problem']): readonly string[] {
  if (problem === undefined) return [];
  const hint = problem.hint.map((line, index) => `${index === 0 ? '  fix    ' : '         '}${sanitize(line)}`);
  return [`  why    ${sanitize(problem.message)}`, ...hint];
}

function who({ target }: ProbeReport['lines'][number]): string {
  const protocol = target.protocol === 'TCP' || target.port === 0 ? '' : `/${target.protocol}`;
  const also = target.stage === 'mirror' ? 'mirror' : target.vm;
  return `${targetText(target)}${protocol}${also === undefined ? '' : ` (${also})`}`;
}

function paintOf(result: ProbeReport['lines'][number]['result'] | undefined, style: Style): (text: string) => string {
  switch (result) {
    case 'proven':
      return style.ok;
    case 'refused':
    case 'closed-early':
      return style.bad;
    case 'skipped':
      return style.dim;
    default:
      return (text) => text;
  }
}
