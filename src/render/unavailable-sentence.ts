import type { Unavailable } from '../core/snapshot.ts';

/** `not permitted to list virtualmachines in team-a`. */
export function unavailableSentence({ verb, resource, namespace, because, message }: Unavailable): string {
  const where = namespace === undefined ? 'in all namespaces' : `in ${namespace}`;
  switch (because) {
    case 'Forbidden':
      return `not permitted to ${verb} ${resource} ${where}`;
    case 'NotServed':
      return `the server doesn't have a resource type ${JSON.stringify(resource)}`;
    case 'Failed':
      return `could not ${verb} ${resource} ${where}: ${message}`;
    case 'NotAsked':
      return `${resource} were not asked for`;
  }
}
