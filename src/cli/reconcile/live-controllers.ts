import { operatorSigns } from '../../cluster/reconcile/operator-signs.ts';
import { humanDuration } from '../../core/human-duration.ts';
import { type SignOfLife, signOfLife } from '../../core/live-controller.ts';
import { itemsOf, type Snapshot } from '../../core/snapshot.ts';
import type { ReconcileError } from '../../core/step.ts';
import type { KubeObject } from '../../model/object.ts';
import { sanitize } from '../../render/sanitize.ts';
import type { Io } from '../io.ts';
import type { Source } from '../source.ts';
import { type Named, nudgeCommand, type Reached } from './ways-on.ts';

/** For each of the namespaces in which VM Operator is at work, what shows it, as a sentence without its end. */
export type LiveControllers = ReadonlyMap<string, string>;

/**
 * Looks for VM Operator's controller in what it wrote in each namespace, and where that shows nothing in its own.
 * @param ownManager what that wrote is ours
 */
export async function liveControllers(
  namespaces: Iterable<string>,
  snapshot: Snapshot,
  source: Pick<Source, 'cluster' | 'now'>,
  ownManager: string,
): Promise<LiveControllers> {
  const now = source.now().getTime();
  const objects = Map.groupBy(
    [snapshot.vmServices, snapshot.vms, snapshot.services, snapshot.endpoints].flatMap((leg): readonly KubeObject[] => itemsOf(leg)),
    ({ metadata }) => metadata.namespace ?? '',
  );
  const signs = new Map<string, SignOfLife | undefined>();
  for (const namespace of new Set(namespaces)) {
    const evidence = { objects: objects.get(namespace) ?? [], leases: [], deployment: undefined };
    signs.set(namespace, signOfLife(evidence, ownManager, now));
  }
  // Its own namespace is looked at only where the objects say nothing: a user of one namespace rarely may.
  if ([...signs.values()].includes(undefined)) {
    const sign = signOfLife({ objects: [], ...(await operatorSigns(source.cluster)) }, ownManager, now);
    for (const [namespace, seen] of signs) signs.set(namespace, seen ?? sign);
  }
  return new Map(
    [...signs].flatMap(([namespace, sign]) =>
      sign === undefined ? [] : [[namespace, `VM Operator is working in ${namespace} (${signText(sign, now)})`] as const],
    ),
  );
}

export function liveError(sentence: string): ReconcileError {
  return { reason: 'ControllerAlive', message: `${sentence}; doing its work here would race with it`, exitCode: 2 };
}

/** Says that the work was left to a controller that is alive, or that it was not, and why. */
export function noteLiveController(
  sentence: string,
  services: readonly Named[],
  source: Reached,
  forced: string | undefined,
  io: Io,
): void {
  if (forced !== undefined) {
    io.stderr.write(`${sanitize(`Forced, though ${sentence}: ${forced}`)}\n`);
    return;
  }
  const nudge = nudgeCommand(services, source);
  io.stderr.write(`${sanitize(`${sentence}: reconcile leaves the work to it`)}\n`);
  if (nudge !== undefined) io.stderr.write(`  ask it to look again:      ${sanitize(nudge)}\n`);
}

function signText(sign: SignOfLife, now: number): string {
  switch (sign.sign) {
    case 'Write':
      return `it last wrote ${whenText(sign.at, now)}`;
    case 'Lease':
      return `it renewed its lease ${whenText(sign.at, now)}`;
    case 'Deployment':
      return 'its Deployment is available';
  }
}

/** Nothing was written in the future: where a time lies ahead by more than two clocks usually differ, one of them is wrong. */
function whenText(at: number, now: number): string {
  const ahead = at - now;
  return ahead < 2000 ? `${humanDuration(Math.max(0, -ahead))} ago` : `in the future: a clock is wrong by ${humanDuration(ahead)}`;
}
