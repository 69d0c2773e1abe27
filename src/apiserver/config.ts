import type { ReleaseProfile } from './resources.ts';
import type { CustomResourceSchemas, PatchAlgorithms } from './schema/schema-types.ts';

/** What makes one in-memory API server differ from another. None of it changes while the server lives. */
export interface ServerConfig {
  readonly profile: ReleaseProfile;
  /** One range for a single-stack cluster, two for dual-stack; the first one's family is the default. */
  readonly serviceCidrs: readonly string[];
  readonly nodePorts: { readonly first: number; readonly last: number };
  readonly schemas: CustomResourceSchemas;
  readonly patches: PatchAlgorithms;
}

const defaultServiceCidrs: readonly string[] = ['10.96.0.0/16', 'fd00:10:96::/112'];

const defaultNodePorts = { first: 30000, last: 32767 } as const;

/** A dual-stack cluster, IPv4 first, with Kubernetes' own ranges. */
export function serverConfig(
  profile: ReleaseProfile,
  hooks: { readonly schemas: CustomResourceSchemas; readonly patches: PatchAlgorithms },
  ranges: { readonly serviceCidrs?: readonly string[]; readonly nodePorts?: { readonly first: number; readonly last: number } } = {},
): ServerConfig {
  return {
    profile,
    serviceCidrs: ranges.serviceCidrs ?? defaultServiceCidrs,
    nodePorts: ranges.nodePorts ?? defaultNodePorts,
    schemas: hooks.schemas,
    patches: hooks.patches,
  };
}
