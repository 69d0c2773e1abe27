import type { FieldPath } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/object.ts';
import type { Edit } from './edit.ts';

/** A VirtualMachineService as it is written, for whoever repairs it. */
export interface WrittenManifest {
  readonly object: JsonObject;
  /** How a scalar is written, without quotes: `1.10` is not the text `1.1`. */
  writtenAt(path: FieldPath): string | undefined;
  /** The newest version of the API that the release has. */
  readonly newestVersion: string;
}

/** The text as somebody wrote it, in quotes. */
export function quoted(path: FieldPath, { writtenAt }: WrittenManifest): readonly Edit[] | undefined {
  const text = writtenAt(path);
  return text === undefined ? undefined : [{ kind: 'set', path, value: text }];
}
