import type { Article, Remedy } from '../core/catalogue/article.ts';
import { type FindingCode, findingWords } from '../core/finding-codes.ts';
import { levelSentence } from './explain.ts';

/** An article in Markdown, without its heading. `linkOf` makes the address of another code; without it they are named only. */
export function articleMarkdown(article: Article, linkOf?: (code: FindingCode) => string): string {
  const several = article.levels.length > 1;
  const parts = [
    [`**${escaped(article.summary)}**`],
    [...article.levels.map((level) => `* Level: ${escaped(levelSentence(level, several))}`), `* Releases: ${escaped(article.releases)}`],
    ...article.meaning.split('\n').map((paragraph) => [escaped(paragraph)]),
    list('Evidence', article.evidence.map(bullet)),
    list('Fix', article.fix.map(remedy)),
    list('Not a fault', article.falseAlarms.map(bullet)),
    article.see.length === 0 ? [] : [`See also: ${article.see.map((code) => reference(code, linkOf)).join(', ')}`],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function list(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`${title}:`, '', ...items];
}

function bullet(text: string): string {
  return `* ${escaped(text)}`;
}

function remedy({ text, run }: Remedy): string {
  return run === undefined ? bullet(text) : `${bullet(text)}\n\n  \`\`\`\n  ${run}\n  \`\`\`\n`.trimEnd();
}

function reference(code: FindingCode, linkOf: ((code: FindingCode) => string) | undefined): string {
  const name = `${code} ${findingWords[code]}`;
  return linkOf === undefined ? name : `[${name}](${linkOf(code)})`;
}

/** What would be taken for emphasis, markup or code. */
function escaped(text: string): string {
  return text.replace(/[*<`\\]/g, (sign) => `\\${sign}`);
}
