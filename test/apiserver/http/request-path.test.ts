import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourcePath, segmentsOf } from '../../../src/apiserver/http/request-path.ts';

function pathOf(path: string) {
  const cut = segmentsOf(path);
  return 'malformed' in cut ? cut : resourcePath(cut.segments);
}

test('a path names a collection, an object or a part of one, in a namespace or in none', () => {
  const vms = { group: 'vmoperator.vmware.com', version: 'v1alpha1', plural: 'virtualmachines' };
  assert.deepEqual(pathOf('/apis/vmoperator.vmware.com/v1alpha1/virtualmachines'), { ...vms, rest: [] });
  assert.deepEqual(pathOf('/apis/vmoperator.vmware.com/v1alpha1/namespaces/prod/virtualmachines/web-1/status'), {
    ...vms,
    namespace: 'prod',
    name: 'web-1',
    subresource: 'status',
    rest: [],
  });
  assert.deepEqual(pathOf('/api/v1/namespaces/prod/services/web/proxy/a/b/'), {
    group: '',
    version: 'v1',
    namespace: 'prod',
    plural: 'services',
    name: 'web',
    subresource: 'proxy',
    rest: ['a', 'b'],
  });
});

test('a namespace is an object, and its status is not a resource within it', () => {
  const namespaces = { group: '', version: 'v1', plural: 'namespaces', rest: [] };
  assert.deepEqual(pathOf('/api/v1/namespaces'), namespaces);
  assert.deepEqual(pathOf('/api/v1/namespaces/prod'), { ...namespaces, name: 'prod' });
  assert.deepEqual(pathOf('/api/v1/namespaces/prod/status'), { ...namespaces, name: 'prod', subresource: 'status' });
  assert.deepEqual(pathOf('/api/v1/namespaces/prod/finalize'), { ...namespaces, name: 'prod', subresource: 'finalize' });
});

test('paths that name no resource lead elsewhere', () => {
  for (const path of ['/', '/api', '/api/v1', '/apis/apps', '/apis/apps/v1', '/version', '/healthz/etcd'])
    assert.equal(pathOf(path), undefined, path);
});

test('R126 an encoded slash stays inside its segment, and is refused there', () => {
  assert.deepEqual(segmentsOf('/api/v1/a%20b'), { segments: ['api', 'v1', 'a b'] });
  const refused = (part: string) => ({ malformed: `the path contains "${part}", which no resource can be called` });
  assert.deepEqual(segmentsOf('/api/v1/..%2fx'), refused('..%2fx'));
  assert.deepEqual(segmentsOf('/api/%2e%2e/v1'), refused('%2e%2e'));
  assert.deepEqual(segmentsOf('/api/v1/%00'), refused('%00'));
  assert.deepEqual(segmentsOf('/api/v1/%zz'), { malformed: 'the path contains "%zz", which is not a percent-encoded text' });
});
