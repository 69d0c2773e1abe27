import type { Json } from '../model/object.ts';
import { floatOf, goKind, integerOf } from './go-value.ts';
import { TemplateError } from './template-error.ts';

/**
 * The comparisons of a JSONPath filter. Unlike kinds do not compare, an integer not even with a fraction. Mirrors the comparison
 * functions of Go's templates.
 * @throws TemplateError in their words.
 */
export function compareValues(left: Json, operator: string, right: Json): boolean {
  switch (operator) {
    case '==':
      return equal(left, right);
    case '!=':
      return !equal(left, right);
    case '<':
      return less(left, right);
    case '<=':
      return less(left, right) || equal(left, right);
    case '>':
      return !(less(left, right) || equal(left, right));
    case '>=':
      return !less(left, right);
    default:
      throw new TemplateError(`unrecognized filter operator ${operator}`);
  }
}

function equal(left: Json, right: Json): boolean {
  const kind = commonKind(left, right);
  if (kind === 'int64') return integerOf(left) === integerOf(right);
  return kind === 'float64' ? floatOf(left) === floatOf(right) : left === right;
}

function less(left: Json, right: Json): boolean {
  const kind = commonKind(left, right);
  if (kind === 'bool') throw new TemplateError('invalid type for comparison');
  if (kind === 'int64') return (integerOf(left) ?? 0n) < (integerOf(right) ?? 0n);
  return kind === 'float64' ? floatOf(left) < floatOf(right) : String(left) < String(right);
}

function commonKind(left: Json, right: Json): string {
  const kinds = [goKind(left), goKind(right)];
  if (kinds.some((kind) => !comparable.has(kind))) throw new TemplateError('invalid type for comparison');
  if (kinds[0] !== kinds[1]) throw new TemplateError('incompatible types for comparison');
  return goKind(left);
}

const comparable: ReadonlySet<string> = new Set(['bool', 'int64', 'float64', 'string']);
