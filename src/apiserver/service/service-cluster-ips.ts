import { type FieldError, goTexts, invalid } from '../../core/field-errors.ts';
import { type Cidr, contains, formatCidr, formatIp, type IpAddress, parseCidr, parseIp, sizeOf } from '../../core/ip-address.ts';
import type { IpFamily } from '../../model/service.ts';
import type { Allocations } from './allocations.ts';
import { keepsPreferredFamilies } from './service-ip-families.ts';
import { type SpecDraft, sameTexts } from './service-spec.ts';

/**
 * Brings `clusterIP` and `clusterIPs` in line: old clients send the one, new ones both.
 * Mirrors normalizeClusterIPs.
 */
export function alignClusterIps(sent: SpecDraft, existing: SpecDraft | undefined): SpecDraft {
  const ip = sent.clusterIP ?? '';
  const before = existing?.clusterIP ?? '';
  if (existing === undefined) return ip !== '' && isNone(sent.clusterIPs) ? { ...sent, clusterIPs: [ip] } : sent;
  if (ip === before) return isNone(sent.clusterIPs) && !isNone(existing.clusterIPs) ? { ...sent, clusterIPs: existing.clusterIPs } : sent;
  if (!sameTexts(sent.clusterIPs, existing.clusterIPs)) return sent;
  return { ...sent, clusterIPs: ip === '' ? undefined : [ip] };
}

function isNone(ips: readonly string[] | undefined): boolean {
  return ips === undefined || ips.length === 0;
}

export interface IpRequest {
  readonly cidrs: readonly string[];
  readonly taken: Allocations;
  /** Spreads the addresses over the range, and gives one Service the same address in every run. */
  readonly seed: string;
  readonly dryRun: boolean;
}

export type IpOutcome = { readonly spec: SpecDraft } | { readonly errors: readonly FieldError[] } | { readonly internal: string };

/**
 * Gives a Service the cluster IPs that it lacks, and checks those that it asks for. Families are settled before.
 * Mirrors allocClusterIPs and updateClusterIPs.
 */
export function allocateClusterIps(spec: SpecDraft, existing: SpecDraft | undefined, request: IpRequest): IpOutcome {
  if (existing !== undefined && existing.type !== 'ExternalName') return updateClusterIps(spec, existing, request);
  if (spec.type === 'ExternalName' || spec.clusterIPs?.[0] === 'None') return { spec };
  return allocate(spec, spec.ipFamilies ?? [], request);
}

function updateClusterIps(spec: SpecDraft, existing: SpecDraft, request: IpRequest): IpOutcome {
  const settled = spec.type === 'ExternalName' || existing.clusterIPs?.[0] === 'None' || keepsPreferredFamilies(spec, existing);
  const upgraded = existing.ipFamilies?.length === 1 && spec.ipFamilies?.length === 2;
  return settled || !upgraded ? { spec } : allocate(spec, spec.ipFamilies.slice(1), request);
}

/** @param families whose addresses are wanted: all, or the second one alone. */
function allocate(spec: SpecDraft, families: readonly string[], request: IpRequest): IpOutcome {
  const all = spec.ipFamilies ?? [];
  const ips = all.map((_, index) => spec.clusterIPs?.[index] ?? '');
  const found = [...ips];
  for (const [index, family] of all.entries()) {
    if (!families.includes(family)) continue;
    const range = rangeOf(family, request.cidrs);
    if (range === undefined) return { internal: `failed to allocate a serviceIP: no range of family ${family}` };
    const asked = ips[index] ?? '';
    const refusal = asked === '' ? undefined : refusalOf(asked, range, request);
    if (refusal !== undefined) {
      return { errors: [invalid('spec.clusterIPs', goTexts(ips), `failed to allocate IP ${asked}: ${refusal}`)] };
    }
    const ip = asked === '' ? freeIp(range, request, family) : asked;
    if (ip === undefined) return { internal: 'failed to allocate a serviceIP: range is full' };
    found[index] = ip;
  }
  return { spec: { ...spec, clusterIPs: found, clusterIP: found[0] } };
}

function rangeOf(family: string, cidrs: readonly string[]): Cidr | undefined {
  return cidrs.map(parseCidr).find((cidr) => cidr?.family === family);
}

/** Why a requested address cannot be had. A dry run does not look whether it is taken. */
function refusalOf(asked: string, range: Cidr, { taken, dryRun }: IpRequest): string | undefined {
  const ip = parseIp(asked);
  if (ip === undefined || !isUsable(ip, range)) {
    const valid = `the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${formatCidr(range)}`;
    return dryRun ? valid : 'the provided network does not match the current range';
  }
  return !dryRun && taken.hasIp(asked) ? 'provided IP is already allocated' : undefined;
}

/** The network's own address is never used, nor is IPv4's broadcast address. */
function isUsable(ip: IpAddress, range: Cidr): boolean {
  const isLast = ip.family === 'IPv4' && ip.value === range.first + sizeOf(range) - 1n;
  return contains(range, ip) && ip.value !== range.first && !isLast;
}

/** The first free address at or after a place that the seed decides, outside the start of the range that is kept for people. */
function freeIp(range: Cidr, { taken, seed, dryRun }: IpRequest, family: string): string | undefined {
  if (dryRun) return formatIp({ family: range.family, value: range.first });
  const size = sizeOf(range);
  const reserved = reservedFor(size);
  const start = reserved + (hashOf(`${seed}/${family}`) % (size - reserved > 0n ? size - reserved : 1n));
  for (let step = 0n; step < size; step += 1n) {
    const ip = { family: range.family, value: range.first + ((start + step) % size) } satisfies { family: IpFamily; value: bigint };
    if (isUsable(ip, range) && !taken.hasIp(formatIp(ip))) return formatIp(ip);
  }
  return undefined;
}

function reservedFor(size: bigint): bigint {
  const sixteenth = size / 16n;
  if (sixteenth < 16n) return size > 16n ? 16n : 0n;
  return sixteenth > 256n ? 256n : sixteenth;
}

/** FNV-1a, 64 bits: spreads names evenly, and needs no randomness. */
export function hashOf(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const character of text) {
    hash = ((hash ^ BigInt(character.codePointAt(0) ?? 0)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  // The low bits of similar names are similar: fold the high ones in.
  return hash ^ (hash >> 29n);
}
