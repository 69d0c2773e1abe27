import assert from 'node:assert/strict';
import dns from 'node:dns';
import { isIP } from 'node:net';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ConnectionError } from '../../../src/cluster/cluster.ts';
import { HeldWarnings } from '../../../src/cluster/held-warnings.ts';
import { UnknownOutcomeError } from '../../../src/cluster/http/unknown-outcome.ts';
import { anonymous, type ExecEntry } from '../../../src/cluster/kubeconfig/kubeconfig-entries.ts';
import { Secret } from '../../../src/cluster/kubeconfig/secret.ts';
import type { ObjectRef } from '../../../src/model/object.ts';
import { services } from '../../../src/model/resources.ts';
import { ApiError } from '../../../src/model/status.ts';
import { accessTo, faultServer, type Handler, json, liveFor, status } from '../fault-server.ts';

const ref: ObjectRef = { apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'web' };
const web = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'prod' }, spec: {} };
const write = { dryRun: 'none', fieldManager: 'vmsvc' } as const;

/** The sentence and the hint of what a promise fails with. */
async function failure(promise: Promise<unknown>): Promise<{ name: string; message: string; hint: string | undefined }> {
  const error = await promise.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ConnectionError || error instanceof ApiError, String(error));
  return { name: error.name, message: error.message, hint: error instanceof ConnectionError ? error.hint : undefined };
}

test('R030: a read that is cut off before, within or after the headers is repeated, a write never is', async () => {
  const cuts: Handler[] = [
    (response) => response.socket?.destroy(),
    (response) => response.socket?.end('HTTP/1.1 200 OK\r\nContent-Ty'),
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"apiVersion":', () => response.socket?.destroy());
    },
  ];
  for (const cut of cuts) {
    await using server = await faultServer((response, seen, number) =>
      number === 1 ? cut(response, seen, number) : json(response, 200, web),
    );
    await using live = liveFor(server.access());
    assert.deepEqual(await live.cluster.get(ref), web);
    assert.equal(server.seen.length, 2);
  }
  await using server = await faultServer((response) => response.socket?.destroy());
  await using live = liveFor(server.access());
  assert.deepEqual(await failure(live.cluster.create(web, write)), {
    name: 'UnknownOutcomeError',
    message: `the answer to POST /api/v1/namespaces/prod/services was lost: Unable to connect to the server: ${server.url.slice(8)} closed the connection`,
    hint: 'the write may have happened; running the command again is safe',
  });
  assert.equal(server.seen.length, 1);
});

test('R030: after five tries a read gives up, having waited longer each time', async () => {
  await using server = await faultServer((response) => response.socket?.destroy());
  await using live = liveFor(server.access());
  const { message } = await failure(live.cluster.get(ref));
  assert.equal(message, `Unable to connect to the server: ${server.url.slice(8)} closed the connection`);
  assert.equal(server.seen.length, 5);
  assert.deepEqual(live.clock.slept, [150, 300, 600, 1200]);
});

test('R031: half JSON, two documents and trailing garbage are asked for again and never used', async () => {
  for (const body of [
    '{"apiVersion":"v1","kind":"Serv',
    `${JSON.stringify(web)}${JSON.stringify(web)}`,
    `${JSON.stringify(web)} garbage`,
  ]) {
    await using server = await faultServer((response) => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
    await using live = liveFor(server.access());
    const { message } = await failure(live.cluster.get(ref));
    assert.equal(message, `the answer of ${server.url.slice(8)} to GET /api/v1/namespaces/prod/services/web was cut short`);
    assert.equal(server.seen.length, 5);
  }
});

test('R032: every silence ends at its limit, and the sentence says which', async () => {
  const host = (url: string): string => url.slice(8);
  {
    await using server = await faultServer(() => live.clock.advance(30_000));
    await using live = liveFor(server.access());
    assert.deepEqual(await failure(live.cluster.get(ref)), {
      name: 'ConnectionError',
      message: `Unable to connect to the server: ${host(server.url)} did not answer within 30 s`,
      hint: 'allow more time with --request-timeout',
    });
  }
  {
    await using server = await faultServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{');
      // Whenever the headers have arrived: an hour may pass until then, and half a minute after it.
      const tick = setInterval(() => live.clock.advance(30_000), 5);
      response.on('close', () => clearInterval(tick));
    });
    await using live = liveFor(server.access({ requestTimeout: 3_600_000 }));
    assert.equal(
      (await failure(live.cluster.get(ref))).message,
      `Unable to connect to the server: ${host(server.url)} sent nothing more for 30 s`,
    );
  }
  {
    await using server = await faultServer(() => live.clock.advance(5_000));
    await using live = liveFor(server.access({ requestTimeout: 5_000 }));
    assert.deepEqual(await failure(live.cluster.get(ref)), {
      name: 'ConnectionError',
      message: `Unable to connect to the server: the request to ${host(server.url)} took longer than 5 s`,
      hint: 'allow more time with --request-timeout',
    });
  }
});

test('R032: a write that nobody answered in time has an unknown outcome', async () => {
  await using server = await faultServer(() => live.clock.advance(30_000));
  await using live = liveFor(server.access());
  await assert.rejects(live.cluster.patch(ref, { metadata: { labels: { a: 'b' } } }, write), UnknownOutcomeError);
  assert.equal(server.seen.length, 1);
});

test('R033: 429 is waited out for reads and writes alike, but not past the deadline', async () => {
  {
    await using server = await faultServer((response, _seen, number) =>
      number < 3 ? json(response, 429, status(429, 'TooManyRequests', 'slow down'), { 'retry-after': '2' }) : json(response, 201, web),
    );
    await using live = liveFor(server.access());
    assert.deepEqual(await live.cluster.create(web, write), web);
    assert.deepEqual(live.clock.slept, [2000, 2000]);
    assert.deepEqual(live.heard.notes, ['the server is busy (429): trying again in 2 s', 'the server is busy (429): trying again in 2 s']);
  }
  // Each wait, and what is noted of it: nothing of one that ends within a second.
  const own = [150, 300, 600, 1200];
  const noted = (seconds: number): string => `the server is busy (429): trying again in ${seconds} s`;
  for (const [after, slept, notes] of [
    [undefined, own, [noted(2)]],
    ['', own, [noted(2)]],
    ['0', own, [noted(2)]],
    ['-1', own, [noted(2)]],
    ['Wed, 21 Oct 2015 07:28:00 GMT', own, [noted(2)]],
    ['1', [1000, 1000, 1000, 1200], [noted(2)]],
    ['14', [14_000, 14_000, 14_000, 14_000], [noted(14), noted(14), noted(14), noted(14)]],
    // The fourth would go past the minute that a request may take.
    ['16', [16_000, 16_000, 16_000], [noted(16), noted(16), noted(16)]],
    ['1000000000', [], []],
  ] as const) {
    await using server = await faultServer((response) =>
      json(response, 429, status(429, 'TooManyRequests', 'slow down'), after === undefined ? {} : { 'retry-after': after }),
    );
    await using live = liveFor(server.access());
    assert.equal((await failure(live.cluster.get(ref))).message, 'slow down');
    assert.deepEqual([live.clock.slept, live.heard.notes, server.seen.length], [slept, notes, slept.length + 1], `Retry-After: ${after}`);
  }
});

test('R033: what still throttles us after all tries is said to', async () => {
  await using server = await faultServer((response) => response.writeHead(429, { 'content-type': 'text/plain' }).end('busy\n'));
  await using live = liveFor(server.access());
  assert.deepEqual(await failure(live.cluster.create(web, write)), {
    name: 'ApiError',
    message: `${new URL(server.url).host} answered POST /api/v1/namespaces/prod/services with 429 busy`,
    hint: undefined,
  });
  assert.equal(server.seen.length, 5);
});

test('R034: a server error is asked again when reading; when writing it leaves the outcome unknown', async () => {
  await using server = await faultServer((response, seen, number) =>
    seen.method === 'GET' && number > 2 ? json(response, 200, web) : json(response, 503, status(503, 'ServiceUnavailable', 'etcd is gone')),
  );
  await using live = liveFor(server.access());
  assert.deepEqual(await live.cluster.get(ref), web);
  const error = await live.cluster.create(web, write).then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof UnknownOutcomeError);
  assert.equal(error.message, 'the outcome of POST /api/v1/namespaces/prod/services is unknown: etcd is gone');
  assert.equal(error.status?.code, 503);
  assert.equal(server.seen.filter(({ method }) => method === 'POST').length, 1);
});

test('R045: a webhook that cannot be called, or says no, is a known outcome: nothing was written', async () => {
  for (const [code, message] of [
    [500, 'Internal error occurred: failed calling webhook "default.validating.virtualmachineservice": no endpoints available'],
    [403, 'admission webhook "default.validating.virtualmachineservice" denied the request: spec.type: Required value'],
  ] as const) {
    await using server = await faultServer((response) =>
      json(response, code, status(code, code === 403 ? 'Forbidden' : 'InternalError', message)),
    );
    await using live = liveFor(server.access());
    assert.deepEqual(await failure(live.cluster.create(web, write)), { name: 'ApiError', message, hint: undefined });
  }
});

test('a dry run may be repeated: it stores nothing', async () => {
  await using server = await faultServer((response, _seen, number) =>
    number === 1 ? response.socket?.destroy() : json(response, 201, web),
  );
  await using live = liveFor(server.access());
  assert.deepEqual(await live.cluster.create(web, { dryRun: 'server', fieldManager: 'vmsvc' }), web);
  assert.deepEqual(
    server.seen.map(({ path }) => path),
    Array(2).fill('/api/v1/namespaces/prod/services?fieldManager=vmsvc&dryRun=All'),
  );
});

test('R035: what is not the object that was asked for is never taken for one', async () => {
  const html: Handler = (response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>log in</html>');
  {
    await using server = await faultServer(html);
    await using live = liveFor(server.access());
    assert.deepEqual(await failure(live.cluster.list(services, 'v1', { namespace: 'prod' })), {
      name: 'ConnectionError',
      message: `${server.url.slice(8)} is not a Kubernetes API: it answered GET /api/v1/namespaces/prod/services?limit=500 with text/html`,
      hint: "a login page or a proxy may stand in between; check the server's address in the kubeconfig",
    });
  }
  const list = { apiVersion: 'v1', kind: 'ServiceList', metadata: { resourceVersion: '7' } };
  for (const [body, reason] of [
    [{}, 'it is of no kind, not v1 ServiceList'],
    [null, 'it is not an object'],
    [[], 'it is not an object'],
    [{ ...list, kind: 'PodList', items: [] }, 'it is PodList, not v1 ServiceList'],
    [{ ...list, items: 5 }, 'its items are not a list'],
    [{ ...list }, 'its items are not a list'],
    [{ ...list, items: [{}] }, 'one of its items is not an object with a name'],
  ] as const) {
    await using server = await faultServer((response) => json(response, 200, body));
    await using live = liveFor(server.access());
    assert.equal(
      (await failure(live.cluster.list(services, 'v1', { namespace: 'prod' }))).message,
      `the answer of ${server.url.slice(8)} to GET /api/v1/namespaces/prod/services?limit=500 cannot be understood: ${reason}`,
    );
  }
  await using server = await faultServer((response) => json(response, 200, { ...list, items: null }));
  await using live = liveFor(server.access());
  assert.deepEqual(await live.cluster.list(services, 'v1', { namespace: 'prod' }), { items: [], resourceVersion: '7' });
});

test('R036: a redirect is not followed; the sentence says where it leads', async () => {
  for (const code of [301, 302, 307]) {
    await using server = await faultServer((response) => response.writeHead(code, { location: 'https://sso.example/login?x=1' }).end());
    await using live = liveFor(server.access());
    assert.deepEqual(await failure(live.cluster.get(ref)), {
      name: 'ConnectionError',
      message: `${server.url.slice(8)} redirects to sso.example: a login page or a proxy, not a Kubernetes API`,
      hint: "check the server's address in the kubeconfig",
    });
    assert.equal(server.seen.length, 1);
  }
});

test('R039: an answer that unpacks to more than the limit is refused, and a compressed one is read', async () => {
  const bomb = gzipSync(Buffer.alloc(257 * 1024 * 1024));
  await using server = await faultServer((response, seen) => {
    assert.equal(seen.headers['accept-encoding'], undefined, 'on loopback nothing is gained by compression');
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(seen.path.endsWith('/web') ? gzipSync(JSON.stringify(web)) : bomb);
  });
  await using live = liveFor(server.access());
  assert.deepEqual(await live.cluster.get(ref), web);
  assert.deepEqual(await failure(live.cluster.get({ ...ref, name: 'bomb' })), {
    name: 'ConnectionError',
    message: "the server's answer is larger than 256 MiB",
    hint: 'ask for less: one namespace with -n, or a selector with -l',
  });
});

test('R039: an answer that is larger than the limit is given up at the limit, and so are headers that do not end', async () => {
  const piece = Buffer.alloc(1024 * 1024, ' ');
  let written = 0;
  await using server = await faultServer((response, seen) => {
    if (seen.path.endsWith('/headers')) return response.writeHead(200, { 'x-much': 'x'.repeat(1024 * 1024) }).end('{}');
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(300 * piece.length) });
    const more = (): void => {
      written += 1;
      if (written <= 300 && !response.destroyed) response.write(piece, more);
    };
    return more();
  });
  await using live = liveFor(server.access());
  assert.deepEqual(await failure(live.cluster.get(ref)), {
    name: 'ConnectionError',
    message: "the server's answer is larger than 256 MiB",
    hint: 'ask for less: one namespace with -n, or a selector with -l',
  });
  assert.ok(written >= 256 && written < 300, `${written} MiB were written`);
  assert.deepEqual(await failure(live.cluster.get({ ...ref, name: 'headers' })), {
    name: 'ConnectionError',
    message: `Unable to connect to the server: the headers of the answer of ${new URL(server.url).host} are too big`,
    hint: undefined,
  });
  assert.equal(server.seen.length, 2);
});

test('R040: a refused connection and an unknown name are said in kubectl’s words, once', async () => {
  const server = await faultServer(() => {});
  const { url } = server;
  await server[Symbol.asyncDispose]();
  await using closed = liveFor(accessTo(url, { insecureSkipTlsVerify: true }));
  assert.equal(
    (await failure(closed.cluster.get(ref))).message,
    `The connection to the server ${url.slice(8)} was refused - did you specify the right host or port?`,
  );
  await using unknown = liveFor(accessTo('https://no-such-host.invalid:6443', { insecureSkipTlsVerify: true }));
  assert.match(
    (await failure(unknown.cluster.create(web, write))).message,
    /^Unable to connect to the server: (?:no such host no-such-host\.invalid|the name no-such-host\.invalid could not be looked up)$/,
  );
});

/** Lets every name stand for these addresses, until others are given or the test is over. */
function resolves(t: TestContext, addresses: readonly string[]): void {
  t.mock.restoreAll();
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  t.mock.method(dns, 'lookup', (_name: string, _options: object, done: (error: null, found: object) => void) => done(null, all));
}

test('R040: a server that has an address of IPv6 alone is reached, by number and by name', async (t) => {
  await using server = await faultServer((response) => json(response, 200, web), { address: '::1' });
  const { port } = new URL(server.url);
  assert.equal(server.url, `https://[::1]:${port}`);
  await using numbered = liveFor(server.access());
  assert.deepEqual(await numbered.cluster.get(ref), web);
  resolves(t, ['::1']);
  const access = accessTo(`https://localhost:${port}`, { certificateAuthority: { data: Buffer.from(server.authority) } });
  await using named = liveFor(access);
  assert.deepEqual(await named.cluster.get(ref), web);
});

test('R040: of two addresses the second is tried when the first is dead, and when all are it is said once', async (t) => {
  await using server = await faultServer((response) => json(response, 200, web));
  const { port } = new URL(server.url);
  const access = accessTo(`https://localhost:${port}`, { certificateAuthority: { data: Buffer.from(server.authority) } });
  for (const dead of ['127.0.0.2', '::1']) {
    resolves(t, [dead, '127.0.0.1']);
    await using live = liveFor(access);
    assert.deepEqual(await live.cluster.get(ref), web, dead);
  }
  resolves(t, ['127.0.0.2', '127.0.0.3']);
  await using live = liveFor(access);
  assert.equal(
    (await failure(live.cluster.get(ref))).message,
    `The connection to the server localhost:${port} was refused - did you specify the right host or port?`,
  );
});

test('R013: a 401 that new credentials may cure is repeated once; the second one is the answer', async () => {
  await using server = await faultServer((response) => json(response, 401, status(401, 'Unauthorized', 'Unauthorized')));
  await using live = liveFor(server.access());
  assert.deepEqual(await failure(live.cluster.get(ref)), {
    name: 'ConnectionError',
    message: 'You must be logged in to the server (Unauthorized)',
    hint: 'log in again: kubectl vsphere login --server=SUPERVISOR --vsphere-username=USER',
  });
  assert.equal(server.seen.length, 1);
});

test('R016: over http no credential is sent, whatever the kubeconfig has, and a refusal says so', async () => {
  const anonymously = 'services "403" is forbidden: User "system:anonymous" cannot get resource "services" in API group ""';
  await using server = await faultServer(
    (response, seen) => {
      if (seen.path.endsWith('/401')) json(response, 401, status(401, 'Unauthorized', 'Unauthorized'));
      else if (seen.path.endsWith('/403')) json(response, 403, status(403, 'Forbidden', anonymously));
      else if (seen.path.endsWith('/alice'))
        json(response, 403, status(403, 'Forbidden', anonymously.replace('system:anonymous', 'alice')));
      else if (seen.path.endsWith('/proxy')) response.writeHead(403, { 'content-type': 'text/plain' }).end('no\n');
      else json(response, 200, web);
    },
    { secure: false },
  );
  const exec: ExecEntry = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: '/this/plugin/is/never/run',
    args: [],
    env: [],
    installHint: '',
    provideClusterInfo: false,
    interactiveMode: 'Never',
  };
  const pem = { data: Buffer.from('-----BEGIN nothing that can be used') };
  const impersonate = { user: 'bob', groups: ['dev'], extra: new Map() };
  for (const user of [
    { token: new Secret('canary') },
    { tokenFile: '/this/file/is/never/read' },
    { username: 'tester', password: new Secret('canary') },
    { clientCertificate: pem, clientKey: pem },
    { exec },
  ]) {
    await using live = liveFor(server.access({ impersonate, user: { ...anonymous, ...user } }));
    assert.deepEqual(await live.cluster.get(ref), web);
    assert.deepEqual(Object.keys(server.seen.at(-1)?.headers ?? {}).sort(), [
      'accept',
      'host',
      'impersonate-group',
      'impersonate-user',
      'user-agent',
    ]);
  }
  await using live = liveFor(server.access());
  const { host } = new URL(server.url);
  for (const [name, message, hint] of [
    ['401', 'You must be logged in to the server (Unauthorized)', 'credentials are not sent over http'],
    ['403', `${anonymously} (credentials are not sent over http)`, undefined],
    // Whoever is known to `kubectl proxy` was not refused for want of credentials.
    ['alice', anonymously.replace('system:anonymous', 'alice'), undefined],
    ['proxy', `${host} answered GET /api/v1/namespaces/prod/services/proxy with 403 no (credentials are not sent over http)`, undefined],
  ] as const) {
    const said = await failure(live.cluster.get({ ...ref, name }));
    assert.deepEqual([said.message, said.hint], [message, hint]);
  }
});

test('answers that are no Status still make one sentence', async () => {
  const answers = new Map([
    ['a', [404, 'text/plain', '404 page not found\n']],
    ['b', [403, 'text/html', '<html>no</html>']],
    ['c', [418, 'application/json', '{"teapot":true}']],
  ] as const);
  await using server = await faultServer((response, seen) => {
    const [code, type, body] = answers.get(seen.path.endsWith('/a') ? 'a' : seen.path.endsWith('/b') ? 'b' : 'c') ?? [500, '', ''];
    response.writeHead(code, { 'content-type': type }).end(body);
  });
  await using live = liveFor(server.access());
  const messages = await Promise.all(['a', 'b', 'c'].map(async (name) => (await failure(live.cluster.get({ ...ref, name }))).message));
  const host = server.url.slice(8);
  assert.deepEqual(messages, [
    `the server doesn't have a resource type "services"`,
    `${host} answered GET /api/v1/namespaces/prod/services/b with 403 Forbidden`,
    `${host} answered GET /api/v1/namespaces/prod/services/c with 418 I'm a Teapot`,
  ]);
});

test('one connection serves many requests, and sixty-four at most are open at once', async () => {
  await using server = await faultServer((response) => setImmediate(() => json(response, 200, web)));
  await using live = liveFor(server.access());
  for (let index = 0; index < 5; index++) await live.cluster.get(ref);
  assert.equal(server.connections(), 1);
  await Promise.all(Array.from({ length: 200 }, () => live.cluster.get(ref)));
  assert.ok(server.connections() <= 64, String(server.connections()));
});

test('warnings of the server are told once each; that Endpoints are deprecated is not told', async () => {
  await using server = await faultServer((response) => {
    response.setHeader('warning', [
      '299 - "say \\"hello\\", twice"',
      '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"',
    ]);
    json(response, 200, web);
  });
  await using live = liveFor(server.access());
  await live.cluster.get(ref);
  await live.cluster.get(ref);
  assert.deepEqual(live.heard.warnings, ['say "hello", twice']);
});

test('the server’s clock is that of its newest answer', async () => {
  await using server = await faultServer((response) => json(response, 200, web, { date: 'Sat, 21 Nov 2026 04:00:00 GMT' }));
  await using live = liveFor(server.access());
  assert.equal(live.cluster.serverTime(), undefined);
  await live.cluster.get(ref);
  assert.deepEqual(live.cluster.serverTime(), new Date('2026-11-21T04:00:00Z'));
});

test('at -v=9 requests are shown whole, with a curl line, and the token is not', async () => {
  await using server = await faultServer((response) =>
    json(response, 201, web, { date: 'x', 'x-auth-token': 'canary', connection: 'close' }),
  );
  await using live = liveFor(server.access(), { verbosity: 9 });
  await live.cluster.create({ ...web, metadata: { ...web.metadata, labels: { "it's": '$(id)' } } }, write);
  const sent = '{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"prod","labels":{"it\'s":"$(id)"}},"spec":{}}';
  const host = server.url.slice(8);
  assert.deepEqual(live.heard.log, [
    `curl -v -XPOST -H 'host: ${host}' -H 'user-agent: kubectl-vmsvc/test (linux/amd64)' -H 'accept: application/json' -H 'content-type: application/json' -H 'content-length: ${sent.length}' -H "authorization: Bearer $TOKEN" --data-binary '${sent.replace("'", "'\\''")}' '${server.url}/api/v1/namespaces/prod/services?fieldManager=vmsvc'`,
    `POST ${server.url}/api/v1/namespaces/prod/services?fieldManager=vmsvc`,
    'Request Headers:',
    `    host: ${host}`,
    '    user-agent: kubectl-vmsvc/test (linux/amd64)',
    '    accept: application/json',
    '    content-type: application/json',
    `    content-length: ${sent.length}`,
    '    authorization: <masked>',
    `Request Body: ${sent}`,
    `POST ${server.url}/api/v1/namespaces/prod/services?fieldManager=vmsvc 201 Created in 0 milliseconds`,
    'Response Headers:',
    '    content-type: application/json',
    '    date: x',
    '    x-auth-token: <masked>',
    '    connection: close',
    '    transfer-encoding: chunked',
    `Response Body: ${JSON.stringify(web)}`,
  ]);
});

test('an aborted run ends its requests with the reason that it was given', async () => {
  const controller = new AbortController();
  const reason = new Error('interrupted');
  await using server = await faultServer(() => controller.abort(reason));
  await using live = liveFor(server.access(), { signal: controller.signal });
  await assert.rejects(live.cluster.get(ref), reason);
});

test('R082: an answer that is nested thousands of levels deep is refused in one sentence; what is a hundred deep is read', async () => {
  const nested = (levels: number, opening: string, closing: string): string => `${opening.repeat(levels)}1${closing.repeat(levels)}`;
  const around = (value: string): string =>
    `{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"prod","annotations":{"a":"}}}]]]\\"{{"}},"spec":{"x":${value}}}`;
  for (const [opening, closing, width] of [
    ['{"a":', '}', 1],
    ['[', ']', 1],
    ['[{"a":', '}]', 2],
    // Something behind each of them, so that the brackets never close in a row.
    ['{"a":', ',"b":1}', 1],
    ['[{"a":', ',"b":1}]', 2],
  ] as const) {
    await using server = await faultServer((response, _seen, number) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(around(nested(number === 1 ? 120 : 6000 / width, opening, closing))),
    );
    await using live = liveFor(server.access());
    assert.equal((await live.cluster.get(ref)).metadata.name, 'web');
    assert.equal(
      (await failure(live.cluster.get(ref))).message,
      `the answer of ${server.url.slice(8)} to GET /api/v1/namespaces/prod/services/web cannot be understood: it is nested 6002 levels deep, and 1000 are read`,
    );
  }
});

test('warnings that are held back are told when they are released, each once in a run, and never otherwise', async () => {
  await using server = await faultServer((response, _seen, number) =>
    json(response, 200, web, { warning: number === 1 ? '299 - "old"' : '299 - "odd"' }),
  );
  await using live = liveFor(server.access());
  const [wrong, right] = [new HeldWarnings(), new HeldWarnings()];
  await live.cluster.get(ref, { held: wrong });
  await live.cluster.get(ref, { held: right });
  assert.deepEqual(live.heard.warnings, []);
  right.release();
  await live.cluster.get(ref, { held: right });
  assert.deepEqual(live.heard.warnings, ['odd']);
});
