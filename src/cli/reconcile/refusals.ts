import { endingNamespaces, operatorSigns } from '../../cluster/reconcile/operator-signs.ts';
import { refused } from '../../cluster/reconcile/reconcile-failure.ts';
import { type ReconcileOutcome, untouched } from '../../cluster/reconcile/reconcile-outcome.ts';
import { humanDuration } from '../../core/human-duration.ts';
import { isControllersWork, type SignOfLife, signOfLife } from '../../core/live-controller.ts';
import { leavesEndpointsAlone, refuseForeign } from '../../core/reconcile.ts';
import type { DryRun } from '../../core/reconcile-report.ts';
import { itemsOf } from '../../core/snapshot.ts';
import type { ReconcileError } from '../../core/step.ts';
import type { KubeObject } from '../../model/object.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { sanitize } from '../../render/sanitize.ts';
import { usageError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { CommandInput } from '../spec.ts';
import type { ReconcileRun } from './reconcile-run.ts';
import { nudgeCommand } from './ways-on.ts';

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
  const alive = await liveControllers(run);
  const leftAlone: ReconcileOutcome[] = [];
  const left = run.vmServices.filter((vmService) => {
    const { namespace = '', deletionTimestamp } = vmService.metadata;
    // The deletion path creates nothing, and the namespace waits for it.
    const end = run.options.asController && deletionTimestamp !== undefined ? undefined : ending.get(namespace);
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
  for (const { sentence, services } of bySentence(left, alive)) {
    if (forced === undefined) note(sentence, services, io);
    else io.stderr.write(`${sanitize(`Forced, though ${sentence}: ${forced}`)}\n`);
  }
  return { ...withReason, vmServices: left, refused: [...run.refused, ...leftAlone] };
}

/** Says which of the services `reconcile` would leave to VM Operator itself, as it is alive. */
export async function noteLiveControllers(run: ReconcileRun, io: Io): Promise<void> {
  if (run.source.origin.type === 'files') return;
  const alive = await liveControllers(run);
  for (const { sentence, services } of bySentence(run.vmServices, alive)) note(sentence, services, io);
}

/** A controller that is alive, as a sentence without its end. */
interface LiveController {
  readonly namespace: string;
  readonly sentence: string;
}

/** For each service on which VM Operator is at work, what shows it. */
async function liveControllers(run: ReconcileRun): Promise<ReadonlyMap<VirtualMachineService, LiveController>> {
  const now = run.source.now().getTime();
  const { snapshot } = run.world;
  const objects = Map.groupBy(
    [snapshot.vmServices, snapshot.vms, snapshot.services, snapshot.endpoints].flatMap((leg): readonly KubeObject[] => itemsOf(leg)),
    ({ metadata }) => metadata.namespace ?? '',
  );
  const candidates = run.vmServices.filter((vmService) => isControllersWork(vmService, now));
  const signs = new Map<string, SignOfLife | undefined>();
  for (const namespace of new Set(candidates.map(({ metadata }) => metadata.namespace ?? ''))) {
    const evidence = { objects: objects.get(namespace) ?? [], leases: [], deployment: undefined };
    signs.set(namespace, signOfLife(evidence, run.options.fieldManager, now));
  }
  // Its own namespace is looked at only where the objects say nothing: a user of one namespace rarely may.
  if ([...signs.values()].includes(undefined)) {
    const sign = signOfLife({ objects: [], ...(await operatorSigns(run.source.cluster)) }, run.options.fieldManager, now);
    for (const [namespace, seen] of signs) signs.set(namespace, seen ?? sign);
  }
  return new Map(
    candidates.flatMap((vmService) => {
      const { namespace = '' } = vmService.metadata;
      const sign = signs.get(namespace);
      return sign === undefined ? [] : [[vmService, { namespace, sentence: liveSentence(namespace, sign, now) }] as const];
    }),
  );
}

function liveSentence(namespace: string, sign: SignOfLife, now: number): string {
  return `VM Operator is working in ${namespace} (${signText(sign, now)})`;
}

function signText(sign: SignOfLife, now: number): string {
  switch (sign.sign) {
    case 'Write':
      return `it last wrote ${agoText(sign.at, now)}`;
    case 'Lease':
      return `it renewed its lease ${agoText(sign.at, now)}`;
    case 'Deployment':
      return 'its Deployment is available';
  }
}

/** Two clocks may differ by a little: what lies ahead happened just now. */
function agoText(at: number, now: number): string {
  return `${humanDuration(Math.max(0, now - at))} ago`;
}

function liveError({ sentence }: LiveController): ReconcileError {
  return { reason: 'ControllerAlive', message: `${sentence}; doing its work here would race with it`, exitCode: 2 };
}

function endingError({ metadata }: KubeObject): ReconcileError {
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
    ('found' in endpoints && !leavesEndpointsAlone(vmService, traits)
      ? refuseForeign(endpoints.found, vmService, setup, 'Endpoints')
      : undefined);
  return refusal && refused(refusal);
}

function bySentence(services: readonly VirtualMachineService[], alive: ReadonlyMap<VirtualMachineService, LiveController>) {
  const groups = Map.groupBy(services, (vmService) => alive.get(vmService)?.sentence ?? '');
  return [...groups].flatMap(([sentence, members]) => (sentence === '' ? [] : [{ sentence, services: members }]));
}

function note(sentence: string, services: readonly VirtualMachineService[], io: Io): void {
  const nudge = nudgeCommand(services.map(({ metadata }) => metadata));
  io.stderr.write(`${sanitize(`${sentence}: reconcile leaves the work to it`)}\n`);
  if (nudge !== undefined) io.stderr.write(`  ask it to look again:      ${sanitize(nudge)}\n`);
}

function namespacesOf({ vmServices }: ReconcileRun): readonly string[] {
  return [...new Set(vmServices.map(({ metadata }) => metadata.namespace ?? ''))];
}
