import { isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { FieldPath } from '../../model/field-path.ts';
import { plainScalar } from './yaml-scalar.ts';

/** Nothing is written: the value is null all the same. */
export function isNothing(node: Node): boolean {
  return isScalar(node) && node.source === '' && node.type === 'PLAIN';
}

export function isFlow({ flow }: YAMLMap | YAMLSeq): boolean {
  return flow === true;
}

/** Braces with quoted keys are JSON, and stay JSON. */
export function isJsonStyle(map: YAMLMap): boolean {
  return isFlow(map) && map.items.length > 0 && map.items.every(({ key }) => isScalar(key) && key.type === 'QUOTE_DOUBLE');
}

/** An anchor or a tag, which says more of the value than the value does. */
export function hasProperties({ srcToken }: Pair): boolean {
  const { sep = [] } = srcToken ?? {};
  return sep.some(({ type }) => type === 'anchor' || type === 'tag');
}

export function colonOf({ srcToken }: Pair): number | undefined {
  return srcToken?.sep?.find(({ type }) => type === 'map-value-ind')?.offset;
}

/** The last of equal keys is the one that counts. */
export function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.findLast(({ key }) => isScalar(key) && keyOf(key) === name);
}

/** What is written at a path; undefined where it is written elsewhere, behind an alias or a merge key. */
export function nodeAt(root: Node, path: FieldPath): Node | undefined {
  let node: Node | undefined = root;
  for (const part of path) {
    const inner: unknown = isMap(node)
      ? pairOf(node, String(part))?.value
      : isSeq(node) && typeof part === 'number'
        ? node.items[part]
        : undefined;
    if (!isNode(inner) || isAlias(inner)) return undefined;
    node = inner;
  }
  return node;
}

/** The name under which JSON has it: a plain `yes` is `true`. */
export function keyOf(key: Scalar): string {
  return key.type === 'PLAIN' ? String(plainScalar(String(key.value))) : String(key.value);
}

export function quoteOf({ type }: Scalar): '"' | "'" | undefined {
  return type === 'QUOTE_DOUBLE' ? '"' : type === 'QUOTE_SINGLE' ? "'" : undefined;
}
