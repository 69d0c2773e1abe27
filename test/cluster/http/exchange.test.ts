import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import { test } from 'node:test';
import type { Clock } from '../../../src/cluster/clock.ts';
import { exchange } from '../../../src/cluster/http/exchange.ts';
import { serverAddress } from '../../../src/cluster/kubeconfig/server-address.ts';

const timeouts = { connect: 1, headers: 2, idle: 3, total: 4 } as const;

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
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const to = serverAddress(`http://127.0.0.1:${address.port}`, false);
  assert.ok(to !== undefined);
  const line = { server: to, agent, clock };
  const ask = async () => {
    const { chunks } = await exchange({ method: 'GET', path: '/', headers: {}, body: undefined }, line, timeouts);
    for await (const _chunk of chunks);
  };
  await Promise.all(Array.from({ length: 12 }, ask));
  assert.equal(limits.filter((limit) => limit === timeouts.connect).length, 1);
  assert.equal(limits.filter((limit) => limit === timeouts.headers).length, 12);
});
