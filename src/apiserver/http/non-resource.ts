import type { JsonObject } from '../../model/object.ts';
import type { ServedGroup } from '../resources.ts';

/** The Kubernetes release whose behaviour the sandbox has. */
export const kubernetesVersion = { major: '1', minor: '33', patch: '13' } as const;

/** The answer to `/version`: clients decide by it what a server can do. */
export function serverVersion(toolVersion: string): JsonObject {
  const { major, minor, patch } = kubernetesVersion;
  return {
    major,
    minor,
    gitVersion: `v${major}.${minor}.${patch}+vmsvc`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: `kubectl-vmsvc ${toolVersion}`,
    platform: '',
  };
}

/** The answer to `/`: where there is something to read. */
export function rootPaths(groups: readonly ServedGroup[]): JsonObject {
  const named = groups.filter(({ name }) => name !== '');
  const paths = named.flatMap(({ name, versions }) => [`/apis/${name}`, ...versions.map((version) => `/apis/${name}/${version}`)]);
  return { paths: ['/api', '/api/v1', '/apis', ...paths, '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version'] };
}
