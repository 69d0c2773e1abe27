import type { IpFamily } from '../model/service.ts';

/** An IP address as a number. IPv4-mapped IPv6 addresses count as IPv4, as everywhere in Kubernetes. */
export interface IpAddress {
  readonly family: IpFamily;
  readonly value: bigint;
}

export interface Cidr {
  readonly family: IpFamily;
  /** With the bits behind the prefix cleared. */
  readonly first: bigint;
  readonly prefix: number;
  /** The address as written, host bits included. */
  readonly address: IpAddress;
}

/**
 * Reads an IP address the way kube-apiserver does: leading zeros in IPv4 are ignored, zones are refused.
 * Undefined for anything that is not an address.
 */
export function parseIp(text: string): IpAddress | undefined {
  if (!text.includes(':')) {
    const value = parseIpv4(text);
    return value === undefined ? undefined : { family: 'IPv4', value };
  }
  const value = parseIpv6(text);
  if (value === undefined) return undefined;
  return value >> 32n === 0xffffn ? { family: 'IPv4', value: value & 0xffffffffn } : { family: 'IPv6', value };
}

/** `10.0.0.0/8`. Host bits and leading zeros are accepted; undefined for anything that is not a CIDR. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const written = text.slice(0, slash);
  const address = parseIp(written);
  const length = text.slice(slash + 1);
  if (address === undefined || !/^\d{1,3}$/.test(length)) return undefined;
  const bits = written.includes(':') ? 128 : 32;
  const prefix = Number(length);
  if (prefix > bits) return undefined;
  const width = address.family === 'IPv4' ? 32 : 128;
  const kept = Math.max(0, prefix - (bits - width));
  const host = BigInt(width - kept);
  return { family: address.family, first: (address.value >> host) << host, prefix: kept, address };
}

/** How many addresses a range spans, its first and last included. */
export function sizeOf(cidr: Cidr): bigint {
  return 1n << BigInt((cidr.family === 'IPv4' ? 32 : 128) - cidr.prefix);
}

export function contains(cidr: Cidr, ip: IpAddress): boolean {
  return cidr.family === ip.family && ip.value >= cidr.first && ip.value < cidr.first + sizeOf(cidr);
}

/** The canonical text: dotted, or RFC 5952. */
export function formatIp({ family, value }: IpAddress): string {
  if (family === 'IPv4') return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(112 - 16 * index)) & 0xffffn));
  const gap = longestZeroRun(groups);
  const texts = groups.map((group) => group.toString(16));
  if (gap.length < 2) return texts.join(':');
  return `${texts.slice(0, gap.start).join(':')}::${texts.slice(gap.start + gap.length).join(':')}`;
}

/** The network in canonical form: `10.0.0.0/8`. */
export function formatCidr(cidr: Cidr): string {
  return `${formatIp({ family: cidr.family, value: cidr.first })}/${cidr.prefix}`;
}

/** IPv4 octets with a superfluous zero, or an IPv4-mapped IPv6 address: accepted, but warned about. */
export function isNonStandard(text: string): boolean {
  const ip = parseIp(text);
  if (ip === undefined) return false;
  if (text.includes(':')) return ip.family === 'IPv4' || /(^|[:.])0\d+\./.test(text);
  return text.split('.').some((octet) => octet.length > 1 && octet.startsWith('0'));
}

/** Of the dotted part alone: the groups of an IPv6 address may have them. */
export function hasLeadingZeros(ip: string): boolean {
  return /(?:^|[:.])0\d+(?=\.|$)/.test(ip.includes('.') ? ip : '');
}

export function isUnspecified(ip: IpAddress): boolean {
  return ip.value === 0n;
}

export function isLoopback(ip: IpAddress): boolean {
  return ip.family === 'IPv4' ? ip.value >> 24n === 127n : ip.value === 1n;
}

export function isLinkLocalUnicast(ip: IpAddress): boolean {
  return ip.family === 'IPv4' ? ip.value >> 16n === 0xa9fen : ip.value >> 118n === 0x3fan;
}

export function isLinkLocalMulticast(ip: IpAddress): boolean {
  return ip.family === 'IPv4' ? ip.value >> 8n === 0xe00000n : ((ip.value >> 112n) & 0xff0fn) === 0xff02n;
}

function parseIpv4(text: string): bigint | undefined {
  const octets = text.split('.');
  if (octets.length !== 4) return undefined;
  let value = 0n;
  for (const octet of octets) {
    if (!/^\d+$/.test(octet) || Number(octet) > 255) return undefined;
    value = (value << 8n) | BigInt(Number(octet));
  }
  return value;
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<bigint>(missing).fill(0n), ...tail];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** The 16-bit groups of one side of `::`; an IPv4 address may end the last side. */
function groupsOf(text: string, last: boolean): bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (last && index === parts.length - 1 && part.includes('.')) {
      const ipv4 = parseIpv4(part);
      if (ipv4 === undefined) return undefined;
      groups.push(ipv4 >> 16n, ipv4 & 0xffffn);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      groups.push(BigInt(`0x${part}`));
    }
  }
  return groups;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  return best;
}
