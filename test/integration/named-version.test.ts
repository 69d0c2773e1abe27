import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aVm, aVmService } from '../support/builders.ts';
import { Kubectl, kubectlReleases } from '../support/kubectl-releases.ts';
import { servedFolder } from '../support/served-folder.ts';

const versions = 'v1alpha6, v1alpha5, v1alpha4, v1alpha3, v1alpha2, v1alpha1';
const notServed = (plural: string) =>
  `error: the server doesn't have a resource type "${plural}" in version "v9"\nit serves vmoperator.vmware.com in ${versions}\n`;

describe('a version in the type word, as in virtualmachineservices.v1alpha2.vmoperator.vmware.com', () => {
  const served = servedFolder([aVmService('web', { namespace: 'prod' }), aVm('web-1', { namespace: 'prod' })]);
  const said = (words: string) => served.said(words.split(' '));

  for (const release of kubectlReleases()) {
    test(`get prints the very object that kubectl ${release.minor} prints`, async (t) => {
      const kubectl = new Kubectl(release, served.kubeconfig);
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
