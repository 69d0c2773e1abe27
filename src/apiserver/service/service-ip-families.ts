import { type FieldError, forbidden, goFamilies, goTexts, invalid, quotedOrNull } from '../../core/field-errors.ts';
import { parseCidr, parseIp } from '../../core/ip-address.ts';
import type { IpFamily } from '../../model/service.ts';
import { validateClusterIps } from './service-cluster-ip-validation.ts';
import { type SpecDraft, sameTexts } from './service-spec.ts';

/** The families of the service ranges, the default first: one for a single-stack cluster, two for dual-stack. */
export function clusterFamilies(serviceCidrs: readonly string[]): readonly IpFamily[] {
  return serviceCidrs.flatMap((cidr) => parseCidr(cidr)?.family ?? []);
}

export type FamilyOutcome = { readonly spec: SpecDraft } | { readonly errors: readonly FieldError[] };

/**
 * Settles `ipFamilyPolicy` and `ipFamilies` of a Service that is created or updated. Errors of this step are answered alone.
 * Mirrors initIPFamilyFields in kube-apiserver's Service storage.
 * @param existing undefined on creation.
 */
export function settleIpFamilies(sent: SpecDraft, existing: SpecDraft | undefined, cluster: readonly IpFamily[]): FamilyOutcome {
  if (sent.type === 'ExternalName' || keepsPreferredFamilies(sent, existing)) return { spec: sent };
  let spec: SpecDraft = { ...sent, ipFamilyPolicy: sent.ipFamilyPolicy ?? existing?.ipFamilyPolicy ?? defaultPolicy(sent) };
  const fieldErrors = validateClusterIps(spec, existing);
  if (fieldErrors.length > 0) return { errors: fieldErrors };
  const errors: FieldError[] = [];
  if (existing !== undefined && spec.ipFamilyPolicy === 'SingleStack') spec = withoutSecondFamily(spec, existing);
  else if (existing !== undefined) errors.push(...reductions(spec, existing));
  if (spec.ipFamilyPolicy === 'SingleStack') errors.push(...tooManyForSingleStack(spec));
  const inferred = inferFamilies(spec, cluster);
  errors.push(...inferred.errors);
  if (errors.length > 0) return { errors };
  spec = { ...spec, ipFamilies: inferred.families };
  if (spec.clusterIP === 'None' && isEmpty(spec.selector)) return { spec: withoutSelectorFamilies(spec, cluster) };
  const unavailable = unavailableFamilies(spec, cluster);
  return unavailable.length > 0 ? { errors: unavailable } : { spec: withClusterFamilies(spec, cluster) };
}

/**
 * A Service that prefers dual-stack is neither upgraded nor downgraded behind its owner's back.
 * It then keeps its cluster IPs as well.
 */
export function keepsPreferredFamilies(sent: SpecDraft, existing: SpecDraft | undefined): boolean {
  if (existing === undefined || existing.type !== sent.type || sent.type === 'ExternalName') return false;
  if (sent.ipFamilyPolicy !== 'PreferDualStack' || (existing.ipFamilyPolicy ?? 'PreferDualStack') !== 'PreferDualStack') return false;
  return sameTexts(sent.clusterIPs, existing.clusterIPs) && sameTexts(sent.ipFamilies, existing.ipFamilies);
}

/** A headless Service without selector lists its own endpoints, of whatever family: it defaults to both. */
function defaultPolicy(spec: SpecDraft): string {
  return spec.clusterIP === 'None' && isEmpty(spec.selector) ? 'RequireDualStack' : 'SingleStack';
}

function isEmpty(selector: SpecDraft['selector']): boolean {
  return selector === undefined || Object.keys(selector).length === 0;
}

/** Asking for SingleStack is intent enough to give up an untouched second address and family. */
function withoutSecondFamily(spec: SpecDraft, existing: SpecDraft): SpecDraft {
  const clusterIPs = sameTexts(spec.clusterIPs, existing.clusterIPs) ? spec.clusterIPs?.slice(0, 1) : spec.clusterIPs;
  const ipFamilies = sameTexts(spec.ipFamilies, existing.ipFamilies) ? spec.ipFamilies?.slice(0, 1) : spec.ipFamilies;
  return { ...spec, clusterIPs, ipFamilies };
}

function reductions(spec: SpecDraft, existing: SpecDraft): readonly FieldError[] {
  const errors: FieldError[] = [];
  const policy = quotedOrNull(spec.ipFamilyPolicy);
  if (isFewer(spec.clusterIPs, existing.clusterIPs)) {
    errors.push(invalid('spec.ipFamilyPolicy', policy, "must be 'SingleStack' to release the secondary cluster IP"));
  }
  if (isFewer(spec.ipFamilies, existing.ipFamilies)) {
    errors.push(invalid('spec.ipFamilyPolicy', policy, "must be 'SingleStack' to release the secondary IP family"));
  }
  return errors;
}

/** An empty list was not sent, which is not a reduction. */
function isFewer(sent: readonly string[] | undefined, existing: readonly string[] | undefined): boolean {
  const count = sent?.length ?? 0;
  return count > 0 && count < (existing?.length ?? 0);
}

function tooManyForSingleStack(spec: SpecDraft): readonly FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (what: string): void => {
    const detail = `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`;
    errors.push(invalid('spec.ipFamilyPolicy', quotedOrNull(spec.ipFamilyPolicy), detail));
  };
  if (spec.clusterIPs?.length === 2) refuse('cluster IPs');
  if (spec.ipFamilies?.length === 2) refuse('IP families');
  return errors;
}

/** Every cluster IP beyond the listed families adds its own. */
function inferFamilies(
  spec: SpecDraft,
  cluster: readonly IpFamily[],
): { readonly families: readonly string[]; readonly errors: readonly FieldError[] } {
  const families: string[] = [...(spec.ipFamilies ?? [])];
  const errors: FieldError[] = [];
  for (const [index, ip] of (spec.clusterIPs ?? []).entries()) {
    if (ip === 'None') break;
    if (index < families.length) continue;
    const family = parseIp(ip)?.family ?? 'IPv4';
    if (cluster.includes(family)) families.push(family);
    else errors.push(invalid(`spec.clusterIPs[${index}]`, goTexts(spec.clusterIPs), `${family} is not configured on this cluster`));
  }
  return { families, errors };
}

/** Headless without selector: both families are allowed even where the cluster has one. */
function withoutSelectorFamilies(spec: SpecDraft, cluster: readonly IpFamily[]): SpecDraft {
  const families = spec.ipFamilies?.length ? spec.ipFamilies : cluster.slice(0, 1);
  const second = families.length === 1 && spec.ipFamilyPolicy !== 'SingleStack';
  return { ...spec, ipFamilies: second ? [...families, otherThan(families[0])] : families };
}

function unavailableFamilies(spec: SpecDraft, cluster: readonly IpFamily[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (spec.ipFamilyPolicy === 'RequireDualStack' && cluster.length < 2) {
    errors.push(invalid('spec.ipFamilyPolicy', '"RequireDualStack"', 'this cluster is not configured for dual-stack services'));
  }
  for (const [index, family] of (spec.ipFamilies ?? []).entries()) {
    if (cluster.every((served) => served !== family)) {
      errors.push(invalid(`spec.ipFamilies[${index}]`, quotedOrNull(family), 'not configured on this cluster'));
    }
  }
  return errors;
}

function withClusterFamilies(spec: SpecDraft, cluster: readonly IpFamily[]): SpecDraft {
  const families = spec.ipFamilies?.length ? spec.ipFamilies : cluster.slice(0, 1);
  const second = families.length === 1 && spec.ipFamilyPolicy !== 'SingleStack' && cluster.length === 2;
  return { ...spec, ipFamilies: second ? [...families, otherThan(families[0])] : families };
}

function otherThan(family: string | undefined): IpFamily {
  return family === 'IPv6' ? 'IPv4' : 'IPv6';
}

/** What an update may not do to the families of a Service that has cluster IPs. A headless Service may change them freely. */
export function validateFamilyChange(spec: SpecDraft, existing: SpecDraft): readonly FieldError[] {
  if (spec.type === 'ExternalName' || existing.type === 'ExternalName') return [];
  const wasHeadless = existing.clusterIPs?.[0] === 'None' && existing.clusterIPs.length === 1;
  const isHeadless = spec.clusterIPs?.[0] === 'None' && spec.clusterIPs.length === 1;
  if (wasHeadless || isHeadless) return [];
  const families = spec.ipFamilies ?? [];
  const before = existing.ipFamilies ?? [];
  const changedFirst = families.length > 0 && before.length > 0 && families[0] !== before[0];
  const errors: FieldError[] = [];
  if (before.length === families.length) {
    for (const [index, family] of before.entries()) {
      if (family !== families[index]) errors.push(invalid('spec.ipFamilies[0]', goFamilies(families), 'may not change once set'));
    }
    return errors;
  }
  if (before.length > families.length && (spec.clusterIPs ?? []).length === 0) {
    errors.push(invalid('spec.ipFamilies[0]', goFamilies(families), 'primary ipFamily can not be unset'));
  }
  if (changedFirst) errors.push(invalid('spec.ipFamilies[0]', goTexts(spec.clusterIPs), 'may not change once set'));
  if (before.length > families.length && families.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    const detail = "must be set to 'SingleStack' when releasing the secondary ipFamily";
    errors.push(invalid('spec.ipFamilyPolicy', quotedOrNull(spec.ipFamilyPolicy), detail));
  }
  return errors;
}

/** The fields that an ExternalName Service may not have. */
export function forbiddenForExternalName(spec: SpecDraft): readonly FieldError[] {
  const detail = 'may not be set for ExternalName services';
  return [
    ...(spec.clusterIPs?.length ? [forbidden('spec.clusterIPs', detail)] : []),
    ...(spec.ipFamilies?.length ? [forbidden('spec.ipFamilies', detail)] : []),
    ...(spec.ipFamilyPolicy === undefined ? [] : [forbidden('spec.ipFamilyPolicy', detail)]),
  ];
}
