import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { aSupervisor } from '../support/supervisor.ts';
import { type TestIoOptions, testIo } from '../support/test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-convert-'));
after(() => rmSync(folder, { recursive: true }));

const service = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: LoadBalancer
  selector: {app: web}
  sessionAffinity: ClientIP
  ports: [{port: 80, targetPort: 8080}]
`;
writeFileSync(join(folder, 'service.yaml'), service);
writeFileSync(join(folder, 'config.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n');
const vmService = aVmService('web', { ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }] });
const vm = aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' });
writeFileSync(join(folder, 'vmservice.json'), JSON.stringify(vmService));
writeFileSync(join(folder, 'world.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [vmService, vm] }));

async function said(command: string, options: TestIoOptions = {}) {
  const io = testIo(command.split(' '), { cwd: folder, env: { HOME: folder }, ...options });
  return { code: await run(io), out: io.out(), err: io.err() };
}

const loss = 'Warning: service/web: spec.sessionAffinity is lost: a VirtualMachineService has no session affinity\n';
const note = 'Note: service/web: its selector app=web is for VMs now: they need these labels\n';

describe('convert', () => {
  test('a core Service becomes a VirtualMachineService of the release; what is lost is named, and exits with 1', async () => {
    const yaml = (version: string) => `apiVersion: vmoperator.vmware.com/${version}
kind: VirtualMachineService
metadata:
  name: web
spec:
  type: LoadBalancer
  selector:
    app: web
  ports:
  - name: http
    protocol: TCP
    port: 80
    targetPort: 8080
`;
    assert.deepEqual(await said('convert -f service.yaml --release=9.1'), { code: 1, out: yaml('v1alpha5'), err: loss + note });
    assert.deepEqual(await said('convert -f - --offline -q', { stdin: service.replace('ClientIP', 'None') }), {
      code: 0,
      out: yaml('v1alpha6'),
      err: '',
    });
    assert.deepEqual(await said('convert -f service.yaml -o name'), {
      code: 1,
      out: 'virtualmachineservice.vmoperator.vmware.com/web\n',
      err: `Note: no server to ask for its version (no kubeconfig found: looked for ${folder}/.kube/config): written as v1alpha6, the newest; --release says another\n${loss}${note}`,
    });
    const json = JSON.parse((await said('convert -f service.yaml -o json --offline -n prod')).out);
    assert.equal(json.metadata.namespace, 'prod');
  });

  test('the version is that of the server, where there is one', async () => {
    const supervisor = await aSupervisor([], 'C');
    const { out } = await supervisor.run(
      `convert -f ${folder}/service.yaml -o jsonpath={.apiVersion}`.replace(' -o jsonpath={.apiVersion}', ' -o json'),
    );
    assert.equal(JSON.parse(out).apiVersion, 'vmoperator.vmware.com/v1alpha2');
    assert.deepEqual(supervisor.writes, []);
  });

  test('back again: Service and Endpoints, with the VMs of the files or else those of the cluster', async () => {
    const { code, out, err } = await said('convert -f world.json --to=service --offline -o json');
    assert.equal(code, 0);
    assert.equal(
      err,
      'Note: virtualmachineservice.vmoperator.vmware.com/web: the Endpoints are those of app=web now: VMs that come, go or change their readiness are not followed\n',
    );
    const [first, second] = JSON.parse(out).items;
    assert.deepEqual([first.kind, second.kind, second.subsets[0].addresses[0].ip], ['Service', 'Endpoints', '10.1.0.11']);

    const supervisor = await aSupervisor([aVm('web-9', { labels: { app: 'web' }, ip: '10.1.0.19' })]);
    const live = JSON.parse((await supervisor.run(`convert -f ${folder}/vmservice.json --to=svc -o json`)).out);
    assert.equal(live.items[1].subsets[0].addresses[0].ip, '10.1.0.19');
  });

  test('where VMs cannot be looked at there are no Endpoints, and the exit code is 3', async () => {
    assert.deepEqual(await said('convert -f vmservice.json --to=service --offline -o name'), {
      code: 3,
      out: 'service/web\n',
      err: 'Warning: virtualmachineservice.vmoperator.vmware.com/web: no Endpoints: could not list virtualmachines in prod: there are none in the files\n',
    });
  });

  test('no VMs are asked for where no Endpoints are made of them: without a selector, and for a name of another host', async () => {
    const written = (name: string, spec: string) =>
      `apiVersion: vmoperator.vmware.com/v1alpha5\nkind: VirtualMachineService\nmetadata: {name: ${name}, namespace: prod}\nspec: ${spec}\n`;
    const bare = written('bare', '{type: ClusterIP, ports: [{name: http, port: 80, targetPort: 8080, protocol: TCP}]}');
    const away = written('away', '{type: ExternalName, externalName: db.example.com, selector: {app: db}}');
    assert.deepEqual(await said('convert -f - --to=service -o name', { stdin: `${bare}---\n${away}` }), {
      code: 0,
      out: 'service/bare\nservice/away\n',
      err: 'Note: virtualmachineservice.vmoperator.vmware.com/bare: it has no selector: its Endpoints were written by hand, and are none of this\n',
    });
  });

  test('a name for another host stays a Service; a name that no Service may have is told', async () => {
    const external = 'apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {type: ExternalName, externalName: db.example.com}\n';
    assert.deepEqual(await said('convert -f - --offline', { stdin: external }), {
      code: 1,
      out: '',
      err: 'Warning: service/db: it is a name for another host, with no VMs behind it: keep the core Service\n',
    });
    const { code, err } = await said('convert -f - --offline -q', {
      stdin: service.replace('name: web', 'name: web.a').replace('ClientIP', 'None'),
    });
    assert.equal(code, 1);
    assert.match(
      err,
      /^Warning: service\/web\.a: it would be refused: metadata\.name: Invalid value: "web\.a": .* \(VMS108 NameInvalid\)\n$/,
    );
  });

  test('what a kustomization makes is converted', async () => {
    const kubectl = join(folder, 'kubectl');
    writeFileSync(kubectl, `#!/bin/sh\ntest "$1 $2" = "kustomize overlays" || exit 1\ncat <<'EOF'\n${service}EOF\n`);
    chmodSync(kubectl, 0o755);
    const env = { HOME: folder, KUBECTL_PATH: kubectl, PATH: '/usr/bin:/bin' };
    const fromFile = await said('convert -f service.yaml --offline');
    assert.equal(fromFile.code, 1);
    assert.deepEqual(await said('convert -k overlays --offline', { env }), fromFile);
    assert.equal((await said('convert -k elsewhere --offline', { env })).code, 3);
  });

  const help = "See 'kubectl vmsvc convert -h' for help and examples\n";
  for (const [command, code, err] of [
    ['convert', 2, `error: convert needs files: -f FILE\n${help}`],
    ['convert web', 2, `error: convert reads files: -f FILE; kubectl get … -o yaml gives it what a cluster has\n${help}`],
    [
      'convert -f service.yaml --to=pod',
      2,
      `error: --to "pod": must be one of virtualmachineservice, vmservice, vmsvc, service, svc\n${help}`,
    ],
    [
      'convert -f service.yaml -o wide',
      2,
      `error: unable to match a printer suitable for the output format "wide", allowed formats are: json,name,yaml\n${help}`,
    ],
    [
      'convert -f vmservice.json --to=service -n other',
      2,
      `error: vmservice.json:1: the namespace is "prod", and -n says "other"\n${help}`,
    ],
    ['convert -f nowhere.yaml', 3, 'error: nowhere.yaml: no such file or directory\n'],
    ['convert -f config.yaml', 3, 'error: config.yaml: there is no Service in it\n'],
    [
      'convert -f vmservice.json',
      3,
      'error: vmservice.json: there is no Service in it\n  --to=service converts the VirtualMachineServices in it\n',
    ],
    [
      'convert -f service.yaml --to=service',
      3,
      'error: service.yaml: there is no VirtualMachineService in it\n  --to=virtualmachineservice converts the Services in it\n',
    ],
  ] as const) {
    test(`${command} says what is wrong`, async () => {
      assert.deepEqual(await said(command), { code, out: '', err });
    });
  }
});
