import type { Json, JsonObject, KubeObject, ObjectRef } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { parseJson, printJson } from '../json.ts';
import { kubeObjectOf } from '../kube-object.ts';

/**
 * What a run found before it wrote, and what it left, object by object. The file is JSON, one document a line, so that it can grow
 * while the run goes on: a head, then for each object what was there before a write of it, then what the write left there.
 */
export interface SavedState {
  readonly head: JsonObject;
  /** In the order of the first writes. */
  readonly objects: readonly SavedObject[];
}

export interface SavedObject {
  readonly ref: ObjectRef;
  /** As it was stored; undefined where nothing was. */
  readonly before: KubeObject | undefined;
  readonly left: Left;
}

/** What a run left of an object. `unknown`: it ended before it had the answer to its write. */
export type Left = { readonly uid: string; readonly resourceVersion: string } | 'nothing' | 'unknown';

export const savedStateKind = 'SavedState';
const apiVersion = 'vmsvc/v1';

/** A file is not what `--save-before` writes; the message says where and why. */
export class SavedStateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SavedStateError';
  }
}

/** The line for what is there before a write. */
export function beforeLine(ref: ObjectRef, before: KubeObject | undefined): string {
  return `${printJson({ object: ref, before: before ?? null })}\n`;
}

/** The line for what a write left. */
export function leftLine(ref: ObjectRef, after: KubeObject | undefined): string {
  const { uid, resourceVersion } = after?.metadata ?? {};
  return `${printJson({ object: ref, left: after === undefined ? null : { uid, resourceVersion } })}\n`;
}

/** How many bytes it takes to save an object and what writes leave of it; several writes of one object may. */
export function roomFor(ref: ObjectRef, before: KubeObject | undefined): number {
  const left = leftLine(ref, { ...ref, metadata: { name: ref.name, uid: ' '.repeat(36), resourceVersion: ' '.repeat(20) } });
  return Buffer.byteLength(beforeLine(ref, before)) + most * Buffer.byteLength(left);
}

/** Writes of one object in one run: a VirtualMachineService has three parts. */
const most = 3;

/**
 * Reads what `--save-before` wrote. A last line that ends in the middle is one that a run was writing when it was killed: what it
 * was about to write had not been sent yet, or its outcome is not known.
 * @throws SavedStateError
 */
export function readSavedState(text: string): SavedState {
  const lines = text.split('\n').slice(0, -1);
  if (text.trim() === '') throw new SavedStateError('it is empty');
  const [first = '', ...others] = lines;
  const head = documentOf(first);
  if (head?.['kind'] !== savedStateKind) {
    throw new SavedStateError(`it is not what --save-before=FILE writes: a ${savedStateKind}, which is JSON, one document a line`);
  }
  if (head['apiVersion'] !== apiVersion) {
    throw new SavedStateError(`it is a ${savedStateKind} of ${String(head['apiVersion'])}, and this version reads ${apiVersion}: update`);
  }
  const objects = new Map<string, SavedObject>();
  for (const [index, line] of others.entries()) {
    const document = documentOf(line);
    if (document === undefined) throw new SavedStateError(`line ${index + 2} is not a JSON object`);
    const read = lineOf(document);
    if (read === undefined) throw new SavedStateError(`line ${index + 2} is neither what was there before a write nor what one left`);
    const key = printJson(read.ref);
    const known = objects.get(key);
    if ('before' in read) {
      // What was there before the first write that happened; until one has, somebody else's writes came in between.
      if (known === undefined || known.left === 'unknown') objects.set(key, { ...read, left: 'unknown' });
    } else if (known !== undefined) objects.set(key, { ...known, left: read.left });
  }
  return { head, objects: [...objects.values()] };
}

/** Undefined where the line is anything else. */
function documentOf(line: string): JsonObject | undefined {
  try {
    const value = parseJson(line);
    return isMap(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

type Line = { readonly ref: ObjectRef } & ({ readonly before: KubeObject | undefined } | { readonly left: Left });

function lineOf(line: JsonObject): Line | undefined {
  const ref = refIn(line['object']);
  if (ref === undefined) return undefined;
  if (line['before'] === null) return { ref, before: undefined };
  if (line['left'] === null) return { ref, left: 'nothing' };
  if (isMap(line['before'])) {
    const before = kubeObjectOf(line['before'], ref);
    return before !== undefined && isObjectOf(before, ref) ? { ref, before } : undefined;
  }
  if (!isMap(line['left'])) return undefined;
  const { uid, resourceVersion } = line['left'];
  return typeof uid === 'string' && typeof resourceVersion === 'string' ? { ref, left: { uid, resourceVersion } } : undefined;
}

/** Only what a run writes can be undone. */
function refIn(value: Json | undefined): ObjectRef | undefined {
  if (!isMap(value)) return undefined;
  const { apiVersion: version, kind, namespace, name } = value;
  if (typeof version !== 'string' || typeof kind !== 'string' || typeof namespace !== 'string' || typeof name !== 'string')
    return undefined;
  const isChild = version === 'v1' && (kind === 'Service' || kind === 'Endpoints');
  const isOwner = /^vmoperator\.vmware\.com\/v\w+$/.test(version) && kind === 'VirtualMachineService';
  return isChild || isOwner ? { apiVersion: version, kind, namespace, name } : undefined;
}

function isObjectOf({ apiVersion: version, kind, metadata }: KubeObject, ref: ObjectRef): boolean {
  return version === ref.apiVersion && kind === ref.kind && metadata.namespace === ref.namespace && metadata.name === ref.name;
}
