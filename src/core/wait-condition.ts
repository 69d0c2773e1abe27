import type { KubeObject } from '../model/object.ts';
import { conditionsOf } from '../model/raw-fields.ts';
import { type Finding, reasonOf } from './finding.ts';
import type { ServiceStatus } from './service-status.ts';
import { isSeen, type Unavailable } from './snapshot.ts';
import type { ServiceTrace } from './trace/trace.ts';

/** What is to become true of a service, as its trace shows it: the same facts as those of `get`, `describe` and `debug`. */
export type TraceCondition =
  | { readonly kind: 'address' }
  /** VMs that receive traffic: so many, or every one that is selected. */
  | { readonly kind: 'endpoints'; readonly least: number | 'all' };

/** Why something is not true yet, in a few words. */
export interface Unmet {
  readonly text: string;
  /** What had to be looked at for it and could not be: then nobody knows, and waiting does not help. */
  readonly unseen?: Unavailable;
}

/** Undefined when it holds. */
export function unmetInTrace(condition: TraceCondition, trace: ServiceTrace): Unmet | undefined {
  switch (condition.kind) {
    case 'address':
      return unmetAddress(trace);
    case 'endpoints':
      return unmetEndpoints(condition.least, trace);
  }
}

function unmetAddress({ vmService, vip, service }: ServiceTrace): Unmet | undefined {
  switch (vip.state) {
    case 'Assigned':
      return undefined;
    case 'Pending':
      return { text: service.state === 'Missing' ? 'no Service yet' : 'no address yet' };
    case 'Unknown':
      // The controller copies it to where whoever may read this object alone sees it as well.
      return { text: 'no address in its status yet, and its Service could not be looked at' };
    case 'NotNeeded':
      break;
  }
  if (service.state === 'Unknown') return { text: 'its Service could not be looked at', unseen: service.unavailable };
  if (service.state === 'Missing') return { text: 'no Service yet' };
  return vmService.spec.type === 'ExternalName' || service.service.spec.clusterIP !== undefined ? undefined : { text: 'no cluster IP yet' };
}

function unmetEndpoints(least: number | 'all', { endpoints, members, ready, selected }: ServiceTrace): Unmet | undefined {
  if (endpoints.state === 'Unknown') return { text: 'its Endpoints could not be looked at', unseen: endpoints.unavailable };
  if (!isSeen(members)) return { text: 'its VMs could not be looked at', unseen: members.unavailable };
  const receiving = ready ?? 0;
  if (least !== 'all') return receiving >= least ? undefined : { text: `${receiving} of ${least}` };
  const all = endpoints.state === 'LeftAlone' ? endpoints.ready + endpoints.notReady : (selected ?? 0);
  if (all === 0) return { text: endpoints.state === 'LeftAlone' ? 'there are none' : 'no VM is selected' };
  return receiving >= all ? undefined : { text: `${receiving} of ${all}` };
}

/**
 * That no finding about it is an error, and that traffic gets through it: the word of `get` is none of those that say that nobody
 * is reached, for which `debug` may have a reason to be patient.
 */
export function unmetHealth(trace: ServiceTrace, findings: readonly Finding[]): Unmet | undefined {
  const { service, endpoints, members, vip, status } = trace;
  for (const hop of [service, endpoints, vip]) {
    if (hop.state === 'Unknown') return { text: 'not all could be looked at', unseen: hop.unavailable };
  }
  if (!isSeen(members)) return { text: 'not all could be looked at', unseen: members.unavailable };
  if (status === 'Deleting') return { text: 'it is being deleted' };
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return unreached.has(status) ? { text: `its status is ${status}` } : undefined;
  return { text: [...new Set(errors.map((error) => `${error.code} ${reasonOf(error)}`))].join(', ') };
}

const unreached: ReadonlySet<ServiceStatus> = new Set(['NoService', 'NoVMs', 'NoEndpoints', 'NoAddress']);

/**
 * A condition of the object itself, as kubectl waits for it: type and status in any letter case, and not one that is about an
 * older generation of the object. Undefined when it holds.
 */
export function unmetCondition(type: string, status: string, object: KubeObject): Unmet | undefined {
  const found = conditionsOf(object).find((condition) => condition.type.toLowerCase() === type.toLowerCase());
  if (found === undefined) return { text: `there is no condition ${type}` };
  const { observedGeneration: observed } = found;
  if (observed !== undefined && observed < (object.metadata.generation ?? 0)) return { text: `${found.type} is about an older generation` };
  if (found.status.toLowerCase() === status.toLowerCase()) return undefined;
  const why = [found.reason, found.message].filter((text) => text !== '').join(': ');
  return { text: `${found.type} is ${found.status}${why === '' ? '' : ` (${why})`}` };
}
