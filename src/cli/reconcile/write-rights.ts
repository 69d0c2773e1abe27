import type { Cluster } from '../../cluster/cluster.ts';
import { askRights } from '../../cluster/reconcile/rights.ts';
import { fewNames } from '../../core/few-names.ts';
import { type AnsweredRight, isMissing, type NeededRight, neededRights, rightKey, settingsDecide } from '../../core/rights.ts';
import type { RightsCommand } from '../../core/rights-commands.ts';
import { changes } from '../../core/step.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { rightsLines, rightsText } from '../../render/rights.ts';
import { sanitize } from '../../render/sanitize.ts';
import { pasteableCommand, shellQuote } from '../../render/shell-quote.ts';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { CommandInput } from '../spec.ts';
import { type ReconcileRun, simulate } from './reconcile-run.ts';
import { doItCommand } from './reconcile-words.ts';
import { nudgeCommand } from './ways-on.ts';

/** The rights that a run needs in one namespace. */
export interface NamespaceNeeds {
  readonly namespace: string;
  readonly rights: readonly NeededRight[];
}

/** The same with their answers. */
interface NamespaceRights {
  readonly namespace: string;
  readonly rights: readonly AnsweredRight[];
}

/**
 * Asks for every right that the run needs in each of its namespaces, before anything is written. What is there already as it
 * should be needs no right. Rights that could not be asked for are mentioned, and found out by writing.
 *
 * @throws CliError when one is missing: then nothing at all is written, wherever else it might be
 */
export async function checkWriteRights(run: ReconcileRun, input: CommandInput, signal: AbortSignal, io: Io): Promise<void> {
  const services = Map.groupBy(run.vmServices, ({ metadata }) => metadata.namespace ?? '');
  const needed = [...services].map(([namespace, own]) => ({ namespace, rights: rightsFor(own, run) }));
  const denied = await deniedRights(needed, run.source.cluster, io);
  if (denied.length > 0 && (await wouldWrite(run, signal))) {
    throw notPermitted(denied, run.namespace === undefined, waysOn(denied, run, input));
  }
}

/** The same for a run that takes something back. @throws CliError when a right is missing */
export async function checkRightsToTakeBack(
  task: 'undo' | 'orphans',
  needed: readonly NamespaceNeeds[],
  cluster: Cluster,
  io: Io,
): Promise<void> {
  const denied = await deniedRights(needed, cluster, io);
  if (denied.length === 0) return;
  const ways = roleWays(task, denied, []);
  throw notPermitted(denied, denied.length > 1, waysLines(ways));
}

/** The namespaces in which a right is missing. Rights that could not be asked for are mentioned. */
async function deniedRights(needed: readonly NamespaceNeeds[], cluster: Cluster, io: Io): Promise<readonly NamespaceRights[]> {
  const answers = await askRights(
    cluster,
    needed.map(({ namespace, rights }) => ({ namespace, rights: rights.filter(isOpen) })),
  );
  const found = needed.map(({ namespace, rights }) => ({
    namespace,
    rights: rights.map((right) => ({ ...right, ...(isOpen(right) ? answers.of(namespace, right) : readAlready) })),
  }));
  for (const text of new Set(found.flatMap(({ namespace, rights }) => unknownTexts(namespace, rights)))) {
    io.stderr.write(`Warning: ${sanitize(text)}\n`);
  }
  return found.filter(({ rights }) => rights.some(isMissing));
}

/** What a run over these services takes: all must be there but the status, and deleting only where something is being deleted. */
function rightsFor(services: readonly VirtualMachineService[], { options, world }: ReconcileRun) {
  const deletes = services.some(({ metadata }) => metadata.deletionTimestamp !== undefined);
  const rights = neededRights('reconcile', { ...options, settingsDecide: settingsDecide(world.facts) });
  return rights.flatMap((right) => {
    if (right.verb === 'delete') {
      const { without: _, ...required } = right;
      return deletes ? [required] : [];
    }
    return right.without !== undefined && right.verb === 'list' ? [] : [right];
  });
}

/** Lists and settings were read a moment ago: nobody has to ask whether they may be. */
function isOpen({ verb, name }: { readonly verb: string; readonly name?: string }): boolean {
  return verb !== 'list' && name === undefined;
}

const readAlready = { answer: 'allowed', reason: '' } as const;

function unknownTexts(namespace: string, rights: readonly AnsweredRight[]): readonly string[] {
  const [first] = rights.filter(({ answer }) => answer === 'unknown');
  return first === undefined ? [] : [`rights unknown in ${namespace}: ${first.reason}`];
}

/** Whether there is anything to write, as far as that can be planned here. */
async function wouldWrite(run: ReconcileRun, signal: AbortSignal): Promise<boolean> {
  try {
    const outcomes = await simulate(run, signal);
    return outcomes.some(({ item }) => item.steps.some(changes));
  } catch (error) {
    if (error instanceof CliError) return true;
    throw error;
  }
}

function notPermitted(denied: readonly NamespaceRights[], withNamespaces: boolean, ways: readonly string[]): CliError {
  const [first] = denied;
  const where = denied.length === 1 && first !== undefined ? first.namespace : `${denied.length} namespaces`;
  const missing = denied.flatMap(({ rights }) => rights.filter(isMissing));
  const distinct = new Map(missing.map((right) => [rightKey(right), right]));
  const alike = Map.groupBy(denied, ({ rights }) => rights.map((right) => `${rightKey(right)} ${right.answer}`).join());
  const tables = [...alike.values()].flatMap((same) => {
    const names = same.map(({ namespace }) => namespace);
    const head = withNamespaces ? [`  in ${fewNames(names, most)}`] : [];
    return [...head, ...rightsLines(same[0]?.rights ?? [])];
  });
  return new CliError(`not permitted to ${rightsText([...distinct.values()])} in ${where}; nothing was changed`, {
    exitCode: 3,
    hint: [...tables, ...ways],
  });
}

/** Who could do it instead: the controller, somebody else, or the same user with the Role. */
function waysOn(denied: readonly NamespaceRights[], run: ReconcileRun, input: CommandInput): readonly string[] {
  const { options } = run;
  const switches = [...(options.asController ? ['--as-controller'] : []), ...(options.skipStatus ? ['--skip-status'] : [])];
  const doIt = doItCommand(input, run);
  const ways = [
    ...nudges(denied, run).map((command) => ['the controller can do it', command] as const),
    ...(doIt === undefined ? [] : [['somebody else can apply it', `${doIt} --print > ${shellQuote(fileFor(run))}`] as const]),
    ...roleWays('reconcile', denied, switches),
  ];
  return waysLines(ways);
}

/** Who can do something, and the command with which. */
type Way = readonly [who: string, command: string];

function roleWays(task: RightsCommand, denied: readonly NamespaceRights[], switches: readonly string[]): readonly Way[] {
  return denied.slice(0, most).flatMap(({ namespace }) => {
    const words = ['kubectl', 'vmsvc', 'can-i', task, '-n', namespace, ...switches, '--as-role'];
    const command = pasteableCommand(words, [namespace]);
    return command === undefined ? [] : [['an administrator can grant it', command] as const];
  });
}

function waysLines(ways: readonly Way[]): readonly string[] {
  return ways.length === 0 ? [] : ['  ways on', ...ways.map(([who, command]) => `    ${who.padEnd(29)} ${command}`)];
}

/** A nudge marks the Service. */
function nudges(denied: readonly NamespaceRights[], { vmServices }: ReconcileRun): readonly string[] {
  const mayMark = denied.filter(({ rights }) =>
    rights.some(({ verb, resource, answer }) => verb === 'patch' && resource === 'services' && answer === 'allowed'),
  );
  return mayMark.slice(0, most).flatMap(({ namespace }) => {
    const own = vmServices.filter(({ metadata }) => metadata.namespace === namespace);
    return nudgeCommand(own.map(({ metadata }) => ({ namespace, name: metadata.name }))) ?? [];
  });
}

function fileFor({ namespace, targets }: ReconcileRun): string {
  const [only, ...more] = targets.vmServices;
  return `${only !== undefined && more.length === 0 ? only : (namespace ?? 'all')}.yaml`;
}

const most = 3;
