import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { Clock } from '../../../src/cluster/clock.ts';
import { Connections } from '../../../src/cluster/http/connections.ts';
import { dialling } from '../../../src/cluster/http/dialling.ts';
import { exchange } from '../../../src/cluster/http/exchange.ts';
import { serverAddress } from '../../../src/cluster/kubeconfig/server-address.ts';

const connectTimeout = 1;
const timeouts = { headers: 2, idle: 3, total: 4 } as const;

test('requests that wait for a busy connection do not connect again, and have no limit for it', async (t) => {
  const server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const limits: number[] = [];
  const clock: Clock = {
    now: () => 0,
    after: (milliseconds) => {
      limits.push(milliseconds);
      return () => {};
    },
    sleep: () => Promise.resolve(),
  };
  const dial = () => dialling(connect(address.port, '127.0.0.1'), false);
  const connections = new Connections(dial, { most: 1, clock, connectTimeout });
  t.after(() => connections.close());
  const to = serverAddress(`http://127.0.0.1:${address.port}`);
  assert.ok(to !== undefined);
  const line = { server: to, connections, clock };
  const ask = async () => {
    const { chunks } = await exchange({ method: 'GET', path: '/', headers: { host: to.host }, body: undefined }, line, timeouts);
    for await (const _chunk of chunks);
  };
  await Promise.all(Array.from({ length: 12 }, ask));
  assert.equal(limits.filter((limit) => limit === connectTimeout).length, 1);
  assert.equal(limits.filter((limit) => limit === timeouts.headers).length, 12);
});
