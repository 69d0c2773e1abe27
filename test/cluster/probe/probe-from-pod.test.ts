import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cluster, ConnectionError } from '../../../src/cluster/cluster.ts';
import { memoryCluster } from '../../../src/cluster/memory.ts';
import { type PodProbeRequest, probeFromPod } from '../../../src/cluster/probe/probe-from-pod.ts';
import type { ProbeReport, ProbeTarget } from '../../../src/core/probe/probe.ts';
import { jsonOf, type KubeObject } from '../../../src/model/object.ts';
import { pods } from '../../../src/model/resources.ts';
import { ApiError } from '../../../src/model/status.ts';
import { anApiServer } from '../../support/api-server.ts';
import { aService } from '../../support/builders.ts';
import { testNow } from '../../support/test-io.ts';

const target: ProbeTarget = {
  stage: 'vip',
  service: { namespace: 'prod', name: 'web' },
  host: '192.0.2.7',
  port: 80,
  protocol: 'TCP',
  servicePort: 80,
  speech: 'tcp',
  vm: undefined,
  skip: undefined,
};

interface Stage {
  readonly cluster: Cluster;
  readonly created: KubeObject[];
  /** The names of the pods that are left. */
  left(): Promise<readonly string[]>;
}

/** A cluster in which a kubelet gives every pod that status, and a container printed that. */
function staged(
  status: object,
  log = '{"source":"192.168.4.9"}\n',
  more: Partial<Cluster> = {},
  objects: readonly KubeObject[] = [],
): Stage {
  const server = anApiServer();
  server.load([aService('web'), ...objects]);
  const memory = memoryCluster(server);
  const created: KubeObject[] = [];
  const cluster: Cluster = {
    ...memory,
    async create(object, options) {
      if (options.dryRun === 'none') created.push(object);
      return memory.create(object, options);
    },
    get: async (ref) => ({ ...(await memory.get(ref)), status }) as KubeObject,
    podLog: async () => log,
    ...more,
  };
  return {
    cluster,
    created,
    left: async () => (await memory.list(pods, 'v1', { namespace: 'prod' })).items.map(({ metadata }) => metadata.name),
  };
}

/** A clock that nobody has to wait for. */
function fastClock() {
  let time = 0;
  return {
    now: () => time,
    after: () => () => {},
    sleep: async (milliseconds: number) => {
      time += milliseconds;
      // Others get their turn, too.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function probe({ cluster }: Stage, more: Partial<PodProbeRequest> = {}): Promise<ProbeReport> {
  return probeFromPod({
    cluster,
    namespace: 'prod',
    context: undefined,
    image: 'tools',
    targets: [target],
    hold: 5000,
    send: undefined,
    expect: undefined,
    clock: fastClock(),
    signal: new AbortController().signal,
    now: () => new Date(testNow),
    commandLine: (words) => `${words.join(' ')} --context=sv-2`,
    onWriting: () => {},
    ...more,
  });
}

/** Why nothing was tried: then there are no lines. */
async function problemOf(stage: Stage): Promise<ProbeReport['problem']> {
  const { lines, problem } = await probe(stage);
  assert.deepEqual(lines, []);
  return problem;
}

test('with nothing to try, no pod is made', async () => {
  const stage = staged(ended);
  const skipped = { ...target, skip: 'a link-local address is not a place to send to' };
  const { lines, problem } = await probe(stage, { targets: [skipped] });
  assert.deepEqual(
    [lines.map(({ result, detail }) => [result, detail]), problem, stage.created],
    [[['skipped', skipped.skip]], undefined, []],
  );
});

const ended = { phase: 'Succeeded', containerStatuses: [{}] };

test('the pod is made once, its lines are read, and it is gone afterwards', async () => {
  const stage = staged(ended, '{"i":0,"result":"closed-early","ms":4,"hex":"","detail":""}\n');
  const report = await probe(stage);
  assert.deepEqual(
    report.lines.map(({ result, milliseconds }) => [result, milliseconds]),
    [['closed-early', 4]],
  );
  assert.equal(stage.created.length, 1);
  assert.deepEqual(await stage.left(), []);
});

test('S11 the pod fits the restricted profile, has no token, no host, and an end', async () => {
  const stage = staged(ended);
  await probe(stage);
  const [pod] = stage.created;
  assert.ok(pod);
  const { spec } = JSON.parse(JSON.stringify(jsonOf(pod)));
  const [container] = spec.containers;
  assert.deepEqual(pod.metadata.labels, { 'app.kubernetes.io/managed-by': 'kubectl-vmsvc' });
  assert.match(pod.metadata.name, /^vmsvc-probe-[0-9a-f]{8}$/);
  const { containers: _, ...rest } = spec;
  assert.deepEqual(rest, {
    restartPolicy: 'Never',
    activeDeadlineSeconds: 120,
    terminationGracePeriodSeconds: 0,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
  });
  assert.deepEqual(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    privileged: false,
    capabilities: { drop: ['ALL'] },
  });
  assert.deepEqual(container.resources.limits, container.resources.requests);
});

test('without a right nothing is made, and the rights are named', async () => {
  const stage = staged(ended, '', {
    accessReview: async ({ verb, subresource }) => ({ allowed: verb !== 'create' && subresource === undefined, reason: '' }),
  });
  assert.deepEqual(await problemOf(stage), {
    message: 'not permitted in namespace prod: create pods, get pods/log',
    hint: ['what you may run: kubectl vmsvc can-i -n prod --context=sv-2'],
  });
  assert.equal(stage.created.length, 0);
});

test('what an admission refuses in the rehearsal is said, and nothing is made', async () => {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code: 403,
    message: 'violates PodSecurity "restricted:latest"',
  } as const;
  const stage = staged(ended, '', { create: () => Promise.reject(new ApiError(status)) });
  assert.deepEqual(await problemOf(stage), {
    message: 'a pod of image tools would be refused: violates PodSecurity "restricted:latest"',
    hint: [],
  });
});

test('where a Service would send traffic to the pod, there is none', async () => {
  const greedy = aService('greedy', { selector: { 'app.kubernetes.io/managed-by': 'kubectl-vmsvc' } });
  const stage = staged(ended, '', {}, [greedy]);
  assert.deepEqual(await problemOf(stage), {
    message: 'Service greedy in prod selects pods with the labels of a probe, and would send it traffic',
    hint: [],
  });
  assert.equal(stage.created.length, 0);
});

test('an image that cannot be pulled is named within a minute, and the pod removed', async () => {
  const waiting = { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "tools"' } };
  const stage = staged({ phase: 'Pending', containerStatuses: [{ state: waiting }] });
  assert.deepEqual(await problemOf(stage), {
    message: 'the pod for the probe does not run: ImagePullBackOff: Back-off pulling image "tools"',
    hint: ['image tools has to be one that the cluster can pull: name another with --probe-image'],
  });
  assert.deepEqual(await stage.left(), []);
});

test('a pod that never starts is given up after 50 seconds, and removed', async () => {
  const stage = staged({
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no nodes' }],
  });
  assert.deepEqual(await problemOf(stage), {
    message: 'the pod for the probe does not run: it did not start within 50s: Unschedulable: no nodes',
    hint: [],
  });
  assert.deepEqual(await stage.left(), []);
});

test('a pod that nobody schedules is given up as such', async () => {
  const stage = staged({ phase: 'Pending' });
  assert.deepEqual(await problemOf(stage), {
    message: 'the pod for the probe does not run: it did not start within 50s: no scheduler gave it a node',
    hint: [],
  });
  assert.deepEqual(await stage.left(), []);
});

const wrongImage = ['image tools has to hold sh, and bash or busybox: name another with --probe-image'];

test('an image without a shell is named, and not called silent targets', async () => {
  const terminated = { reason: 'StartError', message: 'exec: "sh": executable file not found in $PATH', exitCode: 128 };
  const stage = staged({ phase: 'Failed', containerStatuses: [{ state: { terminated } }] });
  assert.deepEqual(await problemOf(stage), {
    message: 'the pod for the probe does not run: StartError: exec: "sh": executable file not found in $PATH',
    hint: wrongImage,
  });
  assert.deepEqual(await stage.left(), []);
});

test('a pod that printed nothing tried nothing', async () => {
  const stage = staged(ended, '/bin/sh: no such thing\n');
  assert.deepEqual(await problemOf(stage), { message: 'the pod ended without a word', hint: wrongImage });
  assert.deepEqual(await stage.left(), []);
});

test('a log that the server cannot get from the node is said to be missing, and the pod removed', async () => {
  const message = 'Get "https://10.0.0.7:10250/containerLogs/prod/vmsvc-probe-1/probe": dial tcp 10.0.0.7:10250: i/o timeout';
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 500, message } as const;
  const stage = staged(ended, '', { podLog: () => Promise.reject(new ApiError(status)) });
  assert.deepEqual(await problemOf(stage), {
    message: `the pod ran, and what it printed cannot be read: ${message}`,
    hint: ['the API server asks the node for it: whoever runs the cluster can tell why it gets no answer'],
  });
  assert.deepEqual(await stage.left(), []);
});

test('an interrupted run removes its pod', async () => {
  const controller = new AbortController();
  const stage = staged({ phase: 'Running' });
  const running = probe(stage, { signal: controller.signal, onWriting: () => setImmediate(() => controller.abort()) });
  assert.deepEqual((await running).problem, { message: 'interrupted', hint: ['no pod was left behind'] });
  assert.equal(stage.created.length, 1);
  assert.deepEqual(await stage.left(), []);
});

test('lost connections are reasons too: before the pod, on the way to it, and when it is to be removed', async () => {
  const lost = () => Promise.reject(new ConnectionError('the connection was lost', { hint: 'is the server up?' }));
  assert.deepEqual(await problemOf(staged(ended, '', { accessReview: lost })), {
    message: 'the connection was lost',
    hint: ['is the server up?'],
  });
  const unread = staged(ended, '', { podLog: lost });
  assert.deepEqual(await problemOf(unread), { message: 'the connection was lost', hint: ['is the server up?'] });
  assert.deepEqual(await unread.left(), []);
  const stuck = staged(ended, '{"i":0,"result":"refused","ms":1,"hex":"","detail":""}\n', { delete: lost });
  const { lines, problem } = await probe(stuck);
  const [name] = await stuck.left();
  assert.deepEqual(
    lines.map(({ result }) => result),
    ['refused'],
  );
  assert.deepEqual(problem, {
    message: `pod ${name} in prod could not be removed; once it has begun, it ends by itself within two minutes`,
    hint: [`remove it: kubectl delete pod ${name} -n prod --context=sv-2`],
  });
});

test('who does not let the pod be removed is said: a policy in its words, and a finalizer by its name', async () => {
  const message = "ValidatingAdmissionPolicy 'keep' denied request: no deleting here";
  const denied = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 422, message } as const;
  const kept = staged(ended, undefined, { delete: () => Promise.reject(new ApiError(denied)) });
  const { problem: refused } = await probe(kept);
  const [name] = await kept.left();
  assert.deepEqual(refused, {
    message: `pod ${name} in prod could not be removed: ${message}; once it has begun, it ends by itself within two minutes`,
    hint: [`remove it: kubectl delete pod ${name} -n prod --context=sv-2`],
  });
  const held = staged(ended);
  const withFinalizer = (pod: KubeObject) => ({ ...pod, metadata: { ...pod.metadata, finalizers: ['example.test/audit'] } });
  const cluster: Cluster = { ...held.cluster, create: (pod, options) => held.cluster.create(withFinalizer(pod), options) };
  const { problem: stays } = await probe({ ...held, cluster });
  const [heldName] = await held.left();
  assert.deepEqual(stays, {
    message: `pod ${heldName} in prod was deleted, and stays until example.test/audit lets it go`,
    hint: ['whoever put that finalizer on the pod has to take it off'],
  });
});

test('what earlier runs left behind is removed once it is ten minutes old', async () => {
  const leftOver = (name: string, creationTimestamp: string): KubeObject =>
    ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'prod', creationTimestamp, labels: { 'app.kubernetes.io/managed-by': 'kubectl-vmsvc' } },
      spec: { containers: [{ name: 'probe', image: 'tools' }] },
    }) as KubeObject;
  const stage = staged(ended, undefined, {}, [
    leftOver('vmsvc-probe-00000001', '2026-11-20T11:40:00Z'),
    leftOver('vmsvc-probe-00000002', '2026-11-20T11:55:00Z'),
    leftOver('somebody-elses', '2026-11-20T11:40:00Z'),
  ]);
  const report = await probe(stage);
  assert.deepEqual(report.notes, ['removed vmsvc-probe-00000001, which an earlier probe left behind']);
  assert.deepEqual((await stage.left()).toSorted(), ['somebody-elses', 'vmsvc-probe-00000002']);
});
