import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { run } from '../../src/cli/run.ts';
import { findingWords } from '../../src/core/finding-codes.ts';
import type { JsonObject, KubeObject } from '../../src/model/object.ts';
import { aVm, aVmService } from '../support/builders.ts';
import { aSupervisor, failureAnswer } from '../support/supervisor.ts';
import { testIo, testNow } from '../support/test-io.ts';
import { child, object, port, type RuleCase, ranges, service } from '../support/validate-cases.ts';

const ipv6 = ['--capability', 'supports_workload_ipv6=true'];
const dual = ranges('10.96.0.0/16', 'fd00:10:96::/112');
const single = ranges('10.96.0.0/16');
const trafficPolicy = 'virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy';
const healthCheck = 'virtualmachineservice.vmoperator.vmware.com/service.healthCheckNodePort';
const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const topologyMode = 'service.kubernetes.io/topology-mode';
const topologyHints = 'service.kubernetes.io/topology-aware-hints';
const skip = { 'vmoperator.vmware.com.protected/skip-validation': '' };

const ports = (...changes: readonly JsonObject[]): JsonObject => ({
  spec: { ports: changes.map((change) => without({ ...port, ...change })) },
});
const without = (fields: JsonObject): JsonObject => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
const vm = (name: string, labels: JsonObject, ip = '10.1.0.11'): JsonObject =>
  object(
    'vmoperator.vmware.com/v1alpha6',
    'VirtualMachine',
    name,
    { spec: {}, status: { powerState: 'PoweredOn', network: { primaryIP4: ip } } },
    { labels },
  );

const owner = (kind: string): JsonObject => ({ apiVersion: 'v1', kind, name: 'x', uid: 'u' });

/** The rules of VM Operator's webhook. */
const webhook: readonly RuleCase[] = [
  {
    rule: 'W1',
    says: 'a name has to be one that a Service can have',
    broken: [service({ name: '9web' })],
    near: [service({ name: 'web9' })],
    finds: { code: 'VMS108', field: 'metadata.name' },
  },
  {
    rule: 'W1 before 9.0',
    says: 'a name with dots is refused by every release',
    flags: ['--release=8.0.3'],
    broken: [service({ version: 'v1alpha2', name: 'web.a' })],
    near: [service({ version: 'v1alpha2', name: 'web-a' })],
    finds: { code: 'VMS108', field: 'metadata.name' },
  },
  {
    rule: 'W1',
    says: 'so has a name of which only the beginning is written',
    broken: [service({ metadata: { name: '', generateName: '9web-' } })],
    near: [service({ metadata: { name: '', generateName: 'web9-' } })],
    finds: { code: 'VMS108', field: 'metadata.name' },
  },
  {
    rule: 'W2',
    says: 'the type cannot be changed',
    old: service({ spec: { type: 'ClusterIP' } }),
    broken: [service()],
    near: [service({ spec: { type: 'ClusterIP', selector: { app: 'api' } } })],
    finds: { code: 'VMS105', field: 'spec.type' },
  },
  {
    rule: 'W3',
    says: 'the cluster IP cannot be changed, nor set later',
    old: service(),
    broken: [service({ spec: { clusterIp: '10.96.0.9' } })],
    near: [service({ spec: { clusterIp: '' } })],
    finds: { code: 'VMS105', field: 'spec.clusterIP' },
  },
  {
    rule: 'W4',
    says: 'a LoadBalancer cannot be headless',
    broken: [service({ spec: { clusterIp: 'None' } })],
    near: [service({ spec: { type: 'ClusterIP', clusterIp: 'None' } })],
    finds: { code: 'VMS106', field: 'spec.clusterIP' },
  },
  {
    rule: 'W5',
    says: 'an ExternalName has no cluster IP',
    broken: [service({ spec: { type: 'ExternalName', externalName: 'a.example.com', clusterIp: 'None' } })],
    near: [service({ spec: { type: 'ExternalName', externalName: 'a.example.com', clusterIp: '' } })],
    finds: { code: 'VMS120', field: 'spec.clusterIP' },
  },
  {
    rule: 'W6',
    says: 'an ExternalName needs its name',
    broken: [service({ spec: { type: 'ExternalName', externalName: '.' } })],
    near: [service({ spec: { type: 'ExternalName', externalName: 'a.' } })],
    finds: { code: 'VMS121', field: 'spec.externalName' },
  },
  {
    rule: 'W7',
    says: 'an external name is a DNS name in lower case',
    broken: [service({ spec: { type: 'ExternalName', externalName: 'A.example.com' } })],
    near: [service({ spec: { type: 'ExternalName', externalName: 'a.example.com.' } })],
    finds: { code: 'VMS121', field: 'spec.externalName' },
  },
  {
    rule: 'W8',
    says: 'ports are needed, but not by a headless service',
    broken: [service({ spec: { type: 'ClusterIP', ports: null } })],
    near: [service({ spec: { type: 'ClusterIP', clusterIp: 'None', ports: null } })],
    finds: { code: 'VMS101', field: 'spec.ports' },
  },
  {
    rule: 'W9',
    says: 'of several ports each needs a name',
    broken: [service(ports({}, { name: '', port: 443 }))],
    near: [service(ports({ name: '' }))],
    finds: { code: 'VMS103', field: 'spec.ports[1].name' },
  },
  {
    rule: 'W10',
    says: "a port's name is a DNS label",
    broken: [service(ports({ name: 'http.1' }))],
    near: [service(ports({ name: 'http-1' }))],
    finds: { code: 'VMS103', field: 'spec.ports[0].name' },
  },
  {
    rule: 'W11',
    says: "a port's name is used once",
    broken: [service(ports({}, { port: 443 }))],
    near: [service(ports({}, { name: 'https', port: 443 }))],
    finds: { code: 'VMS103', field: 'spec.ports[1].name' },
  },
  {
    rule: 'W12',
    says: 'a port is a number up to 65535',
    broken: [service(ports({ port: 65536 }))],
    near: [service(ports({ port: 65535 }))],
    finds: { code: 'VMS103', field: 'spec.ports[0].port' },
  },
  {
    rule: 'W13',
    says: 'a protocol may not be empty',
    broken: [service(ports({ protocol: '' }))],
    near: [service(ports({ protocol: 'SCTP' }))],
    finds: { code: 'VMS101', field: 'spec.ports[0].protocol' },
  },
  {
    rule: 'W14',
    says: 'a protocol is written in capitals',
    broken: [service(ports({ protocol: 'tcp' }))],
    near: [service(ports({ protocol: 'UDP' }))],
    finds: { code: 'VMS103', field: 'spec.ports[0].protocol' },
  },
  {
    rule: 'W15',
    says: 'a target port is a number from 1 on',
    broken: [service(ports({ targetPort: 0 }))],
    near: [service(ports({ targetPort: 1 }))],
    finds: { code: 'VMS103', field: 'spec.ports[0].targetPort' },
  },
  {
    rule: 'W16',
    says: 'a port number is used once for each protocol',
    broken: [service(ports({}, { name: 'again' }))],
    near: [service(ports({}, { name: 'again', protocol: 'UDP' }))],
    finds: { code: 'VMS103', field: 'spec.ports[1]' },
  },
  {
    rule: 'W17',
    says: 'a selector key is a label key',
    broken: [service({ spec: { selector: { 'THIS_NOT_VALID!': 'x' } } })],
    near: [service({ spec: { selector: { 'example.com/THIS_IS_VALID': 'x' } } })],
    finds: { code: 'VMS119', field: 'spec.selector' },
  },
  {
    rule: 'W18',
    says: 'a selector value is a label value',
    broken: [service({ spec: { selector: { app: 'web server' } } })],
    near: [service({ spec: { selector: { app: '' } } })],
    finds: { code: 'VMS119', field: 'spec.selector' },
  },
  {
    rule: 'W19',
    says: 'a cluster IP is an address in its canonical form',
    broken: [service({ spec: { clusterIp: '10.96.0.09' } })],
    near: [service({ spec: { clusterIp: '10.96.0.9' } })],
    finds: { code: 'VMS120', field: 'spec.clusterIP' },
  },
  {
    rule: 'W19 before 9.0.1',
    says: 'leading zeros were let through',
    flags: ['--release=8.0.3'],
    broken: [service({ version: 'v1alpha2', spec: { clusterIp: '10.96.0.256' } })],
    near: [service({ version: 'v1alpha2', spec: { clusterIp: '10.96.0.09' } })],
    finds: { code: 'VMS120', field: 'spec.clusterIP' },
  },
  {
    rule: 'W20',
    says: 'a type may not be empty',
    broken: [service({ spec: { type: '' } })],
    near: [service({ spec: { type: 'ClusterIP' } })],
    finds: { code: 'VMS101', field: 'spec.type' },
  },
  {
    rule: 'W21',
    says: 'NodePort is no type here',
    broken: [service({ spec: { type: 'NodePort' } })],
    near: [service({ spec: { type: 'LoadBalancer' } })],
    finds: { code: 'VMS104', field: 'spec.type' },
  },
  {
    rule: 'W22',
    says: 'source ranges are for a LoadBalancer',
    broken: [service({ spec: { type: 'ClusterIP', loadBalancerSourceRanges: ['10.0.0.0/8'] } })],
    near: [service({ spec: { loadBalancerSourceRanges: ['10.0.0.0/8'] } })],
    finds: { code: 'VMS107', field: 'spec.loadBalancerSourceRanges' },
  },
  {
    rule: 'W23',
    says: 'a source range is one that Go can parse',
    broken: [service({ spec: { loadBalancerSourceRanges: ['10.0.0.0/8', '10.1.1.1/42'] } })],
    near: [service({ spec: { loadBalancerSourceRanges: ['10.0.0.0/8', ' 10.1.1.1/32 '] } })],
    finds: { code: 'VMS107', field: 'spec.loadBalancerSourceRanges[1]' },
  },
  {
    rule: 'W23 before 9.0',
    says: 'source ranges were judged as one list',
    flags: ['--release=B'],
    broken: [service({ version: 'v1alpha1', spec: { loadBalancerSourceRanges: ['10.0.0.0'] } })],
    near: [service({ version: 'v1alpha1', spec: { loadBalancerSourceRanges: ['010.0.0.0/8'] } })],
    finds: { code: 'VMS107', field: 'spec.loadBalancerSourceRanges' },
  },
  {
    rule: 'W24',
    says: 'IP families need their capability',
    broken: [service({ spec: { ipFamilies: ['IPv4'] } })],
    near: [service({ spec: { ipFamilies: [] } })],
    finds: { code: 'VMS111', field: 'spec.ipFamilies' },
  },
  {
    rule: 'W25',
    says: 'so does a policy for them',
    broken: [service({ spec: { ipFamilyPolicy: 'SingleStack' } })],
    near: [service()],
    finds: { code: 'VMS111', field: 'spec.ipFamilyPolicy' },
  },
];

/** The rules in the definition of v1alpha6. */
const rulesOfDefinition: readonly RuleCase[] = [
  {
    rule: 'C1',
    says: 'an ExternalName has no IP families',
    flags: ipv6,
    broken: [service({ spec: { type: 'ExternalName', externalName: 'a', ipFamilyPolicy: 'SingleStack' } })],
    near: [service({ spec: { type: 'ExternalName', externalName: 'a', ipFamilies: [] } })],
    finds: { code: 'VMS122', field: 'spec' },
  },
  {
    rule: 'C2',
    says: 'no family twice',
    flags: ipv6,
    broken: [service({ spec: { ipFamilies: ['IPv4', 'IPv4'] } })],
    near: [service({ spec: { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' } })],
    finds: { code: 'VMS122', field: 'spec' },
  },
  {
    rule: 'C3',
    says: 'a family is IPv4 or IPv6',
    flags: ipv6,
    broken: [service({ spec: { ipFamilies: ['ipv4'] } })],
    near: [service({ spec: { ipFamilies: ['IPv6'] } })],
    finds: { code: 'VMS122', field: 'spec' },
  },
  {
    rule: 'C4',
    says: 'the first family stays',
    flags: ipv6,
    old: service({ spec: { ipFamilies: ['IPv4'] } }),
    broken: [service({ spec: { ipFamilies: ['IPv6'] } })],
    near: [service({ spec: { ipFamilies: ['IPv4'], selector: { app: 'api' } } })],
    finds: { code: 'VMS122', field: 'spec' },
  },
];

/** What Kubernetes refuses of the Service that comes of an accepted object. */
const childRefused: readonly RuleCase[] = [
  {
    rule: 'K1',
    says: 'a name that old releases let through is no name for a Service',
    flags: ['--release=8.0.2'],
    broken: [service({ version: 'v1alpha1', name: '1web' })],
    near: [service({ version: 'v1alpha1', name: 'web1' })],
    finds: { code: 'VMS108', field: 'metadata.name' },
  },
  {
    rule: 'K1',
    says: 'nor is one of which only the beginning is written',
    flags: ['--release=8.0.2'],
    broken: [service({ version: 'v1alpha1', metadata: { name: '', generateName: '1web-' } })],
    near: [service({ version: 'v1alpha1', metadata: { name: '', generateName: 'web1-' } })],
    finds: { code: 'VMS108', field: 'metadata.name' },
  },
  {
    rule: 'K2',
    says: 'an address that is in no service range',
    broken: [service({ spec: { clusterIp: '169.254.1.1' } })],
    near: [service({ spec: { clusterIp: '192.168.1.1' } })],
    finds: { code: 'VMS409', field: 'spec.clusterIPs' },
  },
  {
    rule: 'K2 with a range',
    says: 'an address outside the range of this cluster',
    broken: [service({ spec: { clusterIp: '10.97.0.1' } }), dual],
    near: [service({ spec: { clusterIp: '10.96.0.1' } }), dual],
    finds: { code: 'VMS409', field: 'spec.clusterIPs' },
  },
  {
    rule: 'K2 with a Service',
    says: 'an address that a Service has',
    broken: [
      service({ spec: { clusterIp: '10.96.0.7' } }),
      object('v1', 'Service', 'other', { spec: { clusterIP: '10.96.0.7', ports: [{ port: 1 }] } }),
    ],
    near: [
      service({ spec: { clusterIp: '10.96.0.8' } }),
      object('v1', 'Service', 'other', { spec: { clusterIP: '10.96.0.7', ports: [{ port: 1 }] } }),
    ],
    finds: { code: 'VMS409', field: 'spec.clusterIPs' },
  },
  {
    rule: 'K2 twice',
    says: 'an address that another object of the input asks for',
    broken: [service({ name: 'a', spec: { clusterIp: '10.96.0.7' } }), service({ name: 'b', spec: { clusterIp: '10.96.0.7' } })],
    near: [service({ name: 'a', spec: { clusterIp: '10.96.0.7' } }), service({ name: 'b', spec: { clusterIp: '10.96.0.8' } })],
    finds: { code: 'VMS409', field: 'spec.clusterIp' },
  },
  {
    rule: 'K3',
    says: 'an address of another family than the first',
    flags: ipv6,
    broken: [service({ spec: { clusterIp: '10.96.0.9', ipFamilies: ['IPv6'] } })],
    near: [service({ spec: { clusterIp: '10.96.0.9', ipFamilies: ['IPv4'] } })],
    finds: { code: 'VMS409', field: 'spec.clusterIPs[0]' },
  },
  {
    rule: 'K4',
    says: 'a family that the cluster lacks',
    flags: ipv6,
    broken: [service({ spec: { ipFamilies: ['IPv6'] } }), single],
    near: [service({ spec: { ipFamilies: ['IPv6'] } }), dual],
    finds: { code: 'VMS111', field: 'spec.ipFamilies[0]' },
  },
  {
    rule: 'K5',
    says: 'two families required of a cluster with one',
    flags: ipv6,
    broken: [service({ spec: { ipFamilyPolicy: 'RequireDualStack' } }), single],
    near: [service({ spec: { ipFamilyPolicy: 'RequireDualStack' } }), dual],
    finds: { code: 'VMS111', field: 'spec.ipFamilyPolicy' },
  },
  {
    rule: 'K6',
    says: 'two families and no policy for them',
    flags: ipv6,
    broken: [service({ spec: { ipFamilies: ['IPv4', 'IPv6'] } })],
    near: [service({ spec: { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' } })],
    finds: { code: 'VMS111', field: 'spec.ipFamilyPolicy' },
  },
  {
    rule: 'K7',
    says: 'one family less than the Service has, without SingleStack',
    flags: ipv6,
    broken: [
      service({ spec: { ipFamilies: ['IPv4'], ipFamilyPolicy: 'RequireDualStack' } }),
      child({
        clusterIP: '10.96.0.9',
        clusterIPs: ['10.96.0.9', 'fd00:10:96::9'],
        ipFamilies: ['IPv4', 'IPv6'],
        ipFamilyPolicy: 'RequireDualStack',
      }),
      dual,
    ],
    near: [
      service({ spec: { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' } }),
      child({
        clusterIP: '10.96.0.9',
        clusterIPs: ['10.96.0.9', 'fd00:10:96::9'],
        ipFamilies: ['IPv4', 'IPv6'],
        ipFamilyPolicy: 'RequireDualStack',
      }),
      dual,
    ],
    finds: { code: 'VMS111', field: 'spec.ipFamilyPolicy' },
  },
  {
    rule: 'K7 by itself',
    says: 'one family with a policy for two is taken once, and refused ever after',
    flags: ipv6,
    broken: [service({ spec: { ipFamilies: ['IPv4'], ipFamilyPolicy: 'RequireDualStack' } })],
    near: [service({ spec: { ipFamilyPolicy: 'RequireDualStack' } })],
    finds: { code: 'VMS111', field: 'spec.ipFamilyPolicy' },
  },
  {
    rule: 'K8 before Kubernetes 1.33',
    says: "the kubelet's port",
    flags: ['--kubernetes-version=1.32'],
    broken: [service(ports({ port: 10250 }))],
    near: [service(ports({ port: 10251 }))],
    finds: { code: 'VMS123', field: 'spec.ports[0]' },
  },
  {
    rule: 'K8 before Kubernetes 1.33',
    says: "the kubelet's port behind a ClusterIP",
    flags: ['--kubernetes-version=v1.32.4'],
    broken: [service(ports({ port: 10250 }))],
    near: [service({ spec: { type: 'ClusterIP', ports: [{ ...port, port: 10250 }] } })],
    finds: { code: 'VMS123', field: 'spec.ports[0]' },
  },
  {
    rule: 'K9 before Kubernetes 1.24',
    says: 'two protocols at one load balancer',
    flags: ['--kubernetes-version=1.23'],
    broken: [service(ports({}, { name: 'dns', port: 53, protocol: 'UDP' }))],
    near: [service(ports({}, { name: 'dns', port: 53 }))],
    finds: { code: 'VMS123', field: 'spec.ports' },
  },
  {
    rule: 'K10',
    says: 'a traffic policy on a ClusterIP',
    broken: [service({ annotations: { [trafficPolicy]: 'Local' }, spec: { type: 'ClusterIP' } })],
    near: [service({ annotations: { [trafficPolicy]: 'local' }, spec: { type: 'ClusterIP' } })],
    finds: { code: 'VMS110', field: 'spec.externalTrafficPolicy' },
  },
  {
    rule: 'K11',
    says: 'the annotation with source ranges on a ClusterIP',
    broken: [service({ annotations: { [rangesAnnotation]: '10.0.0.0/8' }, spec: { type: 'ClusterIP' } })],
    near: [service({ annotations: { [rangesAnnotation]: '10.0.0.0/8' } })],
    finds: { code: 'VMS107', field: `metadata.annotations[${rangesAnnotation}]` },
  },
  {
    rule: 'K11',
    says: 'the annotation with something that is no range, looked at only without ranges in the spec',
    broken: [service({ annotations: { [rangesAnnotation]: '10.0.0.0' } })],
    near: [service({ annotations: { [rangesAnnotation]: '10.0.0.0' }, spec: { loadBalancerSourceRanges: ['10.0.0.0/8'] } })],
    finds: { code: 'VMS107', field: `metadata.annotations[${rangesAnnotation}]` },
  },
  {
    rule: 'K12',
    says: 'two topology annotations that differ',
    broken: [service({ annotations: { [topologyMode]: 'Auto', [topologyHints]: 'Disabled' } })],
    near: [service({ annotations: { [topologyMode]: 'Auto', [topologyHints]: 'Auto' } })],
    finds: { code: 'VMS123', field: `metadata.annotations[${topologyMode}]` },
  },
  {
    rule: 'K14',
    says: 'annotations that are too long together with those of the Service',
    broken: [
      service({ annotations: { own: 'x'.repeat(200_000) } }),
      child({ clusterIP: '10.96.0.9' }, { annotations: { theirs: 'y'.repeat(100_000) } }),
    ],
    near: [
      service({ annotations: { own: 'x'.repeat(200_000) } }),
      child({ clusterIP: '10.96.0.9' }, { annotations: { theirs: 'y'.repeat(1_000) } }),
    ],
    finds: { code: 'VMS123', field: 'metadata.annotations' },
  },
  {
    rule: 'K15',
    says: 'a quota that is used up',
    broken: [
      service(),
      object('v1', 'ResourceQuota', 'net', {
        status: { hard: { 'services.loadbalancers': '2' }, used: { 'services.loadbalancers': '2' } },
      }),
    ],
    near: [
      service({ spec: { type: 'ClusterIP' } }),
      object('v1', 'ResourceQuota', 'net', {
        status: { hard: { 'services.loadbalancers': '2' }, used: { 'services.loadbalancers': '2' } },
      }),
    ],
    finds: { code: 'VMS606', field: 'spec.type' },
  },
  {
    rule: 'K15',
    says: 'a quota whose spec alone says what it allows; not one that cannot be read',
    broken: [service(), object('v1', 'ResourceQuota', 'net', { spec: { hard: { services: '1' } }, status: { used: { services: '1' } } })],
    near: [
      service(),
      object('v1', 'ResourceQuota', 'net', { spec: { hard: { services: '1' } }, status: { hard: ['services'], used: { services: '1' } } }),
    ],
    finds: { code: 'VMS606', field: 'spec.type' },
  },
  {
    rule: 'K16',
    says: 'a LoadBalancer that takes over a headless Service',
    broken: [service(), child({ type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'] })],
    near: [service({ spec: { type: 'ClusterIP' } }), child({ type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'] })],
    finds: { code: 'VMS409', field: 'spec.clusterIPs[0]' },
  },
  {
    rule: 'K18',
    says: 'a VM whose address no Endpoints may have',
    broken: [service(), vm('web-1', { app: 'web' }, '127.0.0.1')],
    near: [service(), vm('web-1', { app: 'web' }, '10.1.0.11')],
    finds: { code: 'VMS513', field: 'spec.selector' },
  },
  {
    rule: 'K19',
    says: 'a namespace that is being deleted',
    broken: [service(), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a', deletionTimestamp: '2026-11-20T11:00:00Z' } }],
    near: [service(), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' } }],
    finds: { code: 'VMS917', field: 'metadata.namespace' },
  },
  {
    rule: 'K21',
    says: 'no ports, where the webhook was told not to look',
    broken: [service({ annotations: skip, spec: { ports: null } })],
    near: [service({ annotations: skip, spec: { type: 'ClusterIP', clusterIp: 'None', ports: null } })],
    finds: { code: 'VMS101', field: 'spec.ports' },
  },
];

/** What is accepted, whatever it looks like. */
const accepted: readonly {
  readonly rule: string;
  readonly says: string;
  readonly flags?: readonly string[];
  readonly objects: readonly JsonObject[];
}[] = [
  {
    rule: 'K8 from Kubernetes 1.33 on',
    says: "the kubelet's port",
    flags: ['--kubernetes-version=1.33'],
    objects: [service(ports({ port: 10250 }))],
  },
  {
    rule: 'K9 from Kubernetes 1.24 on',
    says: 'two protocols at one load balancer',
    flags: ['--kubernetes-version=1.24'],
    objects: [service(ports({}, { name: 'dns', port: 53, protocol: 'UDP' }))],
  },
  {
    rule: 'generation',
    says: 'a number that the server sets itself, whatever a manifest says',
    objects: [service({ metadata: { generation: -1 } })],
  },
  {
    rule: 'status',
    says: 'which the server drops before it looks at it',
    objects: [{ ...service(), status: { loadBalancer: 1 } }],
  },
  {
    rule: 'K13',
    says: 'source ranges with bits behind their prefix',
    objects: [service({ spec: { loadBalancerSourceRanges: ['10.1.2.3/24'] } })],
  },
  {
    rule: 'K17',
    says: 'a Service of type ExternalName that is taken over',
    objects: [service({ spec: { type: 'ClusterIP' } }), child({ type: 'ExternalName', externalName: 'a.example.com', ports: [] })],
  },
  { rule: 'K20', says: 'a headless service with ports', objects: [service({ spec: { type: 'ClusterIP', clusterIp: 'None' } })] },
  {
    rule: 'K20',
    says: 'a headless service without ports',
    objects: [service({ spec: { type: 'ClusterIP', clusterIp: 'None', ports: null } })],
  },
  {
    rule: 'K20',
    says: 'UDP and SCTP on a ClusterIP',
    objects: [
      service({
        spec: {
          type: 'ClusterIP',
          ports: [
            { ...port, protocol: 'UDP' },
            { ...port, name: 'other', protocol: 'SCTP' },
          ],
        },
      }),
    ],
  },
];

/** Each code of VMS1xx, also those that are no refusals. */
const codes: readonly RuleCase[] = [
  {
    rule: 'VMS101',
    says: 'a port without a name key; an empty name is one',
    broken: [service(ports({ name: null }))],
    near: [service(ports({ name: '' }))],
    finds: { code: 'VMS101', field: 'spec.ports[0].name' },
  },
  {
    rule: 'VMS102',
    says: 'a field of a Service',
    broken: [service({ spec: { clusterIP: 'None' } })],
    near: [service({ spec: { clusterIp: '' } })],
    finds: { code: 'VMS102', field: 'spec.clusterIP' },
  },
  {
    rule: 'VMS102',
    says: 'IP families in a version that has none',
    broken: [service({ version: 'v1alpha5', spec: { ipFamilies: ['IPv4'] } })],
    near: [service({ version: 'v1alpha5' })],
    finds: { code: 'VMS102', field: 'spec.ipFamilies' },
  },
  {
    rule: 'VMS102',
    says: 'a misspelt field inside metadata',
    broken: [service({ metadata: { label: { app: 'web' } } })],
    near: [service({ metadata: { labels: { app: 'web' } } })],
    finds: { code: 'VMS102', field: 'metadata.label' },
  },
  {
    rule: 'VMS103',
    says: 'a target port that is a name',
    broken: [service(ports({ targetPort: 'http' }))],
    near: [service(ports({ targetPort: 80 }))],
    finds: { code: 'VMS103', field: 'spec.ports[0].targetPort' },
  },
  {
    rule: 'VMS104',
    says: 'an ExternalName leads to no VM',
    broken: [service({ spec: { type: 'ExternalName', externalName: 'a.example.com' } })],
    near: [service({ spec: { externalName: 'a.example.com' } })],
    finds: { code: 'VMS104', field: 'spec.type', severity: 'warning' },
  },
  {
    rule: 'VMS106',
    says: 'a headless service works oddly',
    broken: [service({ spec: { type: 'ClusterIP', clusterIp: 'None' } })],
    near: [service({ spec: { type: 'ClusterIP', clusterIp: '10.96.0.9' } })],
    finds: { code: 'VMS106', field: 'spec.clusterIp', severity: 'warning' },
  },
  {
    rule: 'VMS107',
    says: 'bits behind the prefix of a range',
    broken: [service({ spec: { loadBalancerSourceRanges: ['10.1.2.3/24'] } })],
    near: [service({ spec: { loadBalancerSourceRanges: ['10.1.2.3/32'] } })],
    finds: { code: 'VMS107', field: 'spec.loadBalancerSourceRanges[0]', severity: 'warning' },
  },
  {
    rule: 'VMS107',
    says: 'a range for everybody beside narrower ones',
    broken: [service({ spec: { loadBalancerSourceRanges: ['10.0.0.0/8', '0.0.0.0/0'] } })],
    near: [service({ spec: { loadBalancerSourceRanges: ['0.0.0.0/0'] } })],
    finds: { code: 'VMS107', field: 'spec.loadBalancerSourceRanges[1]', severity: 'warning' },
  },
  {
    rule: 'VMS109',
    says: 'no selector, and nobody wrote Endpoints',
    broken: [service({ spec: { selector: {} } }), object('v1', 'Endpoints', 'other')],
    near: [service({ spec: { selector: {} } }), object('v1', 'Endpoints', 'web')],
    finds: { code: 'VMS109', field: 'spec.selector', severity: 'info' },
  },
  {
    rule: 'VMS110',
    says: 'a traffic policy that is spelt wrong',
    broken: [service({ annotations: { [trafficPolicy]: 'local' } })],
    near: [service({ annotations: { [trafficPolicy]: 'Local' } })],
    finds: { code: 'VMS110', field: `metadata.annotations[${trafficPolicy}]`, severity: 'warning' },
  },
  {
    rule: 'VMS110',
    says: 'a health check port without the policy that needs it',
    broken: [service({ annotations: { [healthCheck]: '30012' } })],
    near: [service({ annotations: { [healthCheck]: '30012', [trafficPolicy]: 'Local' } })],
    finds: { code: 'VMS110', field: `metadata.annotations[${healthCheck}]`, severity: 'info' },
  },
  {
    rule: 'VMS111',
    says: 'three families',
    flags: ipv6,
    broken: [service({ spec: { ipFamilies: ['IPv4', 'IPv6', 'IPv4'] } })],
    near: [service({ spec: { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' } })],
    finds: { code: 'VMS111', field: 'spec.ipFamilies' },
  },
  {
    rule: 'VMS114',
    says: 'no selector, on the release where that means every VM',
    flags: ['--release=8.0.1'],
    broken: [service({ version: 'v1alpha1', spec: { selector: null } })],
    near: [service({ version: 'v1alpha1' })],
    finds: { code: 'VMS114', field: 'spec.selector', severity: 'warning' },
  },
  {
    rule: 'VMS115',
    says: 'a value of a wrong type',
    broken: [service({ spec: { selector: { app: 1 } } })],
    near: [service({ spec: { selector: { app: '1' } } })],
    finds: { code: 'VMS115', field: 'spec.selector.app' },
  },
  {
    rule: 'VMS115',
    says: 'a value that is not one of those allowed',
    flags: ipv6,
    broken: [service({ spec: { ipFamilyPolicy: 'Dual' } })],
    near: [service({ spec: { ipFamilyPolicy: 'SingleStack' } })],
    finds: { code: 'VMS115', field: 'spec.ipFamilyPolicy' },
  },
  {
    rule: 'VMS115',
    says: 'a number as an annotation',
    broken: [service({ annotations: { [healthCheck]: 31234 } })],
    near: [service({ annotations: { [healthCheck]: '31234' } })],
    finds: { code: 'VMS115', field: 'metadata.annotations' },
  },
  {
    rule: 'VMS124',
    says: 'a label that is none',
    broken: [service({ labels: { app: 'web server' } })],
    near: [service({ labels: { app: 'web-server' } })],
    finds: { code: 'VMS124', field: 'metadata.labels' },
  },
  {
    rule: 'VMS124',
    says: 'an event as an owner',
    broken: [service({ metadata: { ownerReferences: [owner('Event')] } })],
    near: [service({ metadata: { ownerReferences: [owner('Pod')] } })],
    finds: { code: 'VMS124', field: 'metadata.ownerReferences' },
  },
  {
    rule: 'VMS124',
    says: 'an owner of a version that is none',
    broken: [service({ metadata: { ownerReferences: [{ ...owner('Pod'), apiVersion: 'a/b/c' }] } })],
    near: [service({ metadata: { ownerReferences: [{ ...owner('Pod'), apiVersion: 'a/b' }] } })],
    finds: { code: 'VMS124', field: 'metadata.ownerReferences.apiVersion' },
  },
  {
    rule: 'VMS124',
    says: 'a resourceVersion, which only an export has',
    broken: [service({ metadata: { resourceVersion: '12' } })],
    near: [service({ metadata: { resourceVersion: '0' } })],
    finds: { code: 'VMS124', field: 'metadata.resourceVersion', severity: 'warning' },
  },
  {
    rule: 'VMS124',
    says: 'an update of another object than the one that is stored',
    old: service({ metadata: { uid: 'a' } }),
    broken: [service({ metadata: { uid: 'b' } })],
    near: [service()],
    finds: { code: 'VMS124', field: 'metadata.uid' },
  },
  {
    rule: 'VMS115',
    says: 'a kind that is misspelt, beside another one',
    broken: [{ ...service(), kind: 'VirtualmachineServices' }],
    near: [{ ...service(), kind: 'VirtualMachineSetResourcePolicy' }],
    finds: { code: 'VMS115', field: 'kind' },
  },
  {
    rule: 'VMS115',
    says: 'a day that no calendar has',
    broken: [service({ metadata: { creationTimestamp: '2026-02-30T00:00:00Z' } })],
    near: [service({ metadata: { creationTimestamp: '2026-02-28T00:00:00Z' } })],
    finds: { code: 'VMS115', field: 'metadata.creationTimestamp' },
  },
  {
    rule: 'VMS104',
    says: 'what is created is not being deleted, whatever it says',
    broken: [service({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' }, spec: { type: 'NodePort' } })],
    near: [service({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } })],
    finds: { code: 'VMS104', field: 'spec.type' },
  },
  {
    rule: 'VMS125',
    says: 'an annotation that ignores what is not there',
    broken: [service({ annotations: { 'vmsvc/ignore-VMS104': 'we know' } })],
    near: [service({ annotations: { 'vmsvc/ignore-VMS104': 'we know' }, spec: { type: 'ExternalName', externalName: 'a' } })],
    finds: { code: 'VMS125', field: 'metadata.annotations[vmsvc/ignore-VMS104]', severity: 'warning' },
  },
  ...['vmsvc/ignore', 'vmsvc/Ignore-VMS104', 'vmsvc/ignoreVMS104', 'kubectl-vmsvc/ignore-VMS104', 'vmvsc/ignore-VMS104'].map((key) => ({
    rule: 'VMS125' as const,
    says: `an annotation of this tool that is misspelt: ${key}`,
    broken: [service({ annotations: { [key]: 'we know' } })],
    near: [service({ annotations: { 'kubectl-vmsvc/nudge': '1', 'vmsvc.mirror/source': 'a/b', 'example.com/ignore': 'us' } })],
    finds: { code: 'VMS125', field: `metadata.annotations[${key}]`, severity: 'warning' } as const,
  })),
  {
    rule: 'VMS127',
    says: 'the webhook told not to look',
    broken: [service({ annotations: skip })],
    near: [service()],
    finds: { code: 'VMS127', field: `metadata.annotations[${Object.keys(skip)[0]}]`, severity: 'warning' },
  },
  {
    rule: 'VMS201',
    says: 'no VM of the input is selected',
    broken: [service(), vm('db-1', { app: 'db' })],
    near: [service(), vm('web-1', { app: 'web' })],
    finds: { code: 'VMS201', field: 'spec.selector' },
  },
  {
    rule: 'VMS202',
    says: 'a VM that is selected but for the spelling',
    broken: [service(), vm('web-1', { app: 'Web' })],
    near: [service()],
    finds: { code: 'VMS202', field: 'spec.selector' },
  },
  {
    rule: 'VMS913',
    says: 'an apiVersion has one slash',
    broken: [service({ version: 'v1alpha5/x' })],
    near: [service({ version: 'v1alpha5' })],
    finds: { code: 'VMS913', field: 'apiVersion' },
  },
  {
    rule: 'VMS103',
    says: 'a port that the webhook takes for what is left of it in 32 bits',
    broken: [service(ports({ port: 2 ** 32 + 80 }))],
    near: [service(ports({ port: 80 }))],
    finds: { code: 'VMS103', field: 'spec.ports[0].port' },
  },
  {
    rule: 'VMS103',
    says: 'a target port that no int32 holds',
    broken: [service(ports({ targetPort: 2 ** 32 + 80 }))],
    near: [service(ports({ targetPort: 80 }))],
    finds: { code: 'VMS103', field: 'spec.ports[0].targetPort' },
  },
  {
    rule: 'VMS913',
    says: 'a version that the release does not have',
    flags: ['--release=9.1'],
    broken: [service({ version: 'v1alpha6' })],
    near: [service({ version: 'v1alpha5' })],
    finds: { code: 'VMS913', field: 'apiVersion' },
  },
];

interface Said {
  readonly code: string;
  readonly field: string;
  readonly severity: string;
  readonly located: boolean;
}

const folder = mkdtempSync(join(tmpdir(), 'vmsvc-validate-'));
after(() => rmSync(folder, { recursive: true }));

/** What the command finds in objects that are piped in. */
async function findings(objects: readonly JsonObject[], flags: readonly string[] = [], old?: JsonObject): Promise<readonly Said[]> {
  const stored = join(folder, 'old.json');
  if (old !== undefined) writeFileSync(stored, JSON.stringify(old));
  const words = ['validate', '-f', '-', '-o', 'json', '--release=main', ...flags, ...(old === undefined ? [] : ['--old', stored])];
  const io = testIo(words, { stdin: objects.map((item) => JSON.stringify(item, null, 2)).join('\n') });
  await run(io);
  const document: unknown = JSON.parse(io.out());
  assert.ok(typeof document === 'object' && document !== null && 'findings' in document && Array.isArray(document.findings), io.err());
  return document.findings.map(({ code, field, severity, location }) => ({ code, field, severity, located: location.line >= 1 }));
}

for (const [group, cases] of Object.entries({ webhook, rulesOfDefinition, childRefused, codes })) {
  describe(group, () => {
    for (const { rule, says, flags, broken, near, old, finds } of cases) {
      test(`${rule}: ${says}`, async () => {
        const expected: Said = { severity: 'error', located: true, ...finds };
        const isExpected = (said: Said): boolean => JSON.stringify(said, order) === JSON.stringify(expected, order);
        const found = await findings(broken, flags, old);
        assert.ok(found.some(isExpected), `not found: ${JSON.stringify(found)}`);
        const nearby = await findings(near, flags, old);
        assert.deepEqual(
          nearby.filter(({ code, field, severity }) => code === finds.code && field === finds.field && severity === expected.severity),
          [],
        );
        // What is near a refusal is accepted.
        if (expected.severity === 'error' && finds.code !== 'VMS202')
          assert.deepEqual(
            nearby.filter(({ severity }) => severity === 'error'),
            [],
          );
      });
    }
  });
}

const order = ['code', 'field', 'severity', 'located'];

describe('accepted', () => {
  for (const { rule, says, flags, objects } of accepted) {
    test(`${rule}: ${says}`, async () => {
      assert.deepEqual(
        (await findings(objects, flags)).filter(({ severity }) => severity === 'error'),
        [],
      );
    });
  }
});

/** What only the text of a file shows. */
const texts: readonly {
  readonly rule: string;
  readonly says: string;
  readonly broken: string;
  readonly near: string;
  readonly severity: string;
}[] = [
  {
    rule: 'VMS116',
    says: 'a list that is not closed, beside one that is',
    broken: 'a: [1, 2\n',
    near: 'apiVersion: v1\nkind: ConfigMap\na: [1, 2]\n',
    severity: 'error',
  },
  {
    rule: 'VMS116',
    says: 'what is no object at all, beside one of another kind that nobody knows',
    broken: 'name: web\n',
    near: 'apiVersion: example.com/v1\nkind: Unknown\nname: web\n',
    severity: 'error',
  },
  {
    rule: 'VMS117',
    says: 'a key twice, beside one that overrides what is merged in',
    broken: yamlOf('labels: {a: x, a: z}'),
    near: yamlOf('labels: {<<: {a: x}, a: z}'),
    severity: 'error',
  },
  {
    rule: 'VMS117',
    says: 'a key twice in a service, beside one in an object of another kind',
    broken: yamlOf('labels: {a: x, a: z}'),
    near: `${yamlOf('labels: {a: x}')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: x, a: y}\n`,
    severity: 'error',
  },
  {
    rule: 'VMS117',
    says: 'a key twice in an item of a List, beside one in the item before it',
    broken: listOf('{"name":"x"}', '{"name":"x","name":"web"}'),
    near: listOf('{"name":"x","name":"y"}', '{"name":"web"}'),
    severity: 'error',
  },
  {
    rule: 'VMS118',
    says: 'a word that is a boolean, beside one in quotes',
    broken: yamlOf('annotations: {a: yes}'),
    near: yamlOf('annotations: {a: "yes"}'),
    severity: 'warning',
  },
  {
    rule: 'VMS118',
    says: 'a word that is a boolean in a service, beside one in an object of another kind',
    broken: yamlOf('annotations: {a: on}'),
    near: `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: on}\n---\n${yamlOf('labels: {a: x}')}`,
    severity: 'warning',
  },
];

function yamlOf(metadata: string): string {
  const spec = '{type: ClusterIP, selector: {app: web}, ports: [{name: http, protocol: TCP, port: 80, targetPort: 8080}]}';
  return `apiVersion: vmoperator.vmware.com/v1alpha6\nkind: VirtualMachineService\nmetadata: {name: web, ${metadata}}\nspec: ${spec}\n`;
}

/** A ConfigMap, and a service, with the metadata of each. */
function listOf(first: string, second: string): string {
  const { metadata: _, ...rest } = service();
  const items = [`{"apiVersion":"v1","kind":"ConfigMap","metadata":${first}}`, `{"metadata":${second},${JSON.stringify(rest).slice(1)}`];
  return `{"apiVersion":"v1","kind":"List","items":[${items.join(',\n')}]}`;
}

describe('texts', () => {
  for (const { rule, says, broken, near, severity } of texts) {
    test(`${rule}: ${says}`, async () => {
      const said = async (stdin: string): Promise<readonly string[]> => {
        const io = testIo(['validate', '-f', '-', '-o', 'json', '--release=main'], { stdin });
        await run(io);
        return JSON.parse(io.out()).findings.map((finding: Said) => `${finding.severity} ${finding.code}`);
      };
      assert.ok((await said(broken)).includes(`${severity} ${rule}`));
      assert.deepEqual(
        (await said(near)).filter((finding) => finding.startsWith('error') || finding.endsWith(rule)),
        [],
      );
    });
  }
});

const livePlace = aVmService('web', { selector: { app: 'web' } });
const beingDeleted = (seconds: number): KubeObject => {
  const deletionTimestamp = `${new Date(new Date(testNow).getTime() - seconds * 1000).toISOString().slice(0, 19)}Z`;
  return { ...livePlace, metadata: { ...livePlace.metadata, deletionTimestamp, finalizers: ['example.com/held'] } };
};
const changed = JSON.stringify({
  apiVersion: livePlace.apiVersion,
  kind: livePlace.kind,
  metadata: { name: 'web' },
  spec: { ...livePlace.spec, loadBalancerIP: '10.9.9.9' },
});
const ofAnotherType = changed.replace('"LoadBalancer"', '"ClusterIP"');

interface Laid {
  readonly stored?: KubeObject;
  readonly command: string;
  readonly stdin?: string;
  /** What the server answers to the write that it is asked to try. */
  readonly answer?: ReturnType<typeof failureAnswer>;
}

/** What only a cluster shows. */
const live: readonly {
  readonly rule: string;
  readonly says: string;
  readonly severity: string;
  readonly broken: Laid;
  readonly near: Laid;
}[] = [
  {
    rule: 'VMS112',
    says: 'a deletion that hangs for an hour, beside one of half a minute',
    severity: 'error',
    broken: { stored: beingDeleted(3600), command: 'validate web -n prod' },
    near: { stored: beingDeleted(30), command: 'validate web -n prod' },
  },
  {
    rule: 'VMS113',
    says: 'a webhook that does not answer, beside one that denies',
    severity: 'error',
    broken: {
      command: 'validate -f - --live -n prod',
      stdin: changed,
      answer: failureAnswer(500, 'InternalError', 'Internal error occurred: failed calling webhook "x": no endpoints available'),
    },
    near: {
      command: 'validate -f - --live -n prod',
      stdin: changed,
      answer: failureAnswer(403, 'Forbidden', 'admission webhook "x" denied the request: no'),
    },
  },
  {
    rule: 'VMS126',
    says: 'a refusal that nobody foresaw, beside one that was foreseen',
    severity: 'warning',
    broken: {
      command: 'validate -f - --live -n prod',
      stdin: changed,
      answer: failureAnswer(403, 'Forbidden', 'admission webhook "x" denied the request: spec.type: Forbidden: field is immutable'),
    },
    near: {
      command: 'validate -f - --live -n prod',
      stdin: ofAnotherType,
      answer: failureAnswer(403, 'Forbidden', 'admission webhook "x" denied the request: spec.type: Forbidden: field is immutable'),
    },
  },
];

describe('live', () => {
  for (const { rule, says, severity, broken, near } of live) {
    test(`${rule}: ${says}`, async () => {
      const said = async ({ stored = livePlace, command, stdin, answer }: Laid): Promise<readonly string[]> => {
        const supervisor = await aSupervisor([stored, aVm('web-1', { labels: { app: 'web' }, ip: '10.1.0.11' })]);
        supervisor.disturb(({ method }) => (method === 'PATCH' ? answer : undefined));
        const { out } = await supervisor.run(`${command} -o json`, stdin === undefined ? {} : { stdin });
        return JSON.parse(out).findings.map((finding: Said) => `${finding.severity} ${finding.code}`);
      };
      assert.ok((await said(broken)).includes(`${severity} ${rule}`));
      assert.ok(!(await said(near)).includes(`${severity} ${rule}`));
    });
  }
});

test('every rule that is written down has an input that breaks it, and one nearby that does not', () => {
  const pairs = [...webhook, ...rulesOfDefinition, ...childRefused, ...codes].map((item) => ({
    rules: [item.rule, item.finds.code],
    ...item,
  }));
  const written = [...texts, ...live].map(({ rule }) => rule);
  const covered = new Set([...pairs.flatMap(({ rules }) => rules.map((rule) => rule.split(' ', 1)[0])), ...written]);
  const isAccepted = new Set(accepted.map(({ rule }) => rule.split(' ', 1)[0]));
  const numbered = (letter: string, count: number) => Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
  // Nothing refuses these: that they are accepted is their case. For one there is a warning, which is the case of VMS107.
  const neverRefused = ['K13', 'K17', 'K20'];
  const wanted = [
    ...numbered('W', 25),
    ...numbered('C', 4),
    ...numbered('K', 21).filter((rule) => !neverRefused.includes(rule)),
    ...Object.keys(findingWords).filter((code) => code.startsWith('VMS1')),
  ];
  assert.deepEqual(
    wanted.filter((rule) => !covered.has(rule)),
    [],
  );
  assert.deepEqual(
    neverRefused.filter((rule) => !isAccepted.has(rule)),
    [],
  );
  // An input that is its own neighbour proves nothing.
  assert.deepEqual(
    pairs.filter(({ broken, near }) => JSON.stringify(broken) === JSON.stringify(near)).map(({ rule }) => rule),
    [],
  );
});
