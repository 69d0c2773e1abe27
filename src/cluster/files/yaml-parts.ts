import { Composer, type CST, type Document, isCollection, isScalar, type ParseOptions, Parser, type YAMLParseError } from 'yaml';
import { syntaxHint } from './yaml-hints.ts';
import { laxLexemes, strictLexemes } from './yaml-lexemes.ts';
import { refusedTab } from './yaml-tabs.ts';

/** Something that kubectl does not read, and where. */
export interface YamlFault {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

/** What stands between two lines of `---`, and the one document that kubectl reads of it. */
export interface YamlPart {
  readonly document: Document.Parsed | undefined;
  /** The first of what is wrong with it. */
  readonly fault: YamlFault | undefined;
}

/** Syntax alone: what values mean is decided by whoever reads them. */
const syntaxOnly = { schema: 'failsafe', uniqueKeys: false, strict: true, prettyErrors: false } as const;

/**
 * YAML in the parts that kubectl takes it in: it cuts at every line that begins with `---`, before it looks at what is around it, and of
 * each part reads the first document alone. So directives, which need a `---` behind them, are errors, and what follows a `...` would
 * get lost without a word: that is said.
 *
 * Mirrors YAMLReader of k8s.io/apimachinery, and Unmarshal of sigs.k8s.io/yaml.
 */
export function* yamlParts(original: string, options: Pick<ParseOptions, 'keepSourceTokens'> = {}): Generator<YamlPart> {
  const text = withPlainLineEnds(original);
  for (const { start, end, fault } of cut(original)) {
    const part = text.slice(start, end);
    const {
      documents: [document, ...lost],
      lexemes,
      error,
    } = composed(part, start, options);
    const next = lost.find(({ contents }) => contents !== null);
    const faults = [
      fault,
      commentFault(part, start, document),
      directiveFault(part, start),
      markFault(part, start),
      tabFault(refusedTab(part, lexemes), start),
      error && (isBehind(error, document) ? lostFault(error.pos[0]) : syntaxFault(error, text)),
      next && lostFault(next.contents?.range?.[0] ?? 0),
    ];
    yield { document, fault: faults.filter((found) => found !== undefined).sort((one, other) => one.offset - other.offset)[0] };
  }
}

/**
 * The text with the line ends that the `yaml` package knows: for kubectl a lone CR and the breaks of Unicode end lines, too. One sign
 * for another keeps all offsets.
 */
export function withPlainLineEnds(text: string): string {
  return /[\r\u0085\u2028\u2029]/.test(text) ? text.replaceAll(/\r(?!\n)|[\u0085\u2028\u2029]/g, '\n') : text;
}

interface Composed {
  readonly documents: readonly Document.Parsed[];
  readonly lexemes: Iterable<string>;
  /** The first of the first document. */
  readonly error: YAMLParseError | undefined;
}

/** The documents of a part as the package reads them; where that refuses what kubectl does not, as kubectl does. */
function composed(part: string, start: number, options: ParseOptions): Composed {
  const as = (lexemes: Iterable<string>): Composed => {
    const documents = [...new Composer({ ...syntaxOnly, ...options }).compose(tokens(lexemes, start))];
    return { documents, lexemes, error: documents[0]?.errors.find((found) => !isKnownToKubectl(found)) };
  };
  const strict = as(strictLexemes(part));
  const lexemes = strict.error && laxLexemes(part);
  if (strict.error === undefined || lexemes === undefined) return strict;
  const lax = as(lexemes);
  // Of a quote that is closed too late, the first line says more than the one where it ends.
  return lax.error !== undefined && strict.error.message.startsWith('Missing closing') ? strict : lax;
}

function* tokens(lexemes: Iterable<string>, start: number): Generator<CST.Token> {
  const parser = new Parser();
  // Places are those in the whole text.
  parser.offset = start;
  for (const lexeme of lexemes) yield* parser.next(lexeme);
  yield* parser.end();
}

interface Cut {
  readonly start: number;
  readonly end: number;
  readonly fault: YamlFault | undefined;
}

function cut(text: string): readonly Cut[] {
  const cuts: Cut[] = [];
  let start = 0;
  let fault: YamlFault | undefined;
  for (const { index, 0: line, 1: behind = '' } of text.matchAll(/^---([^\n]*)/gm)) {
    // `^` knows more line ends than kubectl, which cuts at LF.
    if (index > 0 && text[index - 1] !== '\n') continue;
    const said = behind.trim();
    const isSound = said === '' || said.startsWith('#');
    if (index > start) cuts.push({ start, end: index, fault });
    else if (isSound && index === 0) continue;
    const at = index + line.length - behind.trimStart().length;
    fault = isSound ? undefined : { offset: at, message: 'only a comment may stand behind ---', hint: 'write it on the next line' };
    // A document on the same line is read all the same, so that the rest makes sense.
    start = !isSound && /^[ \t]/.test(behind) ? index : index + line.length;
  }
  return [...cuts, { start, end: text.length, fault }];
}

/** A part that begins with the comment of another language makes no sense as YAML, and what would be said of it even less. */
function commentFault(part: string, start: number, document: Document.Parsed | undefined): YamlFault | undefined {
  const [before = '', sign] = /^\s*(\/[/*])/.exec(part) ?? [];
  const makesSense = document?.errors.length === 0 && !isScalar(document.contents);
  if (sign === undefined || makesSense) return undefined;
  const hint = 'write # in YAML; JSON has no comments';
  return { offset: start + before.length - sign.length, message: `${sign} begins no comment here`, hint };
}

/** A directive ends where a part does, at `---`, so that there is never a document behind it. */
function directiveFault(part: string, start: number): YamlFault | undefined {
  const [before] = /^(?:[ \t\ufeff]*(?:#.*)?\n)*%/.exec(part) ?? [];
  if (before === undefined) return undefined;
  return { offset: start + before.length - 1, message: 'kubectl reads no directives like %YAML', hint: 'remove the line' };
}

/** To kubectl a byte order mark further down is a sign like any other, of which a key is made. */
function markFault(part: string, start: number): YamlFault | undefined {
  const lead = start === 0 ? 0 : (/^.*\n?/.exec(part)?.[0].length ?? 0);
  const first = part.startsWith('\ufeff', lead) ? lead + 1 : lead;
  const [before] = /^(?:[ \t]*(?:#.*)?\n)*[ \t]*(?=\ufeff)/.exec(part.slice(first)) ?? [];
  if (before === undefined || first + before.length === lead) return undefined;
  return { offset: start + first + before.length, message: 'a byte order mark must not stand here', hint: 'remove it' };
}

function tabFault(at: number | undefined, start: number): YamlFault | undefined {
  return at === undefined
    ? undefined
    : { offset: start + at, message: 'a tab must not stand here: kubectl takes blanks alone', hint: 'write blanks' };
}

/**
 * A comment without a blank before it, as behind a closing quote: the package reads it, and so does kubectl, which does not mind. An
 * escaped apostrophe in double quotes: the package leaves it as it is, and whoever builds the value takes the backslash away.
 */
function isKnownToKubectl({ code, message }: YAMLParseError): boolean {
  if (code === 'BAD_DQ_ESCAPE') return message === "Invalid escape sequence \\'";
  return code === 'MISSING_CHAR' && message.startsWith('Comments must be separated');
}

function syntaxFault({ pos: [offset], message }: YAMLParseError, text: string): YamlFault {
  const hint = syntaxHint(message, text.slice(offset, offset + 80));
  return { offset, message, ...(hint !== undefined && { hint }) };
}

/** An error about something that stands behind the object, as what is further to the left than its first key does: kubectl never gets there. */
function isBehind({ pos: [offset], message }: YAMLParseError, document: Document.Parsed | undefined): boolean {
  const { contents } = document ?? {};
  return (
    isCollection(contents) && offset >= contents.range[1] && /^Unexpected (?!flow-\w+-end).* (?:at node end|in YAML stream)/s.test(message)
  );
}

function lostFault(offset: number): YamlFault {
  return {
    offset,
    message: 'kubectl reads nothing from here on',
    hint: 'put it below the first key, in the same column, or begin a new document with a line of its own that says ---',
  };
}
