import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyTypeOf, discoveryFormOf, representationOf } from '../../../src/apiserver/http/media-types.ts';

const json = 'application/json';

test('the first form that can be written is taken, in the order of the client', () => {
  assert.deepEqual(representationOf(undefined), { as: 'object', mediaType: json });
  assert.deepEqual(representationOf('*/*'), { as: 'object', mediaType: json });
  assert.deepEqual(representationOf('application/vnd.kubernetes.protobuf,application/json'), { as: 'object', mediaType: json });
  assert.deepEqual(representationOf('application/cbor, application/json;q=0.9'), { as: 'object', mediaType: json });
  assert.deepEqual(representationOf('application/json;q=0.1,application/yaml'), { as: 'object', mediaType: 'application/yaml' });
  assert.deepEqual(
    representationOf('application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json'),
    { as: 'table', mediaType: json, version: 'v1' },
  );
  assert.deepEqual(representationOf('application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'), {
    as: 'metadata',
    mediaType: json,
    version: 'v1',
    list: true,
  });
});

test('a client that takes none of the forms gets none', () => {
  for (const accept of [
    'text/html',
    'application/vnd.kubernetes.protobuf',
    'application/json;as=Table;v=v2;g=meta.k8s.io',
    'application/json;q=0',
  ]) {
    assert.equal(representationOf(accept), undefined, accept);
  }
});

test('discovery is told in one document to whoever knows that form', () => {
  const both =
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';
  assert.deepEqual(discoveryFormOf(both), { aggregated: 'v2' });
  assert.deepEqual(discoveryFormOf(both.split(',').slice(1).join(',')), { aggregated: 'v2beta1' });
  assert.deepEqual(discoveryFormOf('application/json;g=apidiscovery.k8s.io;v=v3;as=APIGroupDiscoveryList,application/json'), 'legacy');
  assert.deepEqual(discoveryFormOf(undefined), 'legacy');
  assert.equal(discoveryFormOf('application/vnd.kubernetes.protobuf'), undefined);
});

test('a body without a type is JSON', () => {
  assert.equal(bodyTypeOf(undefined), json);
  assert.equal(bodyTypeOf('Application/JSON; charset=utf-8'), json);
  assert.equal(bodyTypeOf('text/plain'), 'text/plain');
});
