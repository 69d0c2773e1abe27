import { found } from './found.ts';
import type { VmRule, VmSubject } from './rule.ts';

/** VMS208: a selected VM is on its way out. */
export const vmBeingDeleted: VmRule = {
  about: 'vm',
  code: 'VMS208',
  worst: 'error',
  needs: [],
  find: ({ vm, service }) => {
    const { name, deletionTimestamp, finalizers = [], annotations = {} } = vm.metadata;
    if (deletionTimestamp === undefined) return [];
    const checks = Object.entries(annotations).filter(([key]) => key.startsWith('delete.check.vmoperator.vmware.com/'));
    const others = service.decisions.filter((decision) => decision.outcome !== 'out');
    const severity = service.decisions.every(({ because }) => because === 'BeingDeleted')
      ? 'error'
      : others.length > 0
        ? 'info'
        : 'warning';
    return [
      found('VMS208', severity, 'certain', vm, `${name} is being deleted ${service.around.times.since(deletionTimestamp)}`.trim(), {
        evidence: [
          `metadata.finalizers: ${finalizers.join(', ') || '<none>'}`,
          ...checks.map(([key, value]) => `annotation ${key}: ${value}, which blocks the deletion`),
        ],
        why: 'a VM that is being deleted leaves the endpoints at once',
        follows: severity === 'error' ? ['VMS501', 'VMS505', 'VMS614'] : [],
      }),
    ];
  },
};

/** No VM of the service is a ready endpoint: what keeps this one out is no longer one of many. */
export function noneReady({ service }: VmSubject): boolean {
  return !service.decisions.some(({ outcome }) => outcome === 'ready');
}
