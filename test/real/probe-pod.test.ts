import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../src/cli/run.ts';
import { probeFromPod } from '../../src/cluster/probe/probe-from-pod.ts';
import { issueSandboxCertificate } from '../../src/cluster/sandbox/sandbox-certificate.ts';
import { namedTarget } from '../../src/core/probe/targets.ts';
import { traitsOf } from '../../src/core/profile.ts';
import type { Json, JsonObject } from '../../src/model/object.ts';
import { isMap } from '../../src/model/raw-json.ts';
import { shellQuote } from '../../src/render/shell-quote.ts';
import { testClock } from '../cluster/fault-server.ts';
import { aVmService, vmOperatorVersions } from '../support/builders.ts';
import { type RawClient, rawClient } from '../support/kubeconfig-requests.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { loadObjects } from '../support/real-worlds.ts';
import { testIo } from '../support/test-io.ts';

// Real admission and a real authorizer decide about the pod. No container runs: the test gives pods a node, whose kubelet it plays.
const kubeconfig = realKubeconfig();
const { hubVersion } = traitsOf(await realRelease());
const version = vmOperatorVersions.find((candidate) => candidate === hubVersion) ?? assert.fail(`no builder writes ${hubVersion}`);
const node = `node-${randomUUID().slice(0, 8)}`;

suite('a pod that probes, on a real kube-apiserver', () => {
  let raw: RawClient;
  let kubelet: Server;
  /** What every container prints; undefined: the kubelet fails. */
  let log: string | undefined;
  const made: string[] = [];

  before(async () => {
    raw = await rawClient(kubeconfig);
    const { key, certificate } = issueSandboxCertificate(new Date());
    kubelet = createServer({ key, cert: certificate }, (request, response) => {
      if (log === undefined || request.url?.startsWith('/containerLogs/') !== true) response.writeHead(500).end('the disk is full');
      else response.writeHead(200, { 'content-type': 'text/plain' }).end(log);
    });
    await new Promise<void>((resolve) => kubelet.listen(0, '127.0.0.1', resolve));
    const { port } = kubelet.address() as AddressInfo;
    await must('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: node } });
    const status = { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }], daemonEndpoints: { kubeletEndpoint: { Port: port } } };
    await must('PATCH', `/api/v1/nodes/${node}/status`, { status });
  });
  after(async () => {
    for (const namespace of made) {
      await raw.send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}/services/web` });
      await raw.send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
    }
    await raw.send({ method: 'DELETE', path: `/api/v1/nodes/${node}` });
    raw.close();
    kubelet.close();
    kubelet.closeAllConnections();
  });

  async function must(method: 'POST' | 'PATCH' | 'GET', path: string, body?: Json): Promise<JsonObject> {
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answer = await raw.send({ method, path, contentType, ...(body !== undefined && { body }) });
    assert.ok(answer.code < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** A namespace with the service `web` in it. */
  async function aNamespace(labels: Readonly<Record<string, string>> = {}): Promise<string> {
    const namespace = `probe-${randomUUID().slice(0, 8)}`;
    const cluster = await openKubeconfig(kubeconfig);
    await loadObjects(cluster, [aVmService('web', { namespace, version })], namespace);
    await cluster.close();
    made.push(namespace);
    const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
    await must('POST', `/api/v1/namespaces/${namespace}/services`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { ports },
    });
    await must('PATCH', `/api/v1/namespaces/${namespace}`, { metadata: { labels } });
    return namespace;
  }

  async function podsOf(namespace: string): Promise<readonly JsonObject[]> {
    const { items } = await must('GET', `/api/v1/namespaces/${namespace}/pods`);
    return Array.isArray(items) ? items.filter((item: Json): item is JsonObject => isMap(item)) : [];
  }

  const nameOf = ({ metadata }: JsonObject): string => (isMap(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : '');

  function probe(namespace: string, context = 'admin') {
    const words = ['debug', 'web', '-n', namespace, '--probe', '--hold=200ms', '--from=pod', '--probe-image=tools', '--rules=VMS7*'];
    const io = testIo([...words, '--kubeconfig', kubeconfig, '--context', context], { now: new Date().toISOString() });
    const ended = run(io).then((code) => ({ code, out: io.out(), err: io.err() }));
    return { io, ended };
  }

  async function podOf(namespace: string): Promise<JsonObject> {
    for (;;) {
      const [pod] = await podsOf(namespace);
      if (pod !== undefined) return pod;
      await sleep(20);
    }
  }

  /** As a scheduler and a kubelet would: a node, and a status. */
  async function play(namespace: string, name: string, status: JsonObject): Promise<void> {
    const pods = `/api/v1/namespaces/${namespace}/pods/${name}`;
    const target = { apiVersion: 'v1', kind: 'Node', name: node };
    await must('POST', `${pods}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target });
    await must('PATCH', `${pods}/status`, { status });
  }

  /** What is said of the pod, which comes last. */
  const unknown = (out: string) => out.slice(out.lastIndexOf('PROBE'));
  const nothingTried = (namespace: string, why: string, fix?: string) =>
    [
      `PROBE  from a pod in ${namespace}: UNKNOWN, nothing was tried there`,
      `  why    ${why}`,
      ...(fix === undefined ? [] : [`  fix    ${fix}`]),
      '',
    ].join('\n');

  const containerEnded = {
    name: 'probe',
    image: 'tools',
    imageID: '',
    ready: false,
    restartCount: 0,
    state: { terminated: { exitCode: 0 } },
  };

  test('fits a namespace that enforces the restricted profile, is read through the node, and is gone', async () => {
    log =
      '{"source":"192.168.4.9"}\n{"i":0,"result":"proven","ms":1,"hex":"","detail":"10.96.0.9"}\n{"i":1,"result":"refused","ms":2,"hex":"","detail":""}\n';
    const namespace = await aNamespace({
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    });
    const { ended } = probe(namespace);
    await play(namespace, nameOf(await podOf(namespace)), { phase: 'Succeeded', containerStatuses: [containerEnded] });
    const { code, out, err } = await ended;
    assert.equal(err, '');
    assert.match(out, new RegExp(`^PROBE {2}from a pod in ${namespace}`, 'm'));
    assert.match(out, /^ {2}web\.\S+ +resolved to 10\.96\.0\.9$/m);
    assert.match(out, /^ {2}10\.96\.\d+\.\d+:80 +refused +nothing listens \(VMS701\)$/m);
    assert.equal(code, 0);
    assert.deepEqual(await podsOf(namespace), []);
  });

  test('that no scheduler takes is given up in a sentence, and gone', async () => {
    const namespace = await aNamespace();
    const cluster = await openKubeconfig(kubeconfig);
    // Nobody need wait for 50 seconds to see that nothing comes: the clock is the one thing here that is not real.
    const { problem } = await probeFromPod({
      cluster,
      namespace,
      context: undefined,
      image: 'tools',
      targets: [namedTarget('10.20.0.15', 80, 'tcp')],
      hold: 200,
      send: undefined,
      expect: undefined,
      clock: testClock(),
      signal: new AbortController().signal,
      now: () => new Date(),
      commandLine: (words) => words.join(' '),
      onWriting: () => {},
    });
    await cluster.close();
    assert.deepEqual(problem, {
      message: 'the pod for the probe does not run: it did not start within 50s: no scheduler gave it a node',
      hint: [],
    });
    assert.deepEqual(await podsOf(namespace), []);
  });

  test('whose image cannot be pulled is given up at once', async () => {
    const namespace = await aNamespace();
    const { ended } = probe(namespace);
    const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "tools"' };
    const containerStatuses = [{ ...containerEnded, state: { waiting } }];
    await play(namespace, nameOf(await podOf(namespace)), { phase: 'Pending', containerStatuses });
    const { code, out, err } = await ended;
    assert.equal(
      unknown(out),
      nothingTried(
        namespace,
        'the pod for the probe does not run: ImagePullBackOff: Back-off pulling image "tools"',
        'image tools has to be one that the cluster can pull: name another with --probe-image',
      ),
    );
    assert.deepEqual([code, err], [3, '']);
    assert.deepEqual(await podsOf(namespace), []);
  });

  test('whose log the node does not give is said to have none, and gone', async () => {
    log = undefined;
    const namespace = await aNamespace();
    const { ended } = probe(namespace);
    await play(namespace, nameOf(await podOf(namespace)), { phase: 'Succeeded', containerStatuses: [containerEnded] });
    const { code, out, err } = await ended;
    assert.match(unknown(out), /^ {2}why {4}the pod ran, and what it printed cannot be read: .*the disk is full$/m);
    assert.equal(code, 3);
    // The pauses between tries are drawn: the last is told where it is longer than a second.
    assert.match(err, /^(the server has failed \(500\): trying again in 2 s\n)?$/);
    assert.deepEqual(await podsOf(namespace), []);
  });

  test('is gone after Ctrl-C, and nobody waits for it', async () => {
    const namespace = await aNamespace();
    const { io, ended } = probe(namespace);
    await podOf(namespace);
    io.interrupt('SIGINT');
    assert.deepEqual(await ended, { code: 130, out: '', err: 'error: interrupted\nno pod was left behind\n' });
    assert.deepEqual(await podsOf(namespace), []);
  });

  test('that a quota does not admit is refused before it is made', async () => {
    const namespace = await aNamespace();
    const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`;
    await must('POST', quotas, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' }, spec: { hard: { pods: '0' } } });
    await must('PATCH', `${quotas}/none/status`, { status: { hard: { pods: '0' }, used: { pods: '0' } } });
    const { code, out, err } = await probe(namespace).ended;
    assert.match(
      unknown(out),
      /^ {2}why {4}a pod of image tools would be refused: .*exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0\n$/m,
    );
    assert.deepEqual([code, err], [3, '']);
    assert.deepEqual(await podsOf(namespace), []);
  });

  for (const [missing, verbs, logs] of [
    ['create pods', ['get', 'delete', 'list'], ['get']],
    ['delete pods', ['create', 'get', 'list'], ['get']],
    ['get pods/log', ['create', 'get', 'delete', 'list'], []],
  ] as const) {
    test(`is not made by somebody who may not ${missing}`, async () => {
      const namespace = await aNamespace();
      await letDev(namespace, [
        {
          apiGroups: ['vmoperator.vmware.com', '', 'discovery.k8s.io', 'netoperator.vmware.com'],
          resources: readable,
          verbs: ['get', 'list'],
        },
        { apiGroups: [''], resources: ['pods'], verbs },
        ...(logs.length === 0 ? [] : [{ apiGroups: [''], resources: ['pods/log'], verbs: logs }]),
      ]);
      const { code, out, err } = await probe(namespace, 'dev').ended;
      assert.equal(
        unknown(out),
        `${nothingTried(
          namespace,
          `not permitted in namespace ${namespace}: ${missing}`,
          `what you may run: kubectl vmsvc can-i -n ${namespace} --context=dev --kubeconfig=${shellQuote(kubeconfig)}`,
        )}Not looked at: networksettings, namespaces, networkpolicies, leases, deployments (forbidden).\n`,
      );
      assert.deepEqual([code, err], [3, '']);
      assert.deepEqual(await podsOf(namespace), []);
    });
  }

  const readable = ['virtualmachineservices', 'virtualmachines', 'services', 'endpoints', 'endpointslices', 'events', 'resourcequotas'];

  /** Gives user dev these rights, and waits until the server knows. */
  async function letDev(namespace: string, rules: Json): Promise<void> {
    const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    await must('POST', `${roles}/roles`, { apiVersion, kind: 'Role', metadata: { name: 'dev' }, rules });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'dev' };
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'dev' }];
    await must('POST', `${roles}/rolebindings`, { apiVersion, kind: 'RoleBinding', metadata: { name: 'dev' }, roleRef, subjects });
    const dev = await rawClient(kubeconfig, { context: 'dev' });
    while ((await dev.send({ method: 'GET', path: `/api/v1/namespaces/${namespace}/services` })).code !== 200) await sleep(20);
    dev.close();
  }
});
