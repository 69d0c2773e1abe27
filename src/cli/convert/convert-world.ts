import { systemClock } from '../../cluster/clock.ts';
import { isUnanswered } from '../../cluster/cluster.ts';
import type { ManifestObject } from '../../cluster/files/manifests.ts';
import { loadSnapshot } from '../../cluster/load-snapshot.ts';
import { detectProfile, parseRelease, releaseOfVersion, traitsOf } from '../../core/profile.ts';
import type { Leg, Snapshot, Unavailable } from '../../core/snapshot.ts';
import { type World, worldOf } from '../../core/world.ts';
import { groupOf, type KubeObject, versionOf } from '../../model/object.ts';
import { vmOperatorGroup } from '../../model/resources.ts';
import { type VirtualMachine, vmOf } from '../../model/virtual-machine.ts';
import { sanitize } from '../../render/sanitize.ts';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { openLiveSource } from '../source.ts';
import type { CommandInput, Flags } from '../spec.ts';

/** How long a server is asked for what can be done without it, in milliseconds. */
const patience = 5_000;

/**
 * The version of VM Operator's API to write: that of `--release`; else the one that the server prefers. A server that cannot be asked
 * is no hindrance, and is mentioned.
 */
export async function checkedVersion(input: CommandInput, io: Io): Promise<string> {
  const { flags } = input;
  const profile = parseRelease(flags.text('release') ?? 'auto');
  if (profile !== undefined) return traitsOf(profile).hubVersion;
  const newest = traitsOf('E').hubVersion;
  if (flags.on('offline')) return newest;
  const asked = await withLiveSource(input, io, (source) => source.version);
  if ('found' in asked) return asked.found;
  if (!flags.on('quiet')) {
    const why = `no server to ask for its version (${asked.problem})`;
    io.stderr.write(`${sanitize(`Note: ${why}: written as ${newest}, the newest; --release says another`)}\n`);
  }
  return newest;
}

/** The VMs of a namespace: those in the files, where there are any; else those of the cluster. */
export async function vmsFor(
  namespace: string | undefined,
  manifests: readonly ManifestObject[],
  input: CommandInput,
  io: Io,
): Promise<Leg<VirtualMachine>> {
  const own = manifests.flatMap(({ object }) =>
    groupOf(object.apiVersion) === vmOperatorGroup && object.kind === 'VirtualMachine' ? [vmOf(object)] : [],
  );
  if (own.length > 0) {
    const isHere = (vm: VirtualMachine) => vm.metadata.namespace === undefined || vm.metadata.namespace === namespace;
    return { items: own.filter(isHere).map((vm) => inNamespace(vm, namespace)) };
  }
  if (input.flags.on('offline')) return unavailable(namespace, 'there are none in the files');
  const asked = await withLiveSource(input, io, async (source) => {
    const place = namespace ?? source.namespace;
    const { snapshot } = await loadSnapshot(source.cluster, { namespace: place, names: [], version: source.version, legs: ['vms'] });
    return 'items' in snapshot.vms ? { items: snapshot.vms.items.map((vm) => inNamespace(vm, namespace)) } : snapshot.vms;
  });
  return 'found' in asked ? asked.found : unavailable(namespace, `there are none in the files, and ${asked.problem}`);
}

/** A world of nothing but these VMs, in the release that the object is written for. */
export function worldWith(vms: Leg<VirtualMachine>, vmService: KubeObject, flags: Flags): World {
  const version = versionOf(vmService.apiVersion);
  const profile = parseRelease(flags.text('release') ?? 'auto') ?? detectProfile({ newestVersion: version });
  const none = { items: [] };
  const snapshot: Snapshot = {
    namespace: vmService.metadata.namespace,
    vmServices: none,
    vms,
    services: none,
    endpoints: none,
    slices: none,
    events: none,
    networkSettings: none,
  };
  return worldOf(snapshot, {
    traits: traitsOf(profile),
    release: releaseOfVersion(version),
    version,
    workloadIPv6: true,
    provider: 'none',
    perNamespaceProvider: false,
  });
}

function inNamespace(vm: VirtualMachine, namespace: string | undefined): VirtualMachine {
  const { namespace: _, ...metadata } = vm.metadata;
  return { ...vm, metadata: { ...metadata, ...(namespace !== undefined && { namespace }) } };
}

function unavailable(namespace: string | undefined, message: string): { readonly unavailable: Unavailable } {
  const where = { verb: 'list', resource: 'virtualmachines', group: vmOperatorGroup, namespace } as const;
  return { unavailable: { ...where, because: 'Failed', message } };
}

type Asked<T> = { readonly found: T } | { readonly problem: string };

/** Asks the server that kubectl would, for as long as somebody waits who can do without. */
async function withLiveSource<T>(
  input: CommandInput,
  io: Io,
  ask: (source: Awaited<ReturnType<typeof openLiveSource>>) => Promise<T>,
): Promise<Asked<T>> {
  try {
    const source = await openLiveSource(input, io);
    let cancel = (): void => {};
    const tooLong = new Promise<Asked<T>>((resolve) => {
      cancel = systemClock.after(patience, () => resolve({ problem: `it has not answered for ${patience / 1000}s` }));
    });
    try {
      return await Promise.race([ask(source).then((found) => ({ found })), tooLong]);
    } finally {
      cancel();
      await source.close();
    }
  } catch (error) {
    if (error instanceof CliError || isUnanswered(error)) return { problem: error.message };
    throw error;
  }
}
