import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cutAfterUpstream,
  cutBeforeUpstream,
  deliverLate,
  failure,
  respond,
  respondAfterUpstream,
  silentAfterUpstream,
} from '../support/fault-proxy.ts';
import { endState, type ReconcileCase, reconcileCases, runTool } from '../support/reconcile-cases.ts';
import { throughProxy } from '../support/through-proxy.ts';

const command = 'reconcile web -n prod --once';
const firstTime = caseNamed('the first time');
const drifted = caseNamed('ports, labels and addresses drifted');
const writes = [
  { how: firstTime, what: 'POST of the Service', match: { method: 'POST', path: '/prod/services' } },
  { how: firstTime, what: 'POST of the Endpoints', match: { method: 'POST', path: '/prod/endpoints' } },
  { how: firstTime, what: 'PATCH of the status', match: { method: 'PATCH', path: '/virtualmachineservices/web/status' } },
  { how: drifted, what: 'PATCH of the Service', match: { method: 'PATCH', path: '/prod/services/web' } },
  { how: drifted, what: 'PATCH of the Endpoints', match: { method: 'PATCH', path: '/prod/endpoints/web' } },
] as const;
const objectIn = { Service: 'service/web', Endpoints: 'endpoints/web', status: 'virtualmachineservice/web' } as const;

function caseNamed(name: string): ReconcileCase {
  const found = reconcileCases.find((how) => how.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

function objectOf(what: string): string {
  return Object.entries(objectIn).find(([word]) => what.endsWith(word))?.[1] ?? '';
}

/** What the tool writes and leaves when nothing goes wrong, from the same start. */
async function undisturbed({ objects }: ReconcileCase) {
  const { run, supervisor } = await throughProxy(objects);
  const { code, out } = await run(command);
  assert.equal(code, 0);
  return { out, writes: supervisor.writes, end: endState(supervisor.cluster.server) };
}

for (const { how, what, match } of writes) {
  const warning = `Warning: the answer to a write of ${objectOf(what)} was lost: reading it back confirmed it\n`;

  test(`R020 R022 the answer to the ${what} is lost after the server did it: it counts as done, and is not sent again`, async () => {
    const reference = await undisturbed(how);
    const { supervisor, proxy, run } = await throughProxy(how.objects);
    proxy.on({ ...match, nth: 1 }, cutAfterUpstream);
    const { code, out, err } = await run(command);
    assert.deepEqual([code, out], [0, reference.out]);
    assert.ok(err.endsWith(warning), err);
    assert.deepEqual(supervisor.writes, reference.writes);
    assert.deepEqual(endState(supervisor.cluster.server), reference.end);
  });

  test(`R021 R022 the ${what} is lost before the server hears of it: it is sent once more`, async () => {
    const reference = await undisturbed(how);
    const { supervisor, proxy, run } = await throughProxy(how.objects);
    proxy.on({ ...match, nth: 1 }, cutBeforeUpstream);
    const { code, out, err } = await run(command);
    assert.deepEqual([code, out, err.includes('was lost')], [0, reference.out, false]);
    assert.deepEqual(supervisor.writes, reference.writes);
    assert.deepEqual(endState(supervisor.cluster.server), reference.end);
    assert.equal(
      proxy.transcript.filter((line) => line.startsWith(match.method) && line.includes(match.path) && line.endsWith('cut')).length,
      1,
    );
  });

  test(`P7 the ${what} is answered with another document, whether or not the server did it: an unknown outcome, too`, async () => {
    const reference = await undisturbed(how);
    for (const fault of [respond(200, {}), respondAfterUpstream(200, {})]) {
      const { supervisor, proxy, run } = await throughProxy(how.objects);
      proxy.on({ ...match, nth: 1 }, fault);
      const { code, out } = await run(command);
      assert.deepEqual([code, out], [0, reference.out]);
      assert.deepEqual(endState(supervisor.cluster.server), reference.end);
    }
  });

  for (const code of [200, 502, 503, 504]) {
    test(`R025 a proxy answers the ${what} with ${code}, whether or not the server did it: an unknown outcome, like a lost answer`, async () => {
      const reference = await undisturbed(how);
      for (const fault of [respond(code, 'no luck'), respondAfterUpstream(code, 'no luck')]) {
        const { supervisor, proxy, run } = await throughProxy(how.objects);
        proxy.on({ ...match, nth: 1 }, fault);
        const { code: exit, out } = await run(command);
        assert.deepEqual([exit, out], [0, reference.out]);
        assert.deepEqual(endState(supervisor.cluster.server), reference.end);
      }
    });
  }
}

test('R022 the PATCH of the Endpoints is lost, and somebody else writes before it is repeated: what they wrote is looked at first', async () => {
  const reference = await undisturbed(drifted);
  const { supervisor, proxy, run } = await throughProxy(drifted.objects);
  const ref = { apiVersion: 'v1', kind: 'Endpoints', namespace: 'prod', name: 'web' };
  proxy.on({ method: 'PATCH', path: '/endpoints/web', nth: 1 }, async (exchange) => {
    await supervisor.cluster.patch(ref, { subsets: null }, { dryRun: 'none', fieldManager: 'somebody' });
    await cutBeforeUpstream(exchange);
  });
  const { code, out } = await run(command);
  assert.deepEqual([code, out], [0, reference.out]);
  assert.deepEqual(endState(supervisor.cluster.server), reference.end);
});

test('R023 neither the write nor the reading back is answered: the outcome is unknown, and nothing else is tried', async () => {
  const world = await throughProxy(firstTime.objects);
  await using live = world.live();
  const silence = () => live.clock.advance(30_000);
  world.proxy.on({ method: 'POST', path: '/endpoints' }, silentAfterUpstream(silence));
  world.proxy.on({ method: 'GET', path: '/endpoints/web' }, silentAfterUpstream(silence));
  const [item] = await runTool(live.cluster, firstTime);
  assert.deepEqual(
    [item?.error, item?.outcomes.map(({ ref, outcome }) => `${ref.kind} ${outcome}`)],
    [
      {
        reason: 'UnknownOutcome',
        message: 'outcome unknown: endpoints/web may have been written; run again, it is safe',
        exitCode: 3,
      },
      ['Service Done', 'Endpoints Unknown', 'VirtualMachineService NotDone'],
    ],
  );
  assert.deepEqual(world.supervisor.writes, ['POST /api/v1/namespaces/prod/services', 'POST /api/v1/namespaces/prod/endpoints']);
  world.proxy.heal();
  assert.equal((await world.run(command)).code, 0);
  assert.deepEqual(endState(world.supervisor.cluster.server), (await undisturbed(firstTime)).end);
});

test('R024 the first POST arrives after the repeat: there is one Service, and a second run writes nothing', async () => {
  const reference = await undisturbed(firstTime);
  const { supervisor, proxy, run } = await throughProxy(firstTime.objects);
  const late = deliverLate();
  proxy.on({ method: 'POST', path: '/prod/services', nth: 1 }, late.fault);
  const { code, out } = await run(command);
  assert.deepEqual([code, out], [0, reference.out]);
  assert.equal((await late.release()).code, 409);
  assert.deepEqual(endState(supervisor.cluster.server), reference.end);
  supervisor.forget();
  assert.equal((await run(command)).code, 0);
  assert.deepEqual(supervisor.writes, []);
});

test('R024 the first POST arrives between the reading back and the repeat: the repeat is refused, and it counts as done', async () => {
  const reference = await undisturbed(firstTime);
  const { supervisor, proxy, run } = await throughProxy(firstTime.objects);
  const late = deliverLate();
  proxy.on({ method: 'POST', path: '/prod/services', nth: 1 }, late.fault);
  proxy.before({ method: 'POST', path: '/prod/services', nth: 1 }, () => late.release());
  const { code, out } = await run(command);
  assert.deepEqual([code, out], [0, reference.out]);
  assert.deepEqual(endState(supervisor.cluster.server), reference.end);
});

test('R024 a late PATCH arrives between the reading back and the repeat: the repeat is refused, and it counts as done', async () => {
  const reference = await undisturbed(drifted);
  const { supervisor, proxy, run } = await throughProxy(drifted.objects);
  const late = deliverLate();
  proxy.on({ method: 'PATCH', path: '/services/web', nth: 1 }, late.fault);
  proxy.before({ method: 'PATCH', path: '/services/web', nth: 1 }, () => late.release());
  const { code, out } = await run(command);
  assert.deepEqual([code, out], [0, reference.out]);
  assert.deepEqual(endState(supervisor.cluster.server), reference.end);
});

test('R026 the server fails with a Status, once: the write is read back and repeated; for good: its text is told, once', async () => {
  const reference = await undisturbed(firstTime);
  const fault = respond(500, failure(500, 'InternalError', 'etcdserver: request timed out'));
  const once = await throughProxy(firstTime.objects);
  once.proxy.on({ method: 'POST', path: '/prod/endpoints', nth: 1 }, fault);
  const { code, out } = await once.run(command);
  assert.deepEqual([code, out], [0, reference.out]);
  assert.deepEqual(endState(once.supervisor.cluster.server), reference.end);

  const always = await throughProxy(firstTime.objects);
  always.proxy.on({ method: 'POST', path: '/prod/endpoints' }, fault);
  const said = await always.run(command);
  assert.deepEqual([said.code, said.out], [3, 'service/web created\n']);
  assert.equal(
    said.err.split('\n').slice(2).join('\n'),
    `error: outcome unknown: endpoints/web may have been written (etcdserver: request timed out); run again, it is safe
  done      service/web
  unknown   endpoints/web
  not done  virtualmachineservice/web
  run the command again: it starts from what is there now
`,
  );
  always.proxy.heal();
  assert.equal((await always.run(command)).code, 0);
  assert.deepEqual(endState(always.supervisor.cluster.server), reference.end);
});
