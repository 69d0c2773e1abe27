import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../src/model/object.ts';
import { aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { aSupervisor, forbidden } from '../support/supervisor.ts';

const finalizers = ['vmoperator.vmware.com/virtualmachineservice'];
const kept = aVmService('web', { finalizers });
const header = 'Context sandbox, namespace prod, user sandbox\nActing as VM Operator main (v1alpha6), load balancer other than NSX\n';
const nudgeLine = '  ask it to look again:      kubectl vmsvc nudge web -n prod\n';
const forceLine = '  do it all the same:        --force --reason="…"   (the reason is stored in the report)\n';
const _alive = (sign: string): string =>
  `error: VM Operator is working in prod (${sign}); doing its work here would race with it\n  nothing was changed\n${nudgeLine}${forceLine}`;

/** A VM that VM Operator wrote twelve seconds before the test's clock. */
const written = wroteAt(aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' }), '2026-11-20T11:59:48Z');

function wroteAt<T extends KubeObject>(object: T, time: string): T {
  const entry = {
    manager: 'manager',
    operation: 'Update',
    apiVersion: object.apiVersion,
    fieldsType: 'FieldsV1',
    subresource: 'status',
    time,
  };
  return { ...object, metadata: { ...object.metadata, managedFields: [{ ...entry, fieldsV1: { 'f:status': { 'f:powerState': {} } } }] } };
}

describe('a controller that is alive', () => {
  test('is refused in the report, with the exit code that it has without', async () => {
    const supervisor = await aSupervisor([kept, written]);
    const { code, out } = await supervisor.run('reconcile web -n prod --once -o json');
    assert.deepEqual(
      [code, JSON.parse(out).items],
      [
        2,
        [
          {
            namespace: 'prod',
            name: 'web',
            error: {
              reason: 'ControllerAlive',
              message: 'VM Operator is working in prod (it last wrote 12s ago); doing its work here would race with it',
            },
            steps: [],
            outcomes: [],
          },
        ],
      ],
    );
  });

  test('is one sentence for all services of a namespace, and the others are done', async () => {
    const elsewhere = aVmService('db', { namespace: 'test', finalizers });
    const supervisor = await aSupervisor([kept, aVmService('api', { finalizers }), written, elsewhere]);
    assert.deepEqual(await supervisor.run('reconcile -A --once --yes'), {
      code: 2,
      out:
        'service/db created in test namespace\nendpoints/db created in test namespace\n' +
        'virtualmachineservice.vmoperator.vmware.com/db configured in test namespace\n',
      err:
        header.replace('namespace prod', 'all namespaces') +
        'error: VM Operator is working in prod (it last wrote 12s ago); doing its work here would race with it\n' +
        '  services  prod/api, prod/web\n  nothing was changed\n' +
        `${nudgeLine.replace('web', 'api web')}${forceLine}`,
    });
  });

  test('gives way to --force, and the reason is said and stored', async () => {
    const supervisor = await aSupervisor([kept, written]);
    const { code, out, err } = await supervisor.run('reconcile web -n prod --once --force --reason=INC-4711 -o json');
    assert.equal(code, 0);
    assert.equal(err, `${header}Forced, though VM Operator is working in prod (it last wrote 12s ago): INC-4711\n`);
    const report = JSON.parse(out);
    assert.deepEqual(
      [report.force, report.items[0].steps.map((step: { operation: string }) => step.operation)],
      [{ reason: 'INC-4711' }, ['created', 'created', 'updated']],
    );
  });

  for (const [ahead, said] of [
    ['2026-11-20T12:00:01Z', '0s ago'],
    ['2026-11-20T13:30:00Z', 'in the future: a clock is wrong by 90m'],
  ] as const) {
    test(`that wrote at ${ahead}, when it is noon, wrote ${said}`, async () => {
      const supervisor = await aSupervisor([kept, wroteAt(written, ahead)]);
      assert.deepEqual(await supervisor.run('reconcile web -n prod --once'), {
        code: 2,
        out: '',
        err:
          `${header}error: VM Operator is working in prod (it last wrote ${said}); doing its work here would race with it\n` +
          `  nothing was changed\n${nudgeLine}${forceLine}`,
      });
      const child = someEndpoints('web', { owners: [ownedBy(kept)] });
      const ownerships = { fieldsV1: { 'f:metadata': { 'f:ownerReferences': {} } }, manager: 'manager', time: ahead };
      const told = await aSupervisor([kept, { ...child, metadata: { ...child.metadata, managedFields: [ownerships] } }]);
      const { out } = await told.run('describe web -n prod');
      const [, words] = /; controller last wrote (.*)\n/.exec(out) ?? [];
      assert.equal(words, said === '0s ago' ? said : 'in the future: a clock is wrong');
    });
  }

  test('is gone when it has not written for long', async () => {
    const supervisor = await aSupervisor([kept, wroteAt(written, '2026-11-20T11:49:59Z')]);
    assert.equal((await supervisor.run('reconcile web -n prod --once')).code, 0);
  });

  test('does not work on a service on which it never put its finalizer', async () => {
    const supervisor = await aSupervisor([aVmService('web'), written]);
    assert.equal((await supervisor.run('reconcile web -n prod --once')).code, 0);
  });

  test('is not seen in what this tool wrote itself, with --as-controller too', async () => {
    const supervisor = await aSupervisor([aVmService('web')]);
    for (const _ of ['first', 'second']) {
      assert.equal((await supervisor.run('reconcile web -n prod --once --as-controller')).code, 0);
    }
  });

  test('cannot be played by name, which would hide its traces among ours', async () => {
    const supervisor = await aSupervisor([kept, written]);
    for (const command of ['reconcile web -n prod --once', 'diff web -n prod']) {
      const { code, err } = await supervisor.run(`${command} --field-manager=vm-operator`);
      assert.equal(code, 2);
      assert.match(err, /^error: --field-manager "vm-operator": VM Operator writes under that name, and is told from others by it$/m);
    }
  });

  test('is not looked for in its own namespace where the objects show it', async () => {
    const supervisor = await aSupervisor([kept, written]);
    await supervisor.run('reconcile web -n prod --once');
    assert.deepEqual(
      supervisor.requests.filter((line) => line.includes('vmware-system-vmop')),
      [],
    );
  });

  test('is no hindrance to a user who may look at nothing of it', async () => {
    const supervisor = await aSupervisor([kept]);
    supervisor.disturb(({ path }) =>
      path.includes('vmware-system-vmop') || path === '/api/v1/namespaces/prod' ? forbidden('that is forbidden') : undefined,
    );
    assert.equal((await supervisor.run('reconcile web -n prod --once')).code, 0);
  });

  const noted = `VM Operator is working in prod (it last wrote 12s ago): reconcile leaves the work to it\n${nudgeLine}`;

  test('is noted by diff, which shows its plan all the same', async () => {
    const supervisor = await aSupervisor([kept, written]);
    const { code, out, err } = await supervisor.run('diff web -n prod -o name');
    assert.deepEqual(
      { code, out, err },
      { code: 1, out: 'service/web\nendpoints/web\nvirtualmachineservice.vmoperator.vmware.com/web\n', err: header + noted },
    );
    assert.equal((await supervisor.run('diff web -n prod -o name --quiet')).err, '');
  });

  test('is no reason to propose what would be refused: diff and dry runs end with the effect', async () => {
    const supervisor = await aSupervisor([kept, written]);
    for (const command of ['diff web -n prod', 'reconcile web -n prod --once --dry-run'])
      assert.doesNotMatch((await supervisor.run(command)).out, /Do it:/, command);
  });

  for (const kind of ['client', 'server']) {
    test(`is noted by a ${kind} dry run`, async () => {
      const supervisor = await aSupervisor([kept, written]);
      const { code, err } = await supervisor.run(`reconcile web -n prod --once --dry-run=${kind}`);
      assert.deepEqual([code, err], [0, header + noted]);
    });
  }
});

describe('--force', () => {
  test('stands in the command that a dry run proposes, with its reason quoted for a shell', async () => {
    const supervisor = await aSupervisor([kept, written]);
    const { code, out } = await supervisor.run("reconcile web -n prod --once --dry-run --force --reason=it's-an-outage");
    assert.deepEqual(
      [code, out.trimEnd().split('\n').at(-1)],
      [0, "Do it:  kubectl vmsvc reconcile web -n prod --force --reason 'it'\\''s-an-outage' --once"],
    );
  });

  const wrong: readonly (readonly [string, string])[] = [
    ['reconcile web -n prod --once --force', '--force needs --reason=TEXT: it is stored in the report'],
    ['reconcile web -n prod --once --force --reason=', '--force needs --reason=TEXT: it is stored in the report'],
    ['reconcile web -n prod --once --reason=because', '--reason says why --force was needed: give both'],
  ];
  for (const [command, sentence] of wrong) {
    test(`kubectl vmsvc ${command} is refused before anything is asked`, async () => {
      const supervisor = await aSupervisor([kept]);
      assert.deepEqual(await supervisor.run(command), {
        code: 2,
        out: '',
        err: `error: ${sentence}\nSee 'kubectl vmsvc reconcile -h' for help and examples\n`,
      });
      assert.deepEqual(supervisor.requests, []);
    });
  }

  test('Endpoints of others are nothing to a service without a selector, which has none', async () => {
    const supervisor = await aSupervisor([
      aVmService('web', { selector: {} }),
      someEndpoints('web', { owners: [{ ...ownedBy(kept), kind: 'Gateway', apiVersion: 'example.com/v1', name: 'gw' }] }),
    ]);
    assert.equal((await supervisor.run('reconcile web -n prod --once')).code, 0);
  });
});

describe('R058: a namespace that is being deleted', () => {
  const ending: KubeObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'prod', deletionTimestamp: '2026-11-20T11:58:00Z' },
    ...{ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Terminating' } },
  };
  const held = aVmService('web', { finalizers: ['example.com/wait'] });
  test('is noted by diff, which shows its plan and does not propose to do it', async () => {
    const supervisor = await aSupervisor([kept]);
    // As in the moment between the deletion of the namespace and that of the service.
    supervisor.disturb(({ path }, pass) => (path === '/api/v1/namespaces/prod' ? { ...pass(), body: JSON.stringify(ending) } : undefined));
    const { code, out, err } = await supervisor.run('diff web -n prod');
    assert.equal(code, 1);
    assert.match(out, /^service\/web created \(dry run\)$/m);
    assert.doesNotMatch(out, /Do it:/);
    assert.equal(err, `${header}namespace prod is being deleted since 2026-11-20T11:58:00Z: reconcile leaves it alone\n`);
    const lively = await aSupervisor([kept]);
    assert.match((await lively.run('diff web -n prod')).out, /^Do it: {2}kubectl vmsvc reconcile web -n prod --once$/m);
  });

  const said =
    'error: namespace prod is being deleted since 2026-11-20T11:58:00Z: nothing can be created in it any more\n' +
    '  nothing was changed\n  see what holds it:         kubectl get namespace prod -o yaml\n';

  test('does not keep the services of other namespaces from being done', async () => {
    const supervisor = await aSupervisor([ending, held, aVmService('web', { namespace: 'test' })]);
    const { code, out, err } = await supervisor.run('reconcile -A --once --skip-status');
    assert.deepEqual(
      { code, out, err },
      {
        code: 2,
        out:
          'service/web created in test namespace\nendpoints/web created in test namespace\n' +
          'virtualmachineservice.vmoperator.vmware.com/web unchanged in test namespace\n',
        err: header.replace('namespace prod', 'all namespaces') + said.replace('  nothing', '  service   prod/web\n  nothing'),
      },
    );
  });
});
