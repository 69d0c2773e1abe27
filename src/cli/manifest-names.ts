import { readManifests } from '../cluster/manifests.ts';
import { groupOf } from '../model/object.ts';
import { vmOperatorGroup } from '../model/resources.ts';
import { CliError, usageError } from './errors.ts';
import type { Io } from './io.ts';
import { manifestErrors } from './manifest-errors.ts';
import type { Flags } from './spec.ts';

/**
 * The VirtualMachineServices and VMs that files name, as `vmservice/NAME` and `vm/NAME`. Other kinds are context.
 * @throws CliError when a file cannot be read, or names a namespace that contradicts `-n`
 */
export async function namesOfManifests(flags: Flags, io: Io, command: string): Promise<readonly string[]> {
  const manifests = await readManifests(flags.list('filename'), {
    cwd: io.cwd,
    recursive: flags.on('recursive'),
    readStdin: () => io.stdin.read(),
  });
  if (manifests.errors.length > 0) throw manifestErrors(manifests.errors);
  const wanted = flags.text('namespace');
  const names = manifests.objects.flatMap(({ object, file, position }) => {
    if (groupOf(object.apiVersion) !== vmOperatorGroup) return [];
    const type = object.kind === 'VirtualMachineService' ? 'vmservice' : object.kind === 'VirtualMachine' ? 'vm' : undefined;
    if (type === undefined) return [];
    const { namespace, name } = object.metadata;
    if (namespace !== undefined && wanted !== undefined && namespace !== wanted) {
      throw usageError(
        `${file}:${position.line}: the namespace of ${object.kind} ${JSON.stringify(name)} is ${JSON.stringify(namespace)}, and -n says ${JSON.stringify(wanted)}`,
        command,
      );
    }
    return [`${type}/${name}`];
  });
  if (names.length === 0) {
    throw new CliError(`${flags.list('filename').join(', ')}: no VirtualMachineService in it`, { exitCode: 3 });
  }
  return names;
}
