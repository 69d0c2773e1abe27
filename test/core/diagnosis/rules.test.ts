import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { catalogue } from '../../../src/core/catalogue/catalogue.ts';
import { rules } from '../../../src/core/diagnosis/index.ts';
import { type FindingCode, findingWords } from '../../../src/core/finding-codes.ts';
import type { KubeObject } from '../../../src/model/object.ts';
import { fixText } from '../../../src/render/fix-text.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints } from '../../support/builders.ts';
import { brief, findingsOf, healthy, healthyBut, passedOf, svc } from '../../support/diagnosed.ts';
import { admissionCases } from './admission-cases.ts';
import { endpointsCases } from './endpoints-cases.ts';
import { environmentCases } from './environment-cases.ts';
import { loadBalancerCases } from './load-balancer-cases.ts';
import { mirrorCases } from './mirror-cases.ts';
import { probeCases } from './probe-cases.ts';
import type { RuleCase } from './rule-case.ts';
import { selectionCases } from './selection-cases.ts';
import { serviceCases } from './service-cases.ts';
import { vmCases } from './vm-cases.ts';

const cases: readonly RuleCase[] = [
  ...admissionCases,
  ...selectionCases,
  ...vmCases,
  ...serviceCases,
  ...endpointsCases,
  ...loadBalancerCases,
  ...probeCases,
  ...mirrorCases,
  ...environmentCases,
];

/** What `validate` says besides, of files. */
const onlyOfManifests = Array.from({ length: 13 }, (_, index) => `VMS${115 + index}`);

suite('the rules', () => {
  test('say nothing bad of a healthy world', () => {
    const bad = findingsOf(healthy).filter(({ severity }) => severity !== 'info');
    assert.deepEqual(bad.map(brief), []);
  });

  test('that do not come up in a world are not among those that passed there', () => {
    const passed = passedOf(healthy);
    const notAsked: readonly FindingCode[] = ['VMS607', 'VMS701', 'VMS703', 'VMS801', 'VMS804', 'VMS808'];
    assert.deepEqual(
      notAsked.filter((code) => passed.includes(code)),
      [],
    );
    assert.ok(passed.includes('VMS601') && passed.includes('VMS502'));
  });

  test('about load balancers do not come up where nobody asked for one, and about features that nobody uses not either', () => {
    const ports = [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }];
    const inner = aVmService('svc', {
      type: 'ClusterIP',
      selector: { app: 'web' },
      ports,
      finalizers: ['vmoperator.vmware.com/virtualmachineservice'],
    });
    const vm = aVm('web-1', { namespace: inner.metadata.namespace ?? '', labels: { app: 'web' }, ip: '10.1.0.11' });
    const service = aService('svc', { type: 'ClusterIP', owners: [ownedBy(inner)], ports });
    const world = [
      inner,
      vm,
      service,
      someEndpoints('svc', { owners: [ownedBy(inner)], ready: [vm], ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }),
    ];
    const passed = passedOf(world);
    assert.deepEqual(
      passed.filter((code) => /^VMS[68]/.test(code)),
      [],
    );
    const unused: readonly FindingCode[] = [
      'VMS102',
      'VMS107',
      'VMS110',
      'VMS120',
      'VMS121',
      'VMS308',
      'VMS310',
      'VMS312',
      'VMS411',
      'VMS707',
    ];
    assert.deepEqual(
      unused.filter((code) => passed.includes(code)),
      [],
    );
    // What there is was looked at.
    const asked: readonly FindingCode[] = ['VMS101', 'VMS103', 'VMS201', 'VMS209', 'VMS403', 'VMS404', 'VMS501', 'VMS503'];
    assert.deepEqual(
      asked.filter((code) => !passed.includes(code)),
      [],
    );
  });

  test('print no command that a tool would take back without saying so, and one of two sides at a time', () => {
    const labels = { 'argocd.argoproj.io/instance': 'shop' };
    const kept = aVmService('svc', { selector: { app: 'web' }, labels, finalizers: ['vmoperator.vmware.com/virtualmachineservice'] });
    const near = aVm('web-1', { labels: { app: 'Web' }, ip: '10.1.0.11' });
    const [finding] = findingsOf([kept, near]).filter(({ code }) => code === 'VMS202');
    assert.deepEqual(finding?.fix.map(fixText), [
      'kubectl label vm web-1 -n prod app=web --overwrite',
      'or, instead of that, let the selector follow:',
      `kubectl patch vmservice svc -n prod --type merge -p '{"spec":{"selector":{"app":"Web"}}}'   # Argo CD takes this back: change it where Argo CD has it from`,
    ]);
    const keptVm = aVm('web-1', { labels: { app: 'Web', ...labels }, ip: '10.1.0.11' });
    const [other] = findingsOf([aVmService('svc', { selector: { app: 'web' } }), keptVm]).filter(({ code }) => code === 'VMS202');
    assert.deepEqual(
      other?.fix.map(fixText)[0],
      'kubectl label vm web-1 -n prod app=web --overwrite   # Argo CD takes this back: change it where Argo CD has it from',
    );
  });

  test('never tell anybody to label the machines of a cluster, but to look for them', () => {
    const guest = ['cluster.name', 'service.namespace', 'service.name'].map((key) => [`run.tanzu.vmware.com/${key}`, 'shop'] as const);
    const selector = { 'capv.vmware.com/cluster.name': 'shop', 'capv.vmware.com/cluster.role': 'node' };
    const balancer = svc({ labels: Object.fromEntries(guest), selector, ingress: [] });
    const head = aVm('cp', { labels: { ...selector, 'capv.vmware.com/cluster.role': 'controlplane' }, ip: '10.1.0.11' });
    const [finding] = findingsOf([balancer, head]).filter(({ code }) => code === 'VMS201');
    assert.deepEqual(finding?.fix.map(fixText), [
      'kubectl get cluster,machinedeployment,machine -n prod   # does cluster shop have such machines?',
    ]);
  });

  test('tell of the endpoint of a cluster whose port has lost the name by which Cluster API finds it', () => {
    const owners = [{ apiVersion: 'vmware.infrastructure.cluster.x-k8s.io/v1beta1', kind: 'VSphereCluster', name: 'tkc1', uid: 'u' }];
    const about = (name: string) => {
      const ports = [{ name, protocol: 'TCP', port: 6443, targetPort: 6443 }];
      return findingsOf([svc({ owners, ports, ingress: [] })])
        .filter(({ code }) => code === 'VMS901')
        .map(brief);
    };
    const whose = 'info VMS901 certain VirtualMachineService/svc';
    assert.deepEqual(about('apiserver'), [whose]);
    assert.deepEqual(about('https'), [whose, 'warning VMS901 certain VirtualMachineService/svc']);
  });

  test('say what to do about what MetalLB and AVI report', () => {
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'prod' },
      type: 'Warning',
      reason: 'AllocationFailed',
    };
    const fixes = (message: string) =>
      findingsOf([
        ...healthyBut(svc({ ingress: [] }), aService('svc', { owners: [ownedBy(svc())], ingress: [] })),
        { ...event, involvedObject: { kind: 'Service', namespace: 'prod', name: 'svc' }, message } as KubeObject,
      ])
        .filter(({ code }) => code === 'VMS603')
        .flatMap(({ fix }) => fix.map(fixText));
    assert.deepEqual(fixes('Failed to allocate IP for "prod/svc": unknown pool "front"'), [
      'the pool of addresses that an annotation of the Service names is not there: name another, or none',
    ]);
    assert.deepEqual(fixes('Failed to allocate IP for "prod/svc": ["10.9.9.9"] is not allowed in config'), [
      'the address that is asked for is not among those of the load balancer: ask for another in loadBalancerIP, or for none',
    ]);
  });

  test('tell one cause where Kubernetes or the webhook refuses what stands in the spec', () => {
    const told = (world: readonly KubeObject[], profile: 'A' | 'B' | 'E') =>
      findingsOf(world, { profile, workloadIPv6: true })
        .filter(({ severity }) => severity !== 'info')
        .map(({ code, follows, evidence }) => `${code} also ${follows.join(',')}: ${evidence[0]}`);
    const finalizers = ['virtualmachineservice.vmoperator.vmware.com'];
    const digit = aVmService('1web', { selector: { app: 'web' }, finalizers });
    assert.deepEqual(told([digit, aVm('web-1', { labels: { app: 'web' }, ip: '10.0.0.1' })], 'B'), [
      "VMS108 also VMS402: metadata.name: 1web; a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ]);
    const families = svc({ ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'SingleStack', ingress: [] });
    assert.deepEqual(told([families, aVm('web-1', { labels: { app: 'web' }, ip: '10.0.0.1' })], 'E'), [
      'VMS111 also VMS402: spec.ipFamilies: IPv4, IPv6; spec.ipFamilyPolicy: SingleStack',
    ]);
    const key = svc({ selector: { 'bad key': 'x' }, ingress: [] });
    assert.deepEqual(told([key, aVm('web-1', { labels: { app: 'web' }, ip: '10.0.0.1' })], 'E'), [
      'VMS119 also VMS201,VMS402,VMS904: spec.selector[bad key]: x',
    ]);
  });

  test('have a case each', () => {
    const told = new Set(cases.map(({ code }) => code));
    const own = [...new Set(rules.map(({ code }) => code))];
    assert.deepEqual(
      own.filter((code) => !told.has(code)),
      [],
    );
  });

  test('are there for every code of the catalogue that a diagnosis can come to, each with a world and one near it', () => {
    const ofFailures = Object.keys(findingWords).filter((code) => !onlyOfManifests.includes(code));
    assert.equal(ofFailures.length, 117);
    const told = new Set<string>(cases.map(({ code }) => code));
    assert.deepEqual(
      ofFailures.filter((code) => !told.has(code)),
      // A change that was refused is in no cluster. The engine says what could not be looked at; and that there is no such kind, or
      // that nobody is logged in, is what the command fails with.
      ['VMS105', 'VMS910', 'VMS912', 'VMS918'],
    );
  });

  test('say nothing at another level than those that the catalogue has for the code', () => {
    const told = cases.flatMap(({ world, options, near, nearOptions }) => [
      ...findingsOf(world, options),
      ...findingsOf(near, nearOptions),
    ]);
    const unheardOf = told.filter(
      ({ code, severity, confidence }) =>
        !catalogue[code].levels.some((level) => level.severity === severity && level.confidence === confidence),
    );
    assert.deepEqual([...new Set(unheardOf.map(({ code, severity, confidence }) => `${severity} ${code} ${confidence}`))], []);
  });

  test('say how many VMs are in another network than the load balancer, and what the address is that a VM is listed by', () => {
    const messages = (code: FindingCode, ...[world, options]: Parameters<typeof findingsOf>) =>
      findingsOf(world, options)
        .filter((finding) => finding.code === code)
        .map(({ message }) => message);
    const inNetwork = (name: string, ip: string, network: string) => {
      const vm = aVm(name, { labels: { app: 'web' }, ip });
      return { ...vm, spec: { ...vm.spec, network: { interfaces: [{ name: 'eth0', network: { name: network } }] } } };
    };
    const here = inNetwork('web-1', '10.0.0.1', 'net-a');
    const there = inNetwork('web-2', '10.0.0.2', 'net-b');
    const balancer = svc({ annotations: { 'netoperator.vmware.com/network-name': 'net-a' } });
    assert.deepEqual(messages('VMS616', healthyBut(balancer, here, there)), [
      'The load balancer stands in Network net-a, 1 of 2 VMs do not',
    ]);
    assert.deepEqual(messages('VMS616', healthyBut(balancer, inNetwork('web-1', '10.0.0.1', 'net-b'), there)), [
      'The load balancer stands in Network net-a, the VMs do not',
    ]);
    const both = aVm('web-3', { labels: { app: 'web' }, ip: ['10.0.0.3', 'fd00::3'] });
    const onlyIPv6 = aService('svc', { owners: [ownedBy(svc())], ipFamilies: ['IPv6'] });
    assert.deepEqual(messages('VMS305', [svc(), both, onlyIPv6], { profile: 'D' }), [
      'web-3 is listed by IPv4 (10.0.0.3); Service svc takes only IPv6',
    ]);
  });

  for (const { code, when, world, options, says, but, near, nearOptions } of cases) {
    test(`${code} ${when}`, () => {
      const found = findingsOf(world, options);
      assert.deepEqual(found.filter((finding) => finding.code === code).map(brief), [says], `all: ${found.map(brief).join('; ')}`);
    });
    test(`not ${code} ${but}`, () => assert.ok(!allCodes(near, nearOptions).includes(code)));
  }
});

/** Those that are folded, too. */
function allCodes(...world: Parameters<typeof findingsOf>): readonly FindingCode[] {
  return findingsOf(...world).flatMap(({ code, follows }) => [code, ...follows]);
}
