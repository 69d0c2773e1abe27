import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/cluster/clock.ts';
import { connectionError } from '../../src/cluster/http/network-errors.ts';
import { serverAddress } from '../../src/cluster/kubeconfig/server-address.ts';
import { watchChanges } from '../../src/cluster/watch-changes.ts';

test('a watch ends where the server came back as another one: no other try would find it trusted', async () => {
  const server = serverAddress('https://sv:6443') ?? assert.fail();
  const unknownAuthority = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  const heard: (string | undefined)[] = [];
  const events = watchChanges({
    list: async () => ({ items: [], resourceVersion: '7' }),
    frames() {
      throw connectionError(unknownAuthority, server);
    },
    signal: new AbortController().signal,
    clock: systemClock,
    random: () => 0,
    onTrouble: (sentence) => heard.push(sentence),
  });
  await events.next();
  await assert.rejects(async () => events.next(), /^ConnectionError: .*signed by an unknown authority$/);
  assert.deepEqual(heard, []);
});
