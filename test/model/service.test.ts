import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ingressAddresses } from '../../src/model/service.ts';

test('a load balancer serves at each IP, or at the host name where there is none; empty texts, which servers store, are neither', () => {
  const ingress = [
    { ip: '192.0.2.7', hostname: 'lb.example.com' },
    { ip: '', hostname: 'lb.example.com' },
    { hostname: 'other.example.com' },
    { hostname: '' },
    {},
  ];
  assert.deepEqual(ingressAddresses({ status: { loadBalancer: { ingress } } }), ['192.0.2.7', 'lb.example.com', 'other.example.com']);
  assert.deepEqual(
    [ingressAddresses({}), ingressAddresses({ status: {} }), ingressAddresses({ status: { loadBalancer: {} } })],
    [[], [], []],
  );
});
