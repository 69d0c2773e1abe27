import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ApiServer } from '../../src/apiserver/server.ts';
import type { Json, JsonObject } from '../../src/model/object.ts';
import { anApiServer } from '../support/api-server.ts';
import { ask, at, verdict } from '../support/ask.ts';

const singleStack = { serviceCidrs: ['10.96.0.0/16'] };
const oneport = [{ port: 80 }];

function service(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', ...metadata }, spec };
}

/** The stored spec of a Service that is created, or the words of its refusal. */
function created(spec: JsonObject, server: ApiServer = anApiServer()): Json | undefined {
  const answer = ask(server, 'create', { kind: 'Service' }, { body: service(spec) });
  return answer.code === 201 ? answer.body.spec : String(answer.body.message);
}

function patched(server: ApiServer, spec: JsonObject, name = 'web'): Json | undefined {
  const answer = ask(server, 'patch', { kind: 'Service', name }, { patchType: 'merge', body: { spec } });
  return answer.code === 200 ? answer.body.spec : String(answer.body.message);
}

/** The address is the server's to choose: its family stands for it. */
function families(spec: Json | undefined): Json {
  const ips = at(spec, 'clusterIPs');
  const shown = Array.isArray(ips) ? ips.map((ip) => (ip === 'None' ? 'None' : String(ip).includes(':') ? 'IPv6' : 'IPv4')) : (ips ?? null);
  return [at(spec, 'ipFamilyPolicy') ?? null, at(spec, 'ipFamilies') ?? null, shown];
}

suite('defaults of a Service', () => {
  const cases: readonly (readonly [name: string, spec: JsonObject, path: string, expected: Json | undefined])[] = [
    ['the type is ClusterIP', {}, 'type', 'ClusterIP'],
    ['the session affinity is None', {}, 'sessionAffinity', 'None'],
    [
      'without affinity its configuration goes',
      { sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } },
      'sessionAffinityConfig',
      undefined,
    ],
    ['ClientIP lasts three hours', { sessionAffinity: 'ClientIP' }, 'sessionAffinityConfig', { clientIP: { timeoutSeconds: 10800 } }],
    ['the protocol is TCP', {}, 'ports.0.protocol', 'TCP'],
    ['the target port is the port', {}, 'ports.0.targetPort', 80],
    ['a target port of 0 is the port', { ports: [{ port: 80, targetPort: 0 }] }, 'ports.0.targetPort', 80],
    ['an empty target port is the port', { ports: [{ port: 80, targetPort: '' }] }, 'ports.0.targetPort', 80],
    ['a named target port stays', { ports: [{ port: 80, targetPort: 'http' }] }, 'ports.0.targetPort', 'http'],
    ['inside traffic goes anywhere', {}, 'internalTrafficPolicy', 'Cluster'],
    ['a ClusterIP Service has no external policy', {}, 'externalTrafficPolicy', undefined],
    ['with external IPs it has one', { externalIPs: ['192.0.2.7'] }, 'externalTrafficPolicy', 'Cluster'],
    ['a NodePort has one', { type: 'NodePort' }, 'externalTrafficPolicy', 'Cluster'],
    ['a LoadBalancer has one', { type: 'LoadBalancer' }, 'externalTrafficPolicy', 'Cluster'],
    ['a LoadBalancer allocates node ports', { type: 'LoadBalancer' }, 'allocateLoadBalancerNodePorts', true],
    ['unless told not to', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }, 'allocateLoadBalancerNodePorts', false],
    ['a ClusterIP says nothing about that', {}, 'allocateLoadBalancerNodePorts', undefined],
  ];
  for (const [name, spec, path, expected] of cases) {
    test(name, () => {
      assert.deepEqual(at(created({ ports: oneport, ...spec }), path), expected);
    });
  }

  test('an ExternalName Service shows neither addresses nor traffic policies', () => {
    const sent = { type: 'ExternalName', externalName: 'db.example.test', ports: oneport, internalTrafficPolicy: 'Local' };
    assert.deepEqual(created(sent), {
      type: 'ExternalName',
      externalName: 'db.example.test',
      ports: [{ protocol: 'TCP', port: 80, targetPort: 80 }],
      sessionAffinity: 'None',
    });
  });

  test('a PUT without allocateLoadBalancerNodePorts turns a stored false into true, and so does a patch with null', () => {
    const server = anApiServer();
    created({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: oneport }, server);
    const put = ask(server, 'update', { kind: 'Service', name: 'web' }, { body: service({ type: 'LoadBalancer', ports: oneport }) });
    assert.equal(at(put.body, 'spec.allocateLoadBalancerNodePorts'), true);
    patched(server, { allocateLoadBalancerNodePorts: false });
    assert.equal(at(patched(server, { allocateLoadBalancerNodePorts: null }), 'allocateLoadBalancerNodePorts'), true);
  });

  test('an address of a load balancer is a VIP, a host name is not', () => {
    const server = anApiServer();
    created({ type: 'LoadBalancer', ports: oneport }, server);
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }, { hostname: 'lb.example.test' }] } };
    const answer = ask(server, 'patch', { kind: 'Service', name: 'web' }, { patchType: 'merge', subresource: 'status', body: { status } });
    assert.deepEqual(answer.body.status, {
      loadBalancer: { ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }, { hostname: 'lb.example.test' }] },
    });
  });
});

suite('the JSON of a Service: absent, empty and zero are the same', () => {
  test('empty texts, zeros, lists and maps are not stored, an empty label value and a false pointer are', () => {
    const server = anApiServer();
    const body = service(
      {
        type: 'LoadBalancer',
        ports: [{ name: '', port: 80, nodePort: 0 }],
        selector: {},
        loadBalancerIP: '',
        externalName: '',
        healthCheckNodePort: 0,
        loadBalancerSourceRanges: [],
        publishNotReadyAddresses: false,
        allocateLoadBalancerNodePorts: false,
      },
      { labels: { tier: '' }, annotations: {}, finalizers: [], ownerReferences: [] },
    );
    const stored = ask(server, 'create', { kind: 'Service' }, { body }).body;
    const { clusterIP: _ip, clusterIPs: _ips, ...spec } = Object(stored.spec);
    assert.deepEqual(spec, {
      ports: [{ protocol: 'TCP', port: 80, targetPort: 80 }],
      type: 'LoadBalancer',
      sessionAffinity: 'None',
      externalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      allocateLoadBalancerNodePorts: false,
      internalTrafficPolicy: 'Cluster',
    });
    assert.deepEqual(at(stored, 'metadata.labels'), { tier: '' });
    assert.deepEqual(at(stored, 'status'), { loadBalancer: {} });
    for (const field of ['annotations', 'finalizers', 'ownerReferences', 'generation'])
      assert.equal(at(stored, `metadata.${field}`), undefined);
  });

  test('a status that is sent along with a creation is dropped', () => {
    const body = { ...service({ ports: oneport }), status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } };
    assert.deepEqual(ask(anApiServer(), 'create', { kind: 'Service' }, { body }).body.status, { loadBalancer: {} });
  });

  test('an unknown field is dropped with a warning, and refused by a strict request', () => {
    const body = service({ ports: [{ port: 80, colour: 'red' }], flavour: 'sweet' });
    const answer = ask(anApiServer(), 'create', { kind: 'Service' }, { body });
    assert.deepEqual(answer.warnings, ['unknown field "spec.ports[0].colour"', 'unknown field "spec.flavour"']);
    assert.equal(at(answer.body, 'spec.flavour'), undefined);
    const strict = ask(anApiServer(), 'create', { kind: 'Service' }, { body, options: { fieldValidation: 'Strict' } });
    const why = 'strict decoding error: unknown field "spec.ports[0].colour", unknown field "spec.flavour"';
    assert.equal(verdict(strict), `400 Service in version "v1" cannot be handled as a Service: ${why}`);
  });

  test('a value of the wrong type is refused by the decoder', () => {
    const refused = (spec: JsonObject) => verdict(ask(anApiServer(), 'create', { kind: 'Service' }, { body: service(spec) }));
    const why = '400 Service in version "v1" cannot be handled as a Service: json: cannot unmarshal';
    assert.equal(refused({ ports: 'x' }), `${why} string into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort`);
    assert.equal(refused({ ports: [{ port: 'x' }] }), `${why} string into Go struct field ServicePort.spec.ports.port of type int32`);
    assert.equal(refused({ ports: [{ port: 80.5 }] }), `${why} number 80.5 into Go struct field ServicePort.spec.ports.port of type int32`);
    assert.equal(refused({ clusterIPs: [1] }), `${why} number into Go struct field ServiceSpec.spec.clusterIPs of type string`);
  });
});

suite('IP families and their policy', () => {
  const v6 = 'fd00:10:96::abcd';
  const cases: readonly (readonly [sent: string, spec: JsonObject, expected: Json])[] = [
    ['nothing', {}, ['SingleStack', ['IPv4'], ['IPv4']]],
    ['None without selector', { clusterIP: 'None' }, ['RequireDualStack', ['IPv4', 'IPv6'], ['None']]],
    ['None without selector, IPv6', { clusterIP: 'None', ipFamilies: ['IPv6'] }, ['RequireDualStack', ['IPv6', 'IPv4'], ['None']]],
    ['None without selector, SingleStack', { clusterIP: 'None', ipFamilyPolicy: 'SingleStack' }, ['SingleStack', ['IPv4'], ['None']]],
    ['None with a selector', { clusterIP: 'None', selector: { a: 'b' } }, ['SingleStack', ['IPv4'], ['None']]],
    [
      'PreferDualStack, IPv6',
      { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv6'] },
      ['PreferDualStack', ['IPv6', 'IPv4'], ['IPv6', 'IPv4']],
    ],
    ['RequireDualStack', { ipFamilyPolicy: 'RequireDualStack' }, ['RequireDualStack', ['IPv4', 'IPv6'], ['IPv4', 'IPv6']]],
    ['an IPv6 address', { clusterIP: v6 }, ['SingleStack', ['IPv6'], ['IPv6']]],
  ];
  for (const [sent, spec, expected] of cases) {
    test(`created with ${sent}`, () => assert.deepEqual(families(created({ ports: oneport, ...spec })), expected));
  }

  test('two families without a policy are refused', () => {
    const detail = "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified";
    const expected = `Service "web" is invalid: spec.ipFamilyPolicy: Invalid value: "SingleStack": ${detail}`;
    assert.equal(created({ ports: oneport, ipFamilies: ['IPv4', 'IPv6'] }), expected);
  });

  test('an error about families is answered alone', () => {
    const detail = 'expected an IPv6 value as indicated by `ipFamilies[0]`';
    const expected = `Service "web" is invalid: spec.clusterIPs[0]: Invalid value: "10.96.0.9": ${detail}`;
    assert.equal(created({ ipFamilies: ['IPv6'], clusterIP: '10.96.0.9' }), expected);
  });

  test('from one stack to two the first address stays and the second is added, and back it is released', () => {
    const server = anApiServer();
    const first = at(created({ ports: oneport }, server), 'clusterIP');
    for (const policy of ['PreferDualStack', 'SingleStack', 'RequireDualStack']) {
      const spec = patched(server, { ipFamilyPolicy: policy });
      const both = policy !== 'SingleStack';
      assert.deepEqual(families(spec), [policy, both ? ['IPv4', 'IPv6'] : ['IPv4'], both ? ['IPv4', 'IPv6'] : ['IPv4']]);
      assert.equal(at(spec, 'clusterIP'), first);
    }
  });

  test('a dual-stack Service whose families are cut to one is refused', () => {
    const server = anApiServer();
    created({ ports: oneport, ipFamilyPolicy: 'RequireDualStack' }, server);
    const detail = "must be 'SingleStack' to release the secondary IP family";
    const expected = `Service "web" is invalid: spec.ipFamilyPolicy: Invalid value: "RequireDualStack": ${detail}`;
    assert.equal(patched(server, { ipFamilies: ['IPv4'] }), expected);
  });

  test('the first family of a Service with an address does not change, that of a headless one does', () => {
    const server = anApiServer();
    const ip = String(at(created({ ports: oneport }, server), 'clusterIP'));
    const detail = 'expected an IPv6 value as indicated by `ipFamilies[0]`';
    assert.equal(
      patched(server, { ipFamilies: ['IPv6'] }),
      `Service "web" is invalid: spec.clusterIPs[0]: Invalid value: "${ip}": ${detail}`,
    );
    const headless = anApiServer();
    created({ ports: oneport, clusterIP: 'None', ipFamilyPolicy: 'SingleStack' }, headless);
    assert.deepEqual(families(patched(headless, { ipFamilies: ['IPv6'] })), ['SingleStack', ['IPv6'], ['None']]);
  });

  test('on a single-stack cluster the other family is refused, but a headless Service without selector lists both', () => {
    const refused = (spec: JsonObject) => created({ ports: oneport, ...spec }, anApiServer(singleStack));
    assert.equal(
      refused({ ipFamilyPolicy: 'RequireDualStack' }),
      'Service "web" is invalid: spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    );
    assert.equal(
      refused({ ipFamilies: ['IPv6'] }),
      'Service "web" is invalid: spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
    );
    assert.equal(
      refused({ clusterIP: v6 }),
      `Service "web" is invalid: spec.clusterIPs[0]: Invalid value: []string{"${v6}"}: IPv6 is not configured on this cluster`,
    );
    assert.deepEqual(families(refused({ ipFamilyPolicy: 'PreferDualStack' })), ['PreferDualStack', ['IPv4'], ['IPv4']]);
    assert.deepEqual(families(refused({ clusterIP: 'None' })), ['RequireDualStack', ['IPv4', 'IPv6'], ['None']]);
  });
});

suite('cluster IPs', () => {
  test('a requested address is respected, an address that is taken or foreign is refused', () => {
    const server = anApiServer();
    assert.equal(at(created({ ports: oneport, clusterIP: '10.96.0.9' }, server), 'clusterIP'), '10.96.0.9');
    const second = (ip: string) =>
      verdict(ask(server, 'create', { kind: 'Service' }, { body: service({ ports: oneport, clusterIP: ip }, { name: 'other' }) }));
    const refusal = (ip: string, why: string) =>
      `422 Service "other" is invalid: spec.clusterIPs: Invalid value: []string{"${ip}"}: failed to allocate IP ${ip}: ${why}`;
    assert.equal(second('10.96.0.9'), refusal('10.96.0.9', 'provided IP is already allocated'));
    for (const ip of ['10.1.2.3', '10.96.0.0', '10.96.255.255', 'fd00:10:97::1']) {
      assert.equal(second(ip), refusal(ip, 'the provided network does not match the current range'));
    }
    ask(server, 'delete', { kind: 'Service', name: 'web' });
    assert.equal(second('10.96.0.9'), '201');
  });

  test('a Service gets the same address in every run, and no two Services get the same', () => {
    const addresses = () => {
      const server = anApiServer();
      return Array.from({ length: 200 }, (_, index) => {
        const body = service({ ports: oneport, ipFamilyPolicy: 'RequireDualStack' }, { name: `web-${index}` });
        return at(ask(server, 'create', { kind: 'Service' }, { body }).body, 'spec.clusterIPs');
      });
    };
    assert.deepEqual(addresses(), addresses());
    assert.equal(new Set(addresses().flat()).size, 400);
  });

  test('an address may not change, nor go; ExternalName releases it and gets another one afterwards', () => {
    const server = anApiServer();
    const ip = String(at(created({ ports: oneport, clusterIP: '10.96.7.7' }, server), 'clusterIP'));
    const lists = '[]string{"None"}: may not change once set';
    assert.equal(patched(server, { clusterIP: 'None' }), `Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ${lists}`);
    assert.equal(at(patched(server, { clusterIP: null, clusterIPs: null }), 'clusterIP'), ip);
    const external = patched(server, { type: 'ExternalName', externalName: 'db.example.test' });
    assert.deepEqual([at(external, 'clusterIP'), families(external)], [undefined, [null, null, null]]);
    assert.deepEqual(families(patched(server, { type: 'ClusterIP' })), ['SingleStack', ['IPv4'], ['IPv4']]);
  });
});

suite('node ports', () => {
  const ports = (spec: Json | undefined) =>
    (Array.isArray(at(spec, 'ports')) ? Object(at(spec, 'ports')) : []).map((port: JsonObject) => port.nodePort);

  test('ports of one number share a node port on creation', () => {
    const dns = [
      { name: 'tcp', port: 53, protocol: 'TCP' },
      { name: 'udp', port: 53, protocol: 'UDP' },
    ];
    const [tcp, udp] = ports(created({ type: 'NodePort', ports: dns }));
    assert.equal(tcp, udp);
    assert.ok(tcp >= 30000 && tcp <= 32767);
  });

  test('a port keeps its node port by its name; a renamed one gets another', () => {
    const server = anApiServer();
    const [before] = ports(created({ type: 'NodePort', ports: [{ name: 'a', port: 80 }] }, server));
    assert.deepEqual(ports(patched(server, { ports: [{ name: 'a', port: 8080 }] })), [before]);
    const [renamed] = ports(patched(server, { ports: [{ name: 'b', port: 8080 }] }));
    assert.notEqual(renamed, before);
  });

  test('switching allocation off keeps the node ports that are sent, and leaving them out drops them', () => {
    const server = anApiServer();
    created({ type: 'LoadBalancer', ports: [{ port: 80, nodePort: 31000 }] }, server);
    assert.deepEqual(ports(patched(server, { allocateLoadBalancerNodePorts: false })), [31000]);
    assert.deepEqual(ports(patched(server, { ports: [{ port: 80 }] })), [undefined]);
  });

  test('a node port of another Service, or outside the range, is refused', () => {
    const server = anApiServer();
    created({ type: 'NodePort', ports: [{ port: 80, nodePort: 31000 }] }, server);
    const other = (nodePort: number) =>
      verdict(
        ask(
          server,
          'create',
          { kind: 'Service' },
          { body: service({ type: 'NodePort', ports: [{ port: 80, nodePort }] }, { name: 'other' }) },
        ),
      );
    const refusal = (port: number, why: string) => `422 Service "other" is invalid: spec.ports[0].nodePort: Invalid value: ${port}: ${why}`;
    assert.equal(other(31000), refusal(31000, 'provided port is already allocated'));
    assert.equal(other(3), refusal(3, 'provided port is not in the valid range. The range of valid ports is 30000-32767'));
  });

  test('the same protocol and node port twice in an update is an error of the server', () => {
    const server = anApiServer();
    created({ type: 'NodePort', ports: [{ name: 'a', port: 80, nodePort: 31000 }] }, server);
    const twice = [
      { name: 'a', port: 80, nodePort: 31000 },
      { name: 'b', port: 81, nodePort: 31000 },
    ];
    assert.equal(patched(server, { ports: twice }), 'duplicate nodePort: {TCP 31000}');
  });

  test('a health-check node port comes with Local and goes with Cluster', () => {
    const server = anApiServer();
    const spec = created(
      { type: 'LoadBalancer', externalTrafficPolicy: 'Local', allocateLoadBalancerNodePorts: false, ports: oneport },
      server,
    );
    assert.equal(typeof at(spec, 'healthCheckNodePort'), 'number');
    assert.equal(at(patched(server, { externalTrafficPolicy: 'Cluster' }), 'healthCheckNodePort'), undefined);
    assert.equal(at(patched(server, { externalTrafficPolicy: 'Local', healthCheckNodePort: 31007 }), 'healthCheckNodePort'), 31007);
    assert.equal(
      patched(server, { healthCheckNodePort: 31008 }),
      'Service "web" is invalid: spec.healthCheckNodePort: Forbidden: field is immutable',
    );
    // A policy that is taken away is the default again.
    assert.deepEqual(
      [at(patched(server, { externalTrafficPolicy: null }), 'externalTrafficPolicy'), at(patched(server, {}), 'healthCheckNodePort')],
      ['Cluster', undefined],
    );
  });

  test('a health-check node port that somebody has is an error of the server', () => {
    const server = anApiServer();
    created({ type: 'NodePort', ports: [{ port: 80, nodePort: 31000 }] }, server);
    const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 31000, ports: oneport };
    const answer = ask(server, 'create', { kind: 'Service' }, { body: service(spec, { name: 'other' }) });
    const why = 'failed to allocate requested HealthCheck NodePort 31000: provided port is already allocated';
    assert.equal(verdict(answer), `500 Internal error occurred: ${why}`);
  });
});

suite('a change of type wipes what the new type does not use', () => {
  function aLoadBalancer(): ApiServer {
    const server = anApiServer();
    created({ type: 'LoadBalancer', ports: [{ port: 80, nodePort: 31000 }], clusterIP: '10.96.7.7', selector: { a: 'b' } }, server);
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
    ask(server, 'patch', { kind: 'Service', name: 'web' }, { patchType: 'merge', subresource: 'status', body: { status } });
    return server;
  }

  test('LoadBalancer to ClusterIP', () => {
    const server = aLoadBalancer();
    patched(server, { type: 'ClusterIP' });
    const stored = ask(server, 'get', { kind: 'Service', name: 'web' }).body;
    assert.deepEqual(stored.spec, {
      ports: [{ protocol: 'TCP', port: 80, targetPort: 80 }],
      selector: { a: 'b' },
      clusterIP: '10.96.7.7',
      clusterIPs: ['10.96.7.7'],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
    });
    assert.deepEqual(stored.status, { loadBalancer: {} });
  });

  test('a value that the request changes as well is not wiped but refused; the stored value succeeds once', () => {
    const server = aLoadBalancer();
    const refusal = 'Service "web" is invalid: spec.externalTrafficPolicy: Invalid value: ';
    const why = 'may only be set for externally-accessible services';
    assert.equal(patched(server, { type: 'ClusterIP', externalTrafficPolicy: 'Local' }), `${refusal}"Local": ${why}`);
    assert.equal(at(patched(server, { type: 'ClusterIP', externalTrafficPolicy: 'Cluster' }), 'type'), 'ClusterIP');
    assert.equal(patched(server, { type: 'ClusterIP', externalTrafficPolicy: 'Cluster' }), `${refusal}"Cluster": ${why}`);
  });

  test('source ranges are not wiped, and then fail', () => {
    const server = aLoadBalancer();
    patched(server, { loadBalancerSourceRanges: ['192.0.2.0/24'] });
    const why = "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'";
    assert.equal(patched(server, { type: 'ClusterIP' }), `Service "web" is invalid: ${why}`);
  });
});

suite('what is wrong with a Service, in the order of the server', () => {
  const onlyLoadBalancer = "Forbidden: may only be used when `type` is 'LoadBalancer'";
  const cases: readonly (readonly [name: string, spec: JsonObject, errors: string])[] = [
    ['no ports', {}, 'spec.ports: Required value'],
    [
      'a headless LoadBalancer',
      { type: 'LoadBalancer', clusterIP: 'None', ports: oneport },
      'spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for LoadBalancer services',
    ],
    ['no external name', { type: 'ExternalName' }, 'spec.externalName: Required value'],
    [
      'an unknown type',
      { type: 'Magic', ports: oneport },
      'spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
    [
      'ports without names',
      { ports: [{ port: 80 }, { port: 81 }] },
      '[spec.ports[0].name: Required value, spec.ports[1].name: Required value]',
    ],
    [
      'two ports of one name',
      {
        ports: [
          { name: 'a', port: 80 },
          { name: 'a', port: 81 },
        ],
      },
      'spec.ports[1].name: Duplicate value: "a"',
    ],
    [
      'a port out of range',
      { ports: [{ port: 70000 }] },
      '[spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive]',
    ],
    [
      'an unknown protocol',
      { ports: [{ port: 80, protocol: 'ICMP' }] },
      'spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
    ],
    [
      'a node port on a ClusterIP',
      { ports: [{ port: 80, nodePort: 31000 }] },
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ],
    [
      'the same port twice',
      {
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 80 },
        ],
      },
      'spec.ports[1]: Duplicate value: core.ServicePort{Name:"", Protocol:"TCP", AppProtocol:(*string)(nil), Port:80, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}',
    ],
    [
      'source ranges on a ClusterIP',
      { ports: oneport, loadBalancerSourceRanges: ['192.0.2.0/24'] },
      `spec.LoadBalancerSourceRanges: ${onlyLoadBalancer}`,
    ],
    [
      'a source range that is none',
      { type: 'LoadBalancer', ports: oneport, loadBalancerSourceRanges: ['everywhere'] },
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "everywhere": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
    [
      'node port allocation on a ClusterIP',
      { ports: oneport, allocateLoadBalancerNodePorts: false },
      `spec.allocateLoadBalancerNodePorts: ${onlyLoadBalancer}`,
    ],
    ['a class on a ClusterIP', { ports: oneport, loadBalancerClass: 'example.test/lb' }, `spec.loadBalancerClass: ${onlyLoadBalancer}`],
    [
      'a health check on a ClusterIP',
      { ports: oneport, healthCheckNodePort: 31000 },
      "spec.healthCheckNodePort: Invalid value: 31000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
    ],
    [
      'several things at once, families untouched',
      { externalTrafficPolicy: 'Local', selector: { 'a b': 'c' }, sessionAffinity: 'Magic' },
      "[spec.ports: Required value, spec.selector: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'), spec.sessionAffinity: Unsupported value: \"Magic\": supported values: \"ClientIP\", \"None\", spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible services]",
    ],
  ];
  for (const [name, spec, errors] of cases) test(name, () => assert.equal(created(spec), `Service "web" is invalid: ${errors}`));

  const accepted: readonly (readonly [name: string, spec: JsonObject, warnings: readonly string[]])[] = [
    ['a loadBalancerIP of any text', { type: 'LoadBalancer', ports: oneport, loadBalancerIP: 'soon' }, []],
    [
      'an external name on another type',
      { ports: oneport, externalName: 'a.b' },
      ['spec.externalName is ignored when spec.type is not "ExternalName"'],
    ],
    ['blanks around a source range', { type: 'LoadBalancer', ports: oneport, loadBalancerSourceRanges: [' 192.0.2.0/24 '] }, []],
    [
      'host bits in a source range',
      { type: 'LoadBalancer', ports: oneport, loadBalancerSourceRanges: ['192.0.2.1/24'] },
      [
        'spec.loadBalancerSourceRanges[0]: CIDR value "192.0.2.1/24" is ambiguous in this context (should be "192.0.2.0/24" or "192.0.2.1/32"?)',
      ],
    ],
  ];
  test('not refused: an annotation that has another name by now', () => {
    const annotations = { 'service.kubernetes.io/topology-aware-hints': 'auto' };
    const body = service({ ports: oneport }, { annotations });
    const answer = ask(anApiServer(), 'create', { kind: 'Service' }, { body });
    assert.deepEqual(answer.warnings, [
      'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    ]);
  });

  for (const [name, spec, warnings] of accepted) {
    test(`not refused: ${name}`, () => {
      const answer = ask(anApiServer(), 'create', { kind: 'Service' }, { body: service(spec) });
      assert.deepEqual([answer.code, answer.warnings], [201, warnings]);
    });
  }

  test('an error that occurs twice is written once, and stays twice among the causes', () => {
    const server = anApiServer();
    created({ ports: oneport }, server);
    const { body } = ask(server, 'patch', { kind: 'Service', name: 'web' }, { patchType: 'merge', body: { metadata: { uid: 'zzz' } } });
    assert.equal(body.message, 'Service "web" is invalid: metadata.uid: Invalid value: "zzz": field is immutable');
    const cause = { reason: 'FieldValueInvalid', message: 'Invalid value: "zzz": field is immutable', field: 'metadata.uid' };
    assert.deepEqual(body.details, { name: 'web', kind: 'Service', causes: [cause, cause] });
  });

  test('a refused write leaves everything as it was', () => {
    const server = anApiServer();
    created({ ports: oneport }, server);
    const before = server.state;
    patched(server, { type: 'NodePort', ports: [] });
    assert.equal(server.state, before);
  });
});
