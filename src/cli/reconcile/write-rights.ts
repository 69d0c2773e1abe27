import { fewNames } from '../../core/few-names.ts';
import type { RightsCommand } from '../../core/rights/commands.ts';
import { neededRights, rightKey, settingsDecide } from '../../core/rights/rights.ts';
import { changes } from '../../core/step.ts';
import { endpoints } from '../../model/resources.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { rightsLines, rightsText } from '../../render/rights.ts';
import { pasteableCommand, shellQuote } from '../../render/shell-quote.ts';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Source } from '../source.ts';
import type { CommandInput } from '../spec.ts';
import { deniedRights, type NamespaceNeeds, type NamespaceRights, stopsRun, type WantedRight } from './denied-rights.ts';
import { type ReconcileRun, simulate } from './reconcile-run.ts';
import { doItCommand } from './reconcile-words.ts';
import { nudgeCommand } from './ways-on.ts';

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
  { cluster, access }: Pick<Source, 'cluster' | 'access'>,
  io: Io,
): Promise<void> {
  const denied = await deniedRights(needed, cluster, io);
  if (denied.length === 0) return;
  const ways = roleWays(task, denied, access);
  throw notPermitted(denied, denied.length > 1, waysLines(ways));
}

/**
 * What a run over these services takes: all must be there but the status, deleting only where something is being deleted, and making
 * a child where one is not there yet.
 */
function rightsFor(services: readonly VirtualMachineService[], { options, world }: ReconcileRun): readonly WantedRight[] {
  const objects = services.map(({ metadata }) => metadata.name);
  const deletes = services.some(({ metadata }) => metadata.deletionTimestamp !== undefined);
  const isThere = (resource: string, vmService: VirtualMachineService) =>
    'found' in (resource === endpoints.plural ? world.endpoints(vmService) : world.service(vmService));
  return neededRights('reconcile', { ...options, settingsDecide: settingsDecide(world.facts) }).flatMap((right): WantedRight[] => {
    const { verb, resource, without, ...asked } = right;
    switch (verb) {
      case 'delete':
        return deletes ? [{ verb, resource, ...asked, objects }] : [];
      case 'create':
        return [{ ...right, spare: services.every((vmService) => isThere(resource, vmService)) }];
      case 'list':
        return without === undefined ? [right] : [];
      default:
        return [asked.name === undefined ? { ...right, objects } : right];
    }
  });
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
  const missing = denied.flatMap(({ rights }) => rights.filter(stopsRun));
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
  const switches = [
    ...(options.asController ? ['--as-controller'] : []),
    ...(options.skipStatus ? ['--skip-status'] : []),
    ...(options.serviceOnly ? ['--service-only'] : []),
  ];
  const doIt = doItCommand(input, run);
  const ways = [
    ...nudges(denied, run).map((command) => ['the controller can do it', command] as const),
    ...(doIt === undefined ? [] : [['somebody else can apply it', `${doIt} --print > ${shellQuote(fileFor(run))}`] as const]),
    ...roleWays('reconcile', denied, [...run.source.access, ...switches]),
  ];
  return waysLines(ways);
}

/** Who can do something, and the command with which. */
type Way = readonly [who: string, command: string];

function roleWays(task: RightsCommand, denied: readonly NamespaceRights[], words: readonly string[]): readonly Way[] {
  return denied.slice(0, most).flatMap(({ namespace }) => {
    const command = pasteableCommand(['kubectl', 'vmsvc', 'can-i', task, '-n', namespace, ...words, '--as-role'], [namespace]);
    return command === undefined ? [] : [['an administrator can grant it', command] as const];
  });
}

function waysLines(ways: readonly Way[]): readonly string[] {
  return ways.length === 0 ? [] : ['  ways on', ...ways.map(([who, command]) => `    ${who.padEnd(29)} ${command}`)];
}

/** A nudge marks the Service. */
function nudges(denied: readonly NamespaceRights[], { vmServices, source }: ReconcileRun): readonly string[] {
  const mayMark = denied.filter(({ rights }) =>
    rights.some(({ verb, resource, answer }) => verb === 'patch' && resource === 'services' && answer === 'allowed'),
  );
  return mayMark.slice(0, most).flatMap(({ namespace }) => {
    const own = vmServices.flatMap(({ metadata: { namespace: place, name } }) => (place === namespace ? [{ namespace, name }] : []));
    return nudgeCommand(own, source) ?? [];
  });
}

function fileFor({ namespace, targets }: ReconcileRun): string {
  const [only, ...more] = targets.vmServices;
  return `${only !== undefined && more.length === 0 ? only : (namespace ?? 'all')}.yaml`;
}

const most = 3;
