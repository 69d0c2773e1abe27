import type { CreatePlan } from '../../core/create/create-plan.ts';
import type { DryRun } from '../../core/reconcile-report.ts';
import { jsonOf, type KubeObject } from '../../model/object.ts';
import { ageOf } from '../../render/age.ts';
import { sanitize } from '../../render/sanitize.ts';
import { renderTrace } from '../../render/trace.ts';
import { renderYaml } from '../../render/yaml-writer.ts';
import { type Answer, askOne, type Terminal } from '../prompt.ts';
import { placeText } from '../reconcile/reconcile-words.ts';
import type { CommandInput } from '../spec.ts';
import { styleFor } from '../terminal.ts';
import { commandLine } from './command-line.ts';
import { consentReasons, previewText } from './create-words.ts';
import type { WholeRequest } from './derive-plan.ts';
import { foreseenTrace } from './foreseen-trace.ts';
import type { Surroundings } from './surroundings.ts';

/** What is to become of a plan. */
export type Decision = 'create' | 'save' | 'cancel';

/** What was asked for, in full: the object, whom it selects, its trace, and the command line that does the same. */
export interface Summary {
  readonly object: KubeObject;
  readonly plan: CreatePlan;
  readonly request: WholeRequest;
  readonly around: Surroundings;
  readonly input: CommandInput;
  readonly dryRun: DryRun;
}

const createWords: Readonly<Record<DryRun, string>> = {
  none: 'create it',
  client: 'show it as if it were created',
  server: 'have the server try it',
};

/** Shows the last screen, and asks what to do. Import this file dynamically: it loads inquirer and yaml. */
export async function askDecision(
  { object, plan, request, around, input, dryRun }: Summary,
  terminal: Terminal,
): Promise<Answer<Decision>> {
  const { io, sink } = terminal;
  const style = await styleFor(sink, input.flags, io);
  const trace = await foreseenTrace(plan, around);
  const now = around.source.now();
  const command = commandLine(request, around.namespace, input, plan.labels.length > 0 || consentReasons(plan).length > 0);
  const parts = [
    `${placeText(around)}${previewText(plan, sink, style)}`,
    renderYaml(jsonOf(object), 'given'),
    ...(trace === undefined
      ? []
      : [
          `Once ${plan.draft.type === 'LoadBalancer' ? 'VM Operator and the load balancer have done their' : 'VM Operator has done its'} work:\n${renderTrace(trace, style, (timestamp) => ageOf(timestamp, now), sink.columns)}\n`,
        ]),
    ...(command === undefined ? [] : [`The same without questions:\n  ${sanitize(command)}\n`]),
  ];
  sink.write(`\n${parts.join('\n')}\n`);
  return askOne<Decision>('Create it?', terminal, [
    { value: 'create', text: `${createWords[dryRun]} in ${around.namespace}`, short: 'create' },
    { value: 'save', text: 'save the manifest to a file', short: 'save' },
    { value: 'cancel', text: 'cancel', short: 'cancel' },
  ]);
}
