import { advice } from '../finding.ts';
import { dns1035Label } from '../name-rules.ts';
import { consequences } from './admission.ts';
import { patchCommand } from './fixes.ts';
import { found } from './found.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

const why = 'VM Operator says so in its own log only: the VirtualMachineService is accepted, and nothing happens';

function lacksService({ trace }: ServiceSubject): boolean {
  return trace.service.state === 'Missing';
}

/** VMS108 on releases whose webhook lets a name pass that Kubernetes does not take for a Service. */
export const nameOfNoService: ServiceRule = {
  about: 'service',
  code: 'VMS108',
  worst: 'error',
  needs: ['services'],
  applies: (subject) => lacksService(subject) && subject.around.world.facts.traits.nameRule === 'dns1123',
  find: ({ vmService }) => {
    const { name } = vmService.metadata;
    const [rule] = dns1035Label(name);
    if (rule === undefined) return [];
    return [
      found('VMS108', 'error', 'certain', vmService, `Kubernetes refuses a Service of the name ${name}`, {
        field: 'metadata.name',
        evidence: [`metadata.name: ${name}; ${rule}`],
        why,
        fix: [advice('make it anew under a name that starts with a letter and has lower-case letters, digits and dashes, 63 at most')],
        follows: consequences,
      }),
    ];
  },
};

/** VMS111 before there is a Service: two families, and a policy for one. */
export const familiesOfNoService: ServiceRule = {
  about: 'service',
  code: 'VMS111',
  worst: 'error',
  needs: ['services'],
  applies: (subject) => {
    const { traits, workloadIPv6, workloadIPv6Unknown = false } = subject.around.world.facts;
    return lacksService(subject) && traits.copiesIpFamilies && (workloadIPv6 || workloadIPv6Unknown) && hasTwoFamilies(subject);
  },
  find: ({ vmService }) => {
    const { ipFamilies = [], ipFamilyPolicy } = vmService.spec;
    if (ipFamilyPolicy !== 'SingleStack') return [];
    return [
      found(
        'VMS111',
        'error',
        'certain',
        vmService,
        `Kubernetes refuses a Service with the families ${ipFamilies.join(', ')} and policy SingleStack`,
        {
          field: 'spec.ipFamilyPolicy',
          evidence: [`spec.ipFamilies: ${ipFamilies.join(', ')}; spec.ipFamilyPolicy: ${ipFamilyPolicy}`],
          why,
          fix: patchCommand('vmservice', vmService, { spec: { ipFamilyPolicy: 'PreferDualStack' } }, 'or list one family'),
          follows: consequences,
        },
      ),
    ];
  },
};

function hasTwoFamilies({ vmService }: ServiceSubject): boolean {
  return (vmService.spec.ipFamilies ?? []).length > 1;
}
