import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { Kubectl, type KubectlRelease, kubectlReleases } from '../support/kubectl-releases.ts';

// The real kubectl, which nobody here wrote, uses the sandbox as if it were a cluster. What it prints was compared with what it
// prints for a kube-apiserver of 1.33.
const releases = kubectlReleases();
const wanted = releases.filter(({ minor }) => minor === '1.32' || minor === '1.33');
const judges = wanted.length > 0 ? wanted : releases.slice(-1);
const older = releases.filter((release) => !judges.includes(release));
const names = (some: readonly KubectlRelease[]) => some.map(({ minor }) => minor).join(', ') || 'none';
console.log(`kubectl against the sandbox: every command with ${names(judges)}; the first steps with ${names(older)}`);

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-kubectl-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const tenDaysAgo = new Date(Date.now() - (10 * 24 + 1) * 60 * 60 * 1000).toISOString().replace(/\.\d+/, '');

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'prod', labels: { app: 'web' }, creationTimestamp: tenDaysAgo, uid: 'uid-service' },
  spec: {
    type: 'LoadBalancer',
    clusterIP: '10.96.0.50',
    clusterIPs: ['10.96.0.50'],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    externalTrafficPolicy: 'Cluster',
    internalTrafficPolicy: 'Cluster',
    sessionAffinity: 'None',
    ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080, nodePort: 31000 }],
  },
  status: { loadBalancer: { ingress: [{ ip: '192.0.2.10', ipMode: 'VIP' }] } },
};

const endpoints = {
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'web', namespace: 'prod', creationTimestamp: tenDaysAgo },
  subsets: [
    {
      addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }, { ip: '10.0.0.3' }, { ip: '10.0.0.4' }],
      notReadyAddresses: [{ ip: '10.0.0.5' }],
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    },
  ],
};

const vmService = {
  apiVersion: 'vmoperator.vmware.com/v1alpha6',
  kind: 'VirtualMachineService',
  metadata: { name: 'web', namespace: 'prod', uid: 'uid-vmservice', creationTimestamp: tenDaysAgo, labels: { tier: 'front' } },
  spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] },
};

const vm = {
  apiVersion: 'vmoperator.vmware.com/v1alpha6',
  kind: 'VirtualMachine',
  metadata: { name: 'web-1', namespace: 'prod', creationTimestamp: tenDaysAgo, labels: { app: 'web' } },
  spec: { className: 'best-effort-small', imageName: 'vmi-1', image: { kind: 'VirtualMachineImage', name: 'vmi-1' }, storageClass: 'gold' },
  status: { powerState: 'PoweredOn', network: { primaryIP4: '10.0.0.1' } },
};

const event = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'web.1', namespace: 'prod', creationTimestamp: tenDaysAgo },
  involvedObject: { apiVersion: vmService.apiVersion, kind: 'VirtualMachineService', name: 'web', namespace: 'prod', uid: 'uid-vmservice' },
  type: 'Normal',
  reason: 'Created',
  message: 'Service created',
  count: 1,
  firstTimestamp: tenDaysAgo,
  lastTimestamp: tenDaysAgo,
  source: { component: 'vm-operator' },
};

const manifest = (port: number, more = '') => `apiVersion: vmoperator.vmware.com/v1alpha6
kind: VirtualMachineService
metadata:
  name: api
  namespace: prod
spec:
  type: LoadBalancer
  selector: {app: api}
  ports:
  - {name: http, port: ${port}, targetPort: 8080, protocol: TCP}
${more}`;

async function withSandbox(release: KubectlRelease): Promise<{ sandbox: Sandbox; kubectl: Kubectl }> {
  const sandbox = await startSandbox({
    profile: 'E',
    objects: [service, endpoints, vmService, vm, event],
    controllers: ['garbage-collector', 'endpointslice-mirroring', 'load-balancer', 'resource-quota'],
    port: 0,
    now: () => new Date(),
    toolVersion: 'test',
  });
  return { sandbox, kubectl: new Kubectl(release, file(`kubeconfig-${release.minor}`, sandboxKubeconfig(sandbox))) };
}

const said = (stdout: string) => ({ stdout, stderr: '', code: 0 });

for (const release of older) {
  test(`kubectl ${release.minor} creates, applies, reads, explains and deletes`, async () => {
    const { sandbox, kubectl } = await withSandbox(release);
    try {
      assert.deepEqual(await kubectl.run(['create', 'namespace', 'team-a']), said('namespace/team-a created\n'));
      const path = file('api-80.yaml', manifest(80));
      const name = 'virtualmachineservice.vmoperator.vmware.com/api';
      assert.deepEqual(await kubectl.run(['apply', '-f', path]), said(`${name} created\n`));
      assert.deepEqual(await kubectl.run(['apply', '-f', path]), said(`${name} unchanged\n`));
      assert.deepEqual(
        await kubectl.run(['apply', '--server-side', '--force-conflicts', '-f', path]),
        said(`${name} serverside-applied\n`),
      );
      assert.deepEqual(
        await kubectl.run(['get', 'vm,svc', '-n', 'prod', '--no-headers']),
        said(`virtualmachine.vmoperator.vmware.com/web-1   PoweredOn   10d
service/web   LoadBalancer   10.96.0.50   192.0.2.10   80:31000/TCP   10d
`),
      );
      assert.match((await kubectl.run(['explain', 'vmservice.spec.ports'])).stdout, /^ {2}targetPort\t<integer> -required-$/m);
      assert.deepEqual(
        await kubectl.run(['delete', 'vmservice', 'api', '-n', 'prod']),
        said('virtualmachineservice.vmoperator.vmware.com "api" deleted\n'),
      );
    } finally {
      kubectl.close();
      await sandbox.close();
    }
  });
}

for (const release of judges) {
  describe(`kubectl ${release.minor}`, () => {
    let sandbox: Sandbox;
    let kubectl: Kubectl;
    const run = (...args: string[]) => kubectl.run(args);
    const inProd = (...args: string[]) => kubectl.run([...args, '-n', 'prod']);
    before(async () => {
      ({ sandbox, kubectl } = await withSandbox(release));
    });
    after(async () => {
      kubectl.close();
      await sandbox.close();
    });

    test('lists the resources that are served', async () => {
      const { stdout, stderr, code } = await run('api-resources', '--api-group=vmoperator.vmware.com');
      assert.deepEqual({ stderr, code }, { stderr: '', code: 0 });
      assert.deepEqual(
        stdout.split('\n').map((line) => line.trimEnd().split(/ {2,}/)),
        [
          ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND'],
          ['virtualmachines', 'vm', 'vmoperator.vmware.com/v1alpha6', 'true', 'VirtualMachine'],
          ['virtualmachineservices', 'vmservice', 'vmoperator.vmware.com/v1alpha6', 'true', 'VirtualMachineService'],
          [''],
        ],
      );
    });

    test('prints the tables of a cluster', async () => {
      assert.deepEqual(
        await inProd('get', 'svc,vmservice,vm,events'),
        said(`NAME          TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE
service/web   LoadBalancer   10.96.0.50   192.0.2.10    80:31000/TCP   10d

NAME                                              TYPE           AGE
virtualmachineservice.vmoperator.vmware.com/web   LoadBalancer   10d

NAME                                         POWER-STATE   AGE
virtualmachine.vmoperator.vmware.com/web-1   PoweredOn     10d

LAST SEEN   TYPE     REASON    OBJECT                      MESSAGE
10d         Normal   Created   virtualmachineservice/web   Service created
`),
      );
      assert.deepEqual(
        await inProd('get', 'vm', '-o', 'wide'),
        said(`NAME    POWER-STATE   CLASS               IMAGE   PRIMARY-IP4   AGE
web-1   PoweredOn     best-effort-small   vmi-1   10.0.0.1      10d
`),
      );
      assert.deepEqual(await inProd('get', 'endpoints'), {
        stdout: `NAME   ENDPOINTS                                         AGE
web    10.0.0.1:8080,10.0.0.2:8080,10.0.0.3:8080 + 1 more...   10d
`.replace('ENDPOINTS                                         AGE', 'ENDPOINTS                                               AGE'),
        stderr: 'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n',
        code: 0,
      });
      assert.deepEqual(await run('get', 'ns', '--no-headers', '-o', 'custom-columns=:metadata.name'), said('default\nprod\n'));
    });

    test('reads objects as YAML, JSON, names and paths', async () => {
      assert.deepEqual(
        await inProd('get', 'vmservice', 'web', '-o', 'jsonpath={.kind} {.metadata.creationTimestamp} {.spec}'),
        said(
          `VirtualMachineService ${tenDaysAgo} ${JSON.stringify({ ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }], selector: { app: 'web' }, type: 'LoadBalancer' })}`,
        ),
      );
      assert.deepEqual(
        await inProd('get', 'vmservice,vm', '-o', 'name'),
        said('virtualmachineservice.vmoperator.vmware.com/web\nvirtualmachine.vmoperator.vmware.com/web-1\n'),
      );
      const json: unknown = JSON.parse((await inProd('get', 'svc', 'web', '-o', 'json')).stdout);
      const stored = sandbox.api.objects().find(({ kind }) => kind === 'Service');
      assert.deepEqual(json, JSON.parse(JSON.stringify(stored)));
      assert.match((await inProd('get', 'svc', 'web', '-o', 'yaml')).stdout, /^apiVersion: v1\nkind: Service\nmetadata:\n/);
    });

    test('selects by label and field, and lists in chunks', async () => {
      assert.deepEqual(
        await inProd('get', 'vm', '-l', 'app in (web,api),!old', '-o', 'name'),
        said('virtualmachine.vmoperator.vmware.com/web-1\n'),
      );
      assert.deepEqual(await inProd('get', 'vm', '-l', 'app=other'), {
        stdout: '',
        stderr: 'No resources found in prod namespace.\n',
        code: 0,
      });
      assert.deepEqual(await inProd('get', 'svc', '--field-selector', 'metadata.name!=web'), {
        stdout: '',
        stderr: 'No resources found in prod namespace.\n',
        code: 0,
      });
      for (const name of ['a', 'b', 'c']) await inProd('create', 'configmap', name, '--from-literal=k=v');
      assert.deepEqual(await inProd('get', 'cm', '--chunk-size=2', '-o', 'name'), said('configmap/a\nconfigmap/b\nconfigmap/c\n'));
    });

    test('describes objects with their events', async () => {
      const { stdout } = await inProd('describe', 'vmservice', 'web');
      assert.match(
        stdout,
        /^Name: +web\nNamespace: +prod\nLabels: +tier=front\nAnnotations: +<none>\nAPI Version: +vmoperator.vmware.com\/v1alpha6\n/,
      );
      assert.match(stdout, /^ {2}Normal +Created +10d +vm-operator +Service created$/m);
      const described = (await inProd('describe', 'svc', 'web')).stdout;
      assert.match(described, /^LoadBalancer Ingress: +192\.0\.2\.10 \(VIP\)$/m);
      assert.match(described, /^Endpoints: +10\.0\.0\.1:8080,10\.0\.0\.2:8080,10\.0\.0\.3:8080 \+ 1 more\.\.\.$/m);
      assert.match((await inProd('describe', 'vm', 'web-1')).stdout, /^ {2}Power State: +PoweredOn$/m);
    });

    test('creates what it writes itself, which travels as protobuf in newer releases', async () => {
      assert.deepEqual(await run('create', 'namespace', 'team-a'), said('namespace/team-a created\n'));
      assert.deepEqual(await inProd('create', 'secret', 'generic', 's', '--from-literal=k=väl'), said('secret/s created\n'));
      assert.deepEqual(
        await inProd('get', 'secret', 's', '-o', 'jsonpath={.data.k} {.type}'),
        said(`${Buffer.from('väl').toString('base64')} Opaque`),
      );
      assert.deepEqual(await inProd('create', 'service', 'clusterip', 'plain', '--tcp=53:dns'), said('service/plain created\n'));
      assert.deepEqual(
        await inProd('get', 'svc', 'plain', '-o', 'jsonpath={.spec.type} {.spec.ports} {.spec.selector}'),
        said('ClusterIP [{"name":"53-dns","port":53,"protocol":"TCP","targetPort":"dns"}] {"app":"plain"}'),
      );
      assert.deepEqual(
        await inProd('create', 'role', 'r', '--verb=get', '--resource=services'),
        said('role.rbac.authorization.k8s.io/r created\n'),
      );
    });

    test('applies on the client: again without a change, and removes what the file no longer has', async () => {
      const name = 'virtualmachineservice.vmoperator.vmware.com/api';
      const first = file('api-first.yaml', manifest(80, '  loadBalancerSourceRanges: [10.0.0.0/8]\n'));
      const second = file('api-second.yaml', manifest(81));
      assert.deepEqual(await run('apply', '-f', first), said(`${name} created\n`));
      assert.deepEqual(await run('apply', '-f', first), said(`${name} unchanged\n`));
      const difference = await run('diff', '-f', second);
      assert.deepEqual({ code: difference.code, stderr: difference.stderr }, { code: 1, stderr: '' });
      assert.match(difference.stdout, /^- {2}loadBalancerSourceRanges:$/m);
      assert.deepEqual(await run('apply', '-f', second), said(`${name} configured\n`));
      assert.deepEqual(
        await inProd(
          'get',
          'vmservice',
          'api',
          '-o',
          'jsonpath={.spec.ports[0].port}:{.spec.loadBalancerSourceRanges}:{.metadata.generation}',
        ),
        said('81::2'),
      );
      assert.deepEqual(await run('diff', '-f', second), said(''));
    });

    test('prunes what a file no longer has, among the kinds that it looks through by itself', async () => {
      const [one, other] = ['one', 'other'].map((name) => {
        const metadata = { name, namespace: 'prod', labels: { set: 'pruned' } };
        const items = [
          { apiVersion: 'v1', kind: 'ConfigMap', metadata },
          { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }] } },
        ];
        return file(`prune-${name}.json`, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
      });
      const apply = async (path = '') => {
        const { code, stdout } = await inProd('apply', '--prune', '-l', 'set=pruned', '-f', path);
        return { code, lines: stdout.split('\n').filter((line) => line !== '') };
      };
      assert.deepEqual(await apply(one), { code: 0, lines: ['configmap/one created', 'service/one created'] });
      assert.deepEqual(await apply(other), {
        code: 0,
        lines: ['configmap/other created', 'service/other created', 'configmap/one pruned', 'service/one pruned'],
      });
      assert.deepEqual(await inProd('get', 'cm,svc', '-l', 'set=pruned', '-o', 'name'), said('configmap/other\nservice/other\n'));
      await inProd('delete', 'cm,svc', '-l', 'set=pruned');
    });

    test('applies on the server, and is told whose field it wants to take', async () => {
      const name = 'virtualmachineservice.vmoperator.vmware.com/ssa';
      const path = file('ssa.yaml', manifest(80).replace('name: api', 'name: ssa'));
      const changed = file('ssa-changed.yaml', manifest(8080).replace('name: api', 'name: ssa').replace('LoadBalancer', 'ClusterIP'));
      assert.deepEqual(await run('apply', '--server-side', '-f', path), said(`${name} serverside-applied\n`));
      const conflict = await run('apply', '--server-side', '--field-manager=other', '-f', changed);
      assert.equal(conflict.code, 1);
      assert.match(conflict.stderr, /^error: Apply failed with 2 conflicts: conflicts with "kubectl":\n- \.spec\.ports\n- \.spec\.type\n/);
      assert.deepEqual(
        await run('apply', '--server-side', '--field-manager=other', '--force-conflicts', '-f', changed),
        said(`${name} serverside-applied\n`),
      );
      assert.deepEqual(await inProd('get', 'vmservice', 'ssa', '-o', 'jsonpath={.spec.type}'), said('ClusterIP'));
    });

    test('patches in all four ways, and hears what custom resources do not take', async () => {
      assert.deepEqual(
        await inProd('patch', 'vmservice', 'web', '--type=merge', '-p', '{"metadata":{"labels":{"x":"y"}}}'),
        said('virtualmachineservice.vmoperator.vmware.com/web patched\n'),
      );
      assert.deepEqual(
        await inProd('patch', 'vmservice', 'web', '--type=json', '-p', '[{"op":"remove","path":"/metadata/labels/x"}]'),
        said('virtualmachineservice.vmoperator.vmware.com/web patched\n'),
      );
      assert.deepEqual(
        await inProd('patch', 'svc', 'web', '-p', '{"spec":{"ports":[{"port":443,"name":"https"}]}}'),
        said('service/web patched\n'),
      );
      assert.deepEqual(await inProd('get', 'svc', 'web', '-o', 'jsonpath={.spec.ports[*].port}'), said('443 80'));
      const refused = await inProd('patch', 'vmservice', 'web', '-p', '{}');
      assert.equal(refused.code, 1);
      assert.match(
        refused.stderr,
        /^error: application\/strategic-merge-patch\+json is not supported by vmoperator\.vmware\.com\/v1alpha6, Kind=VirtualMachineService: /,
      );
      assert.deepEqual(
        await inProd(
          'patch',
          'vmservice',
          'web',
          '--subresource=status',
          '--type=merge',
          '-p',
          '{"status":{"conditions":[{"type":"Ready","status":"True","reason":"Ready","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}',
        ),
        said('virtualmachineservice.vmoperator.vmware.com/web patched\n'),
      );
    });

    test('labels, annotates, replaces and edits', async () => {
      assert.deepEqual(await inProd('label', 'vm', 'web-1', 'tier=front'), said('virtualmachine.vmoperator.vmware.com/web-1 labeled\n'));
      assert.deepEqual(
        await inProd('annotate', 'vmservice', 'web', 'a=b'),
        said('virtualmachineservice.vmoperator.vmware.com/web annotated\n'),
      );
      const path = file('replace.yaml', manifest(90));
      assert.deepEqual(await run('replace', '-f', path), said('virtualmachineservice.vmoperator.vmware.com/api replaced\n'));
      const edited = await kubectl.run(['edit', 'vmservice', 'api', '-n', 'prod'], {
        env: { KUBE_EDITOR: 'sed -i s/LoadBalancer/ClusterIP/' },
      });
      assert.deepEqual(edited, said('virtualmachineservice.vmoperator.vmware.com/api edited\n'));
      assert.deepEqual(await inProd('get', 'vmservice', 'api', '-o', 'jsonpath={.spec.type} {.spec.ports[0].port}'), said('ClusterIP 90'));
    });

    test('is refused what the schema does not allow, in the words of a cluster', async () => {
      const unknown = file('unknown.yaml', manifest(80, '  colour: red\n').replace('name: api', 'name: bad'));
      assert.deepEqual(await run('create', '--validate=strict', '-f', unknown), {
        stdout: '',
        stderr: `Error from server (BadRequest): error when creating "${unknown}": VirtualMachineService in version "v1alpha6" cannot be handled as a VirtualMachineService: strict decoding error: unknown field "spec.colour"\n`,
        code: 1,
      });
      assert.deepEqual(await inProd('get', 'vmservice', 'bad'), {
        stdout: '',
        stderr: 'Error from server (NotFound): virtualmachineservices.vmoperator.vmware.com "bad" not found\n',
        code: 1,
      });
    });

    test('waits for a value, for a condition, and for an object to go', async () => {
      const name = 'virtualmachineservice.vmoperator.vmware.com/web condition met\n';
      assert.deepEqual(await inProd('wait', '--for=condition=Ready', 'vmservice/web', '--timeout=20s'), said(name));
      const waiting = inProd('wait', '--for=jsonpath={.spec.loadBalancerIP}=10.0.0.9', 'vmservice/web', '--timeout=20s');
      await inProd('patch', 'vmservice', 'web', '--type=merge', '-p', '{"spec":{"loadBalancerIP":"10.0.0.9"}}');
      assert.deepEqual(await waiting, said(name));
      const gone = inProd('wait', '--for=delete', 'cm/a', '--timeout=20s');
      await inProd('delete', 'cm', 'a');
      assert.equal((await gone).code, 0);
      assert.deepEqual(
        await run('wait', '--for=condition=Established', 'crd/virtualmachines.vmoperator.vmware.com', '--timeout=20s'),
        said('customresourcedefinition.apiextensions.k8s.io/virtualmachines.vmoperator.vmware.com condition met\n'),
      );
    });

    test('watches: what is there, and then what changes', async () => {
      await inProd('label', 'cm', 'b', 'watched=yes');
      const seen: string[] = [];
      const steps: Promise<unknown>[] = [];
      await kubectl.watch(['get', 'cm', '-n', 'prod', '-l', 'watched=yes', '-w', '--no-headers', '--output-watch-events'], (line) => {
        seen.push(line.split(/ +/).slice(0, 3).join(' '));
        if (seen.length === 1) steps.push(inProd('patch', 'cm', 'b', '--type=merge', '-p', '{"data":{"more":"v"}}'));
        if (seen.length === 2) steps.push(inProd('label', 'cm', 'b', 'watched-'));
        return seen.length === 3 ? 'enough' : 'more';
      });
      await Promise.all(steps);
      assert.deepEqual(seen, ['ADDED b 1', 'MODIFIED b 2', 'DELETED b 2']);
    });

    test('deletes, waiting for what a finalizer holds back, and takes the children along', async () => {
      await inProd('patch', 'vm', 'web-1', '--type=merge', '-p', '{"metadata":{"finalizers":["example.test/hold"]}}');
      const deleting = inProd('delete', 'vm', 'web-1', '--wait', '--timeout=20s');
      for (;;) {
        const { stdout } = await inProd('get', 'vm', 'web-1', '-o', 'jsonpath={.metadata.deletionTimestamp}');
        if (stdout !== '') break;
      }
      await inProd('patch', 'vm', 'web-1', '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
      const deleted = await deleting;
      assert.deepEqual({ stderr: deleted.stderr, code: deleted.code }, { stderr: '', code: 0 });
      assert.match(deleted.stdout, /^virtualmachine\.vmoperator\.vmware\.com "web-1" deleted/);

      const { stdout: uid } = await inProd('get', 'cm', 'b', '-o', 'jsonpath={.metadata.uid}');
      await inProd(
        'patch',
        'cm',
        'c',
        '--type=merge',
        '-p',
        JSON.stringify({ metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'b', uid }] } }),
      );
      assert.equal((await inProd('delete', 'cm', 'b', '--cascade=foreground')).code, 0);
      assert.deepEqual(await inProd('get', 'cm', '-o', 'name'), said(''));
      assert.equal((await run('delete', 'ns', 'team-a')).code, 0);
      assert.equal((await run('get', 'ns', 'team-a')).code, 1);
    });

    test('may do everything, and knows who it is', async () => {
      assert.deepEqual(await inProd('auth', 'can-i', 'create', 'vmservice'), said('yes\n'));
      assert.deepEqual(
        await inProd('auth', 'can-i', '--list'),
        said(`Resources   Non-Resource URLs   Resource Names   Verbs
*.*         []                  []               [*]
            [*]                 []               [*]
`),
      );
      assert.deepEqual(await run('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'), said('sandbox-admin'));
    });

    test('is told by name that nobody else is known', async () => {
      const known = 'the sandbox does not know other users: ask without --as, as the administrator of its kubeconfig';
      const refused = { code: 1, stdout: '', stderr: `Error from server (NotImplemented): ${known}\n` };
      assert.deepEqual(await inProd('get', 'configmaps', '--as=bob'), refused);
      assert.deepEqual(await run('auth', 'whoami', '--as=bob', '--as-group=devs'), refused);
    });

    test('explains fields, custom and built in', async () => {
      const { stdout } = await run('explain', 'vmservice.spec.ports.targetPort');
      assert.match(
        stdout,
        /^GROUP: +vmoperator\.vmware\.com\nKIND: +VirtualMachineService\nVERSION: +v1alpha6\n\nFIELD: targetPort <integer>\n/,
      );
      assert.match(
        (await run('explain', 'svc.spec.type')).stdout,
        /^KIND: +Service\nVERSION: +v1\n\nFIELD: type <string>\nENUM:\n {4}ClusterIP\n {4}ExternalName\n {4}LoadBalancer\n {4}NodePort\n/,
      );
      const managed = await run('explain', 'vmservice.metadata.managedFields', '--recursive');
      assert.deepEqual(
        managed.stdout.match(/^ {2}\w+\t<.*>$/gm),
        ['apiVersion', 'fieldsType', 'fieldsV1', 'manager', 'operation', 'subresource', 'time'].map(
          (field) => `  ${field}\t<${field === 'fieldsV1' ? 'FieldsV1' : 'string'}>`,
        ),
      );
      assert.match((await run('explain', 'deploy.spec')).stdout, /^FIELD: spec <Object>$/m);
      for (const kind of ['cm', 'vmservice'])
        assert.match(
          (await run('explain', kind)).stdout,
          /^ {2}metadata\t<ObjectMeta>\n {4}Its name, its place, and what is known about it\.$/m,
        );
    });

    test('sees events, the server and its release', async () => {
      assert.match(
        (await inProd('events', '--for', 'vmservice/web')).stdout,
        /^10d +Normal +Created +VirtualMachineService\/web +Service created$/m,
      );
      assert.match((await run('version')).stdout, /^Server Version: v1\.33\.\d+\+vmsvc$/m);
      assert.match((await run('cluster-info')).stdout, /is running at .*https:\/\/127\.0\.0\.1:\d+/);
    });

    test('is refused by name what a cluster without machines cannot do', async () => {
      assert.deepEqual(await inProd('create', 'token', 'default'), {
        stdout: '',
        stderr: 'error: failed to create token: the sandbox does not issue tokens: use the one in its kubeconfig\n',
        code: 1,
      });
      const proxy = await run('get', '--raw', '/api/v1/namespaces/prod/services/web/proxy/');
      assert.deepEqual(proxy, {
        stdout: '',
        stderr: 'Error from server (NotImplemented): the sandbox does not forward traffic: a Service leads nowhere\n',
        code: 1,
      });
    });
  });
}
