import type { DraftExtras, DraftType } from '../../core/create/draft.ts';
import { isNonStandard, parseCidr, parseIp } from '../../core/ip-address.ts';
import { healthCheckAnnotation, trafficPolicyAnnotation } from '../../core/load-balancer.ts';
import { ipFamilies, ipFamilyPolicies } from '../../model/service.ts';
import type { Flags } from '../spec.ts';
import { readAnnotations } from './read-pairs.ts';

/** What the flags say that nobody has to give; what is wrong with it is added to `problems`. */
export function createExtras(flags: Flags, labels: Readonly<Record<string, string>>, problems: string[]): DraftExtras {
  const annotations = readAnnotations(flags.list('annotation'));
  problems.push(...annotations.problems);
  const clusterIP = clusterIPOf(flags, problems);
  const sourceRanges = flags.list('source-range').flatMap((value) => value.split(',').map((text) => sourceRange(text.trim(), problems)));
  const families = familiesOf(flags, problems);
  const familyPolicy = oneOf(flags, 'ip-family-policy', ipFamilyPolicies, problems);
  if (families.length > 1 && familyPolicy !== 'PreferDualStack' && familyPolicy !== 'RequireDualStack')
    problems.push('two values of --ip-family need --ip-family-policy=PreferDualStack or RequireDualStack');
  const policies = policyAnnotations(flags, problems);
  for (const [key, value] of Object.entries(policies)) {
    const written = annotations.pairs[key];
    if (written !== undefined && written !== value) problems.push(`--annotation ${key}: cannot be ${written} and ${value} at once`);
  }
  const all = { ...annotations.pairs, ...policies };
  const loadBalancerIP = flags.text('load-balancer-ip') ?? '';
  if (loadBalancerIP !== '' && !isPlainIp(loadBalancerIP))
    problems.push(`--load-balancer-ip ${JSON.stringify(loadBalancerIP)}: must be an IP address, as in 10.1.2.3`);
  return {
    ...(clusterIP !== undefined && { clusterIP }),
    ...(loadBalancerIP !== '' && { loadBalancerIP }),
    ...(sourceRanges.length > 0 && { sourceRanges }),
    ...(families.length > 0 && { ipFamilies: families }),
    ...(familyPolicy !== undefined && { ipFamilyPolicy: familyPolicy }),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(all).length > 0 && { annotations: all }),
  };
}

/** `None` asks for a headless one; nothing, as kubectl's default, for any. */
function clusterIPOf(flags: Flags, problems: string[]): string | undefined {
  const text = flags.text('cluster-ip') ?? '';
  if (text === '') return undefined;
  if (text.toLowerCase() === 'none') return 'None';
  if (!isPlainIp(text)) problems.push(`--cluster-ip ${JSON.stringify(text)}: must be an IP address, as in 10.96.0.10, or None`);
  return text;
}

function isPlainIp(text: string): boolean {
  return parseIp(text) !== undefined && !isNonStandard(text);
}

function sourceRange(text: string, problems: string[]): string {
  if (parseCidr(text) !== undefined && !isNonStandard(text.split('/', 1)[0] ?? '')) return text;
  const ip = isNonStandard(text) ? undefined : parseIp(text);
  const rule =
    ip === undefined
      ? 'must be a CIDR, as in 10.0.0.0/8'
      : `must be a CIDR: ${text}/${ip.family === 'IPv4' ? 32 : 128} is this one address`;
  problems.push(`--source-range ${JSON.stringify(text)}: ${rule}`);
  return text;
}

function familiesOf(flags: Flags, problems: string[]): readonly string[] {
  const families = flags
    .list('ip-family')
    .flatMap((value) => value.split(','))
    .map((text) => {
      const family = ipFamilies.find((known) => known.toLowerCase() === text.trim().toLowerCase());
      if (family === undefined) problems.push(`--ip-family ${JSON.stringify(text)}: must be IPv4 or IPv6`);
      return family ?? text;
    });
  if (new Set(families).size < families.length) problems.push('--ip-family: each family can be given once');
  return families;
}

function policyAnnotations(flags: Flags, problems: string[]): Readonly<Record<string, string>> {
  const policy = oneOf(flags, 'external-traffic-policy', ['Local', 'Cluster'], problems);
  const port = flags.text('health-check-node-port');
  if (port !== undefined) {
    if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535)
      problems.push(`--health-check-node-port ${JSON.stringify(port)}: must be between 1 and 65535`);
    if (policy !== 'Local') problems.push('--health-check-node-port goes with --external-traffic-policy=Local');
  }
  return {
    ...(policy !== undefined && { [trafficPolicyAnnotation]: policy }),
    ...(port !== undefined && { [healthCheckAnnotation]: port }),
  };
}

/** In any letter case. */
function oneOf(flags: Flags, flag: string, values: readonly string[], problems: string[]): string | undefined {
  const text = flags.text(flag);
  if (text === undefined) return undefined;
  const found = values.find((known) => known.toLowerCase() === text.toLowerCase());
  if (found === undefined) problems.push(`--${flag} ${JSON.stringify(text)}: must be one of ${values.join(', ')}`);
  return found;
}

/** What the flags say that does nothing, or harm, on the type that was chosen. */
export function extrasOnWrongType(flags: Flags, type: DraftType | undefined, { clusterIP }: DraftExtras): readonly string[] {
  if (type === undefined) return [];
  const fits = type === 'LoadBalancer' ? ['load-balancer-ip', 'source-range', 'external-traffic-policy'] : [];
  return [
    ...(type === 'LoadBalancer' && clusterIP === 'None'
      ? ['--cluster-ip None goes with --type=ClusterIP: a load balancer needs a cluster IP']
      : []),
    ...Object.entries(flagTypes)
      .filter(([flag]) => flags.given(flag) && !fits.includes(flag))
      .map(([flag, owner]) => `--${flag} goes with --type=${owner}`),
  ];
}

const flagTypes: Readonly<Record<string, string>> = {
  'load-balancer-ip': 'LoadBalancer',
  'source-range': 'LoadBalancer',
  'external-traffic-policy': 'LoadBalancer',
  'external-name': 'ExternalName',
};
