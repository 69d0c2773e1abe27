import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Profile } from '../../../src/core/profile.ts';
import type { KubeObject } from '../../../src/model/object.ts';
import { findingsOf, one, svc } from '../../support/diagnosed.ts';

const ports = ['http', 'https'].map((name, at) => ({ name, protocol: 'TCP', port: 80 + at, targetPort: 80 }));

function quota(hard: Readonly<Record<string, string>>, used: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q', namespace: 'prod' }, ...{ status: { hard, used } } };
}

/** What VMS606 says of `svc`, whose Service is missing, where nobody may rehearse writing it. */
function said(profile: Profile, type: string, quotas: readonly KubeObject[]): readonly string[] {
  const world = [svc({ type, ports, ingress: [] }), one, ...quotas];
  return findingsOf(world, { profile })
    .filter(({ code }) => code === 'VMS606')
    .map(({ confidence, message }) => `${confidence}: ${message}`);
}

describe('a quota that leaves no room for the Service', () => {
  const nodePorts = (used: string) => [quota({ 'services.nodeports': '5' }, { 'services.nodeports': used })];

  for (const profile of ['A', 'B'] as const) {
    test(`of node ports, which a load balancer gets in release ${profile}, one for each port`, () => {
      assert.deepEqual(said(profile, 'LoadBalancer', nodePorts('4')), [
        'likely: The namespace may not have another load balancer: quota q services.nodeports 4/5, and it takes 2',
      ]);
      assert.deepEqual(said(profile, 'LoadBalancer', nodePorts('3')), []);
      assert.deepEqual(said(profile, 'ClusterIP', nodePorts('5')), []);
    });
  }

  for (const profile of ['C', 'D', 'E'] as const) {
    test(`of node ports is none to release ${profile}, whose load balancers get none`, () => {
      assert.deepEqual(said(profile, 'LoadBalancer', nodePorts('5')), []);
    });
  }

  test('of several kinds is told by the one that has most to do with it', () => {
    const full = { 'count/services': '9', services: '9', 'services.loadbalancers': '5' };
    assert.deepEqual(said('E', 'LoadBalancer', [quota(full, full)]), [
      'likely: The namespace may not have another load balancer: quota q services.loadbalancers 5/5',
    ]);
    assert.deepEqual(said('E', 'ClusterIP', [quota(full, full)]), [
      'likely: The namespace may not have another Service: quota q services 9/9',
    ]);
    assert.deepEqual(said('E', 'ClusterIP', [quota(full, { services: '8' })]), []);
  });

  test('that counts what nobody has counted yet says nothing', () => {
    assert.deepEqual(said('E', 'ClusterIP', [quota({ services: '0' }, {})]), []);
  });
});
