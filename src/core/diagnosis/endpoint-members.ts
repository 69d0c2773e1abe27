import { itemsOf } from '../snapshot.ts';
import type { Member, StaleBecause } from '../trace/members.ts';
import type { ServiceTrace } from '../trace/trace.ts';
import type { ServiceSubject } from './subject.ts';

/** The VMs that should be in the Endpoints and are not. */
export function missingNames(members: ServiceTrace['members']): readonly string[] {
  return itemsOf(members).flatMap((member) =>
    member.kind === 'decided' && member.decision.outcome !== 'out' && (member.stored === 'Missing' || member.stored === 'NoEndpoints')
      ? [member.decision.vm.metadata.name]
      : [],
  );
}

export type StaleMember = Extract<Member, { kind: 'stale' }>;

export function staleMembers(members: ServiceSubject['trace']['members'], because: readonly StaleBecause[]): readonly StaleMember[] {
  return itemsOf(members).flatMap((member) => (member.kind === 'stale' && because.includes(member.because) ? [member] : []));
}
