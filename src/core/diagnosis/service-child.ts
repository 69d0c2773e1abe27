import { controllerOf, kindAndName } from '../../model/object.ts';
import { deprecatedFinalizer, finalizer } from '../profile.ts';
import { isEmptySelector, selectorText } from '../selector.ts';
import { advice, commandOn, patchCommand } from './fixes.ts';
import { found } from './found.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** VMS402: the controller is there, and makes no Service. */
export const serviceNeverCreated: ServiceRule = {
  about: 'service',
  code: 'VMS402',
  worst: 'error',
  needs: ['services'],
  find: ({ vmService, trace, around }) => {
    if (trace.service.state !== 'Missing' || vmService.metadata.deletionTimestamp !== undefined) return [];
    const { name, finalizers = [], creationTimestamp } = vmService.metadata;
    if (!finalizers.some((held) => held === finalizer || held === deprecatedFinalizer)) return [];
    return [
      found(
        'VMS402',
        'error',
        'certain',
        vmService,
        `The controller has not created Service ${name} ${around.times.since(creationTimestamp)}`.trim(),
        {
          evidence: [`finalizer present and no Service ${name}; the controller writes no event when it fails`],
          fix: commandOn(
            vmService,
            ['kubectl', 'vmsvc', 'reconcile', name, '--once', '--dry-run=server'],
            'shows what the server says to it',
          ),
          follows: ['VMS501', 'VMS614', 'VMS602'],
        },
      ),
    ];
  },
};

/** VMS403: a Service of that name belongs to another controller. */
export const serviceNameTaken: ServiceRule = {
  about: 'service',
  code: 'VMS403',
  worst: 'error',
  needs: ['services'],
  find: ({ vmService, trace }) => {
    const hop = trace.service;
    if (hop.state !== 'Refused' || hop.refusal.reason !== 'OwnedByAnotherController') return [];
    const { name } = vmService.metadata;
    const owner = controllerOf(hop.service);
    const owned = owner === undefined ? 'somebody else' : kindAndName(owner);
    return [
      found('VMS403', 'error', 'certain', hop.service, `Service ${name} belongs to ${owned}; VM Operator cannot use the name`, {
        evidence: [`Service owner ${owned} (controller), not VirtualMachineService/${name}; no event is written for this failure`],
        fix: [advice(`create the VirtualMachineService under another name, for example ${name}-vm`)],
        danger: `deleting VirtualMachineService/${name} also deletes Service/${name}, because it deletes by name`,
        follows: ['VMS402', 'VMS404', 'VMS406', 'VMS501', 'VMS505', 'VMS602', 'VMS610', 'VMS614'],
      }),
    ];
  },
};

/** VMS404: the Service has a selector of its own. */
export const serviceHasSelector: ServiceRule = {
  about: 'service',
  code: 'VMS404',
  worst: 'error',
  needs: ['services'],
  find: ({ vmService, trace }) => {
    if (!('service' in trace.service) || trace.service.state === 'Refused') return [];
    const { service } = trace.service;
    if (isEmptySelector(service.spec.selector)) return [];
    const selector = selectorText(service.spec.selector);
    return [
      found('VMS404', 'error', 'certain', service, `Service ${vmService.metadata.name} has a selector of its own: ${selector}`, {
        field: 'spec.selector',
        evidence: [`Service spec.selector: ${selector}; VM Operator never writes one`],
        why: "Kubernetes' own endpoints controller and VM Operator overwrite each other's Endpoints",
        fix: patchCommand('svc', service, { spec: { selector: null } }, 'after checking that no pods need it; better: use another name'),
        follows: ['VMS501', 'VMS503', 'VMS505', 'VMS506', 'VMS508', 'VMS614'],
      }),
    ];
  },
};

/** VMS406: the Service is not what the VirtualMachineService asks for. */
export const serviceDiffers: ServiceRule = {
  about: 'service',
  code: 'VMS406',
  worst: 'error',
  needs: ['services'],
  find: (subject) => {
    const { vmService, trace } = subject;
    if (trace.service.state !== 'Differs' || vmService.metadata.deletionTimestamp !== undefined) return [];
    const { fields, service } = trace.service;
    const severity = fields.includes('spec.ports') ? 'error' : 'warning';
    return [
      found('VMS406', severity, 'certain', service, `Service ${service.metadata.name} is not what its VirtualMachineService asks for`, {
        evidence: [`the controller would change ${fields.join(', ')}`],
        fix: diffCommand(subject),
      }),
    ];
  },
};

function diffCommand({ vmService }: ServiceSubject) {
  return commandOn(vmService, ['kubectl', 'vmsvc', 'diff', vmService.metadata.name], 'shows the differences');
}
