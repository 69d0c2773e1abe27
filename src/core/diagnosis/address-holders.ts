import { ingressAddresses, type Service } from '../../model/service.ts';
import { lazyIndex } from '../lazy-index.ts';

/** A Service that has an address, or asks for it. */
export interface AddressHolder {
  readonly service: Service;
  readonly as: 'ClusterIP' | 'Ingress' | 'Asked';
}

/** Who has which address: worked out once, when somebody first wants to know. */
export function holderIndex(services: readonly Service[]): (address: string) => readonly AddressHolder[] {
  return lazyIndex(() => services.flatMap(holdings));
}

function holdings(service: Service): readonly (readonly [address: string, holder: AddressHolder])[] {
  const { clusterIP = '', clusterIPs = [], loadBalancerIP = '' } = service.spec;
  const held = (addresses: readonly string[], as: AddressHolder['as']) =>
    [...new Set(addresses)].map((address) => [address, { service, as }] as const);
  return [
    ...held([clusterIP, ...clusterIPs].filter(isAddress), 'ClusterIP'),
    ...held(ingressAddresses(service), 'Ingress'),
    ...held(loadBalancerIP === '' ? [] : [loadBalancerIP], 'Asked'),
  ];
}

/** A headless Service says None. */
function isAddress(text: string): boolean {
  return text !== '' && text !== 'None';
}
