import type { KubeObject } from '../../model/object.ts';
import { advice, type Fix } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { resolveProvider } from '../load-balancer.ts';
import { deprecatedFinalizer, finalizer } from '../profile.ts';
import { writtenBy } from './changes.ts';
import { commandOn } from './fixes.ts';
import { found } from './found.ts';
import { rehearsalLines } from './rehearsal.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** The controller acts within seconds; one that is there may take so long for a new object. Seconds. */
const newObject = 30;

/** What follows where there is no Service. */
export const withoutService: readonly FindingCode[] = ['VMS501', 'VMS505', 'VMS601', 'VMS602', 'VMS610', 'VMS614'];

function lacksService({ trace }: ServiceSubject): boolean {
  return trace.service.state === 'Missing';
}

/** The Service is there, but without the namespace's network provider nobody knows what to write to it. */
function lacksProvider({ trace }: ServiceSubject): boolean {
  return trace.service.state === 'Refused' && trace.service.refusal.reason === 'ProviderUnknown';
}

function wasTouched({ metadata }: KubeObject): boolean {
  return (metadata.finalizers ?? []).some((held) => held === finalizer || held === deprecatedFinalizer);
}

/** VMS401: nobody has looked at it yet. */
export const controllerNeverActed: ServiceRule = {
  about: 'service',
  code: 'VMS401',
  worst: 'error',
  needs: ['services'],
  applies: (subject) => lacksService(subject) && !wasTouched(subject.vmService),
  find: ({ vmService, around: { times } }) => {
    const { name, creationTimestamp } = vmService.metadata;
    // What no server has stored, no controller could have touched.
    const waiting = (times.age(creationTimestamp) ?? 0) < newObject;
    const managers = [...new Set(writtenBy(vmService, () => true).map(({ manager }) => manager))];
    const message = waiting
      ? `Waiting for the controller to come to ${name}`
      : `The controller has never touched ${name}, which has been there ${times.since(creationTimestamp)}`;
    return [
      found('VMS401', waiting ? 'info' : 'error', 'likely', vmService, message, {
        evidence: [
          `no finalizer of VM Operator, no Service ${name}`,
          ...(managers.length > 0 ? [`metadata.managedFields: written by ${managers.join(', ')} only`] : []),
        ],
        why: 'the controller puts its finalizer on an object even where it then fails',
        fix: waiting
          ? []
          : [
              advice('platform owner: is VM Operator (namespace vmware-system-vmop) running, and does it look after this namespace?'),
              ...commandOn(
                vmService,
                ['kubectl', 'vmsvc', 'reconcile', name, '--once'],
                'does its work once, where there is no controller',
              ),
            ],
        follows: ['VMS402', ...withoutService],
      }),
    ];
  },
};

/** VMS402: the controller is there, and makes no Service. */
export const serviceNeverCreated: ServiceRule = {
  about: 'service',
  code: 'VMS402',
  worst: 'error',
  needs: ['services'],
  applies: (subject) => (lacksService(subject) && wasTouched(subject.vmService)) || lacksProvider(subject),
  mayHideIn: ({ vmService, around: { world } }) =>
    world.providerSource(vmService.metadata.namespace ?? '').from === 'nowhere' ? ['networkSettings'] : [],
  find: (subject) => {
    const { vmService, around, proofs } = subject;
    const { name, namespace, creationTimestamp } = vmService.metadata;
    const { times, world } = around;
    const waiting = (times.age(creationTimestamp) ?? Number.POSITIVE_INFINITY) < newObject;
    const resolved = resolveProvider(world.providerSource(namespace ?? ''));
    const problem = 'problem' in resolved ? resolved.problem : undefined;
    const since = times.since(creationTimestamp);
    const message = lacksProvider(subject)
      ? `The controller cannot keep Service ${name} up to date`
      : waiting
        ? `Waiting for Service ${name}`
        : `The controller is there, but has not created Service ${name}${since === '' ? '' : ` ${since}`}`;
    const create = proofs.createService;
    return [
      found('VMS402', waiting ? 'info' : 'error', 'certain', vmService, problem === undefined ? message : `${message}: ${problem}`, {
        evidence: [
          `finalizer present and ${lacksProvider(subject) ? `Service ${name} left as it is` : `no Service ${name}`}; the controller writes no event when it fails`,
        ],
        ...(create?.outcome === 'refused' && { proof: rehearsalLines(create) }),
        notes:
          create?.outcome === 'accepted'
            ? [
                'the same Service, sent by you as a server-side dry run, is accepted: what stops the controller is not there any more, or is its own',
              ]
            : [],
        fix: waiting ? [] : neverCreatedFix(vmService, problem),
        follows: withoutService,
      }),
    ];
  },
};

function neverCreatedFix(vmService: ServiceSubject['vmService'], problem: string | undefined): readonly Fix[] {
  if (problem !== undefined)
    return [advice('platform owner: NetworkSettings/default of the namespace is missing or has an unknown provider')];
  const { name } = vmService.metadata;
  return commandOn(vmService, ['kubectl', 'vmsvc', 'reconcile', name, '--once', '--dry-run=server'], 'shows what the server says to it');
}

/** VMS409: the cluster IP that is asked for cannot be had. */
export const clusterIpUnavailable: ServiceRule = {
  about: 'service',
  code: 'VMS409',
  worst: 'error',
  needs: ['services'],
  applies: (subject) =>
    lacksService(subject) && (subject.vmService.spec.clusterIp ?? '') !== '' && subject.vmService.spec.clusterIp !== 'None',
  find: ({ vmService, around, proofs }) => {
    const wanted = vmService.spec.clusterIp ?? '';
    const create = proofs.createService;
    const said = create?.outcome === 'refused' ? (create.status.message ?? '') : '';
    const refused = /provided IP is already allocated|not in the valid range|failed to allocate/.test(said);
    const holder = around.holdersOf(wanted).find(({ as }) => as === 'ClusterIP')?.service;
    if (!refused && holder === undefined) return [];
    return [
      found('VMS409', 'error', refused ? 'certain' : 'likely', vmService, `The cluster IP ${wanted} cannot be had`, {
        field: 'spec.clusterIp',
        evidence: [
          `spec.clusterIp: ${wanted}, and no Service ${vmService.metadata.name}`,
          ...(holder === undefined ? [] : [`Service ${holder.metadata.namespace ?? ''}/${holder.metadata.name} has it`]),
        ],
        ...(create?.outcome === 'refused' && refused && { proof: rehearsalLines(create) }),
        fix: [advice('leave clusterIp out; it cannot be changed, so the VirtualMachineService has to be made anew')],
        follows: ['VMS402', ...withoutService],
      }),
    ];
  },
};
