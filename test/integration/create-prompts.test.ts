import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { isNotFound } from '../../src/model/status.ts';
import { aVm } from '../support/builders.ts';
import { keys, noTerminal, type PseudoTerminal, pseudoTerminal } from '../support/pseudo-terminal.ts';
import { aSupervisor, type Supervisor } from '../support/supervisor.ts';

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
async function start(command: string): Promise<Stage> {
  const supervisor = await aSupervisor(fleet);
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-prompts-'));
  after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'kubeconfig'), sandboxKubeconfig(supervisor.access));
  const terminal = pseudoTerminal(command.split(' '), { env: { KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder }, cwd: folder });
  return { supervisor, folder, terminal };
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
? Which VMs are to receive traffic? None, to write their labels instead
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
? Which VMs are to receive traffic? None, to write their labels instead web-1, web-2
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
? Which VMs are to receive traffic? None, to write their labels instead web-1, web-2
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
    const command = 'kubectl vmsvc create shop -n prod --type=ClusterIP --port=http=80 --from=vm/bare --label-vm=app=shop';
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
    terminal.type(...Array.from('kubeconfig', () => keys.backspace), 'mine.yaml', keys.enter);
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
