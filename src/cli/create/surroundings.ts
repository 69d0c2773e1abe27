import { type LoadedSnapshot, loadSnapshot, notFoundError } from '../../cluster/load-snapshot.ts';
import { isSeen, itemsOf } from '../../core/snapshot.ts';
import { type World, worldOf } from '../../core/world.ts';
import type { KubeObject } from '../../model/object.ts';
import { virtualMachines } from '../../model/resources.ts';
import { ApiError } from '../../model/status.ts';
import type { VirtualMachine } from '../../model/virtual-machine.ts';
import { sanitize } from '../../render/sanitize.ts';
import { unavailableSentence } from '../../render/unavailable-sentence.ts';
import { CliError, usageError } from '../errors.ts';
import type { ExitCode, Io } from '../io.ts';
import { withProgress } from '../progress.ts';
import { rightsHint } from '../rights-hint.ts';
import { countWarnings } from '../scope.ts';
import { openSource, type Source } from '../source.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { addressContext } from '../validate/cluster-context.ts';
import type { CreateRequest } from './create-request.ts';
import { type WorkloadIPv6, workloadIPv6 } from './workload-ipv6.ts';

/** Where the service is to be: the VMs and the services that are there already. */
export interface Surroundings {
  readonly source: Source;
  readonly world: World;
  readonly namespace: string;
  readonly version: string;
  /** Undefined where nobody asks for IP families, or the release does not gate them. */
  readonly families: WorkloadIPv6 | undefined;
  /** The ranges and Services that decide about a cluster IP; empty where nobody asks for one. */
  readonly addresses: readonly KubeObject[];
  /** The command as it was typed. */
  readonly command: string;
}

/** Reads the namespace. What may not be read is a fact of the world: a service can be created without it. */
export async function withSurroundings(
  input: CommandInput,
  io: Io,
  use: (surroundings: Surroundings) => Promise<ExitCode>,
): Promise<ExitCode> {
  const source = await openSource(input, io, input.word);
  try {
    const { namespace } = source;
    const request = { namespace, names: [], version: source.version, legs: ['vmServices', 'vms'] as const };
    const reading = `Reading namespace ${sanitize(namespace)}`;
    const loading: Promise<LoadedSnapshot> = loadSnapshot(source.cluster, request);
    const [{ snapshot }, facts, addresses] = await Promise.all([
      withProgress(reading, input.flags, io, loading),
      source.facts({ askCapabilities: false }),
      asksForAddress(input.flags) ? addressContext(source.cluster, namespace) : [],
    ]);
    const asksFamilies = facts.traits.gatesIpFamilies && (input.flags.given('ip-family') || input.flags.given('ip-family-policy'));
    const families = asksFamilies ? await workloadIPv6(input.flags, source.cluster) : undefined;
    const world = worldOf(snapshot, { ...facts, ...(families !== undefined && { workloadIPv6: families !== 'off' }) });
    const code = await use({ source, world, namespace, version: facts.version, families, addresses, command: input.word });
    return input.flags.on('warnings-as-errors') && code === 0 ? countWarnings(source, io) : code;
  } finally {
    await source.close();
  }
}

/** That the name is not free, as far as that can be seen. */
export function takenName(name: string, { world, namespace }: Surroundings): string | undefined {
  const taken = itemsOf(world.snapshot.vmServices).some(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  return taken ? `there is a VirtualMachineService ${JSON.stringify(name)} in ${namespace} already` : undefined;
}

function asksForAddress(flags: Flags): boolean {
  return flags.given('cluster-ip') && flags.text('cluster-ip')?.toLowerCase() !== 'none';
}

/**
 * The VMs that the selector is to be derived for, as they are in the world.
 * @throws ApiError for a name that no VM has; CliError where VMs may not be looked at, or none is found
 */
export async function chosenVms(from: NonNullable<CreateRequest['from']>, around: Surroundings): Promise<readonly VirtualMachine[]> {
  const { world, namespace } = around;
  const { vms } = world.snapshot;
  if (!isSeen(vms)) {
    throw new CliError(`${unavailableSentence(vms.unavailable)}, and the selector is to be derived from them`, {
      exitCode: 3,
      hint: ['  say which labels instead: --selector=KEY=VALUE', `  ${rightsHint(namespace, around.source.access)}`],
    });
  }
  const byName = new Map(vms.items.filter(({ metadata }) => metadata.namespace === namespace).map((vm) => [vm.metadata.name, vm]));
  const names = from.labelSelector === undefined ? from.names : await namesWith(from.labelSelector, around);
  return names.map((name) => {
    const vm = byName.get(name);
    if (vm === undefined) throw notFoundError(virtualMachines, name);
    return vm;
  });
}

/** The server reads the query. */
async function namesWith(labelSelector: string, { source, namespace, version, command }: Surroundings): Promise<readonly string[]> {
  try {
    const { items } = await source.cluster.list(virtualMachines, version, { namespace, labelSelector, withoutManagedFields: true });
    if (items.length === 0)
      throw new CliError(`no VM in ${namespace} has the labels of -l ${JSON.stringify(labelSelector)}`, { exitCode: 3 });
    return items.map(({ metadata }) => metadata.name);
  } catch (error) {
    if (error instanceof ApiError && error.code === 400) throw usageError(`-l ${JSON.stringify(labelSelector)}: ${error.message}`, command);
    throw error;
  }
}
