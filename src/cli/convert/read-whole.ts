import { type ManifestObject, readManifests } from '../../cluster/files/manifests.ts';
import type { Io } from '../io.ts';
import { manifestErrors } from '../manifest-errors.ts';
import type { Flags } from '../spec.ts';

/** All objects of the files of `-f`. @throws CliError when one of them cannot be read */
export async function readWhole(flags: Flags, io: Io): Promise<readonly ManifestObject[]> {
  const manifests = await readManifests(flags.list('filename'), {
    cwd: io.cwd,
    recursive: flags.on('recursive'),
    readStdin: () => io.stdin.read(),
  });
  if (manifests.errors.length > 0) throw manifestErrors(manifests.errors);
  return manifests.objects;
}
