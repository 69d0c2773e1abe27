import type { OnTrouble } from '../../cluster/gathered-troubles.ts';
import { sanitize } from '../../render/sanitize.ts';
import type { Io } from '../io.ts';

/** Says on stderr that the connection is lost, and that it is back. */
export function troubleNotes(io: Io): OnTrouble {
  return (sentence) => io.stderr.write(sentence === undefined ? 'the server is back\n' : `${sanitize(sentence)}\n`);
}
