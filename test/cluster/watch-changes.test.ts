import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/cluster/clock.ts';
import { connectionError } from '../../src/cluster/http/network-errors.ts';
import { serverAddress } from '../../src/cluster/kubeconfig/server-address.ts';
import { watchChanges } from '../../src/cluster/watch-changes.ts';
import type { WatchFrame } from '../../src/cluster/watch-frame.ts';

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

/** Pauses between watches that each live for so long and send what `frames` has, in milliseconds. */
async function pausesBetween(count: number, lifetime: number, frames: readonly WatchFrame[]): Promise<readonly number[]> {
  const ends = new AbortController();
  const pauses: number[] = [];
  let now = 0;
  const clock = {
    now: () => now,
    after: () => () => {},
    sleep: async (milliseconds: number) => {
      pauses.push(milliseconds);
      if (pauses.length === count) ends.abort();
    },
  };
  const events = watchChanges({
    list: async () => ({ items: [], resourceVersion: '7' }),
    async *frames(_version, onOpen) {
      onOpen();
      yield* frames;
      now += lifetime;
    },
    signal: ends.signal,
    clock,
    random: () => 1,
    onTrouble: () => {},
  });
  for await (const event of events) assert.equal(event.type, 'Listed');
  return pauses;
}

const bookmark: WatchFrame = {
  type: 'BOOKMARK',
  object: { apiVersion: 'v1', kind: 'Service', metadata: { name: '', resourceVersion: '7' } },
};

test('a server that ends watches at once is asked ever more seldom, a bookmark before or not', async () => {
  for (const frames of [[], [bookmark]])
    assert.deepEqual(await pausesBetween(8, 0, frames), [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
});

test('watches that last, as those of a quiet namespace, are taken up again at once', async () => {
  for (const frames of [[], [bookmark]]) assert.deepEqual(await pausesBetween(4, 480_000, frames), [200, 200, 200, 200]);
});
