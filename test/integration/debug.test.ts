import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { KubeObject } from '../../src/model/object.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../support/builders.ts';
import { without } from '../support/denied-rights.ts';
import { endpoints, healthy, one, svc, two } from '../support/diagnosed.ts';
import { aSupervisor, failureAnswer, forbidden } from '../support/supervisor.ts';

const quota: KubeObject = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'team', namespace: 'prod' },
  spec: { hard: { 'services.loadbalancers': '5' } },
  status: { hard: { 'services.loadbalancers': '5' }, used: { 'services.loadbalancers': '5' } },
} as KubeObject;

suite('debug on a server', () => {
  test('a healthy service takes one line, and nothing is written or rehearsed', async () => {
    const supervisor = await aSupervisor(healthy);
    const { code, out, err } = await supervisor.run('debug svc -n prod');
    assert.match(
      out,
      /^prod\/svc {3}LoadBalancer {3}192\.0\.2\.7 {3}2 of 2 VMs ready {3}10d old\nNo problem found: \d+ rules passed, 0 could not run\. Traffic was not tested \(add --probe\)\.\n$/,
    );
    assert.deepEqual([code, err, supervisor.writes, supervisor.rehearsals], [0, '', [], []]);
  });

  test('each list is read once', async () => {
    const supervisor = await aSupervisor(healthy);
    await supervisor.run('debug -n prod');
    const lists = supervisor.requests
      .filter((line) => /^GET \/apis?\/.*\/namespaces\/prod\/[a-z]+/.test(line))
      .map((line) => line.split('?')[0]);
    assert.deepEqual(
      lists.filter((line, index) => lists.indexOf(line) !== index),
      [],
    );
  });

  test('a healthy namespace of 100 services and 1,000 VMs is one line, with the number of rules that ran', async () => {
    const slicesOf = (name: string, addresses: readonly string[]) =>
      ({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: `${name}-abcde`,
          namespace: 'prod',
          labels: {
            'kubernetes.io/service-name': name,
            'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
          },
        },
        addressType: 'IPv4',
        endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      }) as KubeObject;
    const world = Array.from({ length: 100 }, (_, service) => {
      const name = `svc-${service}`;
      const ingress = [`192.0.2.${service}`];
      const addresses = Array.from({ length: 10 }, (_, vm) => `10.1.${service}.${vm + 1}`);
      const vms = addresses.map((ip, vm) => aVm(`vm-${service}-${vm}`, { labels: { app: name }, ip, ready: true }));
      const vmService = aVmService(name, {
        selector: { app: name },
        ingress,
        finalizers: ['vmoperator.vmware.com/virtualmachineservice'],
      });
      return [
        vmService,
        ...vms,
        aService(name, { owners: [ownedBy(vmService)], ingress, clusterIP: `10.96.0.${service + 1}` }),
        someEndpoints(name, { owners: [ownedBy(vmService)], ready: vms, ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }),
        slicesOf(name, addresses),
      ];
    }).flat();
    const supervisor = await aSupervisor(world);
    const { code, out, err } = await supervisor.run('debug -n prod');
    assert.match(
      out,
      /^No problem found in 100 services, 1,000 VMs, 100 Services, 100 Endpoints, 100 slices of prod: [1-9]\d+ rules passed, 0 could not run\. Traffic was not tested \(add --probe\)\.\n$/,
    );
    assert.deepEqual([code, err], [0, '']);
  });

  test('what is left out for its severity still decides about the exit code, and nobody calls it well', async () => {
    // On AVI, source ranges are a warning.
    const ranges = { loadBalancerSourceRanges: ['10.30.0.0/16'], ingress: ['192.0.2.7'] };
    const ranged = svc(ranges);
    const child = aService('svc', {
      owners: [ownedBy(ranged)],
      ...ranges,
      annotations: { 'ako.vmware.com/host-fqdn': 'web.example.test' },
    });
    const supervisor = await aSupervisor([ranged, child]);
    const said = async (more: string) => {
      const { code, out } = await supervisor.run(`debug svc -n prod --rules=VMS608 ${more}`.trimEnd());
      return [code, out.split('\n').filter((line) => /VMS608|found/.test(line))];
    };
    const warning = [
      'WARNING  VMS608 SourceRangesNotEnforced (likely)',
      '1 warning. 0 rules passed, 0 could not run. Details of a code: kubectl vmsvc explain VMS608',
    ];
    const nothing = ['No error found: 0 rules passed, 0 could not run. Traffic was not tested (add --probe).'];
    assert.deepEqual(await said(''), [0, warning]);
    assert.deepEqual(await said('--strict'), [1, warning]);
    assert.deepEqual(await said('--min-severity=error'), [0, nothing]);
    assert.deepEqual(await said('--min-severity=error --fail-on=warning'), [1, nothing]);
    assert.deepEqual(await said('--fail-on=never'), [0, warning]);
  });

  test('options that mean nothing are refused with the whole reason, before anything is asked', async () => {
    const supervisor = await aSupervisor([]);
    const noRule = 'a code as VMS202, a word as SelectorNearMiss, or VMS3* for a family';
    for (const [words, message] of [
      ['--rules=VMS9999', `--rules "VMS9999": fits no rule; ${noRule}`],
      ['--rules=VMS[2]', `--rules "VMS[2]": fits no rule; ${noRule}`],
      ['--rules=', `--rules names no rule: ${noRule}`],
      ['--rules=,,', `--rules names no rule: ${noRule}`],
      ['--min-severity=bad', '--min-severity "bad": must be one of error, warning, info'],
      ['--fail-on=critical', '--fail-on "critical": must be one of error, warning, info, never'],
      ['--strict --fail-on=never', '--strict is --fail-on=warning: give one of the two'],
      ['-o sarif -o json', '-o "sarif" and -o "json" would both be printed: one of them must go to a file, as -o FORMAT=FILE'],
    ] as const) {
      const { code, out, err } = await supervisor.run(`debug web -n prod ${words}`);
      assert.deepEqual([code, out, err], [2, '', `error: ${message}\nSee 'kubectl vmsvc debug -h' for help and examples\n`], words);
    }
    assert.deepEqual(supervisor.requests, []);
  });

  test('who may not list VMs hears what was not looked at, and never that there are none', async () => {
    const supervisor = await aSupervisor([svc(), one, two, ...healthy.filter(({ kind }) => kind === 'Service'), endpoints()]);
    supervisor.disturb(without(['list virtualmachines', 'list events']));
    const { code, out } = await supervisor.run('debug svc -n prod');
    assert.equal(code, 3);
    assert.match(out, /^UNKNOWN {2}VMS910 ReadNotPermitted \(certain\)\n {7}Not permitted to list virtualmachines in prod$/m);
    assert.match(out, /^ERROR {2}VMS614 AddressWithoutEndpoints \(certain\)$/m);
    assert.doesNotMatch(out, /matches no VM|VMS201 No/);
  });

  test('one kind that may not be read is never called well where the reason may hide there: by name, in a namespace, everywhere', async () => {
    // No address, and nothing says why.
    const pending = svc({ ingress: [] });
    const waits = healthy.filter(({ kind }) => kind !== 'VirtualMachineService' && kind !== 'Service');
    const supervisor = await aSupervisor([...waits, pending, aService('svc', { owners: [ownedBy(pending)] })]);
    const kinds = ['virtualmachineservices', 'virtualmachines', 'services', 'endpoints', 'endpointslices', 'events'];
    for (const kind of kinds) {
      supervisor.disturb(({ method, path }) =>
        method === 'GET' && new RegExp(`/${kind}(/svc)?$`).test(path)
          ? forbidden(`${kind} is forbidden: User "dev" cannot list resource "${kind}" in API group ""`)
          : undefined,
      );
      for (const command of ['debug svc -n prod', 'debug -n prod', 'debug -A']) {
        const { code, out, err } = await supervisor.run(command);
        assert.deepEqual(
          [code, / {3}ok\b|No problem found(?! in what could be looked at)/.test(out)],
          [3, false],
          `${command} without ${kind}: ${out}`,
        );
        assert.match(out + err, new RegExp(`Not permitted to (list|get|read) ${kind}|Forbidden.*${kind}`), `${command} without ${kind}`);
      }
    }
  });

  test('a missing Service is rehearsed, and the reason of the server is told', async () => {
    const supervisor = await aSupervisor([svc(), one, quota]);
    const says = 'services "svc" is forbidden: exceeded quota: team, requested: services.loadbalancers=1, used: services.loadbalancers=5';
    supervisor.disturb(({ method, path, query }) =>
      method === 'POST' && path.endsWith('/services') && query.includes('dryRun=All') ? forbidden(says) : undefined,
    );
    const { code, out } = await supervisor.run('debug svc -n prod');
    assert.equal(code, 1);
    assert.match(out, /^ERROR {2}VMS606 QuotaExhausted \(certain\)$/m);
    assert.ok(out.includes(`exceeded quota: team`), out);
    assert.match(out, /^ {2}so also {3}.*VMS402 ServiceNeverCreated/m);
    assert.deepEqual(supervisor.writes, []);
  });

  test('without the right to create Services nothing is rehearsed', async () => {
    const supervisor = await aSupervisor([svc(), one]);
    supervisor.disturb(without(['create services', 'patch virtualmachineservices']));
    const { code, out } = await supervisor.run('debug svc -n prod');
    assert.deepEqual([code, supervisor.rehearsals], [1, []]);
    assert.match(out, /^ERROR {2}VMS402 ServiceNeverCreated \(certain\)$/m);
    assert.doesNotMatch(out, /^ {2}proof/m);
  });

  test('a webhook that does not answer is told from one that says no', async () => {
    const supervisor = await aSupervisor([svc(), one]);
    supervisor.disturb(({ method, path }) =>
      method === 'PATCH' && path.includes('/virtualmachineservices/')
        ? failureAnswer(500, 'InternalError', 'Internal error occurred: failed calling webhook "x": no endpoints available')
        : undefined,
    );
    const { out } = await supervisor.run('debug svc -n prod');
    assert.match(out, /^ERROR {2}VMS113 WebhookUnreachable \(certain\)$/m);
  });

  test('a quota that may not be looked at hides nothing where the Service is there', async () => {
    const supervisor = await aSupervisor(healthy);
    supervisor.disturb(without(['list resourcequotas', 'list events', 'list networkpolicies']));
    const { code, out } = await supervisor.run('debug svc -n prod');
    assert.equal(code, 0, out);
  });

  test('who may get by name but not list has the named service looked at', async () => {
    const supervisor = await aSupervisor(healthy);
    supervisor.disturb(without(['list virtualmachineservices', 'list services', 'list endpoints']));
    const { out } = await supervisor.run('debug svc -n prod');
    assert.match(out, /^prod\/svc {3}LoadBalancer {3}192\.0\.2\.7 {3}2 of 2 VMs ready/m);
  });

  test('VMs of other namespaces are looked at where they are named', async () => {
    const supervisor = await aSupervisor([
      ...healthy.filter(({ kind }) => kind !== 'VirtualMachine' && kind !== 'Endpoints' && kind !== 'EndpointSlice'),
      someEndpoints('svc'),
      aVm('web-1', { namespace: 'test', labels: { app: 'web' } }),
    ]);
    const { out } = await supervisor.run('debug svc -n prod --also-namespaces=test');
    assert.match(out, /^ERROR {2}VMS203 MatchInOtherNamespace \(likely\)\n {7}No VM of prod matches, but one of test does$/m);
  });
});
