import { systemClock } from '../../cluster/clock.ts';
import { parseRequestTimeout } from '../../cluster/kubeconfig/request-timeout.ts';
import { limits } from '../../cluster/limits.ts';
import { atOnce } from '../../cluster/reconcile/at-once.ts';
import { confirmWrites } from '../../cluster/reconcile/confirmed-writes.ts';
import { nudge as nudgeOne, takeMark } from '../../cluster/reconcile/nudge.ts';
import { ownFieldManager } from '../../core/field-manager.ts';
import { type NudgePlan, nudgedAt, nudgeMark, planNudge } from '../../core/nudge.ts';
import type { LegName } from '../../core/snapshot.ts';
import { workloadClusterOf } from '../../core/workload-cluster.ts';
import { refKey } from '../../model/object.ts';
import { qualifiedName } from '../../model/resources.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import type { OutputFormat } from '../../render/output-format.ts';
import { sanitize } from '../../render/sanitize.ts';
import { sortedServices } from '../asked-services.ts';
import { CliError, usageError } from '../errors.ts';
import { worst } from '../exit-code.ts';
import { filesFlag } from '../files-flag.ts';
import { type Interruption, interruptionOf } from '../interruption.ts';
import type { ExitCode, Io } from '../io.ts';
import { type LoadedWorld, withWorld } from '../load-world.ts';
import { isDocumentFormat, outputFormat, printDocument } from '../print-document.ts';
import {
  answerLine,
  keptLines,
  leftOverLine,
  markedLine,
  type NudgeItem,
  nudgeDocument,
  nudgeExit,
  nudgeTrouble,
} from '../reconcile/nudge-words.ts';
import { namesServices } from '../reconcile/reconcile-options.ts';
import { placeText } from '../reconcile/reconcile-words.ts';
import { reportHoles, reportNotFound, reportNothing } from '../report-gaps.ts';
import { reportHead } from '../report-head.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { parseTargets } from '../targets.ts';

const legs: readonly LegName[] = ['vmServices', 'vms', 'services', 'endpoints'];
/** A mark on another object may be that of somebody who nudges right now. Milliseconds. */
const surelyOver = 120_000;

/** A service to nudge, and where. */
interface Target {
  readonly vmService: VirtualMachineService;
  readonly plan: NudgePlan;
}

/** Asks VM Operator's running controller to look at VirtualMachineServices again, and waits for its answer. */
export async function nudge(input: CommandInput, io: Io): Promise<ExitCode> {
  checkUse(input);
  const timeout = timeoutOf(input);
  const format = outputFormat(input.flags, ['json', 'yaml', 'name'], 'nudge');
  const interruption = interruptionOf(io);
  try {
    return await withWorld(input, interruption.io, { command: 'nudge', legs, writers: true }, async (loaded) => {
      const holes = await reportHoles(loaded, io);
      if (holes > 0) return holes;
      io.stderr.write(placeText(loaded));
      const missing = reportNotFound(loaded.notFound, io);
      const targets = sortedServices(loaded.world).map((vmService) => ({ vmService, plan: planFor(vmService, loaded) }));
      if (targets.length + missing === 0) await reportNothing(loaded, io);
      const wanted = await isWanted(targets, input, io);
      if (wanted !== 'yes') {
        io.stderr.write('nothing was changed\n');
        return interruption.exitCode() ?? (wanted === 'no' ? 1 : 130);
      }
      interruption.writing();
      const kept = await clean(targets, loaded, io);
      const items = await nudgeAll(targets, { loaded, timeout, format, interruption, flags: input.flags, io });
      if (isDocumentFormat(format)) {
        const head = reportHead('NudgeReport', loaded, loaded.source.now());
        await printDocument({ document: { ...head, items: items.map(nudgeDocument) }, order: 'given', rows: [] }, format, input.flags, io);
      }
      const stopped = items.some(({ result }) => result.ended === 'Stopped');
      if (stopped) io.stderr.write('interrupted\n');
      const code = worst([missing, kept, ...items.map(nudgeExit)]);
      return stopped && code !== 3 ? (interruption.exitCode() ?? code) : code;
    });
  } finally {
    interruption.end();
  }
}

/** How this run nudges: for how long it waits, and how it tells of each answer. */
interface Run {
  readonly loaded: LoadedWorld;
  readonly timeout: number;
  readonly format: OutputFormat;
  readonly interruption: Interruption;
  readonly flags: Flags;
  readonly io: Io;
}

/** Nudges them at once, and tells of each as soon as it is marked and as soon as it has answered. */
function nudgeAll(targets: readonly Target[], run: Run): Promise<readonly NudgeItem[]> {
  const { loaded, format, flags, io } = run;
  const several = targets.length > 1;
  return atOnce(targets, limits.sockets, async (target) => {
    const item = await nudgeTarget(target, run);
    if (format.kind === 'table') io.stdout.write(answerLine(item, several));
    if (format.kind === 'name' && item.result.ended === 'Answered' && item.place !== undefined) {
      io.stdout.write(`${sanitize(qualifiedName(item.place.ref))}\n`);
    }
    io.stderr.write(nudgeTrouble(item, flags.text('timeout') ?? '', loaded.source));
    return item;
  });
}

async function nudgeTarget(
  { vmService, plan }: Target,
  { loaded, timeout, format, interruption: { signal }, io }: Run,
): Promise<NudgeItem> {
  if (!('place' in plan)) return { vmService, place: undefined, result: { ended: 'Nowhere', problem: plan.problem } };
  const { place } = plan;
  if (signal.aborted) return { vmService, place, result: { ended: 'Stopped' } };
  const { source, namespace } = loaded;
  const onMarked = () => {
    if (format.kind === 'table') io.stderr.write(markedLine(place, namespace === undefined));
  };
  const options = { clock: systemClock, timeout, mark: nudgeMark(source.now()), fieldManager: ownFieldManager, signal, onMarked };
  return { vmService, place, result: await nudgeOne(vmService, place, source.cluster, options) };
}

function checkUse(input: CommandInput): void {
  const { args, flags } = input;
  const [vm] = parseTargets(args, 'nudge').vms;
  if (vm !== undefined) {
    throw usageError(`nudge works on VirtualMachineServices: kubectl vmsvc describe vm/${vm} names those of a VM`, 'nudge');
  }
  const files = filesFlag(flags);
  if (files !== undefined) throw usageError(`nudge needs a controller that runs, and ${files} has none`, 'nudge');
  if (!namesServices(input, 'nudge')) {
    throw usageError('say what to nudge: a NAME, -l SELECTOR, -n NAMESPACE for all of a namespace, or -A for all namespaces', 'nudge');
  }
}

function timeoutOf({ flags }: CommandInput): number {
  const text = flags.text('timeout') ?? '';
  const timeout = parseRequestTimeout(text);
  if (timeout === undefined || timeout === 0)
    throw usageError(`--timeout ${JSON.stringify(text)}: must be a duration such as 30s or 2m`, 'nudge');
  return timeout;
}

function planFor(vmService: VirtualMachineService, { world }: LoadedWorld): NudgePlan {
  const service = world.service(vmService);
  const selector = vmService.spec.selector ?? {};
  const selected = 'index' in world.vms ? world.vms.index.select(vmService.metadata.namespace, selector) : [];
  return planNudge(vmService, 'found' in service ? service.found : undefined, selected);
}

/** It does no harm to the objects of workload clusters, but those are nobody's to play with: that takes a word. */
async function isWanted(targets: readonly Target[], { flags }: CommandInput, io: Io): Promise<'yes' | 'no' | 'interrupted'> {
  const kept = targets.filter(({ vmService }) => workloadClusterOf(vmService) !== undefined);
  const [first] = kept;
  if (first === undefined || flags.on('yes')) return 'yes';
  const { namespace, name } = first.vmService.metadata;
  const cluster = workloadClusterOf(first.vmService)?.cluster ?? '';
  const others = kept.length === 1 ? '' : ` and ${kept.length - 1} more`;
  const what = `VirtualMachineService ${namespace}/${name} of workload cluster ${cluster}${others}`;
  if (!(io.stdin.isTTY && io.stdout.isTTY)) {
    throw new CliError(`${sanitize(what)} would be nudged: say --yes`, { exitCode: 2, hint: ['  nothing was changed'] });
  }
  const { askYesNo } = await import('../prompt.ts');
  return askYesNo(`Nudge ${sanitize(what)}?`, io, io.stdout);
}

/** Takes off what earlier nudges left behind; the mark at the very place of a new nudge goes with that. */
async function clean(targets: readonly Target[], { source }: LoadedWorld, io: Io): Promise<ExitCode> {
  const now = source.now();
  const codes: ExitCode[] = [];
  const seen = new Set<string>();
  for (const { plan } of targets) {
    if ('place' in plan && plan.place.mark !== undefined) io.stderr.write(leftOverLine(plan.place, now));
    for (const place of plan.leftOver) {
      const key = refKey(place.ref);
      if (place.mark === undefined || seen.has(key) || now.getTime() - (nudgedAt(place.mark) ?? 0) < surelyOver) continue;
      seen.add(key);
      io.stderr.write(leftOverLine(place, now));
      const error = await takeMark(confirmWrites(source.cluster), place, { mark: place.mark, fieldManager: ownFieldManager });
      if (error === undefined) continue;
      io.stderr.write(
        keptLines({ place, error }, source)
          .map((line) => `${sanitize(line)}\n`)
          .join(''),
      );
      codes.push(3);
    }
  }
  return worst(codes);
}
