import { loadSnapshot } from '../../cluster/load-snapshot.ts';
import type { ServiceSubject } from '../../core/diagnosis/subject.ts';
import { isSeen, itemsOf, type Leg } from '../../core/snapshot.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import type { Source } from '../source.ts';
import type { Flags } from '../spec.ts';

/** Of the namespaces that nobody named so many are looked at. */
const atMost = 20;

/**
 * The VMs of other namespaces, where a selector selects nothing in its own: of those in `--also-namespaces`, else of those that the
 * contexts of this cluster name; of files, which are there already, all. A namespace that may not be looked at is passed over. Undefined
 * where there is no need, or nowhere to look.
 */
export async function vmsElsewhere(
  subjects: readonly ServiceSubject[],
  source: Source,
  flags: Flags,
): Promise<Leg<VirtualMachine> | undefined> {
  const inVain = subjects.filter(isInVain);
  if (inVain.length === 0 || flags.on('all-namespaces')) return undefined;
  const seen = new Set(inVain.map(({ vmService }) => vmService.metadata.namespace));
  const places = placesToLook(source, flags, seen);
  if (places.length === 0) return undefined;
  const snapshots = await Promise.all(
    places.map((namespace) => loadSnapshot(source.cluster, { namespace, names: [], version: source.version, legs: ['vms'] })),
  );
  const legs = snapshots.map(({ snapshot }) => snapshot.vms);
  const [first] = legs;
  return first === undefined || legs.some(isSeen) ? { items: legs.flatMap(itemsOf) } : first;
}

/** It selects nothing, and nothing here comes close to what it asks for. */
function isInVain({ decisions, leftAlone, cluster, nearMisses, around: { world } }: ServiceSubject): boolean {
  return 'index' in world.vms && decisions.length === 0 && !leftAlone && cluster === undefined && nearMisses().length === 0;
}

/** Undefined stands for all namespaces. */
function placesToLook(
  { origin, contextNamespaces = [] }: Source,
  flags: Flags,
  seen: ReadonlySet<string | undefined>,
): readonly (string | undefined)[] {
  const named = flags
    .list('also-namespaces')
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
  if (named.length > 0) return [...new Set(named)].filter((namespace) => !seen.has(namespace));
  if (origin.type === 'files') return [undefined];
  return [...new Set(contextNamespaces)].filter((namespace) => !seen.has(namespace)).slice(0, atMost);
}
