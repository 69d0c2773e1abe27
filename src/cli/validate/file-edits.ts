import { objectsIn } from '../../cluster/files/manifest-values.ts';
import { editableText, repeatRemovals } from '../../cluster/files/mend-text.ts';
import type { TextChange } from '../../cluster/files/text-change.ts';
import { positionsOf } from '../../cluster/files/text-document.ts';
import type { Finding } from '../../core/finding.ts';
import { editWithin } from '../../core/repair/edit.ts';
import type { FileEdit } from '../../render/sarif.ts';
import type { LoadedFile } from './loaded-files.ts';
import { findingKey, type Repairs } from './verdicts.ts';

/** Finds the edits of a finding's file that mend it; undefined where there is no one right answer. */
export type EditsOf = (finding: Finding) => readonly FileEdit[] | undefined;

/**
 * What `--fix` would do to each finding by itself, in the places of the files as they are.
 * @param repeats findings of keys that are there twice and say the same
 */
export async function fileEdits(
  files: readonly LoadedFile[],
  repairs: Repairs | undefined,
  repeats: ReadonlySet<Finding>,
): Promise<EditsOf> {
  const edits = new Map<string, readonly FileEdit[]>();
  const repeatEdits = new Map<Finding, readonly FileEdit[]>();
  for (const { name, text = '' } of files) {
    const at = positionsOf(text);
    const editOf = ({ start, end, text: piece }: TextChange): FileEdit => ({ file: name, start: at(start), end: at(end), text: piece });
    const own = [...repeats].flatMap((finding) => (finding.location?.file === name ? [{ finding, place: finding.location }] : []));
    const removals = await repeatRemovals(
      text,
      own.map(({ place }) => place),
    );
    for (const [index, { finding }] of own.entries()) repeatEdits.set(finding, (removals[index] ?? []).map(editOf));
    for (const document of await editableText(text)) {
      for (const { value, path } of objectsIn(document.value)) {
        if (value === undefined) continue;
        for (const repair of repairs?.of({ value, writtenAt: (inner) => document.writtenAt([...path, ...inner]) }) ?? []) {
          const changes = repair.edits.map((edit) => document.changeFor(editWithin(edit, path)));
          if (!changes.every((change) => change !== undefined)) continue;
          edits.set(findingKey(name, repair.finding), changes.flat().map(editOf));
        }
      }
    }
  }
  return (finding) => repeatEdits.get(finding) ?? edits.get(findingKey(finding.location?.file ?? '', finding));
}
