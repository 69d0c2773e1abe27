import { type Cluster, ConnectionError, isUnanswered } from '../../cluster/cluster.ts';
import { ownFieldManager } from '../../core/field-manager.ts';
import { createMergePatch } from '../../core/patch.ts';
import type { ServerVerdict } from '../../core/validation/live-change.ts';
import { type JsonObject, jsonOf, type KubeObject, refOf } from '../../model/object.ts';
import { type Resource, services, virtualMachineServices } from '../../model/resources.ts';
import { ApiError } from '../../model/status.ts';

const rehearsal = { dryRun: 'server', fieldManager: ownFieldManager, fieldValidation: 'Strict' } as const;

/** Has the server try a write with `dryRun=All`, as far as the user may write. */
export interface Asking {
  /** The VirtualMachineService as a file has it, over the stored one. */
  vmService(object: KubeObject, stored: KubeObject | undefined): Promise<ServerVerdict>;
  /** The Service that would come of it. */
  service(desired: KubeObject, stored: KubeObject | undefined): Promise<ServerVerdict>;
}

export function askingOf(cluster: Cluster): Asking {
  const rights = new Map<string, Promise<string | undefined>>();
  const missing = (verb: 'create' | 'patch', { group, plural }: Resource, namespace: string | undefined): Promise<string | undefined> => {
    const key = `${verb} ${plural} ${namespace ?? ''}`;
    const known = rights.get(key) ?? missingRight(cluster, { verb, group, resource: plural, namespace });
    rights.set(key, known);
    return known;
  };
  const ask = async (resource: Resource, object: KubeObject, stored: KubeObject | undefined): Promise<ServerVerdict> => {
    const patch = stored === undefined ? undefined : changeOf(stored, object);
    if (stored !== undefined && patch === undefined) return { outcome: 'accepted' };
    const why = await missing(stored === undefined ? 'create' : 'patch', resource, object.metadata.namespace);
    if (why !== undefined) return { outcome: 'notTried', why };
    return verdictOn(patch === undefined ? cluster.create(object, rehearsal) : cluster.patch(refOf(object), patch, rehearsal));
  };
  return {
    vmService: (object, stored) => ask(virtualMachineServices, object, stored),
    service: (desired, stored) => ask(services, desired, stored),
  };
}

/** What applying it would send: its own fields, and null for those of the spec that it leaves out. */
function changeOf(stored: KubeObject, object: KubeObject): JsonObject | undefined {
  const { labels = {}, annotations = {} } = object.metadata;
  const before = jsonOf(stored);
  const wanted = jsonOf(object);
  return createMergePatch(
    {
      spec: before['spec'] ?? {},
      metadata: { labels: kept(stored.metadata.labels, labels), annotations: kept(stored.metadata.annotations, annotations) },
    },
    { spec: wanted['spec'] ?? {}, metadata: { labels, annotations } },
  );
}

/** Labels and annotations that others keep on the object stay: only what the file says can change. */
function kept(stored: Readonly<Record<string, string>> = {}, written: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(stored).filter(([key]) => Object.hasOwn(written, key)));
}

async function missingRight(cluster: Cluster, attributes: Parameters<Cluster['accessReview']>[0]): Promise<string | undefined> {
  const where = attributes.namespace === undefined ? '' : ` in ${attributes.namespace}`;
  try {
    const { allowed } = await cluster.accessReview(attributes);
    return allowed ? undefined : `you may not ${attributes.verb} ${attributes.resource}${where}`;
  } catch (error) {
    if (isUnanswered(error)) return error.message;
    throw error;
  }
}

async function verdictOn(write: Promise<unknown>): Promise<ServerVerdict> {
  try {
    await write;
    return { outcome: 'accepted' };
  } catch (error) {
    if (error instanceof ConnectionError) return { outcome: 'notTried', why: error.message };
    if (!(error instanceof ApiError) || error.code === 401) throw error;
    // Nobody said no to the object: the write could not be judged.
    if (error.code === 403 && !/exceeded quota|denied/.test(error.message)) return { outcome: 'notTried', why: error.message };
    if (error.code === 404 && error.status.details?.kind === 'namespaces') return { outcome: 'noNamespace' };
    if (error.code === 404) return { outcome: 'notTried', why: error.message };
    return { outcome: 'refused', message: reasonOf(error) };
  }
}

/** A webhook puts its words into the reason, and the server a sentence around them into the message. */
function reasonOf({ message, status }: ApiError): string {
  const { reason = '' } = status;
  return /[: ]/.test(reason) && !message.includes(reason) ? `${message}: ${reason}` : message;
}
