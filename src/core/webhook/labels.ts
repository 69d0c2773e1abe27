import { dns1123Label } from '../name-rules.ts';
import type { ProfileTraits } from '../profile.ts';

/** In the words of the release: some say of a name with dots that it has dots. */
export function plainLabel(name: string, traits: ProfileTraits): readonly string[] {
  const complaints = dns1123Label(name);
  if (traits.namesPortDots) return complaints;
  return complaints.map((text) => (text === 'must not contain dots' ? (dns1123Label('_')[0] ?? text) : text));
}
