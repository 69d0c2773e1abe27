import type { LoadLoss } from '../apiserver/load.ts';
import { sanitize } from '../render/sanitize.ts';
import type { Io } from './io.ts';

/** One line on stderr for each field that an object of an older version loses, because the release cannot store it. */
export function writeLoadLosses(losses: readonly LoadLoss[], io: Io): void {
  for (const { object, path } of losses) {
    const { kind, apiVersion, metadata } = object;
    const name = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
    io.stderr.write(
      `Warning: ${sanitize(`${kind} ${name}: ${path} of ${apiVersion} has no place in this release's newest version: it is left out`)}\n`,
    );
  }
}
