import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { KubeList } from '../../../src/cluster/cluster.ts';
import type { KubeObject } from '../../../src/model/object.ts';
import { services, virtualMachines } from '../../../src/model/resources.ts';
import { type FaultServer, faultServer, type Handler, json, liveFor, status } from '../fault-server.ts';

interface PageFacts {
  readonly names: readonly string[];
  readonly next?: string;
  readonly resourceVersion?: string;
}

/** A page as kube-apiserver writes it: metadata first for built-in kinds, last for custom resources. */
function page({ names, next, resourceVersion = '100' }: PageFacts, style: 'typed' | 'custom'): object {
  const metadata = { resourceVersion, ...(next === undefined ? {} : { continue: next, remainingItemCount: 999 }) };
  const items = names.map((name) => ({
    metadata: { name, namespace: 'prod', uid: `uid-${name}`, annotations: { decoy: '"continue":"wrong"' } },
  }));
  if (style === 'typed') return { kind: 'ServiceList', apiVersion: 'v1', metadata, items };
  const type = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachine' };
  return { apiVersion: type.apiVersion, items: items.map((item) => ({ ...type, ...item })), kind: 'VirtualMachineList', metadata };
}

/** Answers by the continue token; '' is the first page. */
function paged(pages: ReadonlyMap<string, PageFacts>, style: 'typed' | 'custom' = 'typed'): Handler {
  return (response, seen) => {
    const query = new URL(seen.path, 'https://x').searchParams;
    const found = pages.get(query.get('limit') === null ? 'all' : (query.get('continue') ?? ''));
    if (found === undefined) json(response, 410, status(410, 'Expired', 'The provided continue parameter is too old'));
    else json(response, 200, page(found, style));
  };
}

const queries = (server: FaultServer): string[] => server.seen.map(({ path }) => path.slice(path.indexOf('?') + 1));

test('R037: a list of three pages is one list, whether its metadata stands before or behind the items', async () => {
  const pages = new Map([
    ['', { names: ['a', 'b'], next: 'p2' }],
    ['p2', { names: ['c'], next: 'p3' }],
    ['p3', { names: ['d'] }],
  ]);
  for (const [style, resource, version] of [
    ['typed', services, 'v1'],
    ['custom', virtualMachines, 'v1alpha6'],
  ] as const) {
    await using server = await faultServer(paged(pages, style));
    await using live = liveFor(server.access());
    const list = await live.cluster.list(resource, version, { namespace: 'prod', chunkSize: 2, labelSelector: 'app in (a,b)' });
    assert.deepEqual([list.items.map(({ metadata }) => metadata.name), list.resourceVersion], [['a', 'b', 'c', 'd'], '100']);
    assert.deepEqual(new Set(list.items.map(({ kind }) => kind)), new Set([resource.kind]));
    assert.deepEqual(queries(server), [
      'limit=2&labelSelector=app+in+%28a%2Cb%29',
      'limit=2&continue=p2&labelSelector=app+in+%28a%2Cb%29',
      'limit=2&continue=p3&labelSelector=app+in+%28a%2Cb%29',
    ]);
  }
});

test('the next page is asked for before this one is looked at', async () => {
  const order: string[] = [];
  const bad = JSON.stringify(page({ names: ['a'], next: 'p2' }, 'typed')).replace('"kind":"ServiceList"', '"kind":"PodList"');
  await using server = await faultServer((response, seen) => {
    order.push(seen.path.includes('continue') ? 'second' : 'first');
    response.writeHead(200, { 'content-type': 'application/json' }).end(bad);
  });
  await using live = liveFor(server.access());
  await assert.rejects(live.cluster.list(services, 'v1', { namespace: 'prod', chunkSize: 1 }), /it is PodList, not v1 ServiceList/);
  await live.cluster.get({ apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'x' }).catch(() => {});
  assert.deepEqual(order.slice(0, 2), ['first', 'second']);
});

test('R037: pages that expire are asked for once more, in one piece', async () => {
  await using server = await faultServer(
    paged(
      new Map([
        ['', { names: ['a'], next: 'gone' }],
        ['all', { names: ['a', 'b'], resourceVersion: '200' }],
      ]),
    ),
  );
  await using live = liveFor(server.access());
  const list = await live.cluster.list(services, 'v1', { namespace: 'prod', chunkSize: 1 });
  assert.deepEqual([list.items.length, list.resourceVersion], [2, '200']);
  assert.deepEqual(queries(server), ['limit=1', 'limit=1&continue=gone', '/api/v1/namespaces/prod/services']);
});

test('R037 R062: pages of different versions are never put together', async () => {
  await using server = await faultServer(
    paged(
      new Map([
        ['', { names: ['a'], next: 'p2' }],
        ['p2', { names: ['b'], resourceVersion: '101' }],
        ['all', { names: ['a', 'b', 'c'], resourceVersion: '102' }],
      ]),
    ),
  );
  await using live = liveFor(server.access());
  const list = await live.cluster.list(services, 'v1', { namespace: 'prod', chunkSize: 1 });
  assert.deepEqual([list.items.map(({ metadata }) => metadata.name), list.resourceVersion], [['a', 'b', 'c'], '102']);
});

test('R037: a page that cannot be had makes the whole list an error', async () => {
  await using server = await faultServer((response, seen) =>
    seen.path.includes('continue')
      ? json(response, 403, status(403, 'Forbidden', 'services is forbidden'))
      : json(response, 200, page({ names: ['a'], next: 'p2' }, 'typed')),
  );
  await using live = liveFor(server.access());
  await assert.rejects(live.cluster.list(services, 'v1', { namespace: 'prod' }), { name: 'ApiError', message: 'services is forbidden' });
});

test('R037: an object on two pages is there once', async () => {
  await using server = await faultServer(
    paged(
      new Map([
        ['', { names: ['a', 'b'], next: 'p2' }],
        ['p2', { names: ['b', 'c'] }],
      ]),
    ),
  );
  await using live = liveFor(server.access());
  const { items } = await live.cluster.list(services, 'v1', { namespace: undefined, chunkSize: 2 });
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name),
    ['a', 'b', 'c'],
  );
});

test('managed fields are left out for those who only read, and nothing else is', async () => {
  const item = {
    metadata: { name: 'a', managedFields: [{ fieldsV1: { 'k:{"ip":"]"}': {} } }], annotations: { x: '"managedFields":[1]' } },
    spec: { selector: { app: 'a' } },
  };
  await using server = await faultServer((response) =>
    json(response, 200, { kind: 'ServiceList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [item] }),
  );
  await using live = liveFor(server.access());
  const whole = await live.cluster.list(services, 'v1', { namespace: 'prod' });
  const cut = await live.cluster.list(services, 'v1', { namespace: 'prod', withoutManagedFields: true });
  const type = { apiVersion: 'v1', kind: 'Service' };
  assert.deepEqual(whole.items, [{ ...type, ...item }]);
  assert.deepEqual(cut.items, [{ ...type, ...item, metadata: { name: 'a', annotations: item.metadata.annotations } }]);
});

suite('a list of more than one page, where nobody said how long a page is', () => {
  const firstPage = { names: ['a'], next: 'p2' };
  const fromMemory = 'resourceVersion=100&resourceVersionMatch=NotOlderThan';

  /** The first page, then the rest or all, whichever is asked for. */
  const answering =
    (all: Handler, style: 'typed' | 'custom' = 'typed', first: object = page(firstPage, style)): Handler =>
    (response, seen, number) => {
      const query = new URL(seen.path, 'https://x').searchParams;
      if (query.has('resourceVersionMatch')) all(response, seen, number);
      else json(response, 200, query.has('continue') ? page({ names: ['b'] }, style) : first);
    };
  const everything = (style: 'typed' | 'custom'): Handler => {
    const whole = page({ names: ['a', 'b', 'c'], resourceVersion: '103' }, style);
    return (response) => json(response, 200, whole);
  };
  const names = ({ items }: KubeList) => items.map(({ metadata }) => metadata.name);

  test('is asked for whole, no older than the first page, where more than a page is left', async () => {
    for (const [style, resource, version] of [
      ['typed', services, 'v1'],
      ['custom', virtualMachines, 'v1alpha6'],
    ] as const) {
      await using server = await faultServer(answering(everything(style), style));
      await using live = liveFor(server.access());
      const list = await live.cluster.list(resource, version, { namespace: 'prod', labelSelector: 'app=web' });
      assert.deepEqual([names(list), list.resourceVersion], [['a', 'b', 'c'], '103']);
      assert.deepEqual(queries(server), ['limit=500&labelSelector=app%3Dweb', `${fromMemory}&labelSelector=app%3Dweb`]);
    }
  });

  test('comes page by page where the server cannot do that', async () => {
    const refusals: Readonly<Record<string, Handler>> = {
      'a version that its memory has not reached': (response) => json(response, 504, status(504, 'Timeout', 'Too large resource version')),
      'a parameter that it does not know': (response) => json(response, 400, status(400, 'BadRequest', 'unknown')),
      'an answer cut short': (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":['),
      'a page after all': (response) => json(response, 200, page(firstPage, 'typed')),
    };
    for (const [what, refusal] of Object.entries(refusals)) {
      await using server = await faultServer(answering(refusal));
      await using live = liveFor(server.access());
      const list = await live.cluster.list(services, 'v1', { namespace: 'prod' });
      assert.deepEqual([names(list), list.resourceVersion], [['a', 'b'], '100'], what);
      assert.deepEqual(queries(server), ['limit=500', fromMemory, 'limit=500&continue=p2'], what);
    }
  });

  test('comes page by page where the server lets us wait for what its memory has not reached', async () => {
    const late: (() => void)[] = [];
    const all: Handler = (response, ...rest) => {
      late.push(() => everything('typed')(response, ...rest));
      live.clock.advance(300);
    };
    await using server = await faultServer(answering(all));
    await using live = liveFor(server.access());
    const kept: string[] = [];
    const keep = (object: KubeObject) => {
      kept.push(object.metadata.name);
      return object;
    };
    const list = await live.cluster.list(services, 'v1', { namespace: 'prod', keep });
    assert.deepEqual([names(list), list.resourceVersion], [['a', 'b'], '100']);
    assert.deepEqual([queries(server), live.heard.notes], [['limit=500', fromMemory, 'limit=500&continue=p2'], []]);
    for (const answer of late) answer();
    await live.cluster.list(services, 'v1', { namespace: 'prod', chunkSize: 500 });
    assert.deepEqual(kept, ['a', 'b'], 'what comes when the pages are read is not looked at');
  });

  test('is taken whole as soon as the server begins to send it, though pages were asked for meanwhile', async () => {
    let begin = (): void => {};
    const pages = new Map([
      ['', firstPage],
      ['p2', { names: ['b'], next: 'p3' }],
      ['p3', { names: ['c'], next: 'p4' }],
    ]);
    await using server = await faultServer((response, seen, number) => {
      const query = new URL(seen.path, 'https://x').searchParams;
      if (query.has('resourceVersionMatch')) {
        begin = () => everything('typed')(response, seen, number);
        live.clock.advance(300);
        return;
      }
      // From then on pages are never answered.
      if (query.get('continue') === 'p3') begin();
      else paged(pages)(response, seen, number);
    });
    await using live = liveFor(server.access());
    const list = await live.cluster.list(services, 'v1', { namespace: 'prod' });
    assert.deepEqual([names(list), list.resourceVersion], [['a', 'b', 'c'], '103']);
  });

  test('comes page by page where one more page is enough, one answer would be too much, or nobody knows', async () => {
    const said = page(firstPage, 'typed');
    const metadata = { resourceVersion: '100', continue: 'p2' };
    const firsts = {
      'a page more': { ...metadata, remainingItemCount: 500 },
      'a million objects': { ...metadata, remainingItemCount: 999_999_999 },
      'no word of it': metadata,
    };
    for (const [what, words] of Object.entries(firsts)) {
      await using server = await faultServer(answering(everything('typed'), 'typed', { ...said, metadata: words }));
      await using live = liveFor(server.access());
      assert.deepEqual(names(await live.cluster.list(services, 'v1', { namespace: 'prod' })), ['a', 'b'], what);
      assert.deepEqual(queries(server), ['limit=500', 'limit=500&continue=p2'], what);
    }
  });

  test('is read while it comes, and begun anew when the connection breaks', async () => {
    const many = Array.from({ length: 2000 }, (_, index) => `vm-${index}`);
    const whole = page({ names: many, resourceVersion: '103' }, 'custom');
    const long = JSON.parse(JSON.stringify(whole), (key, value) => (key === 'decoy' ? `${value}${'x'.repeat(1200)}` : value));
    let tries = 0;
    const breaking: Handler = (response) => {
      const text = JSON.stringify(long);
      tries += 1;
      if (tries > 1) json(response, 200, long);
      else {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
        response.write(text.slice(0, text.length - 1000), () => response.destroy());
      }
    };
    await using server = await faultServer(answering(breaking, 'custom'));
    await using live = liveFor(server.access());
    const kept: string[] = [];
    const keep = (object: KubeObject) => {
      kept.push(object.metadata.name);
      return object;
    };
    const list = await live.cluster.list(virtualMachines, 'v1alpha6', { namespace: 'prod', keep });
    assert.deepEqual([names(list), list.resourceVersion, tries], [many, '103', 2]);
    assert.equal(kept.slice(0, -many.length).length > 500, true, 'the first try was read while it came');
    assert.deepEqual(kept.slice(-many.length), many);
  });

  test('comes page by page where an object looks like the beginning of another', async () => {
    const type = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachine' };
    const odd = {
      ...type,
      metadata: { name: 'odd' },
      spec: {
        copies: [
          { ...type, metadata: { name: 'x' } },
          { ...type, a: 'y'.repeat(2 ** 21) },
        ],
      },
    };
    const whole = { apiVersion: type.apiVersion, items: [odd], kind: 'VirtualMachineList', metadata: { resourceVersion: '103' } };
    await using server = await faultServer(answering((response) => json(response, 200, whole), 'custom'));
    await using live = liveFor(server.access());
    const list = await live.cluster.list(virtualMachines, 'v1alpha6', { namespace: 'prod' });
    assert.deepEqual(
      [names(list), queries(server)],
      [
        ['a', 'b'],
        ['limit=500', fromMemory, 'limit=500&continue=p2'],
      ],
    );
  });
});
