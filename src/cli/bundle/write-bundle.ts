import { createHmac, randomBytes } from 'node:crypto';
import { packBundle } from '../../cluster/bundle/bundle-file.ts';
import { errorCode } from '../../cluster/error-code.ts';
import { writeErrorReason, writeNewFile } from '../../cluster/files/whole-file.ts';
import { type BundleIndex, bundleFormat, objectLabel, type Recording } from '../../core/bundle/bundle-index.ts';
import { withoutSecretAnswer, withoutSecrets } from '../../core/bundle/omissions.ts';
import { Pseudonyms } from '../../core/bundle/pseudonyms.ts';
import type { JsonObject, KubeObject } from '../../model/object.ts';
import { CliError } from '../errors.ts';
import { filePath } from '../file-path.ts';
import type { Io } from '../io.ts';
import type { LoadedWorld } from '../load-world.ts';
import { toolVersion } from '../tool-version.ts';

export interface BundleOrder {
  readonly loaded: LoadedWorld;
  readonly recording: Recording;
  readonly redact: boolean;
}

/** A bundle in bytes, and what to say about it. */
export interface PackedBundle {
  readonly bytes: Buffer;
  readonly objects: number;
  /** Questions that were not answered. */
  readonly holes: readonly string[];
  readonly omitted: number;
}

/** Takes out what may be a secret, masks what was asked to be masked, and packs the rest. */
export function packedBundle({ loaded, recording, redact }: BundleOrder, io: Io): PackedBundle {
  const { source, targets } = loaded;
  const { origin } = source;
  const clean = recording.objects.map(withoutSecrets);
  const lastApplied: Record<string, JsonObject> = {};
  for (const [at, { lastApplied: left }] of clean.entries()) {
    const object = recording.objects[at];
    if (left !== undefined && object !== undefined)
      Object.defineProperty(lastApplied, objectLabel(object), { value: left, enumerable: true });
  }
  const index: BundleIndex = {
    apiVersion: 'vmsvc/v1',
    kind: 'Bundle',
    format: bundleFormat,
    toolVersion,
    takenAt: source.now().toISOString(),
    localTime: io.now().toISOString(),
    context: origin.type === 'cluster' ? origin.context : '',
    namespace: source.namespace,
    names: [...targets.vmServices, ...targets.vms.map((name) => `vm/${name}`)],
    redacted: redact,
    omitted: clean.flatMap(({ omitted }) => omitted),
    lastApplied,
    reads: recording.reads.map(withoutSecretAnswer),
    reviews: recording.reviews.map(withoutSecretAnswer),
    rehearsals: recording.rehearsals.map(withoutSecretAnswer),
    discovery: recording.discovery,
    kubernetesVersion: recording.kubernetesVersion,
  };
  const objects = clean.map(({ object }) => object);
  const shown = redact
    ? redacted({ index, objects }, recording, origin.type === 'cluster' ? [origin.context, origin.user] : [])
    : { index, objects };
  return { bytes: packBundle(shown), objects: objects.length, holes: holesOf(recording), omitted: index.omitted.length };
}

/** The key is made for this bundle and kept nowhere. */
function redacted(
  { index, objects }: { readonly index: BundleIndex; readonly objects: readonly KubeObject[] },
  recording: Recording,
  more: readonly string[],
) {
  const key = randomBytes(32);
  const names = new Pseudonyms((text) => createHmac('sha256', key).update(text).digest(), recording, [
    index.namespace,
    ...index.names,
    ...more,
  ]);
  return { index: names.index(index), objects: objects.map((object) => names.object(object)) };
}

/** `list virtualmachines: forbidden`, each once. A kind that the server does not have is nothing that was missed. */
function holesOf({ reads }: Recording): readonly string[] {
  const holes = reads.flatMap(({ verb, resource, answer }) => {
    if ('read' in answer) return [];
    if ('failed' in answer) return [`${verb} ${resource}: ${answer.failed}`];
    return answer.refused.code === 404 ? [] : [`${verb} ${resource}: ${answer.refused.reason ?? String(answer.refused.code)}`];
  });
  return [...new Set(holes)];
}

/** Never over a file that is there. @throws CliError when it cannot be written */
export function writeBundleFile(file: string, bytes: Buffer, io: Io): void {
  try {
    writeNewFile(filePath(io, file), bytes);
  } catch (error) {
    const reason = errorCode(error) === 'EEXIST' ? 'it exists already; name another with --file' : writeErrorReason(error);
    throw new CliError(`cannot write ${file}: ${reason}`, { exitCode: 3, cause: error });
  }
}

/** `61 KiB`. */
export function sizeText(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${Math.round(bytes / 1024)} KiB`;
}
