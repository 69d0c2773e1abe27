import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readFileLimited } from '../../src/cluster/files/read-file.ts';
import { groupSeenByKubectl } from '../../src/cluster/kubeconfig/kubectl-cache.ts';
import { serverAddress } from '../../src/cluster/kubeconfig/server-address.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { Kubectl, kubectlReleases } from '../support/kubectl-releases.ts';
import { servedFolder } from '../support/served-folder.ts';

/** A Supervisor that serves several versions and prefers the newest, and what kubectl may remember of it. */
describe('the version that kubectl remembers', () => {
  const served = servedFolder([aVmService('web', { namespace: 'prod' }), aVm('web-1', { namespace: 'prod' })]);
  const { folder, kubeconfig } = served;
  const said = (words: string, cache: string) => served.said(words.split(' '), { KUBECACHEDIR: cache });

  /** The requests of a run for VirtualMachineServices, and whether the version was known when each was sent. */
  async function asked(words: string, cache: string) {
    const { err } = await said(`${words} -v=6`, cache);
    return [...err.matchAll(/^GET \S+(\/apis\/vmoperator\.vmware\.com\S*) (\d+)/gm)].map(([, path = '', code]) => `${code} ${path}`).sort();
  }

  /** A folder in which kubectl remembers this version. */
  function remembering(version: string): string {
    const cache = mkdtempSync(join(folder, 'cache-'));
    const at = join(cache, 'discovery', `127.0.0.1_${served.port()}`);
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
      'get -n prod',
      'get -l app=web -n prod -o yaml',
      'debug -n prod',
      'vms -n prod',
      'get -A',
      'get web -n prod --warnings-as-errors',
    ]) {
      const expected = await said(words, none);
      for (const version of ['v1alpha1', 'v1alpha9', 'v1', '../..'])
        assert.deepEqual(await said(words, remembering(version)), expected, words);
    }
    assert.match((await said('get web -n prod -o yaml', remembering('v1alpha1'))).out, /^apiVersion: vmoperator\.vmware\.com\/v1alpha6$/m);
  });

  test('the right one saves the wait for the version; a wrong one costs requests about one namespace, and none about all', async () => {
    const group = '/apis/vmoperator.vmware.com';
    const of = (version: string) => [
      `200 ${group}/${version}/namespaces/prod/virtualmachines?limit=500`,
      `200 ${group}/${version}/namespaces/prod/virtualmachineservices/web`,
    ];
    const newest = [`200 ${group}`, ...of('v1alpha6')].sort();
    assert.deepEqual(await asked('get web -n prod', join(folder, 'none')), newest);
    assert.deepEqual(await asked('get web -n prod', remembering('v1alpha6')), newest);
    assert.deepEqual(await asked('get web -n prod', remembering('v1alpha2')), [...newest, ...of('v1alpha2')].sort());
    const ofNamespace = (version: string) => [
      `200 ${group}/${version}/namespaces/prod/virtualmachines?limit=500`,
      `200 ${group}/${version}/namespaces/prod/virtualmachineservices?limit=500`,
    ];
    const newestOfNamespace = [`200 ${group}`, ...ofNamespace('v1alpha6')].sort();
    assert.deepEqual(await asked('get -n prod', remembering('v1alpha6')), newestOfNamespace);
    assert.deepEqual(await asked('get -n prod', remembering('v1alpha2')), [...newestOfNamespace, ...ofNamespace('v1alpha2')].sort());
    const lists = [
      `200 ${group}`,
      `200 ${group}/v1alpha6/virtualmachines?limit=500`,
      `200 ${group}/v1alpha6/virtualmachineservices?limit=500`,
    ].sort();
    assert.deepEqual(await asked('get -A', remembering('v1alpha2')), lists);
  });

  test('it lies where every release of kubectl puts it', async () => {
    const server = serverAddress(`https://127.0.0.1:${served.port()}`) ?? assert.fail();
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
