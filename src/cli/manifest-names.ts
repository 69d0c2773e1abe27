import { groupOf } from '../model/object.ts';
import { vmOperatorGroup } from '../model/resources.ts';
import { CliError, usageError } from './errors.ts';
import type { Io } from './io.ts';
import { manifestErrors } from './manifest-errors.ts';
import { manifestSources, readLiveManifests } from './manifest-input.ts';
import type { Flags } from './spec.ts';

/** What files name: `vmservice/NAME` and `vm/NAME`, and the namespace that all of them are in, where they say. */
export interface ManifestNames {
  readonly names: readonly string[];
  /** Undefined: none of them says, so it is the one of the command line. */
  readonly namespace: string | undefined;
}

/**
 * The VirtualMachineServices and VMs that files name. Other kinds are context.
 * @throws CliError when a file cannot be read, or names a namespace that contradicts `-n` or the other objects
 */
export async function namesOfManifests(flags: Flags, io: Io, command: string): Promise<ManifestNames> {
  const manifests = await readLiveManifests(flags, io, command);
  if (manifests.errors.length > 0) throw manifestErrors(manifests.errors);
  const wanted = flags.text('namespace');
  const namespaces = new Set<string | undefined>();
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
    namespaces.add(namespace ?? wanted);
    return [`${type}/${name}`];
  });
  if (names.length === 0) {
    throw new CliError(`${manifestSources(flags)}: no VirtualMachineService in it`, { exitCode: 3 });
  }
  if (namespaces.size > 1) {
    const said = [...namespaces].map((namespace) => namespace ?? 'none').join(', ');
    throw usageError(
      `the objects in ${manifestSources(flags)} are in several namespaces (${said}): name them one namespace at a time`,
      command,
    );
  }
  return { names, namespace: [...namespaces][0] };
}
