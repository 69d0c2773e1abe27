import { codesNamed, codesNear } from '../../core/code-search.ts';
import { type FindingCode, findingWords } from '../../core/finding-codes.ts';
import { findingCodes } from '../../core/finding-family.ts';
import type { JsonObject } from '../../model/object.ts';
import { articleDocument, placeholderNote, renderArticle, renderCodeList } from '../../render/explain.ts';
import { reportFormats } from '../../render/output-format.ts';
import { CliError } from '../errors.ts';
import type { ExitCode, Io } from '../io.ts';
import { isDocumentFormat, outputFormat, printDocument } from '../print-document.ts';
import type { CommandInput } from '../spec.ts';
import { styleFor } from '../terminal.ts';
import { toolVersion } from '../tool-version.ts';

/** Says what a finding code means, what is read to find it, and how to mend it. Reads nothing but what comes with the tool. */
export async function explain({ args, flags }: CommandInput, io: Io): Promise<ExitCode> {
  const format = outputFormat(flags, reportFormats, 'explain', flags.text('template'));
  const { codes, listed } = wantedCodes(args);
  const { catalogue } = await import('../../core/catalogue/catalogue.ts');
  const articles = codes.map((code) => ({ code, article: catalogue[code] }));
  if (isDocumentFormat(format)) {
    const items = articles.map(articleDocument);
    const document: JsonObject = { apiVersion: 'vmsvc/v1', kind: 'CodeList', toolVersion, items };
    await printDocument({ document, order: 'given', rows: items }, format, flags, io);
  } else if (format.kind === 'name') {
    io.stdout.write(codes.map((code) => `${code}\n`).join(''));
  } else {
    const style = await styleFor(io.stdout, flags, io);
    const width = Math.max(40, Math.min(io.stdout.columns ?? 80, 100));
    const pages = articles.map((article) => renderArticle(article, width, style));
    io.stdout.write(
      listed
        ? renderCodeList(articles, { noHeaders: flags.on('no-headers') }, style)
        : `${pages.join('\n\n')}${placeholderNote(articles, width, style)}`,
    );
  }
  return 0;
}

/** A code is explained; none, or a family of them, is listed. @throws CliError for a word that names none */
function wantedCodes(args: readonly string[]): { readonly codes: readonly FindingCode[]; readonly listed: boolean } {
  const words = args.flatMap((arg) => arg.split(/[\s,]+/)).filter((word) => word !== '');
  if (words.length === 0) return { codes: findingCodes, listed: true };
  const named = words.map((word) => ({ word, codes: codesNamed(word) }));
  const unknown = named.find(({ codes }) => codes.length === 0);
  if (unknown !== undefined) throw unknownCode(unknown.word);
  return { codes: [...new Set(named.flatMap(({ codes }) => codes))], listed: named.some(({ codes }) => codes.length > 1) };
}

function unknownCode(word: string): CliError {
  const near = codesNear(word);
  const suggestions = near.length === 0 ? [] : ['', 'Did you mean this?', ...near.map((code) => `\t${code} ${findingWords[code]}`), ''];
  return new CliError(`there is no code ${JSON.stringify(word)}`, {
    exitCode: 2,
    hint: [...suggestions, "'kubectl vmsvc explain' lists all codes"],
  });
}
