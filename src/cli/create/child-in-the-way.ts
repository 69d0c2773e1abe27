import { isUnanswered } from '../../cluster/cluster.ts';
import type { CreatePlan } from '../../core/create/create-plan.ts';
import { ownershipOf } from '../../core/ownership.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * What becomes of a Service that has the name already: VM Operator takes it over, or fails on it without telling anybody. Undefined
 * where there is none, and where it may not be looked at: then nothing is said.
 */
export async function childInTheWay({ object }: CreatePlan, { source, namespace }: Surroundings): Promise<string | undefined> {
  const { name } = object.metadata;
  try {
    const service = await source.cluster.get({ apiVersion: 'v1', kind: 'Service', namespace, name });
    const ownership = ownershipOf(service, object);
    switch (ownership.owner) {
      case 'ours':
        return undefined;
      case 'nobody':
        return `there is a Service ${JSON.stringify(name)} that belongs to nobody: VM Operator takes it over, and writes its own ports and Endpoints (VMS404)`;
      case 'another': {
        const { kind, name: owner } = ownership.controller;
        return `there is a Service ${JSON.stringify(name)} that belongs to ${kind} ${owner}: VM Operator fails on it, and tells nobody (VMS403)`;
      }
    }
  } catch (error) {
    if (isUnanswered(error)) return undefined;
    throw error;
  }
}
