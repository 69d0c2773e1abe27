import type { JsonObject } from '../../model/object.ts';
import { mapAt } from '../../model/raw-fields.ts';
import { invalid } from '../field-errors.ts';
import { goQuote } from '../go-quote.ts';
import { dns1035Label } from '../name-rules.ts';
import type { ProfileTraits } from '../profile.ts';
import { at } from '../validation/refusal.ts';
import { plainLabel } from './labels.ts';
import type { Refused } from './refused.ts';

export function nameRefusals(object: JsonObject, traits: ProfileTraits): readonly Refused[] {
  const { name: written, generateName } = mapAt(object, 'metadata');
  const isWritten = typeof written === 'string' && written !== '';
  const name = isWritten ? written : typeof generateName === 'string' && generateName !== '' ? generatedName(generateName) : undefined;
  // A name that is missing is the API server's business.
  if (name === undefined) return [];
  const complaints = traits.nameRule === 'dns1035' ? dns1035Label(name) : plainLabel(name, traits);
  return complaints.map((text) => ({
    code: 'VMS108',
    error: invalid('metadata.name', goQuote(name), text),
    at: at(['metadata', isWritten ? 'name' : 'generateName']),
    fix: nameFix(isWritten ? name : undefined),
  }));
}

/** What to do about a name that no service can have; without one, or where nothing is left of it, what a name is made of. */
export function nameFix(name: string | undefined): string {
  const better = name === undefined ? undefined : serviceName(name);
  return better === undefined
    ? 'start with a letter, use lower-case letters, digits and dashes, 63 at most'
    : `name it ${better}, for example`;
}

/** What becomes of a prefix, with letters in place of those that the server draws. */
export function generatedName(prefix: string): string {
  return `${prefix.slice(0, 58)}xxxxx`;
}

/** A name nearby that a Service may have; undefined when nothing is left of it. */
export function serviceName(name: string): string | undefined {
  const cleaned = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '')
    .replace(/^(?=\d)/, 'svc-')
    .slice(0, 63)
    .replace(/-+$/, '');
  return cleaned === '' ? undefined : cleaned;
}
