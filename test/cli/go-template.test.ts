import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { withoutKubectl } from '../render/kubectl.ts';
import { testIo } from '../support/test-io.ts';

const cwd = join(import.meta.dirname, '../scenarios/a-healthy-service');

/** With the user's own kubectl, and nobody's settings. */
async function said(words: readonly string[], template: string) {
  return printed(words, `go-template=${template}`);
}

async function printed(words: readonly string[], format: string) {
  const env = { PATH: process.env.PATH ?? '', KUBECONFIG: '/dev/null' };
  const io = testIo([...words, '--offline', '-f', 'cluster.yaml', '-o', format], { cwd, env });
  const code = await run(io);
  return { code, out: io.out(), err: io.err() };
}

describe('-o go-template', { skip: withoutKubectl }, () => {
  test('renders a list as a whole, as kubectl get does', async () => {
    assert.deepEqual(
      await said(['get', '-A'], '{{.kind}} {{len .items}}:{{range .items}} {{.metadata.namespace}}/{{.metadata.name}}{{end}}'),
      {
        code: 0,
        out: 'List 1: team-a/web',
        err: '',
      },
    );
  });

  test('renders an empty list', async () => {
    assert.deepEqual(await said(['get', '-n', 'nowhere'], '{{len .items}}{{range .items}}x{{end}}'), { code: 0, out: '0', err: '' });
  });

  test('renders one object by itself', async () => {
    assert.deepEqual(await said(['get', 'web', '-n', 'team-a'], '{{.kind}}/{{.metadata.name}}'), {
      code: 0,
      out: 'VirtualMachineService/web',
      err: '',
    });
  });

  test('renders the documents of reports, which are lists of their own', async () => {
    assert.deepEqual(await said(['vms', 'web', '-n', 'team-a'], '{{.kind}}{{range .items}} {{.vm}}{{end}}'), {
      code: 0,
      out: 'MemberList web-1 web-2',
      err: '',
    });
  });

  test('R093: a terminal gets what came out escaped, with its tabs and line ends; a pipe gets it as it is', async () => {
    const service = { apiVersion: 'vmoperator.vmware.com/v1alpha6', kind: 'VirtualMachineService' };
    const metadata = { name: 'web', namespace: 'prod', annotations: { note: '\u001b[31mred\u202e\u009b2J' } };
    const folder = mkdtempSync(join(tmpdir(), 'vmsvc-template-'));
    writeFileSync(join(folder, 'web.json'), JSON.stringify({ ...service, metadata, spec: { type: 'ClusterIP', ports: [] } }));
    const words = [
      'get',
      'web',
      '-n',
      'prod',
      '--offline',
      '-f',
      'web.json',
      '-o',
      'go-template={{.metadata.annotations.note}}\ta{{"\\n"}}',
    ];
    const env = { PATH: process.env.PATH ?? '', KUBECONFIG: '/dev/null' };
    const outs = [];
    for (const stdout of [true, false]) {
      const io = testIo(words, { cwd: folder, env, tty: { stdout } });
      await run(io);
      outs.push(io.out());
    }
    rmSync(folder, { recursive: true });
    assert.deepEqual(outs, ['^[[31mred\\u202e\\u009b2J\ta\n', '\u001b[31mred\u202e\u009b2J\ta\n']);
  });

  test('that kubectl cannot read is refused in its words', async () => {
    const { code, out, err } = await said(['get', '-A'], '{{.x');
    assert.deepEqual([code, out], [2, '']);
    assert.match(
      err,
      /^error: kubectl could not render the Go template: error parsing template \{\{\.x, template: output:1: unclosed action\n$/,
    );
  });

  test('in a file is read here, a pipe too, and a file that cannot be read is named as any other is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vmsvc-go-template-'));
    const pipe = join(folder, 'pipe');
    try {
      execFileSync('mkfifo', [pipe]);
      const writer = spawn('sh', ['-c', 'printf "{{.kind}} {{len .items}}" > "$0"', pipe]);
      assert.deepEqual(await printed(['get', '-A'], `go-template-file=${pipe}`), { code: 0, out: 'List 1', err: '' });
      writer.kill();
    } finally {
      rmSync(folder, { recursive: true });
    }
    for (const format of ['go-template-file=nope', 'jsonpath-file=nope']) {
      const err = 'error: cannot read the template "nope": no such file or directory\n';
      assert.deepEqual(await printed(['get', '-A'], format), { code: 3, out: '', err });
    }
  });
});
