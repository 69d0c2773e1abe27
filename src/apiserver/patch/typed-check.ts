import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap, rawNumber } from '../../model/raw-json.ts';
import { compareText } from '../../model/text-order.ts';
import { goNumber, goSyntax } from '../go-syntax.ts';
import { type FieldType, type ListType, type MapType, type ScalarType, typeOfField } from './field-type.ts';
import { fieldElement, indexElement, type PathElement, printElement } from './path-element.ts';
import { fieldsOf, formOf, itemElement } from './typed-value.ts';

/**
 * Why an applied configuration does not fit its type, in kube-apiserver's words; several problems on lines of their own. Undefined: it
 * fits.
 */
export function typeProblem(value: JsonObject, type: FieldType): string | undefined {
  const problems: string[] = [];
  check(value, type, '', problems);
  const [first, ...others] = problems;
  return others.length === 0 ? first : ['errors:', ...problems.map((problem) => `  ${problem}`)].join('\n');
}

/** Whether an object fits its type well enough to tell its fields apart: items of one key may come twice. */
export function fitsType(value: JsonObject, type: FieldType): boolean {
  const problems: string[] = [];
  check(value, type, '', problems);
  return problems.every((problem) => problem.includes(': duplicate entries for key '));
}

function check(value: Json, type: FieldType, path: string, problems: string[]): void {
  const report = (problem: string): void => {
    problems.push(path === '' ? problem : `${path}: ${problem}`);
  };
  if (value === null) return;
  const form = formOf(type, value);
  if (form === 'map' && type.map !== undefined) {
    if (isMap(value)) checkFields(value, type.map, path, problems);
    else report(`expected map, got &{${goPlain(value)}}`);
  } else if (form === 'list' && type.list !== undefined) {
    if (isList(value)) checkItems(value, type.list, path, problems);
    else report(`expected list, got &{${goPlain(value)}}`);
  } else {
    const problem = scalarProblem(type.scalar ?? 'untyped', value);
    if (problem !== undefined) report(problem);
  }
}

function checkFields(object: JsonObject, map: MapType, path: string, problems: string[]): void {
  for (const [name, field] of [...fieldsOf(object)].sort(([one], [other]) => compareText(one, other))) {
    const type = typeOfField(map, name);
    const child = `${path}${printElement(fieldElement(name))}`;
    if (type === undefined) problems.push(`${child}: field not declared in schema`);
    else check(field, type, child, problems);
  }
}

function checkItems(items: readonly Json[], list: ListType, path: string, problems: string[]): void {
  const seen = new Set<PathElement>();
  for (const [index, item] of items.entries()) {
    let element = indexElement(index);
    if (list.relation !== 'atomic') {
      const address = itemElement(list, item);
      if ('problem' in address) {
        problems.push(`${path}: element ${index}: ${address.problem}`);
        return;
      }
      element = address.element;
      if (seen.has(element)) problems.push(`${path}: duplicate entries for key ${printElement(element)}`);
      seen.add(element);
    }
    check(item, list.element, `${path}${printElement(element)}`, problems);
  }
}

function scalarProblem(type: ScalarType, value: Json): string | undefined {
  switch (type) {
    case 'numeric':
      return typeof value === 'number' || rawNumber(value) !== undefined
        ? undefined
        : `expected numeric (int or float), got ${goType(value)}`;
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goPlain(value)}}`;
    case 'untyped':
      return isList(value) || isMap(value) ? `expected any scalar, got &{${goPlain(value)}}` : undefined;
  }
}

function goType(value: Json): string {
  if (isList(value)) return '[]interface {}';
  if (isMap(value)) return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

/** A value as Go prints it with `%v`. */
export function goPlain(value: Json): string {
  if (isList(value)) return `[${value.map(goPlain).join(' ')}]`;
  if (isMap(value)) {
    const fields = [...fieldsOf(value)].sort(([one], [other]) => compareText(one, other));
    return `map[${fields.map(([name, field]) => `${name}:${goPlain(field)}`).join(' ')}]`;
  }
  if (value === null) return '<nil>';
  return typeof value === 'boolean' || typeof value === 'string' ? String(value) : goNumber(value);
}
