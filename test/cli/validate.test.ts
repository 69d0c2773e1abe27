import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { assertGolden } from '../support/golden.ts';
import { testIo } from '../support/test-io.ts';

/**
 * Each `.txt` begins with its command; behind that stand stdout, stderr and the exit code, all exactly. `(terminal)` in front of the
 * command has it print to one.
 */
const folder = join(import.meta.dirname, 'validate');

for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
  const path = join(folder, file);
  const command = readFileSync(path, 'utf8').split('\n', 1)[0] ?? '';
  test(`${file.replace(/\.txt$/, '').replaceAll('-', ' ')}: ${command}`, async () => assertGolden(path, await said(command)));
}

async function said(command: string): Promise<string> {
  const [, terminal, words] = /^(\(terminal\) )?\$ kubectl vmsvc (.*)$/.exec(command) ?? [];
  assert.ok(words !== undefined, `${command} is no command`);
  const io = testIo(wordsOf(words), { cwd: folder, env: { LANG: 'C.UTF-8' }, tty: { stdout: terminal !== undefined } });
  const code = await run(io);
  const stderr = io.err() === '' ? '' : `--- stderr\n${io.err()}`;
  return `${command}\n${io.out()}${stderr}--- exit code ${code}\n`;
}

/** As a shell splits them, with single quotes only, which may stand inside a word. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}

test('what Kubernetes warns of is told, with what it would rather have', async () => {
  const spec = { type: 'LoadBalancer', loadBalancerIP: '010.0.0.1', loadBalancerSourceRanges: ['FD00::/8', '::ffff:1.2.3.0/120'] };
  const text = (fields: object, version: string) =>
    JSON.stringify({
      apiVersion: `vmoperator.vmware.com/${version}`,
      kind: 'VirtualMachineService',
      metadata: { name: 'web' },
      spec: { ...fields, selector: { app: 'web' }, ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 80 }] },
    });
  const fixes = async (stdin: string, release: string) => {
    const io = testIo(['validate', '-f', '-', `--release=${release}`], { stdin });
    await run(io);
    return [...io.out().matchAll(/warning (VMS\d+) .*Kubernetes would warn: .*\n {4}fix: (.*)/g)].map(([, code, fix]) => [code, fix]);
  };
  assert.deepEqual(await fixes(text(spec, 'v1alpha3'), '9.0'), [
    ['VMS605', 'write 10.0.0.1'],
    ['VMS107', 'write fd00::/8'],
    ['VMS107', 'write 1.2.3.0/24'],
  ]);
  // Of a release whose webhook does not look at it.
  assert.deepEqual(await fixes(text({ type: 'ClusterIP', clusterIp: 'FD00:10:96::5' }, 'v1alpha1'), '8.0.1'), [
    ['VMS120', 'write fd00:10:96::5'],
  ]);
});
