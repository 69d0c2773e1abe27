/** One field of a message: `pointer` says that a zero value is a value, and not left out of the JSON. */
export interface Field {
  readonly name: string;
  /** A simple type, or another message. */
  readonly type: string;
  readonly shape: 'plain' | 'pointer' | 'list' | 'map';
}

/** The message of an object's apiVersion and kind; undefined for a kind that is not read. */
export function messageOf(apiVersion: string, kind: string): string | undefined {
  return kinds.get(`${apiVersion} ${kind}`);
}

/** The fields of a message by their numbers. */
export function fieldsOf(message: string): ReadonlyMap<number, Field> {
  return messages.get(message) ?? new Map();
}

const kinds = new Map([
  ['v1 ConfigMap', 'ConfigMap'],
  ['v1 Endpoints', 'Endpoints'],
  ['v1 Event', 'Event'],
  ['v1 Namespace', 'Namespace'],
  ['v1 ResourceQuota', 'ResourceQuota'],
  ['v1 Secret', 'Secret'],
  ['v1 Service', 'Service'],
  ['v1 ServiceAccount', 'ServiceAccount'],
  ['v1 DeleteOptions', 'DeleteOptions'],
  ['meta.k8s.io/v1 DeleteOptions', 'DeleteOptions'],
  ['events.k8s.io/v1 Event', 'NewEvent'],
  ['discovery.k8s.io/v1 EndpointSlice', 'EndpointSlice'],
  ['coordination.k8s.io/v1 Lease', 'Lease'],
  ['rbac.authorization.k8s.io/v1 Role', 'Role'],
  ['rbac.authorization.k8s.io/v1 ClusterRole', 'Role'],
  ['rbac.authorization.k8s.io/v1 RoleBinding', 'RoleBinding'],
  ['rbac.authorization.k8s.io/v1 ClusterRoleBinding', 'RoleBinding'],
  ['authentication.k8s.io/v1 SelfSubjectReview', 'SelfSubjectReview'],
  ['authorization.k8s.io/v1 SelfSubjectAccessReview', 'SelfSubjectAccessReview'],
  ['authorization.k8s.io/v1 SelfSubjectRulesReview', 'SelfSubjectRulesReview'],
]);

/** `1 name text, 6 appProtocol text?, 2 selector {text}, 1 ports [ServicePort]`: number, name and type of each field. */
function message(name: string, fields: string): [string, ReadonlyMap<number, Field>] {
  return [name, new Map(fields.split(', ').map(field))];
}

function field(written: string): [number, Field] {
  const [number = '', name = '', type = ''] = written.trim().split(' ');
  const shape = type.startsWith('[') ? 'list' : type.startsWith('{') ? 'map' : type.endsWith('?') ? 'pointer' : 'plain';
  return [Number(number), { name, type: type.replaceAll(/[[\]{}?]/g, ''), shape }];
}

const messages = new Map([
  message('Envelope', '1 typeMeta TypeMeta, 2 raw bytes'),
  message('TypeMeta', '1 apiVersion text, 2 kind text'),
  message('Time', '1 seconds int, 2 nanos int'),
  message('IntOrString', '1 type int, 2 intVal int, 3 strVal text'),
  message(
    'ObjectMeta',
    '1 name text, 2 generateName text, 3 namespace text, 5 uid text, 6 resourceVersion text, 7 generation int, 8 creationTimestamp time, ' +
      '9 deletionTimestamp time, 10 deletionGracePeriodSeconds int?, 11 labels {text}, 12 annotations {text}, ' +
      '13 ownerReferences [OwnerReference], 14 finalizers [text], 17 managedFields [ManagedFieldsEntry]',
  ),
  message('OwnerReference', '5 apiVersion text, 1 kind text, 3 name text, 4 uid text, 6 controller bool?, 7 blockOwnerDeletion bool?'),
  message(
    'ManagedFieldsEntry',
    '1 manager text, 2 operation text, 3 apiVersion text, 4 time time, 6 fieldsType text, 7 fieldsV1 json, 8 subresource text',
  ),
  message('Condition', '1 type text, 2 status text, 3 observedGeneration int, 4 lastTransitionTime time, 5 reason text, 6 message text'),
  message(
    'DeleteOptions',
    '1 gracePeriodSeconds int?, 2 preconditions Preconditions, 3 orphanDependents bool?, 4 propagationPolicy text, 5 dryRun [text]',
  ),
  message('Preconditions', '1 uid text, 2 resourceVersion text'),

  message('ConfigMap', '1 metadata ObjectMeta, 4 immutable bool?, 2 data {text}, 3 binaryData {bytes}'),
  message('Secret', '1 metadata ObjectMeta, 5 immutable bool?, 2 data {bytes}, 4 stringData {text}, 3 type text'),
  message('ResourceQuota', '1 metadata ObjectMeta, 2 spec ResourceQuotaSpec, 3 status ResourceQuotaStatus'),
  message('ResourceQuotaSpec', '1 hard {Quantity}, 2 scopes [text]'),
  message('ResourceQuotaStatus', '1 hard {Quantity}, 2 used {Quantity}'),
  message('Quantity', '1 string text'),
  message('Namespace', '1 metadata ObjectMeta, 2 spec NamespaceSpec, 3 status NamespaceStatus'),
  message('NamespaceSpec', '1 finalizers [text]'),
  message('NamespaceStatus', '1 phase text'),
  message(
    'ServiceAccount',
    '1 metadata ObjectMeta, 2 secrets [ObjectReference], 3 imagePullSecrets [LocalObjectReference], 4 automountServiceAccountToken bool?',
  ),
  message('LocalObjectReference', '1 name text'),
  message(
    'ObjectReference',
    '1 kind text, 2 namespace text, 3 name text, 4 uid text, 5 apiVersion text, 6 resourceVersion text, 7 fieldPath text',
  ),

  message('Service', '1 metadata ObjectMeta, 2 spec ServiceSpec, 3 status ServiceStatus'),
  message(
    'ServiceSpec',
    '1 ports [ServicePort], 2 selector {text}, 3 clusterIP text, 18 clusterIPs [text], 4 type text, 5 externalIPs [text], ' +
      '7 sessionAffinity text, 8 loadBalancerIP text, 9 loadBalancerSourceRanges [text], 10 externalName text, 11 externalTrafficPolicy text, ' +
      '12 healthCheckNodePort int, 13 publishNotReadyAddresses bool, 14 sessionAffinityConfig SessionAffinityConfig, 19 ipFamilies [text], ' +
      '17 ipFamilyPolicy text?, 20 allocateLoadBalancerNodePorts bool?, 21 loadBalancerClass text?, 22 internalTrafficPolicy text?, ' +
      '23 trafficDistribution text?',
  ),
  message('ServicePort', '1 name text, 2 protocol text, 6 appProtocol text?, 3 port int, 4 targetPort intOrString, 5 nodePort int'),
  message('SessionAffinityConfig', '1 clientIP ClientIPConfig'),
  message('ClientIPConfig', '1 timeoutSeconds int?'),
  message('ServiceStatus', '1 loadBalancer LoadBalancerStatus, 2 conditions [Condition]'),
  message('LoadBalancerStatus', '1 ingress [LoadBalancerIngress]'),
  message('LoadBalancerIngress', '1 ip text, 2 hostname text, 3 ipMode text?, 4 ports [PortStatus]'),
  message('PortStatus', '1 port int, 2 protocol text, 3 error text?'),

  message('Endpoints', '1 metadata ObjectMeta, 2 subsets [EndpointSubset]'),
  message('EndpointSubset', '1 addresses [EndpointAddress], 2 notReadyAddresses [EndpointAddress], 3 ports [EndpointPort]'),
  message('EndpointAddress', '1 ip text, 3 hostname text, 4 nodeName text?, 2 targetRef ObjectReference'),
  message('EndpointPort', '1 name text, 2 port int, 3 protocol text, 4 appProtocol text?'),

  message('EndpointSlice', '1 metadata ObjectMeta, 4 addressType text, 2 endpoints [SliceEndpoint], 3 ports [SlicePort]'),
  message(
    'SliceEndpoint',
    '1 addresses [text], 2 conditions SliceConditions, 3 hostname text?, 4 targetRef ObjectReference, 5 deprecatedTopology {text}, ' +
      '6 nodeName text?, 7 zone text?, 8 hints SliceHints',
  ),
  message('SliceConditions', '1 ready bool?, 2 serving bool?, 3 terminating bool?'),
  message('SliceHints', '1 forZones [LocalObjectReference], 2 forNodes [LocalObjectReference]'),
  message('SlicePort', '1 name text?, 2 protocol text?, 3 port int?, 4 appProtocol text?'),

  message(
    'Event',
    '1 metadata ObjectMeta, 2 involvedObject ObjectReference, 3 reason text, 4 message text, 5 source EventSource, 6 firstTimestamp time, ' +
      '7 lastTimestamp time, 8 count int, 9 type text, 10 eventTime microTime, 11 series EventSeries, 12 action text, 13 related ObjectReference, ' +
      '14 reportingComponent text, 15 reportingInstance text',
  ),
  message(
    'NewEvent',
    '1 metadata ObjectMeta, 2 eventTime microTime, 3 series EventSeries, 4 reportingController text, 5 reportingInstance text, 6 action text, ' +
      '7 reason text, 8 regarding ObjectReference, 9 related ObjectReference, 10 note text, 11 type text, 12 deprecatedSource EventSource, ' +
      '13 deprecatedFirstTimestamp time, 14 deprecatedLastTimestamp time, 15 deprecatedCount int',
  ),
  message('EventSource', '1 component text, 2 host text'),
  message('EventSeries', '1 count int, 2 lastObservedTime microTime'),

  message('Lease', '1 metadata ObjectMeta, 2 spec LeaseSpec'),
  message(
    'LeaseSpec',
    '1 holderIdentity text?, 2 leaseDurationSeconds int?, 3 acquireTime microTime, 4 renewTime microTime, 5 leaseTransitions int?, ' +
      '6 strategy text?, 7 preferredHolder text?',
  ),

  message('Role', '1 metadata ObjectMeta, 2 rules [PolicyRule]'),
  message('PolicyRule', '1 verbs [text], 2 apiGroups [text], 3 resources [text], 4 resourceNames [text], 5 nonResourceURLs [text]'),
  message('RoleBinding', '1 metadata ObjectMeta, 2 subjects [Subject], 3 roleRef RoleRef'),
  message('Subject', '1 kind text, 2 apiGroup text, 3 name text, 4 namespace text'),
  message('RoleRef', '1 apiGroup text, 2 kind text, 3 name text'),

  message('SelfSubjectReview', '1 metadata ObjectMeta'),
  message('SelfSubjectAccessReview', '1 metadata ObjectMeta, 2 spec SelfSubjectAccessReviewSpec'),
  message('SelfSubjectAccessReviewSpec', '1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes'),
  message(
    'ResourceAttributes',
    '1 namespace text, 2 verb text, 3 group text, 4 version text, 5 resource text, 6 subresource text, 7 name text',
  ),
  message('NonResourceAttributes', '1 path text, 2 verb text'),
  message('SelfSubjectRulesReview', '1 metadata ObjectMeta, 2 spec SelfSubjectRulesReviewSpec'),
  message('SelfSubjectRulesReviewSpec', '1 namespace text'),
]);
