import type { Edit } from '../core/repair/edit.ts';
import type { Unmended, Why } from '../core/repair/unmended.ts';
import { fieldText } from '../model/field-path.ts';
import type { Json } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';

/** What an edit did, in a few words. */
export function editText(edit: Edit): string {
  const field = fieldText(edit.path);
  switch (edit.kind) {
    case 'set':
      return `${field}: ${
        isMap(edit.value)
          ? Object.entries(edit.value)
              .map(([key, value]) => `${key}: ${shown(value)}`)
              .join(', ')
          : shown(edit.value)
      }`;
    case 'rename':
      return `${field} is now ${edit.key}`;
    case 'remove':
      return `${field} removed`;
    case 'wrap':
      return `${field} is now a list`;
    case 'unwrap':
      return `what was in ${field} is now in ${fieldText(edit.path.slice(0, -1))}`;
  }
}

/** Text that could be taken for a number or for nothing stands in quotes, as it is written. */
function shown(value: Json | undefined): string {
  return typeof value === 'string' && /^[a-z][\w./:-]*$/i.test(value) && !isBooleanWord(value) ? value : JSON.stringify(value ?? null);
}

function isBooleanWord(text: string): boolean {
  return /^(?:y|yes|n|no|true|false|on|off|null)$/i.test(text);
}

/** `3 errors are left that have no single right answer: …`, where there are any. */
export function unmendedText(groups: readonly Unmended[]): string | undefined {
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return undefined;
  const reasons = groups.map(({ why, count, codes }) => `${count} ${words[why][count === 1 ? 0 : 1]} (${codes.join(', ')})`);
  const what = total === 1 ? '1 error is left that has' : `${total} errors are left that have`;
  return `${what} no single right answer: ${reasons.join('; ')}. What to write stands with each.`;
}

/** For one, and for several. */
const words: Readonly<Record<Why, readonly [string, string]>> = {
  Missing: ['lacks what the rest of the manifest does not tell', 'lack what the rest of the manifest does not tell'],
  WouldBeLost: ['asks for something that would get lost', 'ask for something that would get lost'],
  Stored: ['stands against the stored object', 'stand against the stored object'],
  Outside: ['is not about the manifest alone', 'are not about the manifest alone'],
  Unreadable: ['keeps a document from being read', 'keep a document from being read'],
  SeveralWays: ['can be mended in more than one way', 'can be mended in more than one way'],
};
