import type { JsonObject } from '../../model/object.ts';

interface DescribedKind {
  readonly text: string;
  /** Of the kinds that have no table of fields. */
  readonly fields?: JsonObject;
}

const bytes = { type: 'string', format: 'byte' };

/** What a built-in kind is, by `group/Kind`, for `kubectl explain`. */
export const describedKinds: ReadonlyMap<string, DescribedKind> = new Map<string, DescribedKind>([
  ['/Service', { text: 'An address that stays, and the ports behind which traffic is passed on to endpoints.' }],
  ['/Endpoints', { text: 'The addresses behind the Service of the same name.' }],
  ['/Event', { text: 'Something that happened to an object, told by whoever noticed it.' }],
  ['/Namespace', { text: 'A place for names: the objects of one namespace cannot clash with those of another.' }],
  ['discovery.k8s.io/EndpointSlice', { text: 'Some of the addresses behind a Service, of one address family.' }],
  ['events.k8s.io/Event', { text: 'Something that happened to an object, told by whoever noticed it.' }],
  [
    '/ConfigMap',
    {
      text: 'Configuration: names and texts.',
      fields: {
        data: { description: 'The entries that are text.', type: 'object', additionalProperties: { type: 'string' } },
        binaryData: { description: 'The entries that are not, in base64.', type: 'object', additionalProperties: bytes },
        immutable: { description: 'Whether the entries may never change again.', type: 'boolean' },
      },
    },
  ],
  [
    '/Secret',
    {
      text: 'What few may read: names and bytes.',
      fields: {
        data: { description: 'The entries, in base64.', type: 'object', additionalProperties: bytes },
        stringData: {
          description: 'Entries to write as text; they are never read back.',
          type: 'object',
          additionalProperties: { type: 'string' },
        },
        type: { description: 'What the entries are for.', type: 'string' },
        immutable: { description: 'Whether the entries may never change again.', type: 'boolean' },
      },
    },
  ],
]);

/** What a struct is, and what its fields mean. Fields that explain themselves are left out. */
export const describedFields: ReadonlyMap<string, string> = new Map([
  ['Service.spec', 'What the Service shall be.'],
  ['Service.status', 'What has become of it.'],
  ['ServiceSpec', 'What a Service shall be.'],
  ['ServiceSpec.type', 'ClusterIP, NodePort, LoadBalancer or ExternalName; ClusterIP when nothing is said.'],
  ['ServiceSpec.ports', 'The ports that the Service listens on.'],
  ['ServiceSpec.selector', 'The labels of the pods that traffic goes to. Without it, somebody else writes the endpoints.'],
  ['ServiceSpec.clusterIP', 'The first address inside the cluster: given by the server, asked for, or None.'],
  ['ServiceSpec.clusterIPs', 'The addresses inside the cluster, one for each IP family.'],
  ['ServiceSpec.ipFamilies', 'The IP families of the addresses, in their order: IPv4, IPv6.'],
  ['ServiceSpec.ipFamilyPolicy', 'SingleStack, PreferDualStack or RequireDualStack.'],
  ['ServiceSpec.externalIPs', 'Addresses that somebody else routes to the nodes.'],
  ['ServiceSpec.externalName', 'The name that an ExternalName Service is an alias of.'],
  ['ServiceSpec.externalTrafficPolicy', 'Cluster or Local: whether traffic from outside may leave the node it came to.'],
  ['ServiceSpec.internalTrafficPolicy', 'Cluster or Local: whether traffic from inside may leave its node.'],
  ['ServiceSpec.healthCheckNodePort', 'The port on which nodes tell load balancers whether they have endpoints.'],
  ['ServiceSpec.allocateLoadBalancerNodePorts', 'Whether a LoadBalancer Service gets node ports; it does when nothing is said.'],
  ['ServiceSpec.loadBalancerIP', 'The address that is asked of the load balancer.'],
  ['ServiceSpec.loadBalancerClass', 'Which load balancer is meant; the default one when nothing is said.'],
  ['ServiceSpec.loadBalancerSourceRanges', 'The networks that may use the load balancer.'],
  ['ServiceSpec.publishNotReadyAddresses', 'Whether addresses count that are not ready.'],
  ['ServiceSpec.sessionAffinity', 'None or ClientIP: whether a client stays with its endpoint.'],
  ['ServiceSpec.sessionAffinityConfig', 'How long it does.'],
  ['ServiceSpec.trafficDistribution', 'Which endpoints are preferred: PreferClose.'],
  ['ServicePort', 'A port of a Service, and where its traffic goes.'],
  ['ServicePort.name', 'The name of the port; needed when there are several.'],
  ['ServicePort.protocol', 'TCP, UDP or SCTP; TCP when nothing is said.'],
  ['ServicePort.appProtocol', 'What is spoken on the port: `kubernetes.io/h2c`, `http`.'],
  ['ServicePort.port', 'The port that the Service listens on.'],
  ['ServicePort.targetPort', 'The port of the endpoints, by number or name; the same one when nothing is said.'],
  ['ServicePort.nodePort', 'The port on every node: given by the server, or asked for.'],
  ['ServiceStatus', 'What has become of a Service.'],
  ['ServiceStatus.loadBalancer', 'What the load balancer says.'],
  ['ServiceStatus.conditions', 'What holds, and since when.'],
  ['LoadBalancerStatus', 'What a load balancer says.'],
  ['LoadBalancerStatus.ingress', 'Where traffic from outside may come in.'],
  ['LoadBalancerIngress.ip', 'The address of the load balancer.'],
  ['LoadBalancerIngress.hostname', 'The name of the load balancer, where it has one instead.'],
  ['LoadBalancerIngress.ipMode', 'VIP or Proxy: whether traffic arrives with the address as its destination.'],
  ['Endpoints.subsets', 'Groups of addresses that have the same ports.'],
  ['EndpointSubset', 'Addresses that have the same ports.'],
  ['EndpointSubset.addresses', 'Addresses that take traffic.'],
  ['EndpointSubset.notReadyAddresses', 'Addresses that do not take traffic yet, or not any more.'],
  ['EndpointSubset.ports', 'The ports of every address.'],
  ['EndpointAddress', 'One address, and what it is the address of.'],
  ['EndpointAddress.ip', 'IPv4 or IPv6; no loopback and no link-local address.'],
  ['EndpointAddress.targetRef', 'The object behind the address.'],
  ['EndpointSlice.addressType', 'IPv4, IPv6 or FQDN.'],
  ['EndpointSlice.endpoints', 'The addresses with their conditions; at most a thousand.'],
  ['EndpointSlice.ports', 'The ports of every endpoint.'],
  ['Event.involvedObject', 'What it is about.'],
  ['Event.regarding', 'What it is about.'],
  ['Event.reason', 'Why, in one word.'],
  ['Event.message', 'What happened, for people.'],
  ['Event.note', 'What happened, for people.'],
  ['Event.type', 'Normal or Warning.'],
  ['Event.count', 'How often it happened.'],
  ['Event.firstTimestamp', 'When it happened first.'],
  ['Event.lastTimestamp', 'When it happened last.'],
  ['Namespace.spec', 'What the namespace shall be.'],
  ['Namespace.status', 'What has become of it.'],
  ['NamespaceSpec.finalizers', 'Who still has to clean up before the namespace may go.'],
  ['NamespaceStatus.phase', 'Active or Terminating.'],
]);
