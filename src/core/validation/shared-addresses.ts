import type { JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { formatIp, parseIp } from '../ip-address.ts';
import { at, type Complaint } from './refusal.ts';
import { readSpec } from './written-spec.ts';

/**
 * Cluster IPs that several services of one input ask for: the second Service cannot have what the first one got.
 * @returns what is to be said about an object of the input
 */
export function sharedAddresses(
  services: readonly { readonly object: JsonObject; readonly name: string }[],
): (object: JsonObject) => readonly Complaint[] {
  const byAddress = new Map<string, { readonly object: JsonObject; readonly name: string }[]>();
  for (const service of services) {
    const address = addressOf(service.object);
    if (address === undefined) continue;
    byAddress.set(address, [...(byAddress.get(address) ?? []), service]);
  }
  return (object) => {
    const address = addressOf(object);
    const first = address === undefined ? undefined : byAddress.get(address)?.[0];
    if (address === undefined || first === undefined || first.object === object || isSameObject(first.object, object)) return [];
    return [
      {
        code: 'VMS409',
        confidence: 'likely',
        field: 'spec.clusterIp',
        at: at(['spec', 'clusterIp']),
        message: `spec.clusterIp: ${address} is asked for by ${first.name}, too, and only one Service can have it`,
        fix: 'leave clusterIp out, so that one is allocated',
      },
    ];
  };
}

function addressOf(object: JsonObject): string | undefined {
  // Few ask for an address.
  if (!isMap(object['spec']) || typeof object['spec']['clusterIp'] !== 'string') return undefined;
  const { type, clusterIp } = readSpec(object);
  const ip = type === 'ExternalName' ? undefined : parseIp(clusterIp);
  return ip === undefined ? undefined : formatIp(ip);
}

/** The same object written twice, as two overlays do. */
function isSameObject(left: JsonObject, right: JsonObject): boolean {
  const keyOf = ({ metadata }: JsonObject): string => {
    const named = typeof metadata === 'object' && metadata !== null ? new Map(Object.entries(metadata)) : new Map<string, unknown>();
    return JSON.stringify([named.get('namespace'), named.get('name')]);
  };
  return keyOf(left) === keyOf(right);
}
