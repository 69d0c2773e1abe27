import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import type { WatchEvent } from '../../../src/cluster/cluster.ts';
import { services } from '../../../src/model/resources.ts';
import { ApiError } from '../../../src/model/status.ts';
import { type FaultServer, faultServer, type Handler, json, liveFor, status, type TestLive } from '../fault-server.ts';

interface Stored {
  readonly name: string;
  readonly version: number;
  readonly uid?: string;
}

function object({ name, version, uid = `uid-${name}` }: Stored): object {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'prod', uid, resourceVersion: String(version) } };
}

function frame(type: string, stored: Stored): string {
  return `${JSON.stringify({ type, object: object(stored) })}\n`;
}

const bookmark = (version: number): string =>
  `${JSON.stringify({ type: 'BOOKMARK', object: { kind: 'Service', apiVersion: 'v1', metadata: { resourceVersion: String(version) } } })}\n`;

const expired = `${JSON.stringify({ type: 'ERROR', object: status(410, 'Expired', 'too old resource version: 1 (9)') })}\n`;

/** Answers the n-th list, and the n-th watch. */
function server(
  lists: readonly { readonly version: number; readonly items: readonly Stored[] }[],
  watches: readonly ((response: ServerResponse) => void)[],
): Handler {
  let listed = 0;
  let watched = 0;
  return (response, seen) => {
    if (!seen.path.includes('watch=true')) {
      const list = lists[listed++];
      if (list === undefined) return void response.destroy();
      const metadata = { resourceVersion: String(list.version) };
      return json(response, 200, { apiVersion: 'v1', kind: 'ServiceList', metadata, items: list.items.map(object) });
    }
    const watch = watches[watched++];
    if (watch === undefined) return void response.destroy();
    watch(response);
  };
}

const stream =
  (...frames: readonly string[]) =>
  (response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(frames.join(''));

/** Sends, and keeps the connection open. */
const open =
  (...frames: readonly string[]) =>
  (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    response.write(frames.join(''));
  };

/** Sends, and breaks the connection. */
const broken =
  (...frames: readonly string[]) =>
  (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(frames.join(''), () => setImmediate(() => response.socket?.destroy()));
  };

const refusing = (code: number, reason: string, message: string) => (response: ServerResponse) =>
  json(response, code, status(code, reason, message));

function words(event: WatchEvent): string {
  if (event.type === 'Listed') return `Listed ${event.objects.map(({ metadata }) => metadata.name).join(' ')}`.trim();
  const { name, uid, resourceVersion } = event.object.metadata;
  return `${event.type} ${name} ${resourceVersion}${uid === `uid-${name}` ? '' : ` ${uid}`}`;
}

/** The first so many events. */
async function events(
  { cluster }: TestLive,
  count: number,
  onTrouble: (sentence: string | undefined) => void = () => {},
): Promise<string[]> {
  const ends = new AbortController();
  const heard: string[] = [];
  for await (const event of cluster.watch(services, 'v1', { namespace: 'prod', signal: ends.signal, onTrouble })) {
    heard.push(words(event));
    if (heard.length === count) break;
  }
  return heard;
}

const versionsAsked = (fault: FaultServer): string[] =>
  fault.seen.map(({ path }) => {
    const query = new URL(path, 'https://x').searchParams;
    return query.get('watch') === null ? 'list' : (query.get('resourceVersion') ?? '');
  });

test('a watch asks for what follows the list, with bookmarks, for a limited time, and uncompressed', async () => {
  await using fault = await faultServer(server([{ version: 7, items: [] }], [open(frame('ADDED', { name: 'web', version: 8 }))]));
  await using live = liveFor(fault.access());
  assert.deepEqual(await events(live, 2), ['Listed', 'Added web 8']);
  assert.deepEqual(
    fault.seen.map(({ path }) => path),
    [
      '/api/v1/namespaces/prod/services?limit=500',
      '/api/v1/namespaces/prod/services?watch=true&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=480',
    ],
  );
  assert.equal(fault.seen[1]?.headers['accept-encoding'], undefined);
});

test('R038: a connection that ends is taken up behind the last thing that was seen, bookmarks included', async () => {
  const watches = [
    stream(frame('MODIFIED', { name: 'web', version: 11 })),
    stream(bookmark(40)),
    broken(frame('ADDED', { name: 'api', version: 41 })),
    open(frame('DELETED', { name: 'web', version: 42 })),
  ];
  await using fault = await faultServer(server([{ version: 10, items: [{ name: 'web', version: 9 }] }], watches));
  await using live = liveFor(fault.access());
  assert.deepEqual(await events(live, 4), ['Listed web', 'Modified web 11', 'Added api 41', 'Deleted web 42']);
  assert.deepEqual(versionsAsked(fault), ['list', '10', '11', '40', '41']);
});

test('R038: a server that was set back to what it had before never heard of the version: the list is read again and compared', async () => {
  const setBack = (response: ServerResponse) =>
    json(response, 504, {
      ...status(504, 'Timeout', 'Timeout: Too large resource version: 10, current: 3'),
      details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
    });
  const lists = [
    {
      version: 10,
      items: [
        { name: 'web', version: 9 },
        { name: 'api', version: 10 },
      ],
    },
    { version: 3, items: [{ name: 'web', version: 2 }] },
  ];
  await using fault = await faultServer(server(lists, [setBack, open(frame('ADDED', { name: 'db', version: 4 }))]));
  await using live = liveFor(fault.access());
  assert.deepEqual(await events(live, 4), ['Listed web api', 'Deleted api 10', 'Modified web 2', 'Added db 4']);
  assert.deepEqual(versionsAsked(fault), ['list', '10', 'list', '3']);
});

test('R038: half an event at the end of a connection is no event; it comes whole with the next one', async () => {
  const whole = frame('ADDED', { name: 'api', version: 11 });
  for (const end of [stream, broken]) {
    await using fault = await faultServer(server([{ version: 10, items: [] }], [end(whole.slice(0, 40)), open(whole)]));
    await using live = liveFor(fault.access());
    assert.deepEqual(await events(live, 2), ['Listed', 'Added api 11']);
    assert.deepEqual(versionsAsked(fault), ['list', '10', '10']);
  }
});

test('an event is read whole however the bytes of the stream are cut', async () => {
  const text = frame('ADDED', { name: 'api', version: 11 }) + frame('MODIFIED', { name: 'api', version: 12 });
  const drop = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    for (let at = 0; at < text.length; at += 7) response.write(text.slice(at, at + 7));
  };
  await using fault = await faultServer(server([{ version: 10, items: [] }], [drop]));
  await using live = liveFor(fault.access());
  assert.deepEqual(await events(live, 3), ['Listed', 'Added api 11', 'Modified api 12']);
});

test('R038: after 410, in the stream or as the answer, the list is read again and what it says is new is told', async () => {
  const before = { version: 10, items: ['gone', 'same', 'changed', 'replaced'].map((name) => ({ name, version: 5 })) };
  const now = {
    version: 90,
    items: [
      { name: 'same', version: 5 },
      { name: 'changed', version: 80 },
      { name: 'replaced', version: 81, uid: 'another' },
      { name: 'new', version: 82 },
    ],
  };
  for (const answer of [stream(expired), refusing(410, 'Expired', 'too old resource version')]) {
    await using fault = await faultServer(server([before, now], [answer, open(frame('ADDED', { name: 'last', version: 91 }))]));
    await using live = liveFor(fault.access());
    assert.deepEqual(await events(live, 7), [
      'Listed gone same changed replaced',
      'Deleted gone 5',
      'Modified changed 80',
      'Deleted replaced 5',
      'Added replaced 81 another',
      'Added new 82',
      'Added last 91',
    ]);
    assert.deepEqual(versionsAsked(fault), ['list', '10', 'list', '90']);
  }
});

test('R038: what is told of an older object of the same name does not take the newer one away', async () => {
  const frames = [frame('DELETED', { name: 'web', version: 11, uid: 'older' }), frame('MODIFIED', { name: 'web', version: 12 })];
  await using fault = await faultServer(server([{ version: 10, items: [{ name: 'web', version: 9 }] }], [open(...frames)]));
  await using live = liveFor(fault.access());
  assert.deepEqual(await events(live, 2), ['Listed web', 'Modified web 12']);
});

test('R038: connections that end at once are taken up ever more seldom, and a word of the server brings the pace back', async () => {
  const nothing = Array.from({ length: 9 }, () => stream());
  const watches = [...nothing, stream(frame('ADDED', { name: 'a', version: 11 })), open(frame('ADDED', { name: 'b', version: 12 }))];
  await using fault = await faultServer(server([{ version: 10, items: [] }], watches));
  await using live = liveFor(fault.access());
  assert.deepEqual(await events(live, 3), ['Listed', 'Added a 11', 'Added b 12']);
  assert.deepEqual(live.clock.slept, [150, 300, 600, 1200, 2400, 4800, 7500, 7500, 7500, 150]);
});

test('R038: a silent connection is given up for a new one: bookmarks should have come', async () => {
  let silent: (() => void) | undefined;
  const silence = new Promise<void>((resolve) => {
    silent = resolve;
  });
  const watches = [
    (response: ServerResponse) => {
      open()(response);
      silent?.();
    },
    open(frame('ADDED', { name: 'web', version: 11 })),
  ];
  await using fault = await faultServer(server([{ version: 10, items: [] }], watches));
  await using live = liveFor(fault.access());
  const heard = events(live, 2);
  await silence;
  // The client has to have seen the headers before its time of silence begins.
  await new Promise((resolve) => setTimeout(resolve, 50));
  live.clock.advance(130_000);
  assert.deepEqual(await heard, ['Listed', 'Added web 11']);
});

test('R038: a server that is away is said to be away, once, and that it is back', async () => {
  const away = refusing(503, 'ServiceUnavailable', 'the server is starting');
  const watches = [away, away, away, open(frame('ADDED', { name: 'web', version: 11 }))];
  await using fault = await faultServer(server([{ version: 10, items: [] }], watches));
  await using live = liveFor(fault.access());
  const trouble: (string | undefined)[] = [];
  assert.deepEqual(await events(live, 2, (sentence) => trouble.push(sentence)), ['Listed', 'Added web 11']);
  assert.deepEqual(trouble, ['the server is starting; trying again', undefined]);
});

test('where watching is forbidden and listing is not, the list is read every few seconds', async () => {
  const lists = [
    { version: 10, items: [{ name: 'web', version: 9 }] },
    { version: 11, items: [{ name: 'web', version: 9 }] },
    { version: 20, items: [{ name: 'web', version: 20 }] },
  ];
  const watches = [refusing(403, 'Forbidden', 'services is forbidden: User "alice" cannot watch resource "services"')];
  await using fault = await faultServer(server(lists, watches));
  await using live = liveFor(fault.access());
  assert.deepEqual(await events(live, 2), ['Listed web', 'Modified web 20']);
  assert.deepEqual(versionsAsked(fault), ['list', '10', 'list', 'list']);
  assert.deepEqual(live.clock.slept, [3750, 3750]);
});

test('what will not pass by itself ends the watch with the reason', async () => {
  const watches = [refusing(400, 'BadRequest', 'the server does not like it')];
  await using fault = await faultServer(server([{ version: 10, items: [] }], watches));
  await using live = liveFor(fault.access());
  await assert.rejects(events(live, 2), (error) => error instanceof ApiError && error.message === 'the server does not like it');
});

test('a watch whose token expired asks for a new one, and says so when there is none', async () => {
  await using fault = await faultServer(server([{ version: 10, items: [] }], [refusing(401, 'Unauthorized', 'Unauthorized')]));
  await using live = liveFor(fault.access());
  await assert.rejects(events(live, 2), /You must be logged in to the server \(Unauthorized\)/);
});

test('watches do not take the connections of other requests away', async () => {
  await using fault = await faultServer((response, seen) => {
    if (seen.path.includes('watch=true')) open()(response);
    else if (seen.path.includes('limit='))
      json(response, 200, { apiVersion: 'v1', kind: 'ServiceList', metadata: { resourceVersion: '1' }, items: [] });
    else json(response, 200, object({ name: 'web', version: 1 }));
  });
  await using live = liveFor(fault.access());
  const ends = new AbortController();
  const watches = Array.from({ length: 6 }, async () => {
    const iterator = live.cluster.watch(services, 'v1', { namespace: 'prod', signal: ends.signal })[Symbol.asyncIterator]();
    await iterator.next();
    return iterator.next();
  });
  const found = await live.cluster.get({ apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'web' });
  assert.equal(found.metadata.name, 'web');
  ends.abort();
  assert.deepEqual(new Set((await Promise.all(watches)).map(({ done }) => done)), new Set([true]));
});
