import type { ReconcileOutcome } from '../../cluster/reconcile/reconcile-outcome.ts';
import { workloadClusterOf } from '../../core/workload-cluster.ts';
import { pasteableCommand } from '../../render/shell-quote.ts';
import type { Source } from '../source.ts';

/** Names one VirtualMachineService. */
export interface Named {
  readonly namespace?: string;
  readonly name: string;
}

/** The cluster that a command is to work on: the one that this run works on. */
export type Reached = Pick<Source, 'access'>;

/**
 * What somebody can do whose services were refused all for the same reason, a line each, indented. Empty where the sentence itself
 * says it.
 */
export function waysOn(refused: readonly ReconcileOutcome[], source: Reached): readonly string[] {
  const [first] = refused;
  if (first === undefined) return [];
  const { namespace, error } = first.item;
  switch (error?.reason) {
    case 'ControllerAlive': {
      const nudge = nudgeCommand(
        refused.map(({ item }) => item),
        source,
      );
      return [...(nudge === undefined ? [] : [`  ask it to look again:      ${nudge}`]), forceLine.trimEnd()];
    }
    case 'NamespaceTerminating':
      return line('see what holds it:', ['kubectl', 'get', 'namespace', namespace, '-o', 'yaml', ...source.access], [namespace]);
    case 'OwnedByWorkloadCluster':
      return workloadClusterOf(first.vmService)?.use === 'ControlPlane'
        ? line(
            'see what keeps it:',
            ['kubectl', 'get', 'vspherecluster,kubeadmcontrolplane,machine', '-n', namespace, ...source.access],
            [namespace],
          )
        : [];
    case 'OwnedByAnotherController':
      return [
        '  use another name for the VirtualMachineService: what others control stays theirs, with --force too',
        '  beware: deleting this one deletes what has its name, because VM Operator deletes by name',
      ];
    default:
      return [];
  }
}

/** How to go on although VM Operator is at work. */
export const forceLine = '  do it all the same:        --force --reason="…"   (the reason is stored in the report)\n';

/** The command that asks the controller instead; undefined where a name cannot be pasted safely. Many services share a namespace. */
export function nudgeCommand(services: readonly Named[], { access }: Reached): string | undefined {
  const [{ namespace = '' } = {}] = services;
  const names = services.length <= most ? services.map(({ name }) => name) : [];
  return pasteableCommand(['kubectl', 'vmsvc', 'nudge', ...names, '-n', namespace, ...access], [namespace, ...names]);
}

const most = 3;

function line(what: string, words: readonly string[], names: readonly string[]): readonly string[] {
  const command = pasteableCommand(words, names);
  return command === undefined ? [] : [`  ${what.padEnd(25)}  ${command}`];
}
