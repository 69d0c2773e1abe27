import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionError } from '../../src/cluster/cluster.ts';
import type { ReconcileItem } from '../../src/core/step.ts';
import { blackHole, cutAfterUpstream, cutBeforeUpstream, failure, respond, truncate } from '../support/fault-proxy.ts';
import { endState, type ReconcileCase, reconcileCases, runTool } from '../support/reconcile-cases.ts';
import { forbidden } from '../support/supervisor.ts';
import { throughProxy } from '../support/through-proxy.ts';

const command = 'reconcile web -n prod --once';
const drifted = caseNamed('ports, labels and addresses drifted');
const cases = [caseNamed('the first time'), drifted];

function caseNamed(name: string): ReconcileCase {
  const found = reconcileCases.find((how) => how.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

async function outcomeOf(run: Promise<readonly ReconcileItem[]>): Promise<string> {
  try {
    return (await run).map(({ error }) => error?.reason ?? 'done').join();
  } catch (error) {
    assert.ok(error instanceof ConnectionError, String(error));
    return 'nothing could be read';
  }
}

for (const how of cases) {
  for (const requestTimeout of [undefined, 0]) {
    const limit = requestTimeout === 0 ? 'without a limit for a whole request' : 'within its limits';
    test(`P9 whichever request is the first that nobody answers, the run ends ${limit}: ${how.name}`, async () => {
      const counted = await throughProxy(how.objects);
      await using undisturbed = counted.live(requestTimeout);
      assert.equal(await outcomeOf(runTool(undisturbed.cluster, how)), 'done');
      const count = counted.proxy.transcript.length;
      assert.ok(count >= 7);
      const ends: string[] = [];
      for (let from = 1; from <= count; from++) {
        const { proxy, live } = await throughProxy(how.objects);
        await using silent = live(requestTimeout);
        proxy.on(
          { from },
          blackHole(() => silent.clock.advance(30_000)),
        );
        ends.push(await outcomeOf(runTool(silent.cluster, how)));
        // A write and the reading back of it, each with its tries.
        assert.ok(silent.clock.now() <= 10 * 60_000, `request ${from}: ${silent.clock.now()} ms`);
      }
      assert.equal(ends.includes('done'), false, ends.join('; '));
      assert.deepEqual([ends[0], ends.at(-1)], ['nothing could be read', 'UnknownOutcome']);
    });
  }
}

test('P8 whichever read is refused or fails: nothing is written and it says so, or it made no difference', async () => {
  const reference = await throughProxy(drifted.objects);
  assert.equal((await reference.run(command)).code, 0);
  const reads = new Set(reference.supervisor.requests.filter((line) => line.startsWith('GET ')));
  const end = endState(reference.supervisor.cluster.server);
  const stopped: string[] = [];
  for (const read of reads) {
    const { supervisor, run } = await throughProxy(drifted.objects);
    const before = supervisor.cluster.server.state;
    supervisor.disturb(({ method, path }) =>
      `${method} ${decodeURIComponent(path)}` === read ? forbidden(`${path} is forbidden`) : undefined,
    );
    const { code, out } = await run(command);
    if (code === 0) {
      assert.deepEqual(endState(supervisor.cluster.server), end, read);
      continue;
    }
    assert.deepEqual([code, out, supervisor.writes], [3, '', []], read);
    assert.equal(supervisor.cluster.server.state, before, read);
    stopped.push(read);
  }
  assert.deepEqual(stopped.toSorted(), [
    'GET /api/v1/namespaces/prod/endpoints/web',
    'GET /api/v1/namespaces/prod/services',
    'GET /apis/vmoperator.vmware.com',
    'GET /apis/vmoperator.vmware.com/v1alpha6/namespaces/prod/virtualmachines',
    'GET /apis/vmoperator.vmware.com/v1alpha6/namespaces/prod/virtualmachineservices/web',
  ]);
});

test('R030 R031 a list that is cut short in any way is asked for again: no half of it is ever used', async () => {
  const reference = await throughProxy(drifted.objects);
  assert.equal((await reference.run(command)).code, 0);
  const end = endState(reference.supervisor.cluster.server);
  const cuts = [cutBeforeUpstream, cutAfterUpstream, truncate(700, 'as all of it'), truncate(700, 'and the connection breaks')];
  for (const fault of cuts) {
    const world = await throughProxy(drifted.objects);
    await using live = world.live();
    world.proxy.on({ path: '/virtualmachines', nth: 1 }, fault);
    assert.equal(await outcomeOf(runTool(live.cluster, drifted)), 'done');
    assert.deepEqual(endState(world.supervisor.cluster.server), end);
  }
});

test('R013 the token is revoked before any one of the requests: 3, and what is done and what is not', async () => {
  const counted = await throughProxy(drifted.objects);
  assert.equal((await counted.run(command)).code, 0);
  const count = counted.proxy.transcript.length;
  const said: string[] = [];
  for (let from = 1; from <= count; from++) {
    const { supervisor, proxy, run } = await throughProxy(drifted.objects);
    proxy.on({ from }, respond(401, failure(401, 'Unauthorized', 'Unauthorized')));
    const { code, err } = await run(command);
    assert.equal(code, 3, `request ${from}: ${err}`);
    assert.match(err, /You must be logged in to the server/, `request ${from}`);
    const [, done] = /^ {2}(done .*|nothing was changed)$/m.exec(err) ?? [];
    if (supervisor.writes.length > 0) said.push(done ?? err);
  }
  // Before the Endpoints; before the second look at the Service; before the status.
  assert.deepEqual(said, ['done      service/web', 'done      service/web, endpoints/web', 'done      service/web, endpoints/web']);
});
