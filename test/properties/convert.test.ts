import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { V1ServicePort, V1ServiceSpec } from '@kubernetes/client-node';
import fc from 'fast-check';
import { run } from '../../src/cli/run.ts';
import { toService } from '../../src/core/convert/to-service.ts';
import { toVmService } from '../../src/core/convert/to-vm-service.ts';
import { type Json, type JsonObject, jsonOf } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { vmServiceOf } from '../../src/model/virtual-machine-service.ts';
import { propertyOptions } from '../support/arbitraries.ts';
import { vmOperatorVersions } from '../support/builders.ts';
import { seenWorld } from '../support/seen-world.ts';
import { testIo } from '../support/test-io.ts';

/** What becomes of a field that somebody wrote: it comes back as it was, it is named as lost, or nobody misses it and why. */
type Fate = 'comes back' | 'lost' | { readonly unmissed: string };

interface Case {
  readonly value: Json;
  readonly fate: Fate;
}

/** On a load balancer with one port, as somebody writes it. */
const specFields: Readonly<Record<string, readonly Case[]>> = {
  type: [
    { value: 'LoadBalancer', fate: 'comes back' },
    { value: 'ClusterIP', fate: 'comes back' },
    { value: 'NodePort', fate: 'lost' },
  ],
  ports: [{ value: [{ name: 'a', protocol: 'UDP', port: 1, targetPort: 2 }], fate: 'comes back' }],
  selector: [{ value: { app: 'web' }, fate: { unmissed: 'it is in the VirtualMachineService; a Service for VMs has none' } }],
  clusterIP: [{ value: '10.96.0.9', fate: 'comes back' }],
  clusterIPs: [
    { value: ['10.96.0.9'], fate: { unmissed: 'it comes back as clusterIP' } },
    { value: ['10.96.0.9', 'fd00::9'], fate: 'lost' },
  ],
  ipFamilies: [{ value: ['IPv6', 'IPv4'], fate: 'comes back' }],
  ipFamilyPolicy: [{ value: 'PreferDualStack', fate: 'comes back' }],
  externalName: [{ value: 'db.example.com', fate: 'lost' }],
  loadBalancerIP: [{ value: '10.0.0.1', fate: 'comes back' }],
  loadBalancerSourceRanges: [{ value: ['10.0.0.0/8'], fate: 'comes back' }],
  loadBalancerClass: [{ value: 'example.com/lb', fate: 'lost' }],
  allocateLoadBalancerNodePorts: [
    { value: false, fate: 'comes back' },
    { value: true, fate: 'lost' },
  ],
  externalTrafficPolicy: [
    { value: 'Local', fate: 'comes back' },
    { value: 'Cluster', fate: 'comes back' },
    { value: 'local', fate: 'lost' },
  ],
  internalTrafficPolicy: [
    { value: 'Local', fate: 'lost' },
    { value: 'Cluster', fate: { unmissed: 'it is what a server fills in' } },
  ],
  healthCheckNodePort: [{ value: 31000, fate: 'lost' }],
  sessionAffinity: [
    { value: 'ClientIP', fate: 'lost' },
    { value: 'None', fate: { unmissed: 'it is what a server fills in' } },
  ],
  sessionAffinityConfig: [{ value: { clientIP: { timeoutSeconds: 10 } }, fate: 'lost' }],
  externalIPs: [{ value: ['192.0.2.1'], fate: 'lost' }],
  publishNotReadyAddresses: [
    { value: true, fate: 'lost' },
    { value: false, fate: { unmissed: 'it is what a server fills in' } },
  ],
  trafficDistribution: [{ value: 'PreferClose', fate: 'lost' }],
};

const portFields: Readonly<Record<string, readonly Case[]>> = {
  name: [{ value: 'web', fate: 'comes back' }],
  protocol: [
    { value: 'SCTP', fate: 'comes back' },
    { value: 'ICMP', fate: 'lost' },
  ],
  port: [{ value: 81, fate: 'comes back' }],
  targetPort: [
    { value: 8080, fate: 'comes back' },
    { value: 'http', fate: 'lost' },
  ],
  nodePort: [{ value: 30080, fate: 'lost' }],
  appProtocol: [{ value: 'kubernetes.io/h2c', fate: 'lost' }],
};

const port = { name: 'http', protocol: 'TCP', port: 80, targetPort: 80 };

function aServiceWith(spec: JsonObject): JsonObject {
  const plain = { type: 'LoadBalancer', selector: { app: 'web' }, ports: [port] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'prod' }, spec: { ...plain, ...spec } };
}

/** There and back: what was named as lost, and the Service that comes back. */
function roundTrip(service: JsonObject, version = 'v1alpha6') {
  const there = toVmService(service, { version, namespace: undefined });
  const [object] = there.objects;
  assert.ok(object !== undefined && there.objects.length === 1);
  const back = toService(vmServiceOf(object), seenWorld([]));
  const returned = back.objects.find(({ kind }) => kind === 'Service');
  assert.ok(returned);
  assert.deepEqual(back.losses, [], 'everything that came over goes back');
  return { lost: there.losses.map(({ field }) => field), spec: mapAt(jsonOf(returned), 'spec'), vmSpec: mapAt(jsonOf(object), 'spec') };
}

function mapAt(object: JsonObject, field: string): JsonObject {
  const value = object[field];
  assert.ok(isMap(value), field);
  return value;
}

describe('a field of a Service comes back, or is named as lost', () => {
  test('every field that a Service and its ports can have is here', () => {
    const known = (type: typeof V1ServiceSpec | typeof V1ServicePort) =>
      type
        .getAttributeTypeMap()
        .map(({ baseName }) => baseName)
        .toSorted();
    assert.deepEqual(Object.keys(specFields).toSorted(), known(V1ServiceSpec));
    assert.deepEqual(Object.keys(portFields).toSorted(), known(V1ServicePort));
  });

  const check = (at: string, fate: Fate, lost: readonly string[], returned: Json | undefined, written: Json) => {
    if (fate === 'lost') return assert.deepEqual(lost, [at]);
    assert.deepEqual(lost, []);
    if (fate === 'comes back') assert.deepEqual(returned, written);
  };
  for (const [field, cases] of Object.entries(specFields)) {
    for (const { value, fate } of cases) {
      test(`spec.${field}: ${JSON.stringify(value)}`, () => {
        const { lost, spec } = roundTrip(aServiceWith({ [field]: value }));
        check(`spec.${field}`, fate, lost, spec[field], value);
      });
    }
  }
  for (const [field, cases] of Object.entries(portFields)) {
    for (const { value, fate } of cases) {
      test(`spec.ports[0].${field}: ${JSON.stringify(value)}`, () => {
        const { lost, spec } = roundTrip(aServiceWith({ ports: [{ ...port, [field]: value }] }));
        const [first] = Array.isArray(spec['ports']) ? spec['ports'] : [];
        check(`spec.ports[0].${field}`, fate, lost, isMap(first) ? first[field] : undefined, value);
      });
    }
  }
});

/** Some of those fields at once. */
const someSpec: fc.Arbitrary<JsonObject> = fc.record(
  Object.fromEntries(Object.entries(specFields).map(([field, cases]) => [field, fc.constantFrom(...cases.map(({ value }) => value))])),
  { requiredKeys: [] },
);

test('of any fields together, in any version, each comes back or is named', () => {
  fc.assert(
    fc.property(someSpec, fc.constantFrom(...vmOperatorVersions), (written, version) => {
      const service = aServiceWith(written);
      const { lost, spec, vmSpec } = roundTrip(service, version);
      const whole = mapAt(service, 'spec');
      assert.deepEqual(vmSpec['selector'], whole['selector']);
      for (const [field, value = null] of Object.entries(whole)) {
        const unmissed = specFields[field]?.some((one) => one.value === value && typeof one.fate === 'object') === true;
        const nothingSaid = spec['type'] !== 'LoadBalancer' && ofLoadBalancers.get(field) === value;
        if (field === 'selector' || unmissed || nothingSaid || lost.includes(`spec.${field}`)) continue;
        assert.deepEqual(spec[field], value, field);
      }
    }),
    propertyOptions(1000),
  );
});

/** What a load balancer alone can have, and what says the same as nothing on another type. */
const ofLoadBalancers: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['allocateLoadBalancerNodePorts', false],
  ['externalTrafficPolicy', 'Cluster'],
]);

test('the command ends with 1 exactly where it names something as lost or refused, and it names all that is', async () => {
  await fc.assert(
    fc.asyncProperty(someSpec, async (written) => {
      const service = aServiceWith(written);
      const io = testIo(['convert', '-f', '-', '-q', '--release=main'], { stdin: JSON.stringify(service) });
      const code = await run(io);
      const named = [...io.err().matchAll(/^Warning: service\/web: (\S+) is lost: /gm)].map(([, field]) => field);
      const isRefused = io.err().includes(': it would be refused: ');
      assert.deepEqual(named, roundTrip(service).lost);
      assert.equal(code, named.length > 0 || isRefused ? 1 : 0, io.err());
    }),
    propertyOptions(60),
  );
});
