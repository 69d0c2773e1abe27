import type { Cluster } from '../../cluster/cluster.ts';
import { roomFor, savedStateKind } from '../../cluster/files/saved-state.ts';
import { beginStateFile, FileExistsError, type StateFile } from '../../cluster/files/state-file.ts';
import { writeErrorReason } from '../../cluster/files/whole-file.ts';
import { saveWrites } from '../../cluster/reconcile/saved-writes.ts';
import { itemsOf } from '../../core/snapshot.ts';
import type { World } from '../../core/world.ts';
import { type JsonObject, type KubeObject, type ObjectRef, refOf } from '../../model/object.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { sanitize } from '../../render/sanitize.ts';
import { CliError } from '../errors.ts';
import { filePath } from '../file-path.ts';
import type { ExitCode, Io } from '../io.ts';
import { reportHead } from '../report-head.ts';
import type { Flags } from '../spec.ts';
import type { ReconcileRun } from './reconcile-run.ts';

/** The file of `--save-before` during one run. */
export interface Saving {
  /** For `RunOptions.through`. */
  readonly through: (cluster: Cluster) => Cluster;
  /** Whether a line could not be written: then nothing more may be. */
  failed(): boolean;
  /** Ends the file; 3 when it is not whole. */
  end(io: Io): Promise<ExitCode>;
  /** Takes the file away, because nothing was written to the cluster. */
  discard(): Promise<void>;
}

/**
 * Begins the file of `--save-before`, where that was given, before anything is written to the cluster.
 * @throws CliError when it cannot be written: then nothing is
 */
export async function beginSaving(run: ReconcileRun, flags: Flags, io: Io): Promise<Saving | undefined> {
  const name = flags.text('save-before');
  if (name === undefined) return undefined;
  const { snapshot } = run.world;
  const known = [...run.vmServices, ...itemsOf(snapshot.services), ...itemsOf(snapshot.endpoints)];
  const room = run.vmServices
    .flatMap((vmService) => objectsOf(vmService, run.world))
    .reduce((sum, [ref, before]) => sum + roomFor(ref, before), 0);
  const file = await begin(name, reportHead(savedStateKind, run, run.source.now()), room, io);
  return {
    through: saveWrites(file, known),
    failed: () => file.failed() !== undefined,
    async end({ stderr }) {
      await file.close();
      const failure = file.failed();
      if (failure === undefined) return 0;
      const reason = `cannot write ${JSON.stringify(name)}: ${writeErrorReason(failure)}; it does not hold all that was done`;
      stderr.write(`error: ${sanitize(reason)}\n`);
      return 3;
    },
    discard: () => file.discard(),
  };
}

/** What a run may write for one service, each with what is there. */
function objectsOf(vmService: VirtualMachineService, world: World): readonly (readonly [ObjectRef, KubeObject | undefined])[] {
  const { namespace, name } = vmService.metadata;
  const [service, endpoints] = [world.service(vmService), world.endpoints(vmService)];
  return [
    [{ apiVersion: 'v1', kind: 'Service', namespace, name }, 'found' in service ? service.found : undefined],
    [{ apiVersion: 'v1', kind: 'Endpoints', namespace, name }, 'found' in endpoints ? endpoints.found : undefined],
    [refOf(vmService), vmService],
  ];
}

async function begin(name: string, head: JsonObject, room: number, io: Io): Promise<StateFile> {
  try {
    return await beginStateFile(filePath(io, name), head, room);
  } catch (error) {
    const reason = error instanceof FileExistsError ? error.message : writeErrorReason(error);
    throw new CliError(`--save-before ${JSON.stringify(name)}: ${reason}`, { exitCode: 3, hint: ['  nothing was changed'], cause: error });
  }
}
