import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aVmService } from '../support/builders.ts';
import { Kubectl, kubectlReleases } from '../support/kubectl-releases.ts';
import { servedFolder } from '../support/served-folder.ts';

/** Arguments behind `get`, whose stdout is kubectl's to the byte. */
const same: readonly (readonly string[])[] = [
  ['-o', 'json'],
  ['-o', 'JSON'],
  ['-o', 'YAML'],
  ['-o', 'Name'],
  ['made', '-o', 'jsonpath={.metadata.managedFields[*].manager}'],
  ['-o', 'jsonpath={.items[*].metadata.managedFields[0].fieldsV1}'],
  ['made', '-o', 'jsonpath={@}'],
  ['made', '-o', 'go-template={{range .metadata.managedFields}}{{.operation}} {{end}}'],
  ['-o', 'custom-columns=N:.metadata.name,M:.metadata.managedFields[*].manager'],
  ['-o', 'jsonpath={.items[?(@.spec.type=="ClusterIP")].metadata.name}'],
  ['-o', 'jsonpath={.items[::2].metadata.name}'],
  ['-o', 'name', '-l', 'tier in (front, back),tier!=back'],
  ['-o', 'name', '-l', 'tier notin (front)'],
  ['-o', 'name', '-l', '!tier'],
  ['-o', 'name', '--field-selector', 'metadata.name!=web'],
  ['-o', 'name', '--sort-by='],
  ['-o', 'jsonpath={.items[*].metadata.name}', '--sort-by=.spec.type'],
  ['-o', 'json', '--chunk-size=1'],
  ['-o', 'custom-columns=NAME:.metadata.name,TYPE:.spec.type', '-l', 'tier=none'],
  ['-o', 'go-template={{.nosuch}}', '--allow-missing-template-keys'],
  ['web', 'api', 'web', '-o', 'name'],
  ['web', 'api', 'web', '-o', 'jsonpath={.kind} {.items[*].metadata.name}'],
  ['web', 'web', '-o', 'yaml'],
];

/** What kubectl refuses is refused. */
const refused: readonly (readonly [args: readonly string[], sentence: string])[] = [
  [['--show-labels', '-o', 'name'], '--show-labels option cannot be used with name printer'],
  [['--show-labels', '-o', 'jsonpath={.kind}'], '--show-labels option cannot be used with jsonpath={.kind} printer'],
];

describe('get prints what kubectl prints', () => {
  const served = servedFolder([
    aVmService('web', { namespace: 'prod', labels: { tier: 'front' } }),
    aVmService('api', { namespace: 'prod', type: 'ClusterIP', labels: { tier: 'back' } }),
    aVmService('db', { namespace: 'prod', type: 'ClusterIP' }),
  ]);
  const said = (args: readonly string[], kubectl = 'kubectl') => served.said(['get', ...args, '-n', 'prod'], { KUBECTL_PATH: kubectl });

  for (const release of kubectlReleases().slice(-2)) {
    test(`kubectl ${release.minor}`, async (t) => {
      const kubectl = new Kubectl(release, served.kubeconfig);
      t.after(() => kubectl.close());
      const theirs = (args: readonly string[]) => kubectl.run(['get', 'virtualmachineservices', ...args, '-n', 'prod']);
      // What is loaded has no managedFields; what is applied has.
      const { apiVersion, kind, spec } = aVmService('made');
      const manifest = { apiVersion, kind, metadata: { name: 'made', namespace: 'prod', labels: { seen: release.minor } }, spec };
      const applied = await kubectl.run(['apply', '-f', '-'], { input: JSON.stringify(manifest) });
      assert.equal(applied.code, 0, applied.stderr);
      for (const args of same) {
        const { code, stdout } = await theirs(args);
        assert.equal(code, 0, args.join(' '));
        assert.notEqual(stdout, '', args.join(' '));
        assert.deepEqual(await said(args, release.program), { code: 0, out: stdout, err: '' }, args.join(' '));
      }
      for (const [args, sentence] of refused) {
        assert.deepEqual(await theirs(args), { code: 1, stdout: '', stderr: `error: ${sentence}\n` });
        assert.deepEqual(await said(args), {
          code: 2,
          out: '',
          err: `error: ${sentence}\nSee 'kubectl vmsvc get -h' for help and examples\n`,
        });
      }
    });
  }

  test('several names that nothing has are said in the order in which they were asked for, and none is a list of nothing', async () => {
    const missing = (name: string) =>
      `Error from server (NotFound): virtualmachineservices.vmoperator.vmware.com ${JSON.stringify(name)} not found\n`;
    const names = ['zz', 'bb', 'mm', 'aa', 'zz'];
    const once = ['zz', 'bb', 'mm', 'aa'];
    assert.deepEqual(await said([...names, '-o', 'json']), { code: 3, out: '', err: once.map(missing).join('') });
    assert.deepEqual(await said([...names, '-o', 'json', '--ignore-not-found']), { code: 0, out: '', err: '' });
  });

  test('--allow-missing-template-keys=false makes a missing field an error', async () => {
    for (const [format, sentence] of [
      ['jsonpath={.nosuch}', 'error executing jsonpath "{.nosuch}": nosuch is not found'],
      [
        'go-template={{.nosuch}}',
        'kubectl could not render the Go template: error executing template "{{.nosuch}}": template: output:1:2: executing "output" at <.nosuch>: map has no entry for key "nosuch"',
      ],
    ] as const) {
      assert.deepEqual(await said(['web', '-o', format, '--allow-missing-template-keys=false']), {
        code: 2,
        out: '',
        err: `error: ${sentence}\n`,
      });
    }
  });

  test('a list of maps has no order, as a map has none', async () => {
    assert.deepEqual(await said(['--sort-by=.spec.ports']), {
      code: 2,
      out: '',
      err: 'error: --sort-by ".spec.ports": field {.spec.ports} holds a list of maps, which has no order: say one of their fields\n',
    });
  });
});
