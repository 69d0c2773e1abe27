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

    describe('a ConfigMap', () => {
      const created = async (objectName: string, more: JsonObject) => said(await create('configmaps', configMap(objectName, more)));

      test('holds texts and bytes, under names that files can have', async () => {
        const unreadable = '400 ConfigMap in version "v1" cannot be handled as a ConfigMap: ';
        const into = 'into Go struct field ConfigMap';
        assert.equal(await created('c', { data: { a: 1 } }), `${unreadable}json: cannot unmarshal number ${into}.data of type string`);
        assert.equal(await created('c', { data: [] }), `${unreadable}json: cannot unmarshal array ${into}.data of type map[string]string`);
        assert.equal(await created('c', { binaryData: { a: '!' } }), `${unreadable}illegal base64 data at input byte 0`);
        const key =
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.' " +
          "(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
        const invalid = '422 ConfigMap "c" is invalid: ';
        assert.equal(await created('c', { data: { 'a b': '' } }), `${invalid}data[a b]: Invalid value: "a b": ${key}`);
        assert.equal(await created('c', { data: { '..a': '' } }), `${invalid}data[..a]: Invalid value: "..a": must not start with '..'`);
        assert.equal(
          await created('c', { data: { a: '' }, binaryData: { a: '' } }),
          `${invalid}data[a]: Invalid value: "a": duplicate of key present in binaryData`,
        );
        assert.equal(
          await created('c', { data: { a: 'x'.repeat(1024 * 1024 + 1) } }),
          `${invalid}[]: Too long: may not be more than 1048576 bytes`,
        );
      });

      test('loses what it has no place for, with a warning', async () => {
        const { code, body, warnings } = await create('configmaps', configMap('unknown', { data: { a: null }, colour: 'red' }));
        assert.deepEqual([code, at(body, 'data'), at(body, 'colour'), warnings], [201, { a: '' }, undefined, ['unknown field "colour"']]);
        const patched = await mergePatch('configmaps/unknown?fieldValidation=Strict', { colour: 'blue' });
        assert.equal(patched.code, 422);
        assert.match(String(patched.body.message), /: strict decoding error: unknown field "colour"$/);
      });

      test('that is immutable stays as it is, but for its metadata', async () => {
        await created('fixed', { data: { a: 'b' }, immutable: true });
        const refused = async (patch: Json) => said(await mergePatch('configmaps/fixed', patch));
        const forbidden = 'Forbidden: field is immutable when `immutable` is set';
        assert.equal(await refused({ data: { a: 'c' } }), `422 ConfigMap "fixed" is invalid: data: ${forbidden}`);
        assert.equal(await refused({ immutable: null }), `422 ConfigMap "fixed" is invalid: immutable: ${forbidden}`);
        assert.equal(await refused({ metadata: { labels: { a: 'b' } } }), '200');
      });
    });

    describe('a Secret', () => {
      const secret = (objectName: string, more: JsonObject): JsonObject => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: objectName },
        ...more,
      });
      const created = (objectName: string, more: JsonObject) => create('secrets', secret(objectName, more));

      test('takes texts and gives bytes', async () => {
        const { body } = await created('texts', { stringData: { a: 'b', both: 'ü' }, data: { both: 'YQ==', zeros: 'YR==' } });
        assert.deepEqual(
          [at(body, 'data'), at(body, 'stringData'), at(body, 'type')],
          [{ a: 'Yg==', both: 'w7w=', zeros: 'YQ==' }, undefined, 'Opaque'],
        );
        const { body: patched } = await mergePatch('secrets/texts', { stringData: { a: 'c' }, data: { zeros: null } });
        assert.deepEqual(at(patched, 'data'), { a: 'Yw==', both: 'w7w=' });
      });

      for (const [text, place] of [
        ['YQ', 0],
        ['YQ=', 3],
        ['YQ=x', 2],
        ['YQ==YQ==', 4],
        ['Y Q=', 1],
        ['YWFh=', 4],
        ['YWFhYQ=\n', 8],
        ['YWE=\n\nx', 6],
      ] as const) {
        test(`says where ${JSON.stringify(text)} stops being base64`, async () => {
          assert.equal(
            said(await created('bytes', { data: { a: text } })),
            `400 Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte ${place}`,
          );
        });
      }

      test('has what its type demands, and keeps its type', async () => {
        const refused = async (type: string, data: JsonObject = {}) => said(await created('typed', { type, data }));
        const invalid = '422 Secret "typed" is invalid: ';
        assert.equal(await refused('kubernetes.io/tls', { 'tls.crt': '' }), `${invalid}data[tls.key]: Required value`);
        assert.equal(
          await refused('kubernetes.io/basic-auth'),
          `${invalid}[data[username]: Required value, data[password]: Required value]`,
        );
        assert.equal(
          await refused('kubernetes.io/service-account-token'),
          `${invalid}metadata.annotations[kubernetes.io/service-account.name]: Required value`,
        );
        await created('typed', { type: 'mine' });
        assert.equal(
          said(await mergePatch('secrets/typed', { type: 'yours' })),
          '422 Secret "typed" is invalid: type: Invalid value: "yours": field is immutable',
        );
      });
    });

    describe('an EndpointSlice', () => {
      let slices: string;
      before(() => {
        slices = `/apis/discovery.k8s.io/v1/namespaces/${opened.namespace}/endpointslices`;
      });
      const created = (objectName: string, more: JsonObject) =>
        create(slices, { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: objectName }, ...more });
      const refused = async (more: JsonObject) =>
        said(await created('wrong', { addressType: 'IPv4', ...more })).replace(
          /^422 EndpointSlice\.discovery\.k8s\.io "wrong" is invalid: /,
          '',
        );

      test('has a generation that rises with its labels, but not with its annotations', async () => {
        const generations = [at((await created('counted', { addressType: 'IPv4', endpoints: [] })).body, 'metadata.generation')];
        for (const patch of [
          { metadata: { labels: { a: 'b' } } },
          { metadata: { annotations: { a: 'b' } } },
          { ports: [{ port: 80 }] },
          { endpoints: [{ addresses: ['10.0.0.1'] }] },
        ]) {
          const { body } = await mergePatch(`${slices}/counted`, patch);
          generations.push(at(body, 'metadata.generation'));
        }
        assert.deepEqual(generations, [1, 2, 2, 3, 4]);
      });

      test('without endpoints and ports says that it has none', async () => {
        await created('empty', { addressType: 'IPv4', endpoints: [], ports: [] });
        const { body } = await send('GET', `${slices}/empty`);
        assert.deepEqual([at(body, 'endpoints'), at(body, 'ports')], [null, null]);
      });

      test('has addresses of one type, which stays', async () => {
        const addresses = (addressType: string, ...found: readonly string[]) => refused({ addressType, endpoints: [{ addresses: found }] });
        assert.equal(
          await refused({ addressType: 'IPv5' }),
          'addressType: Unsupported value: "IPv5": supported values: "FQDN", "IPv4", "IPv6"',
        );
        assert.equal(await refused({ addressType: '' }), 'addressType: Required value');
        assert.equal(await refused({ endpoints: [{}] }), 'endpoints[0].addresses: Required value: must contain at least 1 address');
        assert.equal(await addresses('IPv4', 'fd00::1'), 'endpoints[0].addresses: Invalid value: "fd00::1": must be an IPv4 address');
        assert.equal(
          await addresses('IPv6', 'FD00:0::1'),
          'endpoints[0].addresses[0]: Invalid value: "FD00:0::1": must be in canonical form ("fd00::1")',
        );
        assert.equal(
          await addresses('IPv4', '10.0.0.1', '0.0.0.0'),
          'endpoints[0].addresses[1]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
        );
        assert.equal(
          await addresses('FQDN', 'web'),
          'endpoints[0].addresses[0]: Invalid value: "web": should be a domain with at least two segments separated by dots',
        );
        const hundredAndOne = Array.from({ length: 101 }, (_, index) => `10.0.0.${index}`);
        assert.equal(await addresses('IPv4', ...hundredAndOne), 'endpoints[0].addresses: Too many: 101: must have at most 100 items');
        const { code, warnings } = await created('names', { addressType: 'FQDN', endpoints: [{ addresses: ['web.example'] }] });
        assert.deepEqual([code, warnings], [201, ['spec.addressType: FQDN endpoints are deprecated']]);
        assert.equal(
          said(await mergePatch(`${slices}/names`, { addressType: 'IPv4', endpoints: null })),
          '422 EndpointSlice.discovery.k8s.io "names" is invalid: addressType: Invalid value: "IPv4": field is immutable',
        );
      });

      test('has ports with names that differ, none being one of them', async () => {
        assert.equal(await refused({ ports: [{ port: 1 }, { port: 2 }] }), 'ports[1].name: Duplicate value: ""');
        assert.equal(
          await refused({ ports: [{ protocol: 'ICMP' }] }),
          'ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
        );
        assert.equal(
          await refused({ ports: [{ protocol: 'ICMP' }], endpoints: [{ addresses: ['web'] }] }),
          '[ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP", ' +
            'endpoints[0].addresses[0]: Invalid value: "web": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)]',
        );
      });

      test('is said to have deprecated addresses when it is made, and not again', async () => {
        await created('old', { addressType: 'FQDN', endpoints: [] });
        const { code, warnings } = await mergePatch(`${slices}/old`, { metadata: { labels: { a: 'b' } } });
        assert.deepEqual([code, warnings], [200, []]);
      });

      test('belongs to who made it but for what it has anyhow', async () => {
        const owned = async (objectName: string, more: JsonObject) => {
          const { body } = await created(objectName, { addressType: 'IPv4', ...more });
          const managers = at(body, 'metadata.managedFields');
          assert.ok(isList(managers));
          return [at(managers[0], 'fieldsV1'), at(body, 'endpoints')];
        };
        assert.deepEqual(await owned('owned', { ports: [{ port: 80 }] }), [{ 'f:addressType': {}, 'f:ports': {} }, null]);
        assert.deepEqual(await owned('owned-empty', { endpoints: [] }), [{ 'f:addressType': {}, 'f:endpoints': {} }, null]);
      });
    });

    test('a namespace that is being deleted can still be labelled, and waits', async () => {
      const name = `${opened.namespace}-going`;
      const path = `/api/v1/namespaces/${name}`;
      await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      const held = configMap('held', { metadata: { name: 'held', finalizers: ['example.test/hold'] } });
      await create(`${path}/configmaps`, held);
      await send('DELETE', path);
      const { code, body } = await mergePatch(path, { metadata: { labels: { a: 'b' } } });
      assert.deepEqual([code, at(body, 'metadata.labels.a'), at(body, 'status.phase')], [200, 'b', 'Terminating']);
      assert.equal((await send('GET', path)).code, 200);
      await mergePatch(`${path}/configmaps/held`, { metadata: { finalizers: null } });
    });

    describe('a patch', () => {
      let vmServices: string;
      before(async () => {
        vmServices = `/apis/vmoperator.vmware.com/v1alpha1/namespaces/${opened.namespace}/virtualmachineservices`;
        await create('configmaps', configMap('patched', { data: { a: 'b' } }));
        await create(vmServices, {
          apiVersion: 'vmoperator.vmware.com/v1alpha1',
          kind: 'VirtualMachineService',
          metadata: { name: 'patched' },
          spec: { type: 'ClusterIP' },
        });
      });
      const jsonPatch = (path: string, ...operations: readonly JsonObject[]) =>
        send('PATCH', path, { body: operations, contentType: 'application/json-patch+json' });
      const apply = (path: string, body: JsonObject) =>
        send('PATCH', `${path}?fieldManager=me`, { body, contentType: 'application/apply-patch+yaml' });
      /** What is said behind the object, which is repeated whole. */
      const why = ({ code, body }: RawAnswer) => `${code} ${String(body.message).replace(/^.*\}": /s, '')}`;

      test('cannot make another kind of an object', async () => {
        const noKind = (kind: string, apiVersion: string) =>
          `422 no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:110"`;
        assert.equal(why(await mergePatch('configmaps/patched', { kind: 'Colour' })), noKind('Colour', 'v1'));
        assert.equal(why(await mergePatch('configmaps/patched', { apiVersion: 'v2' })), noKind('ConfigMap', 'v2'));
        assert.equal(
          why(await mergePatch('configmaps/patched', { kind: 'Endpoints' })),
          '422 converting (v1.Endpoints) to (core.ConfigMap): unknown conversion',
        );
        assert.equal((await mergePatch('configmaps/patched', { kind: null })).code, 200);
        const custom = `${vmServices}/patched`;
        assert.equal(
          said(await mergePatch(custom, { kind: 'Colour' })),
          '422 Colour.vmoperator.vmware.com "patched" is invalid: kind: Invalid value: "Colour": must be VirtualMachineService',
        );
        assert.equal(
          said(await mergePatch(custom, { apiVersion: 'v2' })),
          '422 VirtualMachineService "patched" is invalid: apiVersion: Invalid value: "v2": must be vmoperator.vmware.com/v1alpha1',
        );
        assert.match(why(await mergePatch(custom, { kind: null })), /^422 .*Object 'Kind' is missing in '/);
      });

      test('that is applied names what it makes', async () => {
        const body = { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } };
        const unnamed = 'the name of the object (made based on URL) was undeterminable: name must be provided';
        assert.equal(said(await apply('configmaps/made', body)), `400 ${unnamed}`);
        assert.equal(said(await apply('configmaps/patched', body)), '200');
        assert.equal(
          said(await apply('configmaps/patched', { ...body, colour: 'red' })),
          '500 failed to create typed patch object (/; /v1, Kind=ConfigMap): .colour: field not declared in schema',
        );
      });

      test('that is applied says in words of its own what is not base64', async () => {
        const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'applied' }, data: { a: 'x y' } };
        assert.equal(
          said(await apply('secrets/applied', secret)),
          '500 failed to convert new object (/applied; /v1, Kind=Secret) to proper version: unable to convert unstructured object to /v1, Kind=Secret: ' +
            'error decoding from json: illegal base64 data at input byte 1',
        );
      });

      test('says with its resourceVersion which object it is meant for; 0 is any, which custom resources refuse', async () => {
        const patched = async (path: string, resourceVersion: string | null) =>
          said(await mergePatch(path, { metadata: { resourceVersion } }));
        const custom = `${vmServices}/patched`;
        const beyond = String(2n ** 64n);
        const another = (what: string) =>
          `409 Operation cannot be fulfilled on ${what} "patched": the object has been modified; please apply your changes to the latest version and try again`;
        const needed = 'metadata.resourceVersion: Invalid value: 0x0: must be specified for an update';
        for (const none of [null, '', '0', '00']) {
          assert.equal(await patched('configmaps/patched', none), '200');
          assert.equal(await patched(custom, none), `422 virtualmachineservices.vmoperator.vmware.com "patched" is invalid: ${needed}`);
        }
        assert.equal(await patched(custom, '1'), another('virtualmachineservices.vmoperator.vmware.com'));
        assert.equal(await patched('configmaps/patched', '1'), another('configmaps'));
        assert.equal(await patched(custom, 'x'), '500 strconv.ParseUint: parsing "x": invalid syntax');
        assert.equal(await patched(custom, beyond), `500 strconv.ParseUint: parsing "${beyond}": value out of range`);
        const made = configMap('not-made', { metadata: { name: 'not-made', resourceVersion: 'x' } });
        assert.equal(said(await apply('configmaps/not-made', made)), '500 strconv.ParseUint: parsing "x": invalid syntax');
      });

      test('that is applied to the status of nothing finds nothing, whatever it says', async () => {
        const body = { apiVersion: 'vmoperator.vmware.com/v1alpha1', kind: 'VirtualMachineService', status: 'none' };
        assert.equal(
          said(await apply(`${vmServices}/nothing/status`, body)),
          '404 virtualmachineservices.vmoperator.vmware.com "nothing" not found',
        );
      });

      test('points with a path that may begin anyhow, and with an empty one at everything', async () => {
        const data = async (...operations: readonly JsonObject[]) => {
          const { code, body } = await jsonPatch('configmaps/patched', ...operations);
          return code === 200 ? at(body, 'data') : code;
        };
        assert.deepEqual(await data({ op: 'add', path: '/data/c', value: 'd' }), { a: 'b', c: 'd' });
        assert.deepEqual(await data({ op: 'replace', path: 'x/data/c', value: 'e' }), { a: 'b', c: 'e' });
        assert.deepEqual(await data({ op: 'copy', from: '/data/none', path: '/data/c' }), { a: 'b', c: '' });
        assert.equal(await data({ op: 'add', path: 'data', value: {} }), 422);
        assert.equal(await data({ op: 'remove', path: '' }), 422);
        assert.equal(await data({ op: 'test', path: '', value: {} }), 422);
        assert.deepEqual(await data({ op: 'replace', path: '', value: configMap('patched', { data: { f: 'g' } }) }), { f: 'g' });
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
