import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { type Sandbox, startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { ask, connection, exchange, type RawRequest } from '../support/raw-http.ts';

let sandbox: Sandbox;

const configMap = (name: string, data: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'prod' },
  data,
});

function start(): Promise<Sandbox> {
  return startSandbox({ profile: 'A', objects: [configMap('a')], controllers: [], port: 0, now: () => new Date(), toolVersion: 'test' });
}

before(async () => {
  sandbox = await start();
});
after(() => sandbox.close());

/** The status code, and a Status' reason and message. */
async function refusal(path: string, request: RawRequest = {}) {
  const { status, body } = await ask(sandbox, path, request);
  const { reason, message } = JSON.parse(body.toString());
  return { status, reason, message };
}

const configMaps = '/api/v1/namespaces/prod/configmaps';
const json = { 'content-type': 'application/json' };

test('R121 without the token, with another, or with the token in the query nobody gets in', async () => {
  const unauthorized = { status: 401, reason: 'Unauthorized', message: 'Unauthorized' };
  assert.deepEqual(await refusal('/version', { headers: { authorization: '' } }), unauthorized);
  assert.deepEqual(await refusal('/version', { headers: { authorization: 'Bearer wrong' } }), unauthorized);
  assert.deepEqual(await refusal('/version', { headers: { authorization: `Basic ${sandbox.token}` } }), unauthorized);
  assert.deepEqual(
    await refusal(`/version?token=${sandbox.token}&access_token=${sandbox.token}`, { headers: { authorization: '' } }),
    unauthorized,
  );
  assert.equal((await ask(sandbox, '/version')).status, 200);
  assert.match(sandbox.token, /^[0-9a-f]{64}$/);
});

test('R120 it listens on 127.0.0.1 alone', async () => {
  assert.equal(sandbox.server, `https://127.0.0.1:${sandbox.port}`);
  const elsewhere = await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.2', port: sandbox.port, ca: sandbox.authority });
    socket.on('secureConnect', () => resolve('connected'));
    socket.on('error', (error) => resolve('code' in error ? error.code : error.message));
  });
  assert.equal(elsewhere, 'ECONNREFUSED');
});

test('R122 every start has its own authority, which vouches for loopback names for seven days, and TLS is 1.2 at least', async () => {
  const other = await start();
  try {
    assert.notEqual(other.authority, sandbox.authority);
    assert.notEqual(other.token, sandbox.token);
    await assert.rejects(ask({ ...sandbox, authority: other.authority }, '/version'), /unable to verify|signature|self-signed/);
  } finally {
    await other.close();
  }
  const socket = await connection(sandbox);
  const leaf = new X509Certificate(socket.getPeerCertificate().raw);
  const authority = new X509Certificate(sandbox.authority);
  assert.equal(leaf.subjectAltName, 'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
  assert.deepEqual([authority.ca, leaf.ca, leaf.verify(authority.publicKey), leaf.checkIssued(authority)], [true, false, true, true]);
  const days = (Date.parse(leaf.validTo) - Date.now()) / (24 * 60 * 60 * 1000);
  assert.ok(days > 6.9 && days <= 7, `valid for ${days} days`);
  socket.destroy();

  const old = await new Promise((resolve) => {
    const tls11 = connect({ host: '127.0.0.1', port: sandbox.port, ca: sandbox.authority, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
    tls11.on('secureConnect', () => resolve('connected'));
    tls11.on('error', () => resolve('refused'));
  });
  assert.equal(old, 'refused');
});

test('R123 other host names, pages of the web and their questions are refused before anything is looked at', async () => {
  const host = 'the sandbox answers to 127.0.0.1, [::1] and localhost only: the Host header names another';
  assert.deepEqual(await refusal('/version', { headers: { host: 'sandbox.example.test' } }), {
    status: 403,
    reason: 'Forbidden',
    message: host,
  });
  assert.deepEqual(await refusal('/version', { headers: { host: '127.0.0.1.example.test' } }), {
    status: 403,
    reason: 'Forbidden',
    message: host,
  });
  const origin = 'the sandbox does not answer to web pages: the request has an Origin header';
  for (const method of ['GET', 'OPTIONS', 'POST']) {
    assert.deepEqual(await refusal(configMaps, { method, headers: { origin: 'https://example.test' } }), {
      status: 403,
      reason: 'Forbidden',
      message: origin,
    });
  }
  const options = await ask(sandbox, configMaps, { method: 'OPTIONS' });
  assert.equal(options.status, 405);
  assert.deepEqual(
    Object.keys(options.headers).filter((name) => name.startsWith('access-control')),
    [],
  );
  const form = await refusal(configMaps, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'kind=ConfigMap',
  });
  assert.deepEqual([form.status, form.reason], [415, 'UnsupportedMediaType']);
  for (const name of ['localhost', 'LOCALHOST:1', '[::1]:6443', '127.0.0.1']) {
    assert.equal((await ask(sandbox, '/version', { headers: { host: name } })).status, 200, name);
  }
});

test('R124 a body above 3 MiB is refused, whether its length is told or not, and stores nothing', async () => {
  const body = JSON.stringify(configMap('large', { text: 'x'.repeat(3 * 1024 * 1024) }));
  const tooLarge = { status: 413, reason: 'RequestEntityTooLarge', message: 'Request entity too large: limit is 3145728' };
  assert.deepEqual(await refusal(configMaps, { method: 'POST', headers: json, body }), tooLarge);
  const chunked = await exchange(
    await connection(sandbox),
    `POST ${configMaps} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${sandbox.token}\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    (answer) => answer.includes('\r\n\r\n'),
  );
  assert.match(chunked, /^HTTP\/1\.1 413 /);
  assert.equal((await ask(sandbox, `${configMaps}/large`)).status, 404);
});

test('R082 a body that is nested too deeply to be walked through is refused, however its brackets close, and stores nothing', async () => {
  for (const [opening, closing] of [
    ['{"a":', '}'],
    ['{"a":', ',"b":1}'],
  ] as const) {
    const deep = `${opening.repeat(3000)}1${closing.repeat(3000)}`;
    const body = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep","namespace":"prod"},"data":{"a":${deep}}}`;
    for (const type of ['application/json', 'application/yaml']) {
      assert.deepEqual(await refusal(configMaps, { method: 'POST', headers: { 'content-type': type }, body }), {
        status: 400,
        reason: 'BadRequest',
        message: 'the object provided is unrecognized (must be of type ConfigMap): nested 3002 levels deep, and the sandbox takes 1000',
      });
    }
  }
  assert.equal((await ask(sandbox, `${configMaps}/deep`)).status, 404);
});

test('R124 long headers, two lengths and a bare line feed are not HTTP to us, and the process lives', async () => {
  const head = (more: string) => `GET /version HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${sandbox.token}\r\n${more}\r\n`;
  assert.match(await exchange(await connection(sandbox), head(`X-Long: ${'x'.repeat(64 * 1024)}\r\n`)), /^HTTP\/1\.1 431 /);
  assert.match(await exchange(await connection(sandbox), head('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n')), /^HTTP\/1\.1 400 /);
  assert.match(await exchange(await connection(sandbox), head('Content-Length: 4\r\nContent-Length: 5\r\n')), /^HTTP\/1\.1 400 /);
  assert.match(await exchange(await connection(sandbox), head('X-Bare: a\nX-Other: b\r\n')), /^HTTP\/1\.1 400 /);
  assert.match(await exchange(await connection(sandbox), 'no http at all\r\n\r\n'), /^HTTP\/1\.1 400 /);
  assert.equal((await ask(sandbox, '/readyz')).body.toString(), 'ok');
});

test('R124 requests in a row on one connection are answered in their order', async () => {
  const head = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${sandbox.token}\r\n\r\n`;
  const answers = await exchange(
    await connection(sandbox),
    head('/readyz') + head('/nowhere') + head('/livez'),
    (answer) => answer.split('HTTP/1.1 ').length === 4 && answer.endsWith('ok'),
  );
  assert.deepEqual(
    [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, code]) => code),
    ['200', '404', '200'],
  );
});

test('R124 of more than 256 connections the rest are closed, and there is room again when others have gone', async () => {
  const sockets = await Promise.all(Array.from({ length: 256 }, () => connection(sandbox)));
  await assert.rejects(ask(sandbox, '/version'), /ECONNRESET|socket hang up|disconnected/);
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.on('close', resolve).end())));
  for (;;) {
    const answer = await ask(sandbox, '/version').catch(() => undefined);
    if (answer !== undefined) break;
  }
});

test('R126 a path leads where it says, or nowhere', async () => {
  const statuses = async (...paths: readonly string[]) => {
    const found: Record<string, number> = {};
    for (const path of paths) {
      const answer = await exchange(
        await connection(sandbox),
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${sandbox.token}\r\nConnection: close\r\n\r\n`,
      );
      found[path] = Number(answer.slice(9, 12));
    }
    return found;
  };
  assert.deepEqual(
    await statuses(
      '/api/v1/namespaces/..%2fprod/configmaps/a',
      '/api/v1/namespaces/prod/../prod/configmaps/a',
      '/api/v1/namespaces/%2e%2e/configmaps',
      '/api/v1/namespaces/prod%2fconfigmaps/a',
      '/api/v1/namespaces/%00/configmaps',
      '/api/v1/namespaces/prod/configmaps/%zz',
      '//api/v1/namespaces',
      '/api/v1//namespaces',
      '/API/v1/namespaces',
      '/api/v1/namespaces/PROD/configmaps/a',
      '/api/v1/namespaces/prod/configmaps/A',
      '/api/v1/namespaces/__proto__/configmaps/constructor',
      '/api/v1/namespaces/prod/configmaps/a/',
      '/api/v1/namespaces/prod/configmaps/a/status/more',
      '/apis/vmoperator.vmware.com/v1alpha9/virtualmachines',
    ),
    {
      '/api/v1/namespaces/..%2fprod/configmaps/a': 400,
      '/api/v1/namespaces/prod/../prod/configmaps/a': 400,
      '/api/v1/namespaces/%2e%2e/configmaps': 400,
      '/api/v1/namespaces/prod%2fconfigmaps/a': 400,
      '/api/v1/namespaces/%00/configmaps': 400,
      '/api/v1/namespaces/prod/configmaps/%zz': 400,
      '//api/v1/namespaces': 404,
      '/api/v1//namespaces': 404,
      '/API/v1/namespaces': 404,
      '/api/v1/namespaces/PROD/configmaps/a': 404,
      '/api/v1/namespaces/prod/configmaps/A': 404,
      '/api/v1/namespaces/__proto__/configmaps/constructor': 404,
      '/api/v1/namespaces/prod/configmaps/a/': 200,
      '/api/v1/namespaces/prod/configmaps/a/status/more': 404,
      '/apis/vmoperator.vmware.com/v1alpha9/virtualmachines': 404,
    },
  );
});

test('a large answer is compressed for those who ask, and is the same to those who do not', async () => {
  const body = JSON.stringify(configMap('text', { text: 'long '.repeat(40_000) }));
  await ask(sandbox, configMaps, { method: 'POST', headers: json, body });
  const plain = await ask(sandbox, `${configMaps}/text`);
  const packed = await ask(sandbox, `${configMaps}/text`, { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.equal(packed.headers['content-encoding'], 'gzip');
  assert.deepEqual(gunzipSync(packed.body), plain.body);
  assert.equal((await ask(sandbox, `${configMaps}/a`, { headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding'], undefined);
  await ask(sandbox, `${configMaps}/text`, { method: 'DELETE' });
});

/** The frames of a watch until `count` of them came. */
async function frames(path: string, count: number, during: () => Promise<unknown> = async () => {}): Promise<readonly unknown[]> {
  const socket = await connection(sandbox);
  let begun = false;
  const text = await exchange(
    socket,
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${sandbox.token}\r\n\r\n`,
    (answer) => {
      if (!begun && answer.includes('\r\n\r\n')) {
        begun = true;
        void during();
      }
      return answer.split('{"type":').length > count;
    },
  );
  return [...text.matchAll(/^\{"type".*\}$/gm)].map(([line]) => JSON.parse(line));
}

const shortly = (frame: unknown) => {
  const { type, object } = frame as { type: string; object: { metadata: { name?: string; annotations?: unknown }; code?: number } };
  return [type, object.metadata.name ?? object.code ?? object.metadata.annotations];
};

test('a watch sends what is there, then the changes, and resumes where another ended', async () => {
  const { body } = await ask(sandbox, configMaps);
  const { resourceVersion } = JSON.parse(body.toString()).metadata;
  const create = (name: string) => ask(sandbox, configMaps, { method: 'POST', headers: json, body: JSON.stringify(configMap(name)) });
  const remove = (name: string) => ask(sandbox, `${configMaps}/${name}`, { method: 'DELETE' });
  const seen = await frames(`${configMaps}?watch=true`, 3, async () => {
    await create('b');
    await remove('b');
  });
  assert.deepEqual(seen.map(shortly), [
    ['ADDED', 'a'],
    ['ADDED', 'b'],
    ['DELETED', 'b'],
  ]);
  assert.deepEqual((await frames(`${configMaps}?watch=1&resourceVersion=${resourceVersion}`, 2)).map(shortly), [
    ['ADDED', 'b'],
    ['DELETED', 'b'],
  ]);
});

test('a watch that asks for a beginning is told when it has seen it', async () => {
  const seen = await frames(
    `${configMaps}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    2,
  );
  assert.deepEqual(seen.map(shortly), [
    ['ADDED', 'a'],
    ['BOOKMARK', { 'k8s.io/initial-events-end': 'true' }],
  ]);
});

test('a watch from a version that is forgotten gets 410 in its first frame', async () => {
  for (let count = 0; count < 1100; count += 1) {
    sandbox.api.load([configMap('churn', { count: String(count) })]);
    sandbox.api.handle({
      verb: 'delete',
      resource: {
        group: '',
        kind: 'ConfigMap',
        plural: 'configmaps',
        singular: 'configmap',
        shortNames: [],
        namespaced: true,
        version: 'v1',
      },
      namespace: 'prod',
      name: 'churn',
      options: {},
    });
  }
  assert.deepEqual((await frames(`${configMaps}?watch=true&resourceVersion=2`, 1)).map(shortly), [['ERROR', 410]]);
});

test('a watch ends by itself after its time', async () => {
  const { status, body } = await ask(sandbox, `${configMaps}?watch=true&timeoutSeconds=1`);
  assert.equal(status, 200);
  assert.deepEqual(
    body
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => shortly(JSON.parse(line))),
    [['ADDED', 'a']],
  );
});

test('R127 a watch that is not read is dropped with 410, and nobody else is kept waiting', async () => {
  const socket = await connection(sandbox);
  socket.write(`GET ${configMaps}?watch=true HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${sandbox.token}\r\n\r\n`);
  await new Promise((begun) => socket.once('readable', begun));
  for (let count = 0; count < 40; count += 1) {
    sandbox.api.load([configMap('big', { count: String(count), text: 'x'.repeat(512 * 1024) })]);
    await ask(sandbox, '/readyz');
  }
  const rest = await exchange(socket, '', (answer) => answer.endsWith('\r\n0\r\n\r\n'));
  assert.match(rest, /\{"type":"ERROR","object":\{"kind":"Status",.*"reason":"Expired","code":410\}\}\n\r\n0\r\n\r\n$/);
});

test('R129 closing ends the watches cleanly and frees the port', async () => {
  const other = await start();
  const watching = ask(other, `${configMaps}?watch=true`);
  await ask(other, '/readyz');
  await other.close();
  assert.equal((await watching).status, 200);
  await other.close();
  const again = await startSandbox({
    profile: 'A',
    objects: [],
    controllers: [],
    port: other.port,
    now: () => new Date(),
    toolVersion: 'test',
  });
  await again.close();
});

test('R129 a port that somebody has is said to be taken', async () => {
  await assert.rejects(
    startSandbox({ profile: 'A', objects: [], controllers: [], port: sandbox.port, now: () => new Date(), toolVersion: 'test' }),
    { code: 'EADDRINUSE' },
  );
});

test('a list that nobody asked for in pages is sent in pieces, and is what it would be in one', async (t) => {
  const objects = Array.from({ length: 1_203 }, (_, index) => configMap(`c-${index}`, { text: `"${index}",` }));
  const long = await startSandbox({ profile: 'A', objects, controllers: [], port: 0, now: () => new Date(), toolVersion: 'test' });
  t.after(() => long.close());
  const [pieces, gzip, page, indented] = [
    await ask(long, configMaps),
    await ask(long, configMaps, { headers: { 'accept-encoding': 'gzip' } }),
    await ask(long, `${configMaps}?limit=500`),
    await ask(long, `${configMaps}?pretty=true`),
  ];
  assert.deepEqual(
    [pieces.status, pieces.headers['transfer-encoding'], pieces.headers['content-type']],
    [200, 'chunked', 'application/json'],
  );
  assert.equal(page.headers['transfer-encoding'], undefined);
  const list = JSON.parse(pieces.body.toString());
  assert.equal(pieces.body.toString(), `${JSON.stringify(list)}\n`);
  assert.equal(gunzipSync(gzip.body).toString(), pieces.body.toString());
  assert.deepEqual(JSON.parse(indented.body.toString()), list);
  assert.equal(list.items.length, 1_203);
  assert.deepEqual(list.items.slice(0, 500), JSON.parse(page.body.toString()).items);
});
