import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import type { KubeObject, ObjectRef } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { nodeEnvironment } from '../support/child-tool.ts';
import { aSupervisor, forbidden, type Said, type Supervisor } from '../support/supervisor.ts';
import type { TestIoOptions } from '../support/test-io.ts';
import { until, untilSaid } from '../support/until.ts';

const write = { dryRun: 'none', fieldManager: 'other' } as const;
const web = aVmService('web', { finalizers: ['vmoperator.vmware.com/virtualmachineservice'] });
const owned = { owners: [ownedBy(web)] };
const first = aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' });
const second = aVm('web-2', { labels: { app: 'web' }, ip: '10.1.0.12' });
const service = aService('web', { ...owned, ingress: ['10.20.0.15'], clusterIP: '10.96.4.17' });
const world = [web, first, second, service, someEndpoints('web', { ...owned, ready: [first, second] })];

const refTo = (kind: string, name: string): ObjectRef => ({
  apiVersion: ['Service', 'Endpoints'].includes(kind) ? 'v1' : 'vmoperator.vmware.com/v1alpha6',
  kind,
  namespace: 'prod',
  name,
});

const label = (supervisor: Supervisor, kind: string, name: string, labels: Record<string, string | null>) =>
  supervisor.cluster.patch(refTo(kind, name), { metadata: { labels } }, write);

const create = (supervisor: Supervisor, name: string) => {
  const { resourceVersion: _, uid: __, creationTimestamp: ___, finalizers: ____, ...metadata } = web.metadata;
  return supervisor.cluster.create({ ...web, metadata: { ...metadata, name } } as KubeObject, write);
};

interface Watching {
  /** Waits until stdout, or stderr, has this text. */
  until(text: string): Promise<void>;
  readonly supervisor: Supervisor;
}

/** Runs a command that watches, lets things happen, and ends it with Ctrl-C. */
async function watching(
  supervisor: Supervisor,
  command: string,
  happen: (watching: Watching) => Promise<unknown>,
  options: TestIoOptions = {},
): Promise<Said> {
  supervisor.forget();
  const { io, ended } = supervisor.start(command, options);
  await happen({ until: (text) => untilSaid(io, text), supervisor });
  io.interrupt('SIGINT');
  return ended;
}

const header = 'NAME   TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)   READY   STATUS   AGE\n';
const row = (ready: string, status: string) =>
  `web    LoadBalancer   10.96.4.17   10.20.0.15    80/TCP    ${ready.padEnd(5)}   ${status.padEnd(6)}   10d\n`;

describe('get --watch in a pipe', () => {
  test('appends a line for each service that changed, in the columns of the first, and Ctrl-C ends it quietly with 130', async () => {
    const supervisor = await aSupervisor(world);
    const said = await watching(supervisor, 'get -n prod -w', async ({ until }) => {
      await until(row('2/2', 'OK'));
      await label(supervisor, 'VirtualMachine', 'web-2', { app: 'drained' });
      await until(row('1/1', 'Drift'));
      await label(supervisor, 'VirtualMachineService', 'web', { seen: 'yes' });
      await until(row('1/1', 'Drift') + row('1/1', 'Drift'));
    });
    assert.deepEqual(said, { code: 130, out: header + row('2/2', 'OK') + row('1/1', 'Drift') + row('1/1', 'Drift'), err: '' });
  });

  test('a deletion is seen, and columns grow for what comes later', async () => {
    const supervisor = await aSupervisor([aVmService('web')]);
    const said = await watching(supervisor, 'get -n prod -w --no-headers', async ({ until }) => {
      await until('NoService');
      await supervisor.cluster.delete(refTo('VirtualMachineService', 'web'), { dryRun: 'none' });
      await until('Deleted');
      await create(supervisor, 'another-service');
      await until('another-service');
    });
    assert.equal(
      said.out,
      [
        'web   LoadBalancer   <none>   <pending>   80/TCP   0/0   NoService   10d',
        'web   LoadBalancer   <none>   <pending>   80/TCP   0/0   Deleted     10d',
        'another-service   LoadBalancer   <none>   <pending>   80/TCP   0/0   NoService   0s',
        '',
      ].join('\n'),
    );
  });

  test('--output-watch-events says what happened, --watch-only leaves out what is there at first', async () => {
    const supervisor = await aSupervisor([aVmService('web')]);
    const happen = async ({ until }: Watching) => {
      await until('ADDED');
      await label(supervisor, 'VirtualMachineService', 'web', { seen: 'yes' });
      await until('MODIFIED');
      await supervisor.cluster.delete(refTo('VirtualMachineService', 'web'), { dryRun: 'none' });
      await until('DELETED');
    };
    const said = await watching(supervisor, 'get -n prod -w --output-watch-events', happen);
    assert.equal(
      said.out,
      [
        'EVENT      NAME   TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)   READY   STATUS      AGE',
        'ADDED      web    LoadBalancer   <none>       <pending>     80/TCP    0/0     NoService   10d',
        'MODIFIED   web    LoadBalancer   <none>       <pending>     80/TCP    0/0     NoService   10d',
        'DELETED    web    LoadBalancer   <none>       <pending>     80/TCP    0/0     Deleted     10d',
        '',
      ].join('\n'),
    );
    const only = await watching(supervisor, 'get -n prod --watch-only -o name', async ({ until }) => {
      await supervisor.watched();
      await create(supervisor, 'api');
      await until('api');
    });
    assert.equal(only.out, 'virtualmachineservice.vmoperator.vmware.com/api\n');
  });

  test('-o json streams each object on its own, with --output-watch-events in one line with what happened', async () => {
    const supervisor = await aSupervisor([aVmService('web'), aVmService('db')]);
    const change = async ({ until }: Watching) => {
      await until('"web"');
      await label(supervisor, 'VirtualMachineService', 'web', { seen: 'yes' });
      await until('"seen"');
      await label(supervisor, 'VirtualMachineService', 'web', { seen: null });
    };
    const plain = await watching(supervisor, 'get -n prod -w -o json', change);
    const names = plain.out
      .split(/(?<=^\})\n/m)
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text).metadata.name);
    assert.deepEqual(names, ['db', 'web', 'web', ...names.slice(3)]);
    const events = await watching(supervisor, 'get web -n prod -w -o json --output-watch-events', change);
    const types = events.out
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text))
      .map(({ type, object }) => `${type} ${object.kind} ${object.metadata.name}`);
    assert.deepEqual(types.slice(0, 2), ['ADDED VirtualMachineService web', 'MODIFIED VirtualMachineService web']);
    const yaml = await watching(supervisor, 'get -n prod -w -o yaml', ({ until }) => until('name: web'));
    assert.equal(yaml.out.split('\n---\n').length, 2);
    const columns = await watching(supervisor, 'get -n prod -w -o custom-columns=WHO:.metadata.name', ({ until }) => until('web'));
    assert.equal(columns.out, 'WHO\ndb\nweb\n');
  });

  test('a name that does not exist is an error, with --ignore-not-found it is waited for', async () => {
    const supervisor = await aSupervisor([first]);
    const missing = {
      code: 3,
      out: '',
      err: 'Error from server (NotFound): virtualmachineservices.vmoperator.vmware.com "web" not found\n',
    };
    assert.deepEqual(await supervisor.run('get web -n prod -w'), missing);
    assert.deepEqual(await supervisor.run('get web -n prod -w -o json'), missing);
    const said = await watching(supervisor, 'get web -n prod -w --ignore-not-found', async ({ until }) => {
      await supervisor.watched();
      await create(supervisor, 'web');
      await until('web');
    });
    assert.equal(said.out.split('\n')[1], 'web    LoadBalancer   <none>       <pending>     80/TCP    0/1     NoService   0s');
  });

  test('what may not be seen is said once, and shown as unknown', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(({ path }) => (path.endsWith('/virtualmachines') ? forbidden('no VMs for you') : undefined));
    const said = await watching(supervisor, 'get -n prod -w', ({ until }) => until('<unknown>'));
    assert.deepEqual(said, {
      code: 130,
      out: `${header.replace('READY   STATUS   AGE', 'READY       STATUS    AGE')}web    LoadBalancer   10.96.4.17   10.20.0.15    80/TCP    <unknown>   Unknown   10d\n`,
      err: 'Error from server (Forbidden): no VMs for you\n  ask for list on virtualmachines.vmoperator.vmware.com; what you may run: kubectl vmsvc can-i -n prod\n',
    });
  });

  for (const [words, err] of [
    ['get -w --offline -f world.yaml', '--watch needs a cluster in which something happens, and --offline has none'],
    ['get --output-watch-events', '--output-watch-events is for --watch and --watch-only'],
    ['get -w --fail-if-empty', '--watch waits for what is not there yet, and --fail-if-empty does not'],
    ['get -w -o json --status=OK', '--status is computed: with --watch only the table has it'],
    ['get -w vm/web-1', 'VMs are listed by kubectl get vm; kubectl vmsvc vms lists those behind services'],
    ['get --watch=perhaps', '--watch "perhaps": must be true or false'],
    ['describe web -w --offline -f world.yaml', '--watch needs a cluster in which something happens, and --offline has none'],
    ['describe web -w -o mermaid', '--watch has no -o mermaid'],
  ] as const) {
    test(`${words} is refused`, async () => {
      const supervisor = await aSupervisor([]);
      const see = `See 'kubectl vmsvc ${words.split(' ')[0]} -h' for help and examples\n`;
      assert.deepEqual(await supervisor.run(words), { code: 2, out: '', err: `error: ${err}\n${see}` });
    });
  }
});

describe('get --watch on a terminal', () => {
  const terminal = { tty: { stdout: true, stderr: true }, env: { NO_COLOR: '1' } };

  test('writes the table over, and says for a while what was deleted', async () => {
    const supervisor = await aSupervisor(world);
    const said = await watching(
      supervisor,
      'get -n prod -w',
      async ({ until }) => {
        await until(row('2/2', 'OK'));
        await label(supervisor, 'VirtualMachine', 'web-2', { app: 'drained' });
        await until(`\r\x1b[2A\x1b[1B\x1b[K${row('1/1', 'Drift')}`);
        await supervisor.cluster.patch(refTo('VirtualMachineService', 'web'), { metadata: { finalizers: null } }, write);
        await supervisor.cluster.delete(refTo('VirtualMachineService', 'web'), { dryRun: 'none' });
        await until('deleted 0s ago');
      },
      terminal,
    );
    assert.deepEqual([said.code, said.err], [130, '']);
    assert.ok(said.out.startsWith(header + row('2/2', 'OK')));
  });

  test('shows that there is nothing, until there is something', async () => {
    const supervisor = await aSupervisor([first]);
    const said = await watching(
      supervisor,
      'get -n prod -w',
      async ({ until }) => {
        await until('No resources found in prod namespace.');
        await create(supervisor, 'web');
        await until('NoService');
      },
      terminal,
    );
    assert.ok(said.out.startsWith('No resources found in prod namespace.\n\r\x1b[1A\x1b[JNAME '), JSON.stringify(said.out));
  });
});

describe('describe --watch', () => {
  test('in a pipe prints the whole, and then the lines that go and come, with the time', async () => {
    const supervisor = await aSupervisor(world);
    const said = await watching(supervisor, 'describe web -n prod -w', async ({ until }) => {
      await until('Events:');
      await label(supervisor, 'VirtualMachine', 'web-2', { app: 'drained' });
      await until('STALE');
    });
    const whole = (await aSupervisor(world)).run('describe web -n prod');
    assert.ok(said.out.startsWith((await whole).out));
    const changes = said.out.slice((await whole).out.length).split('\n');
    assert.deepEqual(changes.slice(0, 3), ['', '2026-11-20T12:00:00Z', '- Status:        OK: 2 of 2 selected VMs receive traffic']);
    assert.ok(
      changes.includes('+   └─ web-2     10.1.0.12         ! STALE  still an endpoint; its labels no longer match app=web'),
      said.out,
    );
    assert.equal(said.code, 130);
  });

  test('on a terminal marks the lines of the last change, until the next one', async () => {
    const supervisor = await aSupervisor(world);
    const said = await watching(
      supervisor,
      'describe web -n prod -w',
      async ({ until }) => {
        await until('Events:');
        await label(supervisor, 'VirtualMachine', 'web-2', { app: 'drained' });
        await until('STALE  still an endpoint; its labels no longer match app=web  <- 0s ago');
      },
      { tty: { stdout: true }, env: { NO_COLOR: '1' }, columns: 150, rows: 60 },
    );
    assert.equal(said.code, 130);
  });

  test('documents come whole, each time', async () => {
    const supervisor = await aSupervisor(world);
    const said = await watching(supervisor, 'describe web -n prod -w -o jsonpath={.service.status}_', async ({ until }) => {
      await until('OK_');
      await label(supervisor, 'VirtualMachine', 'web-2', { app: 'drained' });
      await until('Drift_');
    });
    assert.equal(said.out, 'OK_Drift_');
  });

  test('a name that does not exist is an error; one that goes away is told of', async () => {
    const supervisor = await aSupervisor([aVmService('web')]);
    assert.deepEqual(await supervisor.run('describe nope -n prod -w'), {
      code: 3,
      out: '',
      err: 'Error from server (NotFound): virtualmachineservices.vmoperator.vmware.com "nope" not found\n',
    });
    const said = await watching(supervisor, 'describe web -n prod -w', async ({ until }) => {
      await until('Events:');
      await supervisor.cluster.delete(refTo('VirtualMachineService', 'web'), { dryRun: 'none' });
      await until('+ There is none any more.');
    });
    assert.equal(said.code, 130);
  });
});

const hasScript = spawnSync('script', ['--version']).status === 0;

test(hasScript
  ? 'in a real terminal Ctrl-C leaves the table and nothing else'
  : 'SKIPPED: in a real terminal: there is no script (util-linux)', { skip: !hasScript }, async () => {
  const supervisor = await aSupervisor(world);
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-terminal-'));
  after(() => rmSync(folder, { recursive: true }));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, sandboxKubeconfig(supervisor.access));
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const command = `${process.execPath} --disable-warning=ExperimentalWarning ${main} get -n prod -w; echo "ended with $?"`;
  const env = { ...nodeEnvironment(), KUBECONFIG: kubeconfig, LANG: 'C.UTF-8', TERM: 'xterm', NO_COLOR: '1' };
  const child = spawn('script', ['-qec', `sh -c 'trap : INT; ${command}'`, '/dev/null'], { env });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const shown = (text: string) =>
    until(
      () => out.includes(text),
      () => `${JSON.stringify(text)} never came after ${JSON.stringify(out)}`,
    );
  await shown('2/2');
  await label(supervisor, 'VirtualMachine', 'web-2', { app: 'drained' });
  await shown('1/1');
  child.stdin.write('\x03');
  await shown('ended with 130');
  assert.doesNotMatch(out, /interrupted|error/);
});
