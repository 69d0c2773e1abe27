import type { UndoPlan } from '../../cluster/reconcile/undo.ts';
import { applyMergePatch } from '../../core/patch.ts';
import type { PlannedStep } from '../../core/planned-step.ts';
import { type Step, unchangedStep } from '../../core/step.ts';
import { type Json, type JsonObject, jsonOf, type KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { renderUnifiedSteps } from '../../render/unified-plan.ts';

/** What would be put back, as a unified diff of the objects. */
export async function undoPlanText(plans: readonly UndoPlan[]): Promise<string> {
  const { renderYaml } = await import('../../render/yaml-writer.ts');
  return renderUnifiedSteps(plans.flatMap(plannedOf), renderYaml);
}

/** The step that a plan comes to; undefined where nothing is there to do something with, or nothing can be done. */
export function undoStep({ ref, action, existing, error }: UndoPlan): Step | undefined {
  if (existing === undefined || error !== undefined) return undefined;
  if (action === undefined) return unchangedStep(existing);
  if (action.type === 'delete') return { ref, operation: 'deleted', before: existing, writes: [] };
  return { ref, operation: 'updated', before: existing, after: existing, writes: action.patches.map(({ patch }) => patch) };
}

function plannedOf(plan: UndoPlan): readonly PlannedStep[] {
  const step = undoStep(plan);
  if (step?.before === undefined) return [];
  const before = plain(step.before);
  if (step.operation === 'deleted') return [{ step, before, after: undefined }];
  const after = step.writes.reduce<Json>((state, patch) => applyMergePatch(state, patch), before);
  return [{ step, before, after: isMap(after) ? after : undefined }];
}

/** The object as JSON, without who manages which field. */
function plain(object: KubeObject): JsonObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return jsonOf({ ...object, metadata });
}
