import { loadSnapshot } from '../../cluster/load-snapshot.ts';
import { itemsOf } from '../../core/snapshot.ts';
import { jsonOf } from '../../model/object.ts';
import { qualifiedName } from '../../model/resources.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { objectDocument } from '../../render/documents.ts';
import { getFormats } from '../../render/output-format.ts';
import { sanitize } from '../../render/sanitize.ts';
import { CliError, usageError } from '../errors.ts';
import { worst } from '../exit-code.ts';
import { refuseEmptyQuery } from '../flags.ts';
import type { ExitCode, Io } from '../io.ts';
import { manifestFlag } from '../manifest-input.ts';
import { isDocumentFormat, outputFormat, printDocument } from '../print-document.ts';
import { reportNotFound } from '../report-gaps.ts';
import { refuseSelector, type Scope, withScope } from '../scope.ts';
import type { CommandInput } from '../spec.ts';
import { parseTargets } from '../targets.ts';
import { byName } from '../wait/by-name.ts';
import { waitFors } from '../wait/for-flag.ts';
import { reportOpen } from '../wait/report-open.ts';
import { timeoutOf } from '../wait/timeout.ts';
import { type Wanted, waitRequest } from '../wait/wait-until.ts';
import { waitVisibly } from '../wait/wait-visibly.ts';
import { timedOut } from '../wait/wait-words.ts';
import { needsCluster } from '../watch/needs-cluster.ts';

const formats = getFormats.filter((name) => name !== 'wide');

/** Waits until something holds of VirtualMachineServices; says what was missing when the time is over. */
export async function wait(input: CommandInput, io: Io): Promise<ExitCode> {
  const { flags } = input;
  const conditions = waitFors(flags);
  checkUse(input);
  const timeout = timeoutOf(flags, 'wait');
  const format = outputFormat(flags, formats, 'wait', flags.text('template'));
  const request = waitRequest(conditions, 'wait');
  return withScope(input, io, request, async (scope) => {
    const { wanted, missing } = await wantedObjects(
      scope,
      conditions.some(({ kind }) => kind === 'delete'),
      input,
      io,
    );
    const met: VirtualMachineService[] = [];
    const onMet = ({ name }: Wanted, vmService: VirtualMachineService | undefined): void => {
      if (vmService !== undefined) met.push(vmService);
      const line = sanitize(qualifiedName({ apiVersion: 'vmoperator.vmware.com/v1', kind: 'VirtualMachineService', name }));
      if (format.kind === 'table') io.stdout.write(`${line} condition met\n`);
      if (format.kind === 'name') io.stdout.write(`${line}\n`);
    };
    const options = { wanted, conditions, timeout: timeout.milliseconds, onMet };
    const waited = await waitVisibly(byName(scope, wanted), request, options, flags, io);
    if (isDocumentFormat(format) && met.length > 0) {
      const document = objectDocument(met, { single: wanted.length === 1, showManagedFields: false });
      await printDocument({ document, order: 'sorted', rows: met.map(jsonOf) }, format, flags, io);
    }
    return worst([missing, await reportOpen(waited, scope, timedOut(timeout), flags, io)]);
  });
}

function checkUse({ args, flags }: CommandInput): void {
  const [vm] = parseTargets(args, 'wait').vms;
  if (vm !== undefined) throw usageError(`wait works on VirtualMachineServices: kubectl wait vm/${vm} waits for a VM`, 'wait');
  needsCluster(flags, 'wait', 'wait');
  refuseEmptyQuery(flags, 'wait');
  const all = flags.on('all');
  const files = manifestFlag(flags);
  if (files !== undefined && (args.length > 0 || all || flags.on('all-namespaces') || flags.given('selector'))) {
    throw usageError(`${files} names the objects: give it without names, --all, -A and -l`, 'wait');
  }
  if (all && args.length > 0) throw usageError('names and --all cannot be given together', 'wait');
  if (args.length === 0 && files === undefined && !all && !flags.given('selector')) {
    throw usageError('say what to wait for: a NAME, -f FILE, -k DIR, -l SELECTOR, or --all of the namespace', 'wait');
  }
}

/**
 * The objects that are waited for. Those that are chosen by a label are the ones that have it now, as for kubectl; a name need not
 * exist yet, unless --must-exist says so.
 * @throws CliError where nothing is chosen, unless it is waited for deletions, for which that is as good as done
 */
async function wantedObjects(
  scope: Scope,
  deletion: boolean,
  { flags }: CommandInput,
  io: Io,
): Promise<{ readonly wanted: readonly Wanted[]; readonly missing: ExitCode }> {
  const { names, source } = scope;
  const namespace = scope.namespace ?? '';
  if (names.length > 0 && !flags.on('must-exist')) return { wanted: names.map((name) => ({ namespace, name })), missing: 0 };
  const loading = loadSnapshot(source.cluster, { ...scope.request(names), legs: ['vmServices'] });
  const { snapshot, notFound } = await loading.catch((error: unknown) => refuseSelector(error, scope, 'wait'));
  const wanted = itemsOf(snapshot.vmServices).map(({ metadata }) => ({ namespace: metadata.namespace ?? '', name: metadata.name }));
  const missing = reportNotFound(notFound, io);
  if (wanted.length === 0 && missing === 0 && !deletion) throw new CliError('no matching resources found', { exitCode: 3 });
  return { wanted, missing };
}
