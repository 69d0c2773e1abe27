import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { aVm, aVmService, someEndpoints } from '../support/builders.ts';
import { without } from '../support/denied-rights.ts';
import { healthy } from '../support/diagnosed.ts';
import { aSupervisor } from '../support/supervisor.ts';

/** `svc` in `prod`, whose VM stands in `test`. */
const elsewhere = [
  ...healthy.filter(({ kind }) => kind === 'VirtualMachineService' || kind === 'Service'),
  someEndpoints('svc'),
  aVm('web-1', { namespace: 'test', labels: { app: 'web' } }),
];

const told =
  /^ERROR {2}VMS203 MatchInOtherNamespace \(likely\)\n {7}No VM of prod matches, but one of test does\n {2}seen {3}test: web-1 has app=web$/m;

/** What `debug svc` says to somebody whose kubeconfig has contexts of this cluster for these namespaces, and what was listed for it. */
async function saidBy(contexts: readonly string[], world: readonly KubeObject[] = elsewhere, denied: readonly string[] = [], flags = '') {
  const supervisor = await aSupervisor(world);
  const refuse = denied.map((namespace) => without(['list virtualmachines'], namespace));
  supervisor.disturb((request) => refuse.map((one) => one(request)).find((answer) => answer !== undefined));
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-test-'));
  after(() => rmSync(folder, { recursive: true }));
  const [own, more] = [join(folder, 'own'), join(folder, 'more')];
  writeFileSync(own, sandboxKubeconfig(supervisor.access));
  const named = contexts.map((namespace) => ({ name: `of-${namespace}`, context: { cluster: 'sandbox', user: 'sandbox', namespace } }));
  writeFileSync(more, JSON.stringify({ apiVersion: 'v1', kind: 'Config', contexts: named }));
  const { code, out } = await supervisor.run(`debug svc -n prod${flags}`, { env: { KUBECONFIG: `${own}:${more}` } });
  return {
    code,
    out,
    vmsOf: supervisor.requests.flatMap((line) => /^GET \S+\/namespaces\/([^/]+)\/virtualmachines\b/.exec(line)?.[1] ?? []),
  };
}

suite('debug of a service that selects nothing', () => {
  test('looks at the namespaces that the contexts of this cluster name, and passes over those that it may not read', async () => {
    const { code, out } = await saidBy(['secret', 'test'], elsewhere, ['secret']);
    assert.match(out, told);
    assert.match(
      out,
      /^ {2}so also {3}VMS201 NoMatchingVirtualMachines, VMS614 AddressWithoutEndpoints, VMS904 VirtualMachineServiceOrphaned$/m,
    );
    assert.equal(code, 1);
  });

  test('looks nowhere else where it selects some, or misses one by its spelling', async () => {
    assert.deepEqual(new Set((await saidBy(['test'], healthy)).vmsOf), new Set(['prod']));
    const near = [...elsewhere, aVm('web-2', { labels: { app: 'Web' } })];
    const { out, vmsOf } = await saidBy(['test'], near);
    assert.deepEqual(new Set(vmsOf), new Set(['prod']));
    assert.match(out, /^ERROR {2}VMS202 SelectorNearMiss \(likely\)$/m);
  });

  test('looks at every namespace that is named, and at twenty of those that only contexts name', async () => {
    const many = Array.from({ length: 25 }, (_, at) => `ns-${at}`);
    const named = await saidBy(['ns-0'], elsewhere, [], ` --also-namespaces=${[...many, 'test'].join(',')}`);
    assert.match(named.out, told);
    assert.deepEqual(new Set(named.vmsOf), new Set(['prod', 'test', ...many]));
    const inContexts = await saidBy(many);
    assert.deepEqual(new Set(inContexts.vmsOf), new Set(['prod', ...many.slice(0, 20)]));
  });

  test('finds them in the files that stand for the cluster', async () => {
    const supervisor = await aSupervisor([]);
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: elsewhere });
    const { out } = await supervisor.run('debug svc -n prod --offline -f -', { stdin });
    assert.match(out, told);
  });
});

test('services of a workload cluster that are left out are not among those that were looked at', async () => {
  const selector = { 'capv.vmware.com/cluster.name': 'tkc1', 'capv.vmware.com/cluster.role': 'controlplane' };
  const ports = [{ name: 'apiserver', protocol: 'TCP', port: 6443, targetPort: 6443 }];
  const supervisor = await aSupervisor([...healthy, aVmService('tkc1', { selector, ports })]);
  const { out } = await supervisor.run('debug -n prod');
  assert.match(
    out,
    /^No problem found in 1 service, 2 VMs, 1 Service, 1 Endpoints, 1 slice of prod: \d+ rules passed, 0 could not run\. Traffic was not tested \(add --probe\)\. 1 service of workload cluster tkc1 was left out: name it to look at it\.\n$/,
  );
});
