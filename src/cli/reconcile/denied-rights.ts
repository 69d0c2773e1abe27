import type { Cluster } from '../../cluster/cluster.ts';
import { askRights } from '../../cluster/reconcile/rights.ts';
import { type AnsweredRight, isMissing, type NeededRight, rightKey } from '../../core/rights/rights.ts';
import { sanitize } from '../../render/sanitize.ts';
import type { Io } from '../io.ts';

/** A right that a run makes use of. */
export interface WantedRight extends NeededRight {
  /** The objects that it is needed for; absent where a Role cannot say it of single objects, or it is needed for all of them. */
  readonly objects?: readonly string[];
  /** There is nothing that it would be needed for as things are: it is asked for to be told with the others. */
  readonly spare?: boolean;
}

/** The rights that are needed for one object each, every right once with all of its objects. */
export function rightsForObjects(rights: readonly (NeededRight & { readonly object: string })[]): readonly WantedRight[] {
  return [...Map.groupBy(rights, rightKey).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { object: _, ...right } = first;
    return [{ ...right, objects: same.map(({ object }) => object) }];
  });
}

/** The rights that a run needs in one namespace. */
export interface NamespaceNeeds {
  readonly namespace: string;
  readonly rights: readonly WantedRight[];
}

/** The same with their answers. */
export interface NamespaceRights {
  readonly namespace: string;
  readonly rights: readonly AnsweredWant[];
}

type AnsweredWant = WantedRight & AnsweredRight;

/** Denied, and the run cannot do without. */
export function stopsRun(right: AnsweredWant): boolean {
  return isMissing(right) && right.spare !== true;
}

/**
 * The namespaces in which a right is missing. Who has it for each of the objects that are meant, by a Role with resourceNames, has
 * enough. Rights that could not be asked for are mentioned.
 */
export async function deniedRights(needed: readonly NamespaceNeeds[], cluster: Cluster, io: Io): Promise<readonly NamespaceRights[]> {
  const found = await forSingleObjects(await forAllObjects(needed, cluster), cluster);
  for (const text of new Set(found.flatMap(({ namespace, rights }) => unknownTexts(namespace, rights)))) {
    io.stderr.write(`Warning: ${sanitize(text)}\n`);
  }
  return found.filter(({ rights }) => rights.some(stopsRun));
}

async function forAllObjects(needed: readonly NamespaceNeeds[], cluster: Cluster): Promise<readonly NamespaceRights[]> {
  const answers = await askRights(
    cluster,
    needed.map(({ namespace, rights }) => ({ namespace, rights: rights.filter(isOpen) })),
  );
  return needed.map(({ namespace, rights }) => ({
    namespace,
    rights: rights.map((right) => ({ ...right, ...(isOpen(right) ? answers.of(namespace, right) : readAlready) })),
  }));
}

/** What was denied is asked for anew, object by object: first for one, so that who has no such right at all is not asked a thousand times. */
async function forSingleObjects(found: readonly NamespaceRights[], cluster: Cluster): Promise<readonly NamespaceRights[]> {
  const first = await allowedFor(found, (objects) => objects.slice(0, 1), cluster);
  const others = await allowedFor(first, (objects) => objects.slice(1), cluster);
  const allowed = new Set(others.flatMap(({ rights }) => rights));
  return found.map(({ namespace, rights }) => ({
    namespace,
    rights: rights.map((right) => (allowed.has(right) ? { ...right, answer: 'allowed', reason: '' } : right)),
  }));
}

/** Of the rights that were denied those that somebody has for some of their objects. */
async function allowedFor(
  found: readonly NamespaceRights[],
  some: (objects: readonly string[]) => readonly string[],
  cluster: Cluster,
): Promise<readonly NamespaceRights[]> {
  const denied = found.map(({ namespace, rights }) => ({
    namespace,
    rights: rights.filter(({ answer, objects = [] }) => answer === 'denied' && objects.length > 0),
  }));
  const named = ({ objects = [], ...right }: WantedRight) => some(objects).map((name) => ({ ...right, name }));
  const answers = await askRights(
    cluster,
    denied.map(({ namespace, rights }) => ({ namespace, rights: rights.flatMap(named) })),
  );
  const isAllowed = (namespace: string, right: WantedRight) => named(right).every((one) => answers.of(namespace, one).answer === 'allowed');
  return denied.map(({ namespace, rights }) => ({ namespace, rights: rights.filter((right) => isAllowed(namespace, right)) }));
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
