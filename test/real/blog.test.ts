import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { readYamlDocuments } from '../../src/cluster/files/yaml-reader.ts';
import { isKubeObject } from '../../src/cluster/kube-object.ts';
import { startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { type JsonObject, jsonOf, type KubeObject } from '../../src/model/object.ts';
import { apiVersionOf, endpoints, type Resource, services, virtualMachineServices, virtualMachines } from '../../src/model/resources.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { realKubeconfig } from '../support/real-cluster.ts';
import { loadObjects } from '../support/real-worlds.ts';
import { testIo } from '../support/test-io.ts';

/** A server with the definitions of release 8.0.1 that holds the project's example, as it was written in December 2021. */
interface Place {
  readonly kubeconfig: string;
  readonly cluster: Cluster;
}

const namespace = `demo-${randomUUID().slice(0, 8)}`;
const example = resolve(import.meta.dirname, '../../docs/examples/my-lb.yaml');

suite('the walk-through of my-lb with the definitions of 8.0.1', () => {
  for (const [name, open] of [['the sandbox', inSandbox] as const, ['a real kube-apiserver', onRealServer] as const]) {
    test(`on ${name}, reconcile makes the Service and the Endpoints, and changes nothing the second time`, async (t) => {
      const place = await open(t);
      const header = 'Acting as VM Operator 8.0.1 (v1alpha1), load balancer other than NSX';
      const first = await reconcile(place);
      assert.deepEqual(first, {
        exitCode: 0,
        lines: ['service/my-lb created', 'endpoints/my-lb created', 'virtualmachineservice.vmoperator.vmware.com/my-lb unchanged'],
        header,
      });
      const made = await worldOf(place.cluster);
      assert.deepEqual(withNames(made), expected);

      const second = await reconcile(place);
      assert.deepEqual(second, {
        exitCode: 0,
        lines: ['service/my-lb unchanged', 'endpoints/my-lb unchanged', 'virtualmachineservice.vmoperator.vmware.com/my-lb unchanged'],
        header,
      });
      // A write of any kind would have given one of them another resourceVersion.
      assert.deepEqual(await worldOf(place.cluster), made);
    });
  }
});

async function inSandbox(t: TestContext): Promise<Place> {
  const sandbox = await startSandbox({
    profile: 'A',
    objects: exampleObjects(),
    controllers: [],
    port: 0,
    now: () => new Date(),
    toolVersion: '0.0.0',
  });
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-blog-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, sandboxKubeconfig(sandbox), { mode: 0o600 });
  const cluster = await openKubeconfig(kubeconfig);
  t.after(async () => {
    await cluster.close();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });
  return { kubeconfig, cluster };
}

async function onRealServer(t: TestContext): Promise<Place> {
  const kubeconfig = realKubeconfig();
  const cluster = await openKubeconfig(kubeconfig);
  t.after(async () => {
    await cluster.delete({ apiVersion: 'v1', kind: 'Service', namespace, name: 'my-lb' }, { dryRun: 'none' });
    await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: namespace }, { dryRun: 'none' });
    await cluster.close();
  });
  await loadObjects(cluster, exampleObjects(), namespace);
  return { kubeconfig, cluster };
}

/** The file's objects, in a namespace that is this run's own. */
function exampleObjects(): readonly KubeObject[] {
  const { documents, problems } = readYamlDocuments(readFileSync(example, 'utf8'));
  assert.deepEqual(problems, []);
  return documents.map(({ value }) => inNamespace(value));
}

function inNamespace(object: unknown): KubeObject {
  if (!isKubeObject(object)) throw new Error('the example holds something that is no object');
  return { ...object, metadata: { ...object.metadata, namespace } };
}

async function reconcile({ kubeconfig }: Place) {
  const io = testIo(['reconcile', 'my-lb', '--once', '-n', namespace, '--release=8.0.1', '--kubeconfig', kubeconfig]);
  const exitCode = await run(io);
  return { exitCode, lines: io.out().trimEnd().split('\n'), header: io.err().trimEnd().split('\n').at(-1) };
}

interface World {
  readonly vms: readonly KubeObject[];
  readonly vmServices: readonly KubeObject[];
  readonly services: readonly KubeObject[];
  readonly endpoints: readonly KubeObject[];
}

async function worldOf(cluster: Cluster): Promise<World> {
  const list = async (resource: Resource, version: string) => (await cluster.list(resource, version, { namespace })).items;
  return {
    vms: await list(virtualMachines, 'v1alpha1'),
    vmServices: await list(virtualMachineServices, 'v1alpha1'),
    services: await list(services, 'v1'),
    endpoints: await list(endpoints, 'v1'),
  };
}

/** The children with a word for each value that a server draws: uids in the words of whose they are. */
function withNames({ vms, vmServices, services: madeServices, endpoints: madeEndpoints }: World): readonly JsonObject[] {
  const owners = new Map([...vms, ...vmServices].map(({ kind, metadata }) => [metadata.uid ?? '', `<uid of ${kind} ${metadata.name}>`]));
  assert.equal(owners.size, 3);
  return [...madeServices, ...madeEndpoints].map((object) => {
    const { uid, resourceVersion, creationTimestamp, ...metadata } = object.metadata;
    assert.match(uid ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.match(resourceVersion ?? '', /^\d+$/);
    assert.match(creationTimestamp ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    let text = JSON.stringify({ ...jsonOf(object), metadata }).replaceAll(namespace, 'demo-ns');
    for (const [drawn, word] of owners) text = text.replaceAll(drawn, word);
    return JSON.parse(
      text
        .replaceAll(/"10\.96\.\d+\.\d+"/g, '"<cluster IP>"')
        .replaceAll(/"nodePort":3[0-2]\d{3}/g, '"nodePort":"<node port>"')
        .replaceAll(/"time":"[\dTZ:-]+"/g, '"time":"<time>"'),
    );
  });
}

const owner = { apiVersion: apiVersionOf(virtualMachineServices, 'v1alpha1'), kind: 'VirtualMachineService', name: 'my-lb' } as const;
const metadata = {
  name: 'my-lb',
  namespace: 'demo-ns',
  ownerReferences: [{ ...owner, uid: '<uid of VirtualMachineService my-lb>', controller: true, blockOwnerDeletion: true }],
} as const;
const ownField = { 'f:ownerReferences': { '.': {}, 'k:{"uid":"<uid of VirtualMachineService my-lb>"}': {} } } as const;
const fieldsOf = (fields: JsonObject): readonly JsonObject[] => [
  { manager: 'kubectl-vmsvc', operation: 'Update', apiVersion: 'v1', time: '<time>', fieldsType: 'FieldsV1', fieldsV1: fields },
];
const target = (name: string) => ({
  kind: 'VirtualMachine',
  namespace: 'demo-ns',
  name,
  uid: `<uid of VirtualMachine ${name}>`,
  apiVersion: apiVersionOf(virtualMachines, 'v1alpha1'),
});

/** Service and Endpoints as the walk-through has them: no selector, and both VMs by address. */
const expected: readonly JsonObject[] = [
  {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: {
      ...metadata,
      managedFields: fieldsOf({
        'f:metadata': ownField,
        'f:spec': {
          'f:allocateLoadBalancerNodePorts': {},
          'f:externalTrafficPolicy': {},
          'f:internalTrafficPolicy': {},
          'f:ports': {
            '.': {},
            'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {}, 'f:protocol': {}, 'f:targetPort': {} },
          },
          'f:sessionAffinity': {},
          'f:type': {},
        },
      }),
    },
    spec: {
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 80, nodePort: '<node port>' }],
      clusterIP: '<cluster IP>',
      clusterIPs: ['<cluster IP>'],
      type: 'LoadBalancer',
      sessionAffinity: 'None',
      externalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      allocateLoadBalancerNodePorts: true,
      internalTrafficPolicy: 'Cluster',
    },
    status: { loadBalancer: {} },
  },
  {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: { ...metadata, managedFields: fieldsOf({ 'f:metadata': ownField, 'f:subsets': {} }) },
    subsets: [
      {
        addresses: [
          { ip: '192.168.128.10', targetRef: target('vm-1') },
          { ip: '192.168.128.11', targetRef: target('vm-2') },
        ],
        ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
      },
    ],
  },
];
