import type { EndpointAddress, EndpointPort, Endpoints } from '../model/service.ts';
import { mebibyte } from './mebibytes.ts';

/** What etcd takes of one object unless it is told otherwise (`--max-request-bytes`), in bytes. */
export const etcdCapacity = 1.5 * mebibyte;

/**
 * How many bytes the subsets of Endpoints take in etcd, where Kubernetes keeps its own kinds as protobuf. The metadata is counted as
 * JSON, which is about as long.
 */
export function etcdSize({ metadata, subsets = [] }: Endpoints): number {
  return total([JSON.stringify(metadata)], text) + total(subsets, subset);
}

function subset({ addresses = [], notReadyAddresses = [], ports = [] }: NonNullable<Endpoints['subsets']>[number]): number {
  return field(total(addresses, address) + total(notReadyAddresses, address) + total(ports, port));
}

/** Texts that are no pointers are written even where they are empty, as these of a reference always are: resourceVersion and fieldPath. */
const unset = 2 * text('');

function address({ ip, hostname = '', nodeName, targetRef }: EndpointAddress): number {
  const { kind = '', namespace = '', name = '', uid = '', apiVersion = '' } = targetRef ?? {};
  const reference = targetRef === undefined ? 0 : field(total([kind, namespace, name, uid, apiVersion], text) + unset);
  return field(text(ip) + text(hostname) + (nodeName === undefined ? 0 : text(nodeName)) + reference);
}

function port({ name = '', protocol = '', appProtocol, port: number }: EndpointPort): number {
  return field(text(name) + 1 + varint(number) + text(protocol) + (appProtocol === undefined ? 0 : text(appProtocol)));
}

function text(value: string): number {
  return field(new TextEncoder().encode(value).length);
}

/** A byte for the number of the field, and its length before it. */
function field(length: number): number {
  return 1 + varint(length) + length;
}

function varint(value: number): number {
  return value < 0x80 ? 1 : 1 + varint(Math.floor(value / 0x80));
}

function total<Item>(items: readonly Item[], size: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + size(item), 0);
}
