import { compareText } from '../../model/text-order.ts';
import type { ApplyOutcome } from '../schema/schema-types.ts';
import type { Conflict } from './field-ownership.ts';
import { managerId, printManager } from './managed-fields.ts';
import { printPath } from './path-element.ts';

/** How kube-apiserver reports conflicts: one in a line, several by manager, the managers sorted. */
export function conflictOutcome(conflicts: readonly Conflict[]): ApplyOutcome {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${printManager(manager)}`,
    field: printPath(path),
  }));
  const [only] = conflicts;
  if (only !== undefined && conflicts.length === 1) {
    return {
      conflicts: causes,
      message: `Apply failed with 1 conflict: conflict with ${printManager(only.manager)}: ${printPath(only.path)}`,
    };
  }
  const byManager = Map.groupBy(conflicts, ({ manager }) => managerId(manager));
  const lines = [...byManager]
    .sort(([one], [other]) => compareText(one, other))
    .flatMap(([, group]) => {
      const [first] = group;
      return first === undefined
        ? []
        : [`conflicts with ${printManager(first.manager)}:`, ...group.map(({ path }) => `- ${printPath(path)}`)];
    });
  return { conflicts: causes, message: `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}` };
}
