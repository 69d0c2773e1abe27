import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutCredentials } from '../../../src/core/bundle/credentials.ts';
import { withoutSecretAnswer, withoutSecrets } from '../../../src/core/bundle/omissions.ts';
import { type Json, type KubeObject, lastAppliedAnnotation } from '../../../src/model/object.ts';

const canary = 'CANARY-7f3a9';

function anObject(fields: { readonly [field: string]: Json }, metadata: object = {}): KubeObject {
  return {
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: { name: 'one', namespace: 'prod', ...metadata },
    ...fields,
  } as KubeObject;
}

test('what may hold a secret is left out wherever it stands', () => {
  const jwt = `eyJhbGciOiJSUzI1NiJ9.${'A'.repeat(20)}.${canary}`;
  for (const object of [
    anObject({ spec: { template: { spec: { bootstrap: { cloudInit: canary } } } } }),
    anObject({ spec: { containers: [{ command: ['/manager', `--password=${canary}`], args: [canary], env: [{ value: canary }] }] } }),
    anObject({ spec: { livenessProbe: { httpGet: { httpHeaders: [{ name: 'Authorization', value: canary }] } } } }),
    anObject({ spec: { password: canary, bindToken: canary, clientSecret: canary, sshKeys: [canary], kubeconfig: canary } }),
    anObject({ userData: canary }),
    anObject({ message: `pull https://robot:${canary}@registry.example.com/v2/ failed` }),
    anObject({ message: `dial redis://:a@${canary}@cache.example.com:6379 failed` }),
    anObject({ message: `aws_secret_access_key = ${canary}` }),
    anObject({ message: `401 for Authorization: Bearer ${canary}` }),
    anObject({ message: `GET /login?token=${canary}&x=1` }),
    anObject({ status: { message: `the guest said password: ${canary}` } }),
    anObject({ status: { note: jwt } }),
    anObject({ status: { note: `-----BEGIN RSA PRIVATE KEY-----\n${canary}\n-----END RSA PRIVATE KEY-----` } }),
    anObject({}, { annotations: { 'kapp.k14s.io/original': JSON.stringify({ spec: { note: canary } }) } }),
    anObject({}, { annotations: { 'objectset.rio.cattle.io/applied': canary } }),
    anObject({}, { annotations: { 'example.com/rendered': JSON.stringify({ spec: { bootstrap: canary } }) } }),
    anObject({}, { annotations: { 'example.com/guest': `#cloud-config\nruncmd: [${canary}]` } }),
    anObject({}, { annotations: { 'example.com/guest': Buffer.from(`#cloud-config\n${canary}`).toString('base64') } }),
    anObject({}, { managedFields: [{ manager: 'm', fieldsV1: { 'f:spec': { 'f:bootstrap': { [`v:"${canary}"`]: {} } } } }] }),
    { ...anObject({ data: { key: canary }, stringData: { key: canary } }), kind: 'Secret' },
    { ...anObject({ data: { key: canary } }), kind: 'ConfigMap' },
  ]) {
    const { object: clean, omitted } = withoutSecrets(object);
    const packed = Buffer.from(canary).toString('base64').slice(0, 12);
    const text = JSON.stringify(clean);
    assert.ok(!text.includes(canary) && !text.includes(packed), text);
    assert.notEqual(omitted.length, 0, text);
    assert.ok(!JSON.stringify(omitted).includes(canary));
  }
});

test('everything else stays as it is: unknown fields, their order, and what only sounds like a secret', () => {
  const object = anObject(
    {
      zeta: 1,
      spec: { secretName: 'db', tokenRef: { name: 'db', key: 'token' }, port: 9007199254740991, credentials: { secretRef: { name: 'x' } } },
      alpha: [null, true, { b: 1, a: 2 }],
      message: 'exceeded quota: prod, requested: secrets=1, used: secrets=5; secret "db" not found, token expired: connection refused',
    },
    { annotations: { b: '{"z":1,"a":[12345678901234567890]}', a: 'http://example.com/a@b' }, labels: { x: 'y' }, finalizers: ['f'] },
  );
  const { object: clean, omitted } = withoutSecrets(object);
  assert.equal(JSON.stringify(clean), JSON.stringify(object));
  assert.deepEqual(omitted, []);
});

test('what the server said is searched, too', () => {
  const read = { verb: 'list', answer: { failed: `proxy http://robot:${canary}@10.0.0.1:3128 refused` } } as const;
  assert.deepEqual(withoutSecretAnswer(read), { verb: 'list', answer: { failed: 'proxy http://[left out]@10.0.0.1:3128 refused' } });
});

test('a hostile text costs no more than its length', () => {
  for (const part of ['a.', 'eyJ-', 'password:', 'Bearer ', '-----BEGIN PRIVATE KEY-----', 'x://', 'token="'])
    withoutCredentials(part.repeat(200_000));
});

test('a label is no secret, however it is called: it decides what is selected', () => {
  const labels = { env: 'prod', command: 'serve', 'vault-token': 'none', 'example.com/api-key': 'a' };
  const entry = {
    manager: 'kubectl',
    fieldsV1: { 'f:metadata': { 'f:labels': { 'f:env': {} } }, 'f:spec': { 'f:selector': { 'f:env': {} } } },
  };
  const object = anObject(
    { spec: { selector: labels, template: { metadata: { labels }, spec: { nodeSelector: labels } } } },
    { labels, managedFields: [entry] },
  );
  assert.deepEqual(withoutSecrets(object), { object, omitted: [], lastApplied: undefined });

  const text = JSON.stringify({ ...object, metadata: { name: 'one', labels } });
  const { lastApplied } = withoutSecrets(anObject({}, { annotations: { [lastAppliedAnnotation]: text } }));
  assert.deepEqual(lastApplied?.['metadata'], { name: 'one', labels });
});

test('what is no label is left out of a map of labels, too', () => {
  const { object } = withoutSecrets(anObject({ spec: { selector: { env: [{ value: canary }], args: { a: canary } } } }));
  assert.doesNotMatch(JSON.stringify(object), new RegExp(canary));
});
