import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, suite, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { nodeEnvironment } from '../support/child-tool.ts';
import { testIo } from '../support/test-io.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');
const example = resolve(import.meta.dirname, '../../docs/examples/my-lb.yaml');
const folder = mkdtempSync(join(tmpdir(), 'vmsvc-older-vms-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const withPorts = join(folder, 'ports.yaml');
writeFileSync(
  withPorts,
  `apiVersion: vmoperator.vmware.com/v1alpha1
kind: VirtualMachine
metadata: {name: vm, namespace: demo-ns, labels: {app: web}, uid: 5d0b1a52-3f3e-4a53-8d0f-0c6b8a1f2d11}
spec: {className: small, imageName: vmi-1, powerState: poweredOn, ports: [{name: http, port: 80, ip: 10.0.0.1, protocol: TCP}]}
status: {powerState: poweredOn, vmIp: 10.1.0.11}
---
apiVersion: vmoperator.vmware.com/v1alpha1
kind: VirtualMachineService
metadata: {name: web, namespace: demo-ns, uid: 7d0b1a52-3f3e-4a53-8d0f-0c6b8a1f2d11}
spec: {type: ClusterIP, selector: {app: web}, ports: [{name: http, protocol: TCP, port: 80, targetPort: 80}]}
`,
);
const warning =
  'Warning: VirtualMachine demo-ns/vm: spec.ports of vmoperator.vmware.com/v1alpha1 has no place in ' +
  "this release's newest version: it is left out\n";

/** Runs kubectl in a sandbox of main that has the file. */
function inSandbox(file: string, ...command: readonly string[]): { readonly stdout: string; readonly stderr: string } {
  const options = ['--disable-warning=ExperimentalWarning', main, 'sandbox', '--load', file, '--', ...command];
  const { status, stdout, stderr } = spawnSync(process.execPath, options, {
    env: { ...nodeEnvironment(), HOME: folder, TMPDIR: folder },
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return { stdout, stderr };
}

function vmAs(version: string) {
  const { stdout, stderr } = inSandbox(
    example,
    ...['kubectl', 'get', `virtualmachines.${version}.vmoperator.vmware.com`, 'vm-1', '-n', 'demo-ns', '-o', 'json'],
  );
  assert.doesNotMatch(stderr, /has no place/);
  return JSON.parse(stdout);
}

suite('a v1alpha1 VM in a sandbox of main', () => {
  test('kubectl shows its address, its power state and its NIC in the words of v1alpha6', () => {
    const { apiVersion, spec, status } = vmAs('v1alpha6');
    assert.equal(apiVersion, 'vmoperator.vmware.com/v1alpha6');
    assert.deepEqual(status, { network: { primaryIP4: '192.168.128.10' }, powerState: 'PoweredOn' });
    assert.equal(spec.powerState, 'PoweredOn');
    const network = { apiVersion: 'netoperator.vmware.com/v1alpha1', kind: 'Network', name: 'primary' };
    assert.deepEqual(spec.network, { interfaces: [{ name: 'eth0', network }] });
  });

  test('kubectl that asks for v1alpha1 gets them back as they were written', () => {
    const { spec, status } = vmAs('v1alpha1');
    assert.deepEqual(status, { phase: 'Unknown', powerState: 'poweredOn', vmIp: '192.168.128.10' });
    assert.equal(spec.powerState, 'poweredOn');
    assert.deepEqual(spec.networkInterfaces, [{ networkName: 'primary', networkType: 'vsphere-distributed' }]);
    assert.deepEqual(spec.vmMetadata, { configMapName: 'my-config', transport: 'OvfEnv' });
  });

  test('a watch in v1alpha1 tells of it in v1alpha1', () => {
    const path = '/apis/vmoperator.vmware.com/v1alpha1/namespaces/demo-ns/virtualmachines?watch=true&timeoutSeconds=1';
    const events = inSandbox(example, 'kubectl', 'get', '--raw', path).stdout.trim().split('\n');
    const seen = events.map((line) => JSON.parse(line)).map(({ type, object }) => [type, object.metadata.name, object.status.vmIp]);
    assert.deepEqual(seen, [
      ['ADDED', 'vm-1', '192.168.128.10'],
      ['ADDED', 'vm-2', '192.168.128.11'],
    ]);
  });

  test('kubectl changes it through v1alpha1, by merge patch and by server-side apply', () => {
    const resource = 'virtualmachines.v1alpha1.vmoperator.vmware.com';
    const applied = join(folder, 'applied.yaml');
    writeFileSync(
      applied,
      `apiVersion: vmoperator.vmware.com/v1alpha1
kind: VirtualMachine
metadata: {name: vm-1, namespace: demo-ns}
spec: {className: best-effort-large, imageName: ubuntu-20.04-vmservice-v1alpha1.20210528}
`,
    );
    const script = [
      `kubectl patch ${resource} vm-1 -n demo-ns --type merge -p '{"spec":{"powerState":"poweredOff"}}'`,
      `kubectl apply --server-side -f '${applied}' --force-conflicts`,
      'kubectl get virtualmachine vm-1 -n demo-ns -o json >&3',
    ].join(' && ');
    const { stdout } = inSandbox(example, 'sh', '-c', `{ ${script}; } 3>&1 >/dev/null`);
    const { spec, status, metadata } = JSON.parse(stdout);
    assert.deepEqual([spec.powerState, spec.className, spec.storageClass], ['PoweredOff', 'best-effort-large', 'gc-storage-profile']);
    assert.deepEqual(status, { network: { primaryIP4: '192.168.128.10' }, powerState: 'PoweredOn' });
    assert.deepEqual(metadata.annotations, { 'vmoperator.vmware.com/v1a1-configmap-md-transport': 'true' });
  });
});

suite('a field of an old version that main cannot hold is named', () => {
  test('by the sandbox', () => {
    const { stdout, stderr } = inSandbox(withPorts, 'kubectl', 'get', 'virtualmachine', 'vm', '-n', 'demo-ns', '-o', 'name');
    assert.deepEqual([stdout, stderr], ['virtualmachine.vmoperator.vmware.com/vm\n', warning]);
  });

  test('by every command that reads the file, and the address is there', async () => {
    const io = testIo(['vms', 'web', '--offline', '-f', withPorts, '--release', 'main'], { cwd: folder });
    assert.equal(await run(io), 0);
    const table = [
      'VM    STATE   REASON    ADDRESS     PORTS   POWER       PROBE    SINCE',
      'vm    Ready   NoProbe   10.1.0.11   80      PoweredOn   <none>   <none>',
    ];
    assert.equal(io.out(), `${table.join('\n')}\n`);
    assert.equal(io.err(), warning);
  });
});
