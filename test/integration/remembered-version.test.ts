import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { readFileLimited } from '../../src/cluster/files/read-file.ts';
import { groupSeenByKubectl } from '../../src/cluster/kubeconfig/kubectl-cache.ts';
import { serverAddress } from '../../src/cluster/kubeconfig/server-address.ts';
import { type Sandbox, startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { Kubectl, kubectlReleases } from '../support/kubectl-releases.ts';
import { testIo } from '../support/test-io.ts';

/** A Supervisor that serves several versions and prefers the newest, and what kubectl may remember of it. */
describe('the version that kubectl remembers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-remembered-'));
  const kubeconfig = join(folder, 'kubeconfig');
  let sandbox: Sandbox;

  before(async () => {
    const objects = [aVmService('web', { namespace: 'prod' }), aVm('web-1', { namespace: 'prod' })];
    sandbox = await startSandbox({ profile: 'E', objects, controllers: [], port: 0, now: () => new Date(), toolVersion: 'test' });
    writeFileSync(kubeconfig, sandboxKubeconfig(sandbox));
  });
  after(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function said(words: string, cache: string) {
    const io = testIo(words.split(' '), { env: { KUBECONFIG: kubeconfig, KUBECACHEDIR: cache } });
    const code = await run(io);
    return { code, out: io.out(), err: io.err() };
  }

  /** The requests of a run for VirtualMachineServices, and whether the version was known when each was sent. */
  async function asked(words: string, cache: string) {
    const { err } = await said(`${words} -v=6`, cache);
    return [...err.matchAll(/^GET \S+(\/apis\/vmoperator\.vmware\.com\S*) (\d+)/gm)].map(([, path = '', code]) => `${code} ${path}`).sort();
  }

  /** A folder in which kubectl remembers this version. */
  function remembering(version: string): string {
    const cache = mkdtempSync(join(folder, 'cache-'));
    const at = join(cache, 'discovery', `127.0.0.1_${sandbox.port}`);
    mkdirSync(at, { recursive: true });
    const group = { name: 'vmoperator.vmware.com', versions: [{ version }], preferredVersion: { version } };
    writeFileSync(join(at, 'servergroups.json'), JSON.stringify({ kind: 'APIGroupList', groups: [group] }));
    return cache;
  }

  test('an old one, one that was never served and one that nobody knows change no answer', async () => {
    const none = join(folder, 'none');
    for (const words of [
      'get web -n prod',
      'get web -n prod -o yaml',
      'describe web -n prod',
      'get other -n prod',
      'get -A',
      'get web -n prod --warnings-as-errors',
    ]) {
      const expected = await said(words, none);
      for (const version of ['v1alpha1', 'v1alpha9', 'v1', '../..'])
        assert.deepEqual(await said(words, remembering(version)), expected, words);
    }
    assert.match((await said('get web -n prod -o yaml', remembering('v1alpha1'))).out, /^apiVersion: vmoperator\.vmware\.com\/v1alpha6$/m);
  });

  test('the right one saves the wait for the version; a wrong one costs requests for names alone', async () => {
    const group = '/apis/vmoperator.vmware.com';
    const of = (version: string) => [
      `200 ${group}/${version}/namespaces/prod/virtualmachines?limit=500`,
      `200 ${group}/${version}/namespaces/prod/virtualmachineservices/web`,
    ];
    const newest = [`200 ${group}`, ...of('v1alpha6')].sort();
    assert.deepEqual(await asked('get web -n prod', join(folder, 'none')), newest);
    assert.deepEqual(await asked('get web -n prod', remembering('v1alpha6')), newest);
    assert.deepEqual(await asked('get web -n prod', remembering('v1alpha2')), [...newest, ...of('v1alpha2')].sort());
    const lists = [
      `200 ${group}`,
      `200 ${group}/v1alpha6/virtualmachines?limit=500`,
      `200 ${group}/v1alpha6/virtualmachineservices?limit=500`,
    ].sort();
    assert.deepEqual(await asked('get -A', remembering('v1alpha2')), lists);
  });

  test('it lies where every release of kubectl puts it', async () => {
    const server = serverAddress(`https://127.0.0.1:${sandbox.port}`, true) ?? assert.fail();
    for (const release of kubectlReleases()) {
      const cache = mkdtempSync(join(folder, 'cache-'));
      const kubectl = new Kubectl(release, kubeconfig);
      await kubectl.run(['get', 'vmservice', '-n', 'prod'], { env: { KUBECACHEDIR: cache } });
      kubectl.close();
      const group = groupSeenByKubectl(server, 'vmoperator.vmware.com', { env: { KUBECACHEDIR: cache }, readFile: readFileLimited });
      assert.equal(group?.preferredVersion, 'v1alpha6', release.minor);
    }
  });
});
