import net, { isIP } from 'node:net';

/**
 * Whether NO_PROXY takes this host out: `*`, names and their subdomains, `.suffix`, addresses, CIDRs, each with an optional
 * port. Loopback is always out.
 *
 * Mirrors golang.org/x/net/http/httpproxy, which kubectl uses.
 */
export function isOutsideProxy(hostname: string, port: number, noProxy: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  if (host === 'localhost' || host === '::1' || /^127(?:\.\d+){3}$/.test(host)) return true;
  return noProxy.split(',').some((entry) => matches(entry.trim().toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const cidr = /^([^/]+)\/(\d+)$/.exec(entry);
  if (cidr !== null) return isWithin(host, cidr[1] ?? '', Number(cidr[2]));
  const { name, port: wanted } = withoutPort(entry);
  if (wanted !== undefined && wanted !== port) return false;
  if (isIP(name) !== 0) return isIP(host) !== 0 && isWithin(host, name, isIP(name) === 4 ? 32 : 128);
  const suffix = name.replace(/^\*(?=\.)/, '');
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function withoutPort(entry: string): { readonly name: string; readonly port: number | undefined } {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry);
  if (match === null) return { name: entry, port: undefined };
  return { name: match[1] ?? match[2] ?? '', port: match[3] === undefined ? undefined : Number(match[3]) };
}

function isWithin(host: string, network: string, prefix: number): boolean {
  const version = isIP(network);
  if (version === 0 || isIP(host) !== version || prefix > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  // Named in the import, it would be loaded by every run that asks a cluster.
  const list = new net.BlockList();
  list.addSubnet(network, prefix, family);
  return list.check(host, family);
}
