/** How a field of a built-in kind is written back when it is empty or was not sent. */
export type Presence =
  /** Left out: absent, empty and zero are the same. */
  | 'omitted'
  /** As sent, empty values included; left out when it was not sent. */
  | 'pointer'
  /** Always there. */
  | 'filled';

/** The type of a field of a built-in kind as it travels. `goType` is what kube-apiserver's decoder calls it in messages. */
export type WireType =
  | {
      readonly as: 'text' | 'int32' | 'boolean' | 'time' | 'intOrString' | 'map' | 'byteMap';
      readonly goType: string;
      readonly presence: Presence;
    }
  | { readonly as: 'list'; readonly goType: string; readonly presence: Presence; readonly items: WireType }
  | { readonly as: 'struct'; readonly goType: string; readonly presence: Presence; readonly struct: WireStruct };

/** A Go struct: its name in messages, and its fields in the order that the server writes them. */
export interface WireStruct {
  readonly name: string;
  readonly fields: ReadonlyMap<string, WireType>;
}

/** The fields of a built-in kind beside apiVersion, kind and metadata; undefined for kinds that are stored as they are sent. */
export function wireStruct(group: string, kind: string): WireStruct | undefined {
  return kinds.get(`${group}/${kind}`);
}

function text(goType = 'string', presence: Presence = 'omitted'): WireType {
  return { as: 'text', goType, presence };
}

function int32(presence: Presence = 'omitted'): WireType {
  return { as: 'int32', goType: 'int32', presence };
}

function boolean(presence: Presence = 'omitted'): WireType {
  return { as: 'boolean', goType: 'bool', presence };
}

function list(items: WireType, presence: Presence = 'omitted'): WireType {
  return { as: 'list', goType: `[]${items.goType}`, presence, items };
}

function struct(name: string, fields: Readonly<Record<string, WireType>>, presence: Presence = 'filled'): WireType {
  return { as: 'struct', goType: `v1.${name}`, presence, struct: wire(name, fields) };
}

function wire(name: string, fields: Readonly<Record<string, WireType>>): WireStruct {
  return { name, fields: new Map(Object.entries(fields)) };
}

const pointerText = text('string', 'pointer');
const filledText = text('string', 'filled');
const protocol = text('v1.Protocol');
/** A time that was not set is written as null. */
const time: WireType = { as: 'time', goType: 'v1.Time', presence: 'filled' };
/** The same with parts of a second. */
const microTime: WireType = { as: 'time', goType: 'v1.MicroTime', presence: 'filled' };
const textMap: WireType = { as: 'map', goType: 'map[string]string', presence: 'omitted' };
/** Bytes, in base64. */
const byteMap: WireType = { as: 'byteMap', goType: 'map[string][]uint8', presence: 'omitted' };

const referenceFields = {
  kind: text(),
  namespace: text(),
  name: text(),
  uid: text('types.UID'),
  apiVersion: text(),
  resourceVersion: text(),
  fieldPath: text(),
};
const reference = struct('ObjectReference', referenceFields);
const referencePointer = struct('ObjectReference', referenceFields, 'pointer');

const service = wire('Service', {
  spec: struct('ServiceSpec', {
    ports: list(
      struct('ServicePort', {
        name: text(),
        protocol,
        appProtocol: pointerText,
        port: int32('filled'),
        targetPort: { as: 'intOrString', goType: 'intstr.IntOrString', presence: 'filled' },
        nodePort: int32(),
      }),
    ),
    selector: textMap,
    clusterIP: text(),
    clusterIPs: list(text()),
    type: text('v1.ServiceType'),
    externalIPs: list(text()),
    sessionAffinity: text('v1.ServiceAffinity'),
    loadBalancerIP: text(),
    loadBalancerSourceRanges: list(text()),
    externalName: text(),
    externalTrafficPolicy: text('v1.ServiceExternalTrafficPolicy'),
    healthCheckNodePort: int32(),
    publishNotReadyAddresses: boolean(),
    sessionAffinityConfig: struct(
      'SessionAffinityConfig',
      { clientIP: struct('ClientIPConfig', { timeoutSeconds: int32('pointer') }, 'pointer') },
      'pointer',
    ),
    ipFamilies: list(text('v1.IPFamily')),
    ipFamilyPolicy: text('v1.IPFamilyPolicy', 'pointer'),
    allocateLoadBalancerNodePorts: boolean('pointer'),
    loadBalancerClass: pointerText,
    internalTrafficPolicy: text('v1.ServiceInternalTrafficPolicy', 'pointer'),
    trafficDistribution: pointerText,
  }),
  status: struct('ServiceStatus', {
    loadBalancer: struct('LoadBalancerStatus', {
      ingress: list(
        struct('LoadBalancerIngress', {
          ip: text(),
          hostname: text(),
          ipMode: text('v1.LoadBalancerIPMode', 'pointer'),
          ports: list(struct('PortStatus', { port: int32('filled'), protocol: text('v1.Protocol', 'filled'), error: pointerText })),
        }),
      ),
    }),
    conditions: list(
      struct('Condition', {
        type: filledText,
        status: text('v1.ConditionStatus', 'filled'),
        observedGeneration: int32(),
        lastTransitionTime: time,
        reason: filledText,
        message: filledText,
      }),
    ),
  }),
});

const endpointAddresses = list(
  struct('EndpointAddress', { ip: filledText, hostname: text(), nodeName: pointerText, targetRef: referencePointer }),
);

const endpoints = wire('Endpoints', {
  subsets: list(
    struct('EndpointSubset', {
      addresses: endpointAddresses,
      notReadyAddresses: endpointAddresses,
      ports: list(struct('EndpointPort', { name: text(), port: int32('filled'), protocol, appProtocol: pointerText })),
    }),
  ),
});

const endpointSlice = wire('EndpointSlice', {
  addressType: text('v1.AddressType', 'filled'),
  endpoints: list(
    struct('Endpoint', {
      addresses: list(text(), 'filled'),
      conditions: struct('EndpointConditions', {
        ready: boolean('pointer'),
        serving: boolean('pointer'),
        terminating: boolean('pointer'),
      }),
      hostname: pointerText,
      targetRef: referencePointer,
      deprecatedTopology: textMap,
      nodeName: pointerText,
      zone: pointerText,
      hints: struct(
        'EndpointHints',
        { forZones: list(struct('ForZone', { name: filledText })), forNodes: list(struct('ForNode', { name: filledText })) },
        'pointer',
      ),
    }),
    'filled',
  ),
  ports: list(
    struct('EndpointPort', {
      name: pointerText,
      protocol: text('v1.Protocol', 'pointer'),
      port: int32('pointer'),
      appProtocol: pointerText,
    }),
    'filled',
  ),
});

const source = struct('EventSource', { component: text(), host: text() });

const event = wire('Event', {
  involvedObject: reference,
  reason: text(),
  message: text(),
  source,
  firstTimestamp: time,
  lastTimestamp: time,
  count: int32(),
  type: text(),
  eventTime: microTime,
  series: struct('EventSeries', { count: int32(), lastObservedTime: microTime }, 'pointer'),
  action: text(),
  related: referencePointer,
  reportingComponent: filledText,
  reportingInstance: filledText,
});

const eventOfEvents = wire('Event', {
  eventTime: microTime,
  series: struct('EventSeries', { count: int32('filled'), lastObservedTime: microTime }, 'pointer'),
  reportingController: text(),
  reportingInstance: text(),
  action: text(),
  reason: text(),
  regarding: reference,
  related: referencePointer,
  note: text(),
  type: text(),
  deprecatedSource: source,
  deprecatedFirstTimestamp: time,
  deprecatedLastTimestamp: time,
  deprecatedCount: int32(),
});

const namespace = wire('Namespace', {
  spec: struct('NamespaceSpec', { finalizers: list(text('v1.FinalizerName')) }),
  status: struct('NamespaceStatus', {
    phase: text('v1.NamespacePhase'),
    conditions: list(
      struct('NamespaceCondition', {
        type: text('v1.NamespaceConditionType', 'filled'),
        status: text('v1.ConditionStatus', 'filled'),
        lastTransitionTime: time,
        reason: text(),
        message: text(),
      }),
    ),
  }),
});

const configMap = wire('ConfigMap', { data: textMap, binaryData: byteMap, immutable: boolean('pointer') });

const secret = wire('Secret', { data: byteMap, immutable: boolean('pointer'), stringData: textMap, type: text('v1.SecretType') });

const serviceAccount = wire('ServiceAccount', {
  secrets: list(reference),
  imagePullSecrets: list(struct('LocalObjectReference', { name: text() })),
  automountServiceAccountToken: boolean('pointer'),
});

/** VirtualMachineServices as VM Operator's converters read and write them; of older versions the newer fields are absent. */
export const vmServiceWire: WireStruct = wire('VirtualMachineService', {
  spec: struct('VirtualMachineServiceSpec', {
    type: filledText,
    ports: list(
      struct('VirtualMachineServicePort', {
        name: filledText,
        protocol: filledText,
        port: int32('filled'),
        targetPort: int32('filled'),
      }),
    ),
    selector: textMap,
    loadBalancerIP: text(),
    loadBalancerSourceRanges: list(text()),
    clusterIp: text(),
    externalName: text(),
    ipFamilies: list(text()),
    ipFamilyPolicy: pointerText,
  }),
  status: struct('VirtualMachineServiceStatus', {
    loadBalancer: struct('LoadBalancerStatus', {
      ingress: list(struct('LoadBalancerIngress', { ip: text(), hostname: text() })),
    }),
    conditions: list(
      struct('Condition', {
        type: filledText,
        status: filledText,
        observedGeneration: int32(),
        lastTransitionTime: time,
        reason: filledText,
        message: filledText,
      }),
    ),
  }),
});

const kinds: ReadonlyMap<string, WireStruct> = new Map([
  ['/Service', service],
  ['/Endpoints', endpoints],
  ['/Event', event],
  ['/Namespace', namespace],
  ['/ConfigMap', configMap],
  ['/Secret', secret],
  ['/ServiceAccount', serviceAccount],
  ['discovery.k8s.io/EndpointSlice', endpointSlice],
  ['events.k8s.io/Event', eventOfEvents],
]);
