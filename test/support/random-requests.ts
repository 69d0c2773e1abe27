import { isList, type Json, type JsonObject } from '../../src/model/object.ts';
import type { Dice } from './dice.ts';
import type { RawRequest } from './kubeconfig-requests.ts';
import { endpointsSubsets, objectMetadata, serviceSpec, serviceStatus, vmServiceSpec, vmServiceStatus } from './random-objects.ts';

/** A request whose body may depend on what the server stores: each server gets its own object back, with one change. */
export interface Step extends Omit<RawRequest, 'body'> {
  readonly body?: Json;
  /** The body is laid over the object at this path, or over `otherwise` where there is none. */
  readonly onTopOf?: { readonly path: string; readonly otherwise: JsonObject };
}

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Of the collection. */
  readonly path: string;
  readonly custom: boolean;
  readonly content: (dice: Dice) => JsonObject;
  readonly status: ((dice: Dice) => JsonObject) | undefined;
}

/** Services, Endpoints and VirtualMachineServices of a namespace; the latter in the given version. */
export function kindsIn(namespace: string, vmOperatorVersion: string): readonly [Kind, ...Kind[]] {
  const core = `/api/v1/namespaces/${namespace}`;
  const group = `vmoperator.vmware.com/${vmOperatorVersion}`;
  const service: Kind = {
    apiVersion: 'v1',
    kind: 'Service',
    path: `${core}/services`,
    custom: false,
    content: (dice) => ({ spec: serviceSpec(dice) }),
    status: serviceStatus,
  };
  return [
    service,
    service,
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      path: `${core}/endpoints`,
      custom: false,
      content: (dice) => ({ subsets: endpointsSubsets(dice) }),
      status: undefined,
    },
    {
      apiVersion: group,
      kind: 'VirtualMachineService',
      path: `/apis/${group}/namespaces/${namespace}/virtualmachineservices`,
      custom: true,
      content: (dice) => ({ spec: vmServiceSpec(dice) }),
      status: vmServiceStatus,
    },
  ];
}

/** The next request of a client that knows the API and makes mistakes. */
export function randomStep(dice: Dice, kinds: readonly [Kind, ...Kind[]]): Step {
  const kind = dice.pick(kinds);
  const name = dice.pick(['svc-a', 'svc-a', 'svc-b', 'svc-c']);
  const step = dice.pick([
    create,
    create,
    create,
    update,
    update,
    mergePatch,
    mergePatch,
    mergePatch,
    jsonPatch,
    strategicPatch,
    apply,
    apply,
    status,
    remove,
    read,
  ]);
  return step({ dice, kind, name });
}

interface Subject {
  readonly dice: Dice;
  readonly kind: Kind;
  readonly name: string;
}

function create({ dice, kind, name }: Subject): Step {
  const badName = dice.chance(0.03) ? dice.pick(['1st', 'Bad_Name', 'x'.repeat(64), 'a.b']) : name;
  return { method: 'POST', path: kind.path + query(dice), body: objectWith({ dice, kind, name: badName }) };
}

function update({ dice, kind, name }: Subject): Step {
  const path = `${kind.path}/${name}`;
  const resourceVersion = dice.chance(0.1) ? dice.pick<Json>([null, '1', 'nonsense']) : undefined;
  const { metadata, ...content } = change({ dice, kind, name });
  const withVersion = resourceVersion === undefined ? metadata : { ...objectOr(metadata), resourceVersion };
  return {
    method: 'PUT',
    path: path + query(dice),
    onTopOf: { path, otherwise: bare(kind, name) },
    body: { ...content, ...(withVersion !== undefined && { metadata: withVersion }) },
  };
}

function mergePatch({ dice, kind, name }: Subject): Step {
  return patch(
    { dice, kind, name },
    'application/merge-patch+json',
    dice.chance(0.04) ? dice.pick<Json>([{}, null, [], 'x']) : change({ dice, kind, name }),
  );
}

function strategicPatch({ dice, kind, name }: Subject): Step {
  const body = change({ dice, kind, name });
  const directives: readonly [JsonObject, ...JsonObject[]] = [
    {},
    {},
    { spec: { ports: [{ port: 80, $patch: 'delete' }] } },
    { spec: { ports: [{ port: 443, name: 'added' }], '$setElementOrder/ports': [{ port: 443 }, { port: 80 }] } },
    { spec: { $patch: 'replace', type: 'ClusterIP', ports: [{ port: 80 }] } },
    { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/hold'] } },
    { metadata: { finalizers: ['example.com/more'], '$setElementOrder/finalizers': ['example.com/more', 'example.com/hold'] } },
    { metadata: { labels: { $patch: 'delete' } } },
    { spec: { $retainKeys: ['ports'], ports: [{ port: 81 }] } },
    { spec: { ports: [{ $patch: 'replace' }, { port: 82 }] } },
    { metadata: { ownerReferences: [{ uid: '11111111-2222-4333-8444-555555555555', $patch: 'delete' }] } },
    { spec: { ports: [{ name: 'keyless' }] } },
  ];
  const directive = dice.pick(directives);
  return patch({ dice, kind, name }, 'application/strategic-merge-patch+json', directive === directives[0] ? body : directive);
}

function jsonPatch({ dice, kind, name }: Subject): Step {
  const operation = (): Json =>
    dice.pick<Json>([
      { op: 'replace', path: '/spec/type', value: dice.pick(['ClusterIP', 'LoadBalancer', 'NodePort', 'ExternalName']) },
      {
        op: 'remove',
        path: dice.pick(['/metadata/labels', '/spec/selector', '/spec/ports/0', '/spec/ports/7', '/metadata/finalizers', '/subsets', '']),
      },
      { op: 'add', path: '/metadata/labels', value: { app: 'patched' } },
      { op: 'add', path: '/metadata/labels/tier', value: dice.pick<Json>(['front', 7, null]) },
      { op: 'add', path: '/spec/ports/-', value: { port: 9000 + dice.below(3), name: 'p9', protocol: 'TCP', targetPort: 9000 } },
      { op: 'test', path: '/metadata/name', value: dice.pick([name, name, 'other']) },
      { op: 'copy', from: '/metadata/name', path: '/metadata/labels/copied' },
      { op: 'move', from: '/spec/ports/0', path: '/spec/ports/1' },
      { op: 'replace', path: '/metadata/uid', value: 'zzz' },
      { op: 'replace', path: '/metadata/name', value: 'other' },
      { op: dice.pick(['bogus', 'add']), path: dice.pick(['/metadata/annotations/a~1b', 'no-slash']), value: 'x' },
    ]);
  const body = dice.chance(0.03) ? dice.pick<Json>([{}, 'x', [1]]) : Array.from({ length: 1 + dice.below(2) }, operation);
  return patch({ dice, kind, name }, 'application/json-patch+json', body);
}

function apply({ dice, kind, name }: Subject): Step {
  const manager = dice.pick(['one', 'two']);
  const force = dice.chance(0.4) ? '&force=true' : '';
  const { path } = kind;
  const body = objectWith({ dice, kind, name });
  const dryRun = dice.chance(0.08) ? '&dryRun=All' : '';
  return {
    method: 'PATCH',
    path: `${path}/${name}?fieldManager=${manager}${force}${dryRun}`,
    contentType: 'application/apply-patch+yaml',
    body: kind.custom ? { ...body, metadata: { ...plain(body.metadata), name } } : body,
  };
}

/**
 * What kube-apiserver stores of applied metadata of a custom resource depends on how it was written (an empty list stays one until
 * the next write, which then is a change): such metadata is applied in plain words.
 */
function plain(metadata: Json | undefined): JsonObject {
  const { labels, finalizers } = objectOr(metadata);
  return {
    ...(Object.keys(objectOr(labels)).length > 0 && { labels }),
    ...(isList(finalizers) && finalizers.length > 0 && { finalizers }),
  };
}

function status({ dice, kind, name }: Subject): Step {
  if (kind.status === undefined) return read({ dice, kind, name });
  const path = `${kind.path}/${name}/status`;
  const body = { ...(dice.chance(0.2) && change({ dice, kind, name })), status: kind.status(dice) };
  if (dice.chance(0.4)) return { method: 'PUT', path: path + query(dice), onTopOf: { path: `${kind.path}/${name}`, otherwise: {} }, body };
  return { method: 'PATCH', path: path + query(dice), contentType: 'application/merge-patch+json', body };
}

function remove({ dice, kind, name }: Subject): Step {
  const { pick, chance } = dice;
  const selector = chance(0.5) ? `?labelSelector=${encodeURIComponent(pick(['app=web', 'app', 'tier']))}` : '';
  if (chance(0.06)) return { method: 'DELETE', path: kind.path + selector };
  const options = {
    ...dice.some<Json>(0.25, {
      propagationPolicy: () => pick(['Foreground', 'Background', 'Orphan', 'Bogus']),
      preconditions: () => pick([{ uid: 'zzz' }, { resourceVersion: '1' }]),
      gracePeriodSeconds: () => pick([0, 30]),
    }),
    ...dice.some<Json>(0.05, { dryRun: () => pick([['All'], ['Bogus']]), orphanDependents: () => true, bogus: () => 1 }),
  };
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', ...options };
  return { method: 'DELETE', path: `${kind.path}/${name}`, ...(chance(0.6) && { body }) };
}

function read({ dice, kind, name }: Subject): Step {
  const { pick } = dice;
  const one = `${kind.path}/${name}`;
  const paths: readonly [string, ...string[]] = [
    one,
    `${one}/status`,
    kind.path,
    `${kind.path}?labelSelector=${encodeURIComponent(pick(['app=web', 'app!=web', 'app in (web,db)', '!app', 'app in (', 'app,tier']))}`,
    `${kind.path}?fieldSelector=${encodeURIComponent(pick([`metadata.name=${name}`, 'metadata.name!=svc-a', 'spec.type=ClusterIP', 'bogus=x', 'status.x=']))}`,
    `${kind.path}?limit=1`,
    `${one}/bogus`,
  ];
  return { method: 'GET', path: pick(paths) };
}

function patch({ dice, kind, name }: Subject, contentType: string, body: Json): Step {
  return { method: 'PATCH', path: `${kind.path}/${name}${query(dice)}`, contentType, body };
}

function objectWith({ dice, kind, name }: Subject): JsonObject {
  const { pick, chance } = dice;
  if (chance(0.03)) {
    const content = kind.custom ? { spec: { type: 'ClusterIP' } } : kind.content(dice);
    const wrong = pick([{ apiVersion: 'v2' }, { apiVersion: '' }, { apiVersion: 'nonsense/v1' }, { kind: 'Bogus' }, { kind: '' }]);
    return { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name }, ...content, ...wrong };
  }
  return {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: { ...objectMetadata(dice), name },
    ...kind.content(dice),
    ...(chance(0.05) && { status: { loadBalancer: { ingress: [{ ip: '10.20.0.15' }] } } }),
    ...(chance(0.03) && { bogus: 1 }),
  };
}

function change({ dice, kind }: Subject): JsonObject {
  const { chance } = dice;
  return { ...(chance(0.45) && { metadata: objectMetadata(dice) }), ...(chance(0.75) && kind.content(dice)) };
}

function bare({ apiVersion, kind }: Kind, name: string): JsonObject {
  return { apiVersion, kind, metadata: { name } };
}

function query({ pick, chance }: Dice): string {
  const parameters = [
    ...(chance(0.1) ? [`dryRun=${chance(0.1) ? 'Bogus' : 'All'}`] : []),
    ...(chance(0.3) ? [`fieldManager=${pick(['one', 'two', 'three'])}`] : []),
    ...(chance(0.3) ? [`fieldValidation=${chance(0.05) ? 'Bogus' : pick(['Strict', 'Ignore', 'Warn'])}`] : []),
  ];
  return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
}

function objectOr(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {};
}
