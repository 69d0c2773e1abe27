import { observedPower, primaryAddresses, probeAction, readyCondition } from '../../model/virtual-machine.ts';
import { advice } from './fixes.ts';
import { found } from './found.ts';
import type { VmRule } from './rule.ts';
import { noneReady } from './vm-life.ts';

/** VMS308: its readiness probe says no. */
export const readinessProbeFails: VmRule = {
  about: 'vm',
  code: 'VMS308',
  worst: 'error',
  needs: [],
  find: (subject) => {
    const { vm, decision, service } = subject;
    if (decision.because !== 'ProbeFailing' && decision.because !== 'ProbeUnknown') return [];
    const condition = readyCondition(vm);
    const since = condition?.lastTransitionTime === undefined ? '' : ` ${service.around.times.since(condition.lastTransitionTime)}`;
    const said = condition?.message ? `: ${condition.message}` : '';
    return [
      found(
        'VMS308',
        noneReady(subject) ? 'error' : 'warning',
        'certain',
        vm,
        `The readiness probe of ${vm.metadata.name} fails${since}${said}`,
        {
          evidence: [`Ready=${condition?.status ?? ''} ${condition?.reason ?? ''}`.trimEnd()],
          fix: [advice('start what the probe asks for, let it through the guest firewall, or mend the probe')],
          follows: ['VMS505', 'VMS614'],
        },
      ),
    ];
  },
};

/** VMS309: it has a probe, and no verdict yet. */
export const readinessProbeNeverRan: VmRule = {
  about: 'vm',
  code: 'VMS309',
  worst: 'warning',
  needs: [],
  find: ({ vm, decision }) => {
    if (decision.because !== 'ProbePending') return [];
    const { ip4, ip6 } = primaryAddresses(vm);
    return [
      found('VMS309', 'warning', 'certain', vm, `The readiness probe of ${vm.metadata.name} has no verdict yet`, {
        evidence: [
          `probe ${probeAction(vm).action}, no condition Ready; ${observedPower(vm) ?? 'power unknown'}, address ${ip4 ?? ip6 ?? '<none>'}`,
        ],
        why: 'until its first verdict a new VM counts as not ready',
      }),
    ];
  },
};
