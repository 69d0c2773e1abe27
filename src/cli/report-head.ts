import { networkProviderOf, resolveProvider } from '../core/load-balancer.ts';
import { timestampOf } from '../core/timestamp.ts';
import type { ReleaseFacts, World } from '../core/world.ts';
import type { JsonObject } from '../model/object.ts';
import type { Source } from './source.ts';
import { toolVersion } from './tool-version.ts';

/** What every document of ours begins with: what it is, where its facts come from, and as whom it computes. */
export function reportHead(
  kind: string,
  { source, world, namespace }: { readonly source: Source; readonly world: World; readonly namespace: string | undefined },
  now: Date,
): JsonObject {
  return headOf(kind, source, world.facts, now, namespace === undefined ? {} : providerFacts(world, namespace));
}

/** The same for a document that is about no objects. `provider` is what is known of the load balancer. */
export function headOf(
  kind: string,
  { origin }: Pick<Source, 'origin'>,
  facts: ReleaseFacts,
  now: Date,
  provider: JsonObject = {},
): JsonObject {
  return {
    apiVersion: 'vmsvc/v1',
    kind,
    source: sourceDocument(origin),
    generatedAt: timestampOf(now),
    toolVersion,
    profile: {
      release: facts.release,
      version: facts.version,
      ...provider,
      workloadIPv6: facts.workloadIPv6,
    },
  };
}

/** The load balancer of a namespace, and who says so: `load balancer NSX VPC (from NetworkSettings/default)`. */
export function providerSentence(world: World, namespace: string): string {
  const { provider, detectedBy } = providerFacts(world, namespace);
  const name = { nsx: 'NSX', 'nsx-vpc': 'NSX VPC', none: 'other than NSX', unknown: 'not known' }[provider];
  const by = {
    NetworkSettings: ' (from NetworkSettings/default)',
    flag: ' (from --provider)',
    Services: ' (seen on its Services)',
    nothing: '',
  }[detectedBy];
  return `load balancer ${name}${by}`;
}

interface ProviderFacts {
  readonly provider: 'nsx' | 'nsx-vpc' | 'none' | 'unknown';
  readonly detectedBy: 'NetworkSettings' | 'flag' | 'Services' | 'nothing';
}

function providerFacts(world: World, namespace: string): ProviderFacts & JsonObject {
  const source = world.providerSource(namespace);
  const resolved = resolveProvider(source);
  if ('problem' in resolved) return { provider: 'unknown', detectedBy: 'NetworkSettings' };
  if (source.from === 'namespace') {
    const isVpc = source.networkSettings !== undefined && networkProviderOf(source.networkSettings) === 'vpc';
    return { provider: isVpc ? 'nsx-vpc' : resolved.provider, detectedBy: 'NetworkSettings' };
  }
  if (world.facts.provider !== 'auto') return { provider: resolved.provider, detectedBy: 'flag' };
  return { provider: resolved.provider, detectedBy: resolved.provider === 'nsx' ? 'Services' : 'nothing' };
}

function sourceDocument(origin: Source['origin']): JsonObject {
  if (origin.type === 'cluster') return { type: 'cluster', context: origin.context };
  const { files, bundle } = origin;
  if (bundle === undefined) return { type: 'files', files };
  return { type: 'bundle', file: files[0] ?? '', context: bundle.context, takenAt: timestampOf(bundle.takenAt) };
}
