import { advice } from '../finding.ts';
import { balancedService } from './balanced-service.ts';
import { commandOn } from './fixes.ts';
import { found } from './found.ts';
import { providerTrace } from './provider-traces.ts';
import { asksForBalancer, hasBalancedService } from './questions.ts';
import { probed } from './reachability.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** VMS607: this client is in none of the source ranges. Only a probe knows which client. */
export const sourceRangesExcludeClient: ServiceRule = {
  about: 'service',
  code: 'VMS607',
  worst: 'error',
  needs: [],
  applies: (subject) => asksForBalancer(subject) && hasSourceRanges(subject) && subject.around.probes.length > 0,
  find: (subject) => probed(subject, 'VMS607'),
};

function hasSourceRanges({ vmService }: ServiceSubject): boolean {
  return (vmService.spec.loadBalancerSourceRanges ?? []).length > 0;
}

/** VMS608: source ranges that nothing enforces. */
export const sourceRangesNotEnforced: ServiceRule = {
  about: 'service',
  code: 'VMS608',
  worst: 'warning',
  needs: ['services'],
  applies: (subject) => hasBalancedService(subject) && hasSourceRanges(subject),
  find: (subject) => {
    const proven = probed(subject, 'VMS608');
    const service = balancedService(subject);
    const ranges = subject.vmService.spec.loadBalancerSourceRanges ?? [];
    if (proven.length > 0 || service === undefined || ranges.length === 0 || providerTrace(service) !== 'AVI') return proven;
    return [
      found('VMS608', 'warning', 'likely', subject.vmService, 'The source ranges may not be enforced: AVI does not evaluate them', {
        field: 'spec.loadBalancerSourceRanges',
        evidence: [`loadBalancerSourceRanges ${ranges.join(', ')}; the Service has the traces of AVI`],
        fix: [
          advice("enforce them where AVI or NSX can: AVI's network security policy, the distributed firewall"),
          ...commandOn(
            subject.vmService,
            ['kubectl', 'vmsvc', 'debug', subject.vmService.metadata.name, '--probe'],
            'from a client that should be kept out',
          ),
        ],
      }),
    ];
  },
};
