import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { type Sandbox, startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { Kubectl, kubectlReleases } from '../support/kubectl-releases.ts';
import { testIo } from '../support/test-io.ts';

const served = 'v1alpha6, v1alpha5, v1alpha4, v1alpha3, v1alpha2, v1alpha1';
const notServed = (plural: string) =>
  `error: the server doesn't have a resource type "${plural}" in version "v9"\nit serves vmoperator.vmware.com in ${served}\n`;

describe('a version in the type word, as in virtualmachineservices.v1alpha2.vmoperator.vmware.com', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-named-version-'));
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

  async function said(words: string) {
    const io = testIo(words.split(' '), { env: { KUBECONFIG: kubeconfig } });
    const code = await run(io);
    return { code, out: io.out(), err: io.err() };
  }

  for (const release of kubectlReleases()) {
    test(`get prints the very object that kubectl ${release.minor} prints`, async (t) => {
      const kubectl = new Kubectl(release, kubeconfig);
      t.after(() => kubectl.close());
      for (const version of ['v1alpha1', 'v1alpha2', 'v1alpha6']) {
        const words = ['get', `virtualmachineservices.${version}.vmoperator.vmware.com`, 'web', '-n', 'prod', '-o', 'yaml'];
        const theirs = await kubectl.run(words);
        assert.match(theirs.stdout, new RegExp(`^apiVersion: vmoperator.vmware.com/${version}\n`));
        assert.deepEqual(await said(words.join(' ')), { code: 0, out: theirs.stdout, err: theirs.stderr });
      }
    });
  }

  test('a version that is not served is said in kubectl’s words, whatever was to be done', async () => {
    const word = 'vmservice.v9.vmoperator.vmware.com/web -n prod';
    for (const words of [`get ${word}`, `get ${word} -o json`, `describe ${word}`, `delete ${word} --yes`, `reconcile ${word} --once`]) {
      assert.deepEqual(await said(words), { code: 3, out: '', err: notServed('virtualmachineservices') }, words);
    }
    assert.deepEqual(await said('describe vm.v9.vmoperator.vmware.com/web-1 -n prod'), {
      code: 3,
      out: '',
      err: notServed('virtualmachines'),
    });
    assert.equal((await said('get web -n prod -o name')).out, 'virtualmachineservice.vmoperator.vmware.com/web\n');
  });

  test('create writes no other version than the preferred one', async () => {
    assert.deepEqual(
      await said('create vmservice.v1alpha2.vmoperator.vmware.com db -n prod --type=ClusterIP --port=80 --selector=app=db'),
      {
        code: 2,
        out: '',
        err: `error: create writes in the version that the server prefers, and vmservice.v1alpha2.vmoperator.vmware.com names another\nSee 'kubectl vmsvc create -h' for help and examples\n`,
      },
    );
  });
});
