import { type SnapshotWatchOptions, watchSnapshot } from '../cluster/watch-snapshot.ts';
import { type LoadedWorld, refuseSelector, type Scope, type WorldRequest, worldIn } from './load-world.ts';

/**
 * What `withWorld` reads, and again after every change, until the signal is aborted. A name that nothing has is waited for.
 * @throws as withWorld
 */
export async function* watchWorld(
  scope: Scope,
  { command, capabilities = true }: WorldRequest,
  options: SnapshotWatchOptions,
): AsyncGenerator<LoadedWorld> {
  const { source, names, selector } = scope;
  const facts = source.facts({ askCapabilities: capabilities });
  // Whoever awaits them hears of their failure.
  facts.catch(() => {});
  try {
    for await (const loaded of watchSnapshot(source.cluster, scope.request(names), options)) yield worldIn(scope, loaded, await facts);
  } catch (error) {
    refuseSelector(error, selector, command);
  }
}
