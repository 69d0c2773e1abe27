import { advice, type Fix } from '../finding.ts';
import { patchCommand } from './fixes.ts';
import { found } from './found.ts';
import type { ServiceRule } from './rule.ts';
import type { Around, ServiceSubject } from './subject.ts';

/** After this a deletion is no longer just on its way. Seconds. */
const deletionGrace = 60;

/** VMS112: it was deleted, and somebody holds it. */
export const deletionStuck: ServiceRule = {
  about: 'service',
  code: 'VMS112',
  worst: 'error',
  inDeletion: true,
  needs: [],
  find: (subject) => {
    const { vmService, around } = subject;
    const { name, deletionTimestamp, finalizers = [] } = vmService.metadata;
    if (deletionTimestamp === undefined) return [];
    const waiting = (around.times.age(deletionTimestamp) ?? 0) < deletionGrace;
    const holders = finalizers.map((held) => (isOperators(held, around) ? `${held} (VM Operator)` : `${held} (not VM Operator's)`));
    const message = waiting
      ? `${name} is being deleted`
      : `The deletion of ${name} has been pending ${around.times.since(deletionTimestamp)}`;
    return [
      found('VMS112', waiting ? 'info' : 'error', 'certain', vmService, message, {
        evidence: [`metadata.finalizers: ${holders.join(', ') || '<none>'}`],
        why: 'while it is pending nothing of it is kept up: Service and Endpoints stay as they are or are gone already',
        fix: waiting ? [] : deletionFixes(subject),
        follows: ['VMS401', 'VMS402', 'VMS406', 'VMS501', 'VMS502', 'VMS503', 'VMS505', 'VMS602', 'VMS614', 'VMS915'],
      }),
    ];
  },
};

function deletionFixes({ vmService, around }: ServiceSubject): readonly Fix[] {
  const { name, namespace, finalizers = [] } = vmService.metadata;
  const who = finalizers.some((held) => isOperators(held, around))
    ? 'platform owner: is VM Operator running? it removes its finalizer when Service and Endpoints are deleted'
    : 'whoever set that finalizer has to remove it';
  const [forced] = patchCommand(
    'vmservice',
    vmService,
    { metadata: { finalizers: null } },
    `leaves what the load balancer made; afterwards delete Service and Endpoints ${name} in ${namespace ?? ''} by hand`,
  );
  return [advice(who), ...(forced?.kind === 'command' ? [{ ...forced, dangerous: true } as const] : [])];
}

/** A finalizer that this release takes off; the newer one means nothing to older releases. */
function isOperators(name: string, { world }: Around): boolean {
  return world.facts.traits.deletionFinalizers.includes(name);
}
