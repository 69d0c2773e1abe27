import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
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
