import type { PlannedStep } from '../core/planned-step.ts';
import type { ReconcilePlan } from '../core/reconcile-plan.ts';
import { changes } from '../core/step.ts';
import type { JsonObject } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { sanitize } from './sanitize.ts';
import { renderUnifiedDiff } from './unified-diff.ts';
import { renderYaml } from './yaml-writer.ts';

/**
 * Every object that would change as YAML before and after, in the form of `diff -u`; the empty text when nothing would.
 * Import this file dynamically: it loads the yaml package.
 */
export function renderUnifiedPlan(plans: readonly ReconcilePlan[]): string {
  return plans.flatMap((plan) => plan.steps.filter(({ step }) => changes(step)).map(objectDiff)).join('');
}

function objectDiff({ step, before, after }: PlannedStep): string {
  const { apiVersion, kind, namespace = '', name } = step.ref;
  // kubectl diff calls its files so.
  const file = sanitize([apiVersion.replace('/', '.'), kind, namespace, name].join('.'));
  return renderUnifiedDiff({ name: `live/${file}`, text: yamlOf(before) }, { name: `merged/${file}`, text: yamlOf(after) });
}

/** The object without what changes with every write. */
function yamlOf(object: JsonObject | undefined): string {
  if (object === undefined) return '';
  const { metadata } = object;
  if (!isMap(metadata)) return renderYaml(object, 'sorted');
  const { resourceVersion: _, generation: __, ...rest } = metadata;
  return renderYaml({ ...object, metadata: rest }, 'sorted');
}
