import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionError } from '../../src/cluster/cluster.ts';
import { memoryCluster } from '../../src/cluster/memory.ts';
import type { ReconcileItem } from '../../src/core/step.ts';
import type { JsonObject } from '../../src/model/object.ts';
import { ApiError } from '../../src/model/status.ts';
import { diceFrom } from '../support/dice.ts';
import {
  cutAfterUpstream,
  cutBeforeUpstream,
  type Fault,
  type FaultProxy,
  failure,
  respond,
  respondAfterUpstream,
  truncate,
} from '../support/fault-proxy.ts';
import { endState, type ReconcileCase, reconcileCases, runTool } from '../support/reconcile-cases.ts';
import { throughProxy } from '../support/through-proxy.ts';

/** The server does it, and its answer comes twice in one. */
const doubled: Fault = async ({ forward, answer }) => {
  const { code, headers, body } = await forward();
  answer({ code, headers, body: Buffer.concat([body, body]) });
};

const busy = failure(503, 'ServiceUnavailable', 'not now');
const faults: readonly [readonly [name: string, fault: Fault], ...(readonly [string, Fault])[]] = [
  ['cut before', cutBeforeUpstream],
  ['cut after', cutAfterUpstream],
  ...['0', '-1', 'soon', '1.5', '99999999999', 'Wed, 21 Oct 2015 07:28:00 GMT'].map(
    (after) => [`429, ${after}`, respond(429, failure(429, 'TooManyRequests', 'slow down'), { 'retry-after': after })] as const,
  ),
  ['502 after', respondAfterUpstream(502, 'bad gateway')],
  ['503', respond(503, busy)],
  ['503 after', respondAfterUpstream(503, busy)],
  ['500', respond(500, failure(500, 'InternalError', 'etcdserver: leader changed'))],
  ['504 after', respondAfterUpstream(504, failure(504, 'Timeout', 'request timed out'))],
  ['half an answer', truncate(90, 'as all of it')],
  ['half an answer, cut', truncate(90, 'and the connection breaks')],
  ['an answer twice', doubled],
  ['409', respond(409, failure(409, 'Conflict', 'the object has been modified'))],
  ['a page', respond(200, '<html>log in</html>', { 'content-type': 'text/html' })],
  ['a page after', respondAfterUpstream(200, '<html>log in</html>')],
  ['another document', respond(200, {})],
  ['another document after', respondAfterUpstream(200, {})],
  ["a gateway's 404", respond(404, '404 page not found\n')],
  ['a redirect', respond(302, 'elsewhere', { location: 'https://login.example.test/' })],
  ['408', respond(408, 'slow')],
  ['413', respond(413, 'large')],
];

/** Draws up to four faults, most of them near the end, where the writes are. Each strikes the next request from its place on, once. */
function drawFaults(proxy: FaultProxy, seed: number, requests: number): string {
  const dice = diceFrom(seed);
  return Array.from({ length: 1 + dice.below(4) }, () => {
    const [name, fault] = dice.pick(faults);
    const from = dice.chance(0.3) ? 1 + dice.below(requests) : Math.max(1, requests - dice.below(6));
    let struck = false;
    proxy.on({ from }, async (exchange) => {
      if (struck) return exchange.answer(await exchange.forward());
      struck = true;
      return fault(exchange);
    });
    return `${name} from request ${from}`;
  }).join('; ');
}

function find(state: readonly JsonObject[], kind: string): JsonObject | undefined {
  return state.find((object) => object['kind'] === kind);
}

async function undisturbed(how: ReconcileCase) {
  const { supervisor, proxy, live } = await throughProxy(how.objects, how.profile);
  await using through = live();
  await runTool(through.cluster, how);
  return { end: endState(supervisor.cluster.server), requests: proxy.transcript.length };
}

const cases = new Set([
  'the first time',
  'ports, labels and addresses drifted',
  'children of nobody are adopted',
  'as the controller, deleted',
  'in release B, drifted',
]);
const seeds = 40;

for (const how of reconcileCases.filter(({ name }) => cases.has(name))) {
  test(`several faults in one run, drawn from all kinds: what is said is what is there, and the next run ends it: ${how.name}`, async () => {
    const { end, requests } = await undisturbed(how);
    for (let seed = 1; seed <= seeds; seed++) {
      const { supervisor, proxy, live } = await throughProxy(how.objects, how.profile);
      const { server } = supervisor.cluster;
      const before = endState(server);
      await using disturbed = live();
      const where = `seed ${seed}: ${drawFaults(proxy, seed, requests)}`;
      let items: readonly ReconcileItem[] = [];
      try {
        items = await runTool(disturbed.cluster, how);
      } catch (error) {
        assert.ok(error instanceof ConnectionError || error instanceof ApiError, `${where}: ${String(error)}`);
        assert.deepEqual(endState(server), before, `${where}: nothing could be read, and something was written`);
      }
      const after = endState(server);
      for (const { error, outcomes } of items) {
        if (error === null) assert.deepEqual(after, end, where);
        for (const { ref, outcome } of outcomes) {
          const said = `${where}: ${ref.kind} ${outcome}, ${error?.message}`;
          if (outcome === 'Done') assert.deepEqual(find(after, ref.kind), find(end, ref.kind), said);
          // A VirtualMachineService has several parts, of which some may be done.
          else if (outcome === 'NotDone' && ref.kind !== 'VirtualMachineService') {
            assert.deepEqual(find(after, ref.kind), find(before, ref.kind), said);
          }
        }
      }
      const again = await runTool(memoryCluster(server), how);
      assert.ok(
        again.every(({ error }) => error === null),
        where,
      );
      assert.deepEqual(endState(server), end, where);
    }
  });
}
