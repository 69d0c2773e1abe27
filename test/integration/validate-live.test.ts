import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jsonOf, type KubeObject } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { without } from '../support/denied-rights.ts';
import { aSupervisor, failureAnswer, isWrite } from '../support/supervisor.ts';
import { testNow } from '../support/test-io.ts';

const web = aVmService('web', { selector: { app: 'web' } });
const vms = ['web-1', 'web-2'].map((name, index) => aVm(name, { labels: { app: 'web' }, ip: `10.1.0.1${index + 1}` }));
const newcomer = aVm('web-6', { labels: { app: 'web', tier: 'new' }, ip: '10.1.0.16' });
const world: readonly KubeObject[] = [
  web,
  ...vms,
  newcomer,
  aService('web', { owners: [ownedBy(web)] }),
  someEndpoints('web', { owners: [ownedBy(web)] }),
];

/** The manifest of `web` with another spec, as somebody would pipe it in. */
function manifest(changes: object, name = 'web'): string {
  const { apiVersion, kind } = web;
  return JSON.stringify({ apiVersion, kind, metadata: { name }, spec: { ...web.spec, ...changes } });
}

const overlay = 'validate -f - --live -n prod';

describe('files laid over the cluster', () => {
  test('the VMs that would come and go are named, and nothing is written', async () => {
    const supervisor = await aSupervisor(world);
    const { code, out, err } = await supervisor.run(overlay, { stdin: manifest({ selector: { app: 'web', tier: 'new' } }) });
    assert.deepEqual(
      [code, err, out.split('\n')],
      [
        0,
        '',
        [
          'stdin: VirtualMachineService/web would be configured in prod',
          '',
          'VMs in and out',
          '  - web-1  would leave  10.1.0.11  was READY',
          '  - web-2  would leave  10.1.0.12  was READY',
          '    web-6  stays',
          '',
          'New problems        none',
          'Solved by this      none',
          'Unchanged           none',
          '',
          'No error. Traffic moves from {web-1, web-2, web-6} to {web-6}. Checked as release main (v1alpha6).',
          '',
        ],
      ],
    );
    assert.deepEqual(supervisor.writes, []);
    assert.deepEqual(supervisor.rehearsals, [
      'PATCH /apis/vmoperator.vmware.com/v1alpha6/namespaces/prod/virtualmachineservices/web?dryRun=All',
    ]);
  });

  test('a problem that is there, and goes, is solved; one that comes is new', async () => {
    const supervisor = await aSupervisor([aVmService('web', { selector: { app: 'Web' } }), ...vms]);
    const { code, out } = await supervisor.run(overlay, { stdin: manifest({ loadBalancerSourceRanges: ['10.1.2.3/24'] }) });
    assert.equal(code, 0);
    assert.match(out, /^New problems {8}WARNING VMS107 SourceRangeInvalid: .*\(stdin:1:\d+\)$/m);
    assert.match(out, /^Solved by this {6}ERROR {3}VMS202 SelectorNearMiss: /m);
    assert.match(out, /^ {2}\+ web-1 {2}would join {3}10\.1\.0\.11 {2}READY$/m);
  });

  test('what stays wrong is neither new nor solved', async () => {
    const supervisor = await aSupervisor([aVmService('web', { selector: { app: 'nobody' } }), ...vms]);
    const { code, out } = await supervisor.run(overlay, { stdin: manifest({ selector: { app: 'nobody' }, loadBalancerIP: '10.9.9.9' }) });
    assert.equal(code, 1);
    assert.match(out, /^New problems {8}none\nSolved by this {6}none\nUnchanged {11}ERROR {3}VMS201 /m);
  });

  test('a service that is not there yet may come before its VMs: no VM is a warning; of a service that was there for long, an error', async () => {
    const nobody = manifest({ selector: { tier: 'later' } });
    const young = aVmService('web', { selector: { app: 'web' }, createdAt: '2026-11-20T11:58:00Z' });
    const outcomes: string[] = [];
    for (const [what, stored] of Object.entries({ new: [], young: [young], old: [web] })) {
      const supervisor = await aSupervisor([...stored, ...vms]);
      const { code, out } = await supervisor.run(overlay, { stdin: nobody });
      outcomes.push(`${what}: exit ${code}, ${/^New problems {8}(.*)$/m.exec(out)?.[1]}`);
    }
    const finding = 'VMS201 NoMatchingVirtualMachines: The selector matches no VM in prod (stdin:1:135)';
    assert.deepEqual(outcomes, [`new: exit 0, WARNING ${finding}`, `young: exit 0, WARNING ${finding}`, `old: exit 1, ERROR   ${finding}`]);
  });

  test('a change that is refused moves nothing; a server that accepts it all the same is told of', async () => {
    const supervisor = await aSupervisor(world);
    const { code, out } = await supervisor.run(overlay, { stdin: manifest({ type: 'ClusterIP' }) });
    assert.equal(code, 1);
    assert.match(out, /^stdin: VirtualMachineService\/web would be refused in prod$/m);
    assert.match(out, /^VMs in and out {6}none: it would be refused$/m);
    assert.match(out, /VMS105 FieldImmutable: spec\.type: Forbidden: field is immutable/);
    // The sandbox has no webhook.
    assert.match(out, /VMS126 ServerDisagrees: the server accepts this, though VMS105 says that it would not/);
  });

  test('a server that refuses what nobody foresaw is told of as a bug of ours, with its words', async () => {
    const supervisor = await aSupervisor(world);
    const said = 'admission webhook "policy.example.com" denied the request: no LoadBalancers on Fridays';
    supervisor.disturb(({ method, path }) =>
      method === 'PATCH' && path.endsWith('/web') ? failureAnswer(403, 'Forbidden', said) : undefined,
    );
    const { code, out } = await supervisor.run(overlay, { stdin: manifest({ loadBalancerIP: '10.9.9.9' }) });
    assert.equal(code, 0);
    assert.match(
      out,
      /WARNING VMS126 ServerDisagrees: the server refuses this, and this tool did not foresee it: .*no LoadBalancers on Fridays/,
    );
  });

  test('VMS113: a webhook that does not answer is an outage, and no verdict; one that denies is none', async () => {
    const supervisor = await aSupervisor(world);
    const outage =
      'Internal error occurred: failed calling webhook "default.validating.virtualmachineservice.v1alpha6.vmoperator.vmware.com": no endpoints available';
    supervisor.disturb(({ method, path }) =>
      method === 'PATCH' && path.endsWith('/web') ? failureAnswer(500, 'InternalError', outage) : undefined,
    );
    const { code, out } = await supervisor.run(overlay, { stdin: manifest({ loadBalancerIP: '10.9.9.9' }) });
    assert.equal(code, 1);
    assert.match(out, /ERROR {3}VMS113 WebhookUnreachable: the admission webhook does not answer/);
    assert.doesNotMatch(out, /VMS126/);
  });

  test('without the right to write, the server is not asked, and that is said', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(without(['patch virtualmachineservices']));
    const { code, out } = await supervisor.run(overlay, { stdin: manifest({ selector: { app: 'web', tier: 'new' } }) });
    assert.equal(code, 0);
    assert.match(out, /^The server was not asked to try it: you may not patch virtualmachineservices in prod$/m);
    assert.deepEqual(
      supervisor.requests.filter((line) => line.includes('dryRun')),
      [],
    );
  });

  test('without the right to list VMs, who comes and goes is unknown, and nothing is said about selectors', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(without(['list virtualmachines']));
    const { code, out, err } = await supervisor.run(overlay, { stdin: manifest({ selector: { app: 'nobody' } }) });
    assert.equal(code, 3);
    assert.match(out, /^VMs in and out {6}<unknown>$/m);
    assert.doesNotMatch(out, /VMS201/);
    assert.match(err, /cannot list virtualmachines/);
    // Said once, on stderr; in a document it is a finding.
    assert.match(out, /^New problems {8}none\nSolved by this {6}none\nUnchanged {11}none\n\nNo error in what could be looked at\. /m);
    const { out: document } = await supervisor.run(`${overlay} -o json`, { stdin: manifest({ selector: { app: 'nobody' } }) });
    assert.deepEqual(
      JSON.parse(document).findings.map(({ code: found }: { readonly code: string }) => found),
      ['VMS910'],
    );
  });

  test('a manifest without a spec is sent as it is', async () => {
    const supervisor = await aSupervisor(world);
    const { code, out } = await supervisor.run(overlay, {
      stdin: JSON.stringify({ ...JSON.parse(manifest({}, 'bare')), spec: undefined }),
    });
    assert.equal(code, 1);
    // The schema does not ask for a spec, the webhook does; the sandbox has none.
    assert.match(out, /VMS126 ServerDisagrees: the server accepts this, though VMS101 says that it would not/);
  });

  test('a namespace that does not exist is not found, unless the files bring it along', async () => {
    const supervisor = await aSupervisor(world);
    const nowhere = 'validate -f - --live -n nowhere';
    const { code, out, err } = await supervisor.run(nowhere, { stdin: manifest({ selector: { app: 'web' } }) });
    assert.deepEqual([code, err], [3, 'Error from server (NotFound): namespaces "nowhere" not found\n']);
    assert.match(out, /^stdin: VirtualMachineService\/web would be refused in nowhere\nThere is no namespace nowhere to create it in$/m);
    const brought = `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"nowhere"}}\n${manifest({ selector: {} })}`;
    const second = await supervisor.run(nowhere, { stdin: brought });
    assert.deepEqual([second.code, second.err], [0, '']);
    assert.match(second.out, /would be created in nowhere\n.*: its namespace is in the files, and not there yet$/m);
  });

  test('of live objects, too, it is said once that something could not be looked at', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(without(['list virtualmachines']));
    const { code, out, err } = await supervisor.run('validate web -n prod');
    assert.deepEqual(
      [code, out],
      [3, '1 VirtualMachineService: no error in what could be looked at. Checked as release main (v1alpha6).\n'],
    );
    assert.match(err, /cannot list virtualmachines/);
  });

  test('without the right to see what is stored, nobody is told that it would be created', async () => {
    const supervisor = await aSupervisor(world);
    supervisor.disturb(without(['list virtualmachineservices', 'get virtualmachineservices', 'create virtualmachineservices']));
    const { code, out } = await supervisor.run(overlay, { stdin: manifest({}) });
    assert.equal(code, 3);
    assert.match(
      out,
      /^stdin: VirtualMachineService\/web: what there is in prod could not be looked at, so what would become of it is not known$/m,
    );
    assert.match(out, /^VMs in and out {6}<unknown>$/m);
    assert.match(out, /^The server was not asked to try it: what is stored could not be looked at$/m);
    assert.deepEqual(supervisor.rehearsals, []);
  });

  test('an unknown field is refused by the server as well, and the two agree', async () => {
    const supervisor = await aSupervisor(world);
    const { code, out, err } = await supervisor.run(overlay, { stdin: manifest({ sessionAffinity: 'None' }) });
    assert.deepEqual([code, err], [1, '']);
    assert.match(out, /VMS102 UnknownField: spec\.sessionAffinity/);
    assert.doesNotMatch(out, /VMS126/);
  });

  test('what is forgiven a young object is no new problem of a file that changes nothing', async () => {
    const young = aVmService('web', { selector: { app: 'nobody' } });
    const supervisor = await aSupervisor([
      { ...young, metadata: { ...young.metadata, creationTimestamp: new Date(testNow).toISOString() } },
      ...vms,
    ]);
    const { code, out } = await supervisor.run(overlay, { stdin: manifest({ selector: { app: 'nobody' } }) });
    assert.equal(code, 0);
    assert.match(out, /^New problems {8}none\nSolved by this {6}none\nUnchanged {11}INFO {4}VMS201 /m);
  });

  test('what a document says is what the text says', async () => {
    const supervisor = await aSupervisor(world);
    const { code, out } = await supervisor.run(`${overlay} -o json`, { stdin: manifest({ selector: { tier: 'new' } }) });
    const [change] = JSON.parse(out).changes;
    assert.deepEqual(
      [code, change.object, change.operation, change.server],
      [0, 'VirtualMachineService/web', 'configured', { outcome: 'accepted' }],
    );
    assert.deepEqual(change.members, {
      joins: [],
      leaves: [
        { vm: 'web-1', addresses: ['10.1.0.11'], state: 'Ready' },
        { vm: 'web-2', addresses: ['10.1.0.12'], state: 'Ready' },
      ],
      stays: [{ vm: 'web-6', addresses: ['10.1.0.16'], state: 'Ready' }],
    });
  });

  test('a service that is new brings its Service along, which the server tries as well', async () => {
    const supervisor = await aSupervisor(world);
    const { code, out } = await supervisor.run(overlay, { stdin: manifest({ selector: { tier: 'new' } }, 'fresh') });
    assert.equal(code, 0);
    assert.match(out, /would be created in prod/);
    assert.deepEqual(supervisor.rehearsals, [
      'POST /apis/vmoperator.vmware.com/v1alpha6/namespaces/prod/virtualmachineservices?dryRun=All',
      'POST /api/v1/namespaces/prod/services?dryRun=All',
    ]);
    assert.equal(supervisor.cluster.server.objects().filter(({ metadata }) => metadata.name === 'fresh').length, 0);
  });
});

describe('live objects', () => {
  test('a service that says the beginning of its name alone would be created, with its VMs', async () => {
    const supervisor = await aSupervisor(world);
    const text = manifest({}).replace('"name":"web"', '"generateName":"web-"');
    const { code, out } = await supervisor.run(overlay, { stdin: text });
    assert.deepEqual(
      [code, out.split('\n').slice(0, 6)],
      [
        0,
        [
          'stdin: VirtualMachineService/web-xxxxx would be created in prod',
          '',
          'VMs in and out',
          '  + web-1  would join   10.1.0.11  READY',
          '  + web-2  would join   10.1.0.12  READY',
          '  + web-6  would join   10.1.0.16  READY',
        ],
      ],
    );
    assert.deepEqual(
      supervisor.rehearsals[0],
      'POST /apis/vmoperator.vmware.com/v1alpha6/namespaces/prod/virtualmachineservices?dryRun=All',
    );
  });

  test('a port that no controller can read is one finding, whoever would have said more about it', async () => {
    const supervisor = await aSupervisor(world);
    const text = manifest({ ports: [{ name: 'http', protocol: 'TCP', port: 4294967376, targetPort: 80 }] }, 'api');
    const { code, out } = await supervisor.run(`${overlay} -o json`, { stdin: text });
    const { findings } = JSON.parse(out);
    assert.deepEqual(
      [code, findings.map(({ code: found, field }: { code: string; field: string }) => `${found} ${field}`)],
      [1, ['VMS103 spec.ports[0].port']],
    );
    assert.deepEqual(supervisor.rehearsals, [
      'POST /apis/vmoperator.vmware.com/v1alpha6/namespaces/prod/virtualmachineservices?dryRun=All',
    ]);
  });

  test('those that are named are judged, and one that does not exist is an error', async () => {
    const supervisor = await aSupervisor(world);
    assert.deepEqual(await supervisor.run('validate web -n prod'), {
      code: 0,
      out: '1 VirtualMachineService: no error. Checked as release main (v1alpha6).\n',
      err: '',
    });
    const missing = await supervisor.run('validate nobody -n prod');
    assert.deepEqual([missing.code, missing.out], [3, '']);
    assert.match(missing.err, /"nobody" not found/);
  });

  test('all of them, in all namespaces, and what is wrong with them', async () => {
    const supervisor = await aSupervisor([
      web,
      aVmService('broken', { namespace: 'other', selector: { app: 'web' }, clusterIp: '169.254.1.1', type: 'ClusterIP' }),
    ]);
    const { code, out } = await supervisor.run('validate -A');
    assert.equal(code, 1);
    assert.match(out, /^other\/broken: error VMS409 ClusterIPUnavailable: the Service would be refused: spec\.clusterIPs: /m);
    assert.match(out, /^prod\/web: error VMS201 /m);
  });

  test('VMS102: a field that was dropped when the object was applied', async () => {
    const applied = JSON.stringify({ ...jsonOf(web), spec: { ...web.spec, sessionAffinity: 'ClientIP' } });
    const supervisor = await aSupervisor([
      aVmService('web', { selector: { app: 'web' }, annotations: { 'kubectl.kubernetes.io/last-applied-configuration': applied } }),
      ...vms,
    ]);
    const { out } = await supervisor.run('validate web -n prod');
    assert.match(out, /VMS102 UnknownField: .*sessionAffinity/);
  });

  test('VMS112: a deletion that hangs', async () => {
    const deleted = aVmService('web', { selector: { app: 'web' } });
    const hanging: KubeObject = {
      ...deleted,
      metadata: { ...deleted.metadata, deletionTimestamp: '2026-11-20T11:00:00Z', finalizers: ['example.com/held'] },
    };
    const supervisor = await aSupervisor([hanging, ...vms]);
    const { code, out } = await supervisor.run('validate web -n prod');
    assert.equal(code, 1);
    assert.match(out, /VMS112 DeletionStuck/);
  });

  test('judging writes nothing', async () => {
    const supervisor = await aSupervisor(world);
    let written = 0;
    supervisor.disturb((request) => {
      if (isWrite(request)) written += 1;
      return undefined;
    });
    await supervisor.run('validate -A');
    await supervisor.run(overlay, { stdin: manifest({}) });
    assert.equal(written, 0);
  });
});
