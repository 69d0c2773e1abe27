import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { traitsOf } from '../../src/core/profile.ts';
import { diceFrom } from '../support/dice.ts';
import { type RawClient, rawClient } from '../support/kubeconfig-requests.ts';
import { kindsIn, randomStep } from '../support/random-requests.ts';
import { realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { sendSideBySide } from '../support/side-by-side.ts';

const sequences = 16;
const length = 40;
/** Another one gives other requests. */
const firstSeed = Number(process.env.VMSVC_TEST_SEED ?? 1);

const release = await realRelease();

suite(`random requests, sent to the sandbox and to a real kube-apiserver with the definitions of ${release}, are answered alike`, () => {
  let sandbox: Sandbox;
  let ours: RawClient;
  let theirs: RawClient;
  before(async () => {
    sandbox = await startSandbox({ profile: release, objects: [], controllers: [], port: 0, now: () => new Date(), toolVersion: '0.0.0' });
    ours = await rawClient('/sandbox', { readFile: () => new TextEncoder().encode(sandboxKubeconfig(sandbox)) });
    theirs = await rawClient(realKubeconfig());
  });
  after(async () => {
    ours.close();
    theirs.close();
    await sandbox.close();
  });

  for (let seed = firstSeed; seed < firstSeed + sequences; seed += 1) {
    test(`${length} requests of seed ${seed}`, async (t) => {
      const namespace = `requests-${seed}-${randomUUID().slice(0, 8)}`;
      const dice = diceFrom(seed);
      const kinds = kindsIn(namespace, traitsOf(release).hubVersion);
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      for (const client of [ours, theirs]) await client.send({ method: 'POST', path: '/api/v1/namespaces', body });
      t.after(async () => {
        // What a sequence asked for by number is free for the next one.
        for (const client of [ours, theirs]) await empty(client, namespace);
      });
      const steps = Array.from({ length }, () => randomStep(dice, kinds));
      const disagreement = await sendSideBySide(steps, ours, theirs);
      if (disagreement === undefined) return;
      const { index, request, answers } = disagreement;
      assert.deepEqual(answers[0], answers[1], `request ${index} (VMSVC_TEST_SEED=${seed}): ${JSON.stringify(request)}`);
    });
  }
});

async function empty(client: RawClient, namespace: string): Promise<void> {
  const services = `/api/v1/namespaces/${namespace}/services`;
  for (const name of ['svc-a', 'svc-b', 'svc-c']) {
    const body = { metadata: { finalizers: null } };
    await client.send({ method: 'PATCH', path: `${services}/${name}`, contentType: 'application/merge-patch+json', body });
  }
  await client.send({ method: 'DELETE', path: services });
  await client.send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
}
