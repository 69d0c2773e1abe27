import { isList, type JsonObject, jsonOf, type KubeObject } from '../../model/object.ts';
import { mapAt, mapsAt, textAt, textsAt } from '../../model/raw-fields.ts';
import { primaryAddresses, type VirtualMachine } from '../../model/virtual-machine.ts';
import { fewLines, fewNames } from '../few-names.ts';
import { advice } from '../finding.ts';
import { matchesSelector } from '../selector.ts';
import { found } from './found.ts';
import type { ServiceRule } from './rule.ts';

/** VMS707: a security policy that selects the VMs and lets nobody in. */
export const policySelectsVm: ServiceRule = {
  about: 'service',
  code: 'VMS707',
  worst: 'warning',
  needs: ['vms'],
  applies: ({ vmService, around }) =>
    around.contentsOf(vmService.metadata.namespace).policies.length > 0 || around.missing(policyLegs).length > 0,
  mayHideIn: ({ decisions }) => (decisions.some(({ outcome }) => outcome !== 'out') ? policyLegs : []),
  find: ({ vmService, decisions, around }) => {
    const ports = (vmService.spec.ports ?? []).map(({ protocol = 'TCP', targetPort }) => ({ protocol, port: targetPort }));
    const vms = decisions.filter(({ outcome }) => outcome !== 'out').map(({ vm }) => vm);
    return around.contentsOf(vmService.metadata.namespace).policies.flatMap((policy) => {
      const selected = vms.flatMap((vm) => {
        const rules = inRules(policy, vm);
        return rules === undefined ? [] : [{ vm, rules }];
      });
      const closed = ports
        .filter((port) => selected.some(({ rules }) => !letsIn(rules, port)))
        .map(({ protocol, port }) => `${protocol} ${port}`)
        .join(', ');
      if (closed === '') return [];
      const names = selected.map(({ vm }) => vm.metadata.name);
      return [
        found(
          'VMS707',
          'warning',
          'likely',
          policy,
          `SecurityPolicy ${policy.metadata.name} selects ${fewNames(names, 3)} and has no rule that lets clients in to ${closed}`,
          {
            evidence: [
              `SecurityPolicy ${policy.metadata.name} appliedTo ${names.length} of the ${vms.length} VMs`,
              ...fewLines(
                selected.map(({ vm }) => `VM ${vm.metadata.name} ${primaryAddresses(vm).ip4 ?? primaryAddresses(vm).ip6 ?? ''}`.trimEnd()),
                4,
              ),
            ],
            why: 'rules that administrators keep elsewhere cannot be seen from here; the order of policies counts, too',
            fix: [advice(`add a rule with action allow, direction in, and ${closed}`)],
          },
        ),
      ];
    });
  },
};

const policyLegs = ['securityPolicies', 'oldSecurityPolicies'] as const;

/**
 * The rules of a policy for what comes in to a VM; undefined where the policy does not say anything about that. What the policy applies
 * to as a whole comes before what its rules apply to. VMs are selected by their labels, and by nothing that is for pods.
 */
function inRules(policy: KubeObject, vm: VirtualMachine): readonly JsonObject[] | undefined {
  const spec = mapAt(jsonOf(policy), 'spec');
  const rules = mapsAt(spec, 'rules');
  const incoming = rules.filter((rule) => /^in(gress)?$/i.test(textAt(rule, 'direction')));
  if (rules.length > 0 && incoming.length === 0) return undefined;
  const applies = (targets: readonly JsonObject[]) =>
    targets.some((target) => 'vmSelector' in target && isSelected(mapAt(target, 'vmSelector'), vm));
  const whole = mapsAt(spec, 'appliedTo');
  if (whole.length > 0) return applies(whole) ? incoming : undefined;
  const own = incoming.filter((rule) => applies(mapsAt(rule, 'appliedTo')));
  return own.length > 0 ? own : undefined;
}

function isSelected(selector: JsonObject, { metadata }: VirtualMachine): boolean {
  const labels = metadata.labels ?? {};
  const pairs = matchesSelector(textsAt(selector, 'matchLabels'), labels);
  const expressions = mapsAt(selector, 'matchExpressions').every((expression) => {
    const key = textAt(expression, 'key');
    const has = Object.hasOwn(labels, key);
    const values = expression.values;
    const among = has && isList(values) && values.includes(labels[key] ?? '');
    switch (textAt(expression, 'operator')) {
      case 'In':
        return among;
      case 'NotIn':
        return !among;
      case 'Exists':
        return has;
      case 'DoesNotExist':
        return !has;
      default:
        return false;
    }
  });
  return pairs && expressions;
}

/**
 * The first rule that covers the port and the clients decides. Clients and load balancers are no pods and no VMs of the namespace, so
 * that a rule about those alone is about others; which addresses they have nobody here knows.
 */
function letsIn(rules: readonly JsonObject[], wanted: { readonly protocol: string; readonly port: number }): boolean {
  const first = rules.find((rule) => {
    const ports = mapsAt(rule, 'ports');
    const sources = mapsAt(rule, 'sources');
    const allows = isAllow(rule);
    const aboutClients = sources.length === 0 || (allows && sources.some((source) => 'ipBlocks' in source));
    return aboutClients && (ports.length === 0 || ports.some((port) => covers(port, wanted)));
  });
  if (first !== undefined) return isAllow(first);
  // One that only keeps some out leaves the others to whatever comes after it.
  return rules.length > 0 && !rules.some(isAllow);
}

function isAllow(rule: JsonObject): boolean {
  return /^allow$/i.test(textAt(rule, 'action'));
}

function covers(rule: JsonObject, { protocol, port }: { readonly protocol: string; readonly port: number }): boolean {
  const from = Number(rule.port ?? 0);
  const to = Number(rule.endPort ?? from);
  return (textAt(rule, 'protocol') || 'TCP') === protocol && (from === 0 || (port >= from && port <= to));
}
