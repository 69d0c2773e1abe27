import { failure } from '../answers.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceEntry } from '../resources.ts';
import type { ResourcePath } from './request-path.ts';

/**
 * What a real cluster has and the sandbox cannot have: nothing runs in it. Such requests are refused by name,
 * so that nobody looks for the mistake elsewhere. Undefined for everything else.
 */
export function refusedSubresource(entry: ResourceEntry, { subresource }: ResourcePath): ApiResponse | undefined {
  if (subresource === undefined || entry.subresources.some(({ name }) => name === subresource)) return undefined;
  const refusal = refusals.get(`${entry.plural}/${subresource}`);
  return refusal === undefined ? undefined : failure(501, 'NotImplemented', `the sandbox does not ${refusal}`, {});
}

const noPods = 'run pods';

const refusals = new Map<string, string>([
  ['pods/attach', `${noPods}: there is nothing to attach to`],
  ['pods/binding', `${noPods}: there is nothing to schedule`],
  ['pods/ephemeralcontainers', `${noPods}: there is nothing to debug in`],
  ['pods/eviction', `${noPods}: there is nothing to evict`],
  ['pods/exec', `${noPods}: there is nothing to run a command in`],
  ['pods/log', `${noPods}: there are no logs`],
  ['pods/portforward', `${noPods}: there is no port to forward to`],
  ['pods/proxy', `${noPods}: there is nothing to connect to`],
  ['pods/resize', `${noPods}: there is nothing to resize`],
  ['services/proxy', 'forward traffic: a Service leads nowhere'],
  ['serviceaccounts/token', 'issue tokens: use the one in its kubeconfig'],
  ...['deployments', 'replicasets', 'replicationcontrollers', 'statefulsets'].map(
    (plural) => [`${plural}/scale`, `${noPods}: set spec.replicas instead`] as const,
  ),
]);
