import type { Cluster } from '../../cluster/cluster.ts';
import { limits } from '../../cluster/limits.ts';
import { atOnce } from '../../cluster/reconcile/at-once.ts';
import { confirmWrites } from '../../cluster/reconcile/confirmed-writes.ts';
import { failure } from '../../cluster/reconcile/reconcile-failure.ts';
import { stoppableWrites } from '../../cluster/reconcile/stoppable-writes.ts';
import { type Orphan, orphansAmong } from '../../core/orphans.ts';
import { type DryRun, reconcileReport } from '../../core/reconcile-report.ts';
import type { ObjectOutcome, ReconcileError, ReconcileItem, Step } from '../../core/step.ts';
import { type KubeObject, nameOf, refOf } from '../../model/object.ts';
import { endpoints, resourceOf, services, virtualMachineServices } from '../../model/resources.ts';
import { isGone } from '../../model/status.ts';
import { compareText } from '../../model/text-order.ts';
import type { OutputFormat } from '../../render/output-format.ts';
import { stepLine, stepNames } from '../../render/reconcile.ts';
import { sanitize } from '../../render/sanitize.ts';
import { usageError } from '../errors.ts';
import { worst } from '../exit-code.ts';
import { fieldManagerOf } from '../field-manager.ts';
import { filesFlag } from '../files-flag.ts';
import { type Interruption, interruptible } from '../interruption.ts';
import type { ExitCode, Io } from '../io.ts';
import { isDocumentFormat, outputFormat, printDocument } from '../print-document.ts';
import { headOf } from '../report-head.ts';
import { openSource, type Source } from '../source.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { type NamespaceNeeds, rightsForObjects } from './denied-rights.ts';
import { writeJunit } from './junit-file.ts';
import { outcomeLines } from './outcome-lines.ts';
import { forceDocument } from './outcome-report.ts';
import { dryRunOf } from './reconcile-options.ts';
import { forceReason } from './refusals.ts';
import { type ServiceName, serviceKey, takeBackRefusals } from './take-back-refusals.ts';
import { forceLine } from './ways-on.ts';
import { checkRightsToTakeBack } from './write-rights.ts';

interface Run {
  readonly source: Source;
  readonly forced: string | undefined;
  readonly namespace: string | undefined;
  readonly format: OutputFormat;
  readonly flags: Flags;
  readonly io: Io;
  readonly interruption: Interruption;
}

/**
 * `reconcile --orphans`: lists the Services and Endpoints whose VirtualMachineService is gone. With `--yes`, or asked for on a
 * terminal, it deletes them, each by its uid.
 */
export async function orphans(input: CommandInput, io: Io): Promise<ExitCode> {
  const { args, flags } = input;
  const other = ['selector', 'save-before', ...(flags.on('offline') ? [] : ['filename', 'kustomize'])].find((name) => flags.given(name));
  if (args.length > 0 || other !== undefined) {
    throw usageError(
      `--orphans looks at a namespace, or with -A at all: give it without ${other === undefined ? 'names' : `--${other}`}`,
      'reconcile',
    );
  }
  const format = outputFormat(flags, ['json', 'yaml', 'name'], 'reconcile');
  const dryRun = filesFlag(flags) === undefined ? dryRunOf(flags) : 'client';
  const forced = forceReason(input, 'reconcile');
  return interruptible(io, async (interruption) => {
    const source = await openSource(input, interruption.io, 'reconcile');
    try {
      const namespace = flags.on('all-namespaces') ? undefined : source.namespace;
      return await clear({ source, forced, namespace, format, flags, io, interruption }, dryRun);
    } finally {
      await source.close();
    }
  });
}

async function clear(run: Run, dryRun: DryRun): Promise<ExitCode> {
  const { source, namespace, flags, io, interruption } = run;
  const found = await findOrphans(source, namespace);
  if (found.length === 0) {
    if (!flags.on('quiet')) io.stderr.write(`No orphans found${namespace === undefined ? '' : sanitize(` in ${namespace} namespace`)}.\n`);
    return report(run, [], dryRun);
  }
  const mayAsk = io.stdin.isTTY && io.stdout.isTTY;
  const planned = found.map((orphan): Outcome => ({ orphan, error: undefined }));
  if (dryRun === 'client' || !(flags.on('yes') || mayAsk || dryRun === 'server')) {
    say(found, run);
    const code = await report(run, planned, 'client');
    if (dryRun === 'none' && !flags.on('quiet')) io.stderr.write('nothing was changed: --yes deletes them\n');
    return code;
  }
  const checked = await withoutRefused(found, run, dryRun);
  const ours = checked.flatMap(({ orphan, error }) => (error === undefined ? [orphan] : []));
  await checkRightsToTakeBack('orphans', rightsFor(ours), source, io);
  if (dryRun === 'none' && !flags.on('yes') && ours.length > 0) {
    say(ours, run);
    const { askYesNo } = await import('../prompt.ts');
    const sink = run.format.kind === 'table' ? io.stdout : io.stderr;
    const answer = await askYesNo(`Delete ${ours.length === 1 ? 'it' : `these ${ours.length}`}?`, io, sink);
    if (answer !== 'yes') {
      io.stderr.write('nothing was changed\n');
      return interruption.exitCode() ?? (answer === 'no' ? 1 : 130);
    }
  }
  interruption.writing();
  const { cluster } = stoppableWrites(confirmWrites(source.cluster), interruption.signal);
  const deleted = await atOnce(checked, limits.sockets, async (one) =>
    one.error === undefined ? remove(one.orphan, cluster, dryRun) : one,
  );
  return report(run, deleted, dryRun);
}

/** With an error those that a reconcile would be refused, too. */
async function withoutRefused(found: readonly Orphan[], { source, forced, flags, io }: Run, dryRun: DryRun): Promise<readonly Outcome[]> {
  const services = new Map(found.map((orphan) => [serviceKey(serviceOf(orphan)), serviceOf(orphan)]));
  const fieldManager = fieldManagerOf(flags, 'reconcile');
  const refused = await takeBackRefusals([...services.values()], source, { fieldManager, forced, dryRun }, io);
  return found.map((orphan) => ({ orphan, error: refused.get(serviceKey(serviceOf(orphan))) }));
}

/** The VirtualMachineService that it belonged to. */
function serviceOf({ child, owner }: Orphan): ServiceName {
  return { namespace: child.metadata.namespace ?? '', name: owner.name };
}

/** What deleting them takes, in each namespace. */
function rightsFor(found: readonly Orphan[]): readonly NamespaceNeeds[] {
  return [...Map.groupBy(found, ({ child }) => child.metadata.namespace ?? '')].map(([namespace, own]) => {
    const rights = own.map(({ child }) => {
      const { group, plural: resource } = resourceOf(child);
      return { verb: 'delete', group, resource, object: child.metadata.name };
    });
    return { namespace, rights: rightsForObjects(rights) };
  });
}

/**
 * The children are read first: what is made in between has its VirtualMachineService on the list.
 * @throws ApiError and ConnectionError: half a list would make orphans of what is none
 */
async function findOrphans({ cluster, version }: Source, namespace: string | undefined): Promise<readonly Orphan[]> {
  const options = { namespace, withoutManagedFields: true };
  const children = await Promise.all([cluster.list(services, 'v1', options), cluster.list(endpoints, 'v1', options)]);
  const owners = await cluster.list(virtualMachineServices, await version, options);
  const found = orphansAmong(
    children.flatMap(({ items }) => items),
    owners.items,
  );
  return found.toSorted((left, right) => compareText(keyOf(left.child), keyOf(right.child)));
}

/** By namespace and name; the Endpoints before the Service, as the controller deletes them. */
function keyOf({ kind, metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}\0${metadata.name}\0${kind}`;
}

/** Why each is one, where people read it. */
function say(found: readonly Orphan[], { format, io, namespace: only }: Run): void {
  if (format.kind !== 'table') return;
  for (const { child, owner, namesake } of found) {
    const place = only === undefined ? ` in ${child.metadata.namespace} namespace` : '';
    const why = namesake ? `belongs to an earlier VirtualMachineService ${owner.name}` : `its VirtualMachineService ${owner.name} is gone`;
    io.stderr.write(`${sanitize(`${nameOf(refOf(child))}${place}: ${why} (uid ${owner.uid})`)}\n`);
  }
}

interface Outcome {
  readonly orphan: Orphan;
  readonly error: ReconcileError | undefined;
}

async function remove(orphan: Orphan, cluster: Cluster, dryRun: DryRun): Promise<Outcome> {
  const { child } = orphan;
  const { uid } = child.metadata;
  try {
    if (uid === undefined) throw new Error(`${child.kind} ${child.metadata.name} has no uid: this cannot happen`);
    await cluster.delete(refOf(child), { dryRun: dryRun === 'server' ? 'server' : 'none', uid });
    return { orphan, error: undefined };
  } catch (error) {
    // The garbage collector was faster.
    if (isGone(error)) return { orphan, error: undefined };
    return { orphan, error: failure(error) };
  }
}

async function report(
  { source, forced, namespace, format, flags, io, interruption }: Run,
  deleted: readonly Outcome[],
  dryRun: DryRun,
): Promise<ExitCode> {
  const steps = deleted.filter(({ error }) => error === undefined).map(stepOf);
  const words = { dryRun, namespaces: namespace === undefined };
  if (format.kind === 'name') io.stdout.write(stepNames(steps));
  else if (format.kind === 'table') io.stdout.write(steps.map((step) => `${stepLine(step, words)}\n`).join(''));
  else if (isDocumentFormat(format)) {
    const head = headOf('ReconcileReport', source, await source.facts({ askCapabilities: false }), source.now());
    await printDocument(
      { document: { ...head, ...forceDocument(forced), ...reconcileReport(itemsOf(deleted), dryRun) }, order: 'given', rows: [] },
      format,
      flags,
      io,
    );
  }
  const failed = deleted.flatMap(({ error }) => error ?? []);
  for (const message of new Set(failed.map((error) => error.message))) io.stderr.write(`error: ${sanitize(message)}\n`);
  if (failed.length > 0)
    io.stderr.write(
      outcomeLines(deleted.map(outcomeOf), words.namespaces)
        .map((line) => `${sanitize(line)}\n`)
        .join(''),
    );
  if (failed.some(({ reason }) => reason === 'ControllerAlive')) io.stderr.write(forceLine);
  const written = await writeJunit(itemsOf(deleted), dryRun, source.now(), flags, io);
  return failed.length === 0 ? written : (interruption.exitCode() ?? worst([written, ...failed.map(({ exitCode }) => exitCode)]));
}

function stepOf({ orphan: { child } }: Outcome): Step {
  return { ref: refOf(child), operation: 'deleted', before: child, writes: [] };
}

/** One item for each VirtualMachineService that is gone. */
function itemsOf(deleted: readonly Outcome[]): readonly ReconcileItem[] {
  const groups = Map.groupBy(deleted, ({ orphan: { child, owner } }) => `${child.metadata.namespace}/${owner.name}/${owner.uid}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return [
      {
        namespace: first.orphan.child.metadata.namespace ?? '',
        name: first.orphan.owner.name,
        error: group.find(({ error }) => error !== undefined)?.error ?? null,
        steps: group.filter(({ error }) => error === undefined).map(stepOf),
        outcomes: group.map(outcomeOf),
        warnings: [],
      },
    ];
  });
}

function outcomeOf({ orphan: { child }, error }: Outcome): ObjectOutcome {
  return { ref: refOf(child), outcome: error === undefined ? 'Done' : error.reason === 'UnknownOutcome' ? 'Unknown' : 'NotDone' };
}
