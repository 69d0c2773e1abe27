import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HttpRequest, HttpResponse } from '../../src/apiserver/http/http-message.ts';
import { trafficPolicyAnnotation } from '../../src/core/load-balancer.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { aSupervisor, failureAnswer, forbidden, isWrite } from '../support/supervisor.ts';

const vms = [aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' })];
const plain = [aVmService('web'), ...vms];
/** Its labels change as well, which its admission webhook sees. */
const labelled = [aVmService('web', { annotations: { [trafficPolicyAnnotation]: 'Local' } }), ...vms];
const command = 'reconcile web -n prod --once';

const withoutHeader = (err: string) => err.split('\n').slice(2).join('\n');
const isRehearsal = (request: HttpRequest) => request.query.includes('dryRun=All');
const concerns = (request: HttpRequest, plural: string) => request.path.includes(`/${plural}`) && request.method !== 'GET';
const webhook = 'default.validating.virtualmachineservice.v1alpha6.vmoperator.vmware.com';

test('R047 a quota that is used up by the Endpoints is told before the Service is written', async () => {
  const supervisor = await aSupervisor(plain);
  const before = supervisor.cluster.server.state;
  const message =
    'endpoints "web" is forbidden: exceeded quota: q, requested: count/endpoints=1, used: count/endpoints=5, limited: count/endpoints=5';
  supervisor.disturb((request) => (concerns(request, 'endpoints') ? forbidden(message) : undefined));
  const { code, out, err } = await supervisor.run(command);
  assert.deepEqual([code, out, withoutHeader(err)], [3, '', `Error from server (Forbidden): ${message}\n  nothing was changed\n`]);
  assert.equal(supervisor.cluster.server.state, before);
  assert.deepEqual(supervisor.writes, []);
});

test('every write is tried before the first one is sent, but that of the status, which only a right decides', async () => {
  const supervisor = await aSupervisor(labelled);
  assert.equal((await supervisor.run(`${command} --provider=nsx`)).code, 0);
  const path = '/apis/vmoperator.vmware.com/v1alpha6/namespaces/prod/virtualmachineservices/web';
  const written = ['POST /api/v1/namespaces/prod/services', 'POST /api/v1/namespaces/prod/endpoints'];
  assert.deepEqual(
    supervisor.rehearsals,
    [...written, `PATCH ${path}`].map((line) => `${line}?dryRun=All`),
  );
  assert.deepEqual(supervisor.writes, [...written, `PATCH ${path}/status`, `PATCH ${path}`]);
  const first = supervisor.requests.indexOf('POST /api/v1/namespaces/prod/services');
  assert.ok(supervisor.requests.lastIndexOf(`PATCH ${path}?dryRun=All`) < first);
});

test('what is there already as it should be is not tried either', async () => {
  const supervisor = await aSupervisor(plain);
  assert.equal((await supervisor.run(command)).code, 0);
  supervisor.forget();
  assert.equal((await supervisor.run(command)).code, 0);
  assert.deepEqual([supervisor.rehearsals, supervisor.writes], [[], []]);
});

test('R045 an admission webhook that is down stops a run that would need it, before anything is written', async () => {
  const supervisor = await aSupervisor(labelled);
  const message = `Internal error occurred: failed calling webhook "${webhook}": failed to call webhook: no endpoints available for service "vmware-system-vmop-webhook-service"`;
  const down = (request: HttpRequest) =>
    concerns(request, 'virtualmachineservices') ? failureAnswer(500, 'InternalError', message) : undefined;
  supervisor.disturb(down);
  const { code, out, err } = await supervisor.run(`${command} --provider=nsx`);
  assert.deepEqual([code, out, supervisor.writes], [3, '', []]);
  assert.equal(
    // How long it waits between its tries is drawn; what takes long is mentioned.
    withoutHeader(err).replace(/^the server has failed \(500\): trying again in \d s\n/, ''),
    `Error from server (InternalError): ${message}
  VMS113 WebhookUnreachable: until the API server can call it, nothing that this webhook checks can be written
  nothing was changed
`,
  );
});

test('R045 a run that does not need the webhook goes on without it', async () => {
  const supervisor = await aSupervisor(plain);
  const isAsked = ({ method, path }: HttpRequest) => method !== 'GET' && path.endsWith('/virtualmachineservices/web');
  supervisor.disturb((request) =>
    isAsked(request) ? failureAnswer(500, 'InternalError', `failed calling webhook "${webhook}"`) : undefined,
  );
  const { code, out } = await supervisor.run(command);
  assert.deepEqual(
    [code, out],
    [0, 'service/web created\nendpoints/web created\nvirtualmachineservice.vmoperator.vmware.com/web configured\n'],
  );
});

test('R046 a VirtualMachineService that is refused as it is stored keeps nobody from its Service and Endpoints', async () => {
  const supervisor = await aSupervisor(labelled);
  const reasons = ['spec.ipFamilies', 'spec.ipFamilyPolicy'].map((field) => `${field}: Forbidden: the WorkloadIPv6 feature is not enabled`);
  const message = `admission webhook "${webhook}" denied the request: ${reasons.join(', ')}`;
  supervisor.disturb(({ method, path }) =>
    method === 'PATCH' && path.endsWith('/virtualmachineservices/web') ? forbidden(message) : undefined,
  );
  const { code, out, err } = await supervisor.run(`${command} --provider=nsx`);
  assert.deepEqual([code, out.startsWith('service/web created\nendpoints/web created\n')], [3, true], out);
  assert.equal(
    withoutHeader(err),
    `Error from server (Forbidden): admission webhook "${webhook}" denied the request:
* ${reasons.join('\n* ')}
  done      service/web, endpoints/web
  not done  virtualmachineservice/web
  run the command again: it starts from what is there now
`,
  );
});

test('a server that cannot try is asked to do it all the same, after a warning', async () => {
  const supervisor = await aSupervisor(plain);
  const message = 'admission webhook "audit.example.com" does not support dry run';
  supervisor.disturb((request) => (isRehearsal(request) ? failureAnswer(400, 'BadRequest', message) : undefined));
  const { code, err } = await supervisor.run(command);
  assert.deepEqual([code, withoutHeader(err)], [0, `Warning: the server cannot check writes before they are done: ${message}\n`]);
  assert.equal(supervisor.writes.length, 3);
});

test('of several services those that would be refused are left out, each with its reason; with --fail-fast nothing is begun', async () => {
  const services = ['a', 'b', 'c'].map((name) => aVmService(name));
  const refuseB = (request: HttpRequest): HttpResponse | undefined =>
    concerns(request, 'services') && String(request.body).includes('"name":"b"')
      ? forbidden('services "b" is forbidden: quota')
      : undefined;
  const supervisor = await aSupervisor(services);
  supervisor.disturb(refuseB);
  const fast = await supervisor.run('reconcile -n prod --once --fail-fast');
  assert.deepEqual(
    [fast.code, fast.out, withoutHeader(fast.err), supervisor.writes],
    [
      3,
      '',
      `Error from server (Forbidden): services "b" is forbidden: quota
  service   prod/b
  nothing was changed
error: 2 services were not started
  not started  a, c
`,
      [],
    ],
  );
  const { code, out } = await supervisor.run('reconcile -n prod --once -o json');
  const items: readonly { name: string; error: { reason: string } | null; steps: readonly unknown[] }[] = JSON.parse(out).items;
  assert.equal(code, 3);
  assert.deepEqual(
    items.map(({ name, error, steps }) => [name, error?.reason ?? null, steps.length]),
    [
      ['a', null, 3],
      ['b', 'Forbidden', 0],
      ['c', null, 3],
    ],
  );
});

describe('a quota with room for some services and not for all', () => {
  const three = ['a', 'b', 'c'].map((name) => aVmService(name));
  const quota = (hard: Record<string, string>, used: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few', namespace: 'prod' },
    spec: { hard },
    status: { hard, used },
  });
  const balancers = quota({ 'services.loadbalancers': '3' }, { 'services.loadbalancers': '1' });
  const noRoom = (name: string) =>
    `error: no room for prod/${name} once the services before it are done: exceeded quota: few, requested: services.loadbalancers=1, used: services.loadbalancers=3, limited: services.loadbalancers=3
  service   prod/${name}
  nothing was changed
`;

  test('R047 what does not fit is said before the first write, and is not begun; the others are done', async () => {
    const supervisor = await aSupervisor([...three, balancers]);
    const { code, out, err } = await supervisor.run('reconcile -n prod --once');
    assert.deepEqual([code, withoutHeader(err)], [3, noRoom('c')]);
    assert.deepEqual(
      out.split('\n').filter((line) => line.startsWith('service/')),
      ['service/a created', 'service/b created'],
    );
    assert.deepEqual(
      supervisor.writes.filter((line) => line.startsWith('POST')).toSorted(),
      ['endpoints', 'endpoints', 'services', 'services'].map((plural) => `POST /api/v1/namespaces/prod/${plural}`),
    );
    const looked = supervisor.requests.indexOf('GET /api/v1/namespaces/prod/resourcequotas');
    assert.ok(looked >= 0 && looked < supervisor.requests.indexOf('POST /api/v1/namespaces/prod/services'));
  });

  test('R047 with --fail-fast nothing is begun at all', async () => {
    const supervisor = await aSupervisor([...three, balancers]);
    const before = supervisor.cluster.server.state;
    const { code, out, err } = await supervisor.run('reconcile -n prod --once --fail-fast');
    assert.deepEqual([code, out, withoutHeader(err)], [3, '', `${noRoom('c')}error: 2 services were not started\n  not started  a, b\n`]);
    assert.equal(supervisor.cluster.server.state, before);
  });

  test('a dry run on the server says the same', async () => {
    const supervisor = await aSupervisor([...three, balancers]);
    const { code, out } = await supervisor.run('reconcile -n prod --once --dry-run=server -o json');
    const items: readonly { name: string; error: { reason: string } | null }[] = JSON.parse(out).items;
    assert.deepEqual(
      [code, items.map(({ name, error }) => [name, error?.reason ?? null])],
      [
        3,
        [
          ['a', null],
          ['b', null],
          ['c', 'QuotaExceeded'],
        ],
      ],
    );
    assert.deepEqual(supervisor.writes, []);
  });

  test('Endpoints are counted too; what takes nothing, or is in another namespace, is left alone', async () => {
    const supervisor = await aSupervisor([
      ...three,
      aVmService('elsewhere', { namespace: 'stage' }),
      quota({ 'count/endpoints': '1' }, { 'count/endpoints': '0' }),
    ]);
    const { code, err } = await supervisor.run('reconcile -A --once');
    assert.deepEqual([code, (err.match(/^error: no room for prod\/(b|c) .*count\/endpoints=1$/gm) ?? []).length], [3, 2], err);
    assert.equal(
      (await supervisor.cluster.get({ apiVersion: 'v1', kind: 'Service', namespace: 'stage', name: 'elsewhere' })).kind,
      'Service',
    );
    await assert.rejects(supervisor.cluster.get({ apiVersion: 'v1', kind: 'Service', namespace: 'prod', name: 'b' }), { code: 404 });
  });

  test('where quotas may not be read it is met half-way, and the outcome of each object is told', async () => {
    const supervisor = await aSupervisor([...three, balancers]);
    const message = 'services "c" is forbidden: exceeded quota: few';
    supervisor.disturb((request) => {
      if (request.path.endsWith('/resourcequotas')) return forbidden('resourcequotas is forbidden');
      return isWrite(request) && concerns(request, 'services') && String(request.body).includes('"name":"c"')
        ? forbidden(message)
        : undefined;
    });
    const { code, out, err } = await supervisor.run('reconcile -n prod --once -o json');
    assert.deepEqual(
      [code, withoutHeader(err)],
      [3, `Error from server (Forbidden): ${message}\n  service   prod/c\n  nothing was changed\n`],
    );
    const items: readonly { name: string; outcomes: readonly { outcome: string }[] }[] = JSON.parse(out).items;
    assert.deepEqual(
      items.map(({ name, outcomes }) => [name, ...outcomes.map(({ outcome }) => outcome)]),
      [
        ['a', 'Done', 'Done', 'Done'],
        ['b', 'Done', 'Done', 'Done'],
        ['c', 'NotDone', 'NotDone', 'NotDone'],
      ],
    );
  });
});

test('a run that is refused whole leaves no file that would be in the way of the next', async () => {
  const supervisor = await aSupervisor(plain);
  supervisor.disturb((request) => (concerns(request, 'services') ? forbidden('services "web" is forbidden: quota') : undefined));
  assert.equal((await supervisor.run(`${command} --save-before=before.json`)).code, 3);
  supervisor.disturb(() => undefined);
  const { code, err } = await supervisor.run(`${command} --save-before=before.json`);
  assert.equal(code, 0, err);
  assert.equal((await supervisor.run('reconcile --undo=before.json')).code, 0);
});

test('on a terminal a refusal is told instead of the question', async () => {
  const supervisor = await aSupervisor(plain);
  supervisor.disturb((request) => (concerns(request, 'services') ? forbidden('services "web" is forbidden: quota') : undefined));
  const { code, out, err } = await supervisor.run(command, { tty: { stdin: true, stdout: true, stderr: true }, typed: 'y\r' });
  assert.deepEqual([code, out.includes('[y/N]'), supervisor.writes], [3, false, []]);
  assert.match(err, /Error from server \(Forbidden\): services "web" is forbidden: quota\n {2}nothing was changed\n$/);
});

test('R073 Ctrl-C while writes are tried ends at once: nothing was changed', async () => {
  const supervisor = await aSupervisor(plain);
  const started = supervisor.start(command);
  supervisor.disturb((request) => {
    if (isRehearsal(request)) started.io.interrupt('SIGINT');
    return undefined;
  });
  const { code, err } = await started.ended;
  assert.deepEqual([code, withoutHeader(err), supervisor.writes], [130, 'interrupted\n  nothing was changed\n', []]);
});

test('who plays the controller tries nothing beforehand', async () => {
  const supervisor = await aSupervisor(plain);
  supervisor.disturb((request) => (isWrite(request) && concerns(request, 'endpoints') ? forbidden('no') : undefined));
  assert.equal((await supervisor.run(`${command} --as-controller`)).code, 3);
  assert.deepEqual([supervisor.rehearsals, supervisor.writes[0]], [[], 'POST /api/v1/namespaces/prod/services']);
});
