import { jsonOf, parseJson } from '../json.ts';
import { jsonSyntaxError } from '../json-syntax.ts';
import { jsonDuplicates } from './json-duplicates.ts';
import { jsonPlaces } from './json-places.ts';
import { scanValue, skipBlanks } from './json-scan.ts';
import { excerptAt, positionsOf, spanAt, type TextDocument, type TextDocuments, type TextProblem } from './text-document.ts';

/**
 * Reads JSON: one value, or several after one another (JSON lines). Numbers keep their digits; of a key that is there twice the last
 * counts. A value with an error ends the reading, because nobody knows where the next begins; those before it are returned.
 */
export function readJsonDocuments(text: string): TextDocuments {
  const at = positionsOf(text);
  const documents: TextDocument[] = [];
  const problems: TextProblem[] = [];
  for (let start = skipBlanks(text, 0); start < text.length; ) {
    const scan = scanValue(text, start);
    if (scan.problem !== undefined) {
      const { code, offset, message } = scan.problem;
      problems.push({ code, ...at(offset), message, excerpt: excerptAt(text, offset) });
      break;
    }
    const end = scan.end;
    try {
      const from = start;
      const value = jsonOf(scan.oddNumbers ? parseJson(text.slice(from, end)) : JSON.parse(text.slice(from, end)));
      const places = jsonPlaces(text, from);
      for (const { key, start: again, first, repeats } of jsonDuplicates(text, from, value, scan.strings)) {
        const message = `key "${key}" is there twice, first on line ${at(first).line}`;
        problems.push({
          code: 'DuplicateKey',
          ...at(again),
          message,
          hint: 'the last one counts',
          repeats,
          excerpt: excerptAt(text, again),
        });
      }
      documents.push({
        value,
        start: at(from),
        positionOf: (path) => at(places(path, 'key').start),
        spanOf: (path, part) => spanAt(text, places(path, part), at),
      });
    } catch {
      // JSON.parse knows that something is wrong, but not always where.
      const { offset, message } = jsonSyntaxError(text, start, end) ?? { offset: start, message: 'this is not JSON' };
      const hint = syntaxHint(text, offset);
      problems.push({ code: 'Syntax', ...at(offset), message, ...(hint !== undefined && { hint }), excerpt: excerptAt(text, offset) });
      break;
    }
    start = skipBlanks(text, end);
  }
  return { documents, problems };
}

/** What to do about what people write as if it were JSON. */
function syntaxHint(text: string, offset: number): string | undefined {
  if (/^(?:\/[/*]|#)/.test(text.slice(offset, offset + 2))) return 'JSON has no comments: remove it';
  if (/^[\]}]/.test(text.slice(offset, offset + 1)) && /,\s*$/.test(text.slice(0, offset))) return 'remove the comma before it';
  return text[offset] === "'" ? 'use double quotes' : undefined;
}
