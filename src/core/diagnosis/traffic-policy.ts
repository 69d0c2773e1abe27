import { ingressAddresses } from '../../model/service.ts';
import type { Finding } from '../finding.ts';
import { healthCheckAnnotation, trafficPolicyAnnotation } from '../load-balancer.ts';
import type { WorkloadClusterUse } from '../workload-cluster.ts';
import { consequences } from './admission.ts';
import { metalLbPool } from './announced-address.ts';
import { balancedService } from './balanced-service.ts';
import { annotateCommand, commandOn } from './fixes.ts';
import { found } from './found.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** VMS615: only some nodes answer, by design. */
export const trafficPolicyLocal: ServiceRule = {
  about: 'service',
  code: 'VMS615',
  worst: 'error',
  needs: [],
  applies: ({ vmService }) =>
    vmService.spec.type === 'LoadBalancer' && vmService.metadata.annotations?.[trafficPolicyAnnotation] === 'Local',
  find: (subject) => {
    const { vmService, cluster } = subject;
    const port = healthCheckPort(subject);
    const evidence = [`annotation ${trafficPolicyAnnotation}: Local${port === undefined ? '' : `; health checks on port ${port}`}`];
    if (cluster !== undefined) return [localOnNodes(subject, cluster, evidence)];
    const mend = annotateCommand('vmservice', vmService, `${trafficPolicyAnnotation}-`);
    const service = balancedService(subject);
    const pool = service === undefined ? undefined : metalLbPool(service);
    const address = service === undefined ? undefined : ingressAddresses(service)[0];
    if (pool !== undefined && address !== undefined) {
      const message = `Traffic policy Local: no node announces ${address}, so that nobody can reach it`;
      return [
        found('VMS615', 'error', 'likely', vmService, message, {
          evidence: [
            ...evidence,
            `MetalLB took ${address} from its pool ${pool}; the endpoints are VMs, which are on no node of the cluster`,
          ],
          why: 'with this policy MetalLB lets only those nodes announce an address that have an endpoint of the Service on them',
          fix: mend,
          follows: ['VMS702', 'VMS705', 'VMS706'],
        }),
      ];
    }
    return [
      found(
        'VMS615',
        'warning',
        'likely',
        vmService,
        'Traffic policy Local means little for VMs, and takes members out that fail its health check',
        {
          evidence,
          fix: mend,
        },
      ),
    ];
  },
};

function healthCheckPort({ vmService }: ServiceSubject): string | undefined {
  return vmService.metadata.annotations?.[healthCheckAnnotation];
}

/** In front of the nodes of a workload cluster it does what it is made for. */
function localOnNodes(subject: ServiceSubject, { cluster, service }: WorkloadClusterUse, evidence: readonly string[]): Finding {
  const port = healthCheckPort(subject);
  const checks = port === undefined ? 'health checks' : `health checks on ${port}`;
  const [namespace = '', name = ''] = service?.split('/') ?? [];
  const fix =
    service === undefined
      ? []
      : commandOn({ metadata: { name, namespace } }, ['kubectl', '--context', cluster, 'get', 'svc,endpointslice', name]);
  const message = `Traffic policy Local: only nodes that run a pod of the Service answer ${checks}; the others are taken out by design`;
  return found('VMS615', 'info', 'likely', subject.vmService, message, { evidence, fix });
}

/** VMS110: the traffic-policy annotation is misspelt, or on a type that cannot have it. */
export const trafficPolicyMisused: ServiceRule = {
  about: 'service',
  code: 'VMS110',
  worst: 'error',
  needs: [],
  applies: ({ vmService }) =>
    [trafficPolicyAnnotation, healthCheckAnnotation].some((key) => vmService.metadata.annotations?.[key] !== undefined),
  find: ({ vmService, cluster }) => {
    const { annotations = {} } = vmService.metadata;
    const policy = annotations[trafficPolicyAnnotation];
    const fix = annotateCommand('vmservice', vmService, `${trafficPolicyAnnotation}-`);
    const { type } = vmService.spec;
    if (policy !== undefined && policy !== 'Local' && policy !== 'Cluster') {
      return [
        found('VMS110', 'warning', 'certain', vmService, `The traffic policy ${JSON.stringify(policy)} is ignored`, {
          field: `metadata.annotations[${trafficPolicyAnnotation}]`,
          evidence: [`annotation ${trafficPolicyAnnotation}: ${policy}`],
          why: 'only Local and Cluster count, in this spelling',
          fix,
        }),
      ];
    }
    if (policy !== undefined && type !== 'LoadBalancer') {
      return [
        found(
          'VMS110',
          'error',
          'likely',
          vmService,
          `A traffic policy is set on type ${type ?? '<none>'}, for which Kubernetes refuses the Service`,
          {
            field: `metadata.annotations[${trafficPolicyAnnotation}]`,
            evidence: [`annotation ${trafficPolicyAnnotation}: ${policy}, spec.type: ${type ?? '<none>'}`],
            why: 'the controller copies it whatever the type, and fails without an event',
            fix,
            follows: consequences,
          },
        ),
      ];
    }
    if (annotations[healthCheckAnnotation] === undefined || policy === 'Local' || cluster !== undefined) return [];
    return [
      found('VMS110', 'info', 'certain', vmService, 'A health-check node port without traffic policy Local has no effect', {
        evidence: [`annotation ${healthCheckAnnotation}: ${annotations[healthCheckAnnotation]}`],
        fix: annotateCommand('vmservice', vmService, `${healthCheckAnnotation}-`),
      }),
    ];
  },
};
