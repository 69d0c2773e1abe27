import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/cluster/clock.ts';
import { connectionError } from '../../src/cluster/http/network-errors.ts';
import { serverAddress } from '../../src/cluster/kubeconfig/server-address.ts';
import { watchChanges } from '../../src/cluster/watch-changes.ts';
import type { WatchFrame } from '../../src/cluster/watch-frame.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { ApiError } from '../../src/model/status.ts';

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

const refusal = (code: number, message: string) =>
  new ApiError({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason: 'Forbidden', message });
const service = (name: string, resourceVersion: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'prod', uid: name, resourceVersion },
});

for (const [taken, code] of [
  ['a right that is taken away', 403],
  ['a kind whose definition is taken away', 404],
] as const) {
  test(`${taken} deletes nothing: it is said once, and what has happened is told when it is back`, async () => {
    const ends = new AbortController();
    const [web, db, api] = [service('web', '1'), service('db', '2'), service('api', '9')];
    // The first list, two that are refused, and what has become of it all.
    const lists = [[web, db], undefined, undefined, [web, api]];
    const [heard, pauses]: [(string | undefined)[], number[]] = [[], []];
    let watches = 0;
    const events = watchChanges({
      async list() {
        const items = lists.shift();
        if (items === undefined) throw refusal(code, 'not for you');
        return { items, resourceVersion: '9' };
      },
      async *frames(_version, onOpen) {
        watches += 1;
        if (watches === 1) throw refusal(code, 'not for you');
        onOpen();
        yield { type: 'DELETED', object: api };
        ends.abort();
      },
      signal: ends.signal,
      clock: { now: () => 0, after: () => () => {}, sleep: async (milliseconds) => void pauses.push(milliseconds) },
      random: () => 1,
      onTrouble: (sentence) => heard.push(sentence),
    });
    const told: string[] = [];
    for await (const event of events) {
      const objects = event.type === 'Listed' ? event.objects : [event.object];
      told.push(`${event.type} ${objects.map(({ metadata }) => metadata.name).join(' ')}`);
    }
    assert.deepEqual(told, ['Listed web db', 'Deleted db', 'Added api', 'Deleted api']);
    assert.deepEqual(heard, ['not for you; trying again', undefined]);
    assert.deepEqual(pauses.slice(0, 3), [5000, 5000, 5000]);
  });
}

test('whoever may list and not watch is told of changes by lists, without a word', async () => {
  const ends = new AbortController();
  const lists = [[service('web', '1')], [service('web', '2')], [service('web', '3')]];
  const heard: (string | undefined)[] = [];
  const events = watchChanges({
    list: async () => ({ items: lists.shift() ?? [], resourceVersion: '9' }),
    frames() {
      throw refusal(403, 'no watch for you');
    },
    signal: ends.signal,
    clock: { now: () => 0, after: () => () => {}, sleep: async () => (lists.length === 0 ? ends.abort() : undefined) },
    random: () => 1,
    onTrouble: (sentence) => heard.push(sentence),
  });
  const told: string[] = [];
  for await (const event of events) told.push(event.type);
  assert.deepEqual([told, heard], [['Listed', 'Modified', 'Modified'], []]);
});
