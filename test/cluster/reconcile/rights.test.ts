import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AccessAttributes, type Cluster, ConnectionError } from '../../../src/cluster/cluster.ts';
import { limits } from '../../../src/cluster/limits.ts';
import { memoryCluster } from '../../../src/cluster/memory.ts';
import { askRights } from '../../../src/cluster/reconcile/rights.ts';
import type { Right } from '../../../src/core/rights/rights.ts';
import { ApiError } from '../../../src/model/status.ts';
import { anApiServer } from '../../support/api-server.ts';

const patchEndpoints: Right = { verb: 'patch', group: '', resource: 'endpoints' };
const patchStatus: Right = { verb: 'patch', group: 'vmoperator.vmware.com', resource: 'virtualmachineservices', subresource: 'status' };
const getSettings: Right = { verb: 'get', group: 'netoperator.vmware.com', resource: 'networksettings', name: 'default' };
const all = [patchEndpoints, patchStatus, getSettings];

/** A cluster that answers questions about rights as told. */
function asked(answer: (attributes: AccessAttributes) => { readonly allowed: boolean; readonly reason: string }) {
  const questions: AccessAttributes[] = [];
  let open = 0;
  let most = 0;
  const cluster: Cluster = {
    ...memoryCluster(anApiServer()),
    async accessReview(attributes) {
      questions.push(attributes);
      most = Math.max(most, ++open);
      await Promise.resolve();
      open -= 1;
      return answer(attributes);
    },
  };
  return { cluster, questions, most: () => most };
}

function refusal(code: number, reason: string, message: string): ApiError {
  return new ApiError({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message });
}

test("a cluster in memory is its administrator's: everything is allowed", async () => {
  const answers = await askRights(memoryCluster(anApiServer()), [{ namespace: 'prod', rights: all }]);
  assert.deepEqual(
    all.map((right) => answers.of('prod', right).answer),
    ['allowed', 'allowed', 'allowed'],
  );
});

test('each right of a namespace is asked for once, with its subresource and its name', async () => {
  const { cluster, questions } = asked(({ verb }) => ({ allowed: verb === 'get', reason: 'a rule' }));
  const answers = await askRights(cluster, [
    { namespace: 'prod', rights: [...all, ...all] },
    { namespace: 'test', rights: [patchEndpoints] },
    { namespace: 'test', rights: [patchEndpoints] },
  ]);
  assert.deepEqual(questions, [
    { namespace: 'prod', verb: 'patch', group: '', resource: 'endpoints' },
    { namespace: 'prod', verb: 'patch', group: 'vmoperator.vmware.com', resource: 'virtualmachineservices', subresource: 'status' },
    { namespace: 'prod', verb: 'get', group: 'netoperator.vmware.com', resource: 'networksettings', name: 'default' },
    { namespace: 'test', verb: 'patch', group: '', resource: 'endpoints' },
  ]);
  assert.deepEqual(answers.of('prod', getSettings), { answer: 'allowed', reason: 'a rule' });
  assert.deepEqual(answers.of('test', patchEndpoints), { answer: 'denied', reason: 'a rule' });
});

test('a thousand questions wait for each other instead of being asked at once', async () => {
  const { cluster, questions, most } = asked(() => ({ allowed: true, reason: '' }));
  const wanted = Array.from({ length: 1000 }, (_, at) => ({ namespace: `ns-${at}`, rights: [patchEndpoints] }));
  await askRights(cluster, wanted);
  assert.equal(questions.length, 1000);
  assert.equal(most(), limits.sockets);
});

test('R049 a server that refuses to say, or cannot be asked, leaves the right unknown', async () => {
  const { cluster } = asked(({ resource }) => {
    if (resource === 'endpoints') throw refusal(403, 'Forbidden', 'selfsubjectaccessreviews is forbidden');
    if (resource === 'networksettings') throw new ConnectionError('it hung up');
    return { allowed: false, reason: '' };
  });
  const answers = await askRights(cluster, [{ namespace: 'prod', rights: all }]);
  assert.deepEqual(
    all.map((right) => answers.of('prod', right)),
    [
      { answer: 'unknown', reason: 'selfsubjectaccessreviews is forbidden' },
      { answer: 'denied', reason: '' },
      { answer: 'unknown', reason: 'it hung up' },
    ],
  );
});

test('who is not logged in is told so, instead of that the rights are unknown', async () => {
  const { cluster } = asked(() => {
    throw refusal(401, 'Unauthorized', 'Unauthorized');
  });
  await assert.rejects(askRights(cluster, [{ namespace: 'prod', rights: all }]), refusal(401, 'Unauthorized', 'Unauthorized'));
});
