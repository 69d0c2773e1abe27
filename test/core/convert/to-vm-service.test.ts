import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toVmService } from '../../../src/core/convert/to-vm-service.ts';
import type { JsonObject } from '../../../src/model/object.ts';
import { aService } from '../../support/builders.ts';
import { frozen } from '../../support/frozen.ts';

const ports = [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }];

/** A Service as somebody writes it. */
function written(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return frozen({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', ...metadata },
    spec: { selector: { app: 'web' }, ports, ...spec },
  });
}

/** The spec that comes of it, or what is lost. */
const converted = (service: JsonObject, version = 'v1alpha6') => {
  const { objects, losses } = toVmService(service, { version, namespace: undefined });
  return { object: objects[0], lost: losses.map(({ field, why }) => `${field}: ${why}`) };
};

describe('a core Service as a VirtualMachineService', () => {
  test('what both have is carried over, and what must be there is filled in', () => {
    const service = written(
      {
        type: 'LoadBalancer',
        ports: [{ port: 80 }, { port: 53, protocol: 'UDP', targetPort: '5353' }],
        loadBalancerIP: '10.1.2.3',
        loadBalancerSourceRanges: ['10.0.0.0/8'],
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 31000,
        clusterIP: '10.96.0.9',
        ipFamilies: ['IPv4', 'IPv6'],
        ipFamilyPolicy: 'RequireDualStack',
        allocateLoadBalancerNodePorts: false,
      },
      { namespace: 'prod', labels: { team: 'a' }, annotations: { note: 'x', 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
    );
    assert.deepEqual(converted(service), {
      object: {
        apiVersion: 'vmoperator.vmware.com/v1alpha6',
        kind: 'VirtualMachineService',
        metadata: {
          name: 'web',
          namespace: 'prod',
          labels: { team: 'a' },
          annotations: {
            note: 'x',
            'virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy': 'Local',
            'virtualmachineservice.vmoperator.vmware.com/service.healthCheckNodePort': '31000',
          },
        },
        spec: {
          type: 'LoadBalancer',
          selector: { app: 'web' },
          ports: [
            { name: 'http', protocol: 'TCP', port: 80, targetPort: 80 },
            { name: 'dns', protocol: 'UDP', port: 53, targetPort: 5353 },
          ],
          clusterIp: '10.96.0.9',
          loadBalancerIP: '10.1.2.3',
          loadBalancerSourceRanges: ['10.0.0.0/8'],
          ipFamilies: ['IPv4', 'IPv6'],
          ipFamilyPolicy: 'RequireDualStack',
        },
      },
      lost: [],
    });
  });

  test('what a server fills in, or draws, is not missed, and not carried over', () => {
    const stored = aService('web', {
      type: 'LoadBalancer',
      selector: { app: 'web' },
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 31234 }],
      externalTrafficPolicy: 'Cluster',
      allocateLoadBalancerNodePorts: true,
      finalizers: ['service.kubernetes.io/load-balancer-cleanup'],
      ingress: ['10.0.0.1'],
    });
    assert.deepEqual(converted(JSON.parse(JSON.stringify(stored))), {
      object: {
        apiVersion: 'vmoperator.vmware.com/v1alpha6',
        kind: 'VirtualMachineService',
        metadata: { name: 'web', namespace: 'prod' },
        spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports },
      },
      lost: [],
    });
  });

  const lost: readonly (readonly [name: string, service: JsonObject, lost: readonly string[]])[] = [
    [
      'session affinity',
      written({ sessionAffinity: 'ClientIP' }),
      ['spec.sessionAffinity: a VirtualMachineService has no session affinity'],
    ],
    [
      'node ports',
      written({ type: 'NodePort' }),
      ['spec.type: VM Operator has no node ports; LoadBalancer is what reaches the VMs from outside'],
    ],
    [
      'a named target port',
      written({ ports: [{ port: 80, targetPort: 'http' }] }),
      ['spec.ports[0].targetPort: VMs have no named ports: http became 80'],
    ],
    [
      'fields of a port',
      written({ ports: [{ port: 80, appProtocol: 'http', nodePort: 30080, bogus: 1 }] }),
      [
        'spec.ports[0].appProtocol: ports have no application protocol',
        'spec.ports[0].nodePort: VM Operator has no node ports',
        'spec.ports[0].bogus: no Service has such a field',
      ],
    ],
    [
      'other fields',
      written({
        externalIPs: ['10.0.0.1'],
        internalTrafficPolicy: 'Local',
        loadBalancerClass: 'x/y',
        publishNotReadyAddresses: true,
        trafficDistribution: 'PreferClose',
      }),
      [
        'spec.internalTrafficPolicy: traffic from inside always goes to all VMs',
        'spec.externalIPs: only the load balancer gives addresses',
        'spec.loadBalancerClass: the Supervisor has one load balancer',
        'spec.publishNotReadyAddresses: VMs that are not ready get no traffic',
        'spec.trafficDistribution: traffic goes to all VMs alike',
      ],
    ],
    [
      'what belongs to a load balancer',
      written({ loadBalancerSourceRanges: ['10.0.0.0/8'], externalTrafficPolicy: 'Local', healthCheckNodePort: 31000 }),
      [
        'spec.loadBalancerSourceRanges: only a LoadBalancer has them',
        'spec.externalTrafficPolicy: only a LoadBalancer has it',
        'spec.healthCheckNodePort: it goes with externalTrafficPolicy Local',
      ],
    ],
    [
      'an address to ask for, without a load balancer',
      written({ type: 'ClusterIP', loadBalancerIP: '10.0.0.1' }),
      ['spec.loadBalancerIP: only a LoadBalancer has it'],
    ],
    [
      'protocols that are none',
      written({ ports: [{ port: 80, protocol: 'HTTP' }, { port: 53, protocol: 'udp' }, { port: 81 }] }),
      [
        'spec.ports[0].protocol: it must be one of TCP, UDP, SCTP: it became TCP',
        'spec.ports[1].protocol: it must be one of TCP, UDP, SCTP: it became UDP',
      ],
    ],
    [
      'what cannot be read',
      written({ type: 7, selector: { app: 1 }, ports: [5, { port: 80, bogus: 1 }], ipFamilies: 'IPv4', loadBalancerSourceRanges: [1] }),
      [
        'spec.type: it must be text',
        'spec.ipFamilies: it must be a list of texts',
        'spec.loadBalancerSourceRanges: it must be a list of texts',
        'spec.selector: it must be labels, KEY: VALUE, with values that are text',
        'spec.ports[0]: it must be a map, as in {port: 80}',
        'spec.ports[1].bogus: no Service has such a field',
      ],
    ],
    [
      'unknown fields, owners and finalizers',
      frozen({ ...written({ bogus: 1 }, { ownerReferences: [{ kind: 'A' }], finalizers: ['a/b'], bogus: 1 }), bogus: 1 }),
      [
        'metadata.ownerReferences: whoever owns the Service does not own this',
        'metadata.finalizers: whoever waits for the Service does not wait for this',
        'metadata.bogus: no Service has such a field',
        'bogus: no Service has such a field',
        'spec.bogus: no Service has such a field',
      ],
    ],
  ];
  for (const [name, service, expected] of lost) {
    test(`${name}: named, and not carried over`, () => {
      assert.deepEqual(converted(service).lost, expected);
    });
  }

  test('IP families are lost where the version has none', () => {
    assert.deepEqual(converted(written({ ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' }), 'v1alpha5').lost, [
      'spec.ipFamilies: v1alpha5 has no IP families; they came with v1alpha6',
      'spec.ipFamilyPolicy: v1alpha5 has no IP families; they came with v1alpha6',
    ]);
  });

  test('objects of any shape are read as far as they make sense', () => {
    for (const service of [{}, { metadata: null, spec: [] }, { spec: { ports: 'x', selector: ['a'], type: 7, ipFamilies: 'IPv4' } }]) {
      assert.equal(toVmService(service, { version: 'v1alpha6', namespace: 'prod' }).objects.length, 1);
    }
  });
});
