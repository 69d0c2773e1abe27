import { join } from 'node:path';
import { mebibyte } from '../../core/mebibytes.ts';
import type { ApiGroup } from '../cluster.ts';
import type { KubeconfigSource } from './kubeconfig-files.ts';
import type { ServerAddress } from './server-address.ts';

/** No real server has a hundredth of it. */
const cacheBytes = 4 * mebibyte;

/**
 * What kubectl remembers of a group that the server had when it last looked, up to any time ago: no more than a hint. Undefined when
 * it remembers nothing, or what it remembers cannot be read. Nothing is ever written there.
 *
 * Mirrors where cli-runtime's ConfigFlags keep the discovery of a server.
 */
export function groupSeenByKubectl(
  server: ServerAddress,
  group: string,
  { env, readFile }: Pick<KubeconfigSource, 'env' | 'readFile'>,
): ApiGroup | undefined {
  const home = env.HOME ?? env.USERPROFILE;
  const cache = env.KUBECACHEDIR || (home && join(home, '.kube', 'cache'));
  if (cache === undefined || cache === '') return undefined;
  const folder = server.url.replace(/^https?:\/\//, '').replaceAll(/[^(\w/.)]/g, '_');
  try {
    const text = new TextDecoder().decode(readFile(join(cache, 'discovery', folder, 'servergroups.json'), cacheBytes));
    const groups: unknown = fieldOf(JSON.parse(text), 'groups');
    const found: unknown = Array.isArray(groups) ? groups.find((candidate) => fieldOf(candidate, 'name') === group) : undefined;
    const preferredVersion = fieldOf(fieldOf(found, 'preferredVersion'), 'version');
    const served = fieldOf(found, 'versions');
    if (typeof preferredVersion !== 'string' || !Array.isArray(served)) return undefined;
    const versions = served.map((one) => fieldOf(one, 'version')).filter((version) => typeof version === 'string');
    return { name: group, versions, preferredVersion };
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === field)?.[1] : undefined;
}
