import { dns1123Label } from '../name-rules.ts';
import type { ProfileTraits } from '../profile.ts';

/** In the words of the release: newer Kubernetes libraries speak of dots by themselves. */
export function plainLabel(name: string, traits: ProfileTraits): readonly string[] {
  const complaints = dns1123Label(name);
  if (traits.namesPortDots) return complaints;
  return complaints.map((text) => (text === 'must not contain dots' ? (dns1123Label('_')[0] ?? text) : text));
}
