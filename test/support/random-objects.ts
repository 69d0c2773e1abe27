import type { Json, JsonObject } from '../../src/model/object.ts';
import type { Dice } from './dice.ts';

/*
 * Parts of objects as clients send them: most of them good, many of them odd, some of them wrong in one place. What is asked for by
 * number (addresses, node ports) lies in the bands from which a server draws nothing by itself.
 */

type Draw = () => Json;

/** A whole spec, or a change of one: `null` is what clients send to take a field away. */
export function serviceSpec(dice: Dice): JsonObject {
  const { pick } = dice;
  const fields: Readonly<Record<string, Draw>> = {
    type: () => pick(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName', 'LoadBalancer', 'Bogus', '', null]),
    ports: () => servicePorts(dice),
    selector: () => pick([{ app: 'web' }, {}, null, { app: '' }, { 'bad key!': 'x' }, { app: 'bad value!' }]),
    clusterIP: () => pick(['None', '', '10.96.0.77', 'fd00:10:96::77', '10.1.2.3', 'garbage', null]),
    clusterIPs: () =>
      pick([
        ['None'],
        [],
        ['10.96.0.78'],
        ['10.96.0.79', 'fd00:10:96::79'],
        ['fd00:10:96::80', '10.96.0.80'],
        ['10.96.0.81', '10.96.0.82'],
        null,
      ]),
    ipFamilies: () => pick([['IPv4'], ['IPv6'], ['IPv4', 'IPv6'], ['IPv6', 'IPv4'], ['IPv4', 'IPv4'], ['IPv5'], [], null]),
    ipFamilyPolicy: () => pick(['SingleStack', 'PreferDualStack', 'RequireDualStack', 'Bogus', '', null]),
    sessionAffinity: () => pick(['None', 'ClientIP', 'Bogus', '', null]),
    sessionAffinityConfig: () => pick([{ clientIP: { timeoutSeconds: pick([0, 10, 86401]) } }, { clientIP: {} }, {}, null]),
    externalTrafficPolicy: () => pick(['Cluster', 'Local', 'Local', 'Bogus', '', null]),
    internalTrafficPolicy: () => pick(['Bogus', null]),
    allocateLoadBalancerNodePorts: () => pick([true, false, null]),
    loadBalancerClass: () => pick(['example.com/one', 'example.com/two', 'bad class!', null]),
    loadBalancerIP: () => pick(['10.20.0.15', 'anything', '', null]),
    loadBalancerSourceRanges: () => pick([['10.0.0.0/8'], [' 10.0.0.0/8 ', 'fd00::/64'], ['10.0.0.1/8'], ['nonsense'], [], null]),
    externalName: () => pick(['example.com', 'example.com.', 'Bad_Name', '', null]),
    externalIPs: () => pick([['192.0.2.1'], ['192.0.2.1', '2001:db8::1'], ['127.0.0.1'], ['nonsense'], [], null]),
    healthCheckNodePort: () => pick([30021, 30022, 29999, 0, null]),
    publishNotReadyAddresses: () => pick([true, false, null]),
    trafficDistribution: () => pick(['PreferClose', 'Bogus', null]),
    bogus: () => pick<Json>([1, { a: 'b' }, null]),
  };
  const { type, ports, ...others } = fields;
  return { ...dice.some(0.75, { ...(type && { type }), ...(ports && { ports }) }), ...dice.some(0.1, others) };
}

function servicePorts(dice: Dice): Json {
  const { pick, chance } = dice;
  if (chance(0.06)) return pick([null, [], 'nonsense', [null], ['x']]);
  return Array.from({ length: 1 + dice.below(3) }, (_, index) => ({
    ...(chance(0.85) && { name: chance(0.9) ? `p${index}` : pick(['', 'p0', 'Bad_Name', 'x'.repeat(64)]) }),
    ...(chance(0.97) && { port: pick([80, 81, 443, 53, 53, 8080, 10250, 0, 65536, '80', 80.5]) }),
    ...dice.some<Json>(0.3, {
      protocol: () => pick(['TCP', 'UDP', 'SCTP', 'tcp', '', null]),
      targetPort: () => pick([8080, 'http', 0, '', 'Bad Name', 70000, null]),
    }),
    ...dice.some<Json>(0.08, {
      nodePort: () => pick([30001, 30002, 30003, 29999, 0, null]),
      appProtocol: () => pick(['http', 'kubernetes.io/h2c', 'bad protocol!', null]),
      bogus: () => true,
    }),
  }));
}

export function serviceStatus(dice: Dice): JsonObject {
  const { pick } = dice;
  const entry = () => ({
    ...dice.some<Json>(0.6, {
      ip: () => pick(['10.20.0.15', 'fd00::15', 'nonsense', '']),
      hostname: () => pick(['lb.example.com', '10.0.0.1', 'Bad_Name', '']),
    }),
    ...dice.some<Json>(0.15, {
      ipMode: () => pick(['VIP', 'Proxy', 'Bogus', null]),
      ports: () => pick<Json>([[{ port: 80, protocol: 'TCP' }], [{ port: 80, protocol: 'TCP', error: 'bad error!' }], [{ port: 0 }], []]),
    }),
  });
  return {
    ...dice.some<Json>(0.8, {
      loadBalancer: () => pick<Json>([{ ingress: [entry()] }, { ingress: [entry(), entry()] }, { ingress: [] }, {}, null]),
    }),
    ...dice.some<Json>(0.3, { conditions: () => conditions(dice) }),
    ...dice.some<Json>(0.05, { bogus: () => 1 }),
  };
}

export function endpointsSubsets(dice: Dice): Json {
  const { pick, chance } = dice;
  if (chance(0.08)) return pick([null, [], 'nonsense', [{}], [null]]);
  const address = () => ({
    ip: pick([
      '10.1.0.11',
      '10.1.0.12',
      'fd00::11',
      '10.1.0.13',
      'fd00:0:0:0:0:0:0:6',
      '127.0.0.1',
      '0.0.0.0',
      '169.254.0.1',
      '224.0.0.1',
      '010.1.0.1',
      'x',
    ]),
    ...dice.some<Json>(0.2, {
      hostname: () => pick(['vm-1', 'Bad_Name', '']),
      nodeName: () => pick(['node-1', 'Bad Node', '']),
      targetRef: () =>
        pick([{ kind: 'VirtualMachine', name: 'vm-1', namespace: 'x', uid: 'u', apiVersion: 'vmoperator.vmware.com/v1alpha1' }, {}, null]),
    }),
  });
  const addresses = () => Array.from({ length: dice.below(3) }, address);
  const port = (_: unknown, index: number) => ({
    ...(chance(0.8) && { name: chance(0.9) ? `p${index}` : pick(['', 'Bad_Name']) }),
    ...(chance(0.95) && { port: pick([80, 443, 0, 65536]) }),
    ...dice.some<Json>(0.3, { protocol: () => pick(['TCP', 'UDP', 'tcp', '']), appProtocol: () => pick(['http', 'bad protocol!']) }),
  });
  return Array.from({ length: 1 + dice.below(2) }, () => ({
    ...(chance(0.8) && { addresses: addresses() }),
    ...(chance(0.3) && { notReadyAddresses: addresses() }),
    ...(chance(0.8) && { ports: Array.from({ length: dice.below(3) }, port) }),
  }));
}

export function vmServiceSpec(dice: Dice): JsonObject {
  const { pick, chance } = dice;
  const port = (_: unknown, index: number) => ({
    ...(chance(0.95) && { name: pick([`p${index}`, `p${index}`, 'p0', '']) }),
    ...(chance(0.95) && { protocol: pick(['TCP', 'UDP', 'SCTP', 'Bogus']) }),
    ...(chance(0.95) && { port: pick([80, 443, 0, '80', 80.5, 2147483648]) }),
    ...(chance(0.95) && { targetPort: pick([8080, 0, 'http', -1]) }),
    ...(chance(0.05) && { bogus: true }),
  });
  return {
    ...(chance(0.8) && { type: pick(['LoadBalancer', 'ClusterIP', 'ClusterIP', 'ExternalName', 'NodePort', '', null]) }),
    ...(chance(0.8) && { ports: chance(0.9) ? Array.from({ length: dice.below(3) }, port) : pick([null, 'nonsense', [null], {}]) }),
    ...(chance(0.7) && { selector: pick([{ app: 'web' }, {}, { app: '' }, { app: 1 }, { app: null }, null, { 'bad key!': 'x' }]) }),
    ...dice.some<Json>(0.12, {
      clusterIp: () => pick(['None', '', '10.96.0.9', 7, null]),
      externalName: () => pick(['example.com', '', null]),
      loadBalancerIP: () => pick(['10.20.0.15', '', null]),
      loadBalancerSourceRanges: () => pick<Json>([['10.0.0.0/8'], [], [1], null]),
      ipFamilies: () => pick([['IPv4'], ['IPv6', 'IPv4'], ['IPv5'], [], null]),
      ipFamilyPolicy: () => pick(['SingleStack', 'PreferDualStack', 'Bogus', null]),
      bogus: () => pick<Json>([1, { a: 'b' }, null]),
    }),
  };
}

export function vmServiceStatus(dice: Dice): JsonObject {
  const { pick } = dice;
  const ingress = () =>
    dice.some<Json>(0.7, { ip: () => pick(['10.20.0.15', '', 7]), hostname: () => pick(['lb.example.com', '']), bogus: () => 1 });
  return dice.some<Json>(0.7, {
    loadBalancer: () => pick<Json>([{ ingress: [ingress()] }, { ingress: [ingress(), ingress()] }, { ingress: [] }, {}, null, 'nonsense']),
    conditions: () => conditions(dice),
  });
}

function conditions(dice: Dice): Json {
  const { pick, chance } = dice;
  const condition = () => ({
    ...(chance(0.95) && { type: pick(['Ready', 'Other', 'example.com/Third', 'Bad Type!', '']) }),
    ...(chance(0.95) && { status: pick(['True', 'False', 'Unknown', 'Bogus']) }),
    ...(chance(0.9) && { reason: pick(['AsExpected', 'Bad reason!', '']) }),
    ...(chance(0.9) && { message: pick(['all is well', '']) }),
    ...(chance(0.9) && { lastTransitionTime: pick(['2026-11-20T12:00:00Z', '2026-11-20T12:00:00.123456Z', 'yesterday', null]) }),
    ...(chance(0.3) && { observedGeneration: pick([1, -1]) }),
  });
  return pick<Json>([[condition()], [condition(), condition()], [], null]);
}

const ownerUid = '11111111-2222-4333-8444-555555555555';

/** Metadata for a creation or a change; the name is the caller's. */
export function objectMetadata(dice: Dice): JsonObject {
  const { pick, chance } = dice;
  const owner = (name: string, controller: boolean) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name,
    uid: name === 'one' ? ownerUid : ownerUid.replace('1', '2'),
    ...(controller && { controller }),
  });
  return {
    ...(chance(0.4) && {
      labels: pick([
        { app: 'web' },
        { app: 'db', tier: '' },
        { app: null },
        {},
        null,
        { __proto: 'x' },
        { 'bad key!': 'x' },
        { app: 'bad value!' },
        { app: 1 },
      ]),
    }),
    ...dice.some<Json>(0.12, {
      annotations: () => pick([{ note: 'one' }, { note: '' }, { note: null }, {}, null, { 'bad key!': 'x' }, { note: 1 }]),
      finalizers: () =>
        pick([['example.com/hold'], ['example.com/hold', 'example.com/more'], [], null, ['unqualified'], ['bad finalizer!']]),
      ownerReferences: () =>
        pick<Json>([
          [owner('one', true)],
          [owner('one', false), owner('two', true)],
          [owner('one', true), owner('two', true)],
          [{ kind: 'X' }],
          [],
          null,
        ]),
      generateName: () => 'gen-',
      creationTimestamp: () => pick(['2020-01-01T00:00:00Z', null]),
      deletionTimestamp: () => pick(['2020-01-01T00:00:00Z', null]),
      uid: () => pick([ownerUid, '', 'zzz']),
      generation: () => pick([7, -1, null]),
      namespace: () => pick(['elsewhere', '']),
      bogus: () => 1,
    }),
  };
}
