import type { JsonObject, KubeObject } from '../../model/object.ts';
import { jsonOf } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import type { ProfileTraits } from '../profile.ts';
import { at, type Complaint } from './refusal.ts';
import { readSpec } from './written-spec.ts';

/**
 * The quotas of a namespace that one more Service would exceed, as their status counts them. Mirrors the quota evaluator for Services:
 * a LoadBalancer also counts as such, and where it gets node ports, by its ports.
 */
export function quotaComplaints(object: JsonObject, quotas: readonly KubeObject[], traits: ProfileTraits): readonly Complaint[] {
  const { type, ports } = readSpec(object);
  const isLoadBalancer = type === 'LoadBalancer';
  const requested = new Map([
    ['services', 1],
    ['count/services', 1],
    ...(isLoadBalancer ? ([['services.loadbalancers', 1]] as const) : []),
    ...(isLoadBalancer && !traits.disablesNodePorts ? ([['services.nodeports', ports.length]] as const) : []),
  ]);
  return quotas.flatMap((quota) => {
    const { hard, used } = countsOf(quota);
    const exceeded = [...requested].filter(([key, count]) => {
      const limit = hard.get(key);
      const taken = used.get(key);
      return limit !== undefined && taken !== undefined && taken + count > limit;
    });
    if (exceeded.length === 0) return [];
    const list = (counts: ReadonlyMap<string, number>): string => exceeded.map(([key]) => `${key}=${counts.get(key) ?? 0}`).join(',');
    const { name } = quota.metadata;
    return [
      {
        code: 'VMS606',
        confidence: 'likely',
        field: 'spec.type',
        at: at(['spec', 'type']),
        message: `the Service would be refused: exceeded quota: ${name}, requested: ${list(requested)}, used: ${list(used)}, limited: ${list(hard)}`,
        fix: 'delete a service that is not needed, or ask for a larger quota',
      } satisfies Complaint,
    ];
  });
}

function countsOf(quota: KubeObject): { readonly hard: ReadonlyMap<string, number>; readonly used: ReadonlyMap<string, number> } {
  const { spec, status } = jsonOf(quota);
  const at = (value: JsonObject, field: string): ReadonlyMap<string, number> => {
    const counts = value[field];
    return new Map(isMap(counts) ? Object.entries(counts).flatMap(([key, text]) => count(key, text)) : []);
  };
  const shown = isMap(status) ? status : {};
  const hard = at(shown, 'hard');
  return { hard: hard.size > 0 ? hard : at(isMap(spec) ? spec : {}, 'hard'), used: at(shown, 'used') };
}

/** Services are counted in whole numbers; other quantities do not matter here. */
function count(key: string, text: unknown): [string, number][] {
  const number = typeof text === 'number' ? text : typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : undefined;
  return number === undefined ? [] : [[key, number]];
}
