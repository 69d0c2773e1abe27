import { networkProviderOf, resolveProvider } from '../core/load-balancer.ts';
import type { World } from '../core/world.ts';
import type { JsonObject } from '../model/object.ts';
import type { Source } from './source.ts';
import { toolVersion } from './tool-version.ts';

/** What every document of ours begins with: what it is, where its facts come from, and as whom it computes. */
export async function reportHead(
  kind: string,
  { source, world, namespace }: { readonly source: Source; readonly world: World; readonly namespace: string | undefined },
  now: Date,
): Promise<JsonObject> {
  const { facts } = world;
  const { origin } = source;
  return {
    apiVersion: 'vmsvc/v1',
    kind,
    source: origin.type === 'cluster' ? { type: 'cluster', context: origin.context } : { type: 'files', files: origin.files },
    generatedAt: `${now.toISOString().slice(0, 19)}Z`,
    toolVersion,
    profile: {
      release: facts.traits.release,
      version: facts.version,
      ...(namespace !== undefined && { provider: providerWords(world, namespace) }),
      workloadIPv6: facts.workloadIPv6,
    },
  };
}

/** The load balancer of a namespace, and who says so: `load balancer NSX (from NetworkSettings/default)`. */
export function providerSentence(world: World, namespace: string): string {
  return `load balancer ${providerWords(world, namespace)}`;
}

function providerWords(world: World, namespace: string): string {
  const source = world.providerSource(namespace);
  const resolved = resolveProvider(source);
  if ('problem' in resolved) return `unknown: ${resolved.problem}`;
  if (source.from === 'namespace' && source.networkSettings !== undefined) {
    const named = new Map([
      ['vsphere-distributed', 'of a vSphere network'],
      ['nsx-tier1', 'NSX'],
      ['vpc', 'NSX VPC'],
    ]).get(networkProviderOf(source.networkSettings));
    return `${named ?? 'unknown'} (from NetworkSettings/default)`;
  }
  const why = world.facts.provider === 'auto' ? (resolved.provider === 'nsx' ? ' (seen on Services)' : '') : ' (from --provider)';
  return `${resolved.provider === 'nsx' ? 'NSX' : 'without labels of its own'}${why}`;
}
