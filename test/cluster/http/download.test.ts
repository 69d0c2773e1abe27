import assert from 'node:assert/strict';
import { test } from 'node:test';
import { download } from '../../../src/cluster/http/download.ts';
import { limits } from '../../../src/cluster/limits.ts';
import { type FaultServer, faultServer, type Handler, testClock } from '../fault-server.ts';

const manifest = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n';

/** The text of a file, or what is wrong with it. */
async function fetched(server: FaultServer, path = '/web.yaml', env: Readonly<Record<string, string>> = {}) {
  const clock = testClock();
  const surroundings = { env, clock, authority: server.authority };
  const content = await download(new URL(path, server.url), 'test', surroundings);
  return content instanceof Uint8Array ? Buffer.from(content).toString() : content;
}

test('R104: a file is fetched by its path and query, and nothing that logs in is sent', async () => {
  await using server = await faultServer((response) => response.writeHead(200, { 'content-type': 'text/plain' }).end(manifest));
  assert.equal(await fetched(server, '/a%20b/web.yaml?raw=true'), manifest);
  assert.deepEqual(server.seen, [
    {
      method: 'GET',
      path: '/a%20b/web.yaml?raw=true',
      headers: {
        host: new URL(server.url).host,
        'user-agent': 'test',
        accept: 'application/yaml, application/json, text/plain, */*',
      },
      body: '',
    },
  ]);
});

test('R104: redirects are followed five times, never from https to http, and nowhere but to the web', async () => {
  const to =
    (place: string): Handler =>
    (response) =>
      response.writeHead(302, { location: place }).end();
  const cases: [handler: Handler, expected: unknown][] = [
    [
      (response, { path }) =>
        path === '/there' ? response.end(manifest) : response.writeHead(308, { location: path === '/web.yaml' ? 'next' : '/there' }).end(),
      manifest,
    ],
    [to('http://example.org/web.yaml'), { problem: 'it redirects from https to http, to example.org' }],
    [to('file:///etc/passwd'), { problem: 'it redirects to file://, which is not fetched' }],
    [to('/web.yaml'), { problem: 'it redirects more than 5 times' }],
    [(response) => response.writeHead(301).end(), { problem: 'it is elsewhere (301), and nobody says where' }],
  ];
  for (const [handler, expected] of cases) {
    await using server = await faultServer(handler);
    assert.deepEqual(await fetched(server), expected);
  }
});

test('R104: what is no file is said in one sentence', async () => {
  const host = (server: FaultServer) => new URL(server.url).host;
  const cases: [handler: Handler, expected: (server: FaultServer) => unknown, requests: number][] = [
    [(response) => response.writeHead(404).end('no'), () => ({ problem: 'cannot be downloaded: the server answers 404 Not Found' }), 1],
    [
      (response) => response.writeHead(503).end(),
      () => ({ problem: 'cannot be downloaded: the server answers 503 Service Unavailable' }),
      3,
    ],
    [
      (response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>'),
      () => ({
        problem: 'it is a web page (text/html) and no manifest',
        hint: 'on a site that shows code, take the address of the raw file',
      }),
      1,
    ],
    [(response) => response.socket?.destroy(), (server) => ({ problem: `cannot be downloaded: ${host(server)} closed the connection` }), 1],
    [
      (response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('apiVersion', () => response.socket?.destroy());
      },
      (server) => ({ problem: `cannot be downloaded: ${host(server)} closed the connection` }),
      1,
    ],
    [
      (response) => {
        response.writeHead(200);
        const piece = Buffer.alloc(1024 * 1024, ' ');
        const more = (): void => void (response.writable && response.write(piece, more));
        more();
        response.on('error', () => {});
      },
      () => ({ problem: 'it is larger than 32 MiB' }),
      1,
    ],
  ];
  for (const [handler, expected, requests] of cases) {
    await using server = await faultServer(handler);
    assert.deepEqual(await fetched(server), expected(server));
    assert.equal(server.seen.length, requests);
  }
});

test('R104: a server that never ends its answer is given up after half a minute', async () => {
  const clock = testClock();
  await using server = await faultServer((response) => {
    response.writeHead(200);
    response.write('#', () => clock.advance(limits.downloadTimeout));
  });
  const surroundings = { env: {}, clock, authority: server.authority };
  assert.deepEqual(await download(new URL(server.url), 'test', surroundings), {
    problem: `cannot be downloaded: the request to ${new URL(server.url).host} took longer than 30 s`,
  });
});

test('the server is verified by the authorities of the system, and nothing else is trusted', async () => {
  await using server = await faultServer((response) => response.end(manifest));
  const surroundings = { env: {}, clock: testClock() };
  assert.deepEqual(await download(new URL(server.url), 'test', surroundings), {
    problem: "cannot be downloaded: the server's certificate is signed by an unknown authority",
  });
});
