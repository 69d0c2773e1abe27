import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Admission,
  type AdmissionOptions,
  type AdmissionRequest,
  vmServiceAdmission,
} from '../../src/apiserver/admission/vm-service-admission.ts';
import { readCrdFiles } from '../../src/cluster/sandbox/crd-files.ts';
import type { Profile } from '../../src/core/profile.ts';
import type { Json, JsonObject, KubeObject, OwnerReference } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { readAdmissions } from '../support/conformance.ts';
import { withCopiedMistakes } from '../support/copied-mistakes.ts';
import { type Dice, diceFrom } from '../support/dice.ts';
import { frozen } from '../support/frozen.ts';
import { randomFrom } from '../support/random.ts';

const profiles: readonly Profile[] = ['A', 'B', 'C', 'D', 'E'];
const apiServers = [22, 33, undefined] as const;

/** A cluster where it matters which namespace and which name a service has. */
const cluster: readonly KubeObject[] = [
  {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few', namespace: 'full' },
    ...{ status: { hard: { services: '1' }, used: { services: '1' } } },
  },
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'ending', deletionTimestamp: '2026-11-20T11:00:00Z' },
    ...{ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Terminating' } },
  },
  aService('theirs', '10.96.0.9', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u', controller: true }]),
  aService('headless', 'None', []),
  { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'written', namespace: 'val' } },
  { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' }, ...{ spec: { cidrs: ['10.96.0.0/24'] } } },
];

function aService(name: string, clusterIP: string, ownerReferences: readonly OwnerReference[]): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'val', ...(ownerReferences.length > 0 && { ownerReferences }) },
    ...{ spec: { type: 'ClusterIP', clusterIP, clusterIPs: [clusterIP], ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] } },
  };
}

const sound: JsonObject = {
  apiVersion: 'vmoperator.vmware.com/v1alpha1',
  kind: 'VirtualMachineService',
  metadata: { name: 'web' },
  spec: {
    type: 'LoadBalancer',
    selector: { app: 'web' },
    ports: [
      { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 },
      { name: 'https', protocol: 'TCP', port: 443, targetPort: 8443 },
    ],
  },
};

/** The same with other words for what decides nothing where it is right, and at times for what does. */
function likeIt(object: JsonObject, dice: Dice): JsonObject {
  const metadata = {
    ...mapOf(object['metadata']),
    name: dice.pick(['web', 'db', 'theirs', 'headless', 'written', 'w'.repeat(63), '9web', 'Web']),
    ...dice.some(0.3, {
      namespace: () => dice.pick(['val', 'full', 'ending', 'settled', 'Val', null]),
      labels: () => dice.pick([{ tier: 'front' }, { 'vmoperator.vmware.com/x': 'y' }, { tier: '-' }, { tier: 1 }, {}]),
      annotations: () => dice.pick<Json>([{ note: 'n' }, { 'ncp/x': 'y' }, ...annotationsRead.map((key) => ({ [key]: 'Local' }))]),
    }),
  };
  const { ports, ...spec } = mapOf(object['spec']);
  const others = {
    ...spec,
    ...dice.some(0.3, { selector: () => dice.pick<Json>([{ app: 'db' }, { a: '', b: 'c' }, { 'a b': 'c' }, { app: 'a b' }, {}, null]) }),
    ...dice.some(0.06, {
      clusterIp: () => dice.pick(['10.96.0.9', '10.96.0.77', '10.97.0.1', 'None', '']),
      loadBalancerIP: () => dice.pick(['10.9.9.9', 'x', '']),
      loadBalancerSourceRanges: () => dice.pick<Json>([['10.0.0.0/8'], ['10.0.0.1/8'], [], null]),
      ipFamilies: () => dice.pick<Json>([['IPv4'], ['IPv6', 'IPv4'], []]),
      ipFamilyPolicy: () => dice.pick(['SingleStack', 'PreferDualStack', 'RequireDualStack']),
      type: () => dice.pick(['ClusterIP', 'NodePort', 'ExternalName']),
    }),
  };
  const targetPort = () => dice.pick<Json>([80, 65535, 8080.5, 65536, 0, '80', null]);
  const newPorts = Array.isArray(ports)
    ? ports.map((port) => (isMap(port) ? { ...port, ...dice.some(0.2, { targetPort }) } : port))
    : ports;
  const apiVersion = dice.chance(0.2) ? { apiVersion: `vmoperator.vmware.com/v1alpha${1 + dice.below(7)}` } : {};
  return { ...object, ...apiVersion, metadata, spec: { ...others, ...(newPorts !== undefined && { ports: newPorts }) } };
}

const annotationsRead = [
  'virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy',
  'vmoperator.vmware.com.protected/skip-validation',
  'service.beta.kubernetes.io/load-balancer-source-ranges',
] as const;

function mapOf(value: Json | undefined): JsonObject {
  return isMap(value) ? value : {};
}

test('whoever judged others before judges each service as somebody who sees it first', () => {
  const dice = diceFrom(5);
  const random = randomFrom(5);
  const bases = [...readAdmissions().flatMap(({ object }) => (isMap(object) ? [object] : []))];
  let unremarkable = 0;
  for (const profile of profiles) {
    const definitions = readCrdFiles(profile);
    for (const workloadIPv6 of [false, true]) {
      for (const kubernetesMinor of apiServers) {
        const options: AdmissionOptions = {
          profile,
          definitions,
          workloadIPv6,
          kubernetesMinor,
          providerOf: (namespace) =>
            namespace === 'settled' ? { from: 'setting', provider: 'nsx' } : { from: 'setting', provider: 'none' },
          objects: cluster.filter(({ kind }) => kind !== 'ServiceCIDR' || workloadIPv6),
        };
        const used: Admission = vmServiceAdmission(options);
        for (let round = 0; round < 80; round += 1) {
          const base = dice.chance(0.6) ? sound : (bases[dice.below(bases.length)] ?? sound);
          const object = frozen(likeIt(dice.chance(0.8) ? base : withCopiedMistakes(base, random), dice));
          const request = dice.pick<AdmissionRequest>([
            { namespace: undefined },
            { namespace: undefined, place: 'val' },
            { namespace: 'val' },
          ]);
          const alone = vmServiceAdmission(options).all(object, request);
          const message = `${profile} ${workloadIPv6} ${kubernetesMinor} ${JSON.stringify(request)}: ${JSON.stringify(object)}`;
          assert.deepEqual(used.all(object, request), alone, message);
          if (alone.length === 0) unremarkable += 1;
        }
      }
    }
  }
  // Only of these the answer is remembered.
  assert.ok(unremarkable > 100, `${unremarkable}`);
});
