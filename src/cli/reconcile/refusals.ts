import { endingNamespaces } from '../../cluster/reconcile/operator-signs.ts';
import { refused } from '../../cluster/reconcile/reconcile-failure.ts';
import { type ReconcileOutcome, untouched } from '../../cluster/reconcile/reconcile-outcome.ts';
import { isControllersWork } from '../../core/live-controller.ts';
import { leavesEndpointsAlone, refuseForeign } from '../../core/reconcile.ts';
import type { DryRun } from '../../core/reconcile-report.ts';
import type { ReconcileError } from '../../core/step.ts';
import type { KubeObject } from '../../model/object.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { sanitize } from '../../render/sanitize.ts';
import { usageError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { CommandInput } from '../spec.ts';
import { liveControllers, liveError, noteLiveController } from './live-controllers.ts';
import type { ReconcileRun } from './reconcile-run.ts';

/** The reason of `--force --reason=TEXT`; undefined without. @throws CliError for one without the other */
export function forceReason({ flags }: CommandInput, command: string): string | undefined {
  const reason = (flags.text('reason') ?? '').trim();
  if (!flags.on('force')) {
    if (flags.given('reason')) throw usageError('--reason says why --force was needed: give both', command);
    return undefined;
  }
  if (reason === '') throw usageError('--force needs --reason=TEXT: it is stored in the report', command);
  return reason;
}

/**
 * The run without the services that must be left alone: those in a namespace that is being deleted; those on which VM Operator
 * itself is at work, unless `forced` says why all the same; those with children of others. Looked at once, before anything is
 * written. Files have no controller.
 *
 * A dry run shows what would come of it: a controller that is alive is only noted, and children of others end it where they stand.
 */
export async function withRefusals(run: ReconcileRun, forced: string | undefined, dryRun: DryRun, io: Io): Promise<ReconcileRun> {
  const withReason = forced === undefined ? run : { ...run, forced };
  if (run.source.origin.type === 'files' || run.vmServices.length === 0) return withReason;
  const ending = await endingNamespaces(run.source.cluster, namespacesOf(run));
  const alive = await workOfControllers(run);
  const leftAlone: ReconcileOutcome[] = [];
  const left = run.vmServices.filter((vmService) => {
    const end = endOf(vmService, ending, run);
    const sign = alive.get(vmService);
    const error =
      end !== undefined
        ? endingError(end)
        : dryRun !== 'none'
          ? undefined
          : sign !== undefined && forced === undefined
            ? liveError(sign)
            : foreignError(vmService, run);
    if (error !== undefined) leftAlone.push(untouched(vmService, error));
    return error === undefined;
  });
  for (const { sentence, services } of bySentence(left, alive)) noteLiveController(sentence, services, run.source, forced, io);
  return {
    ...withReason,
    vmServices: left,
    refused: [...run.refused, ...leftAlone],
    leftAlone: namesOf(forced === undefined ? [...alive.keys()] : []),
  };
}

/**
 * The run, of which is known what `reconcile` would leave alone: what is in a namespace that is being deleted, and what VM Operator
 * itself is at work on. Both are said.
 */
export async function withNotes(run: ReconcileRun, io: Io): Promise<ReconcileRun> {
  if (run.source.origin.type === 'files' || run.vmServices.length === 0) return run;
  const [ending, alive] = await Promise.all([endingNamespaces(run.source.cluster, namespacesOf(run)), workOfControllers(run)]);
  const ended = new Set(run.vmServices.filter((vmService) => endOf(vmService, ending, run) !== undefined));
  for (const namespace of new Set([...ended].map(namespaceOf))) {
    const { deletionTimestamp } = ending.get(namespace)?.metadata ?? {};
    io.stderr.write(`${sanitize(`namespace ${namespace} is being deleted since ${deletionTimestamp}: reconcile leaves it alone`)}\n`);
  }
  const others = run.vmServices.filter((vmService) => !ended.has(vmService));
  for (const { sentence, services } of bySentence(others, alive)) noteLiveController(sentence, services, run.source, undefined, io);
  return { ...run, leftAlone: namesOf([...ended, ...alive.keys()]) };
}

/** The namespace of a service, where it is being deleted and the run could do nothing in it. */
function endOf(
  { metadata: { namespace = '', deletionTimestamp } }: VirtualMachineService,
  ending: ReadonlyMap<string, KubeObject>,
  { options }: ReconcileRun,
): KubeObject | undefined {
  // The deletion path creates nothing, and the namespace waits for it.
  return options.asController && deletionTimestamp !== undefined ? undefined : ending.get(namespace);
}

/** For each service on which VM Operator is at work, what shows it. */
async function workOfControllers(run: ReconcileRun): Promise<ReadonlyMap<VirtualMachineService, string>> {
  const now = run.source.now().getTime();
  const candidates = run.vmServices.filter((vmService) => isControllersWork(vmService, now));
  const alive = await liveControllers(candidates.map(namespaceOf), run.world.snapshot, run.source, run.options.fieldManager);
  return new Map(
    candidates.flatMap((vmService) => {
      const sentence = alive.get(namespaceOf(vmService));
      return sentence === undefined ? [] : [[vmService, sentence] as const];
    }),
  );
}

export function endingError({ metadata }: KubeObject): ReconcileError {
  const message = `namespace ${metadata.name} is being deleted since ${metadata.deletionTimestamp}: nothing can be created in it any more`;
  return { reason: 'NamespaceTerminating', message, exitCode: 2 };
}

/**
 * A child of somebody else's, or one on its way out, stops a guest before anything is written, so that no Service is left without
 * its Endpoints. The controller, and who plays it, does the Service first.
 */
function foreignError(vmService: VirtualMachineService, { world, options }: ReconcileRun): ReconcileError | undefined {
  if (options.asController || vmService.metadata.deletionTimestamp !== undefined) return undefined;
  const { traits, workloadIPv6 } = world.facts;
  const setup = { traits, workloadIPv6, role: 'guest', adopt: options.adopt } as const;
  const service = world.service(vmService);
  const endpoints = world.endpoints(vmService);
  const refusal =
    ('found' in service ? refuseForeign(service.found, vmService, setup, 'k8s Service') : undefined) ??
    ('found' in endpoints && !options.serviceOnly && !leavesEndpointsAlone(vmService, traits)
      ? refuseForeign(endpoints.found, vmService, setup, 'Endpoints')
      : undefined);
  return refusal && refused(refusal);
}

function bySentence(services: readonly VirtualMachineService[], alive: ReadonlyMap<VirtualMachineService, string>) {
  const groups = Map.groupBy(services, (vmService) => alive.get(vmService) ?? '');
  return [...groups].flatMap(([sentence, members]) =>
    sentence === '' ? [] : [{ sentence, services: members.map(({ metadata }) => metadata) }],
  );
}

function namespacesOf({ vmServices }: ReconcileRun): readonly string[] {
  return [...new Set(vmServices.map(namespaceOf))];
}

function namesOf(services: readonly VirtualMachineService[]): ReadonlySet<string> {
  return new Set(services.map(({ metadata: { namespace = '', name } }) => `${namespace}/${name}`));
}

function namespaceOf({ metadata }: VirtualMachineService): string {
  return metadata.namespace ?? '';
}
