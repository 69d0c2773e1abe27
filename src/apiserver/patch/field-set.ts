import type { Json, JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { compareElements, type PathElement, readElement } from './path-element.ts';

/**
 * A set of paths. A path is in it when its last element is a member of the set at its parent; a path with longer ones below it
 * need not be in it itself. Sets are values: operations make new ones.
 */
export interface FieldSet {
  readonly members: ReadonlySet<PathElement>;
  /** Never has an empty set. */
  readonly children: ReadonlyMap<PathElement, FieldSet>;
}

export const emptySet: FieldSet = { members: new Set(), children: new Map() };

/** @param paths must not contain the empty path. */
export function fieldSetOf(paths: Iterable<readonly PathElement[]>): FieldSet {
  const root = node();
  for (const path of paths) {
    let place = root;
    for (const element of path.slice(0, -1)) {
      const next = place.children.get(element) ?? node();
      place.children.set(element, next);
      place = next;
    }
    const last = path.at(-1);
    if (last !== undefined) place.members.add(last);
  }
  return root;
}

interface Node extends FieldSet {
  readonly members: Set<PathElement>;
  readonly children: Map<PathElement, Node>;
}

function node(): Node {
  return { members: new Set(), children: new Map() };
}

export function isEmptySet(set: FieldSet): boolean {
  return set.members.size === 0 && set.children.size === 0;
}

/** The paths of the set: those of a level before those below it, each level in order. */
export function pathsOf(set: FieldSet): readonly (readonly PathElement[])[] {
  const paths: (readonly PathElement[])[] = [];
  collect(set, [], paths);
  return paths;
}

function collect(set: FieldSet, prefix: readonly PathElement[], paths: (readonly PathElement[])[]): void {
  for (const element of [...set.members].sort(compareElements)) paths.push([...prefix, element]);
  for (const [element, child] of [...set.children].sort(([one], [other]) => compareElements(one, other))) {
    collect(child, [...prefix, element], paths);
  }
}

export function unite(one: FieldSet, other: FieldSet): FieldSet {
  const children = new Map(one.children);
  for (const [element, child] of other.children) {
    const own = children.get(element);
    children.set(element, own === undefined ? child : unite(own, child));
  }
  return { members: new Set([...one.members, ...other.members]), children };
}

export function intersect(one: FieldSet, other: FieldSet): FieldSet {
  const pairs = [...one.children].flatMap(([element, child]): [PathElement, FieldSet][] => {
    const counterpart = other.children.get(element);
    return counterpart === undefined ? [] : [[element, intersect(child, counterpart)]];
  });
  return { members: only(one.members, (element) => other.members.has(element)), children: withoutEmpty(pairs) };
}

/** The paths of `set` that are not in `removed`. What is below a removed path stays. */
export function subtract(set: FieldSet, removed: FieldSet): FieldSet {
  const pairs = [...set.children].map(([element, child]): [PathElement, FieldSet] => {
    const counterpart = removed.children.get(element);
    return [element, counterpart === undefined ? child : subtract(child, counterpart)];
  });
  return { members: only(set.members, (element) => !removed.members.has(element)), children: withoutEmpty(pairs) };
}

/** The set without some fields at its root and everything below them. */
export function withoutFields(set: FieldSet, fields: readonly PathElement[]): FieldSet {
  const gone = new Set(fields);
  return {
    members: only(set.members, (element) => !gone.has(element)),
    children: new Map([...set.children].filter(([element]) => !gone.has(element))),
  };
}

export function hasPath(set: FieldSet, path: readonly PathElement[]): boolean {
  let place: FieldSet | undefined = set;
  for (const element of path.slice(0, -1)) place = place?.children.get(element);
  const last = path.at(-1);
  return last !== undefined && place?.members.has(last) === true;
}

function only(members: ReadonlySet<PathElement>, keep: (element: PathElement) => boolean): ReadonlySet<PathElement> {
  return new Set([...members].filter(keep));
}

function withoutEmpty(pairs: readonly (readonly [PathElement, FieldSet])[]): ReadonlyMap<PathElement, FieldSet> {
  return new Map(pairs.filter(([, set]) => !isEmptySet(set)));
}

/** `fieldsV1`: a path that is in the set and has longer ones below it is marked by a `.` among them. */
export function encodeFieldSet(set: FieldSet): JsonObject {
  return encode(set, false);
}

function encode(set: FieldSet, isMember: boolean): JsonObject {
  const elements = [...new Set([...set.members, ...set.children.keys()])].sort(compareElements);
  const fields = elements.map((element): [string, Json] => {
    const child = set.children.get(element);
    return [element, child === undefined ? {} : encode(child, set.members.has(element))];
  });
  return Object.fromEntries(isMember ? [['.', {}], ...fields] : fields);
}

/** Undefined when this is not a `fieldsV1`. */
export function decodeFieldSet(encoded: Json | undefined): FieldSet | undefined {
  if (!isMap(encoded)) return undefined;
  const members = new Set<PathElement>();
  const children = new Map<PathElement, FieldSet>();
  for (const [text, inner] of Object.entries(encoded)) {
    if (text === '.') continue;
    const element = readElement(text);
    const child = decodeFieldSet(inner);
    if (element === undefined || child === undefined || !isMap(inner)) return undefined;
    if (!isEmptySet(child)) children.set(element, child);
    if (isEmptySet(child) || Object.hasOwn(inner, '.')) members.add(element);
  }
  return { members, children };
}
