import { type SnapshotWatchOptions, watchSnapshot } from '../../cluster/watch-snapshot.ts';
import type { Io } from '../io.ts';
import { type LoadedWorld, worldIn } from '../load-world.ts';
import { refuseSelector, type Scope, type WorldRequest } from '../scope.ts';
import type { Source } from '../source.ts';

/**
 * What `withWorld` reads, and again after every change, until the signal is aborted. A name that nothing has is waited for.
 * @throws as withWorld
 */
export async function* watchWorld(
  scope: Scope,
  { command, capabilities = true }: WorldRequest,
  options: SnapshotWatchOptions,
  io: Io,
): AsyncGenerator<LoadedWorld> {
  const { source, names } = scope;
  const facts = source.facts({ askCapabilities: capabilities });
  // Whoever awaits them hears of their failure.
  facts.catch(() => {});
  let going: Source | undefined;
  try {
    for await (const loaded of watchSnapshot(source.cluster, scope.request(names), options)) {
      going ??= withGoingClock(source, io);
      yield worldIn({ ...scope, source: going }, loaded, await facts);
    }
  } catch (error) {
    refuseSelector(error, scope, command);
  }
}

/** A server tells its time with an answer, and while it is watched no answer comes: from then on ours goes on, as far ahead or behind. */
function withGoingClock(source: Source, io: Io): Source {
  const ahead = source.now().getTime() - io.now().getTime();
  return { ...source, now: () => new Date(io.now().getTime() + ahead) };
}
