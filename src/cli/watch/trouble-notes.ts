import { sanitize } from '../../render/sanitize.ts';
import type { Io } from '../io.ts';

/** Says on stderr that the connection is lost, and that it is back, each once however many watches notice. */
export function troubleNotes(io: Io): (sentence: string | undefined) => void {
  let told: string | undefined;
  return (sentence) => {
    if (sentence === told) return;
    if (sentence !== undefined) io.stderr.write(`${sanitize(sentence)}\n`);
    else io.stderr.write('the server is back\n');
    told = sentence;
  };
}
