import { type Cluster, ConnectionError } from '../../cluster/cluster.ts';
import { isAllowed } from '../../cluster/is-allowed.ts';
import { serviceChange, serviceToCreate } from '../../core/diagnosis/planned-service.ts';
import { keyOf, type Proofs, type Rehearsal, type ServiceSubject } from '../../core/diagnosis/subject.ts';
import { ownFieldManager } from '../../core/field-manager.ts';
import { refOf } from '../../model/object.ts';
import { services, virtualMachineServices } from '../../model/resources.ts';
import { ApiError } from '../../model/status.ts';
import type { Source } from '../source.ts';

/** Beyond so many services of one run, the reason is the same one: a server is not to be flooded with rehearsals. */
const atMost = 20;

const rehearsal = { dryRun: 'server', fieldManager: ownFieldManager } as const;

/**
 * Asks the server what it would say to the writes that the controller seems to fail at: the Service that is missing, the change of
 * one that differs, and a change of the VirtualMachineService that changes nothing. Nothing is stored. What somebody may not write is
 * not rehearsed, and files have nobody to ask.
 */
export async function rehearseWrites(
  subjects: readonly ServiceSubject[],
  { cluster, origin }: Source,
): Promise<ReadonlyMap<string, Proofs>> {
  if (origin.type === 'files' && origin.bundle === undefined) return new Map();
  const stuck = subjects.filter(isStuck).slice(0, atMost);
  const may = permissions(cluster);
  const proofs = await Promise.all(
    stuck.map(async (subject) => [keyOf(subject.vmService), await proofsOf(subject, cluster, may)] as const),
  );
  return new Map(proofs);
}

/** Something should have been written and was not, for longer than the controller takes. */
function isStuck({ vmService, trace, around, isSettled }: ServiceSubject): boolean {
  const { creationTimestamp, deletionTimestamp } = vmService.metadata;
  const age = (timestamp: string | undefined) => around.times.age(timestamp) ?? Number.POSITIVE_INFINITY;
  if (deletionTimestamp !== undefined) return age(deletionTimestamp) > 60;
  if (trace.service.state === 'Missing') return age(creationTimestamp) > 30;
  return trace.service.state === 'Differs' && isSettled();
}

type Permissions = (verb: 'create' | 'patch', resource: typeof services, namespace: string | undefined) => Promise<boolean>;

/** Each right is asked for once. */
function permissions(cluster: Cluster): Permissions {
  const known = new Map<string, Promise<boolean>>();
  return (verb, { group, plural }, namespace) => {
    const key = `${verb} ${plural} ${namespace ?? ''}`;
    const answer = known.get(key) ?? isAllowed(cluster, { verb, group, resource: plural, namespace }).then((allowed) => allowed === true);
    known.set(key, answer);
    return answer;
  };
}

async function proofsOf(subject: ServiceSubject, cluster: Cluster, may: Permissions): Promise<Proofs> {
  const { vmService, trace } = subject;
  const { namespace, deletionTimestamp } = vmService.metadata;
  const whole = deletionTimestamp === undefined;
  const missing = whole && trace.service.state === 'Missing' ? serviceToCreate(subject) : undefined;
  const change = whole ? serviceChange(subject) : undefined;
  const [createService, patchService, patchVmService] = await Promise.all([
    missing && rehearsed(() => cluster.create(missing, rehearsal), may('create', services, namespace)),
    change && rehearsed(() => cluster.patch(refOf(change.service), change.patch, rehearsal), may('patch', services, namespace)),
    rehearsed(() => cluster.patch(refOf(vmService), {}, rehearsal), may('patch', virtualMachineServices, namespace)),
  ]);
  return { ...(createService && { createService }), ...(patchService && { patchService }), patchVmService };
}

async function rehearsed(write: () => Promise<unknown>, allowed: Promise<boolean>): Promise<Rehearsal> {
  if (!(await allowed)) return { outcome: 'notTried', why: 'you may not write it' };
  try {
    await write();
    return { outcome: 'accepted' };
  } catch (error) {
    if (error instanceof ApiError && error.code !== 401) return { outcome: 'refused', status: error.status };
    if (error instanceof ConnectionError) return { outcome: 'notTried', why: error.message };
    throw error;
  }
}
