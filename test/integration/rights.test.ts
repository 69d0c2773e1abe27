import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { HttpRequest, HttpResponse } from '../../src/apiserver/http/http-message.ts';
import { findCommand } from '../../src/cli/find-command.ts';
import { rightsCommands } from '../../src/core/rights/commands.ts';
import { neededRights } from '../../src/core/rights/rights.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { endpoints } from '../../src/model/resources.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { askedFor, onlyFor, reviews, without, words } from '../support/denied-rights.ts';
import { aSupervisor, forbidden, isWrite, type Supervisor } from '../support/supervisor.ts';

const vm = aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' });
const web = aVmService('web');
const header = 'Context sandbox, namespace prod, user sandbox\nActing as VM Operator main (v1alpha6), load balancer other than NSX\n';
const ways =
  '  ways on\n' +
  '    the controller can do it      kubectl vmsvc nudge web -n prod\n' +
  '    somebody else can apply it    kubectl vmsvc reconcile web -n prod --once --print > web.yaml\n' +
  '    an administrator can grant it kubectl vmsvc can-i reconcile -n prod --as-role\n';

/** Nothing reconciled yet: both children are created. */
const fresh: readonly KubeObject[] = [web, vm];
/** Both children are there and differ: they are patched. */
const drifted: readonly KubeObject[] = [
  web,
  vm,
  aService('web', { owners: [ownedBy(web)], ports: [{ name: 'http', port: 81, protocol: 'TCP', targetPort: 81 }] }),
  someEndpoints('web', { owners: [ownedBy(web)] }),
];

/** Runs it where `web` is in each of `dev`, `prod` and `test`, and in a file. */
async function inThreeNamespaces(command: string, disturb: (request: HttpRequest) => HttpResponse | undefined) {
  const everywhere = ['dev', 'prod', 'test'].map((namespace) => aVmService('web', { namespace, labels: { team: 'a' } }));
  const supervisor = await aSupervisor(everywhere);
  supervisor.disturb(disturb);
  const { io, ended } = supervisor.start(command);
  writeFileSync(join(io.cwd, 'services.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: everywhere }));
  return { supervisor, said: await ended };
}

const required = neededRights('reconcile', { asController: false, skipStatus: false, serviceOnly: false, settingsDecide: false }).filter(
  (right) => right.without === undefined,
);
const writes = required.map(words).filter((right) => /^(create|patch) /.test(right));
const changes = writes.filter((right) => right.startsWith('patch '));
const reads = required.map(words).filter((right) => !writes.includes(right));

function subsetsOf(items: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: 2 ** items.length }, (_, chosen) => items.filter((_item, at) => (chosen >> at) % 2 === 1));
}

const endpointsIn = async ({ cluster }: Supervisor) => (await cluster.list(endpoints, 'v1', { namespace: 'prod' })).items;
const objectsOf = ({ cluster }: Supervisor) => cluster.server.objects();
const questionsIn = ({ requests }: Supervisor) => requests.filter((line) => line === `POST ${reviews}`).length;

describe('rights before the first write', () => {
  test('R048 the rights that are taken away below are these', () => {
    assert.deepEqual(reads, ['get virtualmachineservices', 'list virtualmachines', 'get services', 'get endpoints', 'list services']);
    assert.deepEqual(writes, ['create services', 'patch services', 'create endpoints', 'patch endpoints', 'patch virtualmachineservices']);
  });

  for (const [name, world, needed] of [
    ['nothing there yet', fresh, writes] as const,
    ['both children drifted', drifted, changes] as const,
  ]) {
    test(`R048 with ${name}: whichever rights to write are missing, nothing is written, and each of them is named`, async () => {
      const supervisor = await aSupervisor(world);
      const before = objectsOf(supervisor);
      for (const denied of subsetsOf(needed).filter(({ length }) => length > 0)) {
        supervisor.disturb(without(denied));
        const { code, out, err } = await supervisor.run('reconcile web -n prod --once');
        assert.deepEqual([code, out, supervisor.writes], [3, '', []], denied.join(', '));
        assert.deepEqual(deniedIn(err), denied, err);
      }
      assert.deepEqual(objectsOf(supervisor), before);
    });

    test(`R048 with ${name}: whichever right to read is missing, nothing is written, and it is named`, async () => {
      const supervisor = await aSupervisor(world);
      const before = objectsOf(supervisor);
      for (const right of reads) {
        supervisor.disturb(without([right]));
        const { code, out, err } = await supervisor.run('reconcile web -n prod --once');
        assert.deepEqual([code, out, supervisor.writes], [3, '', []], right);
        const [verb = '', resource = ''] = right.split(' ');
        // Either the look at it failed, or it was asked for.
        assert.ok(
          err.includes(`  ask for ${verb} on ${resource}`) || err.includes(`error: not permitted to ${verb} ${resource} in prod;`),
          err,
        );
        assert.ok(err.includes('nothing was changed\n'), err);
      }
      assert.deepEqual(objectsOf(supervisor), before);
    });

    test(`R048 with ${name}: a right to look that only reading a whole namespace left unused is asked for as well`, async () => {
      const supervisor = await aSupervisor(world);
      const before = objectsOf(supervisor);
      for (const right of ['get virtualmachineservices', 'get services', 'get endpoints']) {
        supervisor.disturb(without([right]));
        const { code, out, err } = await supervisor.run('reconcile -n prod --once');
        assert.deepEqual([code, out, supervisor.writes], [3, '', []], right);
        assert.deepEqual(deniedIn(err), [right], err);
      }
      assert.deepEqual(objectsOf(supervisor), before);
    });
  }

  test('R048 a user of a namespace who may not write Endpoints sees what is missing, why, and the way on', async () => {
    const supervisor = await aSupervisor(drifted);
    supervisor.disturb(without(['create endpoints', 'patch endpoints', 'patch virtualmachineservices/status']));
    assert.deepEqual(await supervisor.run('reconcile web -n prod --once'), {
      code: 3,
      out: '',
      err:
        `${header}error: not permitted to patch endpoints in prod; nothing was changed\n` +
        '  yes   get            virtualmachineservices endpoints\n' +
        '  yes   list           virtualmachines\n' +
        '  yes   get list       services\n' +
        '  yes   create patch   services\n' +
        '  no    create patch   endpoints                       normal for "Can edit": Kubernetes took it out of that role in 1.22\n' +
        '  yes   patch          virtualmachineservices\n' +
        `  no    patch          virtualmachineservices/status   the status is left as it is\n${ways}`,
    });
  });

  test('R048 who may patch children and not make them can mend what is there', async () => {
    const supervisor = await aSupervisor(drifted);
    supervisor.disturb(without(['create services', 'create endpoints']));
    const { code, out, err } = await supervisor.run('reconcile web -n prod --once --skip-status');
    assert.deepEqual(
      [code, out, err],
      [0, 'service/web configured\nendpoints/web configured\nvirtualmachineservice.vmoperator.vmware.com/web unchanged\n', header],
    );
  });

  test('R048 who may not write Endpoints can have the rest done with --service-only, which neither asks for them nor touches them', async () => {
    const supervisor = await aSupervisor(drifted);
    supervisor.disturb(without(['create endpoints', 'patch endpoints']));
    const [before] = await endpointsIn(supervisor);
    assert.match(
      (await supervisor.run('diff web -n prod --service-only')).out,
      /^Do it: {2}kubectl vmsvc reconcile web -n prod --service-only --once$/m,
    );
    const { code, out, err } = await supervisor.run('reconcile web -n prod --once --service-only');
    assert.deepEqual([code, out, err], [0, 'service/web configured\nvirtualmachineservice.vmoperator.vmware.com/web configured\n', header]);
    assert.deepEqual(await endpointsIn(supervisor), [before]);
    assert.equal((await supervisor.run('can-i reconcile -n prod --service-only -q')).code, 0);
    const role = await supervisor.run('can-i reconcile -n prod --service-only --as-role -o json');
    const rules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[] = JSON.parse(role.out).rules;
    assert.deepEqual(rules.find(({ resources }) => resources.includes('endpoints'))?.verbs, ['get', 'list']);
  });

  describe('of somebody whose Role names objects', () => {
    const api = aVmService('api');
    const both = [...drifted, api, aService('api', { owners: [ownedBy(api)] }), someEndpoints('api', { owners: [ownedBy(api)] })];
    const limited = ['get services', 'get endpoints', 'patch services', 'patch endpoints'];

    test('R048 the named ones are reconciled', async () => {
      const supervisor = await aSupervisor(both);
      supervisor.disturb(onlyFor(['web'], limited));
      const { code, out, err } = await supervisor.run('reconcile web -n prod --once --skip-status');
      assert.deepEqual(
        [code, out, err],
        [0, 'service/web configured\nendpoints/web configured\nvirtualmachineservice.vmoperator.vmware.com/web unchanged\n', header],
      );
      supervisor.disturb(onlyFor(['api', 'web'], limited));
      assert.equal((await supervisor.run('reconcile -n prod --once --skip-status')).code, 0);
    });

    test('R048 nothing is written where one is among them that it does not name', async () => {
      const supervisor = await aSupervisor(both);
      const before = objectsOf(supervisor);
      for (const name of ['web', 'api']) {
        supervisor.disturb(onlyFor([name], limited));
        const { code, out, err } = await supervisor.run('reconcile -n prod --once --skip-status');
        assert.deepEqual([code, out, deniedIn(err)], [3, '', limited], err);
      }
      assert.deepEqual(objectsOf(supervisor), before);
    });
  });

  test('R048 without the right to write the status alone everything else is done, and a warning names it', async () => {
    const supervisor = await aSupervisor(fresh);
    supervisor.disturb(without(['patch virtualmachineservices/status']));
    assert.deepEqual(await supervisor.run('reconcile web -n prod --once'), {
      code: 0,
      out: 'service/web created\nendpoints/web created\nvirtualmachineservice.vmoperator.vmware.com/web unchanged\n',
      err: `${header}Warning: the status was left as it is: not permitted to patch virtualmachineservices/status in prod\n`,
    });
  });

  test('R048 who plays the controller needs the status; --skip-status does not even ask', async () => {
    const supervisor = await aSupervisor(fresh);
    supervisor.disturb(without(['patch virtualmachineservices/status']));
    const played = await supervisor.run('reconcile web -n prod --once --as-controller');
    assert.deepEqual([played.code, played.out, deniedIn(played.err)], [3, '', ['patch virtualmachineservices/status']]);
    assert.match(played.err, /kubectl vmsvc can-i reconcile -n prod --as-controller --as-role\n$/);
    assert.deepEqual(supervisor.writes, []);

    const asked: string[] = [];
    supervisor.disturb((request) => {
      if (request.path === reviews) asked.push(words(askedFor(request)));
      return undefined;
    });
    assert.equal((await supervisor.run('reconcile web -n prod --once --skip-status')).code, 0);
    assert.deepEqual(asked, ['get virtualmachineservices', 'get services', 'get endpoints', ...writes]);
  });

  test('R048 the deletion path takes the right to delete, and only it', async () => {
    const deletedAt = '2026-11-20T11:00:00Z';
    const leaving = aVmService('web', { deletedAt, finalizers: ['vmoperator.vmware.com/virtualmachineservice'] });
    const supervisor = await aSupervisor([leaving, vm, aService('web', { owners: [ownedBy(leaving)] })]);
    const before = objectsOf(supervisor);
    supervisor.disturb(without(['delete services', 'delete endpoints']));
    const { code, out, err } = await supervisor.run('reconcile web -n prod --once --as-controller');
    assert.deepEqual([code, out, deniedIn(err)], [3, '', ['delete services', 'delete endpoints']]);
    assert.deepEqual([supervisor.writes, objectsOf(supervisor)], [[], before]);

    const alive = await aSupervisor(fresh);
    alive.disturb(without(['delete services', 'delete endpoints']));
    assert.equal((await alive.run('reconcile web -n prod --once --as-controller')).code, 0);
  });

  test('R048 one namespace without rights keeps a run over all from writing anywhere', async () => {
    const other = { namespace: 'test' };
    const supervisor = await aSupervisor([...fresh, aVmService('db', other), aVmService('api', other)]);
    const before = objectsOf(supervisor);
    supervisor.disturb(without(['create endpoints'], 'test'));
    const { code, out, err } = await supervisor.run('reconcile -A --once');
    assert.deepEqual([code, out], [3, '']);
    assert.equal(
      err.slice(err.indexOf('error: ')),
      'error: not permitted to create endpoints in test; nothing was changed\n' +
        '  in test\n' +
        '  yes   get            virtualmachineservices endpoints\n' +
        '  yes   list           virtualmachines\n' +
        '  yes   get list       services\n' +
        '  yes   create patch   services\n' +
        '  no    create         endpoints   normal for "Can edit": Kubernetes took it out of that role in 1.22\n' +
        '  yes   patch          endpoints virtualmachineservices virtualmachineservices/status\n' +
        '  ways on\n' +
        '    the controller can do it      kubectl vmsvc nudge api db -n test\n' +
        '    somebody else can apply it    kubectl vmsvc reconcile -A --once --print > all.yaml\n' +
        '    an administrator can grant it kubectl vmsvc can-i reconcile -n test --as-role\n',
    );
    assert.deepEqual([supervisor.writes, objectsOf(supervisor)], [[], before]);
    // Three services in two namespaces: nine rights in each.
    assert.equal(questionsIn(supervisor), 18);
  });

  for (const [command, file] of [
    ['reconcile -A --once', 'all'],
    ['reconcile -A -l team=a --once', 'all'],
    ['reconcile -A --once --fail-fast --yes', 'all'],
    ['reconcile -f services.json --once', 'web'],
    ['reconcile -f services.json --once --concurrency=1', 'web'],
  ] as const) {
    test(`R048 of three namespaces the one in the middle gives no right: ${command} writes in none of them`, async () => {
      const { supervisor, said } = await inThreeNamespaces(command, without(['create endpoints'], 'prod'));
      assert.deepEqual([said.code, said.out, supervisor.writes, supervisor.rehearsals], [3, '', [], []]);
      assert.equal(
        said.err.slice(said.err.indexOf('error: ')),
        'error: not permitted to create endpoints in prod; nothing was changed\n' +
          '  in prod\n' +
          '  yes   get            virtualmachineservices endpoints\n' +
          '  yes   list           virtualmachines\n' +
          '  yes   get list       services\n' +
          '  yes   create patch   services\n' +
          '  no    create         endpoints   normal for "Can edit": Kubernetes took it out of that role in 1.22\n' +
          '  yes   patch          endpoints virtualmachineservices virtualmachineservices/status\n' +
          '  ways on\n' +
          '    the controller can do it      kubectl vmsvc nudge web -n prod\n' +
          `    somebody else can apply it    kubectl vmsvc ${command.replace(/ (?:--fail-fast --yes|--concurrency=1)/, '')} --print > ${file}.yaml\n` +
          '    an administrator can grant it kubectl vmsvc can-i reconcile -n prod --as-role\n',
      );
    });
  }

  test('R048 the status alone may be missing in one namespace: everything else is done, and a warning names it there', async () => {
    const { said } = await inThreeNamespaces('reconcile -A --once', without(['patch virtualmachineservices/status'], 'prod'));
    const done = (namespace: string, status: string) =>
      `service/web created in ${namespace} namespace\nendpoints/web created in ${namespace} namespace\n` +
      `virtualmachineservice.vmoperator.vmware.com/web ${status} in ${namespace} namespace\n`;
    assert.deepEqual(said, {
      code: 0,
      out: done('dev', 'configured') + done('prod', 'unchanged') + done('test', 'configured'),
      err:
        'Context sandbox, all namespaces, user sandbox\nActing as VM Operator main (v1alpha6), load balancer other than NSX\n' +
        'Warning: the status was left as it is: not permitted to patch virtualmachineservices/status in prod\n',
    });
  });

  test('R048 a server that says yes in each namespace and then refuses in one: what is done, and what is not, is said by object', async () => {
    const refuse = (request: HttpRequest) =>
      isWrite(request) && request.path === '/api/v1/namespaces/prod/endpoints' ? forbidden('endpoints is forbidden: no') : undefined;
    for (const command of ['reconcile -A --once', 'reconcile -f services.json --once']) {
      const { said } = await inThreeNamespaces(command, refuse);
      const done = (namespace: string) =>
        `service/web created in ${namespace} namespace\nendpoints/web created in ${namespace} namespace\n` +
        `virtualmachineservice.vmoperator.vmware.com/web configured in ${namespace} namespace\n`;
      assert.deepEqual(
        [said.code, said.out, said.err.split('\n').slice(2).join('\n')],
        [
          3,
          `${done('dev')}service/web created in prod namespace\n${done('test')}`,
          'Error from server (Forbidden): endpoints is forbidden: no\n  service   prod/web\n' +
            '  done      service/web in prod namespace\n' +
            '  not done  endpoints/web in prod namespace, virtualmachineservice/web in prod namespace\n' +
            '  run the command again: it starts from what is there now\n',
        ],
        command,
      );
    }
  });

  test('R048 of three namespaces in a file the one in the middle may not be looked at: the others are planned, and nothing is written', async () => {
    for (const [command, planned] of [
      ['reconcile -f services.json --once', []],
      ['diff -f services.json', ['dev', 'test']],
    ] as const) {
      const { said, supervisor } = await inThreeNamespaces(command, without(['get virtualmachineservices'], 'prod'));
      const shown = [...said.out.matchAll(/^service\/web .* in (\w+) namespace$/gm)].map(([, namespace]) => namespace);
      assert.deepEqual([said.code, shown, supervisor.writes], [3, planned, []]);
      assert.match(said.err, /Error from server \(Forbidden\): .* cannot get virtualmachineservices in the namespace "prod"\n/);
      assert.match(said.err, /what you may run: kubectl vmsvc can-i -n prod\n/);
      assert.equal(said.err.endsWith('nothing was changed\n'), command.startsWith('reconcile'), said.err);
    }
  });

  test('R048 namespaces that lack the same are mentioned together', async () => {
    const supervisor = await aSupervisor(['a', 'b', 'c', 'd'].map((namespace) => aVmService('web', { namespace })));
    supervisor.disturb(without(['patch services']));
    const { code, err } = await supervisor.run('reconcile -A --once');
    assert.equal(code, 3);
    assert.deepEqual(err.slice(err.indexOf('error: ')).split('\n'), [
      'error: not permitted to patch services in 4 namespaces; nothing was changed',
      '  in a, b, c and 1 more',
      '  yes   get            virtualmachineservices endpoints',
      '  yes   list           virtualmachines',
      '  yes   get list       services',
      '  yes   create         services',
      '  no    patch          services',
      '  yes   create patch   endpoints',
      '  yes   patch          virtualmachineservices virtualmachineservices/status',
      '  ways on',
      '    somebody else can apply it    kubectl vmsvc reconcile -A --once --print > all.yaml',
      '    an administrator can grant it kubectl vmsvc can-i reconcile -n a --as-role',
      '    an administrator can grant it kubectl vmsvc can-i reconcile -n b --as-role',
      '    an administrator can grant it kubectl vmsvc can-i reconcile -n c --as-role',
      '',
    ]);
  });

  test('R048 a dry run on the server needs the same; what only plans asks for nothing', async () => {
    const supervisor = await aSupervisor(fresh);
    supervisor.disturb(without(['patch services']));
    const { code, out, err } = await supervisor.run('reconcile web -n prod --once --dry-run=server');
    assert.deepEqual([code, out, deniedIn(err), supervisor.writes], [3, '', ['patch services'], []]);
    assert.equal(questionsIn(supervisor), 10, 'nine rights, and the one that was denied once more for the service alone');
    supervisor.forget();
    assert.equal((await supervisor.run('reconcile web -n prod --once --dry-run=client')).code, 0);
    assert.equal((await supervisor.run('diff web -n prod')).code, 1);
    assert.equal(questionsIn(supervisor), 0);
  });

  test('who may only look is not kept from hearing that there is nothing to do', async () => {
    const supervisor = await aSupervisor(fresh);
    await supervisor.run('reconcile web -n prod --once');
    supervisor.forget();
    supervisor.disturb(without(writes));
    assert.deepEqual(await supervisor.run('reconcile web -n prod --once'), {
      code: 0,
      out: 'service/web unchanged\nendpoints/web unchanged\nvirtualmachineservice.vmoperator.vmware.com/web unchanged\n',
      err: header,
    });
    assert.deepEqual(supervisor.writes, []);
  });

  test('R049 where rights may not even be asked for it goes on, and says that they are unknown', async () => {
    const supervisor = await aSupervisor(fresh);
    supervisor.disturb(({ path }) => (path === reviews ? forbidden('selfsubjectaccessreviews is forbidden: no') : undefined));
    assert.deepEqual(await supervisor.run('reconcile web -n prod --once'), {
      code: 0,
      out: 'service/web created\nendpoints/web created\nvirtualmachineservice.vmoperator.vmware.com/web configured\n',
      err: `${header}Warning: rights unknown in prod: selfsubjectaccessreviews is forbidden: no\n`,
    });
  });

  test('R049 a server that says yes and then refuses the write: what is done stays done, and the rest is named', async () => {
    const supervisor = await aSupervisor(fresh);
    const refuse = without(['create endpoints']);
    supervisor.disturb((request) => (isWrite(request) ? refuse(request) : undefined));
    assert.deepEqual(await supervisor.run('reconcile web -n prod --once'), {
      code: 3,
      out: 'service/web created\n',
      err:
        `${header}Error from server (Forbidden): endpoints is forbidden: User "dev" cannot create endpoints in the namespace "prod"\n` +
        '  done      service/web\n' +
        '  not done  endpoints/web, virtualmachineservice/web\n' +
        '  run the command again: it starts from what is there now\n',
    });
  });

  test('with -o json stdout stays empty where rights are missing', async () => {
    const supervisor = await aSupervisor(fresh);
    supervisor.disturb(without(['patch services']));
    const { code, out } = await supervisor.run('reconcile web -n prod --once -o json');
    assert.deepEqual([code, out], [3, '']);
  });
});

/** The rights that the table calls missing, each as `words` has it. */
function deniedIn(err: string): readonly string[] {
  const rows = err.split('\n').flatMap((line) => {
    const [, verbs, resources] = /^ {2}no {4,}(\S+(?: \S+)*) {3,}(\S+(?: \S+)*?)(?: {3,}.*)?$/.exec(line) ?? [];
    if (verbs === undefined || resources === undefined || line.endsWith('the status is left as it is')) return [];
    return verbs.split(' ').flatMap((verb) => resources.split(' ').map((resource) => `${verb} ${resource}`));
  });
  const order = neededRights('reconcile', { asController: true, skipStatus: false, serviceOnly: false, settingsDecide: false }).map(words);
  return rows.toSorted((left, right) => order.indexOf(left) - order.indexOf(right));
}

describe('can-i', () => {
  test('the commands that it knows are commands, and TAB offers them', async () => {
    for (const command of rightsCommands.filter((word) => !['probe', 'overlay', 'undo', 'orphans'].includes(word)))
      assert.equal((await findCommand(command))?.name, command);
    assert.equal((await findCommand('can-i'))?.completes, rightsCommands);
  });

  test('an administrator can run everything', async () => {
    const supervisor = await aSupervisor([]);
    assert.deepEqual(await supervisor.run('can-i -n prod'), {
      code: 0,
      out:
        'COMMAND                     ANSWER   MISSING\n' +
        'get, describe, vms          yes      <none>\n' +
        'events                      yes      <none>\n' +
        'debug, bundle               yes      <none>\n' +
        'debug --from=pod            yes      <none>\n' +
        'validate, validate --live   yes      <none>\n' +
        'wait                        yes      <none>\n' +
        'create, convert             yes      <none>\n' +
        'delete                      yes      <none>\n' +
        'diff                        yes      <none>\n' +
        'nudge                       yes      <none>\n' +
        'reconcile --once            yes      <none>\n' +
        'reconcile --undo            yes      <none>\n' +
        'reconcile --orphans         yes      <none>\n',
      err: '',
    });
    // Each right once, whichever commands take it.
    assert.equal(questionsIn(supervisor), 31);
  });

  test('what is missing stands beside the answer, with what is lost where a command can do without', async () => {
    const supervisor = await aSupervisor([]);
    supervisor.disturb(without(['list events', 'create endpoints', 'patch endpoints']));
    assert.deepEqual(await supervisor.run('can-i -n prod'), {
      code: 1,
      out:
        'COMMAND                     ANSWER   MISSING\n' +
        'get, vms                    yes      <none>\n' +
        'describe                    partly   list events: events are left out\n' +
        'events                      partly   list events: events are left out\n' +
        'debug, bundle               partly   list events: events are left out\n' +
        'debug --from=pod            yes      <none>\n' +
        'validate, validate --live   yes      <none>\n' +
        'wait                        yes      <none>\n' +
        'create, convert             yes      <none>\n' +
        'delete                      yes      <none>\n' +
        'diff                        yes      <none>\n' +
        'nudge                       yes      <none>\n' +
        'reconcile --once            no       create, patch endpoints\n' +
        'reconcile --undo            no       patch endpoints\n' +
        'reconcile --orphans         yes      <none>\n',
      err: '',
    });
    supervisor.disturb(without(['get virtualmachineservices', 'list virtualmachineservices', 'list virtualmachines', 'get services']));
    assert.deepEqual(await supervisor.run('can-i -n prod --no-headers'), {
      code: 1,
      out:
        'get, describe               no       get, list virtualmachineservices\n' +
        'vms                         no       get, list virtualmachineservices; list virtualmachines\n' +
        'events                      no       get, list virtualmachineservices\n' +
        'debug, bundle               no       get, list virtualmachineservices\n' +
        'debug --from=pod            no       get, list virtualmachineservices\n' +
        'validate, validate --live   no       get, list virtualmachineservices\n' +
        'wait                        no       list virtualmachineservices\n' +
        'create                      partly   list virtualmachines: who is selected is unknown, and no --from; list virtualmachineservices: who else selects them is unknown; get services: a Service in its way is not seen\n' +
        'convert                     partly   list virtualmachines: no Endpoints for VMs that are not in the files\n' +
        'delete                      no       get virtualmachineservices and services\n' +
        'diff                        no       get virtualmachineservices and services; list virtualmachines\n' +
        'nudge                       no       get virtualmachineservices and services; list virtualmachines\n' +
        'reconcile --once            no       get virtualmachineservices and services; list virtualmachines\n' +
        'reconcile --undo            no       get virtualmachineservices and services\n' +
        'reconcile --orphans         no       list virtualmachineservices\n',
      err: '',
    });
  });

  test('what delete can do without is named as left out, and keeps nobody from it', async () => {
    const supervisor = await aSupervisor([]);
    supervisor.disturb(without(['list endpointslices']));
    assert.deepEqual(await supervisor.run('can-i delete -n prod'), {
      code: 0,
      out: 'COMMAND   ANSWER   MISSING\ndelete    partly   list endpointslices: slices are left out\n',
      err: '',
    });
  });

  test('one command: 0 for yes and partly, 1 for no, with -q and without', async () => {
    const supervisor = await aSupervisor([]);
    const codes = async (command: string) => {
      const loud = await supervisor.run(command);
      const quiet = await supervisor.run(`${command} -q`);
      assert.deepEqual([quiet.out, quiet.err], ['', '']);
      assert.equal(quiet.code, loud.code);
      return loud.code;
    };
    assert.equal(await codes('can-i reconcile -n prod'), 0);
    supervisor.disturb(without(['patch virtualmachineservices/status']));
    assert.equal(await codes('can-i reconcile -n prod'), 0);
    assert.equal(await codes('can-i reconcile -n prod --as-controller'), 1);
    assert.equal(await codes('can-i reconcile -n prod --as-controller --skip-status'), 0);
    supervisor.disturb(without(['patch virtualmachineservices'], 'prod'));
    assert.equal(await codes('can-i reconcile -n prod'), 1);
    assert.equal(await codes('can-i reconcile -n test'), 0);
    assert.equal(await codes('can-i inspect -n prod'), 0);
  });

  test('R049 what could not be asked is unknown, with the reason, and exits with 3', async () => {
    const supervisor = await aSupervisor([]);
    supervisor.disturb((request) => {
      if (request.path !== reviews || words(askedFor(request)) !== 'patch endpoints') return undefined;
      return forbidden('selfsubjectaccessreviews is forbidden: no');
    });
    assert.deepEqual(await supervisor.run('can-i -n prod'), {
      code: 3,
      out:
        'COMMAND                     ANSWER    MISSING\n' +
        'get, describe, vms          yes       <none>\n' +
        'events                      yes       <none>\n' +
        'debug, bundle               yes       <none>\n' +
        'debug --from=pod            yes       <none>\n' +
        'validate, validate --live   yes       <none>\n' +
        'wait                        yes       <none>\n' +
        'create, convert             yes       <none>\n' +
        'delete                      yes       <none>\n' +
        'diff                        yes       <none>\n' +
        'nudge                       yes       <none>\n' +
        'reconcile --once            unknown   not known: patch endpoints\n' +
        'reconcile --undo            unknown   not known: patch endpoints\n' +
        'reconcile --orphans         yes       <none>\n',
      err: 'Warning: rights unknown: selfsubjectaccessreviews is forbidden: no\n',
    });
    assert.deepEqual(await supervisor.run('can-i -n prod -q'), { code: 3, out: '', err: '' });
  });

  test('-o json has every right with its answer', async () => {
    const supervisor = await aSupervisor([]);
    supervisor.disturb(without(['list events']));
    const { code, out, err } = await supervisor.run('can-i describe -n prod -o json');
    assert.deepEqual([code, err], [0, '']);
    const { generatedAt, toolVersion, items, ...head } = JSON.parse(out);
    assert.match(generatedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(typeof toolVersion, 'string');
    assert.deepEqual(head, {
      apiVersion: 'vmsvc/v1',
      kind: 'Rights',
      source: { type: 'cluster', context: 'sandbox' },
      profile: { release: 'main', version: 'v1alpha6', workloadIPv6: false },
      namespace: 'prod',
    });
    assert.equal(items.length, 1);
    assert.deepEqual([items[0].command, items[0].answer, items[0].rights.length], ['describe', 'partly', 9]);
    assert.deepEqual(items[0].rights.at(-1), {
      verb: 'list',
      group: '',
      resource: 'events',
      answer: 'denied',
      reason: '',
      without: 'events are left out',
    });
  });

  test('--as-role prints the Role as somebody would apply it, and how to bind it', async () => {
    const supervisor = await aSupervisor([]);
    assert.deepEqual(await supervisor.run('can-i diff -n team-a --as-role'), {
      code: 0,
      out: `# What kubectl vmsvc diff takes, and nothing else.
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: vmsvc-diff
  namespace: team-a
rules:
- apiGroups:
  - vmoperator.vmware.com
  resources:
  - virtualmachineservices
  verbs:
  - get
  - list
- apiGroups:
  - vmoperator.vmware.com
  resources:
  - virtualmachines
  verbs:
  - list
- apiGroups:
  - ""
  resources:
  - services
  verbs:
  - get
  - list
- apiGroups:
  - ""
  resources:
  - endpoints
  verbs:
  - get
  - list
# Bind it, to a user, a --group or a --serviceaccount:
#   kubectl create rolebinding vmsvc-diff -n team-a --role=vmsvc-diff --user=NAME
`,
      err: '',
    });
    assert.equal(questionsIn(supervisor), 0);
  });

  test('the Role for reconcile warns of what goes with it; -o json is the Role alone', async () => {
    const supervisor = await aSupervisor([]);
    const { out } = await supervisor.run('can-i reconcile -n team-a --as-role');
    assert.deepEqual(out.split('\n').slice(-5), [
      '# Bind it, to a user, a --group or a --serviceaccount:',
      '#   kubectl create rolebinding vmsvc-reconcile -n team-a --role=vmsvc-reconcile --user=NAME',
      '# Who may write Endpoints can point a Service at any address: take the binding away when it is no longer needed.',
      '# An API server that checks blockOwnerDeletion wants update on virtualmachineservices/finalizers (vmoperator.vmware.com) as well.',
      '',
    ]);
    const role = JSON.parse((await supervisor.run('can-i reconcile -n team-a --as-role -o json')).out);
    assert.deepEqual([role.kind, role.metadata.name, role.rules.length], ['Role', 'vmsvc-reconcile', 6]);
  });

  test('words that are no command, or too many, are said to be so before anything is asked', async () => {
    const supervisor = await aSupervisor([]);
    const help = "\nSee 'kubectl vmsvc can-i -h' for help and examples\n";
    assert.deepEqual(await supervisor.run('can-i sandbox'), {
      code: 2,
      out: '',
      err: `error: can-i "sandbox": must be one of get, describe, vms, events, debug, bundle, probe, validate, overlay, wait, create, convert, delete, diff, nudge, reconcile, undo, orphans${help}`,
    });
    assert.deepEqual(await supervisor.run('can-i get diff'), { code: 2, out: '', err: `error: can-i takes one COMMAND${help}` });
    assert.deepEqual(await supervisor.run('can-i --as-role'), { code: 2, out: '', err: `error: --as-role needs a COMMAND${help}` });
    assert.deepEqual(supervisor.requests, []);
  });

  test('R048 the Role names what a run asks for, no more and no less', async () => {
    const supervisor = await aSupervisor(fresh);
    const role = JSON.parse((await supervisor.run('can-i reconcile -n prod --as-role -o json')).out);
    const granted: readonly string[] = role.rules.flatMap((rule: { readonly verbs: string[]; readonly resources: string[] }) =>
      rule.verbs.flatMap((verb) => rule.resources.map((resource) => `${verb} ${resource}`)),
    );
    const options = { asController: false, skipStatus: false, serviceOnly: false, settingsDecide: false };
    assert.deepEqual(granted.toSorted(), neededRights('reconcile', options).map(words).toSorted());
  });
});
