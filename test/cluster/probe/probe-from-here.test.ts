import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeSettings } from '../../../src/cluster/probe/attempt.ts';
import { probeFromHere } from '../../../src/cluster/probe/probe-from-here.ts';
import type { ProbeSpeech, ProbeStage, ProbeTarget } from '../../../src/core/probe/probe.ts';
import { closedPort, type ProbeServer, silentPort, tcpServer, tlsServer, udpServer } from '../../support/probe-servers.ts';

const settings: ProbeSettings = {
  hold: 250,
  connectTimeout: 250,
  send: undefined,
  expect: undefined,
  signal: new AbortController().signal,
  // Certificates are made while tests run, which may be long after this file was read.
  get now() {
    return new Date();
  },
  env: {},
};

function target(port: number, speech: ProbeSpeech = 'tcp', stage: ProbeStage = 'vip', host = '127.0.0.1'): ProbeTarget {
  const protocol = speech === 'udp' ? 'UDP' : 'TCP';
  return {
    stage,
    service: { namespace: 'prod', name: 'web' },
    host,
    port,
    protocol,
    servicePort: port,
    speech,
    vm: undefined,
    skip: undefined,
  };
}

/** Result, tries, bytes and words of one target at that server, which is closed afterwards. */
async function probed(server: ProbeServer, speech: ProbeSpeech = 'tcp', more: Partial<ProbeSettings> = {}, stage: ProbeStage = 'vip') {
  try {
    return await outcome(target(server.port, speech, stage), more);
  } finally {
    await server.close();
  }
}

async function outcome(tried: ProbeTarget, more: Partial<ProbeSettings> = {}) {
  const report = await probeFromHere([tried], { ...settings, ...more });
  const [line] = report.lines;
  assert.ok(line);
  const { result, tries, bytes, detail } = line;
  return { result, tries, bytes, detail };
}

test('a proxy that has nobody behind it accepts and closes, which is no success', async () => {
  assert.deepEqual(await probed(await tcpServer((socket) => socket.end())), { result: 'closed-early', tries: 1, bytes: 0, detail: '' });
});

test('a proxy that gives up on its servers later closes early as well', async () => {
  const server = await tcpServer((socket) => void setTimeout(() => socket.end(), 60));
  assert.deepEqual(await probed(server), { result: 'closed-early', tries: 1, bytes: 0, detail: '' });
});

test('a connection that is reset is closed early, and says so', async () => {
  const server = await tcpServer((socket) => void setTimeout(() => socket.resetAndDestroy(), 20));
  assert.deepEqual(await probed(server), { result: 'closed-early', tries: 1, bytes: 0, detail: 'reset' });
});

test('a server that speaks only when spoken to is connected and proves nothing', async () => {
  assert.deepEqual(await probed(await tcpServer(() => {})), { result: 'connected', tries: 1, bytes: 0, detail: '' });
});

test('a server that greets is proven by its bytes', async () => {
  const server = await tcpServer((socket) => void socket.write('220 ready\r\n'));
  assert.deepEqual(await probed(server), { result: 'proven', tries: 1, bytes: 11, detail: 'answered 11 bytes' });
});

test('a port on which nothing listens is refused at once', async () => {
  assert.deepEqual(await outcome(target(await closedPort())), { result: 'refused', tries: 1, bytes: 0, detail: '' });
});

test('a port that does not answer is tried twice and counts as filtered', async () => {
  assert.deepEqual(await probed(await silentPort()), { result: 'filtered', tries: 2, bytes: 0, detail: 'no answer' });
});

test('what --send sends is answered, and --expect has to be in the answer', async () => {
  const echo = () => tcpServer((socket) => void socket.pipe(socket));
  const send = Buffer.from('PING\r\n');
  assert.deepEqual(await probed(await echo(), 'tcp', { send }), { result: 'proven', tries: 1, bytes: 6, detail: 'answered 6 bytes' });
  assert.deepEqual(await probed(await echo(), 'tcp', { send, expect: Buffer.from('PING') }), {
    result: 'proven',
    tries: 1,
    bytes: 6,
    detail: 'answered as expected',
  });
  assert.deepEqual(await probed(await echo(), 'tcp', { send, expect: Buffer.from('PONG') }), {
    result: 'connected',
    tries: 1,
    bytes: 6,
    detail: 'answered 6 bytes, not what was expected',
  });
});

test('TLS is proven by a handshake, whoever made the certificate', async () => {
  const { result, detail } = await probed(await tlsServer(() => {}), 'tls');
  assert.equal(result, 'proven');
  assert.match(detail, /^TLS answered: CN=.+, valid until \d{4}-\d\d-\d\d$/);
});

test('a server that answers TLS with something else is there all the same', async () => {
  const server = await tcpServer((socket) => void socket.write('SSH-2.0-OpenSSH_9.6\r\n'));
  assert.deepEqual(await probed(server, 'tls'), { result: 'proven', tries: 1, bytes: 0, detail: 'answered, but not in TLS' });
});

test('a certificate whose time is over, or to come, is proof of a listener, and said to be so', async () => {
  const words = async (now: string) => (await probed(await tlsServer(() => {}), 'tls', { now: new Date(now) })).detail;
  assert.match(await words('2100-01-01'), /^TLS answered: CN=.+, EXPIRED on \d{4}-\d\d-\d\d$/);
  assert.match(await words('2000-01-01'), /^TLS answered: CN=.+, not valid before \d{4}-\d\d-\d\d$/);
});

test('a server that refuses a handshake speaks TLS, and its alert is told', async () => {
  const alerting = (alert: number) =>
    tcpServer((socket) => void socket.once('data', () => socket.write(Buffer.from([21, 3, 3, 0, 2, 2, alert]))));
  const words = async (alert: number) => (await probed(await alerting(alert), 'tls')).detail;
  assert.deepEqual(await Promise.all([40, 70, 112].map(words)), [
    'answered, and refused TLS: handshake failure',
    'answered, and refused TLS: protocol version',
    'answered, and refused TLS: unrecognized name',
  ]);
});

test('a server of HTTP on a port for TLS is there, and not in TLS', async () => {
  const server = await tcpServer((socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  assert.deepEqual(await probed(server, 'tls'), { result: 'proven', tries: 1, bytes: 0, detail: 'answered, but not in TLS' });
});

test('TLS that is closed before the handshake is closed early', async () => {
  const { result } = await probed(await tcpServer((socket) => socket.end()), 'tls');
  assert.equal(result, 'closed-early');
});

test('HTTP is proven by a status line; that of a gateway is none for what stands behind it', async () => {
  const answering = (status: string) =>
    tcpServer((socket) => void socket.once('data', () => socket.end(`HTTP/1.0 ${status}\r\nContent-Length: 0\r\n\r\n`)));
  const result = async (status: string, stage: ProbeStage) => {
    const { result: found, detail } = await probed(await answering(status), 'http', {}, stage);
    return `${found}: ${detail}`;
  };
  assert.deepEqual(await Promise.all([result('200 OK', 'vip'), result('503 Busy', 'vip'), result('503 Busy', 'vm')]), [
    'proven: HTTP 200',
    "connected: HTTP 503, which may be the load balancer's own answer",
    'proven: HTTP 503',
  ]);
});

test('what is no HTTP, has no end, or no line of its own proves somebody all the same', async () => {
  const answering = (answer: string, end: boolean) =>
    tcpServer((socket) => void socket.once('data', () => (end ? socket.end(answer) : socket.write(answer))));
  const words = async (answer: string, end: boolean) => {
    const { result, detail } = await probed(await answering(answer, end), 'http');
    return `${result}: ${detail}`;
  };
  assert.deepEqual(
    await Promise.all([
      words('garbage', false),
      words('garbage', true),
      words('\u001b[31m\n', false),
      words('x'.repeat(100_000), false),
      words(`HTTP/1.1 200 ${'x'.repeat(100_000)}`, false),
      words('HTTP/1.1 200', true),
    ]),
    [
      'proven: answered, but not in HTTP',
      'proven: answered, but not in HTTP',
      'proven: answered, but not in HTTP',
      'proven: answered, but not in HTTP',
      'proven: HTTP 200',
      'proven: HTTP 200',
    ],
  );
});

test('an answer without end is read no further than it takes', async () => {
  const server = await tcpServer((socket) => {
    const more = () => {
      while (socket.write('x'.repeat(16_384)));
    };
    socket.on('drain', more);
    more();
  });
  const { result, bytes, detail } = await probed(server, 'tcp', { expect: Buffer.from('y') });
  assert.deepEqual([result, detail], ['connected', 'answered more than was waited for']);
  assert.ok(bytes < 1_000_000, `${bytes} bytes were read`);
});

test('HTTP over TLS says what the server answered', async () => {
  const server = await tlsServer((socket) => void socket.once('data', () => socket.end('HTTP/1.1 204 No Content\r\n\r\n')));
  const { result, detail } = await probed(server, 'https');
  assert.deepEqual({ result, detail }, { result: 'proven', detail: 'HTTP 204' });
});

test('UDP is proven by an answer and says nothing by silence; a refusal that comes back is one', async () => {
  const send = Buffer.from('?');
  assert.deepEqual(await probed(await udpServer('!'), 'udp', { send }), {
    result: 'proven',
    tries: 1,
    bytes: 1,
    detail: 'answered 1 byte',
  });
  assert.deepEqual(await probed(await udpServer(undefined), 'udp', { send }), {
    result: 'unanswered',
    tries: 1,
    bytes: 0,
    detail: 'which says nothing about UDP',
  });
  const gone = await udpServer(undefined);
  await gone.close();
  assert.deepEqual(await outcome(target(gone.port, 'udp'), { send }), { result: 'refused', tries: 1, bytes: 0, detail: '' });
});

test('a target that must be left alone is named with the reason, and nothing is sent', async () => {
  let connections = 0;
  const server = await tcpServer(() => {
    connections += 1;
  });
  const skipped = { ...target(server.port), skip: 'a link-local address is not a place to send to' };
  assert.deepEqual(await outcome(skipped), { result: 'skipped', tries: 0, bytes: 0, detail: skipped.skip });
  await server.close();
  assert.equal(connections, 0);
});

test('never are more than eight connections open, and the lines come in the order of the targets', async () => {
  let open = 0;
  let most = 0;
  const server = await tcpServer((socket) => {
    open += 1;
    most = Math.max(most, open);
    socket.on('close', () => {
      open -= 1;
    });
    setTimeout(() => socket.end('x'), 20);
  });
  const targets = Array.from({ length: 30 }, (_, index) => ({ ...target(server.port), vm: `vm-${index}` }));
  const { lines } = await probeFromHere(targets, settings);
  await server.close();
  assert.deepEqual(
    lines.map((line) => line.target.vm),
    targets.map((tried) => tried.vm),
  );
  assert.ok(lines.every(({ result }) => result === 'proven'));
  assert.ok(most <= 9, `${most} connections were open`);
});

test('an interrupted probe ends, and says that the rest was not tried', async () => {
  const server = await tcpServer(() => {});
  const controller = new AbortController();
  const running = probeFromHere([target(server.port)], { ...settings, hold: 20_000, signal: controller.signal });
  controller.abort();
  const [line] = (await running).lines;
  await server.close();
  assert.deepEqual([line?.result, line?.detail], ['skipped', 'interrupted']);
});

test('proxy settings of the environment are not used, which is said', async () => {
  const { notes } = await probeFromHere([], { ...settings, env: { https_proxy: 'http://proxy.example.test:3128' } });
  assert.deepEqual(notes, ['https_proxy is set and was not used: a probe connects directly']);
});

test('an IPv6 address is a target like any other', async () => {
  const server = await tcpServer((socket) => void socket.end('hello'), '::1');
  const found = await outcome(target(server.port, 'tcp', 'vip', '::1'));
  await server.close();
  assert.equal(found.result, 'proven');
});

test('link-local addresses are left alone however they are written, and what no resolver should see is not asked for', async () => {
  const linkLocal = 'a link-local address is not a place to send to';
  const tried = async (host: string) => {
    const [line] = (await probeFromHere([target(80, 'tcp', 'named', host)], settings, () => assert.fail(`sent to ${host}`))).lines;
    return [line?.result, line?.detail];
  };
  for (const host of ['169.254.169.254', '::ffff:169.254.169.254', 'fe80::1', 'fe80::1%eth0', '2852039166'])
    assert.deepEqual(await tried(host), ['skipped', linkLocal], host);
  for (const host of ['-e sh *', 'a b', '$(id)', 'x;y', '\u001b[31m', ''])
    assert.deepEqual(await tried(host), ['skipped', 'neither an address nor a host name'], host);
});
