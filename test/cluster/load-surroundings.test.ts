import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Cluster, Discovery } from '../../src/cluster/cluster.ts';
import { loadSurroundings } from '../../src/cluster/load-surroundings.ts';
import type { Resource } from '../../src/model/resources.ts';
import { ApiError } from '../../src/model/status.ts';

const core = { name: '', versions: ['v1'], preferredVersion: 'v1' };
const networking = { name: 'networking.k8s.io', versions: ['v1'], preferredVersion: 'v1' };
const coreKinds = ['namespaces', 'resourcequotas'].map((plural) => ({ ...kindIn('', plural), namespaced: plural !== 'namespaces' }));

function kindIn(group: string, plural: string): Discovery['resources'][number] {
  return { group, version: 'v1', kind: plural, plural, singular: plural, shortNames: [], namespaced: true, verbs: ['list'] };
}

/** What comes of a server that says so of its kinds, has nothing at all, and does not have the kinds in `absent`. */
async function load(discovery: Discovery, absent: readonly string[] = []) {
  const listed: string[] = [];
  const cluster = {
    discover: async () => discovery,
    get: async () => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod' } }),
    list: async ({ plural }: Resource, version: string) => {
      listed.push(`${plural} ${version}`);
      if (!absent.includes(plural)) return { items: [], resourceVersion: '1' };
      throw new ApiError({
        kind: 'Status',
        status: 'Failure',
        code: 404,
        reason: 'NotFound',
        message: 'no such kind',
      } as ApiError['status']);
    },
    accessReview: async () => ({ allowed: true, reason: '' }),
  } as unknown as Cluster;
  const { unread } = await loadSurroundings(cluster, 'prod');
  return { listed, unread: unread.map(({ resource, because, message }) => `${resource} ${because}: ${message}`) };
}

describe('surroundings of a server', () => {
  test('that names a group without its kinds are asked of it all the same', async () => {
    const groups = [core, networking];
    const seen = await load({ groups, resources: coreKinds, unavailable: [] });
    assert.deepEqual(seen, { listed: ['resourcequotas v1', 'networkpolicies v1'], unread: [] });
    const old = await load({ groups, resources: coreKinds, unavailable: [] }, ['networkpolicies']);
    assert.deepEqual(old.unread, []);
  });

  test('that would not name its groups are not called absent', async () => {
    const { listed, unread } = await load({ groups: [core], resources: coreKinds, unavailable: [{ group: '*', reason: 'not today' }] });
    assert.deepEqual(listed, ['resourcequotas v1']);
    assert.deepEqual([unread.length, unread[0], unread.at(-1)], [16, 'networkpolicies Failed: not today', 'deployments Failed: not today']);
  });

  test('whose kinds of one version it could not tell are not called absent', async () => {
    const unavailable = [{ group: 'networking.k8s.io/v1', reason: 'its API server did not answer the cluster' }];
    const { listed, unread } = await load({ groups: [core, networking], resources: coreKinds, unavailable });
    assert.deepEqual(listed, ['resourcequotas v1']);
    assert.deepEqual(unread, ['networkpolicies Failed: its API server did not answer the cluster']);
  });

  test('that has no such group are none, and no hole', async () => {
    assert.deepEqual(await load({ groups: [core], resources: coreKinds, unavailable: [] }), { listed: ['resourcequotas v1'], unread: [] });
  });
});
