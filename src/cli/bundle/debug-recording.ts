import { recorder } from '../../cluster/bundle/recording-cluster.ts';
import { sanitize } from '../../render/sanitize.ts';
import type { Io } from '../io.ts';
import type { LoadedWorld } from '../load-world.ts';
import type { WorldRequest } from '../scope.ts';
import type { Flags } from '../spec.ts';
import { packedBundle, sizeText, writeBundleFile } from './write-bundle.ts';

/** For `debug --write-bundle=FILE`: what the diagnosis asked, and what came back. Undefined without it. */
export function recordingFor(
  flags: Flags,
): { readonly request: Pick<WorldRequest, 'through'>; write(loaded: LoadedWorld, io: Io): void } | undefined {
  const file = flags.text('write-bundle');
  if (file === undefined) return undefined;
  const { through, recording } = recorder();
  return {
    request: { through },
    write(loaded, io) {
      const { bytes, objects } = packedBundle({ loaded, recording: recording(), redact: flags.on('redact') }, io);
      writeBundleFile(file, bytes, io);
      io.stderr.write(`wrote ${sanitize(file)} (${objects} objects, ${sizeText(bytes.length)})\n`);
    },
  };
}
