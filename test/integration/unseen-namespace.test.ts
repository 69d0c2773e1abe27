import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aVm, aVmService } from '../support/builders.ts';
import { without } from '../support/denied-rights.ts';
import { aSupervisor, failureAnswer } from '../support/supervisor.ts';

const [web, db] = [aVmService('web', { namespace: 'a' }), aVmService('db', { namespace: 'b' })];
const files = { stdin: [web, db].map((object) => JSON.stringify(object)).join('\n---\n') };
const world = [web, db, aVm('web-1', { namespace: 'a', labels: { app: 'web' }, ip: '10.1.0.11' })];
const header = 'Context sandbox, namespaces a, b, user sandbox\nActing as VM Operator main (v1alpha6), load balancer other than NSX\n';
const kinds = ['virtualmachineservices', 'virtualmachines', 'services', 'endpoints'];
const denied = kinds.flatMap((kind) => [`get ${kind}`, `list ${kind}`]);

/** A Supervisor whose user may do everything in a, and sees nothing in b. */
async function halfSeen() {
  const supervisor = await aSupervisor(world);
  supervisor.disturb(without(denied, 'b'));
  return supervisor;
}

const notSeen = `Error from server (Forbidden): virtualmachineservices is forbidden: User "dev" cannot get virtualmachineservices in the namespace "b"
  ask for get on virtualmachineservices.vmoperator.vmware.com, endpoints, and for list on virtualmachines.vmoperator.vmware.com, services; what you may run: kubectl vmsvc can-i -n b
`;

const names = 'service/web\nendpoints/web\nvirtualmachineservice.vmoperator.vmware.com/web\n';

describe('files name services of two namespaces, of which one cannot be seen', () => {
  test('diff shows the other, says what could not be looked at, and ends with 3 whatever the format', async () => {
    const supervisor = await halfSeen();
    const { code, out, err } = await supervisor.run('diff -f -', files);
    assert.deepEqual([code, err], [3, notSeen + header]);
    assert.match(out, /^service\/web created \(dry run\) in a namespace\n/);
    assert.match(out, /\n3 objects would change, 0 would not\. Nothing was written\.\nEffect: 0 endpoints become 1 ready\.\n$/);
    for (const format of ['json', 'yaml', 'name', 'unified']) assert.equal((await supervisor.run(`diff -f - -o ${format}`, files)).code, 3);
    assert.equal((await supervisor.run('diff -f - --exit-zero', files)).code, 3);
    assert.equal((await supervisor.run('diff -f - -o name', files)).out, names);
  });

  test('documents have an item for what could not be looked at, with the reason', async () => {
    const { out } = await (await halfSeen()).run('diff -f - -o json', files);
    const items = JSON.parse(out).items.map(({ namespace, name, error }: Record<string, unknown>) => ({ namespace, name, error }));
    assert.deepEqual(items, [
      { namespace: 'a', name: 'web', error: null },
      {
        namespace: 'b',
        name: 'db',
        error: { reason: 'Forbidden', message: 'not permitted to get virtualmachineservices in b' },
      },
    ]);
  });

  for (const kind of kinds) {
    test(`without ${kind} alone nothing of it is planned`, async () => {
      const supervisor = await aSupervisor(world);
      supervisor.disturb(without([`get ${kind}`, `list ${kind}`], 'b'));
      const { code, out, err } = await supervisor.run('diff -f - -o name', files);
      assert.deepEqual([code, out], [3, names]);
      assert.match(err, new RegExp(`^Error from server \\(Forbidden\\): ${kind} is forbidden: .* in the namespace "b"\n`));
    });
  }

  test('so it is where the server does not do it', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(({ path }) =>
      path.includes('/namespaces/b/services') ? failureAnswer(405, 'MethodNotAllowed', 'not today') : undefined,
    );
    const { code, out, err } = await supervisor.run('diff -f - -o name', files);
    assert.deepEqual([code, out, err], [3, names, `error: could not list services in b: not today\n${header}`]);
  });

  for (const how of ['--dry-run=client', '--dry-run=server', '--print']) {
    test(`reconcile ${how} shows the other`, async () => {
      const supervisor = await halfSeen();
      const { code, out, err } = await supervisor.run(`reconcile -f - --once ${how} -o name`, files);
      assert.deepEqual([code, out.startsWith('service/web\nendpoints/web\n'), err], [3, true, notSeen + header]);
      assert.deepEqual(supervisor.writes, []);
    });
  }

  test('reconcile writes nothing at all, as where any right is missing', async () => {
    const supervisor = await halfSeen();
    assert.deepEqual(await supervisor.run('reconcile -f - --once', files), { code: 3, out: '', err: `${notSeen}nothing was changed\n` });
    assert.deepEqual(supervisor.writes, []);
  });

  test('get and describe show the other', async () => {
    const supervisor = await halfSeen();
    const { code: got, out: table, err: said } = await supervisor.run('get -f -', files);
    const denial = notSeen.split('\n', 1)[0];
    assert.deepEqual([got, said.split('\n', 1)[0]], [3, denial]);
    assert.match(table, /^NAMESPACE +NAME .*\na +web .*\n$/);
    const { code, out, err } = await supervisor.run('describe -f -', files);
    assert.deepEqual([code, err.split('\n', 1)[0]], [3, denial]);
    assert.match(out, /^Name: +web\n/);
  });

  test('where none can be seen, each is named', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(without(denied));
    const { code, out, err } = await supervisor.run('diff -f -', files);
    assert.deepEqual([code, out], [3, '']);
    assert.deepEqual(err.match(/namespace "[ab]"/g), ['namespace "a"', 'namespace "b"']);
  });
});
