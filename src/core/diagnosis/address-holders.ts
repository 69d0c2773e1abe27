import { ingressAddresses, type Service } from '../../model/service.ts';

/** A Service that has an address, or asks for it. */
export interface AddressHolder {
  readonly service: Service;
  readonly as: 'ClusterIP' | 'Ingress' | 'Asked';
}

/** Who has which address: worked out once, when somebody first wants to know. */
export function holderIndex(services: readonly Service[]): (address: string) => readonly AddressHolder[] {
  let index: Map<string, AddressHolder[]> | undefined;
  return (address) => {
    index ??= indexHolders(services);
    return index.get(address) ?? [];
  };
}

function indexHolders(services: readonly Service[]): Map<string, AddressHolder[]> {
  const known = new Map<string, AddressHolder[]>();
  const add = (address: string, holder: AddressHolder) => {
    const same = known.get(address);
    if (same === undefined) known.set(address, [holder]);
    else same.push(holder);
  };
  for (const service of services) {
    const { clusterIP = '', clusterIPs = [], loadBalancerIP = '' } = service.spec;
    for (const address of new Set([clusterIP, ...clusterIPs])) if (isAddress(address)) add(address, { service, as: 'ClusterIP' });
    for (const address of new Set(ingressAddresses(service))) add(address, { service, as: 'Ingress' });
    if (loadBalancerIP !== '') add(loadBalancerIP, { service, as: 'Asked' });
  }
  return known;
}

/** A headless Service says None. */
function isAddress(text: string): boolean {
  return text !== '' && text !== 'None';
}
