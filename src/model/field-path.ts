import { isList, type Json } from './object.ts';
import { isMap, ownField } from './raw-json.ts';

/** `['spec', 'ports', 0, 'name']` */
export type FieldPath = readonly (string | number)[];

/** `spec.ports[0].name`, as Kubernetes names a field. */
export function fieldText(path: FieldPath): string {
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), '');
}

/**
 * The path that a text like `spec.selector.app.kubernetes.io/name` means in an object. Keys may hold dots themselves, so the longest
 * key that is really there wins; where nothing is there, the text is taken apart at its dots and brackets.
 */
export function pathIn(object: Json | undefined, text: string): FieldPath {
  const path: (string | number)[] = [];
  let value = object;
  for (let rest = text; rest !== ''; ) {
    const part = firstPart(value, rest);
    path.push(part.name);
    value =
      isList(value) && typeof part.name === 'number' ? value[part.name] : isMap(value) ? ownField(value, String(part.name)) : undefined;
    rest = rest.slice(part.length).replace(/^\./, '');
  }
  return path;
}

/** What is at a path; undefined when nothing is. */
export function valueAt(object: Json | undefined, path: FieldPath): Json | undefined {
  let found = object;
  for (const part of path) {
    found = isList(found) && typeof part === 'number' ? found[part] : isMap(found) ? ownField(found, String(part)) : undefined;
  }
  return found;
}

interface Part {
  readonly name: string | number;
  readonly length: number;
}

function firstPart(value: Json | undefined, text: string): Part {
  const bracket = /^\[([^\]]*)\]/.exec(text);
  if (bracket !== null) {
    const [whole, inner = ''] = bracket;
    return { name: /^\d+$/.test(inner) ? Number(inner) : inner, length: whole.length };
  }
  const keys = isMap(value)
    ? Object.keys(value).filter((key) => key !== '' && text.startsWith(key) && /^(?:$|[.[])/.test(text.slice(key.length)))
    : [];
  const longest = keys.reduce((best, key) => (key.length > best.length ? key : best), '');
  const name = longest === '' ? (/^[^.[]+/.exec(text)?.[0] ?? text) : longest;
  return { name, length: name.length };
}
