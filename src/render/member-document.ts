import type { MemberRow } from '../core/trace/member-list.ts';
import type { JsonObject } from '../model/object.ts';
import type { TimeWords } from './age.ts';
import { memberSentence } from './member-sentence.ts';
import { nearMissSentence } from './near-miss-sentence.ts';

/** One entry of a MemberList: the same words as in the text, for machines. Address is the first one, or null. */
export function memberDocument(row: MemberRow, duration: TimeWords): JsonObject {
  const { vmService } = row.trace;
  return {
    namespace: vmService.metadata.namespace ?? '',
    service: vmService.metadata.name,
    vm: row.name,
    uid: row.vm?.metadata.uid ?? null,
    state: row.state,
    reason: row.reason,
    message: memberMessage(row, duration),
    address: row.addresses[0] ?? null,
    addresses: row.addresses,
    ports: row.ports,
    since: row.since ?? null,
  };
}

/** The sentence on why a VM is in or out. */
export function memberMessage(row: MemberRow, duration: TimeWords): string {
  if (row.member !== undefined) return memberSentence(row.member, row.trace.vmService, duration);
  return row.nearMiss === undefined ? 'its labels do not match the selector' : nearMissSentence(row.nearMiss);
}
