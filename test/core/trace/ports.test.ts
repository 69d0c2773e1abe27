import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { itemsOf } from '../../../src/core/snapshot.ts';
import { arePortsAlike, portTraces } from '../../../src/core/trace/ports.ts';
import type { EndpointSlice } from '../../../src/model/service.ts';
import { unavailable } from '../../support/seen-world.ts';
import { svc, webVm } from '../../support/stage.ts';
import { endpoints, one, service, trace, two, whole } from '../../support/traced.ts';

/** A slice of `svc` with endpoints such as `1.1.1.1` and `!2.2.2.2`, which is not ready. */
function slice(ports: EndpointSlice['ports'], ...ips: readonly string[]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `svc-${ips.length}`, namespace: 'prod', labels: { 'kubernetes.io/service-name': 'svc' } },
    addressType: 'IPv4',
    ...(ports !== undefined && { ports }),
    endpoints: ips.map((ip) => ({ addresses: [ip.replace('!', '')], conditions: { ready: !ip.startsWith('!') } })),
  };
}

const http = { name: 'http', port: 8080, protocol: 'TCP' };
const dns = { name: 'dns', port: 5353, protocol: 'UDP' };
const twoPorts = svc({
  ports: [
    { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 },
    { name: 'dns', protocol: 'UDP', port: 53, targetPort: 5353 },
  ],
});

/** Each port as `name: member state target`. */
function told(...slices: readonly EndpointSlice[]): readonly string[] {
  const ports = portTraces(trace([one, two, service(), endpoints({ ready: [one, two] }), ...slices], {}, twoPorts));
  return itemsOf(ports).map(
    ({ name, port, protocol, members }) =>
      `${name} ${port}/${protocol}: ${members.map((member) => `${member.name} ${member.state} ${member.targetPort ?? '-'}`).join(', ')}`,
  );
}

suite('The ports of a trace', () => {
  test('have the members of the slices that name them', () => {
    assert.deepEqual(told(slice([http, dns], '1.1.1.1', '!2.2.2.2')), [
      'http 80/TCP: vm-1 Ready 8080, vm-2 NotReady 8080',
      'dns 53/UDP: vm-1 Ready 5353, vm-2 NotReady 5353',
    ]);
  });

  test('say which members none of their slices has', () => {
    assert.deepEqual(told(slice([http], '1.1.1.1', '2.2.2.2'), slice([dns], '2.2.2.2')), [
      'http 80/TCP: vm-1 Ready 8080, vm-2 Ready 8080',
      'dns 53/UDP: vm-1 Absent -, vm-2 Ready 5353',
    ]);
  });

  test('keep apart ports of one name and two protocols', () => {
    assert.deepEqual(told(slice([http, { ...dns, protocol: 'TCP' }], '1.1.1.1', '2.2.2.2')), [
      'http 80/TCP: vm-1 Ready 8080, vm-2 Ready 8080',
      'dns 53/UDP: vm-1 Absent -, vm-2 Absent -',
    ]);
  });

  test('show whom only a slice knows, and a member on two target ports twice', () => {
    assert.deepEqual(told(slice([http], '1.1.1.1', '9.9.9.9'), slice([{ ...http, port: 9090 }, dns], '1.1.1.1', '2.2.2.2', '9.9.9.9')), [
      'http 80/TCP: 9.9.9.9 Ready 8080, 9.9.9.9 Ready 9090, vm-1 Ready 8080, vm-1 Ready 9090, vm-2 Ready 9090',
      'dns 53/UDP: 9.9.9.9 Ready 5353, vm-1 Ready 5353, vm-2 Ready 5353',
    ]);
  });

  test('leave out a VM that is no endpoint', () => {
    const without = webVm('vm-3', {});
    const ports = portTraces(trace([...whole, without, slice([http], '1.1.1.1', '2.2.2.2')]));
    assert.deepEqual(
      itemsOf(ports).map(({ members }) => members.map(({ name }) => name)),
      [['vm-1', 'vm-2']],
    );
  });

  test('are not known where slices could not be looked at', () => {
    assert.deepEqual(portTraces(trace(whole, { hidden: { slices: 'Forbidden' } })), { unavailable: unavailable('slices') });
  });

  test('are alike when the same members stand in the same state behind each', () => {
    const alike = (...slices: readonly EndpointSlice[]) =>
      arePortsAlike(itemsOf(portTraces(trace([one, two, service(), endpoints({ ready: [one, two] }), ...slices], {}, twoPorts))));
    assert.deepEqual(
      [
        alike(slice([http, dns], '1.1.1.1', '2.2.2.2')),
        alike(),
        alike(slice([http], '1.1.1.1', '2.2.2.2')),
        alike(slice([http], '1.1.1.1'), slice([dns], '!1.1.1.1')),
      ],
      [true, true, false, false],
    );
  });
});

suite('Addresses of the Endpoints', () => {
  const unmirrored = (...slices: readonly EndpointSlice[]) =>
    trace([one, two, service(), endpoints({ ready: [one], notReady: [two] }), ...slices]).unmirrored;

  test('that no slice has are told, ready or not', () => {
    assert.deepEqual(unmirrored().missing, ['1.1.1.1', '2.2.2.2']);
    assert.deepEqual(unmirrored(slice([http], '1.1.1.1')).missing, ['2.2.2.2']);
    assert.deepEqual(unmirrored(slice([http], '1.1.1.1'), slice([http], '!2.2.2.2', '9.9.9.9')).missing, []);
  });

  test('are not told where slices could not be looked at', () => {
    assert.deepEqual(trace(whole, { hidden: { slices: 'Forbidden' } }).unmirrored.missing, []);
  });
});
