import type { LiveChange, MemberChange } from '../core/validation/live-change.ts';
import type { JsonObject } from '../model/object.ts';
import { findingDocument } from './finding-document.ts';

/** One of the `changes` of a `ValidationReport`: what an object of the files would do in the cluster. */
export function liveChangeDocument({ file, name, namespace, operation, members, problems, server }: LiveChange): JsonObject {
  const member = ({ name: vm, addresses, outcome }: MemberChange): JsonObject => ({
    vm,
    addresses,
    state: { ready: 'Ready', notReady: 'NotReady', out: 'Out' }[outcome],
  });
  return {
    object: `VirtualMachineService/${name}`,
    namespace,
    file,
    operation,
    members: members && {
      joins: members.joins.map(member),
      leaves: members.leaves.map(member),
      stays: members.stays.map(member),
    },
    new: problems.fresh.map(({ finding }) => findingDocument(finding)),
    solved: problems.solved.map(findingDocument),
    unchanged: problems.unchanged.map(({ finding }) => findingDocument(finding)),
    server: { ...server },
  };
}
