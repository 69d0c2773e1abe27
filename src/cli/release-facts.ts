import { detectProfile, type Profile, parseRelease, releaseLabel, releaseOfVersion, traitsOf } from '../core/profile.ts';
import type { ReleaseFacts } from '../core/world.ts';
import { usageError } from './errors.ts';
import type { Flags } from './spec.ts';

/** The capabilities that change what the controller does. */
export const capabilityNames = ['supports_workload_ipv6', 'supports_per_namespace_network_provider'] as const;
type CapabilityName = (typeof capabilityNames)[number];

/** The profile that `--release` names, else that of the newest version. */
export function profileFor(newestVersion: string, flags: Flags): Profile {
  return parseRelease(flags.text('release') ?? 'auto') ?? detectProfile({ newestVersion });
}

/**
 * What the flags say, and where they say nothing, what was seen.
 * @param activated capabilities of the Supervisor, by their names; undefined where nobody could see them, and then they count as off
 * @throws CliError for a capability that is none
 */
export function releaseFacts(version: string, flags: Flags, activated: ReadonlyMap<string, boolean> | undefined): ReleaseFacts {
  const named = flags.text('release') ?? 'auto';
  const traits = traitsOf(profileFor(version, flags));
  const said = parseCapabilities(flags.list('capability'));
  const capability = (name: CapabilityName) => traits.providerPerNamespace && (said.get(name) ?? activated?.get(name) ?? false);
  return {
    traits,
    release: named === 'auto' ? releaseOfVersion(version) : releaseLabel(named),
    version,
    workloadIPv6: capability('supports_workload_ipv6'),
    workloadIPv6Unknown: activated === undefined && !said.has('supports_workload_ipv6'),
    provider: providerFlag(flags),
    perNamespaceProvider: capability('supports_per_namespace_network_provider'),
  };
}

function providerFlag(flags: Flags): ReleaseFacts['provider'] {
  const provider = flags.text('provider') ?? 'auto';
  return provider === 'namespace' || provider === 'nsx' || provider === 'none' ? provider : 'auto';
}

/** @throws CliError for a capability that this tool does not know, or a value other than true and false */
export function parseCapabilities(given: readonly string[]): Map<CapabilityName, boolean> {
  const said = new Map<CapabilityName, boolean>();
  for (const text of given) {
    const [name = '', value = ''] = text.split('=', 2);
    const known = capabilityNames.find((candidate) => candidate === name);
    if (known === undefined)
      throw usageError(`--capability ${JSON.stringify(text)}: the name must be one of ${capabilityNames.join(', ')}`);
    if (value !== 'true' && value !== 'false')
      throw usageError(`--capability ${JSON.stringify(text)}: must be ${name}=true or ${name}=false`);
    said.set(known, value === 'true');
  }
  return said;
}

/** What a Capabilities object says, by names. */
export function activatedCapabilities(object: object): Map<string, boolean> {
  const status = recordAt(object, 'status');
  const supervisor = recordAt(status, 'supervisor');
  return new Map(
    Object.keys(supervisor).map((name) => [
      name,
      Object.entries(recordAt(supervisor, name)).some(([key, value]) => key === 'activated' && value === true),
    ]),
  );
}

function recordAt(object: object, field: string): object {
  const value: unknown = Object.entries(object).find(([key]) => key === field)?.[1];
  return typeof value === 'object' && value !== null ? value : {};
}
