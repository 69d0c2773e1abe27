import { deletionOf } from '../../core/deletion.ts';
import { isSeen } from '../../core/snapshot.ts';
import type { World } from '../../core/world.ts';
import { renderNames } from '../../render/documents.ts';
import { sortedServices } from '../asked-services.ts';
import { isWanted } from '../delete/consent.ts';
import { copiesText } from '../delete/copies.ts';
import { deleteAll, deletedLine, type Ended, failureCode, failureLines } from '../delete/delete-all.ts';
import { type DeleteOptions, deleteOptions } from '../delete/delete-options.ts';
import { type Deletable, previewText } from '../delete/deletion-preview.ts';
import { refusalOf } from '../delete/refusal-words.ts';
import { waitForDeletions } from '../delete/wait-for-deletions.ts';
import { worst } from '../exit-code.ts';
import { type Interruption, interruptible } from '../interruption.ts';
import type { ExitCode, Io } from '../io.ts';
import { type LoadedWorld, loadWorld } from '../load-world.ts';
import { outputFormat } from '../print-document.ts';
import { placeText } from '../reconcile/reconcile-words.ts';
import { reportHoles, reportNotFound, reportNothing } from '../report-gaps.ts';
import { type Scope, withScope } from '../scope.ts';
import type { CommandInput } from '../spec.ts';

const request = { command: 'delete', legs: ['vmServices', 'services', 'endpoints', 'slices'], capabilities: false } as const;

/** Deletes VirtualMachineServices, each by its uid, after showing what goes with them; waits until they are gone. */
export async function remove(input: CommandInput, io: Io): Promise<ExitCode> {
  const { flags } = input;
  const options = deleteOptions(input);
  outputFormat(flags, ['name'], 'delete');
  return interruptible(io, (interruption) =>
    withScope(input, interruption.io, request, async (scope) => {
      const loaded = await loadWorld(scope, flags, interruption.io, request);
      if (!isSeen(loaded.world.snapshot.vmServices)) return await reportHoles(loaded, io);
      io.stderr.write(placeText(loaded));
      const missing = flags.on('ignore-not-found') ? 0 : reportNotFound(loaded.notFound, io);
      const { deletable, refused } = await judge(loaded, io);
      if (deletable.length === 0) return worst([missing, refused]);
      const copies = await copiesText(deletable, scope.source.cluster, loaded.namespace);
      io.stderr.write(previewText(deletable, loaded.namespace === undefined, options.dryRun) + copies);
      const consent = await isWanted(deletable, loaded, options, flags, io);
      if (consent !== 'yes') {
        io.stderr.write('nothing was changed\n');
        return interruption.exitCode() ?? (consent === 'no' ? worst([1, missing, refused]) : 130);
      }
      interruption.writing();
      return worst([missing, refused, await carryOut(deletable, scope, loaded.world, options, input, interruption, io)]);
    }),
  );
}

/** Those that may be deleted; of the others it is said why not. */
async function judge(loaded: LoadedWorld, io: Io): Promise<{ readonly deletable: readonly Deletable[]; readonly refused: ExitCode }> {
  const deletable: Deletable[] = [];
  const codes: ExitCode[] = [];
  const services = sortedServices(loaded.world);
  for (const vmService of services) {
    const deletion = deletionOf(vmService, loaded.world);
    const refusal = refusalOf(vmService, deletion, loaded.source.access);
    if (refusal !== undefined) {
      io.stderr.write(refusal.text);
      codes.push(refusal.exitCode);
    }
    if (deletion.kind === 'possible') deletable.push({ vmService, deletion });
  }
  if (services.length + loaded.notFound.length === 0) await reportNothing(loaded, io);
  if (deletable.length === 0 && codes.length > 0) io.stderr.write('nothing was changed\n');
  return { deletable, refused: worst(codes) };
}

async function carryOut(
  deletable: readonly Deletable[],
  scope: Scope,
  { facts }: World,
  options: DeleteOptions,
  { flags }: CommandInput,
  interruption: Interruption,
  io: Io,
): Promise<ExitCode> {
  const ignoreNotFound = flags.on('ignore-not-found');
  const say = (ended: Ended): void => {
    const { vmService } = ended;
    if (ended.ended === 'accepted') {
      io.stdout.write(flags.text('output') === 'name' ? renderNames([vmService]) : deletedLine(vmService, options.dryRun));
    } else if (ended.ended === 'failed' && failureCode(ended.error, ignoreNotFound) > 0) {
      io.stderr.write(failureLines(ended.error, vmService, io.argv));
    }
  };
  const vmServices = deletable.map(({ vmService }) => vmService);
  const ended = await deleteAll(vmServices, scope.source.cluster, options, interruption.signal, say);
  const failed = worst(ended.map((one) => (one.ended === 'failed' ? failureCode(one.error, ignoreNotFound) : 0)));
  const interrupted = interruption.exitCode();
  if (interrupted !== undefined) {
    const open = ended.filter((one) => one.ended === 'stopped').length;
    io.stderr.write(open === 0 ? 'interrupted\n' : `interrupted\n  ${open} of ${ended.length} not deleted\n`);
    return interrupted;
  }
  if (options.wait === undefined || options.dryRun !== 'none') return failed;
  const accepted = ended.filter((one) => one.ended === 'accepted').map(({ vmService }) => vmService);
  const waitedFor = deletable.filter(({ vmService }) => accepted.includes(vmService));
  return worst([failed, await waitForDeletions(waitedFor, scope, facts.traits, options.wait, flags, io)]);
}
