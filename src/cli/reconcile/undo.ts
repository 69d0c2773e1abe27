import { type Cluster, ConnectionError } from '../../cluster/cluster.ts';
import { fileErrorReason, readFileLimited } from '../../cluster/files/read-file.ts';
import { readSavedState, type SavedState, SavedStateError } from '../../cluster/files/saved-state.ts';
import { limits } from '../../cluster/limits.ts';
import { atOnce } from '../../cluster/reconcile/at-once.ts';
import { confirmWrites } from '../../cluster/reconcile/confirmed-writes.ts';
import { stoppableWrites } from '../../cluster/reconcile/stoppable-writes.ts';
import { carryOutUndo, planUndo, saidBy, type UndoError, type UndoPlan } from '../../cluster/reconcile/undo.ts';
import { type DryRun, reconcileReport } from '../../core/reconcile-report.ts';
import type { ObjectOutcome, ReconcileItem, Step } from '../../core/step.ts';
import type { ObjectRef } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { resourceOf } from '../../model/resources.ts';
import { ApiError } from '../../model/status.ts';
import type { OutputFormat } from '../../render/output-format.ts';
import { stepLine, stepNames } from '../../render/reconcile.ts';
import { sanitize } from '../../render/sanitize.ts';
import { explainError } from '../error-words.ts';
import { CliError, usageError } from '../errors.ts';
import { worst } from '../exit-code.ts';
import { fieldManagerOf } from '../field-manager.ts';
import { filePath } from '../file-path.ts';
import { type Interruption, interruptible } from '../interruption.ts';
import type { ExitCode, Io, TextSink } from '../io.ts';
import { isDocumentFormat, outputFormat, printDocument } from '../print-document.ts';
import { headOf } from '../report-head.ts';
import { openSource, type Source } from '../source.ts';
import type { CommandInput } from '../spec.ts';
import { type NamespaceNeeds, rightsForObjects } from './denied-rights.ts';
import { writeJunit } from './junit-file.ts';
import { outcomeLines } from './outcome-lines.ts';
import { forceDocument } from './outcome-report.ts';
import { dryRunOf } from './reconcile-options.ts';
import { forceReason } from './refusals.ts';
import { type ServiceName, serviceKey, takeBackRefusals } from './take-back-refusals.ts';
import { undoPlanText, undoStep } from './undo-text.ts';
import { forceLine } from './ways-on.ts';
import { checkRightsToTakeBack } from './write-rights.ts';

/** One run of `reconcile --undo`. */
interface Undo {
  readonly source: Source;
  readonly saved: SavedState;
  readonly file: string;
  readonly dryRun: DryRun;
  readonly forced: string | undefined;
  readonly format: OutputFormat;
  readonly input: CommandInput;
  readonly io: Io;
  readonly interruption: Interruption;
}

/**
 * `reconcile --undo=FILE`: puts back what a run with `--save-before=FILE` changed, in the opposite order. An object that somebody
 * changed since is left as it is, and said to be.
 */
export async function undo(input: CommandInput, io: Io): Promise<ExitCode> {
  refuseOtherWords(input);
  const dryRun = dryRunOf(input.flags);
  const forced = forceReason(input, 'reconcile');
  const format = outputFormat(input.flags, ['json', 'yaml', 'name'], 'reconcile');
  const file = input.flags.text('undo') ?? '';
  const saved = readSaved(file, io);
  return interruptible(io, async (interruption) => {
    const source = await openSource(input, interruption.io, 'reconcile');
    try {
      return await undoWith({ source, saved, file, dryRun, forced, format, input, io, interruption });
    } finally {
      await source.close();
    }
  });
}

function refuseOtherWords({ args, flags }: CommandInput): void {
  const other = [
    'namespace',
    'all-namespaces',
    'selector',
    'filename',
    'kustomize',
    'offline',
    'bundle',
    'print',
    'orphans',
    'save-before',
  ].find((name) => flags.given(name));
  if (args.length === 0 && other === undefined) return;
  throw usageError(`--undo takes its objects from the file: give it without ${other === undefined ? 'names' : `--${other}`}`, 'reconcile');
}

function readSaved(name: string, io: Io): SavedState {
  try {
    return readSavedState(new TextDecoder('utf-8', { fatal: true }).decode(readFileLimited(filePath(io, name), limits.responseBytes)));
  } catch (error) {
    const reason =
      error instanceof SavedStateError ? error.message : error instanceof TypeError ? 'it is not text' : fileErrorReason(error);
    throw new CliError(`--undo ${JSON.stringify(name)}: ${reason}`, { exitCode: 3, cause: error });
  }
}

async function undoWith(command: Undo): Promise<ExitCode> {
  const { source, saved, dryRun, input, io, interruption } = command;
  io.stderr.write(headerOf(command));
  io.stderr.write(otherContextText(command));
  // What depends on something is put back before it: the last write first.
  let found: readonly UndoPlan[];
  try {
    found = await atOnce(saved.objects.toReversed(), limits.sockets, (object) => planUndo(object, source.cluster));
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error;
    io.stderr.write(linesText([...explainError(error, []).lines, '  nothing was changed']));
    return 3;
  }
  const plans = await withoutRefused(found, command);
  if (dryRun !== 'client') await checkRightsToTakeBack('undo', rightsFor(plans), source, io);
  const changed = plans.filter(({ action }) => action !== undefined).length;
  if (dryRun === 'client') {
    io.stdout.write(command.format.kind === 'table' ? await undoPlanText(plans) : '');
    return report(
      command,
      plans.map((plan) => ({ plan, step: undoStep(plan), error: plan.error })),
      false,
    );
  }
  if (dryRun === 'none' && changed > 0 && io.stdin.isTTY && io.stdout.isTTY && !input.flags.on('yes')) {
    const answer = await ask(command, plans, changed);
    if (answer !== 'yes') {
      io.stderr.write('nothing was changed\n');
      return interruption.exitCode() ?? (answer === 'no' ? 1 : 130);
    }
  }
  interruption.writing();
  return report(command, await carryOutAll(command, plans), true);
}

/** The plans, with an error in place of an action that a reconcile would be refused, too. */
async function withoutRefused(plans: readonly UndoPlan[], { source, dryRun, forced, input, io }: Undo): Promise<readonly UndoPlan[]> {
  const services = new Map(plans.filter(({ action }) => action !== undefined).map(({ ref }) => [keyOf(ref), serviceOf(ref)]));
  if (services.size === 0) return plans;
  const options = { fieldManager: fieldManagerOf(input.flags, 'reconcile'), forced, dryRun };
  const refused = await takeBackRefusals([...services.values()], source, options, io);
  return plans.map((plan) => {
    const error = plan.action === undefined ? undefined : refused.get(keyOf(plan.ref));
    return error === undefined ? plan : { ...plan, action: undefined, error };
  });
}

/** Everything has the name of its VirtualMachineService. */
function serviceOf({ namespace = '', name }: ObjectRef): ServiceName {
  return { namespace, name };
}

function keyOf(ref: ObjectRef): string {
  return serviceKey(serviceOf(ref));
}

/** What the plans take, in each namespace. */
function rightsFor(plans: readonly UndoPlan[]): readonly NamespaceNeeds[] {
  const open = plans.filter(({ action }) => action !== undefined);
  return [...Map.groupBy(open, ({ ref }) => ref.namespace ?? '')].map(([namespace, own]) => {
    const rights = own.flatMap(({ ref, action }) => {
      const { group, plural: resource } = resourceOf(ref);
      const object = ref.name;
      if (action?.type !== 'patch') return [{ verb: 'delete', group, resource, object }];
      return action.patches.map(({ subresource }) => ({ verb: 'patch', group, resource, object, ...(subresource && { subresource }) }));
    });
    return { namespace, rights: rightsForObjects(rights) };
  });
}

interface Undone {
  readonly plan: UndoPlan;
  /** Undefined where nothing is there any more, and where it failed. */
  readonly step: Step | undefined;
  readonly error: UndoError | undefined;
}

/** One VirtualMachineService after the other would be slow, one object of it before its dependents wrong. */
async function carryOutAll({ source, dryRun, input, interruption }: Undo, plans: readonly UndoPlan[]): Promise<readonly Undone[]> {
  const writes = stoppableWrites(confirmWrites(source.cluster), interruption.signal);
  const groups = [...Map.groupBy(plans, ({ ref }) => `${ref.namespace}/${ref.name}`).values()];
  const options = {
    dryRun: dryRun === 'server' ? 'server' : 'none',
    fieldManager: fieldManagerOf(input.flags, 'reconcile'),
  } as const;
  const done = await atOnce(groups, limits.sockets, async (group) => {
    const undone: Undone[] = [];
    for (const plan of group) undone.push(await undoOne(plan, writes.cluster, options));
    return undone;
  });
  return done.flat();
}

async function undoOne(plan: UndoPlan, cluster: Cluster, options: Parameters<typeof carryOutUndo>[2]): Promise<Undone> {
  if (plan.error !== undefined) return { plan, step: undefined, error: plan.error };
  try {
    return { plan, step: await carryOutUndo(plan, cluster, options), error: undefined };
  } catch (error) {
    return { plan, step: undefined, error: saidBy(error) };
  }
}

async function ask(command: Undo, plans: readonly UndoPlan[], changed: number): Promise<'yes' | 'no' | 'interrupted'> {
  const { source, format, io } = command;
  const sink: TextSink = format.kind === 'table' ? io.stdout : io.stderr;
  sink.write(`${await undoPlanText(plans)}\n`);
  for (const { error } of plans) if (error !== undefined) io.stderr.write(`error: ${sanitize(error.message)}\n`);
  const { origin } = source;
  const where = origin.type === 'cluster' && origin.context !== '' ? ` on context ${origin.context}` : '';
  const { askYesNo } = await import('../prompt.ts');
  return askYesNo(sanitize(`Undo ${changed} change${changed === 1 ? '' : 's'}${where}?`), io, sink);
}

async function report(command: Undo, undone: readonly Undone[], written: boolean): Promise<ExitCode> {
  const { source, dryRun, forced, format, input, io, interruption } = command;
  const steps = undone.flatMap(({ step }) => step ?? []);
  const words = { dryRun, namespaces: new Set(undone.map(({ plan }) => plan.ref.namespace)).size > 1 };
  if (format.kind === 'name') io.stdout.write(stepNames(steps));
  else if (format.kind === 'table') io.stdout.write(steps.map((step) => `${stepLine(step, words)}\n`).join(''));
  else if (isDocumentFormat(format)) {
    const head = headOf('ReconcileReport', source, await source.facts({ askCapabilities: false }), source.now());
    const document = { ...head, ...forceDocument(forced), ...reconcileReport(itemsOf(undone), dryRun) };
    await printDocument({ document, order: 'given', rows: [] }, format, input.flags, io);
  }
  const failed = undone.filter(({ error }) => error !== undefined);
  const sentences = failed.map(({ error, plan }) => {
    const where = words.namespaces && error?.exitCode !== 2 ? ` in ${plan.ref.namespace} namespace` : '';
    return `error: ${error?.message ?? ''}${where}`;
  });
  for (const sentence of new Set(sentences)) io.stderr.write(`${sanitize(sentence)}\n`);
  if (undone.length === 0) io.stderr.write('nothing to undo: that run changed nothing\n');
  const reported = await writeJunit(itemsOf(undone), dryRun, source.now(), input.flags, io);
  if (failed.length === 0) return reported;
  if (written && dryRun === 'none') io.stderr.write(linesText(outcomeLines(undone.map(outcomeOf), words.namespaces)));
  if (failed.some(({ error }) => error?.reason === 'ControllerAlive')) io.stderr.write(forceLine);
  return interruption.exitCode() ?? worst([reported, ...failed.map(({ error }) => error?.exitCode ?? 3)]);
}

function outcomeOf({ plan: { ref }, error }: Undone): ObjectOutcome {
  return { ref, outcome: error === undefined ? 'Done' : error.reason === 'UnknownOutcome' ? 'Unknown' : 'NotDone' };
}

/** One item for each VirtualMachineService, as in every report. */
function itemsOf(undone: readonly Undone[]): readonly ReconcileItem[] {
  return [...Map.groupBy(undone, ({ plan: { ref } }) => `${ref.namespace}/${ref.name}`).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { namespace = '', name } = first.plan.ref;
    const failed = group.find(({ error }) => error !== undefined)?.error;
    return [
      {
        namespace,
        name,
        error: failed === undefined ? null : { ...failed, exitCode: failed.exitCode ?? 3 },
        steps: group.flatMap(({ step }) => step ?? []),
        outcomes: group.map(outcomeOf),
        warnings: [],
      },
    ];
  });
}

/** Where nothing of a cluster is in the file, all of it would look as if it had been taken back already. */
function otherContextText({ source: { origin }, saved: { head }, file }: Undo): string {
  const before = isMap(head['source']) ? head['source']['context'] : undefined;
  if (origin.type !== 'cluster' || typeof before !== 'string' || before === origin.context) return '';
  const [then, now] = [before, origin.context].map((context) => (context === '' ? 'none' : JSON.stringify(context)));
  return `Warning: ${sanitize(`${JSON.stringify(file)} was saved with context ${then}, and this is ${now}: is it the same cluster?`)}\n`;
}

function linesText(lines: readonly string[]): string {
  return lines.map((line) => `${sanitize(line)}\n`).join('');
}

function headerOf({ source: { origin }, saved, file }: Undo): string {
  const where =
    origin.type === 'cluster'
      ? [
          origin.context === '' ? `Server ${origin.server}` : `Context ${origin.context}`,
          ...(origin.user === '' ? [] : [`user ${origin.user}`]),
        ].join(', ')
      : '';
  const when = typeof saved.head['generatedAt'] === 'string' ? ` of ${saved.head['generatedAt']}` : '';
  return `${sanitize(where)}\n${sanitize(`Undoing the run${when} that saved ${JSON.stringify(file)}`)}\n`;
}
