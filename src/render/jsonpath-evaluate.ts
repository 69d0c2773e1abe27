import { isList, type Json } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { compareValues } from './go-compare.ts';
import { goKind, goText } from './go-value.ts';
import type { JsonPathTemplate, PathNode, SliceBound } from './jsonpath-parse.ts';
import { TemplateError } from './template-error.ts';

/** What one piece of a template gave. */
export interface PieceResult {
  readonly values: readonly Json[];
  /** The values are text of the template itself, not of the document. */
  readonly literal: boolean;
}

/**
 * Evaluates a template piece by piece, with ranges unrolled. Mirrors FindResults of client-go's util/jsonpath, with two
 * differences: maps are walked in the order of their keys (kubectl's order changes from run to run), and work is bounded.
 * @throws TemplateError for a bad index, a comparison of unlike values, a missing key unless those are allowed, or after a
 * million steps.
 */
export function evaluateJsonPath(
  template: JsonPathTemplate,
  document: Json,
  options: { readonly allowMissingKeys: boolean },
): readonly PieceResult[] {
  return new Evaluation(template, options.allowMissingKeys).run(0, document);
}

const stepLimit = 1_000_000;

/** The range that is open, and where its end was found, live as long as one evaluation. */
class Evaluation {
  readonly #template: JsonPathTemplate;
  readonly #allowMissingKeys: boolean;
  #steps = 0;
  #rangesToBegin = 0;
  #openRanges = 0;
  #rangesToEnd = 0;
  #lastEnd = -1;

  constructor(template: JsonPathTemplate, allowMissingKeys: boolean) {
    this.#template = template;
    this.#allowMissingKeys = allowMissingKeys;
  }

  /** From a piece of the template to its end, or to the `{end}` of the range around it. */
  run(start: number, document: Json): PieceResult[] {
    const results: PieceResult[] = [];
    for (let at = start; at < this.#template.length; at++) {
      const piece = this.#template[at];
      if (piece === undefined) break;
      const values = this.#walk([document], piece);

      if (this.#rangesToEnd > 0 && this.#rangesToEnd <= this.#openRanges) {
        this.#rangesToEnd--;
        this.#lastEnd = at;
        break;
      }
      if (this.#rangesToBegin === 0) {
        results.push({ values, literal: isLiteral(piece) });
        continue;
      }
      this.#rangesToBegin--;
      this.#openRanges++;
      for (const value of values) for (const result of this.run(at + 1, value)) results.push(result);
      // Without values the body runs once for nothing: only so is its end found.
      if (values.length === 0) this.run(at + 1, null);
      this.#openRanges--;
      if (this.#lastEnd > at) at = this.#lastEnd;
    }
    return results;
  }

  #walk(input: readonly Json[], node: PathNode): readonly Json[] {
    switch (node.kind) {
      case 'list':
        return this.#walkAll(input, node.nodes);
      case 'text':
        return [node.text];
      case 'literal':
        return input.map(() => node.value);
      case 'identifier':
        return this.#identifier(input, node.name);
      case 'field':
        return this.#field(input, node.name);
      case 'wildcard':
        return this.#each(input).flatMap(children);
      case 'recursive':
        return this.#descend(input);
      case 'slice':
        return this.#slice(input, node.bounds);
      case 'union':
        return node.paths.flatMap((path) => this.#walkAll(input, path));
      case 'filter':
        return this.#filter(input, node);
      default:
        return node satisfies never;
    }
  }

  #walkAll(input: readonly Json[], nodes: readonly PathNode[]): readonly Json[] {
    let values = input;
    for (const node of nodes) values = this.#walk(values, node);
    return values;
  }

  /** Counts the work, and leaves out nulls, which have nothing inside. */
  #each(input: readonly Json[]): readonly Json[] {
    this.#count(input.length);
    return input.filter((value) => value !== null);
  }

  #count(steps: number): void {
    this.#steps += steps + 1;
    if (this.#steps > stepLimit)
      throw new TemplateError(`the path takes more than ${stepLimit} steps on this document: make it more specific`);
  }

  #identifier(input: readonly Json[], name: string): readonly Json[] {
    if (name === 'range') {
      this.#rangesToBegin++;
      return input;
    }
    if (name !== 'end') throw new TemplateError(`unrecognized identifier ${name}`);
    if (this.#openRanges === 0) throw new TemplateError('not in range, nothing to end');
    this.#rangesToEnd++;
    return [];
  }

  #field(input: readonly Json[], name: string): readonly Json[] {
    const found = this.#each(input).flatMap((value) => {
      const field = isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined;
      return field === undefined ? [] : [field];
    });
    if (found.length === 0 && input.length > 0 && !this.#allowMissingKeys) throw new MissingKey(`${name} is not found`);
    return found;
  }

  /** Every value that has something inside, and below it everything inside, depth first. */
  #descend(input: readonly Json[]): readonly Json[] {
    const found: Json[] = [];
    const waiting = [...this.#each(input)].reverse();
    for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
      const inside = children(value);
      this.#count(inside.length);
      if (inside.length > 0) found.push(value);
      if (typeof value !== 'string') for (const child of inside.toReversed()) if (child !== null) waiting.push(child);
    }
    return found;
  }

  #slice(input: readonly Json[], bounds: readonly [SliceBound, SliceBound, SliceBound]): readonly Json[] {
    const found: Json[] = [];
    for (const value of this.#each(input)) {
      if (!isList(value)) throw new TemplateError(`${goKind(value)} is not array or slice`);
      const [start, end] = sliceEnds(bounds, value.length);
      // Beware: kubectl stops at the first list that gives nothing, and does not look at the others.
      if (start === end) return found;
      checkSlice(start, end, value.length);
      const step = bounds[2].known ? bounds[2].value : 1;
      if (step <= 0) throw new TemplateError('step must be > 0');
      this.#count(end - start);
      for (let at = start; at < end; at += step) found.push(value[at] ?? null);
    }
    return found;
  }

  #filter(input: readonly Json[], node: PathNode & { readonly kind: 'filter' }): readonly Json[] {
    const found: Json[] = [];
    this.#count(input.length);
    for (const value of input) {
      if (!isList(value)) throw new TemplateError(`${goText(value)} is not array or slice and cannot be filtered`);
      for (const item of value) {
        this.#count(1);
        if (this.#passes(item, node)) found.push(item);
      }
    }
    return found;
  }

  #passes(item: Json, node: PathNode & { readonly kind: 'filter' }): boolean {
    if (node.operator === 'exists') return this.#exists(item, node.left);
    const left = onlyOne(this.#walkAll([item], node.left));
    if (left === undefined) return false;
    const right = onlyOne(this.#walkAll([item], node.right));
    return right !== undefined && compareValues(left, node.operator, right);
  }

  /** Beware: for kubectl something that cannot be looked into (an index out of bounds) exists; only a missing key does not. */
  #exists(item: Json, path: readonly PathNode[]): boolean {
    try {
      return this.#walkAll([item], path).length > 0;
    } catch (error) {
      if (!(error instanceof TemplateError) || this.#steps > stepLimit) throw error;
      return !(error instanceof MissingKey);
    }
  }
}

class MissingKey extends TemplateError {}

function isLiteral(piece: PathNode): boolean {
  return piece.kind === 'text' || (piece.kind === 'list' && piece.nodes.at(-1)?.kind === 'text');
}

/** The values inside a value; of a text, as in kubectl, its bytes. */
function children(value: Json): readonly Json[] {
  if (isList(value)) return value;
  if (isMap(value)) {
    return Object.keys(value)
      .sort()
      .flatMap((key) => value[key] ?? (value[key] === null ? [null] : []));
  }
  return typeof value === 'string' ? [...new TextEncoder().encode(value)] : [];
}

/** Start and end for a list of this length, negative ones counted from its end. */
function sliceEnds([from, to]: readonly [SliceBound, SliceBound, SliceBound], length: number): readonly [number, number] {
  const start = from.known ? (from.value < 0 ? from.value + length : from.value) : 0;
  if (!to.known) return [start, length];
  return [start, to.value < 0 || (to.value === 0 && to.derived === true) ? to.value + length : to.value];
}

function checkSlice(start: number, end: number, length: number): void {
  if (start >= length || start < 0) throw new TemplateError(`array index out of bounds: index ${start}, length ${length}`);
  if (end > length || end < 0) throw new TemplateError(`array index out of bounds: index ${end - 1}, length ${length}`);
  if (start > end) throw new TemplateError(`starting index ${start} is greater than ending index ${end}`);
}

function onlyOne(values: readonly Json[]): Json | undefined {
  if (values.length > 1) throw new TemplateError('can only compare one element at a time');
  return values[0];
}
