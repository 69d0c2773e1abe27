import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { traitsOf } from '../../src/core/profile.ts';
import { aService, aVm, aVmService, someEndpoints, vmOperatorVersions } from '../support/builders.ts';
import { Kubectl, kubectlReleases } from '../support/kubectl-releases.ts';
import { openKubeconfig } from '../support/live-cluster.ts';
import { realKubeconfig, realRelease } from '../support/real-cluster.ts';
import { loadObjects } from '../support/real-worlds.ts';

// kubectl prints the same for the sandbox as for a real kube-apiserver, command by command, in this order.
const release = await realRelease();
const { hubVersion } = traitsOf(release);
const version = vmOperatorVersions.find((candidate) => candidate === hubVersion);
const namespace = `kubectl-${randomUUID().slice(0, 8)}`;
const folder = mkdtempSync(join(tmpdir(), 'vmsvc-real-kubectl-'));
const judges = kubectlReleases().filter(({ minor }) => minor === '1.33' || minor === '1.32');

function file(name: string, ...objects: readonly object[]): string {
  const path = join(folder, name);
  writeFileSync(path, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  return path;
}

const service = (name: string, spec: object, labels: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels },
  spec,
});
const vmService = (name: string, spec: object) => ({
  apiVersion: `vmoperator.vmware.com/${hubVersion}`,
  kind: 'VirtualMachineService',
  metadata: { name },
  spec: { type: 'ClusterIP', ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }], ...spec },
});
const ports = [{ name: 'http', port: 80 }];
const first = file('first.json', service('applied', { ports }), vmService('applied', { selector: { app: 'web' } }));
const second = file(
  'second.json',
  service('applied', { ports: [...ports, { name: 'https', port: 443 }], selector: { app: 'web' } }, { tier: 'front' }),
  vmService('applied', { selector: { app: 'web', tier: 'front' } }),
);
const wrong = file('wrong.json', service('1st', { type: 'LoadBalancer' }), vmService('wrong', { type: 'Bogus', ports: [{ port: '80' }] }));
const unknown = file('unknown.json', service('unknown', { ports, bogus: 1 }), vmService('unknown', { bogus: 1 }));

const commands: readonly string[] = [
  'get svc',
  'get svc -o wide',
  'get svc web -o yaml',
  'get svc web -o json --show-managed-fields',
  'get svc,ep -o name',
  'get endpoints',
  'get endpoints web -o yaml',
  'get vm',
  'get vm -o wide',
  'get vm web-1 -o yaml',
  'get vmservice',
  'get vmservice -o wide',
  'get vmservice web -o yaml --show-managed-fields',
  'get virtualmachineservices.vmoperator.vmware.com --show-labels',
  'get vm,vmservice,svc,ep',
  'get vm -l app=web',
  'get vm -l app!=web',
  'get vm -l app(',
  'get svc --field-selector metadata.name=web',
  'get svc --field-selector spec.bogus=web',
  'get svc nope',
  'get vmservice nope',
  'get nope',
  'get svc --chunk-size=1 --sort-by=.metadata.name',
  'get vmservice -o jsonpath={.items[*].metadata.name}',
  'get svc -o custom-columns=NAME:.metadata.name,TYPE:.spec.type,NONE:.spec.nope',
  'get configmaps',
  'describe svc web',
  'describe endpoints web',
  'describe vmservice web',
  'describe vm web-1',
  'label svc web tier=front',
  'label svc web tier=back',
  'label svc web tier=back --overwrite',
  'label vm web-1 tier-',
  'annotate vmservice web note=one',
  'annotate vmservice web note-',
  'patch svc web --type=merge -p {"spec":{"sessionAffinity":"ClientIP"}}',
  'patch svc web --type=merge -p {"spec":{"sessionAffinity":"ClientIP"}}',
  'patch svc web -p {"spec":{"ports":[{"port":443,"name":"https"}]}}',
  'patch svc web --type=json -p [{"op":"remove","path":"/spec/ports/1"}]',
  'patch svc web --type=json -p [{"op":"remove","path":"/spec/ports/9"}]',
  'patch vmservice web -p {"spec":{"type":"LoadBalancer"}}',
  'patch vmservice web --type=merge -p {"spec":{"loadBalancerIP":"10.20.0.15"}}',
  'patch vmservice web --type=merge -p {"spec":{"type":null}}',
  'patch vmservice web --subresource=status --type=merge -p {"status":{"loadBalancer":{"ingress":[{"ip":"10.20.0.15"}]}}}',
  'get vmservice web -o yaml',
  `apply -f ${first}`,
  `apply -f ${first}`,
  `diff -f ${second}`,
  `apply -f ${second} --dry-run=server`,
  `apply -f ${second}`,
  `apply view-last-applied svc applied`,
  `get svc applied -o yaml --show-managed-fields`,
  `apply -f ${first} --server-side`,
  `apply -f ${first} --server-side --force-conflicts`,
  `apply -f ${second} --server-side --field-manager=other`,
  `get vmservice applied -o yaml --show-managed-fields`,
  `create -f ${first}`,
  `create -f ${wrong}`,
  `apply -f ${wrong} --validate=false`,
  `create -f ${unknown}`,
  `create -f ${unknown} --validate=warn`,
  `create -f ${unknown} --validate=ignore --dry-run=server -o yaml`,
  `replace -f ${first}`,
  'create service clusterip made --tcp=80:8080',
  'create service nodeport ported --tcp=80 --dry-run=server -o yaml',
  'create service loadbalancer balanced --tcp=5678:8080',
  'create service externalname outside --external-name example.com',
  'get svc made balanced outside -o wide',
  'set selector svc made app=web',
  'expose svc made --name=exposed --port=81',
  'scale vmservice web --replicas=2',
  'wait vmservice web --for=jsonpath={.spec.type}=ClusterIP --timeout=2s',
  'wait svc web --for=condition=Ready --timeout=0',
  'explain vmservice.spec.ports',
  'explain svc.spec.nope',
  'api-resources --api-group=vmoperator.vmware.com',
  'auth can-i create services',
  'delete svc made exposed',
  'delete svc made',
  'delete svc made --ignore-not-found',
  'delete vmservice,svc -l nothing=here',
  'delete vmservice applied --dry-run=server',
  'delete vmservice applied',
  'delete svc web',
  'get endpoints web',
  'get svc,vmservice -o name',
];

for (const judge of judges) {
  suite(`kubectl ${judge.minor} sees no difference between the sandbox and a real kube-apiserver with the definitions of ${release}`, () => {
    let sandbox: Sandbox;
    let ours: Kubectl;
    let theirs: Kubectl;
    const place = `${namespace}-${judge.minor.replace('.', '-')}`;
    before(async () => {
      sandbox = await startSandbox({
        profile: release,
        objects: [],
        controllers: [],
        port: 0,
        now: () => new Date(),
        toolVersion: '0.0.0',
      });
      const ourConfig = join(folder, `sandbox-${judge.minor}`);
      writeFileSync(ourConfig, sandboxKubeconfig(sandbox), { mode: 0o600 });
      for (const kubeconfig of [ourConfig, realKubeconfig()]) {
        const cluster = await openKubeconfig(kubeconfig);
        const own = { namespace: place };
        const versioned = { ...own, ...(version && { version }) };
        const objects = [
          aVmService('web', { ...versioned, type: 'ClusterIP' }),
          aVm('web-1', { ...versioned, labels: { app: 'web', tier: 'front' }, ip: '10.1.0.11', ready: true }),
          aVm('db-1', { ...versioned, labels: { app: 'db' } }),
          aService('web', { ...own, type: 'LoadBalancer' }),
          someEndpoints('web', own),
        ];
        await loadObjects(cluster, objects, place);
        await cluster.close();
      }
      ours = new Kubectl(judge, ourConfig);
      theirs = new Kubectl(judge, realKubeconfig());
    });
    after(async () => {
      await theirs.run(['delete', 'svc', '--all', '-n', place]);
      await theirs.run(['delete', 'ns', place, '--wait=false']);
      ours.close();
      theirs.close();
      await sandbox.close();
    });

    for (const command of commands) {
      test(`kubectl ${command.replaceAll(`${folder}/`, '')}`, async () => {
        const args = [...command.split(' '), '-n', place];
        const [own, real] = await Promise.all([ours.run(args), theirs.run(args)]);
        assert.deepEqual(inWords(own), inWords(real));
      });
    }
  });
}

after(() => rmSync(folder, { recursive: true }));

/** What kubectl said, without what a server draws and what a clock decides. Columns are as wide as their addresses are long. */
function inWords({ code, stdout, stderr }: { readonly code: number; readonly stdout: string; readonly stderr: string }) {
  const lines = (text: string) =>
    text
      .replaceAll(/\b10\.96\.\d+\.\d+\b/g, '<IPv4>')
      .replaceAll(/\b3[0-2]\d{3}\b/g, '<port>')
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>')
      .replaceAll(/(?<=resourceVersion"?: )"?\d+"?/g, '<version>')
      .replaceAll(/(?<=Resource Version: +)\d+/g, '<version>')
      .replaceAll(/\t\d{4}-\d\d-\d\d [\d:.]+ \+0000/g, ' <time>')
      .replaceAll(/^[WE]\d{4} [\d:.]+ +\d+ /gm, '')
      // kube-apiserver looks after its addresses, and sometimes says so in an event.
      .replaceAll(/(?<=^Events:).*$/gms, '')
      .replaceAll(/\b\d+s\b/g, '<age>')
      .replaceAll(/\/tmp\/(LIVE|MERGED)-\d+/g, '$1')
      .replaceAll(/(?<=\S) +/g, ' ')
      .split('\n');
  return { code, stdout: lines(stdout), stderr: lines(stderr) };
}
