import { mebibyte } from '../../core/mebibytes.ts';
import { jsonEqual } from '../../core/patch.ts';
import { type Edit, edited, editsInOrder, editWithin, removedItem } from '../../core/repair/edit.ts';
import type { FieldPath } from '../../model/field-path.ts';
import type { Json } from '../../model/object.ts';
import { editableJson } from './json-editor.ts';
import { readJsonDocuments } from './json-reader.ts';
import { objectsIn } from './manifest-values.ts';
import { changedText, type EditableDocument, type TextChange } from './text-change.ts';
import { isError, offsetOf, type Position } from './text-document.ts';

/** Edits of one object that belong together: all of them are made, or none. */
export interface Repair {
  readonly edits: readonly Edit[];
}

/** An object of a text, for whoever decides what to repair in it. */
export interface MendableObject {
  readonly value: Json;
  /** How a scalar is written, without quotes. */
  writtenAt(path: FieldPath): string | undefined;
}

export interface Mended<R extends Repair> {
  readonly text: string;
  /** In the order in which they were made. */
  readonly made: readonly R[];
  /** What could not be written without changing something else as well. */
  readonly refused: readonly R[];
}

/**
 * Repairs the objects of a YAML or JSON text where they are written, until nothing is left to repair. Each change is read back before
 * it counts: the text must mean what the edits say, nothing else, and hold the same comments.
 */
export async function mendText<R extends Repair>(
  original: string,
  repairsOf: (object: MendableObject) => readonly R[],
): Promise<Mended<R>> {
  const format = await formatOf(original);
  const made: R[] = [];
  const refused = new Map<string, R>();
  let text = original;
  // Each round repairs what the one before brought to light. Two repairs that undo each other would never end.
  for (let round = 0; round < 20; round++) {
    const documents = format.read(text);
    const steps = documents.flatMap((document, index) => stepsFor(document, index, { repairsOf, refused }));
    if (steps.length === 0) break;
    const done = proven({ text, documents, format }, steps, refused);
    made.push(...done.made);
    text = done.text;
  }
  return { text, made, refused: [...refused.values()] };
}

/**
 * Takes out fields that say once more what another one of the same mapping says already; each only where nothing else changes with it.
 * @param places where their keys begin
 * @returns the places of those that are gone, too
 */
export async function withoutRepeats(
  original: string,
  places: readonly Position[],
): Promise<{ readonly text: string; readonly gone: readonly Position[] }> {
  if (places.length === 0) return { text: original, gone: [] };
  const format = await formatOf(original);
  const removals = removalsAt(original, places, format);
  const atOnce = withChanges(original, removals.flat(), format);
  if (atOnce !== undefined) return { text: atOnce, gone: places.filter((_, index) => removals[index]?.length !== 0) };
  const gone: Position[] = [];
  let text = original;
  // From behind, so that the places before stay what they are.
  for (const place of places.toSorted((left, right) => right.line - left.line || right.column - left.column)) {
    const changed = withChanges(text, removalsAt(text, [place], format).flat(), format);
    if (changed === undefined || changed === text) continue;
    text = changed;
    gone.push(place);
  }
  return { text, gone };
}

/** What takes out each of such fields by itself; nothing where something else would change with it. */
export async function repeatRemovals(text: string, places: readonly Position[]): Promise<readonly (readonly TextChange[])[]> {
  const format = await formatOf(text);
  const removals = removalsAt(text, places, format);
  if (withChanges(text, removals.flat(), format) !== undefined) return removals;
  // Each by itself takes as long as reading the text anew.
  if (places.length * text.length > mostTried) return [];
  return removals.map((changes) => (withChanges(text, changes, format) === undefined ? [] : changes));
}

const mostTried = 4 * mebibyte;

function removalsAt(text: string, places: readonly Position[], { read }: Format): readonly (readonly TextChange[])[] {
  const documents = read(text);
  return places.map((place) => {
    const offset = offsetOf(text, place);
    return documents.findLast(({ start }) => start <= offset)?.removalAt(offset) ?? [];
  });
}

/** The text with changes after which it means what it meant; undefined where it would not. */
function withChanges(text: string, changes: readonly TextChange[], format: Format): string | undefined {
  const changed = changedText(text, changes);
  return changed !== undefined && meansTheSame(changed, text, format) ? changed : undefined;
}

function meansTheSame(one: string, other: string, { read, commentsOf }: Format): boolean {
  const values = (text: string) => read(text).map(({ value }) => value);
  return jsonEqual(values(one), values(other)) && sameTexts(commentsOf(one), commentsOf(other));
}

/** The documents of a text, each of which knows how to change one field where it is written. */
export async function editableText(text: string): Promise<readonly EditableDocument[]> {
  return (await formatOf(text)).read(text);
}

/** How a text is read for editing, and what else must not get lost. */
interface Format {
  read(text: string): readonly EditableDocument[];
  commentsOf(text: string): readonly string[];
}

/** As the manifests are read: what starts with a brace is JSON, unless only YAML can read it. */
async function formatOf(text: string): Promise<Format> {
  if (/^\s*\{/.test(text) && !readJsonDocuments(text).problems.some(isError)) return { read: editableJson, commentsOf: () => [] };
  const { editableYaml, yamlComments } = await import('./yaml-editor.ts');
  return { read: editableYaml, commentsOf: yamlComments };
}

interface Step<R> {
  readonly key: string;
  readonly repair: R;
  /** Which of the documents. */
  readonly document: number;
  readonly edits: readonly Edit[];
  readonly changes: readonly TextChange[];
}

interface Planning<R extends Repair> {
  readonly repairsOf: (object: MendableObject) => readonly R[];
  readonly refused: Map<string, R>;
}

/** What can be done to a document at once; what would get in the way of something else waits for the next round. */
function stepsFor<R extends Repair>(document: EditableDocument, index: number, planning: Planning<R>): readonly Step<R>[] {
  const { repairsOf, refused } = planning;
  const steps: Step<R>[] = [];
  let after = document.value;
  for (const { value, path } of objectsIn(document.value)) {
    if (value === undefined) continue;
    for (const repair of repairsOf({ value, writtenAt: (inner) => document.writtenAt([...path, ...inner]) })) {
      const edits = repair.edits.map((edit) => editWithin(edit, path));
      const key = `${index} ${JSON.stringify(edits)}`;
      if (refused.has(key)) continue;
      const own = edits.map((edit) => document.changeFor(edit));
      if (!own.every((change) => change !== undefined)) {
        refused.set(key, repair);
        continue;
      }
      const changes = own.flat();
      // Those that follow still go by the numbers that items have now.
      const changed = allEdited(
        after,
        edits.filter((edit) => removedItem(edit) === undefined),
      );
      if (changed === undefined || changedText('', [...steps.flatMap((step) => step.changes), ...changes]) === undefined) continue;
      after = changed;
      steps.push({ key, repair, document: index, edits, changes });
    }
  }
  return steps;
}

function allEdited(value: Json, edits: readonly Edit[]): Json | undefined {
  return editsInOrder(edits).reduce<Json | undefined>((before, edit) => (before === undefined ? undefined : edited(before, edit)), value);
}

/** All steps at once when that works, which it nearly always does; else one after the other, without those that do harm. */
function proven<R extends Repair>(
  page: Page,
  steps: readonly Step<R>[],
  refused: Map<string, R>,
): { readonly text: string; readonly made: readonly R[] } {
  const whole = proof(page, steps);
  if (whole !== undefined) return { text: whole, made: steps.map(({ repair }) => repair) };
  let accepted: readonly Step<R>[] = [];
  for (const step of steps) {
    const attempt = [...accepted, step];
    if (proof(page, attempt) !== undefined) accepted = attempt;
    // Beside others it may only be in their way; once they are made, it has another chance.
    else if (accepted.every(({ document }) => document !== step.document)) refused.set(step.key, step.repair);
  }
  return { text: proof(page, accepted) ?? page.text, made: accepted.map(({ repair }) => repair) };
}

interface Page {
  readonly text: string;
  readonly documents: readonly EditableDocument[];
  readonly format: Format;
}

/** The text with all steps made, if it means what they say and no more. */
function proof({ text, documents, format }: Page, steps: readonly Step<Repair>[]): string | undefined {
  const changed = changedText(
    text,
    steps.flatMap(({ changes }) => changes),
  );
  if (changed === undefined) return undefined;
  const own = Map.groupBy(steps, ({ document }) => document);
  const expected = documents.map(({ value }, index) =>
    allEdited(
      value,
      (own.get(index) ?? []).flatMap(({ edits }) => edits),
    ),
  );
  const found = format.read(changed);
  const isRight = found.length === expected.length && found.every(({ value }, index) => jsonEqual(value, expected[index]));
  return isRight && sameTexts(format.commentsOf(text), format.commentsOf(changed)) ? changed : undefined;
}

/** In any order: a comment may move by a line. */
function sameTexts(one: readonly string[], other: readonly string[]): boolean {
  const sorted = other.toSorted();
  return one.length === other.length && one.toSorted().every((text, index) => text === sorted[index]);
}
