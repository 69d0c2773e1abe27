import { type JsonObject, jsonOf } from '../../model/object.ts';
import type { Service } from '../../model/service.ts';
import { createMergePatch } from '../patch.ts';
import { asControllerSees, type ControllerSetup, planMetadata, planService } from '../reconcile.ts';
import type { ServiceSubject } from './subject.ts';

/** The Service that the controller would create; undefined where it would not get so far. */
export function serviceToCreate(subject: ServiceSubject): Service | undefined {
  return planned(subject, undefined);
}

/** The change that the controller would make of the Service; undefined where there is none, or it would not get so far. */
export function serviceChange(subject: ServiceSubject): { readonly service: Service; readonly patch: JsonObject } | undefined {
  if (subject.trace.service.state !== 'Differs') return undefined;
  const { service } = subject.trace.service;
  const plan = planned(subject, service);
  const patch = plan === undefined ? undefined : createMergePatch(jsonOf(service), jsonOf(plan));
  return patch === undefined ? undefined : { service, patch };
}

function planned({ vmService, around: { world } }: ServiceSubject, existing: Service | undefined): Service | undefined {
  const { traits, workloadIPv6 } = world.facts;
  const setup: ControllerSetup = { traits, workloadIPv6, role: 'controller', adopt: true };
  const source = world.providerSource(vmService.metadata.namespace ?? '');
  const metadata = planMetadata(asControllerSees(vmService), source, setup);
  if ('refusal' in metadata) return undefined;
  const plan = planService(metadata.plan, existing, source, setup);
  return 'plan' in plan ? plan.plan : undefined;
}
