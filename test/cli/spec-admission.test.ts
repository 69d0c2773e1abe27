import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import type { JsonObject } from '../../src/model/object.ts';
import { testIo } from '../support/test-io.ts';
import { port, service } from '../support/validate-cases.ts';

// The scenarios of admission that VM Operator's behaviour is described by, as `validate` foretells them: what would be refused and
// in which words, in the order of the webhook's rules.

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-admission-'));
after(() => rmSync(folder, { recursive: true }));

interface Attempt {
  readonly flags?: readonly string[];
  readonly old?: JsonObject;
}

/** Why an object would be refused; nothing where it would be taken. */
async function refusals(object: JsonObject, { flags = [], old }: Attempt = {}): Promise<readonly string[]> {
  const stored = join(folder, 'old.json');
  if (old !== undefined) writeFileSync(stored, JSON.stringify(old));
  const words = ['validate', '-f', '-', '-o', 'json', '--release=main', ...flags, ...(old === undefined ? [] : ['--old', stored])];
  const io = testIo(words, { stdin: JSON.stringify(object) });
  await run(io);
  const { findings } = JSON.parse(io.out());
  assert.ok(Array.isArray(findings), io.err());
  return findings.flatMap(({ severity, message, title }) => (severity === 'error' ? [String(message ?? title)] : []));
}

const withPorts = (...ports: readonly JsonObject[]): JsonObject => service({ spec: { ports: [...ports] } });
const clusterIp = (spec: JsonObject = {}): JsonObject => service({ spec: { type: 'ClusterIP', ...spec } });
const externalName = (spec: JsonObject = {}): JsonObject =>
  service({ spec: { type: 'ExternalName', externalName: 'db.example.com', ports: null, selector: null, ...spec } });
const ipv6 = ['--capability', 'supports_workload_ipv6=true'];
const notServed = 'the WorkloadIPv6 feature is not enabled';
const skip = { 'vmoperator.vmware.com.protected/skip-validation': '' };

const alphanumeric = 'must start and end with an alphanumeric character (e.g.';
const subdomain = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and ${alphanumeric} 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
const label1123 = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and ${alphanumeric} 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`;
const label1035 = `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`;
const labelKey = `name part must consist of alphanumeric characters, '-', '_' or '.', and ${alphanumeric} 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`;
const noAddress = 'spec.clusterIP: Invalid value: "100.1000.1.1": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const unknownField = (field: string): string => `${field} is not a field here: kubectl refuses it, other clients drop it silently`;

async function all(objects: readonly JsonObject[], attempt: Attempt = {}): Promise<readonly (readonly string[])[]> {
  const said: (readonly string[])[] = [];
  for (const object of objects) said.push(await refusals(object, attempt));
  return said;
}

test('scenario 126: a name that no Service can have; where it is no name of an object at all, the API server says so first', async () => {
  const [tooEarly, noService] = [await refusals(service({ name: '9-MyVMService' })), await refusals(service({ name: '9-my-vm-service' }))];
  assert.deepEqual(tooEarly, [`metadata.name: Invalid value: "9-MyVMService": ${subdomain}`]);
  assert.deepEqual(noService, [`metadata.name: Invalid value: "9-my-vm-service": ${label1035}`]);
});

test('scenario 127: an empty type, and none', async () => {
  assert.deepEqual(await all([service({ spec: { type: '' } }), service({ spec: { type: null } })]), [
    ['spec.type: Required value'],
    ['spec.type: Required value'],
  ]);
});

test('scenario 128: types that there are not', async () => {
  const supported = 'supported values: "ClusterIP", "ExternalName", "LoadBalancer"';
  assert.deepEqual(await all([service({ spec: { type: 'InvalidLB' } }), service({ spec: { type: 'NodePort' } })]), [
    [`spec.type: Unsupported value: "InvalidLB": ${supported}`],
    [`spec.type: Unsupported value: "NodePort": ${supported}`],
  ]);
});

test('scenario 129: only a headless service and an ExternalName do without ports', async () => {
  const none = [
    service({ spec: { ports: null } }),
    clusterIp({ ports: null }),
    clusterIp({ ports: null, clusterIp: 'None' }),
    externalName(),
  ];
  assert.deepEqual(await all(none), [['spec.ports: Required value'], ['spec.ports: Required value'], [], []]);
});

test('scenario 130: a selector with a key that no label can have', async () => {
  assert.deepEqual(await refusals(service({ spec: { selector: { 'THIS_NOT_VALID!': 'x' } } })), [
    `spec.selector: Invalid value: "THIS_NOT_VALID!": ${labelKey}`,
  ]);
});

test('scenario 131: an address that is none', async () => {
  assert.deepEqual(await refusals(clusterIp({ clusterIp: '100.1000.1.1' })), [noAddress]);
});

test('scenario 132: a source range that is none, and one where there is no load balancer', async () => {
  const loadBalancerSourceRanges = ['10.1.1.1/42'];
  const noRange =
    'spec.loadBalancerSourceRanges[0]: Invalid value: "10.1.1.1/42": must be compatible with https://pkg.go.dev/net#ParseCIDR';
  assert.deepEqual(await all([service({ spec: { loadBalancerSourceRanges } }), clusterIp({ loadBalancerSourceRanges })]), [
    [noRange],
    ["spec.loadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'", noRange],
  ]);
});

test('scenario 133: external names', async () => {
  const names = [{ externalName: 'InValid!' }, { externalName: 'example.com.' }, { externalName: '' }, { clusterIp: '10.96.0.10' }];
  assert.deepEqual(await all(names.map(externalName)), [
    [`spec.externalName: Invalid value: "InValid!": ${subdomain}`],
    [],
    ['spec.externalName: Required value'],
    ['spec.clusterIP: Forbidden: may not be set for ExternalName services'],
  ]);
});

test('scenario 134: a load balancer without an address of the cluster', async () => {
  assert.deepEqual(await refusals(service({ spec: { clusterIp: 'None' } })), [
    `spec.clusterIP: Invalid value: "None": may not be set to 'None' for LoadBalancer services`,
  ]);
});

test('scenario 135: ports', async () => {
  const second = { ...port, port: 81 };
  const cases = [
    withPorts({ ...port, name: 'INVALID' }),
    withPorts({ ...port, port: 100000 }),
    withPorts({ ...port, protocol: 'INVALID' }),
    withPorts({ ...port, targetPort: 200000 }),
    withPorts(port, second),
    withPorts(port, { ...port, name: 'again' }),
    withPorts(port, { ...port, name: 'quic', protocol: 'UDP' }),
  ];
  assert.deepEqual(await all(cases), [
    [`spec.ports[0].name: Invalid value: "INVALID": ${label1123}`],
    ['spec.ports[0].port: Invalid value: 100000: must be between 1 and 65535, inclusive'],
    ['spec.ports[0].protocol: Unsupported value: "INVALID": supported values: "SCTP", "TCP", "UDP"'],
    ['spec.ports[0].targetPort: Invalid value: 200000: must be between 1 and 65535, inclusive'],
    ['spec.ports[1].name: Duplicate value: "http"'],
    ['spec.ports[1]: Duplicate value: {"name":"","protocol":"TCP","port":80,"targetPort":0}'],
    [],
  ]);
});

test('scenario 136: of two ports, each has a name', async () => {
  assert.deepEqual(await refusals(withPorts(port, { protocol: 'TCP', port: 81, targetPort: 8081 })), [
    'spec.ports[1].name: Required value',
  ]);
});

test('scenario 137: type and address do not change', async () => {
  assert.deepEqual(await refusals(service(), { old: clusterIp() }), ['spec.type: Forbidden: field is immutable']);
  assert.deepEqual(await refusals(clusterIp({ clusterIp: '10.96.0.11' }), { old: clusterIp({ clusterIp: '10.96.0.10' }) }), [
    'spec.clusterIP: Forbidden: field is immutable',
  ]);
});

test('scenario 138: what is being deleted may be as it is', async () => {
  const metadata = { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a.example.com/b'] };
  const broken = { metadata, spec: { ports: null, clusterIp: '100.1000.1.1' } };
  assert.deepEqual(await refusals(service(broken), { old: service(broken) }), []);
});

test('scenario 139: families where the capability is off, and in a release that does not have them', async () => {
  const families = service({ spec: { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' } });
  assert.deepEqual(await refusals(families), [`spec.ipFamilies: Forbidden: ${notServed}`, `spec.ipFamilyPolicy: Forbidden: ${notServed}`]);
  const older = await refusals({ ...families, apiVersion: 'vmoperator.vmware.com/v1alpha5' }, { flags: ['--release=9.1'] });
  assert.deepEqual(older, [unknownField('spec.ipFamilies'), unknownField('spec.ipFamilyPolicy')]);
});

test('scenario 140: the rules of families', async () => {
  const attempt = { flags: ipv6 };
  const of = (spec: JsonObject) => clusterIp(spec);
  const cases = [
    externalName({ ipFamilies: ['IPv4'] }),
    externalName({ ipFamilyPolicy: 'SingleStack' }),
    of({ ipFamilies: ['IPv4', 'IPv4'] }),
    of({ ipFamilies: ['bogus'] }),
    of({ ipFamilies: ['IPv4', 'IPv6', 'IPv4'] }),
    of({ ipFamilyPolicy: 'Bogus' }),
  ];
  assert.deepEqual(await all(cases, attempt), [
    ['spec: ipFamilies and ipFamilyPolicy may not be set when type is ExternalName'],
    ['spec: ipFamilies and ipFamilyPolicy may not be set when type is ExternalName'],
    ['spec: ipFamilies must not contain duplicate entries'],
    ['spec: each ipFamilies entry must be IPv4 or IPv6'],
    ['spec.ipFamilies: Too many: 3: must have at most 2 items'],
    ['spec.ipFamilyPolicy: Unsupported value: "Bogus": supported values: "SingleStack", "PreferDualStack", "RequireDualStack"'],
  ]);
  const old = of({ ipFamilies: ['IPv4'] });
  assert.deepEqual(await refusals(of({ ipFamilies: ['IPv6'] }), { ...attempt, old }), [
    'spec: the primary IP family may not be changed or removed once set',
  ]);
  assert.deepEqual(await refusals(of({ ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' }), { ...attempt, old }), []);
});

test('scenario 141: a webhook that was told not to look takes what it would refuse, and the Service is still one that is none', async () => {
  const spec = { clusterIp: '100.1000.1.1', ports: null };
  const ofService = 'the Service would be refused: spec.clusterIPs[0]: Invalid value: "100.1000.1.1": ';
  assert.deepEqual(await refusals(service({ spec, annotations: skip })), [ofService + noAddress.slice(noAddress.indexOf('must'))]);
});

test('scenario 142: two errors come in the order of the rules', async () => {
  assert.deepEqual(await refusals(service({ spec: { ports: null, clusterIp: '100.1000.1.1' } })), [
    'spec.ports: Required value',
    noAddress,
  ]);
});

test('scenario 143: a key in the spelling of a Service', async () => {
  assert.deepEqual(await refusals(clusterIp({ clusterIP: '10.96.0.10' })), [unknownField('spec.clusterIP')]);
});
