import { deprecatedFinalizer, finalizer } from '../profile.ts';
import { advice } from './fixes.ts';
import { found } from './found.ts';
import type { ServiceRule } from './rule.ts';

/** After this a deletion is no longer just on its way. Seconds. */
const deletionGrace = 60;

/** VMS112: it was deleted, and somebody holds it. */
export const deletionStuck: ServiceRule = {
  about: 'service',
  code: 'VMS112',
  worst: 'error',
  needs: [],
  find: ({ vmService, around: { times } }) => {
    const { name, deletionTimestamp, finalizers = [] } = vmService.metadata;
    if (deletionTimestamp === undefined) return [];
    const waiting = (times.age(deletionTimestamp) ?? 0) < deletionGrace;
    const holders = finalizers.map((held) => (isOperators(held) ? `${held} (VM Operator)` : `${held} (not VM Operator's)`));
    return [
      found(
        'VMS112',
        waiting ? 'info' : 'error',
        'certain',
        vmService,
        waiting ? `${name} is being deleted` : `The deletion of ${name} has been pending ${times.since(deletionTimestamp)}`,
        {
          evidence: [`metadata.finalizers: ${holders.join(', ') || '<none>'}`],
          why: 'while it is pending nothing of it is kept up: Service and Endpoints stay as they are or are gone already',
          fix: waiting
            ? []
            : [
                finalizers.some(isOperators)
                  ? advice('platform owner: is VM Operator running? it removes its finalizer when Service and Endpoints are deleted')
                  : advice('whoever set that finalizer has to remove it'),
              ],
          follows: ['VMS401', 'VMS402', 'VMS406', 'VMS501', 'VMS502', 'VMS503', 'VMS505', 'VMS602', 'VMS614'],
        },
      ),
    ];
  },
};

function isOperators(name: string): boolean {
  return name === finalizer || name === deprecatedFinalizer;
}
