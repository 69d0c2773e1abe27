import { CST } from 'yaml';
import { type Lexeme, placedLexemes } from './yaml-lexemes.ts';

/**
 * The first tab that kubectl refuses and the `yaml` package does not: where something may begin in a block, that is at the start of a
 * line, even of an empty one, and behind `-` and `?`.
 *
 * Mirrors the rules about tabs in the scanner of go-yaml v2.
 * @param lexemes of the text
 */
export function refusedTab(text: string, lexemes: Iterable<string>): number | undefined {
  if (!text.includes('\t')) return undefined;
  let flowDepth = 0;
  /** Of the innermost list or mapping, which decides how far in the lines below a plain text must be. */
  let blockColumn = -1;
  /** Where what may become a key begins. */
  let keyStart: number | undefined;
  let lineStart = 0;
  let isLineStart = true;
  let isAfterPlain = false;
  let isAfterIndicator = false;
  let header: string | undefined;
  for (const { source: token, offset, type } of placedLexemes(lexemes)) {
    if (type === 'sign') {
      if (token === CST.FLOW_END) flowDepth = 0;
      continue;
    }
    if (type === 'scalar') {
      const tab = header === undefined ? tabInPlainScalar(token, blockColumn) : tabInBlockScalar(token, header, blockColumn);
      if (tab !== undefined) return offset + tab;
    } else if (type === 'space') {
      const tab = token.indexOf('\t');
      const isRefused = isLineStart
        ? isAfterPlain
          ? offset + tab - lineStart <= blockColumn
          : flowDepth === 0
        : isAfterIndicator && flowDepth === 0;
      if (tab >= 0 && isRefused) return offset + tab;
    } else if (type === 'newline') {
      lineStart = offset + token.length;
      keyStart = undefined;
    } else if (flowDepth === 0 && (type === 'seq-item-ind' || type === 'explicit-key-ind')) {
      blockColumn = offset - lineStart;
      keyStart = undefined;
    } else if (flowDepth === 0 && type === 'map-value-ind' && keyStart !== undefined) blockColumn = keyStart - lineStart;
    else if (type === 'flow-map-start' || type === 'flow-seq-start') flowDepth += 1;
    else if (type === 'flow-map-end' || type === 'flow-seq-end') flowDepth = Math.max(0, flowDepth - 1);

    const isComplexValue = type === 'map-value-ind' && keyStart === undefined;
    if (type !== 'space' && type !== 'newline' && keyStart === undefined && !isBlockIndicator(type)) keyStart = offset;
    if (type !== 'space') isAfterIndicator = isBlockIndicator(type) || isComplexValue;
    if (type !== 'space' && type !== 'newline') isAfterPlain = type === 'scalar' && header === undefined;
    header = type === 'block-scalar-header' ? token : type === 'space' || type === 'newline' || type === 'comment' ? header : undefined;
    isLineStart = type === 'newline' || token.endsWith('\n') || (isLineStart && type === 'space');
    if (type !== 'newline' && token.includes('\n')) lineStart = text.lastIndexOf('\n', offset + token.length - 1) + 1;
  }
  return undefined;
}

function isBlockIndicator(type: Lexeme['type']): boolean {
  return type === 'seq-item-ind' || type === 'explicit-key-ind';
}

/** Blanks up to the indentation, which is that of the first line with something on it unless the header says it. */
function tabInBlockScalar(body: string, header: string, blockColumn: number): number | undefined {
  const said = /[1-9]/.exec(header)?.[0];
  let indent = said === undefined ? undefined : Math.max(blockColumn, 0) + Number(said);
  for (const { index, 0: line } of body.matchAll(/[^\n]+/g)) {
    const blanks = /^ */.exec(line)?.[0].length ?? 0;
    if (line[blanks] === '\t' && (indent === undefined || blanks < indent)) return index + blanks;
    if (line.trim() !== '') indent ??= blanks;
  }
  return undefined;
}

/** Between brackets its lines may begin anywhere, but further to the left than that with blanks alone. */
function tabInPlainScalar(text: string, blockColumn: number): number | undefined {
  for (const { index, 0: blanks } of text.matchAll(/(?<=\n) *(?=\t)/g)) if (blanks.length <= blockColumn) return index + blanks.length;
  return undefined;
}
