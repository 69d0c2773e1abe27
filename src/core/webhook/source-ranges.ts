import { forbidden, invalid } from '../field-errors.ts';
import { goQuote } from '../go-quote.ts';
import { formatIp, hasLeadingZeros, parseCidr, parseIp } from '../ip-address.ts';
import type { ProfileTraits } from '../profile.ts';
import { at } from '../validation/refusal.ts';
import type { WrittenSpec } from '../validation/written-spec.ts';
import type { Refused } from './refused.ts';

export function sourceRangeRefusals({ type, sourceRanges }: WrittenSpec, traits: ProfileTraits): readonly Refused[] {
  if (sourceRanges.length === 0) return [];
  const list = 'spec.loadBalancerSourceRanges';
  const refused: Refused[] = [];
  if (type !== 'LoadBalancer') {
    const error = forbidden(list, "may only be used when `type` is 'LoadBalancer'");
    refused.push({
      code: 'VMS107',
      error,
      at: at(['spec', 'loadBalancerSourceRanges'], 'key'),
      fix: 'remove the ranges, or use type LoadBalancer',
    });
  }
  const isBad =
    traits.sourceRanges === 'list' ? (range: string) => parseCidr(range) === undefined : (range: string) => !isStrictCidr(range);
  const bad = sourceRanges.filter(({ text }) => isBad(text.trim()));
  const fixOf = (range: string): string => {
    const ip = parseIp(range);
    return ip === undefined
      ? 'write it as an address and the length of its prefix, for example 10.240.0.0/24'
      : `write ${formatIp(ip)}/${ip.family === 'IPv4' ? 32 : 128} for this one address`;
  };
  const [first] = bad;
  if (first === undefined) return refused;
  if (traits.sourceRanges === 'list') {
    const printed = `[${sourceRanges.map(({ text }) => text).join(' ')}]`;
    const error = invalid(list, printed, 'must be a list of IP ranges. For example, 10.240.0.0/24,10.250.0.0/24');
    refused.push({ code: 'VMS107', error, at: at(['spec', 'loadBalancerSourceRanges', first.index]), fix: fixOf(first.text.trim()) });
    return refused;
  }
  for (const { text, index } of bad) {
    const error = invalid(`${list}[${index}]`, goQuote(text.trim()), 'must be compatible with https://pkg.go.dev/net#ParseCIDR');
    refused.push({ code: 'VMS107', error, at: at(['spec', 'loadBalancerSourceRanges', index]), fix: fixOf(text.trim()) });
  }
  return refused;
}

/** Go's own parser refuses leading zeros in the address, which Kubernetes' parser ignores. */
function isStrictCidr(range: string): boolean {
  const [address = ''] = range.split('/');
  return parseCidr(range) !== undefined && !hasLeadingZeros(address);
}
