import type {
  RecordedAnswer,
  RecordedDiscovery,
  RecordedRead,
  RecordedRehearsal,
  RecordedReview,
  Recording,
} from '../../core/bundle/bundle-index.ts';
import { groupOf, type JsonObject, type KubeObject, type ObjectRef, refOf, versionOf } from '../../model/object.ts';
import { type Resource, resourceOf } from '../../model/resources.ts';
import { ApiError, isNotFound } from '../../model/status.ts';
import { type ApiGroup, type Cluster, ConnectionError, type Discovery, type ListOptions, type ServerDryRun } from '../cluster.ts';

/** Writes down what is asked of a cluster and what it says, denials like answers. */
export interface Recorder {
  /** The same cluster, through which every question is noted. */
  through(cluster: Cluster): Cluster;
  recording(): Recording;
}

export function recorder(): Recorder {
  const objects = new Map<string, KubeObject>();
  const reads = new Map<string, RecordedRead>();
  const reviews: RecordedReview[] = [];
  const rehearsals: RecordedRehearsal[] = [];
  const groups = new Map<string, ApiGroup>();
  const absent = new Set<string>();
  let discovery: Discovery | undefined;
  let discoveryFailed: string | undefined;
  let version: string | undefined;

  const keep = (object: KubeObject) => objects.set(objectKey(object), object);
  const note = (read: RecordedRead) => reads.set(JSON.stringify({ ...read, answer: undefined }), read);

  return {
    through: (cluster) => ({
      ...cluster,
      async get(ref) {
        const about = aboutGet(ref);
        return noted(
          () => cluster.get(ref),
          (object) => {
            keep(object);
            note({ ...about, answer: { read: 1 } });
          },
          (answer) => note({ ...about, answer }),
        );
      },
      async list(resource, version, { keep: change, withoutManagedFields: _, shallowManagedFields: __, ...options }) {
        const about = aboutList(resource, version, options);
        const list = await noted(
          () => cluster.list(resource, version, options),
          ({ items }) => {
            for (const item of items) keep(item);
            note({ ...about, answer: { read: items.length } });
          },
          (answer) => note({ ...about, answer }),
        );
        return change === undefined ? list : { ...list, items: list.items.map(change) };
      },
      create: (object, options) => rehearsal('create', refOf(object), options.dryRun, () => cluster.create(object, options)),
      patch: (ref, patch, options) => rehearsal('patch', ref, options.dryRun, () => cluster.patch(ref, patch, options)),
      async discover() {
        return noted(
          () => cluster.discover(),
          (found) => {
            discovery = found;
          },
          (answer) => {
            discoveryFailed = 'failed' in answer ? answer.failed : 'refused' in answer ? (answer.refused.message ?? '') : undefined;
          },
        );
      },
      async discoverGroup(name) {
        const group = await cluster.discoverGroup(name);
        if (group === undefined) absent.add(name);
        else groups.set(name, group);
        return group;
      },
      async kubernetesVersion() {
        version = await cluster.kubernetesVersion();
        return version;
      },
      async accessReview(attributes) {
        const asked: JsonObject = { ...attributes };
        return noted(
          () => cluster.accessReview(attributes),
          (answer) => void reviews.push({ attributes: asked, answer }),
          (answer) => void reviews.push({ attributes: asked, answer: { failed: 'failed' in answer ? answer.failed : 'refused' } }),
        );
      },
    }),
    recording: () => ({
      objects: [...objects.values()],
      reads: [...reads.values()],
      reviews,
      rehearsals,
      kubernetesVersion: version ?? null,
      discovery: discoveryOf(discovery, [...groups.values()], [...absent], discoveryFailed),
    }),
  };

  async function rehearsal(
    verb: 'create' | 'patch',
    { apiVersion, kind, namespace, name }: ObjectRef,
    dryRun: ServerDryRun,
    write: () => Promise<KubeObject>,
  ): Promise<KubeObject> {
    if (dryRun !== 'server') throw new Error('a recorded run writes nothing');
    const about = { verb, apiVersion, kind, namespace: namespace ?? null, name };
    return noted(
      write,
      () => void rehearsals.push({ ...about, answer: { accepted: true } }),
      (answer) => {
        if (!('read' in answer)) rehearsals.push({ ...about, answer });
      },
    );
  }
}

function aboutGet(ref: ObjectRef): Omit<RecordedRead, 'answer'> {
  const { kind, plural, group } = resourceOf(ref);
  const { namespace, name } = ref;
  return { verb: 'get', group, version: versionOf(ref.apiVersion), resource: plural, kind, namespace: namespace ?? null, name };
}

function aboutList(
  { group, plural, kind }: Resource,
  version: string,
  { namespace, labelSelector }: ListOptions,
): Omit<RecordedRead, 'answer'> {
  const selected = labelSelector === undefined ? {} : { labelSelector };
  return { verb: 'list', group, version, resource: plural, kind, namespace: namespace ?? null, ...selected };
}

/** Notes what came, a refusal as well, and passes it on. */
async function noted<T>(ask: () => Promise<T>, onAnswer: (answer: T) => void, onTrouble: (answer: RecordedAnswer) => void): Promise<T> {
  try {
    const answer = await ask();
    onAnswer(answer);
    return answer;
  } catch (error) {
    if (error instanceof ApiError) onTrouble({ refused: { ...error.status, ...(isNotFound(error) ? { code: 404 } : {}) } });
    else if (error instanceof ConnectionError) onTrouble({ failed: error.message });
    throw error;
  }
}

function discoveryOf(
  discovery: Discovery | undefined,
  asked: readonly ApiGroup[],
  absent: readonly string[],
  failed: string | undefined,
): RecordedDiscovery {
  const known = discovery?.groups ?? [];
  const groups = [...known, ...asked.filter(({ name }) => !known.some((group) => group.name === name))];
  return {
    groups: groups.map(({ name, versions, preferredVersion }) => ({ name, versions, preferredVersion })),
    resources: discovery?.resources.map(({ group, version, kind, plural, namespaced, verbs }) => ({
      group,
      version,
      kind,
      plural,
      namespaced,
      verbs,
    })),
    unavailable: discovery?.unavailable ?? [],
    absent,
    failed: discovery === undefined ? failed : undefined,
  };
}

/** One text for each object, whatever version it was read in. */
function objectKey({ apiVersion, kind, metadata }: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): string {
  return [groupOf(apiVersion), kind, metadata.namespace ?? '', metadata.name].join('\0');
}
