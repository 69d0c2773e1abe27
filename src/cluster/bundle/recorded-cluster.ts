import { parseLabelSelector } from '../../apiserver/selectors.ts';
import { objectLabel, type RecordedRead } from '../../core/bundle/bundle-index.ts';
import { groupOf, type KubeObject, lastAppliedAnnotation, type ObjectRef, refOf } from '../../model/object.ts';
import { type Resource, resourceOf } from '../../model/resources.ts';
import { ApiError } from '../../model/status.ts';
import { compareText } from '../../model/text-order.ts';
import { type ApiResource, type Cluster, ConnectionError, type Discovery } from '../cluster.ts';
import { notFoundError } from '../load-snapshot.ts';
import type { Bundle } from './bundle-file.ts';

export interface RecordedOptions {
  /** Objects get back what is left of `kubectl apply`'s memory: for whoever looks for mistakes, not for whoever prints them. */
  readonly lastApplied: boolean;
}

/**
 * A bundle as a cluster that can be asked and not changed. It answers what was asked when it was made, and with what was answered then:
 * what could not be looked at is as unknown as it was. Its clock stands still at that moment.
 */
export function recordedCluster({ index, objects }: Bundle, options: RecordedOptions): Cluster {
  const takenAt = new Date(index.takenAt);
  const shown = options.lastApplied ? objects.map((object) => withLastApplied(object, index.lastApplied)) : objects;
  const byKind = Map.groupBy(shown, ({ apiVersion, kind }) => `${groupOf(apiVersion)}/${kind}`);
  const readsOf = ({ group, plural }: Pick<Resource, 'group' | 'plural'>) =>
    index.reads.filter((read) => read.group === group && read.resource === plural);
  const inScope = (resource: Pick<Resource, 'group' | 'kind'>, namespace: string | undefined) =>
    (byKind.get(`${resource.group}/${resource.kind}`) ?? []).filter(
      ({ metadata }) => namespace === undefined || metadata.namespace === undefined || metadata.namespace === namespace,
    );

  const readOnly = () => Promise.reject(refusal(405, 'MethodNotAllowed', 'a bundle cannot be changed'));
  const rehearsed = (verb: 'create' | 'patch', ref: ObjectRef) => {
    const known = index.rehearsals.find(
      (one) => one.verb === verb && one.kind === ref.kind && one.name === ref.name && one.namespace === (ref.namespace ?? null),
    );
    if (known === undefined) return undefined;
    if ('refused' in known.answer) throw new ApiError(known.answer.refused);
    if ('failed' in known.answer) throw new ConnectionError(known.answer.failed);
    return known;
  };

  return {
    async get(ref) {
      const resource = resourceOf(ref);
      const found = inScope(resource, ref.namespace).find(({ metadata }) => metadata.name === ref.name);
      if (found !== undefined) return found;
      const reads = readsOf(resource);
      throwAnswer(reads.find((read) => read.verb === 'get' && read.name === ref.name && read.namespace === (ref.namespace ?? null)));
      const lists = reads.filter((read) => read.verb === 'list' && covers(read, ref.namespace));
      if (lists.some(({ answer, labelSelector }) => 'read' in answer && labelSelector === undefined))
        throw notFoundError(resource, ref.name);
      throwAnswer(lists[0]);
      if (index.discovery.absent.includes(resource.group)) throw notServed();
      throw notInBundle(resource);
    },
    async list(resource, _version, { namespace, labelSelector, keep }) {
      const reads = readsOf(resource);
      const items = inScope(resource, namespace).toSorted(
        (left, right) =>
          compareText(left.metadata.namespace ?? '', right.metadata.namespace ?? '') ||
          compareText(left.metadata.name, right.metadata.name),
      );
      const lists = reads.filter((read) => read.verb === 'list' && covers(read, namespace));
      if (!lists.some(({ answer }) => 'read' in answer)) {
        throwAnswer(lists[0]);
        if (items.length === 0 && !reads.some((read) => read.verb === 'get'))
          throw isServed(resource) ? notInBundle(resource) : notServed();
      }
      const matcher = labelSelector === undefined ? undefined : parseLabelSelector(labelSelector);
      if (matcher !== undefined && 'error' in matcher) throw refusal(400, 'BadRequest', matcher.error);
      const chosen = matcher === undefined ? items : items.filter(({ metadata }) => matcher.value(metadata.labels));
      return { items: keep === undefined ? chosen : chosen.map(keep), resourceVersion: undefined };
    },
    watch: () => {
      throw new ConnectionError('a bundle stands still: there is nothing to watch');
    },
    create: (object, { dryRun }) => (dryRun === 'server' && rehearsed('create', refOf(object)) ? Promise.resolve(object) : readOnly()),
    async patch(ref, _patch, { dryRun }) {
      if (dryRun !== 'server' || rehearsed('patch', ref) === undefined) return readOnly();
      return this.get(ref);
    },
    delete: readOnly,
    async discover() {
      const { failed, groups, resources, unavailable } = index.discovery;
      if (failed !== undefined) throw new ConnectionError(failed);
      const discovery: Discovery = { groups, resources: (resources ?? []).map(apiResource), unavailable };
      return discovery;
    },
    async discoverGroup(name) {
      return index.discovery.groups.find((group) => group.name === name);
    },
    async accessReview(attributes) {
      const known = index.reviews.find((review) => JSON.stringify(review.attributes) === JSON.stringify(attributes));
      if (known === undefined || 'failed' in known.answer)
        throw new ConnectionError('the bundle does not say what its maker was allowed to do');
      return known.answer;
    },
    kubernetesVersion: async () => index.kubernetesVersion ?? undefined,
    podLog: readOnly,
    serverTime: () => takenAt,
    async close() {},
  };

  function isServed({ group, plural }: Pick<Resource, 'group' | 'plural'>): boolean {
    const { resources, absent } = index.discovery;
    if (absent.includes(group)) return false;
    return resources === undefined || resources.some((resource) => resource.group === group && resource.plural === plural);
  }
}

/** A question about one namespace is answered by one about it, or about all; one about all by whatever was asked. */
function covers(read: RecordedRead, namespace: string | undefined): boolean {
  return namespace === undefined || read.namespace === null || read.namespace === namespace;
}

/** What was said instead of an answer, said again. */
function throwAnswer(read: RecordedRead | undefined): void {
  if (read === undefined || 'read' in read.answer) return;
  throw 'refused' in read.answer ? new ApiError(read.answer.refused) : new ConnectionError(read.answer.failed);
}

function notInBundle({ plural }: Pick<Resource, 'plural'>): ConnectionError {
  return new ConnectionError(`the bundle does not hold ${plural}: nobody asked for them when it was made`);
}

function notServed(): ApiError {
  return refusal(404, 'NotFound', 'the server could not find the requested resource');
}

function refusal(code: number, reason: string, message: string): ApiError {
  return new ApiError({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message });
}

function apiResource(resource: NonNullable<Bundle['index']['discovery']['resources']>[number]): ApiResource {
  return { ...resource, singular: resource.kind.toLowerCase(), shortNames: [] };
}

function withLastApplied(object: KubeObject, known: Bundle['index']['lastApplied']): KubeObject {
  const label = objectLabel(object);
  const left = Object.hasOwn(known, label) ? known[label] : undefined;
  if (left === undefined) return object;
  const annotations = { ...object.metadata.annotations, [lastAppliedAnnotation]: JSON.stringify(left) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
