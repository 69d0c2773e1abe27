import type { Article, Level } from '../core/catalogue/article.ts';
import type { Severity } from '../core/finding.ts';
import { type FindingCode, findingWords } from '../core/finding-codes.ts';
import { familyOf, familyTitles } from '../core/finding-family.ts';
import type { JsonObject } from '../model/object.ts';
import { paintSeverity } from './severity.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';
import { wrap } from './wrap.ts';

export interface CodeArticle {
  readonly code: FindingCode;
  readonly article: Article;
}

/** What `explain CODE` prints, in the manner of `kubectl explain`. `width` in columns. */
export function renderArticle({ code, article }: CodeArticle, width: number, style: Style): string {
  const paragraphs = article.meaning.split('\n');
  return [
    `${style.strong(`${code} ${findingWords[code]}`)}\n`,
    ...wrap(article.summary, width).map((line) => `${line}\n`),
    '\n',
    ...article.levels.flatMap((level, index) => levelLines(level, index, article.levels.length > 1, width, style)),
    ...field('RELEASES:', article.releases, width),
    section(
      'MEANING',
      paragraphs.flatMap((paragraph) => wrap(paragraph, width - 4)).map((line) => `    ${line}\n`),
      style,
    ),
    section(
      'EVIDENCE',
      article.evidence.flatMap((line) => item(line, width)),
      style,
    ),
    section(
      'FIX',
      article.fix.flatMap(({ text, run }) => [...item(text, width), ...(run === undefined ? [] : [`        ${run}\n`])]),
      style,
    ),
    section(
      'NOT A FAULT',
      article.falseAlarms.flatMap((line) => item(line, width)),
      style,
    ),
    section(
      'SEE ALSO',
      article.see.map((other) => `    ${other} ${findingWords[other]}\n`),
      style,
    ),
  ].join('');
}

/** What stands for what in the commands; empty when there is none among the articles. */
export function placeholderNote(articles: readonly CodeArticle[], width: number, style: Style): string {
  if (!articles.some(({ article }) => article.fix.some(({ run }) => run?.startsWith('kubectl') === true))) return '';
  const note =
    'In commands NAME is the VirtualMachineService and VM a VirtualMachine; -n says in which namespace, where it is not that of the context.';
  return `\n${wrap(note, width)
    .map((line) => `${style.dim(line)}\n`)
    .join('')}`;
}

/** A line a code, with what it usually is. */
export function renderCodeList(articles: readonly CodeArticle[], { noHeaders }: { readonly noHeaders: boolean }, style: Style): string {
  const columns: readonly Column<CodeArticle>[] = [
    { header: 'CODE', value: ({ code }) => code },
    {
      header: 'SEVERITY',
      value: ({ article }) => gravest(article),
      paint: (cell, { article }) => paintSeverity(gravest(article), style)(cell),
    },
    { header: 'REASON', value: ({ code }) => findingWords[code] },
    { header: 'SUMMARY', value: ({ article }) => article.summary },
  ];
  return renderTable(columns, articles, { noHeaders });
}

/** One entry of a `CodeList`. */
export function articleDocument({ code, article }: CodeArticle): JsonObject {
  return {
    code,
    reason: findingWords[code],
    family: familyTitles[familyOf(code)],
    summary: article.summary,
    meaning: article.meaning,
    levels: article.levels.map(({ severity, confidence, when }) => ({ severity, confidence, ...(when === undefined ? {} : { when }) })),
    evidence: article.evidence,
    fix: article.fix.map(({ text, run }) => ({ text, ...(run === undefined ? {} : { command: run }) })),
    releases: article.releases,
    falseAlarms: article.falseAlarms,
    seeAlso: article.see,
  };
}

/** `error, certain: no VM matches`. */
export function levelSentence({ severity, confidence, when }: Level, several: boolean): string {
  const condition = when ?? (several ? 'in every other case' : undefined);
  return `${severity}, ${confidence}${condition === undefined ? '' : `: ${condition}`}`;
}

/** Of the levels of a code, the severity that stands first: the usual one. */
function gravest({ levels }: Article): Severity {
  return levels[0]?.severity ?? 'info';
}

function levelLines(level: Level, index: number, several: boolean, width: number, style: Style): string[] {
  const [first = '', ...more] = field(index === 0 ? 'LEVEL:' : '', levelSentence(level, several), width);
  const word = level.severity;
  return [first.replace(word, paintSeverity(word, style)(word)), ...more];
}

const fieldWidth = 'RELEASES:  '.length;

function field(name: string, value: string, width: number): string[] {
  return wrap(value, width - fieldWidth).map((line, index) => `${(index === 0 ? name : '').padEnd(fieldWidth)}${line}\n`);
}

function item(text: string, width: number): string[] {
  return wrap(text, width - 6).map((line, index) => `    ${index === 0 ? '- ' : '  '}${line}\n`);
}

/** Nothing is said of what there is none of. */
function section(title: string, lines: readonly string[], style: Style): string {
  return lines.length === 0 ? '' : `\n${style.strong(`${title}:`)}\n${lines.join('')}`;
}
