import type { LabelStep } from '../../cluster/create/create-labelled.ts';
import { counted } from '../../core/counted.ts';
import type { CreatePlan } from '../../core/create/create-plan.ts';
import type { DryRun } from '../../core/reconcile-report.ts';
import { selectorText } from '../../core/selector.ts';
import { itemsOf } from '../../core/snapshot.ts';
import { kindAndName, type ObjectRef } from '../../model/object.ts';
import { qualifiedName } from '../../model/resources.ts';
import { dryRunSuffix } from '../../render/dry-run-suffix.ts';
import { sanitize } from '../../render/sanitize.ts';
import { machineText, renderSelectionPreview, vmNames } from '../../render/selection-preview.ts';
import { pasteableCommand } from '../../render/shell-quote.ts';
import type { Style } from '../../render/style.ts';
import { accessWords } from '../access-words.ts';
import type { TextSink } from '../io.ts';
import { onContextAsUser } from '../origin-words.ts';
import type { Flags } from '../spec.ts';
import type { Surroundings } from './surroundings.ts';

/** What stands on stderr before anything is written: which labels are put on, and whom the service selects then. */
export function previewText(plan: CreatePlan, sink: TextSink, style: Style): string {
  const { labels, labelled, joined, unwanted, preview, draft } = plan;
  const rows = [...labelRows('Labels first:', labels), ...labelRows('Labeled already:', labelled)];
  for (const { vmService, vms } of joined)
    rows.push([
      'Joins as well:',
      style.warn(sanitize(`service ${JSON.stringify(vmService.metadata.name)} then selects ${vmNames(vms)} too`)),
    ]);
  if (unwanted.length > 0)
    rows.push(['Not only those:', style.warn(sanitize(`${selectorText(draft.selector)} also selects ${vmNames(unwanted)}`))]);
  return `\n${renderSelectionPreview(rows, preview, sink.columns, style)}`;
}

function labelRows(title: string, steps: CreatePlan['labels']): [string, string][] {
  const byPairs = Map.groupBy(steps, (step) => selectorText(step.labels));
  return [...byPairs].map(([pairs, of], index) => [index === 0 ? title : '', sanitize(`${pairs}  on ${vmNames(of.map(({ vm }) => vm))}`)]);
}

/** Why somebody has to agree to a plan; empty where nobody has to. `labels` need it on a terminal only: there they were asked for. */
export function consentReasons({ unwanted, preview, draft }: CreatePlan): readonly string[] {
  const { machines } = preview;
  return [
    ...(unwanted.length > 0 ? [`no label tells them apart: ${selectorText(draft.selector)} also selects ${vmNames(unwanted, ', ')}`] : []),
    ...(machines.length > 0 ? [`the selector ${selectorText(draft.selector)} selects ${machineText(machines)}`] : []),
  ];
}

/** `Create web and label 2 VMs in team-a on context supervisor-a as alice?` */
export function questionText({ draft, labels, unwanted, preview }: CreatePlan, { source, namespace }: Surroundings): string {
  const what = labels.length > 0 ? ` and label ${counted(labels.length, 'VM')}` : '';
  const selected = itemsOf(preview.selected).length;
  const whom = unwanted.length + preview.machines.length > 0 ? `, which selects ${counted(selected, 'VM')},` : '';
  return sanitize(`Create ${draft.name}${whom}${what} in ${namespace}${onContextAsUser(source.origin)}?`);
}

/** `virtualmachineservice.vmoperator.vmware.com/web created (dry run)`, as a line. */
export function changeLine(ref: ObjectRef, change: 'created' | 'labeled' | 'unlabeled', dryRun: DryRun): string {
  return `${sanitize(qualifiedName(ref))} ${change}${dryRunSuffix[dryRun]}\n`;
}

/** What to do about labels that stayed on: the commands that take them off. */
export function leftText(left: readonly LabelStep[]): readonly string[] {
  return left.flatMap(({ vm, labels }) => {
    const { name, namespace = '' } = vm.metadata;
    const words = ['kubectl', 'label', 'vm', name, '-n', namespace, ...Object.keys(labels).map((key) => `${key}-`)];
    const command = pasteableCommand(words, [name, namespace]);
    return [
      `  still labeled ${selectorText(labels)}: ${kindAndName({ kind: vm.kind, name })}${command === undefined ? '' : `; to take it off: ${command}`}`,
    ];
  });
}

/** The way on after it was created, in the same cluster as the same user; undefined where there is none to paste. */
export function nextText({ draft }: CreatePlan, flags: Flags): string | undefined {
  const { name, namespace, type } = draft;
  const condition = type === 'LoadBalancer' ? 'address' : 'endpoints';
  const words = ['kubectl', 'vmsvc', 'wait', name, '-n', namespace, ...accessWords(flags), `--for=${condition}`];
  const command = pasteableCommand(words, [name, namespace]);
  return command === undefined ? undefined : `Next: ${command}\n`;
}
