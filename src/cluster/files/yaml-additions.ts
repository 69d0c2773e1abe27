import { isCollection, isScalar, type Pair, type Scalar, type YAMLMap } from 'yaml';
import type { Edit } from '../../core/repair/edit.ts';
import type { Json } from '../../model/object.ts';
import { colonOf, hasProperties, isFlow, isJsonStyle, keyOf, quoteOf } from './yaml-nodes.ts';
import { type Changes, endOf, insertion, lineEnd, lineStart, type Page, startOf } from './yaml-page.ts';
import { blockEntry, flowText, keyText, scalarText } from './yaml-text.ts';

/** In the quotes that were there. Block scalars are several lines, and tags may say another type. */
export function replacedScalar(scalar: Scalar, value: Json): Changes {
  const isTagged = scalar.tag !== undefined && (scalar.tag !== 'tag:yaml.org,2002:str' || typeof value !== 'string');
  if (scalar.range == null || scalar.type?.startsWith('BLOCK') === true || isTagged) return undefined;
  const text = scalarText(value, quoteOf(scalar)) ?? flowText(value, false);
  return [{ start: scalar.range[0], end: scalar.range[1], text }];
}

/** A key with nothing behind it gets a value; a list or a mapping is replaced where it is written on one line. */
export function filledIn(page: Page, map: YAMLMap, pair: Pair, value: Json): Changes {
  const [colon, start] = [colonOf(pair), startOf(pair)];
  if (colon === undefined || start === undefined || hasProperties(pair) || !isScalar(pair.key)) return undefined;
  if (isCollection(pair.value)) {
    const { flow, range } = pair.value;
    return flow !== true || range == null ? undefined : [{ start: range[0], end: range[1], text: flowText(value, isJsonStyle(map)) }];
  }
  if (isFlow(map)) return [insertion(colon + 1, ` ${flowText(value, isJsonStyle(map))}`)];
  const indent = ' '.repeat(start - lineStart(page, start));
  const [first = '', ...below] = blockEntry(keyOf(pair.key), value, indent, page.eol)
    .slice(keyText(keyOf(pair.key)).length + 1)
    .split(page.eol);
  const changes = [insertion(colon + 1, first), insertion(lineEnd(page, colon), below.map((line) => page.eol + line).join(''))];
  return changes.filter(({ text }) => text !== '');
}

export function added(page: Page, map: YAMLMap, name: string, { value, first }: Extract<Edit, { kind: 'set' }>): Changes {
  const { items, range } = map;
  if (range == null) return undefined;
  const [firstPair] = items;
  if (firstPair === undefined) {
    return isFlow(map) ? [insertion(range[0] + 1, flowText({ [name]: value }, false).slice(1, -1))] : undefined;
  }
  const start = startOf(firstPair);
  const end = endOf(page, items.at(-1));
  if (start === undefined || end === undefined) return undefined;
  if (isFlow(map)) {
    const entry = flowText({ [name]: value }, isJsonStyle(map)).slice(1, -1);
    return [first === true ? insertion(start, `${entry}, `) : insertion(end, `, ${entry}`)];
  }
  const indent = ' '.repeat(start - lineStart(page, start));
  const entry = blockEntry(name, value, indent, page.eol);
  if (first === true) return [insertion(start, `${entry}${page.eol}${indent}`)];
  // A block scalar ends with its line.
  if (page.text[end - 1] === '\n') return [insertion(end, `${indent}${entry}${page.eol}`)];
  return [insertion(lineEnd(page, end), `${page.eol}${indent}${entry}`)];
}
