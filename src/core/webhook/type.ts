import { forbidden, invalid, notSupported, required } from '../field-errors.ts';
import { goQuote } from '../go-quote.ts';
import { dns1123Subdomain } from '../name-rules.ts';
import { at } from '../validation/refusal.ts';
import type { WrittenSpec } from '../validation/written-spec.ts';
import type { Refused } from './refused.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer'];

export function supportedType(type: string): readonly Refused[] {
  if (types.includes(type)) return [];
  const place = at(['spec', 'type']);
  if (type === '') {
    const fix = 'add "type: LoadBalancer" or "type: ClusterIP"; this API has no default, and it cannot be changed later';
    return [{ code: 'VMS101', error: required('spec.type'), at: place, fix }];
  }
  const near = types.find((known) => known.toLowerCase() === type.toLowerCase());
  const fix = near === undefined ? 'use LoadBalancer, or ClusterIP where clients are inside the cluster' : `write ${near}`;
  return [{ code: 'VMS104', error: notSupported('spec.type', type, types), at: place, fix }];
}

/** What does not go with the type. */
export function typeRefusals({ type, clusterIp, externalName }: WrittenSpec): readonly Refused[] {
  if (type === 'LoadBalancer' && clusterIp === 'None') {
    const error = invalid('spec.clusterIP', '"None"', "may not be set to 'None' for LoadBalancer services");
    return [{ code: 'VMS106', error, at: at(['spec', 'clusterIp']), fix: 'remove clusterIp, or use type ClusterIP' }];
  }
  if (type !== 'ExternalName') return [];
  const refused: Refused[] = [];
  if (clusterIp !== '') {
    const error = forbidden('spec.clusterIP', 'may not be set for ExternalName services');
    refused.push({ code: 'VMS120', error, at: at(['spec', 'clusterIp']), fix: 'remove clusterIp' });
  }
  const name = externalName.replace(/\.$/, '');
  const place = at(['spec', 'externalName']);
  if (name === '') refused.push({ code: 'VMS121', error: required('spec.externalName'), at: place, fix: 'say the DNS name to point to' });
  else {
    for (const text of dns1123Subdomain(name)) {
      const error = invalid('spec.externalName', goQuote(name), text);
      refused.push({ code: 'VMS121', error, at: place, fix: 'use a DNS name in lower case' });
    }
  }
  return refused;
}
