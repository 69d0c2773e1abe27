import type { Cluster } from '../../cluster/cluster.ts';
import { ApiError } from '../../model/status.ts';
import { parseCapabilities } from '../release-facts.ts';
import { lookAtCapabilities } from '../source.ts';
import type { Flags } from '../spec.ts';

/** Whether the Supervisor lets services say their IP families; `unknown` says why that could not be seen. */
export type WorkloadIPv6 = 'on' | 'off' | { readonly unknown: string };

/** What `--capability` says, or what the Supervisor's capabilities do. Its webhook goes by them, and refuses the fields where it is off. */
export async function workloadIPv6(flags: Flags, cluster: Cluster): Promise<WorkloadIPv6> {
  const said = saidWorkloadIPv6(flags);
  if (said !== undefined) return said;
  const found = await lookAtCapabilities(cluster);
  if (found instanceof ApiError)
    return { unknown: found.code === 403 ? "you may not look at the Supervisor's capabilities" : 'there are no capabilities to look at' };
  return found.get('supports_workload_ipv6') === true ? 'on' : 'off';
}

/** What was said of it; undefined where nothing was. */
export function saidWorkloadIPv6(flags: Flags): 'on' | 'off' | undefined {
  const said = parseCapabilities(flags.list('capability')).get('supports_workload_ipv6');
  return said === undefined ? undefined : said ? 'on' : 'off';
}

/** What is worth knowing before IP families are sent to a server that may refuse them. */
export function familiesWarning(known: WorkloadIPv6): string | undefined {
  if (known === 'on' || known === 'off') return undefined;
  return `IP families are refused where WorkloadIPv6 is off, and whether it is on is not known: ${known.unknown}; --capability supports_workload_ipv6=false checks it as off (VMS111)`;
}
