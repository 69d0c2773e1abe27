import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { without } from '../support/denied-rights.ts';
import { healthy } from '../support/diagnosed.ts';
import { sarifProblems } from '../support/report-schemas.ts';
import { aSupervisor, type Disturbance, failureAnswer, forbidden } from '../support/supervisor.ts';

const optional = ['events', 'resourcequotas', 'networkpolicies', 'leases', 'deployments'];

/** A healthy world on a server that is disturbed. */
async function healthyBut(disturbance: Disturbance) {
  const supervisor = await aSupervisor(healthy);
  supervisor.disturb(disturbance);
  return supervisor;
}

/** Every request for objects of these kinds gets an answer of its own. */
function answering(kinds: readonly string[], answer: (kind: string) => ReturnType<Disturbance>): Disturbance {
  return ({ path }) => {
    const kind = kinds.find((name) => path.endsWith(`/${name}`) || (name === 'namespaces' && /\/namespaces\/[^/]+$/.test(path)));
    return kind === undefined ? undefined : answer(kind);
  };
}

function lastLine(out: string): string | undefined {
  return out.trimEnd().split('\n').at(-1);
}

describe('debug of a healthy world of which something that no rule needed may not be read', () => {
  for (const command of ['debug svc -n prod', 'debug -n prod', 'debug -A', 'debug vm/web-1 -n prod']) {
    test(`${command} names it in one line, and ends with 0`, async () => {
      const supervisor = await aSupervisor(healthy);
      const whole = await supervisor.run(command);
      supervisor.disturb(answering(optional, (kind) => forbidden(`${kind} are not for you`)));
      const { code, out, err } = await supervisor.run(command);
      const places = (text: string) => text.replace(/\d+ rules passed/, 'N rules passed').replace(/ in \d\.\ds/, '');
      const line = 'Not looked at: events, resourcequotas, networkpolicies, leases, deployments (forbidden).\n';
      assert.deepEqual([code, err, places(out)], [0, '', `${places(whole.out)}${line}`]);
    });

    test(`${command} has no such line where all could be read`, async () => {
      const { out } = await (await aSupervisor(healthy)).run(command);
      assert.doesNotMatch(out, /not looked at/i);
    });
  }

  test('-o json has each with its reason in couldNotLook, and ends with 0', async () => {
    const supervisor = await healthyBut(without(['list events', 'list resourcequotas']));
    const { code, out } = await supervisor.run('debug svc -n prod -o json');
    assert.deepEqual(JSON.parse(out).couldNotLook, [
      {
        verb: 'list',
        resource: 'events',
        group: '',
        namespace: 'prod',
        because: 'Forbidden',
        message: 'not permitted to list events in prod',
      },
      {
        verb: 'list',
        resource: 'resourcequotas',
        group: '',
        namespace: 'prod',
        because: 'Forbidden',
        message: 'not permitted to list resourcequotas in prod',
      },
    ]);
    assert.equal(code, 0);
    const yaml = await supervisor.run('debug svc -n prod -o yaml');
    assert.match(yaml.out, /^couldNotLook:\n(.*\n)*? {2}message: not permitted to list resourcequotas in prod$/m);
  });

  test('-o sarif has a note of each, and is SARIF', async () => {
    const supervisor = await healthyBut(without(['list events', 'list resourcequotas']));
    const { code, out } = await supervisor.run('debug svc -n prod -o sarif');
    assert.deepEqual(sarifProblems(out), []);
    assert.deepEqual(JSON.parse(out).runs[0].invocations[0].toolExecutionNotifications, [
      { level: 'note', message: { text: 'not looked at: not permitted to list events in prod' } },
      { level: 'note', message: { text: 'not looked at: not permitted to list resourcequotas in prod' } },
    ]);
    assert.equal(code, 0);
  });
});

describe('the line about what was not looked at', () => {
  test('tells what is refused from what failed, with the words of the server where they are the same', async () => {
    const supervisor = await healthyBut(
      answering([...optional, 'namespaces'], (kind) =>
        kind === 'events' ? forbidden('you may not') : failureAnswer(500, 'InternalError', 'etcd has no leader'),
      ),
    );
    const { code, out } = await supervisor.run('debug svc -n prod');
    assert.equal(
      lastLine(out),
      'Not looked at: events (forbidden); namespaces, resourcequotas, networkpolicies, leases, deployments (etcd has no leader).',
    );
    assert.equal(code, 0);
  });

  test('does not go into what failed for several reasons, nor into a long one, and lets nothing out of the line', async () => {
    const several = answering(['leases', 'events'], (kind) => failureAnswer(500, 'InternalError', `no ${kind} today`));
    assert.equal(lastLine((await (await healthyBut(several)).run('debug svc -n prod')).out), 'Not looked at: events, leases (failed).');
    const long = answering(['leases'], () => failureAnswer(500, 'InternalError', `\u001b[31mline\nbreak ${'x'.repeat(500)}`));
    const { out } = await (await healthyBut(long)).run('debug svc -n prod');
    assert.match(lastLine(out) ?? '', /^Not looked at: leases \(\S*line\S* ?break x+…\)\.$/);
    assert.ok((lastLine(out) ?? '').length < 120 && !out.includes('\u001b'), out);
  });

  test('names access reviews that got no answer', async () => {
    const supervisor = await healthyBut(({ path }) => (path.endsWith('reviews') ? forbidden('you may not ask') : undefined));
    const { code, out } = await supervisor.run('debug svc -n prod');
    assert.equal(lastLine(out), 'Not looked at: selfsubjectaccessreviews (forbidden).');
    assert.equal(code, 0);
  });

  test('names no kind that the server does not have', async () => {
    const gone = answering(['leases', 'deployments', 'resourcequotas'], () =>
      failureAnswer(404, 'NotFound', 'the server could not find the requested resource'),
    );
    const { out } = await (await healthyBut(gone)).run('debug svc -n prod');
    assert.doesNotMatch(out, /not looked at/i);
  });

  test('counts what would make it long, and names all of it with --all', async () => {
    const supervisor = await healthyBut(({ path }) =>
      /^\/apis?$/.test(path) ? failureAnswer(500, 'InternalError', 'not today') : undefined,
    );
    const { out } = await supervisor.run('debug svc -n prod');
    const few = 'networkpolicies, subnetports, ipaddressallocations, networkinfos, virtualnetworks, virtualnetworkinterfaces and 4 more';
    assert.equal(lastLine(out), `Not looked at: ${few} (not today).`);
    const all = (await supervisor.run('debug svc -n prod --all')).out;
    assert.match(lastLine(all) ?? '', /^Not looked at: networkpolicies, [a-z, ]+, leases, deployments \(not today\)\.$/);
  });

  test('says nothing again of what UNKNOWN tells', async () => {
    const supervisor = await healthyBut(without(['list virtualmachines', 'list networkpolicies']));
    const named = await supervisor.run('debug svc -n prod');
    assert.match(named.out, /Not permitted to list virtualmachines in prod/);
    assert.match(named.out, /^Not looked at: networkpolicies \(forbidden\)\.$/m);
    const whole = await supervisor.run('debug -n prod');
    assert.match(whole.out, /UNKNOWN +VMS910 .*Not permitted to read .*virtualmachines/);
    assert.match(whole.out, /^Not looked at: networkpolicies \(forbidden\)\.$/m);
    assert.deepEqual([named.code, whole.code], [3, 3]);
    const notes = JSON.parse((await supervisor.run('debug svc -n prod -o sarif')).out).runs[0].invocations[0].toolExecutionNotifications;
    const ofNote = notes
      .filter(({ level }: { level: string }) => level === 'note')
      .map(({ message }: { message: { text: string } }) => message.text);
    assert.deepEqual(ofNote, ['not looked at: not permitted to list networkpolicies in prod']);
  });
});
