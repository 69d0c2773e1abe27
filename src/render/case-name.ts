import { familyTitles } from '../core/finding-family.ts';
import type { Case } from '../core/test-cases.ts';

/** What a case is about: the object, and the rules of a family. Of a file that holds none it is the file. */
export function caseTitle({ subject, family }: Case): { readonly object: string; readonly family: string } {
  const { kind, name } = subject.object;
  const object = [kind, name].filter((part) => part !== '').join('/');
  return { object: object === '' ? 'file' : object, family: familyTitles[family] };
}

/** Where the object is: its file, or its namespace. */
export function casePlace({ subject }: Case): string {
  return subject.location?.file ?? subject.object.namespace ?? '';
}
