import type { KubeObject } from '../model/object.ts';
import { objectFields } from '../model/object-shape.ts';
import { resourceQuotaShape } from '../model/resource-quota.ts';
import { asDeclared, type Shape } from '../model/shape.ts';
import type { SurroundingName } from './surroundings.ts';

/**
 * A surrounding object, every field of which that a rule looks at is of the type that its kind has. Of an object that it is not so with
 * nobody knows what it says, and "nothing" would be the wrong answer.
 * @throws UnreadableObject
 */
export function surroundingOf(name: SurroundingName, object: KubeObject): KubeObject {
  return asDeclared(object, shapes[name]);
}

type Fields = Readonly<Record<string, Shape>>;

function objectWith(fields: Fields): Shape {
  return { fields: { ...objectFields, ...fields } };
}

function map(fields: Fields): Shape {
  return { fields };
}

function listOf(shape: Shape): Shape {
  return { listOf: shape };
}

const conditions = listOf(map({ type: 'text', status: 'text', reason: 'text', message: 'text' }));
const withConditions = objectWith({ status: map({ conditions }) });
/** Of which only the name counts. */
const named = objectWith({});

const labelSelector = map({
  matchLabels: 'texts',
  matchExpressions: listOf(map({ key: 'text', operator: 'text', values: listOf('text') })),
});
/** What a SecurityPolicy is about; what selects pods or addresses is only there or not. */
const policyTargets = listOf(map({ vmSelector: labelSelector }));
const securityPolicy = objectWith({
  spec: map({
    appliedTo: policyTargets,
    rules: listOf(
      map({
        action: 'text',
        direction: 'text',
        appliedTo: policyTargets,
        sources: listOf('map'),
        ports: listOf(map({ protocol: 'text', port: 'numberOrText', endPort: 'number' })),
      }),
    ),
  }),
});

const shapes: Readonly<Record<SurroundingName, Shape>> = {
  namespaces: objectWith({ status: map({ phase: 'text', conditions }) }),
  quotas: resourceQuotaShape,
  networkPolicies: named,
  securityPolicies: securityPolicy,
  oldSecurityPolicies: securityPolicy,
  subnetPorts: objectWith({
    status: map({ conditions, networkInterfaceConfig: map({ ipAddresses: listOf(map({ ipAddress: 'text' })) }) }),
  }),
  ipAddressAllocations: withConditions,
  networkInfos: withConditions,
  virtualNetworks: named,
  virtualNetworkInterfaces: objectWith({ status: map({ conditions, ipAddresses: listOf(map({ ip: 'text' })) }) }),
  networks: named,
  networkInterfaces: objectWith({ status: map({ conditions, ipConfigs: listOf(map({ ip: 'text' })) }) }),
  ipPools: withConditions,
  gateways: objectWith({
    status: map({ conditions, listeners: listOf(map({ name: 'text', port: 'numberOrText', conditions })) }),
  }),
  replicaSets: objectWith({ spec: map({ template: map({ metadata: map({ labels: 'texts' }) }) }) }),
  clusters: named,
  operatorLeases: objectWith({ spec: map({ renewTime: 'text', holderIdentity: 'text' }) }),
  operatorDeployments: objectWith({ status: map({ availableReplicas: 'number', conditions }) }),
};
