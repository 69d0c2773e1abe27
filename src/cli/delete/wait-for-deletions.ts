import { isUnanswered } from '../../cluster/cluster.ts';
import { limits } from '../../cluster/limits.ts';
import { atOnce } from '../../cluster/reconcile/at-once.ts';
import type { ProfileTraits } from '../../core/profile.ts';
import { type KubeObject, refOf } from '../../model/object.ts';
import { sanitize } from '../../render/sanitize.ts';
import { heldLines } from '../deletion-words.ts';
import type { ExitCode, Io } from '../io.ts';
import type { Scope } from '../scope.ts';
import type { Flags } from '../spec.ts';
import { byName } from '../wait/by-name.ts';
import { reportOpen } from '../wait/report-open.ts';
import type { Timeout } from '../wait/timeout.ts';
import { type Wanted, waitRequest } from '../wait/wait-until.ts';
import { waitVisibly } from '../wait/wait-visibly.ts';
import { timedOut } from '../wait/wait-words.ts';
import type { Deletable } from './deletion-preview.ts';

const conditions = [{ text: 'delete', kind: 'delete' }] as const;
/** What holds more than that is not spelt out. */
const mostExplained = 3;

/** Waits until the objects are gone; says who holds those that stay, when it takes long and when the time is over. */
export async function waitForDeletions(
  services: readonly Deletable[],
  scope: Scope,
  traits: ProfileTraits,
  timeout: Timeout,
  flags: Flags,
  io: Io,
): Promise<ExitCode> {
  const wanted = services.map(
    ({ vmService }): Wanted => ({ namespace: vmService.metadata.namespace ?? '', name: vmService.metadata.name }),
  );
  const told = new Set<string>();
  const explain = (objects: readonly (KubeObject | undefined)[]): void => {
    for (const object of objects.slice(0, mostExplained)) {
      if (object === undefined || told.has(holdOf(object))) continue;
      told.add(holdOf(object));
      io.stderr.write(
        heldLines(object, traits, scope.source.now(), scope.source.access)
          .map((line) => `${sanitize(line)}\n`)
          .join(''),
      );
    }
  };
  const waited = await waitVisibly(
    byName(scope, wanted, ['vmServices']),
    waitRequest(conditions, 'delete'),
    {
      wanted,
      conditions,
      timeout: timeout.milliseconds,
      uids: new Map(
        services.map(({ vmService }) => [`${vmService.metadata.namespace}/${vmService.metadata.name}`, vmService.metadata.uid]),
      ),
      onMet: () => {},
      onLong: (open) => explain(open.map(({ vmService }) => vmService)),
    },
    flags,
    io,
  );
  if (waited.ended === 'met') explain(await stillThere(services, scope));
  if (waited.ended === 'interrupted') explain(waited.open.map(({ vmService }) => vmService));
  return reportOpen(waited, scope, timedOut(timeout), flags, io);
}

/** Which object is held by what: who was told that needs to hear of it again only when it has changed. */
function holdOf({ kind, metadata }: KubeObject): string {
  const { uid = '', namespace = '', name, deletionTimestamp = '', finalizers = [] } = metadata;
  return [kind, namespace, name, uid, deletionTimestamp, ...finalizers].join('\0');
}

/** Services that outlive it: a load balancer gives the address back before it lets go (VMS407). */
async function stillThere(services: readonly Deletable[], { source }: Scope): Promise<readonly KubeObject[]> {
  const children = services.flatMap(({ deletion }) => deletion.children).filter(({ child }) => child.kind === 'Service');
  const found = await atOnce(children, limits.sockets, async ({ child }): Promise<KubeObject | undefined> => {
    try {
      const now = await source.cluster.get(refOf(child));
      return now.metadata.uid === child.metadata.uid ? now : undefined;
    } catch (error) {
      if (isUnanswered(error)) return undefined;
      throw error;
    }
  });
  return found.filter((object) => object !== undefined);
}
