import type { JsonObject } from '../../model/object.ts';
import type { Finding } from '../finding.ts';
import { isExempt } from '../validation/exemption.ts';
import { errorText, findingOf, type Subject } from '../validation/refusal.ts';
import { readSpec, type WrittenSpec } from '../validation/written-spec.ts';
import { clusterIpRefusals } from './cluster-ip.ts';
import { familyRefusals } from './families.ts';
import { immutableRefusals } from './immutable.ts';
import { nameRefusals } from './names.ts';
import { noPorts, portRefusals, repeatedPorts } from './ports.ts';
import type { Refused } from './refused.ts';
import { selectorRefusals } from './selector.ts';
import { sourceRangeRefusals } from './source-ranges.ts';
import { supportedType, typeRefusals } from './type.ts';
import type { WebhookContext } from './webhook-context.ts';

/**
 * What VM Operator's validating webhook would refuse of a VirtualMachineService, with its wording and its spelling of the fields,
 * in its order. Pure; any JSON object may be given: what has a wrong type reads as absent, because the schema speaks of it.
 *
 * Mirrors webhooks/virtualmachineservice/validation of VM Operator, and what it takes from Kubernetes.
 */
export function validateVmService(object: JsonObject, context: WebhookContext): readonly Finding[] {
  if (isExempt(object, context.old)) return [];
  const subject: Subject = { object, namespace: context.namespace };
  return refusals(object, context).map(({ code, error, at: pointer, fix }) =>
    findingOf(subject, { code, field: error.field, at: pointer, message: errorText(error), ...(fix !== undefined && { fix }) }),
  );
}

function refusals(object: JsonObject, context: WebhookContext): readonly Refused[] {
  const spec = readSpec(object);
  return [
    ...(context.old === undefined ? nameRefusals(object, context.traits) : immutableRefusals(spec, readSpec(context.old))),
    ...typeRefusals(spec),
    ...(spec.ports.length === 0 && spec.type !== 'ExternalName' && !isHeadless(spec) ? [noPorts] : []),
    ...portRefusals(spec.ports, context.traits),
    ...repeatedPorts(spec.ports),
    ...selectorRefusals(spec.selector, context.traits),
    ...clusterIpRefusals(spec.clusterIp, context.traits),
    ...supportedType(spec.type),
    ...sourceRangeRefusals(spec, context.traits),
    ...familyRefusals(spec, context),
  ];
}

function isHeadless({ type, clusterIp }: WrittenSpec): boolean {
  return clusterIp === 'None' && type !== 'LoadBalancer';
}
