import { invalid } from '../field-errors.ts';
import { goQuote } from '../go-quote.ts';
import { formatIp, hasLeadingZeros, isNonStandard, parseIp } from '../ip-address.ts';
import type { ProfileTraits } from '../profile.ts';
import { at } from '../validation/refusal.ts';
import type { Refused } from './refused.ts';

export function clusterIpRefusals(clusterIp: string, traits: ProfileTraits): readonly Refused[] {
  if (clusterIp === '' || clusterIp === 'None') return [];
  const refuse = (detail: string, fix: string): readonly Refused[] => [
    { code: 'VMS120', error: invalid('spec.clusterIP', goQuote(clusterIp), detail), at: at(['spec', 'clusterIp']), fix },
  ];
  const ip = parseIp(clusterIp);
  if (ip === undefined) {
    const fix = /^none$/i.test(clusterIp) ? 'write None' : 'leave clusterIp out, so that one is allocated';
    return refuse('must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)', fix);
  }
  if (!traits.canonicalClusterIp) return [];
  const canonical = formatIp(ip);
  if (hasLeadingZeros(clusterIp)) {
    return refuse('must not have leading 0s', `write ${canonical} if that is meant: some programs take leading zeros for octal`);
  }
  if (isNonStandard(clusterIp)) return refuse('must not be an IPv4-mapped IPv6 address', `write ${canonical}`);
  return canonical === clusterIp ? [] : refuse(`must be in canonical form (${goQuote(canonical)})`, `write ${canonical}`);
}
