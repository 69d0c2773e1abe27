import type { Deletion } from '../../core/deletion.ts';
import { kindAndName } from '../../model/object.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { sanitize } from '../../render/sanitize.ts';
import { unavailableSentence } from '../../render/unavailable-sentence.ts';
import type { ExitCode } from '../io.ts';
import { rightsHint } from '../rights-hint.ts';
import { workloadClusterSentence } from '../workload-cluster-words.ts';

/** Why one service is not deleted, in lines for stderr, and the exit code that goes with it. */
export interface Refusal {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/**
 * Undefined for one that may be deleted. Nothing overrides it.
 * @param access the words that say in which cluster, and as whom
 */
export function refusalOf(vmService: VirtualMachineService, deletion: Deletion, access: readonly string[]): Refusal | undefined {
  const { namespace, name } = vmService.metadata;
  const self = `VirtualMachineService ${namespace}/${name}`;
  switch (deletion.kind) {
    case 'possible':
      return undefined;
    case 'ofWorkloadCluster':
      return refusal(2, [workloadClusterSentence(vmService, deletion.use)]);
    case 'takesForeign': {
      const child = kindAndName({ kind: deletion.child.kind, name: deletion.child.metadata.name });
      return refusal(2, [
        `deleting ${self} would delete ${child} of ${deletion.owner} with it, because VM Operator deletes by name (VMS403)`,
        'make the service anew under another name, move its clients there,',
        `and leave this one until ${deletion.owner} can do without ${child}`,
      ]);
    }
    case 'unseen':
      return refusal(3, [
        `cannot tell what deleting ${self} takes with it: ${unavailableSentence(deletion.unavailable)}`,
        rightsHint(namespace ?? '', access, 'delete'),
      ]);
  }
}

function refusal(exitCode: ExitCode, [sentence = '', ...hints]: readonly string[]): Refusal {
  return { exitCode, text: [`error: ${sentence}`, ...hints.map((hint) => `  ${hint}`)].map((line) => `${sanitize(line)}\n`).join('') };
}
