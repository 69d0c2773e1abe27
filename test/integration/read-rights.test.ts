import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  endpointSlices,
  endpoints,
  events,
  networkSettings,
  type Resource,
  services,
  virtualMachineServices,
  virtualMachines,
} from '../../src/model/resources.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { without } from '../support/denied-rights.ts';
import { aSupervisor, forbidden } from '../support/supervisor.ts';

const web = aVmService('web', { type: 'ClusterIP' });
const vm = aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' });
const world = [
  web,
  vm,
  aService('web', { owners: [ownedBy(web)], ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }] }),
  someEndpoints('web', { owners: [ownedBy(web)], ready: [vm] }),
];
const essential: readonly Resource[] = [virtualMachineServices, virtualMachines, services, endpoints];
const additional: readonly Resource[] = [endpointSlices, events, networkSettings];

const deniedTo = (kinds: readonly Resource[]) => kinds.flatMap(({ plural }) => [`get ${plural}`, `list ${plural}`]);

const commands = [
  ...['get', 'get web', 'get -o wide', 'vms', 'vms web'],
  ...['describe', 'describe web', 'describe vm/web-1', 'debug', 'debug web', 'debug vm/web-1'],
];

/** Every choice of some of the kinds. */
function choices(kinds: readonly Resource[]): readonly (readonly Resource[])[] {
  return Array.from({ length: 2 ** kinds.length }, (_, chosen) => kinds.filter((_kind, at) => (chosen >> at) % 2 === 1));
}

suite('a user who may not read some kinds', () => {
  test('is told to ask for getting the namespace, as nobody lists the only one that a role of it can show', async () => {
    const supervisor = await aSupervisor([aVmService('web', { finalizers: ['example.com/wait'], deletedAt: '2026-11-20T11:00:00Z' }), vm]);
    supervisor.disturb(({ path }) => (path === '/api/v1/namespaces/prod' ? forbidden('namespaces "prod" is forbidden') : undefined));
    const { code, out } = await supervisor.run('debug web -n prod');
    assert.deepEqual(
      [code, out.split('\n').slice(2, 8)],
      [
        3,
        [
          'UNKNOWN  VMS910 ReadNotPermitted (certain)',
          '       Not permitted to get namespaces in prod',
          '  seen   namespaces "prod" is forbidden',
          '         rules that were left out: 917',
          '  fix    a role that may get namespaces',
          '         kubectl vmsvc debug web -n prod   # or for whoever may look',
        ],
      ],
    );
  });

  test('whichever kinds are hidden: get, vms, describe and debug end with 3 and name each one without which the answer is not whole', async () => {
    const supervisor = await aSupervisor(world);
    for (const hidden of choices(essential)) {
      supervisor.disturb(without(deniedTo(hidden)));
      for (const command of commands) {
        const { code, out, err } = await supervisor.run(`${command} -n prod`);
        const said = `${out}${err}`;
        const where = `${command}, without ${hidden.map(({ plural }) => plural).join(' and ') || 'nothing'}:\n${said}`;
        // Nobody mirrored its Endpoints, which is an error of the service, and on the way to its VMs, to whoever sees all.
        const whole = /^debug/.test(command) ? 1 : 0;
        assert.equal(code, hidden.length > 0 ? 3 : whole, where);
        const asked = [...said.matchAll(/ {2}ask for (.*); what you may run/g)].flatMap(([, rights = '']) => rights.split(/,? /));
        const isNamed = ({ group, plural }: Resource) =>
          asked.includes(group === '' ? plural : `${plural}.${group}`) ||
          new RegExp(`to (get|list|read) ([a-z]+, )*${plural}(, [a-z]+)* in prod`).test(said);
        const named = essential.filter(isNamed);
        assert.deepEqual(named, hidden, where);
        assert.doesNotMatch(said, /No resources found|no service\b|no VM\b|selects no/, where);
      }
    }
  });

  test('hears of each kind that is hidden, and once what to ask for', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(without(deniedTo([virtualMachines, services, endpoints])));
    const no = (kind: string) =>
      `Error from server (Forbidden): ${kind} is forbidden: User "dev" cannot list ${kind} in the namespace "prod"\n`;
    assert.deepEqual(await supervisor.run('vms -n prod'), {
      code: 3,
      out: '',
      err: `${no('virtualmachines')}${no('services')}${no('endpoints')}  ask for list on virtualmachines.vmoperator.vmware.com, services, endpoints; what you may run: kubectl vmsvc can-i -n prod\n`,
    });
  });

  test('who may read nothing at all gets one answer: kubectl’s, and every right that is missing', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(without(deniedTo([...essential, ...additional])));
    const answer = (verb: string, rights: string) =>
      `Error from server (Forbidden): virtualmachineservices is forbidden: User "dev" cannot ${verb} virtualmachineservices in the namespace "prod"\n  ask for ${rights}; what you may run: kubectl vmsvc can-i -n prod\n`;
    const all = 'virtualmachineservices.vmoperator.vmware.com, virtualmachines.vmoperator.vmware.com, services, endpoints';
    for (const command of ['get', 'vms']) {
      assert.deepEqual(await supervisor.run(`${command} -n prod`), { code: 3, out: '', err: answer('list', `list on ${all}`) });
    }
    assert.deepEqual(await supervisor.run('get web -n prod'), {
      code: 3,
      out: '',
      err: answer(
        'get',
        'get on virtualmachineservices.vmoperator.vmware.com, services, endpoints, and for list on virtualmachines.vmoperator.vmware.com',
      ),
    });
  });

  test('whichever of the others are hidden: the commands end with 0, and describe names each', async () => {
    const supervisor = await aSupervisor(world);
    for (const hidden of choices(additional)) {
      supervisor.disturb(without(deniedTo(hidden)));
      for (const command of ['get', 'get web -o wide', 'vms', 'describe web', 'describe vm/web-1']) {
        const { code, out, err } = await supervisor.run(`${command} -n prod`);
        assert.deepEqual([code, err], [0, ''], `${command}: ${err}`);
        if (command !== 'describe web') continue;
        const named = additional.filter(({ plural }) =>
          new RegExp(`(^ |[?]) not permitted to (get|list) ${plural} in prod$`, 'm').test(out),
        );
        assert.deepEqual(named, hidden, out);
      }
    }
  });
});
