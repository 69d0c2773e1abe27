import fc from 'fast-check';
import {
  healthCheckAnnotation,
  nsxHealthCheckAnnotation,
  nsxHostnameAnnotation,
  serviceProxyLabel,
  trafficPolicyAnnotation,
} from '../../src/core/load-balancer.ts';
import { deprecatedFinalizer, finalizer } from '../../src/core/profile.ts';
import type { Json, JsonObject, OwnerReference } from '../../src/model/object.ts';
import type { Endpoints, Service } from '../../src/model/service.ts';
import type { VirtualMachine } from '../../src/model/virtual-machine.ts';
import type { VirtualMachineService } from '../../src/model/virtual-machine-service.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from './builders.ts';

/**
 * Runs a property. The seed is the same in every run, so that a failure is there again the next time; `VMSVC_TEST_SEED` names
 * another one. fast-check prints the seed and the smallest counterexample of a failure.
 */
export function propertyOptions(numRuns: number): { readonly seed: number; readonly numRuns: number } {
  return { seed: Number(process.env.VMSVC_TEST_SEED ?? 20261121), numRuns };
}

/** Few keys and values, so that selectors match now and then; one key is one that every JavaScript object seems to have. */
export const someLabels: fc.Arbitrary<Readonly<Record<string, string>>> = mapOf(
  ['app', 'tier', 'env', 'constructor', serviceProxyLabel],
  ['web', 'api', 'Web', '', 'nsx-t'],
);

const someAnnotations: fc.Arbitrary<Readonly<Record<string, string>>> = mapOf(
  [
    'note',
    'constructor',
    trafficPolicyAnnotation,
    healthCheckAnnotation,
    nsxHealthCheckAnnotation,
    nsxHostnameAnnotation,
    'vmoperator.vmware.com/conversion',
  ],
  ['Local', 'Cluster', '30012', ''],
);

function mapOf(keys: readonly string[], values: readonly string[]): fc.Arbitrary<Readonly<Record<string, string>>> {
  return fc
    .uniqueArray(fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...values)), { maxLength: 3, selector: ([key]) => key })
    .map((entries) => Object.fromEntries(entries));
}

const ip4 = fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: 1, max: 20 })).map(([third, last]) => `10.0.${third}.${last}`);
const ip6 = fc.integer({ min: 1, max: 20 }).map((last) => `fd00::${last.toString(16)}`);

/** VMs with names and uids of their own; addresses may stand twice, as they do where guests share a bridge. */
export const someVms: fc.Arbitrary<readonly VirtualMachine[]> = fc
  .array(
    fc.record({
      labels: someLabels,
      ips: fc.tuple(fc.option(ip4, { nil: undefined }), fc.option(ip6, { nil: undefined })),
      ready: fc.constantFrom(undefined, true, false, 'Unknown' as const),
      probe: fc.constantFrom('none', 'empty', 'tcp', 'heartbeat', 'guestInfo'),
      power: fc.constantFrom('on', 'off', 'suspended'),
      deleted: fc.nat({ max: 5 }).map((dice) => dice === 0),
    }),
    { maxLength: 6 },
  )
  .map((entries) =>
    entries.map(({ labels, ips, ready, probe, power, deleted }, index) =>
      aVm(`vm-${index}`, {
        labels,
        ip: ips.filter((ip) => ip !== undefined),
        probe,
        power,
        ...(ready !== undefined && { ready }),
        ...(deleted && { deletedAt: '2026-11-20T11:00:00Z', finalizers: ['example.com/hold'] }),
      }),
    ),
  );

const portNames = ['http', 'https', 'dns', 'ssh'];

/** Ports with names of their own; a single one may have none. */
const somePorts = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(...portNames),
      port: fc.constantFrom(22, 53, 80, 443),
      protocol: fc.constantFrom('TCP', 'UDP'),
      targetPort: fc.constantFrom(22, 5353, 8080, 8443),
    }),
    {
      minLength: 1,
      maxLength: 3,
      comparator: (left, right) => left.name === right.name || (left.port === right.port && left.protocol === right.protocol),
    },
  )
  .chain((ports) =>
    fc.boolean().map((nameless) => (nameless && ports.length === 1 ? ports.map((port) => ({ ...port, name: '' })) : ports)),
  );

const someFamilies = fc.constantFrom(undefined, ['IPv4'], ['IPv6'], ['IPv4', 'IPv6'], ['IPv6', 'IPv4']);
const somePolicy = fc.constantFrom(undefined, 'SingleStack', 'PreferDualStack', 'RequireDualStack');

/** VirtualMachineServices `svc` that the API's schema takes; many of them do not make a valid Service. */
export const someVmService: fc.Arbitrary<VirtualMachineService> = fc
  .record({
    type: fc.constantFrom('LoadBalancer', 'LoadBalancer', 'ClusterIP', 'ExternalName'),
    selector: someLabels,
    ports: somePorts,
    labels: someLabels,
    annotations: someAnnotations,
    headless: fc.boolean(),
    families: someFamilies,
    policy: somePolicy,
    loadBalancerIP: fc.constantFrom(undefined, '', '192.0.2.1'),
    externalName: fc.constantFrom(undefined, 'db.example.com'),
    ranges: fc.constantFrom(undefined, [], ['10.0.0.0/8']),
    finalizers: fc.subarray([finalizer, deprecatedFinalizer, 'example.com/hold']),
    ingress: fc.constantFrom(undefined, ['192.0.2.9']),
  })
  .map(({ type, headless, families, policy, loadBalancerIP, externalName, ranges, ingress, ...rest }) =>
    aVmService('svc', {
      ...rest,
      type,
      ...(headless && type === 'ClusterIP' && { clusterIp: 'None' }),
      ...(families !== undefined && type !== 'ExternalName' && { ipFamilies: families }),
      ...(policy !== undefined && type !== 'ExternalName' && { ipFamilyPolicy: policy }),
      ...(loadBalancerIP !== undefined && { loadBalancerIP }),
      ...((type === 'ExternalName' || externalName !== undefined) && { externalName: externalName ?? 'x.example.com' }),
      ...(ranges !== undefined && { loadBalancerSourceRanges: ranges }),
      ...(ingress !== undefined && { ingress }),
    }),
  );

const gateway: OwnerReference = { apiVersion: 'example.com/v1', kind: 'Gateway', name: 'gate', uid: 'g-1' };

/** Owners of a child that the controller can take over. */
const someOwners = fc.subarray([gateway, { ...ownedBy(aVmService('svc')), uid: 'of an earlier one' }]);

/** A single-stack Service `svc` that somebody left, or none. */
export const somePriorService: fc.Arbitrary<Service | undefined> = fc.option(
  fc
    .record({
      type: fc.constantFrom('LoadBalancer', 'ClusterIP'),
      ports: somePorts,
      nodePort: fc.constantFrom(undefined, 30001),
      labels: someLabels,
      annotations: someAnnotations,
      owners: someOwners,
      sessionAffinity: fc.constantFrom('None', 'ClientIP'),
      ingress: fc.constantFrom(undefined, ['192.0.2.7']),
    })
    .map(({ type, ports, nodePort, ingress, sessionAffinity, ...meta }) =>
      aService('svc', {
        ...meta,
        type,
        sessionAffinity,
        ...(sessionAffinity === 'ClientIP' && { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } }),
        ports: ports.map(({ name, ...port }, index) => ({
          ...(name !== '' && { name }),
          ...port,
          ...(nodePort !== undefined && type === 'LoadBalancer' && { nodePort: nodePort + index }),
        })),
        ...(ingress !== undefined && type === 'LoadBalancer' && { ingress }),
      }),
    ),
  { nil: undefined },
);

/** Endpoints `svc` with addresses of nobody's VMs, or none. */
export const somePriorEndpoints: fc.Arbitrary<Endpoints | undefined> = fc.option(
  fc
    .record({ labels: someLabels, annotations: someAnnotations, owners: someOwners, ready: fc.uniqueArray(ip4, { maxLength: 3 }) })
    .map((options) => someEndpoints('svc', options)),
  { nil: undefined },
);

const jsonKeys = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'toString');
const jsonLeaf: fc.Arbitrary<Json> = fc.oneof(fc.boolean(), fc.integer({ min: -3, max: 3 }), fc.constantFrom('', 'x', 'y'));

/** JSON objects without null, as a server stores them: few keys, so that two of them have something in common. */
export const someJsonObject: fc.Arbitrary<JsonObject> = fc.letrec<{ object: JsonObject; value: Json }>((tie) => ({
  object: fc
    .uniqueArray(fc.tuple(jsonKeys, tie('value')), { maxLength: 4, selector: ([key]) => key })
    .map((entries) => Object.fromEntries(entries)),
  value: fc.oneof({ maxDepth: 3, withCrossShrink: true }, jsonLeaf, tie('object'), fc.array(tie('value'), { maxLength: 3 })),
})).object;
