import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { KubeObject } from '../../../src/model/object.ts';
import { unavailable } from '../../support/seen-world.ts';
import { svc, webVm } from '../../support/stage.ts';

import { endpoints, members, one, service, trace, two } from '../../support/traced.ts';

suite('Endpoints', () => {
  const stateOf = (...objects: readonly KubeObject[]) => trace(objects).endpoints;

  test('that are missing, or could not be looked at, are one or the other', () => {
    assert.deepEqual(stateOf(one, service()), { state: 'Missing' });
    assert.deepEqual(trace([one, service()], { hidden: { endpoints: 'Forbidden' } }).endpoints, {
      state: 'Unknown',
      unavailable: unavailable('endpoints'),
    });
  });

  test('in another order are right all the same', () => {
    const swapped = endpoints({ ready: [two, one] });
    assert.deepEqual(stateOf(one, two, service(), swapped), {
      state: 'OrderOnly',
      endpoints: swapped,
      ready: 2,
      notReady: 0,
      differences: 0,
    });
  });

  test('whose ports stand in another order are right all the same', () => {
    const ports = ['a', 'b'].map((name) => ({ name, protocol: 'TCP', port: name === 'a' ? 1 : 2, targetPort: 80 }));
    const of = svc({ ports });
    for (const [state, names] of [['OrderOnly', ['b', 'a']] as const, ['AsComputed', ['a', 'b']] as const]) {
      const stored = endpoints({ ready: [one], ports: names.map((name) => ({ name, port: 80, protocol: 'TCP' })) });
      assert.equal(trace([one, service({ ports }), stored], {}, of).endpoints.state, state);
    }
  });

  test('count each VM that stands otherwise than computed once', () => {
    const waiting = webVm('vm-3', { ip: '3.3.3.3', ready: false });
    const stored = endpoints({ ready: [one, waiting], notReady: ['9.9.9.9'] });
    const found = stateOf(one, two, waiting, service(), stored);
    assert.deepEqual(found, { state: 'Differs', endpoints: stored, ready: 2, notReady: 1, differences: 3 });
  });

  test('with other ports, or references in another version, differ', () => {
    const ports = endpoints({ ready: [one], ports: [{ name: 'http', port: 9999, protocol: 'TCP' }] });
    const older = endpoints({ ready: [{ ...one, apiVersion: 'vmoperator.vmware.com/v1alpha5' }] });
    for (const stored of [ports, older]) {
      assert.deepEqual(stateOf(one, service(), stored), { state: 'Differs', endpoints: stored, ready: 1, notReady: 0, differences: 1 });
    }
  });

  test('of a service without a selector are nobody’s to compute', () => {
    const stored = endpoints({ ready: ['9.9.9.9'], notReady: ['8.8.8.8'] });
    const selectorless = svc({ selector: {} });
    const found = trace([service(), stored, one], {}, selectorless);
    assert.deepEqual(found.endpoints, { state: 'LeftAlone', endpoints: stored, ready: 1, notReady: 1 });
    assert.deepEqual([found.ready, found.selected, members(found), found.status], [1, undefined, [], 'OK']);
    assert.deepEqual(trace([service()], {}, selectorless).endpoints, { state: 'LeftAlone', endpoints: undefined, ready: 0, notReady: 0 });
  });

  test('cannot be computed where the VMs could not be looked at', () => {
    const stored = endpoints({ ready: [one] });
    const found = trace([service(), stored], { hidden: { vms: 'Forbidden' } });
    assert.deepEqual(found.endpoints, { state: 'NotComputed', endpoints: stored, ready: 1, notReady: 0, differences: 0 });
    assert.deepEqual([found.status, found.ready, found.selected, members(found)], ['Unknown', undefined, undefined, ['Forbidden']]);
  });

  test('count a dual-stack VM once', () => {
    const dual = webVm('vm-d', { ip: ['1.1.1.1', 'fd00::1'] });
    const reference = {
      apiVersion: dual.apiVersion,
      kind: 'VirtualMachine',
      namespace: 'prod',
      name: 'vm-d',
      uid: dual.metadata.uid ?? '',
    };
    const addresses = ['1.1.1.1', 'fd00::1'].map((ip) => ({ ip, targetRef: reference }));
    const stored = endpoints({ subsets: [{ addresses, ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }] });
    const found = trace([dual, service({ ipFamilies: ['IPv4', 'IPv6'] }), stored]);
    assert.deepEqual([found.endpoints.state, found.ready, found.selected], ['AsComputed', 1, 1]);
  });
});
