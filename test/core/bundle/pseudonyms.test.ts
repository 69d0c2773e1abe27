import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { BundleIndex } from '../../../src/core/bundle/bundle-index.ts';
import { Pseudonyms } from '../../../src/core/bundle/pseudonyms.ts';
import { surroundingKinds } from '../../../src/core/surroundings.ts';
import { skipValidationAnnotation } from '../../../src/core/validation/exemption.ts';
import { clusterNameLabels } from '../../../src/core/workload-cluster.ts';
import type { Json, KubeObject } from '../../../src/model/object.ts';

const hash = (text: string) => createHmac('sha256', 'one key').update(text).digest();

function anObject(name: string, fields: { readonly [field: string]: Json } = {}, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Thing', metadata: { name, namespace: 'team-acme', ...metadata }, ...fields } as KubeObject;
}

/** What becomes of a message beside objects that have names of their own. */
function masked(message: string, objects: readonly KubeObject[] = [anObject('payroll-web')]): string {
  const names = new Pseudonyms(hash, { objects });
  for (const object of objects) names.object(object);
  const { message: text } = names.object(anObject('other', { message })) as KubeObject & { readonly message: string };
  return text;
}

test('no address is left in a message, however it stands there', () => {
  for (const message of [
    'read tcp 10.1.0.9:34567->10.1.0.13:8080: read: connection reset by peer',
    'range 10.1.0.9-10.1.0.13 is used up',
    'dial tcp [fd00:aa::b1]:8080: connect: no route to host',
    'network fd00:aa::/64 and 10.1.0.0/24',
    'mapped ::ffff:10.1.0.13 to http://10.1.0.13:80/health',
    'eth0=10.1.0.13,fe00:aa::b1; host10.1.0.13',
    'node ip-10-1-0-13 is away',
    'port of 00:50:56:b1:0a:0d is down',
  ]) {
    assert.doesNotMatch(masked(message), /10[.-]1[.-]0[.-](9|13)|fd00:aa|fe00:aa|b1:0a:0d|10\.1\.0\.0/, message);
  }
});

test('the same address is the same everywhere, and one network stays one', () => {
  const [pair = ''] = [masked('10.1.0.9:1->10.1.0.13:2 10.1.0.13 10.1.0.0/24')];
  const [, first = '', second = '', again = '', network = ''] = /^(.*):1->(.*):2 (.*) (.*)\/24$/.exec(pair) ?? [];
  assert.equal(second, again);
  assert.notEqual(first, second);
  for (const ip of [first, second]) assert.equal(ip.split('.').slice(0, 3).join('.'), network.split('.').slice(0, 3).join('.'));
});

test('what is no address, name or user stays', () => {
  for (const message of [
    'exceeded quota: q, requested: services.loadbalancers=1, used: services.loadbalancers=5, limited: services.loadbalancers=5',
    'dial tcp: i/o timeout at 12:30:45 after 1.33.4',
    'virtualmachineservices.vmoperator.vmware.com is forbidden',
  ])
    assert.equal(masked(message), message);
});

test('a name is found inside of longer words, and is the same there', () => {
  const objects = [anObject('payroll-web')];
  const names = new Pseudonyms(hash, { objects });
  const { metadata } = names.object(anObject('payroll-web'));
  for (const [message, expected] of [
    ['slice payroll-web-x7k2p of team-acme/payroll-web', `slice ${metadata.name}-x7k2p of ${metadata.namespace}/${metadata.name}`],
    ['team-acme-payroll-web_80', `${metadata.namespace}-${metadata.name}_80`],
    ['payroll-web.team-acme.svc.cluster.local:80', `${metadata.name}.${metadata.namespace}.svc.cluster.local:80`],
    ['service:payroll-web', `service:${metadata.name}`],
  ] as const)
    assert.equal(masked(message, objects), expected);
});

test('nothing of the people, places and networks in an object is left', () => {
  const object = anObject(
    'vm-4711-acme',
    {
      spec: {
        storageClass: 'acme-gold',
        network: { searchDomains: ['acmecorp'], hostName: 'acme01' },
        selector: { matchExpressions: [{ key: 'acme.example/tier', operator: 'In', values: ['acmefront'] }] },
      },
      status: { host: 'esx-acme-7', path: '/orgs/default/projects/acmeproject/vpcs/acmevpc', message: 'volume of class acme-gold is full' },
      reportingInstance: 'acme-node-7',
    },
    {
      labels: { 'acme.example/tier': 'acmefront' },
      annotations: { contact: 'Alice Müller, ACME, 10.1.0.13', 'acme.example/ticket': 'ACME-88231' },
      managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:metadata': { 'f:labels': { 'f:acme.example/tier': {} } } } }],
    },
  );
  const names = new Pseudonyms(hash, { objects: [object] });
  const shown = names.object(object);
  const text = JSON.stringify(shown);
  assert.doesNotMatch(text, /acme|alice|m[üu]ller|4711|88231|10\.1\.0\.13/i);
  const [key = ''] = Object.keys(shown.metadata.labels ?? {});
  assert.match(key, /\/tier$/);
  assert.equal(text.split(key).length - 1, 3);
  assert.equal(text.split(shown.metadata.labels?.[key] ?? '?').length - 1, 2);
  assert.ok(text.includes('"f:labels"'));
});

test('a slip of one letter stays one, among thousands of names', () => {
  const objects = Array.from({ length: 3000 }, (_, at) =>
    anObject(
      hash(String(at))
        .toString('base64')
        .replace(/[^a-z]/g, '')
        .slice(0, 9),
    ),
  );
  const names = new Pseudonyms(hash, { objects });
  for (const object of objects) names.object(object);
  for (const [right, slip] of [
    ['frontend', 'frontent'],
    ['frontend', 'frontnd'],
    ['frontend', 'fronteend'],
    ['frontend', 'forntend'],
  ] as const) {
    const [one, other] = [names.name(right), names.name(slip)];
    assert.equal(one.length, right.length);
    assert.notEqual(one, other);
    assert.equal([...one].filter((letter) => !other.includes(letter)).length <= 1, true, `${one} ${other}`);
  }
});

test('the keys that rules know stay, and what they name does not', () => {
  const keys = [
    ...clusterNameLabels,
    'topology.cluster.x-k8s.io/deployment-name',
    'metallb.io/ip-allocated-from-pool',
    'metallb.universe.tf/ip-allocated-from-pool',
  ];
  const annotations = Object.fromEntries([...keys, skipValidationAnnotation].map((key) => [key, 'payroll-blue']));
  const { metadata } = new Pseudonyms(hash, { objects: [] }).object(anObject('web', {}, { annotations }));
  assert.deepEqual(Object.keys(metadata.annotations ?? {}), [...keys, skipValidationAnnotation]);
  for (const key of keys) assert.doesNotMatch(metadata.annotations?.[key] ?? '', /payroll|blue/, key);
});

test('of what a cluster serves, the kinds that are looked at stay, and no others', () => {
  const resources = [...Object.values(surroundingKinds), { group: 'payroll.acme.example', kind: 'Run', plural: 'runs' }].map(
    ({ group, kind, plural }) => ({ group, kind, plural, version: 'v1', namespaced: true, verbs: ['list'] }),
  );
  const groups = resources.map(({ group }) => ({ name: group, versions: ['v1'], preferredVersion: 'v1' }));
  const index: BundleIndex = {
    ...{ apiVersion: 'vmsvc/v1', kind: 'Bundle', format: 1, toolVersion: '0.1.0', takenAt: '', localTime: '', redacted: false },
    ...{ context: 'acme', namespace: 'team-acme', names: [], omitted: [], lastApplied: {}, reads: [], reviews: [], rehearsals: [] },
    ...{ kubernetesVersion: null, discovery: { groups, resources, unavailable: [], absent: [], failed: undefined } },
  };
  const { discovery } = new Pseudonyms(hash, { objects: [] }).index(index);
  assert.deepEqual(discovery.resources, resources.slice(0, -1));
  assert.deepEqual(discovery.groups, groups.slice(0, -1));
});

test('what only vSphere knows by name is not left in a message', () => {
  const message = [
    'No space on datastore "ACME-DS-01", at /vmfs/volumes/acme-vol',
    'cannot open [acme-ds] payroll/payroll_1.vmdk',
    'task of ACME\\jdoe, who is "ACME\\\\jdoe", in folder "Acme VMs" of host "esx-17" failed',
  ].join('; ');
  const text = masked(message);
  assert.doesNotMatch(text, /acme|payroll|jdoe|esx/i);
  const words = [
    /^No space on datastore "[A-Z]{4}-[A-Z]{2}-01", at \/vmfs\/volumes\/[a-z]{4}-[a-z]{3}; cannot open \[/,
    /_1\.vmdk; task of /,
  ];
  for (const word of words) assert.match(text, word);
});
