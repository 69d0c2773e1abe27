import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { aService, aVm, aVmService, ownedBy } from '../support/builders.ts';

const root = join(import.meta.dirname, '../..');
const gone = aVmService('gone');
const has = (program: string) => spawnSync('bash', ['-c', `command -v ${program}`]).status === 0;

/** What the expression in the README means, where there is no jq. */
const noJq = `jq() {
  node -e 'for (const { steps } of JSON.parse(require("fs").readFileSync(0, "utf8")).items)
    for (const { operation, object } of steps) console.log(operation, object)'
}`;

/** What stands in the README between the fences below "In scripts", a statement each. */
function statements(): readonly string[] {
  const [, block = ''] = /^## In scripts\n+```\n([\s\S]*?)```/m.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  return block.trimEnd().split(/\n(?! |done)/);
}

suite('the script in the README runs as it is printed', {
  skip: has('kubectl') && has('bash') ? false : 'there is no kubectl or no bash',
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-readme-'));
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({
      profile: 'E',
      objects: [
        ...['dev', 'prod'].flatMap((namespace) => [
          aVmService('web', { namespace }),
          aVm('web-1', { namespace, labels: { app: 'web' }, ip: '10.1.0.11' }),
        ]),
        aService('gone', { namespace: 'prod', owners: [ownedBy(gone)] }),
      ],
      // The garbage collector would take what a deleted service left behind.
      controllers: ['endpointslice-mirroring', 'load-balancer', 'resource-quota'],
      port: 0,
      now: () => new Date(),
      toolVersion: 'test',
    });
    writeFileSync(join(folder, 'kubeconfig'), sandboxKubeconfig(sandbox));
  });
  after(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });

  const shell = (statement: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
    const path = [join(root, 'bin'), dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);
    const env = { PATH: path, HOME: folder, KUBECONFIG: join(folder, 'kubeconfig'), LANG: 'C.UTF-8' };
    return new Promise((resolve) => {
      execFile('bash', ['-o', 'pipefail', '-c', statement], { env, cwd: folder, timeout: 60_000 }, (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err }),
      );
    });
  };

  const children = (outcome: string, where = '', status = outcome) =>
    `service/web ${outcome}${where}\nendpoints/web ${outcome}${where}\nvirtualmachineservice.vmoperator.vmware.com/web ${status}${where}\n`;
  const drift = `kubectl patch endpoints web -n prod --type=merge -p '{"subsets":null}'`;
  /** What each says on stdout, in their order, and what happens before it. */
  const said: readonly (readonly [beginning: string, out: string, before?: string])[] = [
    ['for ns in $(', 'service/web\nendpoints/web\nvirtualmachineservice.vmoperator.vmware.com/web\n'.repeat(2)],
    ['kubectl vmsvc reconcile -n prod', 'created Service/web\ncreated Endpoints/web\nupdated VirtualMachineService/web\n'],
    ['kubectl vmsvc reconcile -A', children('created', ' in dev namespace', 'configured') + children('unchanged', ' in prod namespace')],
    [
      'kubectl vmsvc reconcile web -n prod --once --yes --save-before',
      children('unchanged').replace('endpoints/web unchanged', 'endpoints/web configured'),
      drift,
    ],
    ['kubectl vmsvc reconcile --undo', 'endpoints/web configured\n'],
    ['kubectl vmsvc reconcile web -n prod --once --print', ''],
    ['kubectl apply --server-side --field-manager=kubectl-vmsvc', 'service/web serverside-applied\nendpoints/web serverside-applied\n'],
    ['kubectl vmsvc reconcile --orphans', 'service "gone" deleted (dry run) from prod namespace\n'],
  ];

  test('each statement has its expectation', () => {
    const printed = statements();
    assert.deepEqual(
      printed.map((statement, index) => statement.slice(0, said[index]?.[0].length)),
      said.map(([beginning]) => beginning),
    );
  });

  for (const [index, statement] of statements().entries()) {
    const [, out, before] = said[index] ?? [];
    test(statement.split('\n').join(' '), async () => {
      if (before !== undefined) assert.equal((await shell(before)).code, 0);
      const result = await shell(has('jq') ? statement : `${noJq}\n${statement}`);
      assert.deepEqual([result.code, result.out], [0, out], result.err);
      assert.doesNotMatch(result.err, /error/i);
    });
  }

  test('what was printed and applied is what reconcile would make, and the report is there', async () => {
    const { code, out, err } = await shell('kubectl vmsvc diff web -n prod -o name');
    assert.deepEqual([code, out], [0, ''], err);
    assert.match(
      readFileSync(join(folder, 'report.xml'), 'utf8'),
      /<testsuites name="kubectl vmsvc reconcile" tests="2" failures="0" errors="0"/,
    );
  });
});
