import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endState, reconcileCases } from '../support/reconcile-cases.ts';
import { aSupervisor } from '../support/supervisor.ts';

const command = 'reconcile web -n prod --once';
const isWrite = (line: string) => !line.startsWith('GET ') && !line.includes('accessreviews') && !line.endsWith('?dryRun=All');

test('R073 R074 Ctrl-C or SIGTERM at any request: no write is begun after it, what is there is named, and the next run ends it', async () => {
  const how = reconcileCases.find(({ name }) => name === 'ports, labels and addresses drifted');
  assert.ok(how !== undefined);
  const reference = await aSupervisor(how.objects);
  assert.equal((await reference.run(command)).code, 0);
  const count = reference.requests.length;
  const end = endState(reference.cluster.server);
  for (let at = 1; at <= count; at++) {
    const [signal, exitCode] = at % 2 === 0 ? (['SIGINT', 130] as const) : (['SIGTERM', 143] as const);
    const supervisor = await aSupervisor(how.objects);
    const started = supervisor.start(command);
    let interrupted = 0;
    supervisor.disturb(() => {
      if (supervisor.requests.length === at) {
        interrupted = supervisor.requests.filter(isWrite).length;
        started.io.interrupt(signal);
      }
      return undefined;
    });
    const { code, err } = await started.ended;
    const where = `request ${at} of ${count}: ${supervisor.requests[at - 1]}`;
    const writes = supervisor.requests.filter(isWrite);
    assert.equal(writes.length, interrupted, where);
    // Where nothing was left to write, there is nothing to tell.
    const isWhole = writes.length === reference.requests.filter(isWrite).length;
    assert.deepEqual([code, err.includes('interrupted\n')], isWhole ? [code, !isWhole] : [exitCode, true], where);
    assert.ok(code === exitCode || code === 0, where);
    if (writes.length === 0) assert.ok(err.endsWith('interrupted\n  nothing was changed\n'), `${where}: ${err}`);
    else if (!isWhole) assert.match(err, /\n {2}done {6}service\/web.*\n {2}not done {2}.*virtualmachineservice\/web\n$/, where);
    supervisor.disturb(() => undefined);
    assert.equal((await supervisor.run(command)).code, 0, where);
    assert.deepEqual(endState(supervisor.cluster.server), end, where);
  }
});
