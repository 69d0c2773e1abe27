import type { PlannedStep } from '../core/planned-step.ts';
import type { ReconcilePlan } from '../core/reconcile-plan.ts';
import { changes } from '../core/step.ts';
import type { JsonObject } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { sanitize } from './sanitize.ts';
import { renderUnifiedDiff } from './unified-diff.ts';
import type { renderYaml } from './yaml-writer.ts';

/** The writer of YAML, which the caller loads: it is not needed for anything else. */
export type WriteYaml = typeof renderYaml;

/** Every object that would change as YAML before and after, in the form of `diff -u`; the empty text when nothing would. */
export function renderUnifiedPlan(plans: readonly ReconcilePlan[], write: WriteYaml): string {
  return renderUnifiedSteps(
    plans.flatMap((plan) => plan.steps),
    write,
  );
}

/** The same for steps that are no plan for a VirtualMachineService. */
export function renderUnifiedSteps(steps: readonly PlannedStep[], write: WriteYaml): string {
  return steps
    .filter(({ step }) => changes(step))
    .map((step) => objectDiff(step, write))
    .join('');
}

function objectDiff(step: PlannedStep, write: WriteYaml): string {
  const { file, before, after } = diffSides(step, write);
  return renderUnifiedDiff({ name: `live/${file}`, text: before }, { name: `merged/${file}`, text: after });
}

/** An object before and after as YAML, and the name that kubectl diff gives its file; the empty text where it is not there. */
export function diffSides(
  { step, before, after }: PlannedStep,
  write: WriteYaml,
): { readonly file: string; readonly before: string; readonly after: string } {
  const { apiVersion, kind, namespace = '', name } = step.ref;
  const file = sanitize([apiVersion.replace('/', '.'), kind, namespace, name].join('.'));
  return { file, before: yamlOf(before, write), after: yamlOf(after, write) };
}

/** The object without what changes with every write. */
function yamlOf(object: JsonObject | undefined, write: WriteYaml): string {
  if (object === undefined) return '';
  const { metadata } = object;
  if (!isMap(metadata)) return write(object, 'sorted');
  const { resourceVersion: _, generation: __, ...rest } = metadata;
  return write({ ...object, metadata: rest }, 'sorted');
}
