import { isScalar } from 'yaml';
import { inMebibytes } from '../../core/mebibytes.ts';
import { limits } from '../limits.ts';
import { excerptAt, positionsOf, spanAt, type TextDocument, type TextDocuments, type TextProblem } from './text-document.ts';
import { extentOf } from './written-places.ts';
import { yamlParts } from './yaml-parts.ts';
import { buildValue, hexOf, type Reading, Refusal, tooDeep } from './yaml-value.ts';

/**
 * Reads YAML as kubectl does, part by part: the 1.1 scalars of `yaml-scalar.ts`, merge keys, numbers and booleans as keys, the last of
 * equal keys wins. Documents that hold nothing are left out; a document with an error is left out and the next is read.
 *
 * Only the syntax comes from the `yaml` package. Values are built here, so that input can construct nothing, refer to
 * itself or grow without limit.
 */
export function readYamlDocuments(text: string): TextDocuments {
  const at = positionsOf(text);
  const problems: TextProblem[] = [];
  const report: Reading['report'] = (code, offset, message, hint, repeats = false) => {
    problems.push({
      code,
      ...at(offset),
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(repeats && { repeats }),
      excerpt: excerptAt(text, offset),
    });
  };
  const control = controlCharacters.exec(text);
  if (control !== null) {
    const message = `control character U+${hexOf(control[0])} is not allowed`;
    report('Syntax', control.index, message, 'remove it, or write it as an escape in double quotes');
    return { documents: [], problems };
  }
  const documents: TextDocument[] = [];
  // One document after the other: what is left of each is its value and its places, which are a fraction of its syntax tree.
  for (const { document, fault } of yamlParts(text)) {
    if (fault !== undefined) {
      // The package reports the end of the stack like an error of the text.
      if (/call stack/.test(fault.message)) report('Limit', fault.offset, tooDeep);
      else report('Syntax', fault.offset, reasonOf(fault.message), fault.hint);
      continue;
    }
    if (document === undefined) continue;
    const { contents, range } = document;
    if (contents === null || (isScalar(contents) && contents.source === '' && contents.type === 'PLAIN')) continue;
    if (range[2] - range[0] > limits.yamlDocumentBytes) {
      report('Limit', range[0], `a YAML document of more than ${inMebibytes(limits.yamlDocumentBytes)}; JSON may be larger`);
      continue;
    }
    try {
      const { value, place } = buildValue(contents, { text, report, lineOf: (offset) => at(offset).line });
      documents.push({
        value,
        start: at(place.start),
        positionOf: (path) => at(extentOf(place, path, 'key').start),
        spanOf: (path, part) => spanAt(text, extentOf(place, path, part), at),
      });
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      report(problem.code, problem.offset, problem.message, problem.hint);
    }
  }
  return { documents, problems };
}

// The characters that go-yaml's reader refuses too.
const controlCharacters = /[^\P{Cc}\t\n\r\u0085]|[\ufffe\uffff]/u;

/** The package's messages are several sentences at times; the first is the reason. About columns kubectl does not mind. */
function reasonOf(message: string): string {
  return message
    .replace(/\s+at line \d+.*$/s, '')
    .replace(' in block collection must be sufficiently indented and', ' must')
    .replaceAll('\n', ' ');
}
