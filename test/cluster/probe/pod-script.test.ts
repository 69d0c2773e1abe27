import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { podLines, probePod } from '../../../src/core/probe/pod.ts';
import type { ProbeSpeech, ProbeStage, ProbeTarget } from '../../../src/core/probe/probe.ts';
import { jsonOf } from '../../../src/model/object.ts';
import { closedPort, tcpServer, tlsServer, udpServer } from '../../support/probe-servers.ts';

function target(port: number, speech: ProbeSpeech, stage: ProbeStage = 'vip'): ProbeTarget {
  return { stage, service: undefined, host: '127.0.0.1', port, protocol: 'TCP', servicePort: port, speech, vm: undefined, skip: undefined };
}

/** Runs on this machine what the container would run. */
async function run(targets: readonly ProbeTarget[], more: { readonly send?: Buffer; readonly expect?: Buffer } = {}) {
  const order = { namespace: 'prod', name: 'vmsvc-probe-1', image: 'tools', targets, hold: 1000, send: more.send, expect: more.expect };
  const pod: unknown = jsonOf(probePod(order));
  const [program = '', ...words] = wordsOf(pod);
  const { stdout } = await promisify(execFile)(program, words);
  return podLines(stdout, targets, more.expect).map(({ result, detail }) => (detail === '' ? result : `${result}: ${detail}`));
}

function wordsOf(pod: unknown): string[] {
  const { command, args } = JSON.parse(JSON.stringify(pod)).spec.containers[0];
  return [...command, ...args];
}

test('the shell of a pod tells the same answers apart as a laptop', async () => {
  const closing = await tcpServer((socket) => socket.end());
  const greeting = await tcpServer((socket) => void socket.write('220 ready\r\n'));
  const silent = await tcpServer(() => {});
  const web = await tcpServer((socket) => void socket.once('data', () => socket.end('HTTP/1.0 503 Busy\r\n\r\n')));
  const secure = await tlsServer(() => {});
  const deaf = await udpServer(undefined);
  const spoken = await udpServer('pong');
  const targets = [
    target(closing.port, 'tcp'),
    target(greeting.port, 'tcp'),
    target(silent.port, 'tcp'),
    target(await closedPort(), 'tcp'),
    target(web.port, 'http'),
    target(web.port, 'http', 'vm'),
    target(secure.port, 'tls'),
    { ...target(silent.port, 'tcp'), skip: 'not the address of one machine' },
    { ...target(0, 'resolve', 'name'), host: 'localhost' },
    { ...target(0, 'resolve', 'name'), host: 'no-such-name.invalid' },
    target(deaf.port, 'udp'),
    target(spoken.port, 'udp'),
    target(await closedPort(), 'udp'),
  ];
  const found = await run(targets);
  await Promise.all([closing, greeting, silent, web, secure, deaf, spoken].map((server) => server.close()));
  const resolved = targets.findIndex(({ host }) => host === 'localhost');
  assert.match(found[resolved] ?? '', /^proven: (127\.0\.0\.1|::1)$/);
  assert.deepEqual(found.with(resolved, 'proven: its address'), [
    'closed-early',
    'proven: answered',
    'connected',
    'refused',
    "connected: HTTP 503, which may be the load balancer's own answer",
    'proven: HTTP 503',
    'proven: TLS answered',
    'skipped: not the address of one machine',
    'proven: its address',
    'unresolved: no such name',
    'unanswered',
    'proven: answered',
    'refused',
  ]);
});

test('TLS from a pod is proven by a handshake alone: not by a proxy that hangs up, nor by what speaks something else', async () => {
  const closing = await tcpServer((socket) => socket.end());
  const resetting = await tcpServer((socket) => void setTimeout(() => socket.resetAndDestroy(), 50));
  const web = await tcpServer((socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  const alert = Buffer.from([21, 3, 3, 0, 2, 2, 40]);
  const picky = await tcpServer((socket) => void socket.once('data', () => socket.end(alert)));
  const silent = await tcpServer(() => {});
  const six = await tlsServer(() => {}, '::1');
  const servers = [closing, resetting, web, picky, silent];
  const targets = [...servers.map(({ port }) => target(port, 'tls')), { ...target(six.port, 'tls'), host: '::1' }];
  const found = await run(targets);
  const expecting = await run([{ ...target(six.port, 'tls'), host: '::1' }], { expect: Buffer.from('x') });
  await Promise.all([...servers, six].map((server) => server.close()));
  assert.deepEqual(found, [
    'closed-early',
    'closed-early',
    'proven: answered, but not in TLS',
    'proven: answered, and refused TLS',
    'connected',
    'proven: TLS answered',
  ]);
  assert.deepEqual(expecting, ['connected: TLS answered; what is expected cannot be asked for in TLS from a pod']);
});

test('an answer that repeats itself arrives whole', async () => {
  const web = await tcpServer((socket) => void socket.once('data', () => socket.end(`HTTP/1.1 200 ${'A'.repeat(300)}\r\n\r\n`)));
  const found = await run([target(web.port, 'http')]);
  await web.close();
  assert.deepEqual(found, ['proven: HTTP 200']);
});

test('what is sent from a pod arrives byte by byte, and nothing in it is read by the shell', async () => {
  const echo = await tcpServer((socket) => void socket.pipe(socket));
  const send = Buffer.from('$(id)`id`"\'\\ %s ;\u0000ä\r\n');
  const heard: Buffer[] = [];
  const ear = await tcpServer((socket) => void socket.on('data', (chunk: Buffer) => heard.push(chunk)));
  assert.deepEqual(await run([target(echo.port, 'tcp')], { send, expect: Buffer.from('$(id)`id`') }), ['proven: answered as expected']);
  assert.deepEqual(await run([target(ear.port, 'tcp')], { send, expect: Buffer.from('x') }), ['connected']);
  await Promise.all([echo.close(), ear.close()]);
  assert.deepEqual(Buffer.concat(heard), send);
});

test('what a log says besides is not believed', () => {
  const tried = [target(80, 'tcp'), target(81, 'tcp')];
  const log = ['hello', '{"i":0,"result":"healthy","ms":"x","hex":"zz"}', '{"i":7,"result":"proven"}', '[1]', '{'].join('\n');
  assert.deepEqual(
    podLines(log, tried, undefined).map(({ result, detail }) => [result, detail]),
    [
      ['skipped', ''],
      ['skipped', 'the pod did not get to it'],
    ],
  );
});

test('a pod says by which address it is known, and each line has the one of its family', () => {
  const six = { ...target(80, 'tcp'), host: 'fd00::1' };
  const log = [
    '{"source":"127.0.1.1"}',
    '{"source":"10.30.9.1"}',
    '{"source":"fd00:0::9"}',
    '{"source":"$(id)"}',
    '{"i":0,"result":"proven"}',
    '{"i":1,"result":"filtered"}',
  ];
  assert.deepEqual(
    podLines(log.join('\n'), [{ ...target(80, 'tcp'), host: '10.20.0.15' }, six, target(81, 'tcp')], undefined).map(({ source }) => source),
    ['10.30.9.1', 'fd00::9', undefined],
  );
});
