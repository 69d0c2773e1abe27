import { kindAndName } from '../../model/object.ts';
import { sanitize } from '../../render/sanitize.ts';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { LoadedWorld } from '../load-world.ts';
import { onContextAsUser } from '../origin-words.ts';
import type { Flags } from '../spec.ts';
import type { DeleteOptions } from './delete-options.ts';
import type { Deletable } from './deletion-preview.ts';

/**
 * On a terminal it is asked, and no is the answer unless somebody types yes. In a pipe it acts, as kubectl does, but for what nobody
 * would expect to go.
 * @throws CliError where that takes a word
 */
export async function isWanted(
  services: readonly Deletable[],
  { source, namespace }: LoadedWorld,
  { dryRun }: DeleteOptions,
  flags: Flags,
  io: Io,
): Promise<'yes' | 'no' | 'interrupted'> {
  if (dryRun !== 'none' || flags.on('yes')) return 'yes';
  if (!(io.stdin.isTTY && io.stdout.isTTY)) {
    const unowned = services.flatMap(({ deletion }) => deletion.children).find((child) => child.unowned);
    if (unowned === undefined) return 'yes';
    const child = kindAndName({ kind: unowned.child.kind, name: unowned.child.metadata.name });
    throw new CliError(`nobody owns ${sanitize(child)}, and it would be deleted too, by its name: say --yes`, {
      exitCode: 2,
      hint: ['  nothing was changed'],
    });
  }
  const [first] = services;
  const place = first?.vmService.metadata.namespace ?? '';
  const what =
    services.length === 1 && first !== undefined
      ? `${first.vmService.metadata.name} in ${place}`
      : `${services.length} services${namespace === undefined ? '' : ` in ${place}`}`;
  const { askYesNo } = await import('../prompt.ts');
  return askYesNo(
    `Delete ${sanitize(what + onContextAsUser(source.origin))}?`,
    io,
    flags.text('output') === undefined ? io.stdout : io.stderr,
  );
}
