import { duplicate, type FieldError, goTexts, invalid, notSupported, quotedOrNull, required } from '../../core/field-errors.ts';
import { goQuote } from '../../core/go-quote.ts';
import { parseIp } from '../../core/ip-address.ts';
import { ipFamilyPolicies } from '../../model/service.ts';
import { isHeadless, type SpecDraft } from './service-spec.ts';

const policies: readonly string[] = ipFamilyPolicies.toSorted();

/**
 * Whether cluster IPs, families and policy of a Service fit together. Asked before addresses are allocated, and again with
 * the other rules. Mirrors ValidateServiceClusterIPsRelatedFields.
 */
export function validateClusterIps(spec: SpecDraft, existing: SpecDraft | undefined): readonly FieldError[] {
  if (spec.type === 'ExternalName') return [];
  const errors = [...pairErrors(spec), ...familyErrors(spec)];
  const ips = spec.clusterIPs ?? [];
  const badIps = addressErrors(ips, existing?.clusterIPs ?? []);
  errors.push(...badIps);
  if (ips.length > 2) errors.push(invalid('spec.clusterIPs', goTexts(ips), 'may only hold up to 2 values'));
  // Families of addresses that are none would only confuse.
  if (badIps.length > 0) return errors;
  if (ips.length > 1 && !isDualStack(ips)) {
    errors.push(invalid('spec.clusterIPs', goTexts(ips), 'may specify no more than one IP for each IP family'));
  }
  return isHeadless(spec) ? errors : [...errors, ...mismatches(ips, spec.ipFamilies ?? [])];
}

/** `clusterIP` and the first of `clusterIPs` say the same. */
function pairErrors(spec: SpecDraft): readonly FieldError[] {
  const ips = spec.clusterIPs ?? [];
  if (!spec.clusterIP) {
    return ips.length === 0 ? [] : [invalid('spec.clusterIPs', goTexts(ips), 'must be empty when `clusterIP` is not specified')];
  }
  if (ips.length === 0) return [required('spec.clusterIPs')];
  return ips[0] === spec.clusterIP ? [] : [invalid('spec.clusterIPs', goTexts(ips), 'first value must match `clusterIP`')];
}

function familyErrors(spec: SpecDraft): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, family] of (spec.ipFamilies ?? []).entries()) {
    const field = `spec.ipFamilies[${index}]`;
    if (family !== 'IPv4' && family !== 'IPv6') errors.push(notSupported(field, family, ['IPv4', 'IPv6']));
    if (seen.has(family)) errors.push(duplicate(field, goQuote(family)));
    seen.add(family);
  }
  const policy = spec.ipFamilyPolicy;
  if (policy !== undefined && !policies.includes(policy)) errors.push(notSupported('spec.ipFamilyPolicy', policy, policies));
  return errors;
}

/** An address that the Service already had is not looked at again. */
function addressErrors(ips: readonly string[], existing: readonly string[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, ip] of ips.entries()) {
    if (index === 0 && ip === 'None') {
      if (ips.length > 1) errors.push(invalid('spec.clusterIPs', goTexts(ips), "'None' must be the first and only value"));
    } else if (!existing.includes(ip) && parseIp(ip) === undefined) {
      errors.push(invalid(`spec.clusterIPs[${index}]`, goQuote(ip), 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'));
    }
  }
  return errors;
}

function isDualStack(ips: readonly string[]): boolean {
  const families = ips.map((ip) => parseIp(ip)?.family);
  return families.includes('IPv4') && families.includes('IPv6');
}

function mismatches(ips: readonly string[], families: readonly string[]): readonly FieldError[] {
  return ips.slice(0, families.length).flatMap((ip, index) => {
    const family = families[index];
    const isIpv6 = parseIp(ip)?.family === 'IPv6';
    if (family === (isIpv6 ? 'IPv6' : 'IPv4') || (family !== 'IPv4' && family !== 'IPv6')) return [];
    const detail = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
    return [invalid(`spec.clusterIPs[${index}]`, goQuote(ip), detail)];
  });
}

/** What an update may not do to cluster IPs. Anything goes between two headless states, and from or to ExternalName. */
export function validateClusterIpChange(spec: SpecDraft, existing: SpecDraft): readonly FieldError[] {
  if (spec.type === 'ExternalName' || existing.type === 'ExternalName') return [];
  if (isHeadless(spec) && isHeadless(existing)) return [];
  const ips = spec.clusterIPs ?? [];
  const before = existing.clusterIPs ?? [];
  const unchangeable = (index: number): FieldError => invalid(`spec.clusterIPs[${index}]`, goTexts(ips), 'may not change once set');
  if (before.length === ips.length) return before.flatMap((ip, index) => (ip === ips[index] ? [] : [unchangeable(index)]));
  const errors: FieldError[] = [];
  if (ips.length === 0) errors.push(invalid('spec.clusterIPs[0]', goTexts(ips), 'primary clusterIP can not be unset'));
  else if (before.length > 0 && ips[0] !== before[0]) errors.push(unchangeable(0));
  if (before.length > ips.length && ips.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    const detail = "must be set to 'SingleStack' when releasing the secondary clusterIP";
    errors.push(invalid('spec.ipFamilyPolicy', quotedOrNull(spec.ipFamilyPolicy), detail));
  }
  return errors;
}
