import { loadSnapshot } from '../../cluster/load-snapshot.ts';
import type { ServiceSubject } from '../../core/diagnosis/subject.ts';
import { isSeen, itemsOf, type Leg } from '../../core/snapshot.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import type { Source } from '../source.ts';
import type { Flags } from '../spec.ts';

/** So many namespaces are looked at. */
const atMost = 20;

/**
 * The VMs of the namespaces in `--also-namespaces`, where a selector selects nothing in its own: a namespace that may not be looked at
 * is passed over. Undefined where there is no need, or nothing was named.
 */
export async function vmsElsewhere(
  subjects: readonly ServiceSubject[],
  source: Source,
  flags: Flags,
): Promise<Leg<VirtualMachine> | undefined> {
  const named = flags
    .list('also-namespaces')
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const inVain = subjects.some(({ decisions, leftAlone }) => decisions.length === 0 && !leftAlone);
  if (named.length === 0 || !inVain) return undefined;
  const snapshots = await Promise.all(
    [...new Set(named)]
      .slice(0, atMost)
      .map((namespace) => loadSnapshot(source.cluster, { namespace, names: [], version: source.version, legs: ['vms'] })),
  );
  const legs = snapshots.map(({ snapshot }) => snapshot.vms);
  const [first] = legs;
  return first === undefined || legs.some(isSeen) ? { items: legs.flatMap(itemsOf) } : first;
}
