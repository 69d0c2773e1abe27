import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { isOutsideProxy } from '../../../src/cluster/http/no-proxy.ts';
import { proxyFor } from '../../../src/cluster/http/proxy.ts';
import { serverAddress } from '../../../src/cluster/kubeconfig/server-address.ts';
import { socksServer } from '../../support/socks-server.ts';
import { accessTo, faultServer, json, liveFor, portOf } from '../fault-server.ts';

const web = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'prod' }, spec: {} };
const ref = { apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'web' };

interface TestProxy extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly (readonly [string | undefined, string | undefined])[];
}

/** A proxy that opens tunnels, or answers CONNECT with this code; 0 hangs up. */
async function testProxy(code = 200): Promise<TestProxy> {
  const asked: [string | undefined, string | undefined][] = [];
  const server: Server = createServer();
  server.on('connect', (request, socket) => {
    asked.push([request.url, request.headers['proxy-authorization']]);
    if (code === 0) socket.destroy();
    else if (code !== 200) socket.end(`HTTP/1.1 ${code} Nope\r\n\r\n`);
    else {
      const [host, port] = (request.url ?? '').split(':');
      const upstream = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    }
  });
  const port = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve(portOf(server.address()))));
  return {
    url: `http://user:pass%20word@127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('R018: through the cluster’s proxy the server is reached, verified and spoken to over one tunnel', async () => {
  await using server = await faultServer((response) => json(response, 200, web));
  await using proxy = await testProxy();
  await using live = liveFor(server.access({ proxyUrl: proxy.url }));
  assert.deepEqual([await live.cluster.get(ref), await live.cluster.get(ref)], [web, web]);
  assert.deepEqual(proxy.asked, [[server.url.slice(8), `Basic ${Buffer.from('user:pass word').toString('base64')}`]]);
});

test('R018: what a proxy does wrong is said with its address and without its password', async () => {
  for (const [code, reason] of [
    [407, 'it asks for a user name and password (407)'],
    [502, 'it answered 502 Nope'],
    [0, 'it closed the connection'],
  ] as const) {
    await using proxy = await testProxy(code);
    await using live = liveFor(accessTo('https://api.example:6443', { proxyUrl: proxy.url, insecureSkipTlsVerify: true }));
    const { host } = new URL(proxy.url);
    await assert.rejects(live.cluster.get(ref), {
      name: 'ConnectionError',
      message: `Unable to connect to the server: proxy ${host}: ${reason}`,
    });
    assert.equal(proxy.asked.length, 1);
  }
});

test('R018: through a SOCKS5 proxy the server is reached by its name, verified and spoken to', async () => {
  await using server = await faultServer((response) => json(response, 200, web));
  const { port } = new URL(server.url);
  await using proxy = await socksServer({ upstream: Number(port), login: 'user:pass word' });
  const proxyUrl = `socks5://user:pass%20word@127.0.0.1:${proxy.port}`;
  for (const [url, asked] of [
    [server.url, `7f000001:${port}`],
    ['https://supervisor.example:6443', 'supervisor.example:6443'],
    ['https://[fd00:0:0:1::a]:6443', `${'fd00'.padEnd(12, '0')}0001${'a'.padStart(16, '0')}:6443`],
  ] as const) {
    const to = accessTo(url, {
      ...server.access(),
      server: serverAddress(url) ?? assert.fail(),
      proxyUrl,
    });
    await using live = liveFor({
      ...to,
      insecureSkipTlsVerify: url !== server.url,
      certificateAuthority: url === server.url ? to.certificateAuthority : {},
    });
    assert.deepEqual([await live.cluster.get(ref), await live.cluster.get(ref)], [web, web]);
    assert.equal(proxy.asked.at(-1), `user:pass word@${asked}`);
  }
  assert.equal(proxy.asked.length, 3);
});

test('R018: what a SOCKS5 proxy does wrong is said with its address and without its password', async () => {
  await using refuses = await socksServer({ upstream: 1, reply: 5 });
  await using asks = await socksServer({ upstream: 1, login: 'user:other' });
  await using http = await testProxy();
  for (const [url, reason] of [
    [`socks5://127.0.0.1:${refuses.port}`, 'it answered: connection refused'],
    [`socks5://127.0.0.1:${asks.port}`, 'it asks for a user name and password'],
    [`socks5://user:canary@127.0.0.1:${asks.port}`, 'it refuses the user name or password'],
    [http.url.replace(/.*@/, 'socks5://'), 'it does not speak SOCKS5'],
    ['socks5://127.0.0.1:1', 'it refused the connection'],
    ['http://127.0.0.1:1', 'it refused the connection'],
    ['socks5://no-such-host.invalid:1', 'no such host no-such-host.invalid'],
  ] as const) {
    await using live = liveFor(accessTo('https://api.example:6443', { proxyUrl: url, insecureSkipTlsVerify: true }));
    await assert.rejects(live.cluster.get(ref), {
      name: 'ConnectionError',
      message: `Unable to connect to the server: proxy ${new URL(url).host}: ${reason}`,
    });
  }
});

test('R018: over plain http a SOCKS5 proxy is a tunnel too', async () => {
  await using server = await faultServer((response) => json(response, 200, web), { secure: false });
  await using proxy = await socksServer({ upstream: Number(new URL(server.url).port) });
  await using live = liveFor(accessTo('http://supervisor.example', { proxyUrl: `socks5h://127.0.0.1:${proxy.port}` }));
  assert.deepEqual(await live.cluster.get(ref), web);
  assert.deepEqual(proxy.asked, ['supervisor.example:80']);
  assert.equal(server.seen[0]?.path, '/api/v1/namespaces/prod/services/web');
});

test('R018: the environment’s proxy counts when the cluster names none, and NO_PROXY takes servers out', () => {
  const server = serverAddress('https://10.1.2.3:6443') ?? assert.fail();
  const proxyOf = (env: Readonly<Record<string, string>>, configured?: string): string | undefined =>
    proxyFor(server, configured, env)?.host;
  assert.equal(proxyOf({}), undefined);
  assert.equal(proxyOf({ HTTPS_PROXY: 'proxy.example:3128' }), 'proxy.example:3128');
  assert.equal(proxyOf({ https_proxy: 'https://proxy.example' }), 'proxy.example:443');
  assert.equal(proxyOf({ HTTP_PROXY: 'http://proxy.example' }), undefined);
  assert.equal(proxyOf({ HTTPS_PROXY: 'http://proxy.example', NO_PROXY: '10.0.0.0/8' }), undefined);
  assert.equal(proxyOf({ NO_PROXY: '10.0.0.0/8' }, 'http://own.example'), 'own.example:80');
  assert.equal(proxyOf({ HTTPS_PROXY: 'socks5://own.example' }), 'own.example:1080');
  assert.equal(proxyOf({ ALL_PROXY: 'socks5://own.example' }), undefined);
  assert.throws(() => proxyOf({}, 'socks4://user:canary@own.example'), {
    message: 'the proxy of the kubeconfig speaks socks4, which is not supported: only http, https and socks5 proxies are',
  });
});

test('R018: NO_PROXY knows names, subdomains, ports, addresses, CIDRs and everything', () => {
  const cases: [string, number, string, boolean][] = [
    ['api.example', 443, '', false],
    ['api.example', 443, '*', true],
    ['api.example', 443, 'other.example, example', true],
    ['api.example', 443, 'pi.example', false],
    ['api.example', 443, '.example', true],
    ['example', 443, '.example', false],
    ['api.example', 443, '*.example', true],
    ['API.example.', 443, 'api.EXAMPLE', true],
    ['api.example', 443, 'api.example:443', true],
    ['api.example', 6443, 'api.example:443', false],
    ['10.1.2.3', 443, '10.0.0.0/8', true],
    ['11.1.2.3', 443, '10.0.0.0/8', false],
    ['10.1.2.3', 443, '10.1.2.3', true],
    ['10.1.2.3', 443, '10.1.2.3:6443', false],
    ['fd00::1', 443, 'fd00::/8', true],
    ['fd00::1', 443, '[fd00::1]:443', true],
    ['fd00::1', 443, '10.0.0.0/8', false],
    ['10.1.2.3', 443, 'not-a-net/8,10.0.0.0/99', false],
    ['localhost', 443, '', true],
    ['127.0.0.53', 443, '', true],
    ['::1', 443, '', true],
  ];
  for (const [host, port, list, outside] of cases) assert.equal(isOutsideProxy(host, port, list), outside, `${host}:${port} ${list}`);
});
