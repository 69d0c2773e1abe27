import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { likenesses } from '../../src/apiserver/admission/likeness.ts';
import { type Admission, vmServiceAdmission } from '../../src/apiserver/admission/vm-service-admission.ts';
import { readCrdFiles } from '../../src/cluster/sandbox/crd-files.ts';
import type { JsonObject } from '../../src/model/object.ts';
import { frozen } from '../support/frozen.ts';

const definitions = readCrdFiles('E');
const quota = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'few', namespace: 'full' },
  spec: { hard: { services: '1' } },
  status: { hard: { services: '1' }, used: { services: '1' } },
};
const taken = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'taken', namespace: 'shop' },
  spec: { type: 'ClusterIP', clusterIP: '10.96.0.9', ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] },
};

function newAdmission(): Admission {
  return vmServiceAdmission({
    profile: 'E',
    definitions,
    workloadIPv6: false,
    providerOf: () => ({ from: 'setting', provider: 'none' }),
    objects: [quota, taken],
    kubernetesMinor: 33,
  });
}

interface Parts {
  readonly metadata?: JsonObject;
  readonly spec?: JsonObject;
  readonly top?: JsonObject;
}

function vmService({ metadata = {}, spec = {}, top = {} }: Parts): JsonObject {
  return {
    apiVersion: 'vmoperator.vmware.com/v1alpha5',
    kind: 'VirtualMachineService',
    metadata: { name: 'web', namespace: 'shop', ...metadata },
    spec: {
      type: 'LoadBalancer',
      selector: { app: 'web' },
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
      ...spec,
    },
    ...top,
  };
}

const vmoperator = 'vmoperator.vmware.com';
/** Each differs in one thing from a service that has just been found sound. */
const variations: Readonly<Record<string, Parts>> = {
  'nothing but the name': { metadata: { name: 'web-2' } },
  'the name, with an upper-case letter': { metadata: { name: 'Web' } },
  'the name, with a digit in front': { metadata: { name: '2-web' } },
  'the name, too long for a Service': { metadata: { name: 'w'.repeat(64) } },
  'the name, that of a Service which is there': { metadata: { name: 'taken' } },
  'no name': { metadata: { name: '' } },
  'the namespace': { metadata: { namespace: 'other' } },
  'the namespace, which is no name': { metadata: { namespace: 'Shop' } },
  'the namespace, whose quota is used up': { metadata: { namespace: 'full' } },
  'a label': { metadata: { labels: { tier: 'front' } } },
  'a label that is none': { metadata: { labels: { tier: 'not a label' } } },
  'the key of a label that is none': { metadata: { labels: { 'not a key': 'x' } } },
  'a label that is a number': { metadata: { labels: { tier: 1 } } },
  'an annotation': { metadata: { annotations: { 'example.com/note': 'anything goes: here' } } },
  'the key of an annotation that is none': { metadata: { annotations: { 'not a key': 'x' } } },
  'an annotation that is too long': { metadata: { annotations: { 'example.com/note': 'x'.repeat(300_000) } } },
  'an annotation that is no text': { metadata: { annotations: { 'example.com/note': true } } },
  'an annotation that skips the webhook': { metadata: { annotations: { [`${vmoperator}.protected/skip-validation`]: '' } } },
  'a traffic policy': {
    metadata: { annotations: { [`virtualmachineservice.${vmoperator}/service.externalTrafficPolicy`]: 'local' } },
  },
  'ranges in the annotation of a Service': {
    metadata: { annotations: { 'service.beta.kubernetes.io/load-balancer-source-ranges': 'not a range' } },
  },
  'a finalizer that is no name': { metadata: { finalizers: ['not a name'] } },
  'an unknown field of metadata': { metadata: { owner: 'me' } },
  'an unknown field beside spec': { top: { stauts: {} } },
  'another version': { top: { apiVersion: 'vmoperator.vmware.com/v1alpha1' } },
  'a version that is not served': { top: { apiVersion: 'vmoperator.vmware.com/v1alpha99' } },
  'the selector': { spec: { selector: { app: 'db' } } },
  'a selector that is no label': { spec: { selector: { app: 'not a label' } } },
  'a selector whose key is none': { spec: { selector: { 'not a key': 'x' } } },
  'a selector that is a number': { spec: { selector: { app: 1 } } },
  'an empty selector': { spec: { selector: {} } },
  'no selector': { spec: { selector: null } },
  'a port': { spec: { ports: [{ name: 'http', protocol: 'TCP', port: 0, targetPort: 8080 }] } },
  'the port of the VMs': { spec: { ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8443 }] } },
  'the port of the VMs, out of range': { spec: { ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 65536 }] } },
  'the port of the VMs, as a fraction': { spec: { ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 80.5 }] } },
  'the port of the VMs, as a word': { spec: { ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 'http' }] } },
  'the port of the VMs, as true': { spec: { ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: true }] } },
  'the port of kubelet': { spec: { ports: [{ name: 'kubelet', protocol: 'TCP', port: 10250, targetPort: 10250 }] } },
  'the type': { spec: { type: 'loadbalancer' } },
  ranges: { spec: { loadBalancerSourceRanges: ['10.0.0.1/8'] } },
};

test('what is said of a service does not depend on those that were judged before', () => {
  const admission = newAdmission();
  assert.deepEqual(admission.all(frozen(vmService({})), { namespace: undefined }), []);
  for (const [difference, parts] of Object.entries(variations)) {
    const object = frozen(vmService(parts));
    const alone = newAdmission().all(object, { namespace: undefined });
    // Twice: an object is not sound because it was judged.
    assert.deepEqual(admission.all(object, { namespace: undefined }), alone, difference);
    assert.deepEqual(admission.all(object, { namespace: undefined }), alone, `${difference}, again`);
  }
});

test('a service that is stored, or changed, is judged by itself', () => {
  const admission = newAdmission();
  const object = frozen(vmService({}));
  assert.deepEqual(admission.all(object, { namespace: undefined }), []);
  const old = frozen(vmService({ spec: { type: 'ClusterIP' } }));
  assert.deepEqual(
    admission.all(object, { namespace: undefined, old }).map(({ code, field }) => `${code} ${field}`),
    ['VMS105 spec.type'],
  );
  const stored = frozen(vmService({ metadata: { finalizers: ['example.com/keep'] } }));
  assert.deepEqual(
    admission.all(stored, { namespace: undefined, stored: true }),
    newAdmission().all(stored, { namespace: undefined, stored: true }),
  );
});

/** Say who made or keeps an object, or are on machines of clusters, which no judge of a manifest asks; or are examples in messages. */
const domainsOfOthers = /(?:^|\.)(?:example\.com|x-k8s\.io|helm\.sh|argoproj\.io|fluxcd\.io|k14s\.io|metallb\.io|metallb\.universe\.tf)\//;

test('every annotation that a judge may read sets an object apart', () => {
  const keys = keysInSources().filter((key) => !domainsOfOthers.test(key));
  // Those of which it is known that a judgement depends on them.
  for (const known of [
    `virtualmachineservice.${vmoperator}/service.externalTrafficPolicy`,
    `virtualmachineservice.${vmoperator}/service.healthCheckNodePort`,
    `${vmoperator}.protected/skip-validation`,
    `${vmoperator}/conversion`,
    'service.beta.kubernetes.io/load-balancer-source-ranges',
    'ncp/healthCheckNodePort',
    'vmsvc/ignore-',
  ])
    assert.ok(keys.includes(known), known);
  const likenessOf = likenesses();
  const alike = keys.filter(
    (key) => likenessOf(frozen(vmService({ metadata: { annotations: { [`${key}x`]: 'x' } } })), 'shop') !== undefined,
  );
  assert.deepEqual(alike, [], 'readDomains in likeness.ts does not have these');
});

/** The texts in the sources of the judges that are a key with a domain, or its beginning. */
function keysInSources(): readonly string[] {
  const root = join(import.meta.dirname, '../../src');
  const files = globSync('{core,model,apiserver}/**/*.ts', { cwd: root });
  const texts = files.flatMap((file) => [
    ...readFileSync(join(root, file), 'utf8').matchAll(/'((?:[a-z][\w-]*\.)*[a-z][\w-]*\/[\w.-]*)'/gi),
  ]);
  const isDomain = /^(?:(?:[a-z][a-z0-9-]*\.)+[a-z]+|ncp|vmsvc)\//;
  return [...new Set(texts.map(([, key = '']) => key))].filter((key) => isDomain.test(key)).sort();
}
