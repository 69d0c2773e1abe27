import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { jsonOf, type KubeObject } from '../../src/model/object.ts';
import { virtualMachineServices, virtualMachines } from '../../src/model/resources.ts';
import { isNotFound } from '../../src/model/status.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { keys, noTerminal, type PseudoTerminal, pseudoTerminal } from '../support/pseudo-terminal.ts';
import { aSupervisor, type Disturbance, forbidden, type Supervisor } from '../support/supervisor.ts';

const front = { app: 'web', tier: 'front' };
const fleet = [
  aVm('web-1', { labels: front, ip: '10.1.0.11', ready: true }),
  aVm('web-2', { labels: front, ip: '10.1.0.12', ready: false, readyMessage: 'connection refused' }),
  aVm('web-6', { labels: { app: 'web', tier: 'back' }, ip: '10.1.0.16' }),
  aVm('bare'),
  aVm('node-1', { labels: { 'cluster.x-k8s.io/cluster-name': 'tkc' } }),
];

interface Stage {
  readonly supervisor: Supervisor;
  readonly folder: string;
  readonly terminal: PseudoTerminal;
}

/** A command line in a terminal, with a Supervisor behind it. */
async function start(
  command: string | readonly string[],
  world: readonly KubeObject[] = fleet,
  columns = 120,
  disturb?: Disturbance,
  rows = 50,
): Promise<Stage> {
  const supervisor = await aSupervisor(world);
  if (disturb !== undefined) supervisor.disturb(disturb);
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-prompts-'));
  after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'kubeconfig'), sandboxKubeconfig(supervisor.access));
  const terminal = pseudoTerminal(typeof command === 'string' ? command.split(' ') : command, {
    env: { KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder },
    cwd: folder,
    columns,
    rows,
  });
  return { supervisor, folder, terminal };
}

/** The command line on the last screen, typed into a shell that stands before another Supervisor with the same VMs. */
async function typedAgain({ terminal }: Stage, world: readonly KubeObject[]): Promise<Supervisor> {
  const command = /\nThe same without questions:\n {2}(.+)\n/.exec(terminal.screen())?.[1];
  assert.ok(command, terminal.screen());
  const supervisor = await aSupervisor(world);
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-typed-'));
  after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'kubeconfig'), sandboxKubeconfig(supervisor.access));
  const path = [join(import.meta.dirname, '../../bin'), process.env.PATH ?? ''].join(delimiter);
  const env = { PATH: path, HOME: folder, KUBECONFIG: join(folder, 'kubeconfig'), LANG: 'C.UTF-8' };
  await promisify(execFile)('sh', ['-c', command], { env, cwd: folder });
  return supervisor;
}

/** What the service and the labels of all VMs come to, with nothing that the server wrote. */
async function outcome({ cluster }: Supervisor, name: string): Promise<unknown> {
  const kinds = [virtualMachines, virtualMachineServices].map((resource) => cluster.list(resource, 'v1alpha6', { namespace: 'prod' }));
  const [vms, services] = await Promise.all(kinds);
  return {
    labels: Object.fromEntries(vms?.items.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]) ?? []),
    services: services?.items
      .filter(({ metadata }) => metadata.name === name)
      .map((object) => {
        const { labels, annotations } = object.metadata;
        return { labels, annotations, spec: jsonOf(object)['spec'] };
      }),
  };
}

async function specOf({ cluster }: Supervisor, name: string): Promise<unknown> {
  try {
    const ref = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService', namespace: 'prod', name };
    const object = await cluster.get(ref);
    return 'spec' in object ? object.spec : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

const question = {
  name: '? What is it to be called?',
  vms: '? Which VMs are to receive traffic?',
  labels: '? Which labels should select them?',
  ports: '? Which ports?',
  type: '? Which type?',
  last: '? Create it?',
};

describe('create in a terminal', { skip: noTerminal }, () => {
  test('every question is asked, and answered with what is proposed; the last screen shows it whole, and creates it', async () => {
    const { supervisor, terminal } = await start('create -n prod');
    await terminal.shows(question.name);
    terminal.type('Web', keys.enter);
    await terminal.shows('"web" can');
    terminal.type(keys.backspace, keys.backspace, keys.backspace, 'shop', keys.enter);
    await terminal.shows('submit');
    terminal.type(keys.down, keys.space, keys.down, keys.space);
    await terminal.shows('>[x] web-2');
    assert.equal(
      terminal.screen(),
      `? What is it to be called? shop
? Which VMs are to receive traffic? (with none, you write the labels)
 [ ] bare    <none>      <none>
 [x] web-1   10.1.0.11   app=web,tier=front
>[x] web-2   10.1.0.12   app=web,tier=front
 [ ] web-6   10.1.0.16   app=web,tier=back

(arrows: navigate, space: select, a: all, i: invert, enter: submit)`,
    );
    terminal.type(keys.enter);
    await terminal.shows('write other labels');
    assert.equal(
      terminal.screen(),
      `? What is it to be called? shop
? Which VMs are to receive traffic? (with none, you write the labels) web-1, web-2
? Which labels should select them?
> tier=front           web-1 web-2                 exactly your choice
  app=web              web-1 web-2 web-6           1 more: web-6
  add a new label      vmsvc=shop on web-1 web-2   changes 2 VMs
  write other labels

(arrows: navigate, enter: select)`,
    );
    terminal.type(keys.enter);
    await terminal.shows('web-2: probed on 8080) [http=80:8080]');
    terminal.type(keys.enter);
    await terminal.shows('> LoadBalancer  an address from the load balancer, which clients outside can reach');
    terminal.type(keys.enter);
    await terminal.shows('cancel');
    assert.equal(
      terminal.screen(),
      `? What is it to be called? shop
? Which VMs are to receive traffic? (with none, you write the labels) web-1, web-2
? Which labels should select them? tier=front
? Which ports? [NAME=]PORT[:TARGET][/PROTO], several with commas (web-1, web-2: probed on 8080) http=80:8080
? Which type? It cannot be changed later. LoadBalancer

Context sandbox, namespace prod, user sandbox

Selects 2 VMs now:  web-1  web-2

apiVersion: vmoperator.vmware.com/v1alpha6
kind: VirtualMachineService
metadata:
  name: shop
  namespace: prod
spec:
  type: LoadBalancer
  selector:
    tier: front
  ports:
  - name: http
    protocol: TCP
    port: 80
    targetPort: 8080

Once VM Operator and the load balancer have done their work:
  ○ client
  │
  ● VIP        <to be given>     ✓ assigned
  ● Service    shop              ✓ LoadBalancer, cluster IP <to be given>
  ● Endpoints  shop              ✓ 1 ready, 1 not ready; as computed
  │
  ├─ web-1     10.1.0.11         ✓ READY      readiness probe tcp:8080 passes
  └─ web-2     10.1.0.12         ! NOT READY  readiness probe tcp:8080 fails for 10d: connection refused

The same without questions:
  kubectl vmsvc create shop -n prod --type=LoadBalancer --port=http=80:8080 --selector=tier=front

? Create it?
> create it in prod
  save the manifest to a file
  cancel

(arrows: navigate, enter: select)`,
    );
    assert.equal(await specOf(supervisor, 'shop'), undefined, 'nothing was written yet');
    terminal.type(keys.enter);
    assert.equal(await terminal.ended(), 0);
    assert.deepEqual(await specOf(supervisor, 'shop'), {
      type: 'LoadBalancer',
      selector: { tier: 'front' },
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
    });
    assert.ok(
      terminal
        .screen()
        .endsWith(
          '? Create it? create\nvirtualmachineservice.vmoperator.vmware.com/shop created\nNext: kubectl vmsvc wait shop -n prod --for=address',
        ),
    );
    const again = await aSupervisor(fleet);
    await again.run('create shop -n prod --type=LoadBalancer --port=http=80:8080 --selector=tier=front');
    assert.deepEqual(await specOf(again, 'shop'), await specOf(supervisor, 'shop'), 'the command line does the same');
  });

  test('only what is missing is asked for; a new label is put on, and the command line says so', async () => {
    const { supervisor, terminal } = await start('create shop --type=ClusterIP --port=80 -n prod');
    await terminal.shows(question.vms);
    terminal.type(keys.space, keys.enter);
    await terminal.shows('> add a new label      vmsvc=shop on bare   changes 1 VM');
    terminal.type(keys.enter);
    await terminal.shows('? Which label? [vmsvc=shop]');
    terminal.type('app shop', keys.enter);
    await terminal.shows('"app shop" must be KEY=VALUE');
    terminal.type(...Array.from('app shop', () => keys.backspace), 'app=shop', keys.enter);
    await terminal.shows(question.last);
    const command = 'kubectl vmsvc create shop -n prod --type=ClusterIP --port=http=80 --from=vm/bare --label-vm=app=shop --yes';
    assert.ok(terminal.screen().includes(`\nThe same without questions:\n  ${command}\n`), terminal.screen());
    terminal.type(keys.enter);
    assert.equal(await terminal.ended(), 0);
    const vm = await supervisor.cluster.get({
      apiVersion: 'vmoperator.vmware.com/v1alpha6',
      kind: 'VirtualMachine',
      namespace: 'prod',
      name: 'bare',
    });
    assert.deepEqual(
      [vm.metadata.labels, await specOf(supervisor, 'shop')],
      [
        { app: 'shop' },
        { type: 'ClusterIP', selector: { app: 'shop' }, ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 80 }] },
      ],
    );
  });

  test('a name that is taken is not asked around: the question refuses it, and a typed one ends it before the first question', async () => {
    const taken = 'there is a VirtualMachineService "other" in prod already';
    const world = [...fleet, aVmService('other')];
    const { terminal } = await start('create -n prod', world);
    await terminal.shows(question.name);
    terminal.type('other', keys.enter);
    await terminal.shows(taken);
    terminal.type('2', keys.enter);
    await terminal.shows(question.vms);
    terminal.type(keys.ctrlC);
    assert.equal(await terminal.ended(), 130);

    const typed = await start('create other -n prod', world);
    assert.equal(await typed.terminal.ended(), 3);
    assert.equal(typed.terminal.screen(), `error: ${taken}\n  nothing was changed`);
    assert.deepEqual(typed.supervisor.writes, []);
  });

  test('labels can be written, with a count of whom they select that goes with every key; the manifest can be saved', async () => {
    const { supervisor, folder, terminal } = await start('create shop --type=ClusterIP --port=80 -n prod -i');
    await terminal.shows(question.vms);
    terminal.type(keys.enter);
    await terminal.shows('> app=web   3 VMs: web-1 web-2 web-6');
    terminal.type('tier=f');
    await terminal.shows('> tier=f   no VM now\n  tier=front   2 VMs: web-1 web-2');
    terminal.type('ront,app!');
    await terminal.shows('only KEY=VALUE can be said here');
    terminal.type(keys.backspace, '=web');
    await terminal.shows('> tier=front,app=web'.replace('tier=front,app=web', 'app=web,tier=front   2 VMs: web-1 web-2'));
    terminal.type(keys.enter);
    await terminal.shows(question.last);
    terminal.type(keys.down, keys.enter);
    await terminal.shows('? Which file? [shop.yaml]');
    terminal.type('kubeconfig', keys.enter);
    await terminal.shows('kubeconfig is there already');
    terminal.type(...Array.from('kubeconfig', () => keys.backspace), 'new/mine.yaml', keys.enter);
    await terminal.shows('error: cannot write "new/mine.yaml": its folder does not exist\n? Which file? [shop.yaml]');
    terminal.type('mine.yaml', keys.enter);
    assert.equal(await terminal.ended(), 0);
    assert.deepEqual([supervisor.writes, existsSync(join(folder, 'mine.yaml'))], [[], true]);
    assert.equal(
      readFileSync(join(folder, 'mine.yaml'), 'utf8'),
      `apiVersion: vmoperator.vmware.com/v1alpha6
kind: VirtualMachineService
metadata:
  name: shop
  namespace: prod
spec:
  type: ClusterIP
  selector:
    tier: front
    app: web
  ports:
  - name: http
    protocol: TCP
    port: 80
    targetPort: 80
`,
    );
    assert.ok(terminal.screen().endsWith('/shop saved to mine.yaml\nNext: kubectl apply -f mine.yaml'), terminal.screen());
  });

  test('half a label shows what it may become, and TAB takes that over, without whom it selects', async () => {
    const { terminal } = await start('create shop --type=ClusterIP --port=80 -n prod -i');
    await terminal.shows(question.vms);
    terminal.type(keys.enter);
    await terminal.shows('> app=web   3 VMs: web-1 web-2 web-6');
    terminal.type('ti');
    await terminal.shows('commas ti\n> tier=front   2 VMs: web-1 web-2');
    terminal.type(keys.tab);
    await terminal.shows('commas tier=front\n> tier=front   2 VMs: web-1 web-2');
    terminal.type(',a');
    await terminal.shows('commas tier=front,a\n> app=web,tier=front   2 VMs: web-1 web-2');
    terminal.type(keys.tab);
    await terminal.shows('commas app=web,tier=front\n> app=web,tier=front   2 VMs: web-1 web-2');
    terminal.type(',app');
    await terminal.shows('"app" must be KEY=VALUE');
    terminal.type(keys.ctrlC);
    assert.equal(await terminal.ended(), 130);
  });

  const dialogues: readonly (readonly [
    name: string,
    words: readonly string[],
    answers: readonly (readonly [string, readonly string[]])[],
  ])[] = [
    [
      'labels that are there',
      [],
      [
        ['? What is it', ['shop', keys.enter]],
        ['? Which VMs', [keys.down, keys.space, keys.enter]],
        ['? Which labels', [keys.enter]],
        ['? Which ports', [keys.enter]],
        ['? Which type', [keys.down, keys.enter]],
      ],
    ],
    [
      'a new label, for VMs that have one of their own',
      ['--port=80,dns=53/UDP', '--port=443:8443', '--type=loadbalancer'],
      [
        ['? What is it', ['shop', keys.enter]],
        ['? Which VMs', [keys.space, keys.down, keys.space, keys.enter]],
        ['? Which labels', [keys.enter]],
        ['? Which label?', [keys.enter]],
      ],
    ],
    [
      'written labels, which catch a machine of a workload cluster',
      ['shop', '--type=ClusterIP', '--port=80'],
      [
        ['? Which VMs', [keys.enter]],
        ['? Which labels?', ['cluster.x-k8s.io/cluster-name=tkc']],
        ['> cluster.x-k8s.io/cluster-name=tkc   1 VM: node-1', [keys.enter]],
      ],
    ],
    ['a label that catches others too', ['shop', '--type=ClusterIP', '--port=80', '--from=vm/web-1', '-i'], []],
    [
      'words that mean something to a shell',
      [
        'shop',
        '-i',
        '--type=LoadBalancer',
        '--tcp=80',
        '--selector=app=web',
        '--source-range=10.0.0.0/8,fd00::/8',
        '--external-traffic-policy=local',
        '--health-check-node-port=31000',
        '--label=team=a',
        `--annotation=note=it's "$HOME" \`id\` \\ * ; é`,
        '--annotation=empty=',
        '--save-config',
      ],
      [],
    ],
    ['no ports, where there need be none', ['shop', '--type=ClusterIP', '--cluster-ip=none', '--selector=app=web', '-i'], []],
  ];
  for (const [name, words, answers] of dialogues) {
    test(`the command line that is shown makes the same object, typed into a shell: ${name}`, async () => {
      const stage = await start(['create', '-n', 'prod', ...words], fleet, 500);
      for (const [shown, typed] of answers) {
        await stage.terminal.shows(shown);
        stage.terminal.type(...typed);
      }
      await stage.terminal.shows(question.last);
      const typed = await typedAgain(stage, fleet);
      stage.terminal.type(keys.enter);
      assert.equal(await stage.terminal.ended(), 0, stage.terminal.screen());
      const made = await outcome(stage.supervisor, 'shop');
      assert.deepEqual(await outcome(typed, 'shop'), made);
      assert.notDeepEqual(made, await outcome(await aSupervisor(fleet), 'shop'), 'there is something to compare');
    });
  }

  for (const at of ['name', 'vms', 'labels', 'ports', 'type', 'last'] as const) {
    test(`Ctrl-C at the question about the ${at} leaves nothing`, async () => {
      const { supervisor, terminal } = await start('create -n prod');
      const answers: Readonly<Record<string, readonly string[]>> = {
        name: ['shop', keys.enter],
        vms: [keys.down, keys.space, keys.enter],
        labels: [keys.enter],
        ports: [keys.enter],
        type: [keys.enter],
      };
      for (const [name, typed] of Object.entries(answers)) {
        if (name === at) break;
        await terminal.shows(question[name as keyof typeof question]);
        terminal.type(...typed);
      }
      await terminal.shows(question[at]);
      terminal.type(keys.ctrlC);
      assert.equal(await terminal.ended(), 130);
      assert.ok(terminal.screen().endsWith('interrupted\n  nothing was changed'), terminal.screen());
      assert.deepEqual(supervisor.writes, []);
    });
  }

  test('of two hundred VMs the first are named, and the others counted; of none labels are written', async () => {
    const many = Array.from({ length: 200 }, (_, index) => aVm(`vm-${String(index).padStart(3, '0')}`, { labels: { app: 'web' } }));
    const { terminal } = await start('create shop --type=ClusterIP --port=80 -n prod', many);
    await terminal.shows(question.vms);
    terminal.type('a', keys.enter);
    await terminal.shows('write other labels');
    assert.equal(
      terminal.screen(),
      `? Which VMs are to receive traffic? (with none, you write the labels) vm-000, vm-001, vm-002, vm-003, vm-004, vm-005, vm
-006, vm-007, vm-008, vm-009, vm-010, and 189 more
? Which labels should select them?
> app=web              vm-000 vm-001 vm-002 vm-003 vm-004 and 195 more                 exactly your choice
  add a new label      vmsvc=shop on vm-000 vm-001 vm-002 vm-003 vm-004 and 195 more   changes 200 VMs
  write other labels

(arrows: navigate, enter: select)`,
    );
    terminal.type(keys.ctrlC);
    assert.equal(await terminal.ended(), 130);

    const empty = await start('create shop --type=ClusterIP --port=80 -n prod', [aVmService('other', { selector: { app: 'db' } })]);
    await empty.terminal.shows('? Which labels? KEY=VALUE, several with commas');
    empty.terminal.type('app=web');
    await empty.terminal.shows('> app=web   no VM now');
    empty.terminal.type(keys.enter);
    await empty.terminal.shows(question.last);
    assert.ok(empty.terminal.screen().includes('\nSelects no VM now  (VMS201)\n'), empty.terminal.screen());
    empty.terminal.type(keys.enter);
    assert.equal(await empty.terminal.ended(), 0);
    assert.notEqual(await specOf(empty.supervisor, 'shop'), undefined);
  });

  test('a list is no longer than what a small terminal has room for, and is wrapped anew where that becomes wider', async () => {
    const { terminal } = await start('create shop --type=ClusterIP --port=80 -n prod', fleet, 24, undefined, 14);
    await terminal.shows('submit');
    assert.equal(
      terminal.screen(),
      `? Which VMs are to recei
ve traffic? (with none,
you write the labels)
>[ ] bare    <none>
 <none>
 [ ] web-1   10.1.0.11
 app=web,tier=front
 [ ] web-2   10.1.0.12
 app=web,tier=front

(arrows: navigate, space
: select, a: all, i: inv
ert, enter: submit)`,
    );
    await terminal.resize(80, 14);
    // A process hears of its terminal's size when it comes to it, which may be after the next key.
    do {
      terminal.type(keys.up);
      await terminal.shows('>[ ] bare');
      terminal.type(keys.down);
      await terminal.shows('>[ ] web-1');
    } while (!terminal.screen().includes(' web-6 '));
    assert.equal(
      terminal.screen().slice(terminal.screen().indexOf(' [ ] bare')),
      ` [ ] bare    <none>      <none>
>[ ] web-1   10.1.0.11   app=web,tier=front
 [ ] web-2   10.1.0.12   app=web,tier=front
 [ ] web-6   10.1.0.16   app=web,tier=back

(arrows: navigate, space: select, a: all, i: invert, enter: submit)`,
    );
    terminal.type(keys.ctrlC);
    assert.equal(await terminal.ended(), 130);
  });

  test('one VM is asked for like many; where none may be looked at labels are written', async () => {
    const one = await start('create shop --type=ClusterIP --port=80 -n prod', [aVm('solo', { labels: { app: 'solo' }, ip: '10.1.0.9' })]);
    await one.terminal.shows('submit');
    assert.equal(
      one.terminal.screen(),
      `? Which VMs are to receive traffic? (with none, you write the labels)
>[ ] solo   10.1.0.9   app=solo

(arrows: navigate, space: select, a: all, i: invert, enter: submit)`,
    );
    one.terminal.type(keys.space, keys.enter);
    await one.terminal.shows('write other labels');
    assert.ok(one.terminal.screen().includes('\n> app=solo             solo                 exactly your choice\n'), one.terminal.screen());
    one.terminal.type(keys.enter);
    await one.terminal.shows(question.last);
    assert.ok(one.terminal.screen().includes('\nSelects 1 VM now:  solo\n'), one.terminal.screen());
    one.terminal.type(keys.enter);
    assert.equal(await one.terminal.ended(), 0);

    const blind = await start('create shop --type=ClusterIP --port=80 -n prod', fleet, 120, ({ path }) =>
      path.endsWith('/virtualmachines') ? forbidden('virtualmachines is forbidden') : undefined,
    );
    await blind.terminal.shows('? Which labels? KEY=VALUE, several with commas');
    assert.equal(
      blind.terminal.screen(),
      '? Which labels? KEY=VALUE, several with commas (not permitted to list virtualmachines in prod)\n\n(arrows: navigate, enter: select)',
    );
    blind.terminal.type('app=web');
    await blind.terminal.shows('> app=web');
    blind.terminal.type(keys.enter);
    await blind.terminal.shows(question.last);
    const unknown = '\nSelects:  not known: not permitted to list virtualmachines in prod\n';
    assert.ok(blind.terminal.screen().includes(unknown), blind.terminal.screen());
    blind.terminal.type(keys.enter);
    assert.equal(await blind.terminal.ended(), 0);
    assert.notEqual(await specOf(blind.supervisor, 'shop'), undefined);
  });

  test('Ctrl-D and cancel decline', async () => {
    const first = await start('create -n prod');
    await first.terminal.shows(question.name);
    first.terminal.type(keys.ctrlD);
    assert.equal(await first.terminal.ended(), 1);
    assert.ok(first.terminal.screen().endsWith('nothing was changed'), first.terminal.screen());

    const second = await start('create shop --type=ClusterIP --port=80 --selector=app=web -n prod -i');
    await second.terminal.shows(question.last);
    second.terminal.type(keys.down, keys.down, keys.enter);
    assert.equal(await second.terminal.ended(), 1);
    assert.ok(second.terminal.screen().endsWith('? Create it? cancel\nnothing was changed'), second.terminal.screen());
    assert.deepEqual(second.supervisor.writes, []);
  });

  test('with everything said nothing is asked, but what VMs and others would notice is', async () => {
    const { supervisor, terminal } = await start('create shop --type=ClusterIP --port=80 --from=vm/bare --label-vm=app=shop -n prod');
    await terminal.shows('Create shop and label 1 VM in prod on context sandbox as sandbox? [y/N]');
    terminal.type('n', keys.enter);
    assert.equal(await terminal.ended(), 1);
    assert.deepEqual(supervisor.writes, []);

    const plain = await start('create shop --type=ClusterIP --port=80 --selector=app=web -n prod');
    assert.equal(await plain.terminal.ended(), 0);
  });
});
