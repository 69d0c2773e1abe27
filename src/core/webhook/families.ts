import { forbidden } from '../field-errors.ts';
import { at } from '../validation/refusal.ts';
import type { WrittenSpec } from '../validation/written-spec.ts';
import type { Refused } from './refused.ts';
import type { WebhookContext } from './webhook-context.ts';

/** Why the webhook refuses IP families at all. */
export const familiesNotEnabled = 'the WorkloadIPv6 feature is not enabled';

export function familyRefusals(spec: WrittenSpec, { traits, workloadIPv6 }: WebhookContext): readonly Refused[] {
  if (!traits.gatesIpFamilies || workloadIPv6) return [];
  const refuse = (key: string): Refused => ({
    code: 'VMS111',
    error: forbidden(`spec.${key}`, familiesNotEnabled),
    at: at(['spec', key], 'key'),
    fix: `remove ${key}, or say --capability supports_workload_ipv6=true where it is on`,
  });
  return [
    ...(spec.ipFamilies.length > 0 ? [refuse('ipFamilies')] : []),
    ...(spec.ipFamilyPolicy === undefined ? [] : [refuse('ipFamilyPolicy')]),
  ];
}
