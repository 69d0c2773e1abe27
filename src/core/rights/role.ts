import type { JsonObject } from '../../model/object.ts';
import type { RightsCommand } from './commands.ts';
import type { NeededRight } from './rights.ts';

/** The name of the Role that grants what a command takes. */
export function roleName(command: RightsCommand): string {
  return `vmsvc-${command}`;
}

/** The smallest Role with these rights: one rule a resource, as a person would write it. */
export function minimalRole(command: RightsCommand, namespace: string, rights: readonly NeededRight[]): JsonObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: roleName(command), namespace },
    rules: rulesOf(rights),
  };
}

function rulesOf(rights: readonly NeededRight[]): readonly JsonObject[] {
  const rules = new Map<string, { readonly right: NeededRight; readonly verbs: Set<string> }>();
  for (const right of rights) {
    const key = [right.group, ruleResource(right), right.name ?? ''].join('\0');
    const rule = rules.get(key) ?? { right, verbs: new Set() };
    rules.set(key, { ...rule, verbs: rule.verbs.add(right.verb) });
  }
  return [...rules.values()].map(({ right, verbs }) => ({
    apiGroups: [right.group],
    resources: [ruleResource(right)],
    ...(right.name !== undefined && { resourceNames: [right.name] }),
    verbs: [...verbs],
  }));
}

/** Beware: in a Role the subresource is part of the resource, in an access review it is not. */
function ruleResource({ resource, subresource }: NeededRight): string {
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}
