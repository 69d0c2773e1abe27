import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { HttpResponse } from '../../src/apiserver/http/http-message.ts';
import { run } from '../../src/cli/run.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import type { KubeObject, ObjectRef } from '../../src/model/object.ts';
import { isNotFound } from '../../src/model/status.ts';
import { compareText } from '../../src/model/text-order.ts';
import { aService, aVm, aVmService } from '../support/builders.ts';
import { childTool } from '../support/child-tool.ts';
import { without } from '../support/denied-rights.ts';
import { aSupervisor, forbidden, type Supervisor } from '../support/supervisor.ts';
import { testIo } from '../support/test-io.ts';

const front = { app: 'web', tier: 'front' };
const node = { 'cluster.x-k8s.io/cluster-name': 'tkc', 'capv.vmware.com/cluster.role': 'node', env: 'prod' };
const fleet: readonly KubeObject[] = [
  ...['web-1', 'web-2', 'web-3'].map((name) => aVm(name, { labels: front })),
  aVm('web-6', { labels: { app: 'web', tier: 'Front' } }),
  aVm('db-1', { labels: { app: 'db', tier: 'front' } }),
  aVm('bare'),
  aVm('node-1', { labels: node }),
  aVmService('web-old', { selector: { app: 'web' } }),
];
const made = 'virtualmachineservice.vmoperator.vmware.com';
const place = 'Context sandbox, namespace prod, user sandbox\n';
const web = 'create web --type=LoadBalancer --port=http=80:8080 --selector=app=web,tier=front -n prod';

const vmRef = (name: string): ObjectRef => ({
  apiVersion: 'vmoperator.vmware.com/v1alpha6',
  kind: 'VirtualMachine',
  namespace: 'prod',
  name,
});
const labelsOf = async ({ cluster }: Supervisor, name: string) => (await cluster.get(vmRef(name))).metadata.labels;
const stored = async ({ cluster }: Supervisor, name: string): Promise<unknown> => {
  try {
    const object = await cluster.get({ ...vmRef(name), kind: 'VirtualMachineService' });
    return 'spec' in object ? object.spec : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
};

describe('create', () => {
  test('says who is selected, who almost is and who else selects them; stdout is the one line of kubectl', async () => {
    const supervisor = await aSupervisor(fleet);
    assert.deepEqual(await supervisor.run(web), {
      code: 0,
      out: `${made}/web created\n`,
      err: `${place}
Selects 3 VMs now:  web-1  web-2  web-3          also matched by: service "web-old" (VMS206)
Almost:             web-6  tier=Front, the selector wants tier=front
Next: kubectl vmsvc wait web -n prod --for=address
`,
    });
    assert.deepEqual(await stored(supervisor, 'web'), {
      type: 'LoadBalancer',
      selector: front,
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
    });
    assert.deepEqual(supervisor.writes, ['POST /apis/vmoperator.vmware.com/v1alpha6/namespaces/prod/virtualmachineservices']);
  });

  test('a client dry run sends nothing, and its YAML is what a person would write, alone', async () => {
    const supervisor = await aSupervisor([aVm('other', { version: 'v1alpha5' })], 'D');
    assert.deepEqual(await supervisor.run(`${web} --dry-run=client -o yaml`), {
      code: 0,
      out: `apiVersion: vmoperator.vmware.com/v1alpha5
kind: VirtualMachineService
metadata:
  name: web
  namespace: prod
spec:
  type: LoadBalancer
  selector:
    app: web
    tier: front
  ports:
  - name: http
    protocol: TCP
    port: 80
    targetPort: 8080
`,
      err: '',
    });
    assert.equal((await supervisor.run(`${web} --dry-run=client`)).out, `${made}/web created (dry run)\n`);
    assert.equal((await supervisor.run(`${web} --dry-run`)).out, `${made}/web created (dry run)\n`);
    assert.equal((await supervisor.run(`${web} --dry-run=client -o name`)).out, `${made}/web\n`);
    assert.equal((await supervisor.run(`${web} --dry-run=client -o jsonpath={.spec.ports[*].port}`)).out, '80');
    assert.deepEqual(supervisor.writes, []);
  });

  test('a client dry run without a server is written for the release that was named, or else the newest', async () => {
    const words = 'create web --type=ClusterIP --port=80 --selector=app=web --dry-run=client -o yaml';
    const yaml = (version: string, namespace = '') => `apiVersion: vmoperator.vmware.com/${version}
kind: VirtualMachineService
metadata:
  name: web
${namespace}spec:
  type: ClusterIP
  selector:
    app: web
  ports:
  - name: http
    protocol: TCP
    port: 80
    targetPort: 80
`;
    const alone = async (command: string) => {
      const io = testIo(command.split(' '), { env: { HOME: '/nowhere' } });
      return { code: await run(io), out: io.out(), err: io.err() };
    };
    const note = 'Note: no server to ask whom it selects (no kubeconfig found: looked for /nowhere/.kube/config)';
    assert.deepEqual(await alone(words), {
      code: 0,
      out: yaml('v1alpha6'),
      err: `${note}; written as v1alpha6, the newest: --release says another\n`,
    });
    assert.deepEqual(await alone(`${words} --release=8.0.3 -n prod`), {
      code: 0,
      out: yaml('v1alpha2', '  namespace: prod\n'),
      err: `${note}\n`,
    });
    assert.equal((await alone(words.replace('--selector=app=web', '--from=vm/web-1'))).code, 3);
    const supervisor = await aSupervisor(fleet);
    assert.deepEqual(await supervisor.run(`${words} --context=nowhere`), {
      code: 3,
      out: '',
      err: 'error: context "nowhere" does not exist in the kubeconfig\nits contexts: "sandbox"\n',
    });
  });

  test('files can stand in for the cluster in a client dry run', async () => {
    const stdin = fleet.map((object) => JSON.stringify(object)).join('\n');
    const io = testIo('create web --type=ClusterIP --port=80 --from=vm/web-6 --dry-run --offline -f -'.split(' '), { stdin });
    assert.deepEqual(
      [await run(io), io.out(), io.err()],
      [
        0,
        `${made}/web created (dry run)\n`,
        `Files -, namespace prod; nothing is written to them

Selects 1 VM now:  web-6          also matched by: service "web-old" (VMS206)
Almost:            db-1   tier=front, the selector wants tier=Front
                   web-1  tier=front, the selector wants tier=Front
                   web-2  tier=front, the selector wants tier=Front
                   web-3  tier=front, the selector wants tier=Front
`,
      ],
    );
  });

  test('a Service of that name, which VM Operator would take over or fail on, is mentioned', async () => {
    const supervisor = await aSupervisor([
      ...fleet,
      aService('web'),
      aService('db', { owners: [{ apiVersion: 'a/v1', kind: 'App', name: 'shop', uid: '1', controller: true }] }),
    ]);
    assert.match(
      (await supervisor.run(web)).err,
      /\nWarning: there is a Service "web" that belongs to nobody: VM Operator takes it over, and writes its own ports and Endpoints \(VMS404\)\n/,
    );
    assert.match(
      (await supervisor.run(web.replace('create web', 'create db'))).err,
      /\nWarning: there is a Service "db" that belongs to App shop: VM Operator fails on it, and tells nobody \(VMS403\)\n/,
    );
  });

  describe('VMS606 a quota that its Service does not fit in', () => {
    const counts = { services: '3', 'services.loadbalancers': '5' };
    const quota: KubeObject & { readonly spec: unknown; readonly status: unknown } = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'few', namespace: 'prod' },
      spec: { hard: counts },
      status: { hard: counts, used: { services: '3', 'services.loadbalancers': '2' } },
    };
    const warning =
      'Warning: the Service would be refused: exceeded quota: few, requested: services=1, used: services=3, limited: services=3: VM Operator fails on it until there is room, and tells nobody (VMS606)\n';

    test('is a warning below the preview: the object itself is taken', async () => {
      const supervisor = await aSupervisor([...fleet, quota]);
      const preview = `${place}
Selects 3 VMs now:  web-1  web-2  web-3          also matched by: service "web-old" (VMS206)
Almost:             web-6  tier=Front, the selector wants tier=front
`;
      assert.deepEqual(await supervisor.run(`${web} --dry-run=server`), {
        code: 0,
        out: `${made}/web created (server dry run)\n`,
        err: `${preview}${warning}`,
      });
      assert.deepEqual(await supervisor.run(web), {
        code: 0,
        out: `${made}/web created\n`,
        err: `${preview}${warning}Next: kubectl vmsvc wait web -n prod --for=address\n`,
      });
    });

    test('does not keep a manifest from being written', async () => {
      const supervisor = await aSupervisor([...fleet, quota]);
      for (const command of [web, 'expose vm/web-6 --name=web --type=LoadBalancer --port=80 -n prod']) {
        const { code, out, err } = await supervisor.run(`${command} --dry-run=client -o yaml`);
        assert.deepEqual([code, err], [0, warning], command);
        assert.match(out, /^apiVersion: vmoperator\.vmware\.com\/v1alpha6\nkind: VirtualMachineService\n/);
      }
    });

    test('is not known without the right to list quotas, and does not count where the Service is there', async () => {
      const denied = await aSupervisor([...fleet, quota]);
      denied.disturb(without(['list resourcequotas']));
      assert.doesNotMatch((await denied.run(web)).err, /Warning/);
      const there = await aSupervisor([...fleet, quota, aService('web')]);
      const { err } = await there.run(web);
      assert.match(err, /\nWarning: there is a Service "web" that belongs to nobody: /);
      assert.doesNotMatch(err, /exceeded quota/);
    });
  });

  test('every other flag has its field', async () => {
    const supervisor = await aSupervisor(fleet);
    const words =
      'create web --type=loadbalancer --tcp=80,443:8443 --udp=53 --selector=app=web --load-balancer-ip=10.1.2.3 --source-range=10.0.0.0/8,fd00::/8 --source-range=192.168.0.0/16 --cluster-ip=10.96.0.20 --ip-family=ipv4,IPv6 --ip-family-policy=PreferDualStack --external-traffic-policy=local --health-check-node-port=31000 --label=team=a,env=prod --annotation=note=a,b=c --capability=supports_workload_ipv6=true --dry-run=client -o json -n prod';
    const { code, out, err } = await supervisor.run(words);
    assert.deepEqual([code, err], [0, '']);
    assert.deepEqual(JSON.parse(out), {
      apiVersion: 'vmoperator.vmware.com/v1alpha6',
      kind: 'VirtualMachineService',
      metadata: {
        name: 'web',
        namespace: 'prod',
        labels: { team: 'a', env: 'prod' },
        annotations: {
          note: 'a,b=c',
          'virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy': 'Local',
          'virtualmachineservice.vmoperator.vmware.com/service.healthCheckNodePort': '31000',
        },
      },
      spec: {
        type: 'LoadBalancer',
        selector: { app: 'web' },
        ports: [
          { name: 'http', protocol: 'TCP', port: 80, targetPort: 80 },
          { name: 'https', protocol: 'TCP', port: 443, targetPort: 8443 },
          { name: 'dns', protocol: 'UDP', port: 53, targetPort: 53 },
        ],
        clusterIp: '10.96.0.20',
        loadBalancerIP: '10.1.2.3',
        loadBalancerSourceRanges: ['10.0.0.0/8', 'fd00::/8', '192.168.0.0/16'],
        ipFamilies: ['IPv4', 'IPv6'],
        ipFamilyPolicy: 'PreferDualStack',
      },
    });
  });

  test('--save-config lets kubectl apply go on; --field-manager and --validate reach the server', async () => {
    const supervisor = await aSupervisor(fleet);
    const queries: string[] = [];
    supervisor.disturb(({ method, query }) => {
      if (method === 'POST') queries.push(query);
      return undefined;
    });
    const { out } = await supervisor.run(`${web} --save-config --field-manager=me --validate=false -o json`);
    const { metadata } = JSON.parse(out);
    assert.deepEqual(JSON.parse(metadata.annotations['kubectl.kubernetes.io/last-applied-configuration']), {
      apiVersion: 'vmoperator.vmware.com/v1alpha6',
      kind: 'VirtualMachineService',
      metadata: { annotations: {}, name: 'web', namespace: 'prod' },
      spec: { ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }], selector: front, type: 'LoadBalancer' },
    });
    await supervisor.run(`${web} --dry-run=server`);
    assert.deepEqual(queries, ['fieldManager=me&fieldValidation=Ignore', 'fieldManager=kubectl-vmsvc&fieldValidation=Strict&dryRun=All']);
  });

  test('IP families are refused where the served version has none', async () => {
    const supervisor = await aSupervisor([], 'D');
    assert.deepEqual(await supervisor.run(`${web} --ip-family=IPv4`), {
      code: 2,
      out: '',
      err: 'error: --ip-family: VM Operator here speaks v1alpha5, which has no IP families; they came with v1alpha6\n',
    });
  });

  test('IP families are refused where the capability is known to be off, and where the webhook says so', async () => {
    const supervisor = await aSupervisor(fleet);
    const dual = `${web} --ip-family=IPv6`;
    const off = await supervisor.run(`${dual} --capability=supports_workload_ipv6=false`);
    assert.deepEqual([off.code, off.out, supervisor.writes], [2, '', []]);
    assert.match(
      off.err,
      /^error: the VirtualMachineService "web" would be refused: spec\.ipFamilies: Forbidden: .* \(VMS111 IPFamiliesInvalid\)\n {2}nothing was changed\n$/,
    );
    const reason = 'spec.ipFamilies: Forbidden: the WorkloadIPv6 capability is not enabled';
    supervisor.disturb(({ method }) =>
      method === 'POST' ? denial(`admission webhook "w" denied the request: ${reason}`, 422, reason) : undefined,
    );
    const { code, out, err } = await supervisor.run(dual);
    assert.deepEqual([code, out], [3, '']);
    assert.ok(err.endsWith(`The VirtualMachineService "web" is invalid: ${reason}\n  nothing was changed\n`), err);
  });

  test('one family with a policy for two is refused only where every cluster would; of one that is not known it is a warning', async () => {
    const supervisor = await aSupervisor(fleet);
    const ip6 =
      'create web --type=ClusterIP --port=80 --selector=app=web --ip-family=IPv6 --capability=supports_workload_ipv6=true -n prod';
    const secondary = `must be 'SingleStack' to release the secondary IP family (VMS111 IPFamiliesInvalid)\n`;
    assert.deepEqual(await supervisor.run(`${ip6} --ip-family-policy=PreferDualStack --dry-run=client -o name`), {
      code: 0,
      out: 'virtualmachineservice.vmoperator.vmware.com/web\n',
      err: `Warning: on a dual-stack cluster the Service would be refused: spec.ipFamilyPolicy: Invalid value: "PreferDualStack": ${secondary}`,
    });
    assert.deepEqual(await supervisor.run(`${ip6} --ip-family-policy=RequireDualStack --dry-run=client -o name`), {
      code: 2,
      out: '',
      err: `error: the VirtualMachineService "web" would be refused: the Service would be refused: spec.ipFamilyPolicy: Invalid value: "RequireDualStack": ${secondary}  nothing was changed\n`,
    });
    for (const clusterIp of ['10.96.0.7', 'fd00::7', '172.30.0.7']) {
      const words = `create web --type=ClusterIP --port=80 --selector=app=web --cluster-ip=${clusterIp} -n prod --dry-run=client -o name`;
      assert.deepEqual((await supervisor.run(words)).code, 0, clusterIp);
    }
  });

  test('a client dry run says that the name is taken; a manifest of it is printed for kubectl apply without a word', async () => {
    const supervisor = await aSupervisor([aVmService('web')]);
    const dry = 'create web --type=ClusterIP --port=80 --selector=app=web -n prod --dry-run=client';
    assert.deepEqual(await supervisor.run(dry), {
      code: 0,
      out: `${made}/web created (dry run)\n`,
      err: `${place}
Selects no VM now  (VMS201)
Warning: there is a VirtualMachineService "web" in prod already: the server would refuse another one
`,
    });
    assert.deepEqual(await supervisor.run(`${dry} -o name`), { code: 0, out: `${made}/web\n`, err: '' });
  });

  test('a cluster IP that is out of the ranges of the cluster, or taken, is refused where those may be seen', async () => {
    const supervisor = await aSupervisor([...fleet, aService('other', { clusterIP: '10.96.0.9' })]);
    const items = [
      { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.96.0.0/16'] } },
    ];
    const body = JSON.stringify({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDRList', metadata: {}, items });
    const seen: HttpResponse = { status: 200, headers: { 'Content-Type': 'application/json' }, warnings: [], body };
    const asking = (clusterIp: string) =>
      supervisor.run(`create web --type=ClusterIP --port=80 --selector=app=web --cluster-ip=${clusterIp} -n prod --dry-run=client -o name`);
    const refused = (clusterIp: string, why: string) => ({
      code: 2,
      out: '',
      err: `error: the VirtualMachineService "web" would be refused: the Service would be refused: spec.clusterIPs: Invalid value: []string{"${clusterIp}"}: failed to allocate IP ${clusterIp}: ${why} (VMS409 ClusterIPUnavailable)\n  nothing was changed\n`,
    });
    const fine = { code: 0, out: `${made}/web\n`, err: '' };

    supervisor.disturb(({ path }) => (path.endsWith('/servicecidrs') ? seen : undefined));
    assert.deepEqual(await asking('172.30.0.7'), refused('172.30.0.7', 'the provided network does not match the current range'));
    assert.deepEqual(await asking('10.96.0.9'), refused('10.96.0.9', 'provided IP is already allocated'));
    assert.deepEqual(await asking('10.96.0.7'), fine);

    supervisor.disturb(({ path }) => (/\/(servicecidrs|api\/v1\/services)$/.test(path) ? forbidden('services') : undefined));
    assert.deepEqual(await asking('172.30.0.7'), fine);
    assert.deepEqual(await asking('10.96.0.9'), refused('10.96.0.9', 'provided IP is already allocated'));

    supervisor.disturb(({ path }) => (/\/(servicecidrs|services)$/.test(path) ? forbidden('services') : undefined));
    assert.deepEqual(await asking('10.96.0.9'), fine);

    supervisor.forget();
    await supervisor.run(`${web} --dry-run=client`);
    await supervisor.run(`create web --type=ClusterIP --cluster-ip=none --selector=app=web -n prod --dry-run=client`);
    assert.deepEqual(
      supervisor.requests.filter((request) => /servicecidrs|\/services$/.test(request)),
      [],
    );
  });

  test('IP families go by the capability that the Supervisor says it has; where that cannot be seen, it is said', async () => {
    const capabilities = (activated: boolean): KubeObject => {
      const object = { apiVersion: 'iaas.vmware.com/v1alpha1', kind: 'Capabilities', metadata: { name: 'supervisor-capabilities' } };
      return { ...object, ...{ status: { supervisor: { supports_workload_ipv6: { activated } } } } };
    };
    const refusal = (field: string) => `spec.${field}: Forbidden: the WorkloadIPv6 feature is not enabled (VMS111 IPFamiliesInvalid)`;
    const off = await aSupervisor([...fleet, capabilities(false)]);
    for (const dryRun of ['', ' --dry-run=server', ' --dry-run=client', ' --dry-run=client -o yaml']) {
      assert.deepEqual(await off.run(`${web} --ip-family=IPv6${dryRun}`), {
        code: 2,
        out: '',
        err: `error: the VirtualMachineService "web" would be refused: ${refusal('ipFamilies')}\n  nothing was changed\n`,
      });
    }
    const both = `${web} --ip-family=IPv4,IPv6 --ip-family-policy=PreferDualStack`;
    assert.equal(
      (await off.run(both)).err,
      `error: the VirtualMachineService "web" would be refused:\n* ${refusal('ipFamilies')}\n* ${refusal('ipFamilyPolicy')}\n  nothing was changed\n`,
    );
    assert.deepEqual(off.writes, []);

    const on = await aSupervisor([...fleet, capabilities(true)]);
    assert.deepEqual(await on.run(`${both} --dry-run=client -o name`), { code: 0, out: `${made}/web\n`, err: '' });

    const unknown = (why: string) =>
      `Warning: IP families are refused where WorkloadIPv6 is off, and whether it is on is not known: ${why}; --capability supports_workload_ipv6=false checks it as off (VMS111)\n`;
    const none = await aSupervisor(fleet);
    const named = `${both} --dry-run=client -o name`;
    assert.deepEqual(await none.run(named), {
      code: 0,
      out: `${made}/web\n`,
      err: unknown('there are no capabilities to look at'),
    });
    none.disturb(({ path }) => (path.includes('iaas.vmware.com') ? denial('no') : undefined));
    assert.equal((await none.run(named)).err, unknown("you may not look at the Supervisor's capabilities"));
    assert.equal((await none.run(named.replace(both, web))).err, '', 'nobody who does not ask for families hears of it');

    const io = testIo(named.split(' '), { env: { HOME: '/nowhere' } });
    assert.deepEqual([await run(io), io.out()], [0, `${made}/web\n`]);
    assert.ok(io.err().endsWith(unknown('there is no server to ask')), io.err());
  });

  test('a template that cannot be read is refused before anything is written', async () => {
    const supervisor = await aSupervisor(fleet);
    assert.deepEqual(await supervisor.run(`${web} -o jsonpath={.metadata`), {
      code: 2,
      out: '',
      err: 'error: error parsing jsonpath {.metadata, unclosed action\n',
    });
    assert.equal((await supervisor.run(`${web} -o jsonpath-file=nowhere`)).code, 3);
    const env = { PATH: process.env.PATH ?? '' };
    const unreadable = await supervisor.run(`${web} -o go-template={{`, { env });
    assert.deepEqual([unreadable.code, unreadable.out], [2, '']);
    assert.match(unreadable.err, /^error: kubectl could not render the Go template: error parsing template \{\{, .*\n$/);
    assert.deepEqual(supervisor.writes, []);
    assert.equal((await supervisor.run(`${web} -o go-template={{.spec.type}}`, { env })).out, 'LoadBalancer');
  });

  test('a bundle can stand in for the cluster in a client dry run; a kustomization cannot, but what kubectl makes of it', async () => {
    const supervisor = await aSupervisor(fleet);
    const folder = mkdtempSync(join(tmpdir(), 'vmsvc-create-from-'));
    after(() => rmSync(folder, { recursive: true }));
    const words = 'create web --type=ClusterIP --port=80 --from=vm/db-1 --dry-run=client';
    assert.equal((await supervisor.run(`bundle -n prod -f ${join(folder, 'prod.tgz')}`)).code, 0);
    supervisor.forget();
    const selects = '\nSelects 1 VM now:  db-1\n';
    const bundle = await supervisor.run(`${words} --bundle=prod.tgz`, { cwd: folder });
    assert.deepEqual([bundle.code, bundle.out, supervisor.requests], [0, `${made}/web created (dry run)\n`, []]);
    assert.ok(bundle.err.startsWith('source: bundle prod.tgz, ') && bundle.err.endsWith(selects), bundle.err);
    assert.deepEqual(await supervisor.run(`${words} --offline -k overlays`), {
      code: 2,
      out: '',
      err: "error: a kustomization may fetch its parts from elsewhere: kubectl kustomize DIR | kubectl vmsvc create --offline -f -\nSee 'kubectl vmsvc create -h' for help and examples\n",
    });
    const written = await supervisor.run(`${words.replace(' --dry-run=client', '')} --bundle=prod.tgz`, { cwd: folder });
    assert.deepEqual(written, {
      code: 2,
      out: '',
      err: "error: files cannot be written to: --offline and --bundle go with --dry-run=client\nSee 'kubectl vmsvc create -h' for help and examples\n",
    });
  });

  test('a server that lets nobody look at VMs lets them create all the same, and dry runs take no other right', async () => {
    const supervisor = await aSupervisor(fleet);
    supervisor.disturb(({ method, path }) =>
      method === 'GET' && /virtualmachines|virtualmachineservices/.test(path) ? denial('no') : undefined,
    );
    const { code, out, err } = await supervisor.run(web);
    assert.deepEqual([code, out], [0, `${made}/web created\n`]);
    assert.match(err, /\nSelects: +not known: not permitted to list virtualmachines in prod\n/);
    assert.equal((await supervisor.run(`${web} --dry-run`)).code, 0);
  });

  test('what the webhook refuses is printed as field errors, one a line', async () => {
    const supervisor = await aSupervisor(fleet);
    const reason =
      'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP", spec.type: Required value';
    supervisor.disturb(({ method }) =>
      method === 'POST' ? denial(`admission webhook "w" denied the request: ${reason}`, 422, reason) : undefined,
    );
    const { code, out, err } = await supervisor.run(web);
    assert.deepEqual([code, out], [3, '']);
    assert.equal(
      err.slice(err.indexOf('The ')),
      `The VirtualMachineService "web" is invalid:
* spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive
* spec.ports[0].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"
* spec.type: Required value
  nothing was changed
`,
    );
  });

  test('who may not create is told what says what they may; a quota is no matter of rights', async () => {
    const supervisor = await aSupervisor(fleet);
    let message =
      'virtualmachineservices.vmoperator.vmware.com is forbidden: User "dev" cannot create resource "virtualmachineservices" in API group "vmoperator.vmware.com" in the namespace "prod"';
    supervisor.disturb(({ method }) => (method === 'POST' ? denial(message) : undefined));
    const refused = await supervisor.run(web);
    assert.deepEqual([refused.code, refused.out], [3, '']);
    assert.ok(
      refused.err.endsWith(
        `\nError from server (Forbidden): ${message}\n  nothing was changed\n  what you may run: kubectl vmsvc can-i create -n prod\n`,
      ),
      refused.err,
    );
    message = 'virtualmachineservices.vmoperator.vmware.com "web" is forbidden: exceeded quota: q';
    const { err } = await supervisor.run(web);
    assert.ok(err.endsWith(`\nError from server (Forbidden): ${message}\n  nothing was changed\n`), err);
  });

  test('of many VMs that are missed by little the first are told, and the others counted', async () => {
    const near = ['a', 'b', 'c', 'd', 'e'].map((name) => aVm(name, { labels: { app: 'Web' } }));
    const supervisor = await aSupervisor(near);
    assert.equal(
      (await supervisor.run('create web --type=ClusterIP --port=80 --selector=app=web --dry-run -n prod')).err,
      `${place}
Selects no VM now  (VMS201)
Almost:            a  app=Web, the selector wants app=web
                   b  app=Web, the selector wants app=web
                   c  app=Web, the selector wants app=web
                   and 2 more
`,
    );
  });

  test('a client dry run says that there is no such namespace, if that is so and may be seen', async () => {
    const supervisor = await aSupervisor(fleet);
    const words = 'create web --type=ClusterIP --port=80 --selector=app=web --dry-run=client -o name -n prdo';
    const nothing = { code: 0, out: `${made}/web\n`, err: '' };
    const missing = 'Warning: the namespace "prdo" does not exist\n';
    assert.deepEqual(await supervisor.run(words), { ...nothing, err: missing });
    assert.deepEqual(await supervisor.run(words.replace('prdo', 'prod')), nothing);
    supervisor.disturb(({ path }) => (path.endsWith('/namespaces/prdo') ? denial('no', 403, 'Forbidden') : undefined));
    assert.deepEqual(await supervisor.run(words), nothing);
  });

  test('a name that is taken is said to be so', async () => {
    const supervisor = await aSupervisor(fleet);
    const { code, err } = await supervisor.run('create web-old --type=ClusterIP --port=80 --selector=app=db -n prod');
    assert.equal(code, 3);
    assert.match(err, /\nError from server \(AlreadyExists\): virtualmachineservices\.vmoperator\.vmware\.com "web-old" already exists\n/);
  });

  test('an answer that is lost is read back', async () => {
    const supervisor = await aSupervisor(fleet);
    supervisor.disturb(({ method, path }, pass) => {
      if (method !== 'POST' || !path.endsWith('/virtualmachineservices')) return undefined;
      pass();
      return denial('gone', 504, 'Timeout');
    });
    const { code, out } = await supervisor.run(web);
    assert.deepEqual([code, out], [0, `${made}/web created\n`]);
  });

  test('machines of workload clusters are behind a service only if somebody says so', async () => {
    const supervisor = await aSupervisor(fleet);
    const words = 'create web --type=ClusterIP --port=80 --selector=env=prod -n prod';
    const refused = await supervisor.run(words);
    assert.deepEqual([refused.code, refused.out, supervisor.writes], [2, '', []]);
    assert.equal(
      refused.err,
      `${place}
Selects 1 VM now:  node-1
Among them:        a machine of workload cluster tkc: node-1 (VMS206)
error: the selector env=prod selects a machine of workload cluster tkc: node-1
  --yes creates it all the same; --label-vm=KEY=VALUE with --from gives VMs a label of their own
  nothing was changed
`,
    );
    assert.equal((await supervisor.run(`${words} --yes`)).code, 0);
  });

  test('--wait gives up with what is missing, and shows the trace', async () => {
    const supervisor = await aSupervisor(fleet);
    const { code, out, err } = await supervisor.run(`${web} --wait --timeout=1s`);
    assert.deepEqual(
      [code, out],
      [
        1,
        `${made}/web created

Trace:
  ○ client
  ┆
  ✗ VIP        <pending>         no address without a Service
  ┆                              below: not reachable through this service
  ✗ Service    web               does not exist: the controller has not created it
  ✗ Endpoints  web               do not exist
  │
  ├─ web-1     <none>            ✗ OUT  no IP address: the guest has reported none
  ├─ web-2     <none>            ✗ OUT  no IP address: the guest has reported none
  └─ web-3     <none>            ✗ OUT  no IP address: the guest has reported none
`,
      ],
    );
    assert.match(err, /\nerror: timed out after 1s waiting for address on virtualmachineservices\/web: no Service yet\n/);
  });

  test('--wait ends as soon as there is an address; with a document on stdout the trace is on stderr', async () => {
    const supervisor = await aSupervisor(fleet);
    const { ended } = supervisor.start(`${web} --wait=address --timeout=1m -o name`);
    const service = aService('web', { ingress: ['10.9.0.1'] });
    const spawned = setInterval(() => {
      if (supervisor.writes.length === 0) return;
      clearInterval(spawned);
      supervisor.cluster.server.load([service]);
    }, 20);
    const { code, out, err } = await ended;
    assert.deepEqual([code, out], [0, `${made}/web\n`]);
    assert.match(err, /\nTrace:\n {2}○ client\n {2}│\n {2}● VIP {8}10\.9\.0\.1 /);
  });
});

describe('from VMs', () => {
  const spec = async (words: string) => {
    const supervisor = await aSupervisor([...fleet, aVm('solo', { labels: { app: 'solo', 'topology.kubernetes.io/zone': 'a' } })]);
    const { code, out, err } = await supervisor.run(`${words} --dry-run=client -o jsonpath={.metadata.name}{.spec} -n prod`);
    return code === 0 ? out : err;
  };

  test('--from, -l and expose come to the smallest set of labels, and to the same object', async () => {
    const three =
      'web{"type":"LoadBalancer","selector":{"app":"web","tier":"front"},"ports":[{"name":"http","protocol":"TCP","port":80,"targetPort":8080}]}';
    const flags = '--type=LoadBalancer --port=80:8080';
    const found = await Promise.all(
      [
        `create web ${flags} --from=vm/web-1,vm/web-2,web-3`,
        `create vmservice web ${flags} --from=vm/web-1 --from=virtualmachine/web-2,vm/web-3`,
        `create vmsvc/web ${flags} -l tier=front,app!=db`,
        'expose vm/web-1 vm/web-2 vm/web-3 --name=web --type=LoadBalancer --port=80 --target-port=8080',
        'expose vm web-1 web-2 web-3 --name=web --type=LoadBalancer --port=80 --target-port=8080 --protocol=TCP --port-name=http',
        // kubectl's expose takes a type with a query as well.
        'expose vm -l tier=front,app!=db --name=web --type=LoadBalancer --port=80 --target-port=8080',
      ].map(spec),
    );
    assert.deepEqual(
      found,
      found.map(() => sorted(three)),
    );
    assert.match(await spec('expose vm/solo --type=ClusterIP --port=80'), /^solo\{.*"selector":\{"app":"solo"\}/);
  });

  test('where no label tells them apart it says whom it would catch, and goes on only if somebody says so', async () => {
    const supervisor = await aSupervisor(fleet);
    const words = 'expose vm/web-1 vm/web-2 --name=web --type=ClusterIP --port=80 -n prod';
    assert.deepEqual(await supervisor.run(words), {
      code: 2,
      out: '',
      err: `${place}
Not only those:     app=web,tier=front also selects web-3
Selects 3 VMs now:  web-1  web-2  web-3          also matched by: service "web-old" (VMS206)
Almost:             web-6  tier=Front, the selector wants tier=front
error: no label tells them apart: app=web,tier=front also selects web-3
  --yes creates it all the same; --label-vm=KEY=VALUE with --from gives VMs a label of their own
  nothing was changed
`,
    });
    assert.deepEqual(supervisor.writes, []);
    const { code, err } = await supervisor.run(`${words} --dry-run=client -o yaml`);
    assert.deepEqual([code, err], [0, 'Warning: no label tells them apart: app=web,tier=front also selects web-3\n']);
    assert.equal((await supervisor.run(`${words} -y`)).code, 0);
  });

  test('what cannot be selected is said to be so', async () => {
    const nothing = '  nothing was changed\n';
    const label = (fresh: string) => `  --label-vm=KEY=VALUE labels the VMs first, as in --label-vm=${fresh}\n`;
    assert.deepEqual(
      await Promise.all(
        [
          'expose vm/bare',
          'create x --from=web-1,bare',
          'expose vm/node-1',
          'expose vm/gone',
          'create x -l app=nobody',
          'create x -l a(b',
        ].map((words) => spec(`${words} --type=ClusterIP --port=80`)),
      ),
      [
        `error: VM bare has no labels, a service cannot select it\n${label('app=bare')}${nothing}`,
        // A label that web-1 has with another value would not be overwritten.
        `error: VM bare has no labels, a service cannot select it\n${label('vmsvc=x')}${nothing}`,
        `error: VM node-1 is a machine of workload cluster tkc, whose controllers replace it and its labels; node-1 is not made for it\n  make a Service of type LoadBalancer inside that cluster\n${nothing}`,
        'Error from server (NotFound): virtualmachines.vmoperator.vmware.com "gone" not found\n',
        'error: no VM in prod has the labels of -l "app=nobody"\n',
        `error: -l "a(b": unable to parse requirement: found '(', expected: in, notin, =, ==, !=, gt, lt\nSee 'kubectl vmsvc create -h' for help and examples\n`,
      ],
    );
  });
});

describe('--label-vm', () => {
  const words = 'expose vm/web-1 vm/bare --name=web --type=ClusterIP --port=80 --label-vm=vmsvc=web -n prod';
  const untouched = { 'web-1': front, bare: undefined };
  const labels = async (supervisor: Supervisor) => ({
    'web-1': await labelsOf(supervisor, 'web-1'),
    bare: await labelsOf(supervisor, 'bare'),
  });

  test('labels the VMs first, and selects them by that; again it has nothing to label', async () => {
    const supervisor = await aSupervisor([...fleet, aVmService('of-label', { selector: { vmsvc: 'web' } })]);
    const first = await supervisor.run(words);
    assert.deepEqual(first, {
      code: 0,
      out: `virtualmachine.vmoperator.vmware.com/web-1 labeled
virtualmachine.vmoperator.vmware.com/bare labeled
${made}/web created
`,
      err: `${place}
Labels first:       vmsvc=web  on web-1  bare
Joins as well:      service "of-label" then selects bare  web-1 too
Selects 2 VMs now:  bare  web-1          also matched by: services "of-label", "web-old" (web-1) (VMS206)
Next: kubectl vmsvc wait web -n prod --for=endpoints
`,
    });
    assert.deepEqual(await labels(supervisor), { 'web-1': { ...front, vmsvc: 'web' }, bare: { vmsvc: 'web' } });
    assert.deepEqual([supervisor.rehearsals.length, supervisor.writes.length], [1, 3]);
    const again = await supervisor.run(words.replace('--name=web', '--name=web2'));
    assert.equal(again.out, `${made}/web2 created\n`);
    assert.match(again.err, /\nLabeled already: +vmsvc=web {2}on web-1 {2}bare\n/);
  });

  test('a run that was killed between label and service is gone on with, and what it labeled is named', async () => {
    const supervisor = await aSupervisor(fleet);
    const folder = mkdtempSync(join(tmpdir(), 'vmsvc-killed-'));
    after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'kubeconfig'), sandboxKubeconfig(supervisor.access));
    const tool = childTool(words, { KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder });
    supervisor.disturb(({ method, query }) => {
      if (method !== 'POST' || query.includes('dryRun')) return undefined;
      // Sent now; that it is gone is waited for below.
      void tool.kill();
      return denial('gone', 504, 'Timeout');
    });
    assert.equal((await tool.ended).signal, 'SIGKILL');
    const labelled = { 'web-1': { ...front, vmsvc: 'web' }, bare: { vmsvc: 'web' } };
    assert.deepEqual([await labels(supervisor), await stored(supervisor, 'web')], [labelled, undefined]);
    supervisor.disturb(() => undefined);
    assert.deepEqual(await supervisor.run(words), {
      code: 0,
      out: `${made}/web created\n`,
      err: `${place}
Labeled already:    vmsvc=web  on web-1  bare
Selects 2 VMs now:  bare  web-1          also matched by: service "web-old" (web-1) (VMS206)
Next: kubectl vmsvc wait web -n prod --for=endpoints
`,
    });
    assert.deepEqual(await labels(supervisor), labelled);
  });

  test('a label that a VM has with another value is not overwritten', async () => {
    const supervisor = await aSupervisor(fleet);
    assert.deepEqual(await supervisor.run(words.replace('vmsvc=web', 'app=x')), {
      code: 2,
      out: '',
      err: 'error: VM web-1 has the label app=web, which is not overwritten with app=x\n  nothing was changed\n',
    });
    assert.deepEqual(supervisor.writes, []);
  });

  test('what the server would refuse, it refuses before a VM is touched', async () => {
    const supervisor = await aSupervisor(fleet);
    const { code, out } = await supervisor.run(words.replace('--name=web', '--name=web-old'));
    assert.deepEqual([code, out, await labels(supervisor)], [3, '', untouched]);
  });

  test('where the service cannot be created after all, the labels are taken off again', async () => {
    const supervisor = await aSupervisor(fleet);
    supervisor.disturb(({ method, query }) =>
      method === 'POST' && !query.includes('dryRun') ? denial('no', 403, 'Forbidden') : undefined,
    );
    const { code, out, err } = await supervisor.run(words);
    assert.deepEqual([code, await labels(supervisor), await stored(supervisor, 'web')], [3, untouched, undefined]);
    assert.equal(
      out,
      ['web-1 labeled', 'bare labeled', 'bare unlabeled', 'web-1 unlabeled']
        .map((line) => `virtualmachine.vmoperator.vmware.com/${line}\n`)
        .join(''),
    );
    assert.match(err, /\nError from server \(Forbidden\): no\n {2}nothing was changed\n$/);
  });

  test('where a label cannot be taken off again either, it says which VM keeps it, and how to take it off', async () => {
    const supervisor = await aSupervisor(fleet);
    let refusing = false;
    supervisor.disturb(({ method, path, query }) => {
      if (method === 'POST' && path.endsWith('services') && !query.includes('dryRun')) {
        refusing = true;
        return denial('no');
      }
      return refusing && method === 'PATCH' && path.endsWith('/bare') ? denial('no more') : undefined;
    });
    const { code, out, err } = await supervisor.run(words);
    assert.deepEqual([code, await labels(supervisor)], [3, { ...untouched, bare: { vmsvc: 'web' } }]);
    assert.equal(
      out,
      ['web-1 labeled', 'bare labeled', 'web-1 unlabeled'].map((line) => `virtualmachine.vmoperator.vmware.com/${line}\n`).join(''),
    );
    assert.ok(
      err.endsWith(
        '\nError from server (Forbidden): no\n' +
          '  still labeled vmsvc=web: VirtualMachine/bare; to take it off: kubectl label vm bare -n prod vmsvc-\n',
      ),
      err,
    );
  });

  test('a VM that changes meanwhile is labeled as it is then; one that gets the label from somebody else is not', async () => {
    const supervisor = await aSupervisor(fleet);
    let patches = 0;
    supervisor.disturb(({ method, path }) => {
      if (method !== 'PATCH' || !path.endsWith('/web-1') || patches++ > 0) return undefined;
      void supervisor.cluster.patch(
        vmRef('web-1'),
        { metadata: { annotations: { touched: 'yes' } } },
        { dryRun: 'none', fieldManager: 'other' },
      );
      return undefined;
    });
    assert.equal((await supervisor.run(words)).code, 0);

    const other = await aSupervisor(fleet);
    other.disturb(({ method, path }) => {
      if (method === 'PATCH' && path.endsWith('/bare'))
        void other.cluster.patch(vmRef('bare'), { metadata: { labels: { vmsvc: 'db' } } }, { dryRun: 'none', fieldManager: 'other' });
      return undefined;
    });
    const { code, err } = await other.run(words);
    assert.equal(code, 3);
    assert.match(err, /\nerror: VM bare has the label vmsvc=db, which is not overwritten with vmsvc=web\n {2}nothing was changed\n$/);
    assert.deepEqual(await labels(other), { 'web-1': front, bare: { vmsvc: 'db' } });
  });

  test('Ctrl-C between two labels takes off the first', async () => {
    const supervisor = await aSupervisor(fleet);
    const { io, ended } = supervisor.start(words);
    supervisor.disturb(({ method, path }) => {
      if (method === 'PATCH' && path.endsWith('/web-1')) io.interrupt('SIGINT');
      return undefined;
    });
    const { code, err } = await ended;
    assert.deepEqual([code, await labels(supervisor), await stored(supervisor, 'web')], [130, untouched, undefined]);
    assert.match(err, /\ninterrupted\n {2}nothing was changed\n$/);
  });

  for (const fault of ['refused', 'lost', 'lost before'] as const) {
    test(`whichever write is ${fault}: the service is there and selects the VMs, or no VM is changed`, async () => {
      for (let at = 0; at < 4; at++) {
        const supervisor = await aSupervisor(fleet);
        let seen = 0;
        supervisor.disturb(({ method, query }, pass) => {
          if (method === 'GET' || seen++ !== at) return undefined;
          if (fault === 'refused') return denial('no', 403, 'Forbidden');
          if (fault === 'lost' && !query.includes('dryRun')) pass();
          return denial('gone', 504, 'Timeout');
        });
        const { code, err } = await supervisor.run(words);
        const there = (await stored(supervisor, 'web')) !== undefined;
        const labelled = { 'web-1': { ...front, vmsvc: 'web' }, bare: { vmsvc: 'web' } };
        assert.deepEqual([code, await labels(supervisor)], there ? [0, labelled] : [3, untouched], `${fault} at ${at}: ${err}`);
      }
    });
  }

  test('where nobody knows whether the service is there, the labels stay, and are named', async () => {
    const supervisor = await aSupervisor(fleet);
    let lost = false;
    supervisor.disturb(({ method, path, query }) => {
      if (method === 'POST' && path.endsWith('services') && !query.includes('dryRun')) lost = true;
      return lost && path.includes('virtualmachineservices') ? denial('gone', 504, 'Timeout') : undefined;
    });
    const { code, err } = await supervisor.run(words);
    assert.equal(code, 3);
    assert.deepEqual(await labels(supervisor), { 'web-1': { ...front, vmsvc: 'web' }, bare: { vmsvc: 'web' } });
    assert.match(err, /outcome unknown/);
    assert.match(err, /still labeled vmsvc=web: VirtualMachine\/web-1; to take it off: kubectl label vm web-1 -n prod vmsvc-\n/);
  });
});

/** An answer of the server that is no success. */
function denial(message: string, code = 403, reason = 'Forbidden'): HttpResponse {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  return { status: code, headers: { 'content-type': 'application/json' }, warnings: [], body: JSON.stringify(body) };
}

/** The fields of a template's JSON are sorted, as kubectl's. */
function sorted(text: string): string {
  const at = text.indexOf('{');
  const order = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(order)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([one], [other]) => compareText(one, other))
              .map(([key, inner]) => [key, order(inner)]),
          )
        : value;
  return text.slice(0, at) + JSON.stringify(order(JSON.parse(text.slice(at))));
}
