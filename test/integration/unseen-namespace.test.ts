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
    assert.match(
      out,
      /\n3 objects would change, 0 would not\. Nothing was written\.\nEffect: 0 endpoints become 1 ready\.\nNot shown: .*\n$/,
    );
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

  for (const kind of ['virtualmachines', 'services', 'endpoints']) {
    test(`without ${kind} alone in one, nothing of the other is unknown`, async () => {
      const supervisor = await aSupervisor([...world, aVm('db-1', { namespace: 'b', labels: { app: 'db' }, ip: '10.1.0.21' })]);
      assert.equal((await supervisor.run('reconcile -f - --once --yes', files)).code, 0);
      const [seen, alone] = [await supervisor.run('vms -n a'), await supervisor.run('describe -n a')];
      supervisor.disturb(without([`get ${kind}`, `list ${kind}`], 'b'));
      const denial = new RegExp(`^Error from server \\(Forbidden\\): ${kind} is forbidden: .* in the namespace "b"\n  ask for `);

      const got = await supervisor.run('get -f - --no-headers', files);
      assert.equal(got.code, 3);
      assert.match(got.err, denial);
      const statuses = got.out.split('\n').map((line) => [...line.split(/ +/).slice(0, 2), line.split(/ +/).at(-2)]);
      assert.deepEqual(statuses.slice(0, 2), [
        ['a', 'web', 'Pending'],
        ['b', 'db', 'Unknown'],
      ]);

      const listed = await supervisor.run('vms -f -', files);
      assert.equal(listed.code, 3);
      assert.match(listed.err, denial);
      const rows = (text: string, name: string) =>
        text.split('\n').flatMap((line) => (line.includes(name) ? [line.split(/ +/).slice(-7)] : []));
      assert.deepEqual(rows(listed.out, 'web-1'), rows(seen.out, 'web-1'));

      const { code, out } = await supervisor.run('describe -f -', files);
      assert.equal(code, 3);
      assert.equal(out.startsWith(`${alone.out}\n\nName: `), true, out);
      assert.match(out.slice(alone.out.length), new RegExp(`not permitted to (get|list) ${kind} in b`));
    });
  }

  test('documents have the holes of their own namespace alone', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(without(['get endpoints', 'list virtualmachines'], 'b'));
    const { code, out } = await supervisor.run('describe -f - -o json', files);
    const traces: readonly { service: object; couldNotLook: readonly { resource: string }[] }[] = JSON.parse(out).items;
    assert.equal(code, 3);
    assert.deepEqual(
      traces.map(({ couldNotLook }) => couldNotLook.map(({ resource }) => resource)),
      [[], ['virtualmachines', 'endpoints']],
    );
  });

  test('where none can be seen, each is named', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(without(denied));
    const { code, out, err } = await supervisor.run('diff -f -', files);
    assert.deepEqual([code, out], [3, '']);
    assert.deepEqual(err.match(/namespace "[ab]"/g), ['namespace "a"', 'namespace "b"']);
  });
});
