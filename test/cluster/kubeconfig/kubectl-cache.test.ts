import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupSeenByKubectl } from '../../../src/cluster/kubeconfig/kubectl-cache.ts';
import { serverAddress } from '../../../src/cluster/kubeconfig/server-address.ts';

const groups = {
  kind: 'APIGroupList',
  groups: [
    { name: '', versions: [{ groupVersion: 'v1', version: 'v1' }], preferredVersion: { groupVersion: 'v1', version: 'v1' } },
    {
      name: 'vmoperator.vmware.com',
      versions: [{ version: 'v1alpha5' }, { version: 'v1alpha4' }],
      preferredVersion: { version: 'v1alpha5' },
    },
  ],
};

/** What is found when this text lies in every file, and where it was looked for. */
function seen(text: string, env: Readonly<Record<string, string>> = { HOME: '/home/me' }, url = 'https://10.1.2.3:6443') {
  const paths: string[] = [];
  const readFile = (path: string) => {
    paths.push(path);
    return new TextEncoder().encode(text);
  };
  const server = serverAddress(url) ?? assert.fail();
  return { group: groupSeenByKubectl(server, 'vmoperator.vmware.com', { env, readFile }), paths };
}

test('what kubectl remembers of a server lies in a folder named after it', () => {
  const group = { name: 'vmoperator.vmware.com', versions: ['v1alpha5', 'v1alpha4'], preferredVersion: 'v1alpha5' };
  const text = JSON.stringify(groups);
  const cases: [env: Record<string, string>, url: string, path: string][] = [
    [{ HOME: '/home/me' }, 'https://10.1.2.3:6443', '/home/me/.kube/cache/discovery/10.1.2.3_6443/servergroups.json'],
    [{ HOME: '/home/me', KUBECACHEDIR: '/c' }, 'https://10.1.2.3', '/c/discovery/10.1.2.3/servergroups.json'],
    [
      { HOME: '/h' },
      'https://rancher.example/k8s/clusters/c-1',
      '/h/.kube/cache/discovery/rancher.example/k8s/clusters/c_1/servergroups.json',
    ],
    [{ HOME: '/h' }, 'https://[fd00::1]:6443', '/h/.kube/cache/discovery/_fd00__1__6443/servergroups.json'],
  ];
  for (const [env, url, path] of cases) assert.deepEqual(seen(text, env, url), { group, paths: [path] });
});

test('where there is no such folder, or what is in it means nothing, nothing is remembered', () => {
  assert.deepEqual(seen('{}', {}), { group: undefined, paths: [] });
  for (const text of [
    '',
    'not JSON',
    'null',
    '[]',
    '{}',
    '{"groups":{}}',
    '{"groups":[null,{"name":"vmoperator.vmware.com"}]}',
    '{"groups":[{"name":"vmoperator.vmware.com","versions":[],"preferredVersion":{"version":5}}]}',
    '{"groups":[{"name":"apps","versions":[{"version":"v1"}],"preferredVersion":{"version":"v1"}}]}',
  ]) {
    assert.equal(seen(text).group, undefined, text);
  }
  const missing = () => {
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  };
  const server = serverAddress('https://10.1.2.3') ?? assert.fail();
  assert.equal(groupSeenByKubectl(server, 'vmoperator.vmware.com', { env: { HOME: '/h' }, readFile: missing }), undefined);
});
