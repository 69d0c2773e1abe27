import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { startSandbox } from '../../src/cluster/sandbox/sandbox.ts';
import { sandboxKubeconfig } from '../../src/cluster/sandbox/sandbox-kubeconfig.ts';
import { faultServer } from '../cluster/fault-server.ts';
import { aVmService } from '../support/builders.ts';
import { testIo } from '../support/test-io.ts';

const web = aVmService('web', { namespace: 'prod' });
const see = (command: string) => `See 'kubectl vmsvc ${command} -h' for help and examples\n`;

describe('what -f and -k name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vmsvc-input-'));
  const kubeconfig = join(folder, 'kubeconfig');
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A kubectl that knows `kustomize` alone: one folder is fine, every other is not. */
  const kubectl = join(folder, 'kubectl');
  writeFileSync(
    kubectl,
    `#!/bin/sh
test "$1 $2 $#" = "kustomize overlays 2" || { echo "# Warning: 'bases' is deprecated" >&2; test "$2" != logged || { echo 'E1128 03:21:11.442830   25457 run.go:72] "command failed" err="no \\"resources\\" in logged"' >&2; exit 1; }; echo "error: no kustomization in $2" >&2; exit 1; }
cat <<'EOF'
${JSON.stringify(web)}
EOF
`,
  );
  chmodSync(kubectl, 0o755);

  async function said(words: string, env: Readonly<Record<string, string>> = {}) {
    const io = testIo(words.split(' '), {
      cwd: folder,
      env: { KUBECONFIG: kubeconfig, KUBECTL_PATH: kubectl, PATH: '/usr/bin:/bin', ...env },
    });
    const code = await run(io);
    return { code, out: io.out(), err: io.err() };
  }

  test('a kustomization names what it makes; the user’s own kubectl builds it', async () => {
    const options = { profile: 'E', objects: [web], controllers: [], port: 0, now: () => new Date(), toolVersion: 'test' } as const;
    const sandbox = await startSandbox(options);
    try {
      writeFileSync(kubeconfig, sandboxKubeconfig(sandbox));
      const name = 'virtualmachineservice.vmoperator.vmware.com/web\n';
      assert.deepEqual(await said('get -k overlays -o name'), { code: 0, out: name, err: '' });
      assert.deepEqual(await said('get --kustomize=overlays -o name'), { code: 0, out: name, err: '' });
      assert.deepEqual(await said('wait -k overlays --for=create'), {
        code: 0,
        out: 'virtualmachineservice.vmoperator.vmware.com/web condition met\n',
        err: '',
      });
      const deleted = await said('delete -k overlays --dry-run=client');
      assert.deepEqual(
        [deleted.code, deleted.out],
        [0, 'virtualmachineservice.vmoperator.vmware.com "web" deleted from prod namespace (dry run)\n'],
      );
      assert.deepEqual(await said('get -k overlays -n other'), {
        code: 2,
        out: '',
        err: `error: overlays:1: the namespace of VirtualMachineService "web" is "prod", and -n says "other"\n${see('get')}`,
      });
    } finally {
      await sandbox.close();
    }
  });

  test('what kubectl says of a kustomization is said, and that there is no kubectl', async () => {
    assert.deepEqual(await said('get -k other'), { code: 3, out: '', err: 'error: other: kubectl kustomize: no kustomization in other\n' });
    assert.deepEqual(await said('get -k logged'), {
      code: 3,
      out: '',
      err: 'error: logged: kubectl kustomize: no "resources" in logged\n',
    });
    assert.deepEqual(await said('get -k overlays', { KUBECTL_PATH: '/no/kubectl' }), {
      code: 3,
      out: '',
      err: 'error: overlays: kubectl kustomize could not be started: /no/kubectl: spawn /no/kubectl ENOENT\n',
    });
  });

  test('words that contradict each other are refused in kubectl’s words, before anything runs', async () => {
    const cases: [words: string, sentence: string][] = [
      ['get -k overlays -f web.yaml', 'only one of -f or -k can be specified'],
      ['get -k overlays -R', "the -k flag can't be used with -f or -R"],
      ['get -f - -f -', 'standard input cannot be used for multiple arguments'],
      ['validate -f - --old=-', '-f and --old cannot both be read from stdin'],
      ['validate --list-rules -o json=a', '--list-rules is printed: give -o a format without a file'],
      ['validate -f a.yaml -o json=./a.yaml', '-o json="./a.yaml" would take the place of the manifest'],
      ['validate -f a.yaml -o json=b -o tap=./b', '-o writes two reports to "./b"'],
      ['get -k=', '-k needs a folder with a kustomization'],
      ['get web -k overlays', '-k names the objects: give it without names, -A and -l'],
      ['wait --for=address -A -k overlays', '-k names the objects: give it without names, --all, -A and -l'],
      ['delete web -k overlays', '-k names the objects: give it without names, --all, -A and -l'],
      ['describe -A -f web.yaml', '-f names the objects: give it without names, -A and -l'],
      [
        'diff --offline -k overlays',
        'a kustomization may fetch its parts from elsewhere: kubectl kustomize DIR | kubectl vmsvc diff --offline -f -',
      ],
    ];
    for (const [words, sentence] of cases) {
      const command = words.split(' ', 1)[0] ?? '';
      assert.deepEqual(await said(words), { code: 2, out: '', err: `error: ${sentence}\n${see(command)}` });
    }
  });

  test('files on the web are fetched, but not with --offline and not for somebody', async () => {
    await using server = await faultServer((response) => response.writeHead(404).end(), { secure: false });
    const elsewhere = '  download it yourself and pass the file, or pipe it into -f -\n';
    assert.deepEqual(await said(`get -f ${server.url}/web.yaml`), {
      code: 3,
      out: '',
      err: `error: ${server.url}/web.yaml: cannot be downloaded: the server answers 404 Not Found\n`,
    });
    assert.deepEqual(await said(`get --offline -f ${server.url}/web.yaml`), {
      code: 3,
      out: '',
      err: `error: ${server.url}/web.yaml: nothing is downloaded here\n${elsewhere}`,
    });
    assert.deepEqual(await said(`get -f ${server.url.replace('//', '//alice:canary@')}/web.yaml`), {
      code: 3,
      out: '',
      err: `error: ${server.url}/web.yaml: its address names a user, and nothing is logged in to\n${elsewhere}`,
    });
    assert.deepEqual(
      server.seen.map(({ path, headers }) => [path, headers.authorization]),
      [['/web.yaml', undefined]],
    );
  });
});
