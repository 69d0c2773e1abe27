import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isList, type Json, type JsonObject } from '../../src/model/object.ts';
import { at } from '../support/ask.ts';
import type { RawAnswer, RawClient, RawRequest } from '../support/kubeconfig-requests.ts';

/** A server to send requests to, and the name of a namespace that it does not have yet. */
export interface OpenedServer {
  readonly client: RawClient;
  readonly namespace: string;
  close(): Promise<void>;
}

/**
 * What every API server answers to requests as they are, whether it lives in memory, behind HTTP or is a real kube-apiserver:
 * what no method of a Cluster asks for, and kubectl and other clients do.
 */
export function requestContract(name: string, open: () => Promise<OpenedServer>): void {
  describe(`the contract of requests, kept by ${name}`, () => {
    let opened: OpenedServer;
    let prefix: string;
    before(async () => {
      opened = await open();
      prefix = `/api/v1/namespaces/${opened.namespace}`;
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: opened.namespace } };
      await opened.client.send({ method: 'POST', path: '/api/v1/namespaces', body });
    });
    after(async () => {
      await opened.client.send({ method: 'DELETE', path: `/api/v1/namespaces/${opened.namespace}` });
      opened.client.close();
      await opened.close();
    });

    const send = (method: RawRequest['method'], path: string, more: Omit<RawRequest, 'method' | 'path'> = {}): Promise<RawAnswer> =>
      opened.client.send({ method, path: path.startsWith('/') ? path : `${prefix}/${path}`, ...more });
    const create = (plural: string, body: JsonObject) => send('POST', plural, { body });
    const configMap = (objectName: string, more: JsonObject = {}): JsonObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: objectName },
      ...more,
    });
    const mergePatch = (path: string, body: Json) => send('PATCH', path, { body, contentType: 'application/merge-patch+json' });

    describe('which version a reader sees', () => {
      let created: string;
      let changed: string;
      let removed: string;
      before(async () => {
        await create('configmaps', configMap('kept', { data: { colour: 'red' } }));
        created = version(await create('configmaps', configMap('gone', { metadata: { name: 'gone', labels: { of: 'versions' } } })));
        changed = version(await mergePatch('configmaps/kept', { data: { colour: 'blue' } }));
        await create('configmaps', configMap('late'));
        removed = version(await send('GET', 'configmaps/late'));
        await send('DELETE', 'configmaps/gone');
      });

      const seen = async (query: string) => contentsOf(await send('GET', `configmaps?${query}`));

      test('an exact one is seen as it was, for as long as anybody remembers', async () => {
        assert.deepEqual(await seen(`resourceVersion=${created}&resourceVersionMatch=Exact`), ['gone', 'kept red']);
        assert.deepEqual(await seen(`resourceVersion=${changed}&resourceVersionMatch=Exact`), ['gone', 'kept blue']);
        assert.deepEqual(await seen(`resourceVersion=${removed}&resourceVersionMatch=Exact`), ['gone', 'kept blue', 'late']);
        assert.deepEqual(await seen(`resourceVersion=${created}&resourceVersionMatch=Exact&labelSelector=of`), ['gone']);
        assert.deepEqual(await seen(`resourceVersion=${created}&resourceVersionMatch=Exact&limit=1`), ['gone']);
      });

      test('one that is not older is the newest, and so is any', async () => {
        const newest = ['kept blue', 'late'];
        assert.deepEqual(await seen(`resourceVersion=${removed}&resourceVersionMatch=NotOlderThan`), newest);
        assert.deepEqual(await seen(`resourceVersion=${created}`), newest);
        assert.deepEqual(await seen('resourceVersion=0&resourceVersionMatch=NotOlderThan'), newest);
        assert.equal((await send('GET', `configmaps/kept?resourceVersion=${created}`)).code, 200);
      });

      test('a later page shows the version of the first, also when any would do', async () => {
        const first = await send('GET', `configmaps?limit=1`);
        await create('configmaps', configMap('a-new-one'));
        const rest = `configmaps?continue=${String(at(first.body, 'metadata.continue'))}`;
        assert.deepEqual(contentsOf(await send('GET', rest)), ['late']);
        assert.deepEqual(contentsOf(await send('GET', `${rest}&resourceVersion=0`)), ['late']);
        await send('DELETE', 'configmaps/a-new-one');
      });

      test('what contradicts itself is refused', async () => {
        const refused = async (query: string) => said(await send('GET', `configmaps?${query}`));
        const invalid = (why: string) => `422 ListOptions.meta.k8s.io "" is invalid: ${why}`;
        const match = 'resourceVersionMatch: Forbidden: resourceVersionMatch';
        assert.equal(await refused('resourceVersionMatch=Exact'), invalid(`${match} is forbidden unless resourceVersion is provided`));
        assert.equal(
          await refused('resourceVersion=0&resourceVersionMatch=Exact'),
          invalid(`${match} "exact" is forbidden for resourceVersion "0"`),
        );
        assert.equal(
          await refused('resourceVersion=1&resourceVersionMatch=Nearly'),
          invalid('resourceVersionMatch: Unsupported value: "Nearly": supported values: "Exact", "NotOlderThan", ""'),
        );
        assert.equal(
          await refused('sendInitialEvents=true'),
          invalid('sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list'),
        );
        assert.equal(
          await refused('resourceVersion=99999999&resourceVersionMatch=Exact'),
          '500 etcdserver: mvcc: required revision is a future revision',
        );
        const unreadable = 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax';
        assert.equal(await refused('resourceVersion=abc'), `400 invalid resource version: ${unreadable}`);
        assert.equal(await refused('watch=true&resourceVersion=abc'), `500 ${unreadable}`);
        assert.equal(said(await send('GET', 'configmaps/kept?resourceVersion=abc')), `500 ${unreadable}`);
      });

      test('one of the future is waited for in vain', async () => {
        for (const path of ['configmaps?resourceVersion=99999999', 'configmaps/kept?resourceVersion=99999999']) {
          const { code, body } = await send('GET', path);
          assert.equal(code, 504);
          assert.match(String(body.message), /^Timeout: Too large resource version: 99999999, current: \d+$/);
          assert.deepEqual(at(body, 'details'), {
            causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
            retryAfterSeconds: 1,
          });
        }
      });
    });
  });
}

/** The code and, of a refusal, what is said. */
function said({ code, body }: RawAnswer): string {
  return code < 300 ? String(code) : `${code} ${String(body.message)}`;
}

function version({ body }: RawAnswer): string {
  return String(at(body, 'metadata.resourceVersion'));
}

/** Name and colour of each item of a list. */
function contentsOf({ body }: RawAnswer): readonly string[] {
  const items = body.items;
  assert.ok(isList(items), JSON.stringify(body));
  return items.map((item) => [at(item, 'metadata.name'), at(item, 'data.colour')].filter((part) => part !== undefined).join(' '));
}
