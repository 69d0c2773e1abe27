import type { Json, JsonObject } from '../../model/object.ts';
import type { Resource } from '../../model/resources.ts';
import {
  anyScalar,
  atomicList,
  boolean,
  deduced,
  type FieldType,
  listBy,
  mapOf,
  numeric,
  setOf,
  struct,
  text,
  untyped,
} from './field-type.ts';

const ownerReference = struct(
  { apiVersion: text, blockOwnerDeletion: boolean, controller: boolean, kind: text, name: text, uid: text },
  { atomic: true },
);

export const objectMetaType = struct({
  annotations: mapOf(text),
  creationTimestamp: anyScalar,
  deletionGracePeriodSeconds: numeric,
  deletionTimestamp: anyScalar,
  finalizers: setOf(text),
  generateName: text,
  generation: numeric,
  labels: mapOf(text),
  managedFields: atomicList(untyped),
  name: text,
  namespace: text,
  ownerReferences: listBy(['uid'], withDefaults(ownerReference, { uid: '' })),
  resourceVersion: text,
  selfLink: text,
  uid: text,
});

function kind(fields: Readonly<Record<string, FieldType>>): FieldType {
  return struct({ apiVersion: text, kind: text, metadata: objectMetaType, ...fields });
}

/** A struct whose keys may be left out of list items: they then count as these values. */
function withDefaults(type: FieldType, defaults: JsonObject): FieldType {
  if (type.map === undefined) return type;
  const entries = Object.entries(defaults).flatMap(([name, value]): [string, Json][] => (value === undefined ? [] : [[name, value]]));
  return { ...type, map: { ...type.map, defaults: new Map(entries) } };
}

const objectReference = struct(
  { apiVersion: text, fieldPath: text, kind: text, name: text, namespace: text, resourceVersion: text, uid: text },
  { atomic: true },
);

const condition = struct({
  lastHeartbeatTime: anyScalar,
  lastProbeTime: anyScalar,
  lastTransitionTime: anyScalar,
  message: text,
  observedGeneration: numeric,
  reason: text,
  status: text,
  type: text,
});

const servicePort = withDefaults(
  struct({ appProtocol: text, name: text, nodePort: numeric, port: numeric, protocol: text, targetPort: anyScalar }),
  { port: 0, protocol: 'TCP' },
);

const service = kind({
  spec: struct({
    allocateLoadBalancerNodePorts: boolean,
    clusterIP: text,
    clusterIPs: atomicList(text),
    externalIPs: atomicList(text),
    externalName: text,
    externalTrafficPolicy: text,
    healthCheckNodePort: numeric,
    internalTrafficPolicy: text,
    ipFamilies: atomicList(text),
    ipFamilyPolicy: text,
    loadBalancerClass: text,
    loadBalancerIP: text,
    loadBalancerSourceRanges: atomicList(text),
    ports: listBy(['port', 'protocol'], servicePort, 'port'),
    publishNotReadyAddresses: boolean,
    selector: mapOf(text, { atomic: true }),
    sessionAffinity: text,
    sessionAffinityConfig: struct({ clientIP: struct({ timeoutSeconds: numeric }) }),
    trafficDistribution: text,
    type: text,
  }),
  status: struct({
    conditions: listBy(['type'], condition),
    loadBalancer: struct({
      ingress: atomicList(
        struct({ hostname: text, ip: text, ipMode: text, ports: atomicList(struct({ error: text, port: numeric, protocol: text })) }),
      ),
    }),
  }),
});

const endpointAddress = struct({ hostname: text, ip: text, nodeName: text, targetRef: objectReference }, { atomic: true });

const endpoints = kind({
  subsets: atomicList(
    struct({
      addresses: atomicList(endpointAddress),
      notReadyAddresses: atomicList(endpointAddress),
      ports: atomicList(struct({ appProtocol: text, name: text, port: numeric, protocol: text }, { atomic: true })),
    }),
  ),
});

const namedContainer = struct(
  {
    name: text,
    env: listBy(['name'], deduced),
    ports: listBy(['containerPort', 'protocol'], withDefaults(struct({}, { element: deduced }), { protocol: 'TCP' }), 'containerPort'),
    volumeDevices: listBy(['devicePath'], deduced),
    volumeMounts: listBy(['mountPath'], deduced),
  },
  { element: deduced },
);

const podSpec = struct(
  {
    containers: listBy(['name'], namedContainer),
    ephemeralContainers: listBy(['name'], namedContainer),
    hostAliases: listBy(['ip'], deduced),
    imagePullSecrets: listBy(['name'], deduced),
    initContainers: listBy(['name'], namedContainer),
    volumes: listBy(['name'], deduced),
  },
  { element: deduced },
);

const statusWithConditions = struct({ conditions: listBy(['type'], condition) }, { element: deduced });
const podTemplate = struct({ metadata: objectMetaType, spec: podSpec });
const labelSelector = struct({}, { atomic: true, element: deduced });

/** What is known of the kinds that are no custom resources, by `group/Kind`. Values that people rarely share are left to be deduced. */
const types: ReadonlyMap<string, FieldType> = new Map([
  ['/Service', service],
  ['/Endpoints', endpoints],
  [
    'discovery.k8s.io/EndpointSlice',
    kind({
      addressType: text,
      endpoints: atomicList(deduced),
      ports: atomicList(struct({ appProtocol: text, name: text, port: numeric, protocol: text }, { atomic: true })),
    }),
  ],
  [
    '/Namespace',
    kind({ spec: struct({ finalizers: atomicList(text) }), status: struct({ conditions: listBy(['type'], condition), phase: text }) }),
  ],
  ['/ConfigMap', kind({ binaryData: mapOf(text), data: mapOf(text), immutable: boolean })],
  ['/Secret', kind({ data: mapOf(text), immutable: boolean, stringData: mapOf(text), type: text })],
  [
    '/Event',
    kind({
      action: text,
      count: numeric,
      eventTime: anyScalar,
      firstTimestamp: anyScalar,
      involvedObject: objectReference,
      lastTimestamp: anyScalar,
      message: text,
      reason: text,
      related: objectReference,
      reportingComponent: text,
      reportingInstance: text,
      series: struct({ count: numeric, lastObservedTime: anyScalar }),
      source: struct({ component: text, host: text }),
      type: text,
    }),
  ],
  [
    'events.k8s.io/Event',
    kind({
      action: text,
      deprecatedCount: numeric,
      deprecatedFirstTimestamp: anyScalar,
      deprecatedLastTimestamp: anyScalar,
      deprecatedSource: struct({ component: text, host: text }),
      eventTime: anyScalar,
      note: text,
      reason: text,
      regarding: objectReference,
      related: objectReference,
      reportingController: text,
      reportingInstance: text,
      series: struct({ count: numeric, lastObservedTime: anyScalar }),
      type: text,
    }),
  ],
  [
    '/ServiceAccount',
    kind({
      automountServiceAccountToken: boolean,
      imagePullSecrets: atomicList(deduced),
      secrets: listBy(['name'], deduced),
    }),
  ],
  ['/Pod', kind({ spec: podSpec, status: statusWithConditions })],
  [
    'apps/Deployment',
    kind({ spec: struct({ selector: labelSelector, template: podTemplate }, { element: deduced }), status: statusWithConditions }),
  ],
]);

const unknownKind = struct({ apiVersion: text, kind: text, metadata: objectMetaType }, { element: deduced });

/** The type of a built-in kind's objects; of a kind that is not in the table, objects field by field and lists as a whole. */
export function builtInType(resource: Pick<Resource, 'group' | 'kind'>): FieldType {
  return types.get(`${resource.group}/${resource.kind}`) ?? unknownKind;
}

const blanks: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
  ['/Service', { metadata: {}, spec: {}, status: { loadBalancer: {} } }],
  ['/Namespace', { metadata: {}, spec: {}, status: {} }],
  ['/Pod', { metadata: {}, spec: {}, status: {} }],
  ['/ResourceQuota', { metadata: {}, spec: {}, status: {} }],
  ['/PersistentVolumeClaim', { metadata: {}, spec: {}, status: {} }],
  ['/PersistentVolume', { metadata: {}, spec: {}, status: {} }],
  ['/ReplicationController', { metadata: {}, spec: {}, status: {} }],
  ['/LimitRange', { metadata: {}, spec: {} }],
  ['apps/DaemonSet', { metadata: {}, spec: {}, status: {} }],
  ['apps/Deployment', { metadata: {}, spec: {}, status: {} }],
  ['apps/ReplicaSet', { metadata: {}, spec: {}, status: {} }],
  ['apps/StatefulSet', { metadata: {}, spec: {}, status: {} }],
  ['batch/CronJob', { metadata: {}, spec: {}, status: {} }],
  ['batch/Job', { metadata: {}, spec: {}, status: {} }],
  ['networking.k8s.io/Ingress', { metadata: {}, spec: {}, status: {} }],
  ['networking.k8s.io/NetworkPolicy', { metadata: {}, spec: {} }],
  ['coordination.k8s.io/Lease', { metadata: {}, spec: {} }],
  ['discovery.k8s.io/EndpointSlice', { metadata: {}, addressType: '', endpoints: null, ports: null }],
  [
    '/Event',
    {
      metadata: {},
      eventTime: null,
      firstTimestamp: null,
      involvedObject: {},
      lastTimestamp: null,
      reportingComponent: '',
      reportingInstance: '',
      source: {},
    },
  ],
  [
    'events.k8s.io/Event',
    {
      metadata: {},
      deprecatedFirstTimestamp: null,
      deprecatedLastTimestamp: null,
      deprecatedSource: {},
      eventTime: null,
      regarding: {},
    },
  ],
]);

/** What kube-apiserver compares a new object of a built-in kind with: the fields that its type always writes. */
export function blankObject(resource: Pick<Resource, 'group' | 'kind'>): JsonObject {
  return blanks.get(`${resource.group}/${resource.kind}`) ?? { metadata: {} };
}
