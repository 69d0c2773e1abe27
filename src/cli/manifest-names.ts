import { groupOf } from '../model/object.ts';
import { vmOperatorGroup } from '../model/resources.ts';
import { CliError, usageError } from './errors.ts';
import type { Io } from './io.ts';
import { manifestErrors } from './manifest-errors.ts';
import { manifestSources, readLiveManifests } from './manifest-input.ts';
import type { Flags } from './spec.ts';

/** Objects that files name: `vmservice/NAME` or `vm/NAME`. */
export interface NamedPlace {
  /** Undefined where the file does not say, so that it is the one of the command line. */
  readonly namespace: string | undefined;
  readonly word: string;
}

/**
 * The VirtualMachineServices that files name. Other kinds are context, as the VMs of a service are; only files without any service
 * name their VMs, to `describe`.
 * @throws CliError when a file cannot be read, names nothing, or names a namespace that contradicts `-n`
 */
export async function namesOfManifests(flags: Flags, io: Io, command: string): Promise<readonly NamedPlace[]> {
  const manifests = await readLiveManifests(flags, io, command);
  if (manifests.errors.length > 0) throw manifestErrors(manifests.errors);
  const wanted = flags.text('namespace');
  const ours = manifests.objects.filter(({ object }) => groupOf(object.apiVersion) === vmOperatorGroup);
  const services = ours.filter(({ object }) => object.kind === 'VirtualMachineService');
  const named = services.length > 0 || command !== 'describe' ? services : ours.filter(({ object }) => object.kind === 'VirtualMachine');
  if (named.length === 0) {
    throw new CliError(`${manifestSources(flags)}: no VirtualMachineService in it`, { exitCode: 3 });
  }
  return named.map(({ object, file, position }) => {
    const { namespace, name } = object.metadata;
    if (namespace !== undefined && wanted !== undefined && namespace !== wanted) {
      throw usageError(
        `${file}:${position.line}: the namespace of ${object.kind} ${JSON.stringify(name)} is ${JSON.stringify(namespace)}, and -n says ${JSON.stringify(wanted)}`,
        command,
      );
    }
    const type = object.kind === 'VirtualMachineService' ? 'vmservice' : 'vm';
    return { namespace: namespace ?? wanted, word: `${type}/${name}` };
  });
}
