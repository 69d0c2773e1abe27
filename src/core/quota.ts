import type { KubeObject } from '../model/object.ts';
import type { Quantities, ResourceQuota } from '../model/resource-quota.ts';
import { qualifiedPlural, type Resource, resourceOf, services } from '../model/resources.ts';
import { serviceOf } from '../model/service.ts';
import type { Step } from './step.ts';

/** How much of what quotas count, by the names that they have for it: `services`, `count/endpoints`. */
export type QuotaUse = ReadonlyMap<string, number>;

/** What a ResourceQuota allows, and what is taken of it. */
export interface QuotaCounts {
  readonly name: string;
  readonly hard: QuotaUse;
  readonly used: QuotaUse;
}

/** What its status says; where it says nothing yet, what the spec allows. */
export function quotaCounts(quota: ResourceQuota): QuotaCounts {
  const shown = quotaStatus(quota);
  return shown.hard.size > 0 ? shown : { ...shown, hard: countsOf(quota.spec?.hard) };
}

/** What its status says alone: to an API server nothing else counts. */
export function quotaStatus({ metadata, status }: ResourceQuota): QuotaCounts {
  return { name: metadata.name, hard: countsOf(status?.hard), used: countsOf(status?.used) };
}

function countsOf(quantities: Quantities = {}): QuotaUse {
  return new Map(Object.entries(quantities).flatMap(([key, text]) => count(key, text)));
}

/** Services are counted in whole numbers; other quantities do not matter here. */
function count(key: string, quantity: number | string): [string, number][] {
  const number = typeof quantity === 'number' ? quantity : /^\d+$/.test(quantity) ? Number(quantity) : undefined;
  return number === undefined ? [] : [[key, number]];
}

/** `exceeded quota: few, requested: …, used: …, limited: …`, in the server's words; undefined where there is room. */
export function exceeds(requested: QuotaUse, { name, hard, used }: QuotaCounts): string | undefined {
  const exceeded = [...requested].filter(([key, more]) => {
    const limit = hard.get(key);
    const taken = used.get(key);
    return more > 0 && limit !== undefined && taken !== undefined && taken + more > limit;
  });
  if (exceeded.length === 0) return undefined;
  const keys = exceeded.map(([key]) => key).sort();
  const list = (counts: QuotaUse): string => keys.map((key) => `${key}=${counts.get(key) ?? 0}`).join(',');
  return `exceeded quota: ${name}, requested: ${list(requested)}, used: ${list(used)}, limited: ${list(hard)}`;
}

/** What a Service of a type takes that gets so many node ports. Mirrors the quota evaluator for Services. */
export function serviceUse(type: string | undefined, nodePorts: number): QuotaUse {
  return new Map([
    ['services', 1],
    ['count/services', 1],
    ...(type === 'LoadBalancer' ? ([['services.loadbalancers', 1]] as const) : []),
    ...(nodePorts > 0 ? ([['services.nodeports', nodePorts]] as const) : []),
  ]);
}

/** What some steps take more than there was before them. */
export function useOf(steps: readonly Step[]): QuotaUse {
  const sum = new Map<string, number>();
  for (const { before, after, operation } of steps) {
    if (operation === 'unchanged') continue;
    for (const [sign, object] of [
      [1, after],
      [-1, before],
    ] as const) {
      for (const [key, amount] of object === undefined ? [] : objectUse(object, resourceOf(object)))
        sum.set(key, (sum.get(key) ?? 0) + sign * amount);
    }
  }
  return sum;
}

/** What an object takes as the server has it. Mirrors the quota evaluators, but for what pods and volumes ask of machines. */
export function objectUse(object: KubeObject, resource: Resource): QuotaUse {
  if (resource === services) return storedServiceUse(object);
  return new Map(quotaNames(resource).map((name) => [name, 1]));
}

/** Under which names quotas count the objects of a resource. */
export function quotaNames(resource: Resource): readonly string[] {
  if (resource === services) return ['count/services', 'services', 'services.loadbalancers', 'services.nodeports'];
  const named = resource.group === '' && namedOnTheirOwn.includes(resource.plural) ? [resource.plural] : [];
  return [`count/${qualifiedPlural(resource)}`, ...named];
}

const namedOnTheirOwn: readonly string[] = ['configmaps', 'pods', 'resourcequotas', 'secrets'];

function storedServiceUse(object: KubeObject): QuotaUse {
  const { type, ports = [], allocateLoadBalancerNodePorts: allocates } = serviceOf(object).spec;
  if (type !== 'LoadBalancer' && type !== 'NodePort') return serviceUse(type, 0);
  // A dry run need not show the node ports that a write would get.
  const counted = type === 'LoadBalancer' && allocates === false ? ports.filter(({ nodePort = 0 }) => nodePort > 0) : ports;
  return serviceUse(type, counted.length);
}

/**
 * Which of some plans find no room any more, one after the other: each that fits takes its part, and one that does not takes nothing.
 * The server, which is asked about each by itself, cannot know.
 * @returns for each plan what it would exceed; undefined where it fits
 */
export function beyondQuotas(plans: readonly QuotaUse[], quotas: readonly QuotaCounts[]): readonly (string | undefined)[] {
  const left = quotas.map((quota) => ({ ...quota, used: new Map(quota.used) }));
  return plans.map((use) => {
    const sentence = left.map((quota) => exceeds(use, quota)).find((text) => text !== undefined);
    if (sentence === undefined) {
      for (const { used } of left) for (const [key, more] of use) if (used.has(key)) used.set(key, (used.get(key) ?? 0) + more);
    }
    return sentence;
  });
}
