import type { DryRun } from '../core/reconcile-report.ts';
import type { Operation, Step } from '../core/step.ts';
import { qualifiedName } from '../model/resources.ts';
import { dryRunSuffix } from './dry-run-suffix.ts';
import { sanitize } from './sanitize.ts';

export interface StepWords {
  readonly dryRun: DryRun;
  /** The run covers several namespaces, so each line says which. */
  readonly namespaces: boolean;
}

/** `service/web configured (dry run)`: what became of one object, in kubectl's words. */
export function stepLine({ ref, operation }: Step, { dryRun, namespaces }: StepWords): string {
  const verb = `${verbs[operation]}${dryRunSuffix[dryRun]}`;
  const namespace = sanitize(ref.namespace ?? '');
  const [kind = '', name = ''] = sanitize(qualifiedName(ref)).split('/', 2);
  if (operation === 'deleted') return `${kind} "${name}" ${verb} from ${namespace} namespace`;
  return `${kind}/${name} ${verb}${namespaces ? ` in ${namespace} namespace` : ''}`;
}

/** `-o name`: one `service/web` a line. */
export function stepNames(steps: readonly Step[]): string {
  return steps.map(({ ref }) => `${sanitize(qualifiedName(ref))}\n`).join('');
}

const verbs: Readonly<Record<Operation, string>> = {
  created: 'created',
  updated: 'configured',
  unchanged: 'unchanged',
  deleted: 'deleted',
};
