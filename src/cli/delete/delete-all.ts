import type { Cluster } from '../../cluster/cluster.ts';
import { limits } from '../../cluster/limits.ts';
import { atOnce } from '../../cluster/reconcile/at-once.ts';
import { confirmWrites } from '../../cluster/reconcile/confirmed-writes.ts';
import { stoppableWrites } from '../../cluster/reconcile/stoppable-writes.ts';
import type { DryRun } from '../../core/reconcile-report.ts';
import { refOf } from '../../model/object.ts';
import { isConflict, isNotFound } from '../../model/status.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { dryRunSuffix } from '../../render/dry-run-suffix.ts';
import { sanitize } from '../../render/sanitize.ts';
import { explainError } from '../error-words.ts';
import type { ExitCode } from '../io.ts';
import type { DeleteOptions } from './delete-options.ts';

/** What became of one deletion: taken in by the server, refused by it or not answered, or not sent any more. */
export type Ended = { readonly vmService: VirtualMachineService } & (
  | { readonly ended: 'accepted' | 'stopped' }
  | { readonly ended: 'failed'; readonly error: unknown }
);

/**
 * Sends the deletions, each for that very object and no namesake. Nothing is sent for a client dry run, or after the signal.
 * @param onEnded is told of each, in the order in which they were given, whichever the server answers first
 */
export async function deleteAll(
  vmServices: readonly VirtualMachineService[],
  cluster: Cluster,
  options: DeleteOptions,
  signal: AbortSignal,
  onEnded: (ended: Ended) => void,
): Promise<readonly Ended[]> {
  const writes = stoppableWrites(confirmWrites(cluster), signal);
  const act = async (vmService: VirtualMachineService): Promise<Ended> =>
    signal.aborted ? { vmService, ended: 'stopped' } : deleteOne(vmService, writes.cluster, options);
  return atOnce(vmServices, limits.sockets, act, onEnded);
}

async function deleteOne(vmService: VirtualMachineService, cluster: Cluster, { dryRun, propagation }: DeleteOptions): Promise<Ended> {
  if (dryRun === 'client') return { vmService, ended: 'accepted' };
  const { uid } = vmService.metadata;
  try {
    await cluster.delete(refOf(vmService), { dryRun, propagation, ...(uid !== undefined && { uid }) });
    return { vmService, ended: 'accepted' };
  } catch (error) {
    return { vmService, ended: 'failed', error };
  }
}

/** `virtualmachineservice.vmoperator.vmware.com "web" deleted from prod namespace` */
export function deletedLine({ metadata }: VirtualMachineService, dryRun: DryRun): string {
  const name = `virtualmachineservice.vmoperator.vmware.com ${JSON.stringify(metadata.name)}`;
  return `${sanitize(`${name} deleted from ${metadata.namespace} namespace${dryRunSuffix[dryRun]}`)}\n`;
}

/** Why it was not deleted, for stderr; that it went meanwhile is no failure with `--ignore-not-found`. */
export function failureLines(error: unknown, { metadata }: VirtualMachineService, argv: readonly string[]): string {
  const lines = isConflict(error)
    ? [
        `error: VirtualMachineService ${metadata.namespace}/${metadata.name} is another object by now: it was replaced meanwhile`,
        '  nothing was deleted; run again to delete the new one',
      ]
    : explainError(error, argv).lines;
  return lines.map((line) => `${sanitize(line)}\n`).join('');
}

export function failureCode(error: unknown, ignoreNotFound: boolean): ExitCode {
  return ignoreNotFound && isNotFound(error) ? 0 : explainError(error, []).exitCode;
}
