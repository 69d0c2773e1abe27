import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { traitsOf } from '../../src/core/profile.ts';
import {
  endpointSlices,
  endpoints,
  events,
  networkSettings,
  qualifiedPlural,
  type Resource,
  services,
  virtualMachineServices,
  virtualMachines,
} from '../../src/model/resources.ts';
import { aVm, aVmService, vmOperatorVersions } from '../support/builders.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { type DevRights, devRights } from '../support/real-rights.ts';
import { loadObjects } from '../support/real-worlds.ts';
import { testIo } from '../support/test-io.ts';

// A real authorizer decides: the kubeconfig's context `dev` may read all that these commands look at, less one kind.
const kubeconfig = realKubeconfig();
const { hubVersion } = traitsOf(await realRelease());
const version = vmOperatorVersions.find((candidate) => candidate === hubVersion);
const namespace = `rights-${randomUUID().slice(0, 8)}`;
const readable = [virtualMachineServices, virtualMachines, services, endpoints, endpointSlices, events, networkSettings];

interface Expected {
  readonly hidden: Resource;
  /** The row of `get web`, words apart by one blank; undefined: nothing but the reason can be said. */
  readonly get: string | undefined;
  readonly vms: string | undefined;
  /** What `get web`, `vms web` and `describe vm/web-1` ask for. */
  readonly verbs: readonly ['get' | 'list', 'get' | 'list', 'get' | 'list'];
  /** Under `Receives traffic from:`. */
  readonly receives: string | undefined;
}

const whole = 'web ClusterIP ADDRESS <none> 80/TCP 1/1 OK AGE';
const member = 'web-1 Ready NoProbe 10.1.0.11 8080 PoweredOn <none> AGE';
const ready = 'ok web ADDRESS:80 READY has no readiness probe, so it always counts as ready';

const notLooked =
  /^Could not look at 1 thing\. Which rights are missing: kubectl vmsvc can-i describe -n NAMESPACE --context=dev --kubeconfig=KUBECONFIG$/m;

/** Without these the answer is not whole, and the commands end with 3. */
const essential: readonly Expected[] = [
  {
    hidden: virtualMachineServices,
    verbs: ['get', 'get', 'list'],
    get: undefined,
    vms: undefined,
    receives: '? not permitted to list virtualmachineservices in NAMESPACE',
  },
  {
    hidden: virtualMachines,
    verbs: ['list', 'list', 'list'],
    get: 'web ClusterIP ADDRESS <none> 80/TCP <unknown> Unknown AGE',
    vms: undefined,
    receives: undefined,
  },
  {
    hidden: services,
    verbs: ['get', 'list', 'list'],
    get: 'web ClusterIP <unknown> <none> 80/TCP 1/1 Unknown AGE',
    vms: member,
    receives: ready.replace('ADDRESS', '<unknown>'),
  },
  {
    hidden: endpoints,
    verbs: ['get', 'get', 'list'],
    get: 'web ClusterIP ADDRESS <none> 80/TCP <unknown> Unknown AGE',
    vms: member,
    receives: ready,
  },
];

suite('a user who may not read one kind', () => {
  let cluster: Cluster;
  let rights: DevRights;
  before(async () => {
    cluster = await openKubeconfig(kubeconfig);
    const options = { namespace, ...(version && { version }) };
    const objects = [
      aVmService('web', { ...options, type: 'ClusterIP' }),
      aVm('web-1', { ...options, labels: { app: 'web' }, ip: '10.1.0.11' }),
    ];
    await loadObjects(cluster, objects, namespace);
    const made = testIo(['reconcile', 'web', '--once', '-n', namespace, '--kubeconfig', kubeconfig, '--context', 'admin']);
    assert.equal(await run(made), 0, made.err());
    rights = await devRights(kubeconfig, namespace);
  });
  after(async () => {
    rights.close();
    await cluster.delete({ apiVersion: 'v1', kind: 'Service', namespace, name: 'web' }, { dryRun: 'none' });
    await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', namespace: undefined, name: namespace }, { dryRun: 'none' });
    await cluster.close();
  });

  const withRightsTo = (kinds: readonly Resource[]) => rights.readOnly(kinds.map(({ group, plural }) => ({ group, resource: plural })));

  /** A command line of that user, in words that are the same in every run. */
  async function say(command: string) {
    const io = testIo([...command.split(' '), '-n', namespace, '--kubeconfig', kubeconfig, '--context', 'dev']);
    const code = await run(io);
    const plain = (text: string) =>
      text
        .replaceAll(namespace, 'NAMESPACE')
        .replaceAll(kubeconfig, 'KUBECONFIG')
        .replaceAll(/10\.96\.\d+\.\d+/g, 'ADDRESS')
        .replaceAll(/\b\d+s\b/g, 'AGE')
        .replaceAll(/(?<=\S) +/g, ' ')
        .trimEnd();
    return { code, out: plain(io.out()), err: plain(io.err()) };
  }

  const refusal = ({ group, plural, ...resource }: Resource, verb: 'get' | 'list', name?: string) => {
    const qualified = qualifiedPlural({ group, plural, ...resource });
    const object = verb === 'get' && name !== undefined ? `${qualified} "${name}"` : qualified;
    return [
      `Error from server (Forbidden): ${object} is forbidden: User "dev" cannot ${verb} resource "${plural}" in API group "${group}" in the namespace "NAMESPACE"`,
      `  ask for ${verb} on ${qualified}; what you may run: kubectl vmsvc can-i -n NAMESPACE --context=dev --kubeconfig=KUBECONFIG`,
    ].join('\n');
  };

  test('who may read everything sees everything', async () => {
    await withRightsTo(readable);
    assert.deepEqual(await say('get web --no-headers'), { code: 0, out: whole, err: '' });
    assert.deepEqual(await say('vms web --no-headers'), { code: 0, out: member, err: '' });
    const { code, out, err } = await say('describe web');
    assert.deepEqual([code, out.includes('Could not look'), err], [0, false, '']);
  });

  for (const { hidden, get, vms, verbs, receives } of essential) {
    test(`${hidden.plural} are named where they are missing, what else there is is shown, and the commands end with 3`, async () => {
      await withRightsTo(readable.filter((kind) => kind !== hidden));
      const err = refusal(hidden, verbs[0], 'web');
      assert.deepEqual(await say('get web --no-headers'), { code: 3, out: get ?? '', err });
      assert.deepEqual(await say('vms web --no-headers'), { code: 3, out: vms ?? '', err: refusal(hidden, verbs[1], 'web') });
      const ofVm = await say('describe vm/web-1');
      assert.deepEqual([ofVm.code, ofVm.out.split('Receives traffic from:\n  ')[1], ofVm.err], [3, receives, refusal(hidden, verbs[2])]);
      const described = await say('describe web');
      assert.equal(described.code, 3);
      if (get === undefined) return assert.deepEqual([described.out, described.err], ['', err]);
      assert.match(described.out, /^Status: Unknown: not everything could be looked at$/m);
      assert.match(described.out, new RegExp(`\\? (VMs )?not permitted to (get|list) ${hidden.plural} in NAMESPACE`));
      assert.match(described.out, notLooked);
    });
  }

  for (const hidden of [virtualMachineServices, virtualMachines, services, endpoints]) {
    test(`debug does not call well what may hide behind ${hidden.plural}: it names them, and ends with 3`, async () => {
      await withRightsTo(readable.filter((kind) => kind !== hidden));
      for (const command of ['debug', 'debug web', 'debug vm/web-1']) {
        const { code, out, err } = await say(command);
        assert.equal(code, 3, `${command}:\n${out}${err}`);
        assert.match(
          `${out}\n${err}`,
          new RegExp(
            `^ {7}Not permitted to (get|list) ${hidden.plural} in NAMESPACE$|UNKNOWN VMS910 .*Not permitted to read ([a-z]+, )*${hidden.plural}(, [a-z]+)* in NAMESPACE|^ {2}ask for (get|list) on ${qualifiedPlural(hidden)};`,
            'm',
          ),
        );
        assert.doesNotMatch(out, /^No problem found: /m, command);
      }
    });
  }

  test('who may list and not get is told of everything by debug; who may get and not list of the service alone, and what is missing', async () => {
    await rights.readOnly(readable.map((kind) => ({ group: kind.group, resource: kind.plural, verbs: ['list'] })));
    for (const command of ['debug', 'debug web', 'debug vm/web-1']) {
      const { code, out, err } = await say(command);
      assert.deepEqual([code, out.includes('UNKNOWN'), err], [0, false, ''], `${command}:\n${out}${err}`);
      assert.match(out, /No problem found.*: \d+ rules passed, 0 could not run\./);
    }
    await rights.readOnly(readable.map((kind) => ({ group: kind.group, resource: kind.plural, verbs: ['get'] })));
    const { code, out } = await say('debug web');
    assert.equal(code, 3);
    const unknown = [...out.matchAll(/^ {7}Not permitted to (\w+ \w+) in NAMESPACE$/gm)];
    assert.deepEqual(unknown.map(([, what]) => what).toSorted(), [
      'list endpointslices',
      'list events',
      'list resourcequotas',
      'list virtualmachines',
    ]);
    assert.match(out, /^No problem found in what could be looked at: /m);
    for (const command of ['debug', 'debug vm/web-1']) {
      const all = await say(command);
      assert.deepEqual([all.code, all.out], [3, ''], command);
      assert.match(all.err, /^Error from server \(Forbidden\): .* cannot list resource "virtualmachineservices"/);
    }
  });

  for (const hidden of [endpointSlices, events]) {
    test(`${hidden.plural} only add to the answer: they are named, and the commands end with 0`, async () => {
      await withRightsTo(readable.filter((kind) => kind !== hidden));
      assert.deepEqual(await say('get web --no-headers'), { code: 0, out: whole, err: '' });
      assert.deepEqual(await say('vms web --no-headers'), { code: 0, out: member, err: '' });
      const { code, out, err } = await say('describe web');
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, new RegExp(`(^ |\\?) not permitted to list ${hidden.plural} in NAMESPACE$`, 'm'));
      assert.match(out, notLooked);
      assert.doesNotMatch(out, new RegExp(hidden === events ? '^Events: <none>' : 'Slice <none>', 'm'));
    });
  }

  test('a user without any rights is told which ones are missing, all at once', async () => {
    await withRightsTo([]);
    const [first = ''] = refusal(virtualMachineServices, 'get', 'web').split('\n');
    const missing = (gets: readonly Resource[], lists: readonly Resource[]) => {
      const named = (kinds: readonly Resource[]) => kinds.map(qualifiedPlural).join(', ');
      return `${first}\n  ask for get on ${named(gets)}, and for list on ${named(lists)}; what you may run: kubectl vmsvc can-i -n NAMESPACE --context=dev --kubeconfig=KUBECONFIG`;
    };
    const ofGet = missing([virtualMachineServices, services, endpoints], [virtualMachines]);
    const ofTraces = missing([virtualMachineServices, endpoints], [virtualMachines, services]);
    assert.deepEqual(await say('get web'), { code: 3, out: '', err: ofGet });
    assert.deepEqual(await say('vms web'), { code: 3, out: '', err: ofTraces });
    assert.deepEqual(await say('describe web'), { code: 3, out: '', err: ofTraces });
  });
});
